#!/usr/bin/env python3
"""A real Apache Kafka for tests and benches: brokers without ZooKeeper (KRaft) on free ports of 127.0.0.1, in a folder
of their own, with or without TLS and SASL. As a program (with the Python of tools/venv.sh) it serves until Ctrl-C:

    build/venv/bin/python tests/kafka/real_kafka.py [--brokers 3] [--secure] [--version 3.9.2]
"""

import argparse
import contextlib
import ctypes
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid

from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fakes"))

from certificates import Certificates  # noqa: E402
from jars import VERSION, Jars, NoKafka  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
CLUSTER_ID = "MkU3OEVBNTcwNTJENDM2Qg"
JAVA = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xlog:disable", "-Xlog:all=error:stderr"]

# Listener: how it speaks. What clients need for each is in Kafka.client().
OPEN = {"PLAINTEXT": "PLAINTEXT"}
SECURE = {"SSL": "SSL", "MTLS": "SSL", "SASL_SSL": "SASL_SSL", "SASL_PLAINTEXT": "SASL_PLAINTEXT"}
PLAIN_USER, SCRAM_USER = ("alice", "alice-pw"), ("bob", "bob-pw")
NAMES = "DNS:localhost,IP:127.0.0.1"
SCRAM = ("SCRAM-SHA-256", "SCRAM-SHA-512")


def free_ports(n):
    """That many, all different."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(n)]
        return [s.getsockname()[1] for s in sockets]


def die_with_parent():
    """A test run that is killed leaves no broker behind."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Cluster:
    """Brokers that listen somewhere in plain text: `bootstrap` says where."""

    def __init__(self, bootstrap):
        self.bootstrap = bootstrap

    def client(self):
        """The properties of librdkafka with which a client is let in."""
        return {"bootstrap.servers": self.bootstrap}

    def topic(self, partitions=1, **settings):
        """Makes a topic of the test's own, with these settings of the broker's ("min_insync_replicas"); its name."""
        name = f"test-{uuid.uuid4().hex[:12]}"
        settings = {key.replace("_", "."): str(value) for key, value in settings.items()}
        admin = AdminClient({"bootstrap.servers": self.bootstrap})
        admin.create_topics([NewTopic(name, partitions, config=settings)])[name].result(30)
        self.wait_for_leaders(name, partitions)
        return name

    def grow(self, topic, partitions):
        """So many it has from now on."""
        admin = AdminClient({"bootstrap.servers": self.bootstrap})
        admin.create_partitions([NewPartitions(topic, partitions)])[topic].result(30)
        self.wait_for_leaders(topic, partitions)

    def wait_for_leaders(self, topic, partitions, seconds=30):
        """Metadata names them a moment before they know it themselves."""
        end = time.monotonic() + seconds
        client = Consumer({"bootstrap.servers": self.bootstrap, "group.id": "unused"})
        for partition in range(partitions):
            while True:
                try:
                    client.get_watermark_offsets(TopicPartition(topic, partition), timeout=10)
                    break
                except KafkaException:
                    assert time.monotonic() < end, f"partition {partition} of {topic} has no leader"
                    time.sleep(0.02)
        client.close()


