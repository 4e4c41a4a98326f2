"""weir kafka consume on a real Kafka: groups, transactions, times, permissions, retention, brokers that go and leaders
that move."""

import re
import time

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from access import AUTHORIZER, allow
from broker_process import produce as produce_values
from stamps import Stamper
from target_process import wait_for

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]

ALL = ["--from", "beginning", "--until", "end"]


def fill(kafka, topic, n, **how):
    assert not any(produce_values(kafka.bootstrap, topic, [b"%d" % i for i in range(n)], **how))


@pytest.fixture
def read(consume_load, kafka):
    def run(topic, *words, **how):
        return consume_load(kafka.bootstrap, *words, topic=topic, **how)

    return run


def committed(kafka, group, topic, partitions):
    consumer = Consumer(kafka.client() | {"group.id": group})
    found = consumer.committed([TopicPartition(topic, p) for p in range(partitions)], timeout=30)
    consumer.close()
    return [max(p.offset, 0) for p in found]


# ---- groups ----


def test_a_group_goes_on_where_it_stopped(kafka, read):
    topic = kafka.topic(partitions=3)
    group = f"group-{topic}"
    fill(kafka, topic, 300)
    assert read(topic, "-g", group, "--from", "beginning", "-n", 100).records == {"received": 100}
    assert sum(committed(kafka, group, topic, 3)) == 100  # what was taken, and not what librdkafka had fetched
    assert read(topic, "-g", group, "--from", "beginning", "--until", "end").records == {"received": 200}
    assert sum(committed(kafka, group, topic, 3)) == 300
    assert read(topic, "-g", group, "--until", "end").records == {}


def test_without_a_group_nothing_is_committed_and_no_group_is_there(kafka, read):
    topic = kafka.topic(partitions=3)
    fill(kafka, topic, 30)
    before = {g.group_id for g in AdminClient(kafka.client()).list_consumer_groups().result(30).valid}
    assert read(topic, *ALL).records == {"received": 30}
    after = {g.group_id for g in AdminClient(kafka.client()).list_consumer_groups().result(30).valid}
    assert before == after


def test_members_come_and_go_and_every_record_is_read_once(kafka, start_consume, produce):
    """Three members, one of which leaves in the middle: together they have all, and none twice."""
    topic = kafka.topic(partitions=6)
    words = ["-g", f"group-{topic}", "--from", "beginning", "--timeout", "30s", "--audit"]
    first = start_consume(kafka.bootstrap, *words, topic=topic)
    first.wait_until_under_way()
    others = [start_consume(kafka.bootstrap, *words, topic=topic) for _ in range(2)]
    for load in others:
        load.wait_until_under_way()
    load = produce(kafka.bootstrap, "-r", 2000, "-d", "4s", "--stamp", "value", "-k", "sequence", topic=topic)
    time.sleep(2)
    others[0].interrupt()
    gone = others[0].end((130,))
    load = produce(kafka.bootstrap, "-r", 2000, "-d", "4s", "--stamp", "value", "-k", "sequence", topic=topic)
    time.sleep(3)
    for load in (first, others[1]):
        load.interrupt()
    ends = [gone, first.end(130), others[1].end(130)]
    assert sum(e.records["received"] for e in ends) == 16000
    assert sum(e.records["first"] for e in ends) == 16000
    for e in ends:
        assert e.summary["audit"]["lost"] == 0, "what others have read is not lost"
    assert "was rebalanced: " in ends[1].err and " of 6 partitions are read here now" in ends[1].err
    assert "the group was rebalanced" in ends[1].out


