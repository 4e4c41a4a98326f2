"""What the benches share: servers, pinned runs with their CPU time, ratios with their range."""

import contextlib
import json
import math
import os
import pathlib
import platform
import re
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = pathlib.Path(os.environ.get("WEIR_BUILD", ROOT / "build")).resolve()
WEIR = BUILD / "weir"
TARGET = BUILD / "weir-target"
CLIENT_CPU, SERVER_CPU = 0, 1


def need(*programs):
    missing = [str(p) for p in programs if not (shutil.which(p) or pathlib.Path(p).exists())]
    if missing:
        raise SystemExit(f"this bench needs {', '.join(missing)}; ./demo.sh and ./test.sh install and build them")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port, seconds=5):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.02)
    raise SystemExit(f"nothing listens on port {port}")


def machine():
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return f"{os.cpu_count()} × {model.group(1) if model else 'unknown'}, Linux {platform.release()}"


def busy_seconds():
    """CPU seconds of the whole machine since it started: all that is neither idle nor waiting."""
    f = [int(x) for x in pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
    return (sum(f) - f[3] - f[4] - f[7]) / os.sysconf("SC_CLK_TCK")


def run(argv, cpu=CLIENT_CPU, env=None):
    """Runs it pinned; (standard output, CPU seconds of the process, CPU seconds of the machine, peak RSS)."""
    before = busy_seconds()
    with tempfile.TemporaryFile("w+") as out:
        child = subprocess.Popen(
            [str(a) for a in argv],
            stdout=out,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **(env or {})},
            preexec_fn=lambda: os.sched_setaffinity(0, {cpu}) if cpu is not None else None,
        )
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read()
    return text, usage.ru_utime + usage.ru_stime, busy_seconds() - before, usage.ru_maxrss * 1024


def weir_json(args, loop=None, cpu=CLIENT_CPU):
    """One weir run; (summary, CPU seconds, CPU seconds of the machine, peak RSS)."""
    text, cpu_s, machine_s, rss = run([WEIR, *args, "--json", "-", "-q"], cpu, {"WEIR_LOOP": loop} if loop else None)
    return json.loads(text), cpu_s, machine_s, rss


LOOKED_AT = 12  # s that a run has to last for beside_worker


def threads_cpu(pid):
    """{thread: ns of CPU so far}"""
    tasks = pathlib.Path(f"/proc/{pid}/task").iterdir()
    return {t.name: int((t / "schedstat").read_text().split()[0]) for t in tasks}


def beside_worker(args, loop=None, cpu=CLIENT_CPU):
    """CPU of all threads but the busiest of one weir run with one worker, as a share of a processor."""
    argv = [str(a) for a in [WEIR, *args, "-q"]]
    env = {**os.environ, **({"WEIR_LOOP": loop} if loop else {})}
    child = subprocess.Popen(argv, env=env, stdout=subprocess.DEVNULL, preexec_fn=lambda: os.sched_setaffinity(0, {cpu}))
    time.sleep(LOOKED_AT / 4)
    before, start = threads_cpu(child.pid), time.monotonic_ns()
    time.sleep(LOOKED_AT / 2)
    after, end = threads_cpu(child.pid), time.monotonic_ns()
    child.wait()
    spent = sorted(after[t] - before.get(t, 0) for t in after)
    return sum(spent[:-1]) / (end - start)


NGINX = """
worker_processes 1;
worker_cpu_affinity {mask};
worker_rlimit_nofile 19000;
daemon off;
error_log {dir}/error.log;
pid {dir}/pid;
events {{ worker_connections 18000; }}
http {{
  access_log off;
  keepalive_requests 100000000;
  keepalive_timeout 600s;
  client_body_temp_path {dir}/t1; proxy_temp_path {dir}/t2; fastcgi_temp_path {dir}/t3;
  uwsgi_temp_path {dir}/t4; scgi_temp_path {dir}/t5;
  default_type text/plain;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    listen 127.0.0.1:{tls_port} ssl backlog=4096;
    ssl_certificate {dir}/cert.pem;
    ssl_certificate_key {dir}/key.pem;
    root {dir};
    location = /ping {{ return 200 "{{\\"message\\":\\"pong\\"}}"; }}
  }}
}}
"""


@contextlib.contextmanager
def nginx():
    """nginx with one worker pinned to the server's processor; yields (port, TLS port)."""
    need("nginx", "openssl")
    with tempfile.TemporaryDirectory() as d:
        port, tls_port = free_port(), free_port()
        folder = pathlib.Path(d)
        folder.chmod(0o755)
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
            check=True, capture_output=True,
        )  # fmt: skip
        (folder / "10k").write_bytes(b"x" * 10_000)
        conf = folder / "nginx.conf"
        conf.write_text(NGINX.format(dir=d, port=port, tls_port=tls_port, mask=format(1 << SERVER_CPU, "b")))
        server = subprocess.Popen(["nginx", "-c", conf], stderr=subprocess.DEVNULL)
        try:
            wait_for(port)
            yield port, tls_port
        finally:
            server.terminate()
            server.wait()


@contextlib.contextmanager
def target(*args, cpu=SERVER_CPU):
    """weir-target, pinned; yields its port."""
    child = subprocess.Popen(
        [str(TARGET), "--port", "0", *map(str, args)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {cpu}),
    )
    try:
        yield int(child.stdout.readline().rsplit(":", 1)[1])
    finally:
        child.terminate()
        child.wait()


def sure(values):
    """Where the median lies with 95 % confidence, whatever the distribution: order statistics (Hahn & Meeker, Statistical
    Intervals, 5.3.1); None: too few."""
    n, tail, rank = len(values), 0, 0
    while tail + math.comb(n, rank) <= 0.025 * 2**n:
        tail += math.comb(n, rank)
        rank += 1
    return (sorted(values)[rank - 1], sorted(values)[n - rank]) if rank else None


def spread(values):
    inside = sure(values)
    interval = f"; 95 %: {inside[0]:.3f} … {inside[1]:.3f}" if inside else ""
    return f"{statistics.median(values):.3f} ({min(values):.3f} … {max(values):.3f}, {len(values)} pairs{interval})"
