"""A real Prometheus as a process of a test's own, that scrapes runs of weir each second."""

import json
import pathlib
import shutil
import socket
import subprocess
import urllib.parse
import urllib.request

import pytest

from others import absent
from target_process import wait_for

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "prometheus"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Prometheus:
    """Scrapes these addresses ({"name": "127.0.0.1:9464"}; the names become the instances)."""

    def __init__(self, directory, targets, *words):
        directory.mkdir()
        self.url = f"http://127.0.0.1:{free_port()}"
        config = {
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(DEPLOY / "weir-rules.yml")],
            "scrape_configs": [
                {
                    "job_name": "weir",
                    "static_configs": [{"targets": [t], "labels": {"instance": n}} for n, t in targets.items()],
                }
            ],
        }
        (directory / "prometheus.yml").write_text(json.dumps(config))  # JSON is YAML
        self.errors = directory / "prometheus.err"
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(
                [
                    "prometheus",
                    f"--config.file={directory}/prometheus.yml",
                    f"--storage.tsdb.path={directory}/data",
                    f"--web.listen-address={self.url.removeprefix('http://')}",
                    *words,
                ],
                stdout=errors,
                stderr=errors,
            )
        wait_for(self.is_ready, 60)

    def is_ready(self):
        assert self.process.poll() is None, self.errors.read_text()
        try:
            with urllib.request.urlopen(self.url + "/-/ready", timeout=5) as r:
                return r.status == 200
        except OSError:
            return False

    def api(self, path, **query):
        """The data of an answer, which must be a success."""
        with urllib.request.urlopen(f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(query)}", timeout=20) as r:
            found = json.load(r)
        assert found["status"] == "success", found
        return found["data"]

    def query(self, expression):
        """The samples that it gives now: [({labels}, value), …]; of a native histogram the value is what it holds."""
        found = self.api("query", query=expression)["result"]
        return [(r["metric"], float(r["value"][1]) if "value" in r else r["histogram"][1]) for r in found]

    def targets(self):
        return self.api("targets")["activeTargets"]

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


@pytest.fixture
def start_prometheus(tmp_path):
    """Starts one for these targets; ends it at last."""
    if not shutil.which("prometheus"):
        absent("prometheus is not installed")
    started = []

    def start(targets, *words):
        started.append(Prometheus(tmp_path / f"prometheus{len(started)}", targets, *words))
        return started[-1]

    yield start
    for p in started:
        p.stop()