def test_an_application_in_java_would_do_the_same_and_weir_shares_with_it(kafka, start_consume):
    """confluent-kafka's member stands for any other."""
    topic = kafka.topic(partitions=4)
    group = f"group-{topic}"
    other = Consumer(kafka.client() | {"group.id": group, "auto.offset.reset": "earliest"})
    other.subscribe([topic])
    load = start_consume(kafka.bootstrap, "-g", group, "--from", "beginning", "--timeout", "60s", topic=topic)
    found, end = [], time.monotonic() + 60
    filled = False
    while time.monotonic() < end and len(found) < 200:
        message = other.poll(0.1)
        if message and not message.error():
            found.append(message)
        if not filled and len(other.assignment()) == 2:
            load.wait_until_under_way()
            for partition in range(4):
                fill(kafka, topic, 100, partition=partition)
            filled = True
    assert len(found) == 200
    other.close()
    load.interrupt()
    assert load.end(130).records == {"received": 200}


def test_cooperative_members_share_too(kafka, start_consume, produce):
    topic = kafka.topic(partitions=6)
    words = ["-g", f"group-{topic}", "--from", "beginning", "--timeout", "30s", "--audit"]
    words += ["-X", "partition.assignment.strategy=cooperative-sticky"]
    first = start_consume(kafka.bootstrap, *words, topic=topic)
    first.wait_until_under_way()
    produce(kafka.bootstrap, "-n", 3000, "--stamp", "value", "-k", "sequence", topic=topic)
    second = start_consume(kafka.bootstrap, *words, topic=topic)
    second.wait_until_under_way()
    time.sleep(4)
    produce(kafka.bootstrap, "-n", 3000, "--stamp", "value", "-k", "sequence", topic=topic)
    time.sleep(2)
    for load in (first, second):
        load.interrupt()
    ends = [first.end(130), second.end(130)]
    assert sum(e.records["received"] for e in ends) == sum(e.records["first"] for e in ends) == 6000
    assert ends[1].records["received"] > 0


def test_a_member_that_is_given_nothing_says_so(kafka, start_consume):
    topic = kafka.topic()
    words = ["-g", f"group-{topic}", "--from", "beginning", "--timeout", "30s"]
    loads = [start_consume(kafka.bootstrap, *words, topic=topic) for _ in range(2)]
    for load in loads:
        load.wait_until_under_way()
    time.sleep(4)  # until both have heard of each other
    fill(kafka, topic, 10)
    time.sleep(1)
    for load in loads:
        load.interrupt()
    ends = [load.end(130) for load in loads]
    assert sorted(e.records.get("received", 0) for e in ends) == [0, 10]
    (idle,) = (e for e in ends if not e.records)
    assert re.search(r"gave this consumer none of 1 partition:|0 of 1 partitions are read here now", idle.err), idle.err


def test_who_takes_a_members_place_ends_it_with_a_sentence(kafka, start_consume):
    """A static member's name (group.instance.id) belongs to who came last."""
    topic = kafka.topic()
    words = ["-g", f"group-{topic}", "--from", "beginning", "--timeout", "30s", "-X", "group.instance.id=one"]
    fill(kafka, topic, 100)
    first = start_consume(kafka.bootstrap, *words, topic=topic)
    first.wait_until(lambda: "thread" in first.out + first.err)
    time.sleep(1)
    second = start_consume(kafka.bootstrap, *words, topic=topic)
    done = first.end(1)
    assert f"group 'group-{topic}' cannot read: " in " ".join(done.out.split())
    assert "FENCED_INSTANCE_ID" in done.out + done.err
    second.wait_until_under_way()
    fill(kafka, topic, 10)
    time.sleep(2)
    second.interrupt()
    assert second.end(130).records["received"] >= 10


# ---- transactions ----


def test_only_what_was_committed_is_read_unless_asked_otherwise(kafka, read):
    topic = kafka.topic(partitions=2)
    producer = Producer(kafka.client() | {"transactional.id": f"tx-{topic}"})
    producer.init_transactions(60)
    for end in ("commit", "abort", "commit"):
        producer.begin_transaction()
        for i in range(100):
            producer.produce(topic, b"%s %d" % (end.encode(), i), partition=i % 2)
        producer.flush(30)  # or an abort takes them back
        (producer.commit_transaction if end == "commit" else producer.abort_transaction)(60)
    producer.begin_transaction()
    producer.produce(topic, b"open", partition=0)
    producer.flush(30)
    done = read(topic, *ALL)
    assert done.records == {"received": 200} and ", read_committed\n" in done.out
    done = read(topic, *ALL, "-X", "isolation.level=read_uncommitted")
    assert done.records == {"received": 301} and ", read_uncommitted\n" in done.out
    producer.abort_transaction(60)
    assert read(topic, *ALL).records == {"received": 200}  # what ends the topic are marks


