"""Programs of others that tests need: kcat, and a real Apache Kafka (tests/kafka)."""

import contextlib
import os
import shutil
import subprocess

import pytest

from jars import NoKafka
from real_kafka import Cluster, Kafka


def absent(why):
    """Ends a test that lacks one: skipped, and failed where nothing may be absent."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why)


@pytest.fixture
def kcat():
    """Runs kcat with these words to its end: gives what it printed. `client` are properties of librdkafka. `refused`: it must
    complain instead; its code says no more than that, for it exits beside threads of librdkafka's that still use OpenSSL, and
    may crash there."""
    if not shutil.which("kcat"):
        absent("kcat is not installed")

    def run(*words, client=None, input=None, refused=False):
        properties = [word for name, value in (client or {}).items() for word in ("-X", f"{name}={value}")]
        words = ["kcat", *properties, *map(str, words)]
        done = subprocess.run(words, input=input, capture_output=True, text=True, timeout=60)
        assert (done.returncode != 0) == refused and ("% ERROR: " in done.stderr) == refused, done
        return done.stdout

    return run


@contextlib.contextmanager
def running(folder, **how):
    try:
        cluster = Kafka(folder, **how)
    except NoKafka as why:
        absent(str(why))
    try:
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(scope="session")
def kafka(tmp_path_factory):
    """A real Kafka for all tests, of one broker; or the cluster that KAFKA_BOOTSTRAP names."""
    if elsewhere := os.environ.get("KAFKA_BOOTSTRAP"):
        yield Cluster(elsewhere)
    else:
        with running(tmp_path_factory.mktemp("kafka")) as cluster:
            yield cluster


@pytest.fixture(scope="session")
def secure_kafka(tmp_path_factory):
    """One with TLS and SASL listeners beside the plain one; of a version whose SCRAM librdkafka 2.0.2 can speak."""
    with running(tmp_path_factory.mktemp("secure-kafka"), secure=True, version="3.9.2") as cluster:
        yield cluster


@pytest.fixture
def start_kafka(tmp_path):
    """Starts one of the test's own: brokers=3, secure=True, version=…, settings={…}; ends it at last."""
    with contextlib.ExitStack() as stack:

        def start(**how):
            return stack.enter_context(running(tmp_path / f"kafka{len(os.listdir(tmp_path))}", **how))

        yield start
