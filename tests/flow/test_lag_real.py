"""weir kafka lag on a real Kafka: groups with members, topics that nobody named, permissions, and why it does not scale."""

import contextlib
import json
import threading
import time

import pytest
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient

from access import AUTHORIZER, allow
from broker_process import produce as produce_values

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]


def fill(kafka, topic, n, partition=-1):
    assert not any(produce_values(kafka.bootstrap, topic, [b"%d" % i for i in range(n)], partition))


def commit(kafka, group, topic, *offsets):
    """As a member would that has done so many of partition 0, 1, …; None: nothing was committed."""
    consumer = Consumer(kafka.client() | {"group.id": group, "enable.auto.commit": False})
    places = [TopicPartition(topic, p, offset) for p, offset in enumerate(offsets) if offset is not None]
    consumer.commit(offsets=places, asynchronous=False)
    consumer.close()


@contextlib.contextmanager
def members(kafka, group, topic, n):
    """So many members of a group that take records one after another, and commit what they took."""
    stop = threading.Event()
    settings = {"group.id": group, "auto.offset.reset": "earliest", "auto.commit.interval.ms": 200}

    def work(consumer):
        while not stop.is_set():
            consumer.poll(0.1)
        consumer.close()

    consumers = [Consumer(kafka.client() | settings) for _ in range(n)]
    for consumer in consumers:
        consumer.subscribe([topic])
    threads = [threading.Thread(target=work, args=[c]) for c in consumers]
    for thread in threads:
        thread.start()
    try:
        admin, end = AdminClient(kafka.client()), time.monotonic() + 60
        while True:
            about = admin.describe_consumer_groups([group])[group].result(30)
            if about.state.name == "STABLE" and len(about.members) == n:
                break
            assert time.monotonic() < end, about.state
            time.sleep(0.2)
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@pytest.fixture
def lag(kafka, weir, tmp_path):
    """Runs weir kafka lag on this group to its end; its JSON."""

    def run(group, *words, duration="1s"):
        words = ["-b", kafka.bootstrap, "-g", group, "-d", duration, *words, "--json", "lag.json"]
        done = weir("kafka", "lag", *words)
        assert done.returncode == 0, done.stderr
        return json.loads((tmp_path / "lag.json").read_text())

    return run


def whys(found):
    return " ".join(found["explain"]["findings"])


def test_all_topics_of_a_group(kafka, lag):
    one, two = sorted((kafka.topic(partitions=2), kafka.topic()))
    three = kafka.topic()
    group = f"group-{one}"
    for topic in (one, two, three):
        fill(kafka, topic, 30, 0)
    commit(kafka, group, one, 10, None)
    commit(kafka, group, two, 30)
    found = lag(group)
    assert [(p["topic"], p["behind"]) for p in found["partitions"] if p["behind"] is not None] == [(one, 20), (two, 0)]
    assert found["total"]["behind"] == 20 and 0 < found["total"]["waits_s"] < 60
    assert lag(group, "-t", two)["total"]["behind"] == 0


def test_looking_leaves_no_trace(kafka, lag):
    topic = kafka.topic()
    group = f"group-{topic}"
    fill(kafka, topic, 5)
    commit(kafka, group, topic, 2)
    admin = AdminClient(kafka.client())
    found = lag(group, "--explain")
    assert found["explain"]["members"] == 0 and "nobody is in the group (its state is Empty)" in whys(found)
    about = admin.describe_consumer_groups([group])[group].result(30)
    assert about.state.name == "EMPTY" and not about.members


def test_more_members_than_partitions(kafka, lag):
    topic = kafka.topic()
    group = f"group-{topic}"
    commit(kafka, group, topic, 0)
    with members(kafka, group, topic, 2):
        fill(kafka, topic, 1)
        time.sleep(1)
        found = lag(group, "--explain")
        assert found["explain"]["members"] == 2 and found["explain"]["state"] == "Stable"
        assert found["total"]["behind"] == 0 and "lag does not show it" in whys(found)
    fill(kafka, topic, 5000)
    with members(kafka, group, topic, 2):
        found = lag(group, "-t", topic, "--explain", duration="10ms")
        if found["total"]["behind"]:  # else they were faster
            assert "partitions are the cap: 2 members share 1 partition (topics that brokers make" in whys(found)