class Kafka(Cluster):
    """`brokers` (ids 1, 2, …) are ready when this is made. `bootstrap` is where they listen in plain text; where and
    how else says client(). Settings are lines of server.properties, `names` those in the brokers' certificate."""

    def __init__(self, folder, brokers=1, secure=False, version=VERSION, settings=None, names=NAMES):
        self.folder, self.jars = pathlib.Path(folder), Jars(version)
        self.certificates = None
        if secure:
            (self.folder / "tls").mkdir(parents=True)
            self.certificates = Certificates(self.folder / "tls")
        listeners = OPEN | (SECURE if secure else {})
        ports = iter(free_ports(brokers * (len(listeners) + 1)))
        controllers = [next(ports) for _ in range(brokers)]
        self.brokers = []
        for number, controller in enumerate(controllers, 1):
            at = {name: next(ports) for name in listeners}
            lines = common_settings(controllers, number, listeners, at) | (settings or {})
            if secure:
                lines |= security_settings(self.certificates, names)
            self.brokers.append(Broker(self, number, at, lines))
        super().__init__(self.address())
        try:
            for broker in self.brokers:
                broker.format(scram=secure)
                broker.start()
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def address(self, listener="PLAINTEXT"):
        return ",".join(f"127.0.0.1:{broker.ports[listener]}" for broker in self.brokers)

    def client(self, listener="PLAINTEXT", mechanism="PLAIN", user=None):
        """The properties of librdkafka with which a client is let in there; the user is (name, password)."""
        words = {"bootstrap.servers": self.address(listener), "security.protocol": (OPEN | SECURE)[listener]}
        if "SSL" in words["security.protocol"]:
            words["ssl.ca.location"] = str(self.certificates.authority)
        if listener == "MTLS":
            certificate, key = self.certificates.files("client")
            words |= {"ssl.certificate.location": str(certificate), "ssl.key.location": str(key)}
        if listener.startswith("SASL"):
            name, password = user or (PLAIN_USER if mechanism == "PLAIN" else SCRAM_USER)
            words |= {"sasl.mechanism": mechanism, "sasl.username": name, "sasl.password": password}
        return words

    def quota(self, client, **limits):
        """What clients that call themselves so (client.id) may do: producer_byte_rate=100_000, request_percentage=1."""
        said = ",".join(f"{name}={value}" for name, value in limits.items())
        words = ["kafka.admin.ConfigCommand", "--bootstrap-server", self.bootstrap, "--alter", "--add-config", said]
        words += ["--entity-type", "clients", "--entity-name", client]
        done = subprocess.run(self.brokers[0].java("-Xmx128m", *words), capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr

    def wait_until_ready(self, seconds=60):
        """Every broker is in the metadata."""
        end = time.monotonic() + seconds
        settings = {"log_level": 0, "reconnect.backoff.ms": 20, "reconnect.backoff.max.ms": 50}
        client = AdminClient({"bootstrap.servers": self.bootstrap} | settings)
        found = {}
        while set(found) != {broker.number for broker in self.brokers}:
            assert time.monotonic() < end, f"Kafka did not get ready: {self.brokers[0].log()}"
            for broker in self.brokers:
                broker.check()
            with contextlib.suppress(KafkaException):
                found = client.list_topics(timeout=0.5).brokers

    def stop(self):
        """All at once, and not for long: without a quorum they cannot leave in order."""
        for broker in self.brokers:
            broker.signal(signal.SIGTERM)
        for broker in self.brokers:
            broker.end(4 if self.jars.archive.exists() else 30)


class Broker:
    """One process: a broker that is also a controller. It can be stopped, killed, frozen and started again."""

    def __init__(self, cluster, number, ports, settings):
        self.cluster, self.number, self.ports, self.process = cluster, number, ports, None
        self.folder = cluster.folder / f"broker{number}"
        self.folder.mkdir(parents=True)
        self.properties, self.output = self.folder / "server.properties", self.folder / "log"
        self.archive = self.folder / "kafka.jsa"
        settings = settings | {"log.dirs": self.folder / "data"}
        self.properties.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))

    def java(self, *words):
        jars = self.cluster.jars
        archive = [f"-XX:SharedArchiveFile={jars.archive}"] if jars.archive.exists() else []
        return ["java", *JAVA, *archive, "-cp", jars.class_path, *map(str, words)]

    def format(self, scram):
        """The folder of its records, with the users that must be there from the beginning."""
        words = ["kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", self.properties]
        for mechanism in SCRAM if scram else ():
            words += ["--add-scram", f"{mechanism}=[name={SCRAM_USER[0]},password={SCRAM_USER[1]}]"]
        done = subprocess.run(self.java("-Xmx128m", *words), capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self):
        words = ["-Xmx256m", f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}"]
        if not self.cluster.jars.archive.exists():
            words.append(f"-XX:ArchiveClassesAtExit={self.archive}")
        with open(self.output, "ab") as output:
            self.process = subprocess.Popen(
                self.java(*words, "kafka.Kafka", self.properties),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=die_with_parent,
                cwd=self.folder,
            )

    def log(self):
        return self.output.read_text()[-2000:]

    def check(self):
        assert self.process.poll() is None, f"broker {self.number} ended: {self.log()}"

    def signal(self, which):
        if self.process and self.process.poll() is None:
            self.process.send_signal(which)

    def freeze(self):
        self.signal(signal.SIGSTOP)

    def resume(self):
        self.signal(signal.SIGCONT)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait(20)

    def stop(self):
        """In order: its partitions get other leaders first."""
        self.signal(signal.SIGTERM)
        self.end()

    def end(self, seconds=30):
        if not self.process:
            return
        self.resume()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
        if self.archive.exists():
            shutil.move(self.archive, self.cluster.jars.archive)