# ---- places ----


def test_from_a_time(kafka, read):
    topic = kafka.topic(partitions=2)
    producer = Producer(kafka.client())
    for i in range(100):
        producer.produce(topic, b"%d" % i, partition=i % 2, timestamp=1769860800000 + i * 1000)
    producer.flush(30)
    assert read(topic, "--from", "2026-01-31T12:00:30Z", "--until", "end").records == {"received": 70}
    assert read(topic, "--from", "2026-01-31T12:00:30.001Z", "--until", "end").records == {"received": 69}
    assert read(topic, "--from", "2026-02-01T00:00:00Z", "--until", "end").records == {}
    fill(kafka, topic, 4)
    assert read(topic, "--from", "-10m", "--until", "end").records == {"received": 4}


def test_what_was_deleted_before_is_no_loss(kafka, read):
    topic = kafka.topic()
    stamper = Stamper(kafka.bootstrap, topic)
    for i in range(1000):
        stamper.send(i)
    stamper.flush()
    admin = AdminClient(kafka.client())
    for future in admin.delete_records([TopicPartition(topic, 0, 400)]).values():
        future.result(30)
    done = read(topic, *ALL, "--audit")
    assert done.records == {"received": 600, "first": 600, "expected": 600}
    done = read(topic, "--from", 100, "--until", "end")
    assert done.records == {"received": 600}
    assert "1 partition no longer had what was to be read first: 300 offsets were dropped before" in done.err


def test_what_was_compacted_away_is_no_loss(start_kafka, produce, consume_load, kcat):
    """Of each key the broker keeps the last record: that is what the topic was made for."""
    kafka = start_kafka(settings={"log.cleaner.backoff.ms": "200"})
    how = {"segment_ms": 100, "min_cleanable_dirty_ratio": 0.01, "max_compaction_lag_ms": 100}
    topic = kafka.topic(cleanup_policy="compact", **how)
    produce(kafka.bootstrap, "-r", 500, "-d", "3s", "-k", "random:10", "--stamp", "value", topic=topic)
    wait_for(lambda: kcat("-b", kafka.bootstrap, "-C", "-t", topic, "-e", "-q", "-f", "%o\n").count("\n") < 1000, 60)
    done = consume_load(kafka.bootstrap, *ALL, "--audit", topic=topic)
    out = " ".join(done.out.split())
    assert "lost" not in done.records and 10 <= done.records["first"] < 1000
    assert f"topic {topic} is compacted, and " in out and "in their partitions is not counted as lost" in out
    whole = kafka.topic(cleanup_policy="compact")  # nothing was removed there: what is missing is lost
    stamper = Stamper(kafka.bootstrap, whole)
    for i in (0, 1, 4):
        stamper.send(i, key=b"%d" % i)
    stamper.flush()
    assert consume_load(kafka.bootstrap, *ALL, "--audit", topic=whole, code=3).records["lost"] == 2


# ---- trouble ----


def test_an_absent_topic_is_a_sentence(kafka, weir):
    done = weir("kafka", "consume", "-b", kafka.bootstrap, "-t", "nobody-made-this")
    why = "topic 'nobody-made-this' does not exist; make it with: weir kafka topics create nobody-made-this -p 6"
    assert (done.returncode, done.stderr) == (1, f"weir: {why}\n")