def test_another_groups_name(kafka, lag):
    topic = kafka.topic(partitions=2)
    fill(kafka, topic, 10, 0)
    commit(kafka, f"app-{topic}", topic, 5, 0)
    found = lag(f"nobody-{topic}", "-t", topic, "--explain")
    assert f"but 'app-{topic}' has: is that the application's?" in whys(found)
    assert "of 1 of 2 partitions nothing was ever committed" in whys(found)


def test_what_retention_took_away_is_said(kafka, lag):
    topic = kafka.topic()
    group = f"group-{topic}"
    fill(kafka, topic, 100)
    commit(kafka, group, topic, 10)
    admin = AdminClient(kafka.client())
    for future in admin.delete_records([TopicPartition(topic, 0, 60)]).values():
        future.result(30)
    found = lag(group)
    assert found["total"] == found["total"] | {"behind": 90, "dropped": 50} and 0 < found["total"]["waits_s"] < 60


def test_what_is_not_there_is_a_sentence(kafka, weir):
    where = ["-b", kafka.bootstrap, "-d", "10ms"]
    done = weir("kafka", "lag", *where, "-g", "nobody-at-all")
    why = "group 'nobody-at-all' has committed nothing: is it called so? -t TOPIC --explain looks for others"
    assert (done.returncode, done.stderr) == (1, f"weir: {why}\n")
    done = weir("kafka", "lag", *where, "-g", "g", "-t", "nobody-made-this")
    why = "topic 'nobody-made-this' does not exist; make it with: weir kafka topics create nobody-made-this -p 6"
    assert (done.returncode, done.stderr) == (1, f"weir: {why}\n")


def test_who_may_not_look_is_told_so(start_kafka, weir):
    kafka = start_kafka(secure=True, version="3.9.2", settings=AUTHORIZER)
    topic = kafka.topic()
    fill(kafka, topic, 10)
    commit(kafka, "g", topic, 4)
    client = kafka.client("SASL_PLAINTEXT")
    where = client.pop("bootstrap.servers")
    words = ["-b", where, "-g", "g", "-d", "10ms", *(w for n, v in client.items() for w in ("-X", f"{n}={v}"))]
    done = weir("kafka", "lag", *words, "-t", topic)
    assert done.returncode == 1 and done.stderr.startswith(f"weir: topic '{topic}': TOPIC_AUTHORIZATION_FAILED")
    allow(kafka, ("topic", topic, "DESCRIBE"))
    for more in ([], ["-t", topic]):
        done = weir("kafka", "lag", *words, *more)
        assert done.returncode == 1, done.stderr
        assert done.stderr.startswith("weir: no permission to look at group 'g': GROUP_AUTHORIZATION_FAILED"), done.stderr
    allow(kafka, ("group", "g", "DESCRIBE"))
    done = weir("kafka", "lag", *words)  # how long they wait it may not read
    assert done.returncode == 0 and "behind     6 records\n" in done.stdout, done.stderr
    allow(kafka, ("topic", topic, "READ"))
    assert "behind     6 records, the oldest waits for" in weir("kafka", "lag", *words).stdout


def test_a_scenario_watches_its_application(start_story, kafka):
    """One that commits nothing any more: all that comes is behind."""
    topic = kafka.topic(partitions=2)
    group = f"app-{topic}"
    fill(kafka, topic, 50)
    commit(kafka, group, topic, 0, 0)
    text = f"""
        local k = weir.kafka {{ brokers = weir.env("KAFKA_BROKERS") }}
        local send = k:send {{ topic = "{topic}", value = "x" }}
        return weir.scenario {{ load = "100 for 6s", watch = {{ k:lag {{ group = "{group}" }} }}, user = function() send() end }}"""
    done = start_story(kafka.bootstrap, text).end()
    lag, wait = done.series("kafka_group_lag"), done.series("kafka_group_wait")
    assert lag["tags"] == {"protocol": "kafka", "group": group, "topic": topic} == wait["tags"]
    assert 5 <= lag["count"] <= 7 and lag["value"]["min"] >= 50 and 500 <= lag["value"]["max"] <= 650
    assert wait["value_s"]["max"] > 4
