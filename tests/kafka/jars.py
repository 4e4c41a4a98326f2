"""The jars of a real Apache Kafka, fetched once by Maven into build/kafka/VERSION and kept there."""

import fcntl
import os
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
POM = pathlib.Path(__file__).with_name("pom.xml")
VERSION = "4.3.1"  # as in pom.xml


class NoKafka(Exception):
    """There is none here; the reason is its text."""


class Jars:
    """`class_path` for java, and `archive`: its classes as java keeps them to start faster (a broker that finds none
    there makes one when it ends)."""

    def __init__(self, version=VERSION):
        self.folder = ROOT / "build" / "kafka" / version
        self.archive = self.folder / "kafka.jsa"
        for tool in ("java", "mvn"):
            if not shutil.which(tool) and not (tool == "mvn" and self.are_there()):
                raise NoKafka(f"{tool} is not installed")
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # another test run may be fetching them
            if not self.are_there():
                self.fetch(version)
        self.class_path = ":".join(map(str, sorted((self.folder / "lib").glob("*.jar"))))

    def are_there(self):
        """Those of the pom as it is now."""
        made_with = self.folder / "made-with"
        return made_with.exists() and made_with.read_text() == POM.read_text()

    def fetch(self, version):
        fetched = self.folder / "fetched"
        for left in (fetched, self.folder / "lib"):
            shutil.rmtree(left, ignore_errors=True)
        self.archive.unlink(missing_ok=True)
        words = ["mvn", "-B", "-q", "-Dstyle.color=never", "-f", POM, f"-Dkafka.version={version}", "dependency:copy-dependencies"]
        words += ["-DincludeScope=runtime", f"-DoutputDirectory={fetched}"]
        done = subprocess.run(words, capture_output=True, text=True, timeout=600)
        if done.returncode != 0:
            raise NoKafka(f"Maven could not fetch Kafka {version}: {(done.stdout + done.stderr)[-1000:]}")
        os.rename(fetched, self.folder / "lib")
        (self.folder / "made-with").write_text(POM.read_text())
