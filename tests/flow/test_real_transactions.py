"""Transactions on a real Kafka: confluent-kafka, which reads what was committed, counts what weir says; marks and audits
are exact; another producer takes over."""

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from broker_process import count_stored

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]  # the first start fetches it


def counted(done, name):
    return sum(s["sum"] for s in done.summary["series"] if s["name"] == name)


def read(kafka, topic, isolation):
    """How many records another client sees from the beginning to the end."""
    consumer = Consumer(
        kafka.client()
        | {"group.id": "others", "isolation.level": isolation, "enable.partition.eof": True, "enable.auto.commit": False}
    )
    partitions = consumer.list_topics(topic, timeout=30).topics[topic].partitions
    consumer.assign([TopicPartition(topic, p, 0) for p in partitions])
    records, ended = 0, set()
    while len(ended) < len(partitions):
        m = consumer.poll(30)
        assert m is not None
        if m.error():
            ended.add(m.partition())
        else:
            records += 1
    ends = sum(consumer.get_watermark_offsets(TopicPartition(topic, p), timeout=30)[1] for p in partitions)
    consumer.close()
    return records, ends


@pytest.mark.parametrize(("share", "committed"), [("0%", 5000), ("20%", 4000), ("100%", 0)])
def test_what_was_committed_is_what_others_read(produce, kafka, share, committed):
    topic = kafka.topic(partitions=3)
    words = ["-n", 5000, "--transaction-every", 500, "--transaction-abort", share, "-k", "sequence", "--verify"]
    done = produce(kafka.bootstrap, *words, topic=topic)
    assert done.ledger["ok"] == 5000 and done.ledger.get("aborted", 0) == 5000 - committed
    assert counted(done, "kafka_marks") == 30  # each of 10 transactions went to all 3 partitions
    (audit,) = done.summary["verdict"]["audits"]
    assert audit["passed"] and audit["value"] == 5030, audit
    assert "5 000 acknowledged + 30 marks of transactions <= 5 030 stored <= 5 030 + 0 possibly stored" in audit["text"]
    assert read(kafka, topic, "read_committed") == (committed, 5030)
    assert read(kafka, topic, "read_uncommitted") == (5000, 5030)


def test_an_audit_does_not_miss_what_was_aborted(produce, consume_load, kafka):
    topic = kafka.topic(partitions=3)
    words = ["-n", 3000, "--transaction-every", 100, "--transaction-abort", "10%", "--stamp", "value", "--threads", 2]
    produce(kafka.bootstrap, *words, topic=topic)
    how = ["--from", "beginning", "--until", "end", "--audit"]
    done = consume_load(kafka.bootstrap, *how, topic=topic)
    aborted = 2 * 100  # each of two producers has 15 transactions and aborts its 10th
    assert ", read_committed\n" in done.out
    assert done.audit == "all 2 800 records came once, unchanged and in order"
    assert not any(p.get("aborted") for p in done.summary["audit"]["producers"])
    done = consume_load(kafka.bootstrap, *how, "-X", "isolation.level=read_uncommitted", topic=topic)
    assert ", read_uncommitted\n" in done.out
    assert done.audit == "all 3 000 records came once, unchanged and in order"
    assert sum(p["first"] for p in done.summary["audit"]["producers"] if p.get("aborted")) == aborted


def test_by_time_with_an_open_load(produce, kafka):
    topic = kafka.topic(partitions=2)
    done = produce(kafka.bootstrap, "-r", 500, "-d", "3s", "--transaction-every", "300ms", "--verify", topic=topic)
    assert done.ledger["ok"] == 1500 and done.summary["verdict"]["audits"][0]["passed"]
    commit = done.series(f"{topic} commit")
    assert 5 <= commit["count"] <= 11 and commit["outcomes"] == {"ok": commit["count"]}
    assert read(kafka, topic, "read_committed")[0] == 1500


def test_another_producer_takes_over(start_load, kafka):
    topic = kafka.topic()
    words = ["-b", kafka.bootstrap, "-t", topic, "-r", 200, "-d", "60s", "--transaction-every", 50]
    load = start_load(*words, "-X", f"transactional.id={topic}", command="kafka produce")
    load.wait_until_under_way()
    load.wait_until(lambda: count_stored(kafka.bootstrap, topic) > 200)  # read() would not come to an end
    other = Producer(kafka.client() | {"transactional.id": f"{topic}-0"})
    other.init_transactions(60)
    done = load.end(1)
    sentence = f"another producer with transactional.id '{topic}-0' took over: this one is fenced off and can produce no more"
    assert done.summary["verdict"]["reasons"][0] == sentence
    committed = counted(done, "kafka_committed_records")
    assert committed >= 100 and committed % 50 == 0
    assert read(kafka, topic, "read_committed")[0] == committed


def test_a_scenario_in_transactions(story, kafka):
    topics = kafka.topic(), kafka.topic(partitions=3)
    text = f"""
        local k = weir.kafka {{ brokers = weir.env("KAFKA_BROKERS"), transaction = {{ every = 10, abort = "50%" }} }}
        local a = k:send {{ topic = "{topics[0]}", value = "x" }}
        local b = k:send {{ topic = "{topics[1]}", value = "y", key = "${{seq}}" }}
        return weir.scenario {{ user = function() a() b() end }}"""
    done = story(kafka.bootstrap, text, "-n", 100, "-c", 4)
    assert done.ledger == {"started": 200, "ok": 200, "aborted": 100}
    assert sum(read(kafka, topic, "read_committed")[0] for topic in topics) == 100
    ends = sum(read(kafka, topic, "read_committed")[1] for topic in topics)
    assert ends == 200 + counted(done, "kafka_marks")
