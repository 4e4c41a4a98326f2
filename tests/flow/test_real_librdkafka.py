"""What depends on which librdkafka weir was built with, on a real Kafka: both answers are right, each where it belongs.
./test.sh runs it with Debian's and with the newest."""

import pytest
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient

from access import words_for
from broker_process import consume, count_stored
from broker_process import produce as produce_values
from others import running
from real_kafka import SCRAM
from test_real_produce import CODECS, stored_codecs

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]


@pytest.fixture
def librdkafka(weir):
    """Its version, as (2, 0, 2)."""
    (line,) = (line for line in weir("--version").stdout.splitlines() if line.startswith("librdkafka "))
    return tuple(int(n) for n in line.split()[1].split("."))


@pytest.fixture(scope="module")
def kafka_4(tmp_path_factory):
    with running(tmp_path_factory.mktemp("kafka-4"), secure=True) as cluster:
        yield cluster


@pytest.mark.parametrize("mechanism", SCRAM)
def test_scram_to_kafka_4(kafka_4, weir, librdkafka, mechanism):
    """Not a wrong password: librdkafka before 2.6.1 cannot."""
    topic = kafka_4.topic()
    client = kafka_4.client("SASL_PLAINTEXT", mechanism)
    done = weir("kafka", "produce", *words_for(client), "-t", topic, "-n", 10)
    if librdkafka >= (2, 6, 1):
        assert done.returncode == 0, done.stderr
        assert count_stored(kafka_4.bootstrap, topic) == 10
    else:
        version = ".".join(map(str, librdkafka))
        why = f"librdkafka {version} cannot log in to Kafka 4 by SCRAM (2.6.1 and newer can); at an older Kafka this means: "
        where = client["bootstrap.servers"]
        assert done.stderr == f"weir: cannot reach broker {where}: {why}invalid username or password\n"
        assert done.returncode == 1


def test_a_wrong_password_for_scram(kafka_4, weir, librdkafka):
    client = kafka_4.client("SASL_PLAINTEXT", SCRAM[0], ("bob", "wrong-pw"))
    done = weir("kafka", "produce", *words_for(client), "-t", "t", "-n", 10)
    assert done.returncode == 1 and "invalid username or password" in done.stderr and "wrong-pw" not in done.stderr
    assert ("cannot log in to Kafka 4" in done.stderr) == (librdkafka < (2, 6, 1))


def test_groups_of_the_new_protocol(kafka_4, weir, start_consume, librdkafka):
    """KIP-848: the brokers share the partitions out."""
    topic = kafka_4.topic(partitions=4)
    group = f"group-{topic}"
    words = ["-g", group, "--from", "beginning", "--timeout", "30s", "-X", "group.protocol=consumer"]
    if refused_by_an_older(librdkafka, weir, kafka_4.bootstrap):
        return
    loads = [start_consume(kafka_4.bootstrap, *words, topic=topic) for _ in range(2)]
    for load in loads:
        load.wait_until_under_way()
    admin = AdminClient(kafka_4.client())
    loads[0].wait_until(lambda: len(parts_of(admin, group)) == 2 and all(len(p) == 2 for p in parts_of(admin, group)))
    for partition in range(4):
        assert not any(produce_values(kafka_4.bootstrap, topic, [b"%d" % i for i in range(100)], partition))
    loads[0].wait_until(lambda: sum(committed(kafka_4, group, topic, 4)) == 400, 30)
    about = admin.describe_consumer_groups([group])[group].result(30)
    assert about.type.name == "CONSUMER", about.type
    for load in loads:
        load.interrupt()
    assert [load.end(130).records for load in loads] == [{"received": 200}] * 2


def test_a_member_for_whom_a_new_group_has_nothing(kafka_4, weir, start_consume, librdkafka):
    """Such a member is told nothing at all: it is there all the same, and is given what becomes free."""
    if refused_by_an_older(librdkafka, weir, kafka_4.bootstrap):
        return
    topic = kafka_4.topic()
    words = ["-g", f"group-{topic}", "--from", "beginning", "-X", "group.protocol=consumer"]
    first = start_consume(kafka_4.bootstrap, *words, topic=topic)
    first.wait_until_under_way()
    second = start_consume(kafka_4.bootstrap, *words, "--timeout", "3s", topic=topic)
    second.wait_until_under_way()
    assert "gave this consumer none of 1 partition: its other members read them" in second.err
    first.interrupt()
    first.end(130)
    second.wait_until(lambda: "was rebalanced: 1 of 1 partitions are read here now" in second.err, 30)
    assert not any(produce_values(kafka_4.bootstrap, topic, [b"1", b"2"]))
    second.wait_until(lambda: sum(committed(kafka_4, f"group-{topic}", topic, 1)) == 2, 30)
    second.interrupt()
    assert second.end(130).records == {"received": 2}


def test_brokers_that_know_no_new_groups(start_kafka, weir, librdkafka):
    kafka = start_kafka(version="3.9.2")
    if refused_by_an_older(librdkafka, weir, kafka.bootstrap):
        return
    words = ["-g", "group", "-X", "group.protocol=consumer", "--timeout", "4s"]
    done = weir("kafka", "consume", "-b", kafka.bootstrap, "-t", kafka.topic(), *words)
    assert done.returncode == 1
    assert "no partitions within 4s: do these brokers know group.protocol=consumer (Kafka 4)?" in done.stderr


def refused_by_an_older(librdkafka, weir, brokers):
    """Whether it has no such groups; then a sentence says so."""
    if librdkafka >= (2, 12):
        return False
    done = weir("kafka", "consume", "-b", brokers, "-t", "t", "-g", "g", "-X", "group.protocol=consumer")
    version = ".".join(map(str, librdkafka))
    sentence = f"weir: -X: group.protocol needs librdkafka 2.12 or newer; this is {version}\n"
    assert (done.returncode, done.stderr) == (2, sentence)
    return True


def parts_of(admin, group):
    """What each member has."""
    about = admin.describe_consumer_groups([group])[group].result(30)
    return [member.assignment.topic_partitions for member in about.members]


def committed(kafka, group, topic, partitions):
    consumer = Consumer(kafka.client() | {"group.id": group})
    found = consumer.committed([TopicPartition(topic, p) for p in range(partitions)], timeout=30)
    consumer.close()
    return [max(p.offset, 0) for p in found]


@pytest.mark.parametrize("codec", CODECS)
def test_each_codec(kafka_4, weir, codec):
    topic = kafka_4.topic()
    words = ["-n", 500, "-z", codec, "--value", "x" * 100, "-X", "linger.ms=50"]
    done = weir("kafka", "produce", "-b", kafka_4.bootstrap, "-t", topic, *words)
    assert done.returncode == 0, done.stderr
    assert len(consume(kafka_4.bootstrap, topic)) == 500 and stored_codecs(kafka_4, topic) == {CODECS[codec]}