def common_settings(controllers, number, listeners, ports):
    n = len(controllers)
    where = {name: f"{name}://127.0.0.1:{port}" for name, port in ports.items()}
    speaks = [f"{name}:{how}" for name, how in [*listeners.items(), ("CONTROLLER", "PLAINTEXT")]]
    replicas, enough = min(n, 3), min(n, 2)
    return {
        "process.roles": "broker,controller",
        "node.id": number,
        "controller.quorum.voters": ",".join(f"{i}@127.0.0.1:{port}" for i, port in enumerate(controllers, 1)),
        "listeners": ",".join([*where.values(), f"CONTROLLER://127.0.0.1:{controllers[number - 1]}"]),
        "advertised.listeners": ",".join(where.values()),
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PLAINTEXT",
        "listener.security.protocol.map": ",".join(speaks),
        "auto.create.topics.enable": "false",
        "num.partitions": 6,
        "default.replication.factor": replicas,
        "min.insync.replicas": enough,
        "offsets.topic.replication.factor": replicas,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.replication.factor": replicas,
        "transaction.state.log.min.isr": enough,
        "transaction.state.log.num.partitions": 4,
        "share.coordinator.state.topic.replication.factor": replicas,
        "share.coordinator.state.topic.min.isr": enough,
        "group.initial.rebalance.delay.ms": 0,
        "broker.session.timeout.ms": 6000,
        "log.cleaner.dedupe.buffer.size": 8388608,
    }


def security_settings(certificates, names):
    """TLS with one PEM file of key, certificate and authority, which is also whom it trusts; SASL users by JAAS."""
    certificate, key = certificates.files("broker", names)
    keystore = certificates.folder / "broker-keystore.pem"
    keystore.write_text("".join(path.read_text() for path in (key, certificate, certificates.authority)))
    settings = {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": keystore,
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": certificates.authority,
        "listener.name.mtls.ssl.client.auth": "required",
        "sasl.enabled.mechanisms": ",".join(["PLAIN", *SCRAM]),
    }
    package = "org.apache.kafka.common.security"
    name, password = PLAIN_USER
    for listener in ("sasl_ssl", "sasl_plaintext"):
        before = f"listener.name.{listener}"
        plain = f'{package}.plain.PlainLoginModule required user_{name}="{password}";'
        settings[f"{before}.plain.sasl.jaas.config"] = plain
        for mechanism in SCRAM:
            module = f"{package}.scram.ScramLoginModule required;"
            settings[f"{before}.{mechanism.lower()}.sasl.jaas.config"] = module
    return settings


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--brokers", type=int, default=1)
    parser.add_argument("--secure", action="store_true", help="listeners with TLS and SASL beside the plain one")
    parser.add_argument("--version", default=VERSION)
    how = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(KeyboardInterrupt):
        kafka = Kafka(folder, how.brokers, how.secure, how.version)
        try:
            for listener in kafka.brokers[0].ports:
                print(" ".join(f"{name}={value}" for name, value in kafka.client(listener).items()), flush=True)
            signal.pause()
        finally:
            kafka.stop()


if __name__ == "__main__":
    try:
        main()
    except NoKafka as why:
        sys.exit(f"real_kafka.py: {why}")