def test_each_way_in_that_a_client_can_take(secure_kafka, consume_load):
    topic = secure_kafka.topic()
    fill(secure_kafka, topic, 10)
    for listener, mechanism in (("SSL", ""), ("MTLS", ""), ("SASL_SSL", "PLAIN"), ("SASL_PLAINTEXT", "SCRAM-SHA-256")):
        client = secure_kafka.client(listener, mechanism or "PLAIN")
        where = client.pop("bootstrap.servers")
        words = [w for name, value in client.items() for w in ("-X", f"{name}={value}")]
        assert consume_load(where, *ALL, *words, topic=topic).records == {"received": 10}, listener


def test_a_wrong_password_is_a_sentence(secure_kafka, weir):
    client = secure_kafka.client("SASL_PLAINTEXT", user=("alice", "wrong"))
    where = client.pop("bootstrap.servers")
    words = [w for name, value in client.items() for w in ("-X", f"{name}={value}")]
    done = weir("kafka", "consume", "-b", where, "-t", "t", *words)
    assert done.returncode == 1
    assert done.stderr == f"weir: cannot reach broker {where}: invalid username or password\n"


@pytest.fixture
def guarded(start_kafka):
    """One that asks who may do what; on the plain listener everybody may all."""
    return start_kafka(secure=True, version="3.9.2", settings=AUTHORIZER)


def test_who_may_not_read_is_told_so(guarded, weir, consume_load):
    topic = guarded.topic()
    fill(guarded, topic, 10)
    client = guarded.client("SASL_PLAINTEXT")
    where = client.pop("bootstrap.servers")
    words = ["-b", where, "-t", topic, *(w for n, v in client.items() for w in ("-X", f"{n}={v}")), *ALL]
    done = weir("kafka", "consume", *words)
    assert done.returncode == 1
    assert done.stderr.startswith(f"weir: topic '{topic}': TOPIC_AUTHORIZATION_FAILED")
    allow(guarded, ("topic", topic, "DESCRIBE"))
    done = weir("kafka", "consume", *words)
    assert done.returncode == 1
    assert f"no permission to read topic '{topic}': TOPIC_AUTHORIZATION_FAILED" in " ".join(done.stdout.split())
    allow(guarded, ("topic", topic, "READ"))
    assert weir("kafka", "consume", *words).returncode == 0  # without a group nobody asks for one
    done = weir("kafka", "consume", *words, "-g", "g")
    assert done.returncode == 1
    assert done.stderr.startswith("weir: group 'g' cannot read: GROUP_AUTHORIZATION_FAILED")
    allow(guarded, ("group", "g", "READ"))
    assert weir("kafka", "consume", *words, "-g", "g").returncode == 0


def test_a_broker_that_is_killed_and_comes_back_after_10_s_is_read_on(start_kafka, start_consume):
    kafka = start_kafka()
    topic = kafka.topic(partitions=3)
    load = start_consume(kafka.bootstrap, "-n", 200, "-X", "reconnect.backoff.max.ms=500", topic=topic)
    load.wait_until_under_way()
    fill(kafka, topic, 100)
    time.sleep(0.5)
    kafka.brokers[0].kill()
    load.wait_until(lambda: "no broker is there" in load.err)
    time.sleep(10)
    kafka.brokers[0].start()
    kafka.wait_until_ready()
    fill(kafka, topic, 100)
    assert load.end().records == {"received": 200}


def test_leaders_move_and_no_record_is_missed(start_kafka, start_consume, produce):
    kafka = start_kafka(brokers=3)
    topic = kafka.topic(partitions=6)
    load = start_consume(kafka.bootstrap, "-n", 6000, "--audit", topic=topic)
    load.wait_until_under_way()
    words = ["--stamp", "value", "--verify", "-X", "enable.idempotence=true"]
    produce(kafka.bootstrap, "-n", 3000, *words, topic=topic)
    kafka.brokers[0].stop()
    produce(kafka.bootstrap, "-n", 3000, *words, topic=topic, timeout=120)
    done = load.end(timeout=120)
    assert done.records == {"received": 6000, "first": 6000, "expected": 6000}
