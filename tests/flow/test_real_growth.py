"""Topics of a real Kafka that get more partitions while they are read: what comes there is read from its beginning on,
and nobody is blamed for it."""

import time

import pytest

from broker_process import count_stored
from target_process import wait_for

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

SEES_IT_SOON = ["-X", "producer.topic.metadata.refresh.interval.ms=200"]


@pytest.mark.parametrize("words", [[], ["--threads", "2"], ["-g", "group-"]], ids=["alone", "two", "group"])
def test_replies_in_new_partitions_are_replies(kafka, start_load, start_responder, words):
    request, reply = kafka.topic(2), kafka.topic(2)
    words = [word.replace("group-", f"group-{reply}") for word in words]
    responder = start_responder(kafka.bootstrap, *SEES_IT_SOON, requests=request, replies=reply)
    words += ["-b", kafka.bootstrap, "--request", request, "--reply", reply, "-k", "sequence", "-r", 100, "-d", "8s"]
    load = start_load(*words, "--timeout", "20s", command="kafka rr")
    wait_for(lambda: count_stored(kafka.bootstrap, reply) > 50, 30)
    kafka.grow(reply, 5)
    done = load.end(timeout=60)
    assert responder.stop()["replies"] == 800 and sum(count_stored(kafka.bootstrap, reply, p) for p in (2, 3, 4)) > 100
    assert done.ledger == {"started": 800, "ok": 800}
    assert {k: n for k, n in done.summary["ledger"]["replies"].items() if isinstance(n, int) and n} == {"received": 800, "matched": 800}
    said = f"topic {reply} has 5 partitions now, 3 more than before: they are read too"
    assert ("-g" in words) or said in done.err


@pytest.mark.parametrize("words", [[], ["--threads", "2"], ["-g", "group-"]], ids=["alone", "two", "group"])
def test_an_audit_has_what_is_in_new_partitions(kafka, start_consume, produce, start_load, words):
    topic = kafka.topic(2)
    words = [word.replace("group-", f"group-{topic}") for word in words]
    reader = start_consume(kafka.bootstrap, "--audit", "-d", "14s", *words, topic=topic)
    reader.wait_until_under_way()
    flags = ["-b", kafka.bootstrap, "-t", topic, "-r", 200, "-d", "6s", "--stamp", "value", "-k", "sequence", "--verify", *SEES_IT_SOON]
    writer = start_load(*flags, command="kafka produce")
    time.sleep(2)
    kafka.grow(topic, 5)
    assert writer.end().ledger == {"started": 1200, "ok": 1200}
    done = reader.end(timeout=60)
    assert sum(count_stored(kafka.bootstrap, topic, p) for p in (2, 3, 4)) > 50
    assert done.records == {"received": 1200, "first": 1200, "expected": 1200}


@pytest.mark.parametrize("words", [[], ["-g", "group-", "-X", "topic.metadata.refresh.interval.ms=300000"]], ids=["soon", "group"])
def test_what_an_audit_did_not_see_any_more_is_not_lost(kafka, start_consume, start_load, words):
    """The reader is stopped soon after, or looks too seldom."""
    topic = kafka.topic(1)
    words = [word.replace("group-", f"group-{topic}") for word in words]
    reader = start_consume(kafka.bootstrap, "--audit", "-n", 400, *words, topic=topic)
    reader.wait_until_under_way()
    flags = ["-b", kafka.bootstrap, "-t", topic, "-r", 400, "-d", "4s", "--stamp", "value", "-k", "sequence", *SEES_IT_SOON]
    writer = start_load(*flags, command="kafka produce")
    wait_for(lambda: count_stored(kafka.bootstrap, topic) > 100, 30)
    kafka.grow(topic, 3)
    writer.end()
    done = reader.end(timeout=60)
    assert done.records == {"received": 400, "first": 400, "expected": 400}


def test_events_in_new_partitions_are_found(kafka, start_story):
    topic = kafka.topic(2)
    text = f"""local send = kafka:send {{ topic = "{topic}", value = "x", wait = "none" }}
local take = kafka:consume {{ topic = "{topic}", correlate = "key", timeout = "20s" }}
return weir.scenario {{ user = function(vu) local id = "k" .. weir.sequence("n") send {{ key = id }} take {{ id = id }} end }}"""
    text = text.replace("kafka:", "k:", 2)
    before = 'local k = weir.kafka { brokers = weir.env("KAFKA_BROKERS"), producer = { ["topic.metadata.refresh.interval.ms"] = 200 } }\n'
    load = start_story(kafka.bootstrap, before + text, "-r", 100, "-d", "8s", "--threads", 2)
    wait_for(lambda: count_stored(kafka.bootstrap, topic) > 50, 30)
    kafka.grow(topic, 5)
    done = load.end(timeout=60)
    assert sum(count_stored(kafka.bootstrap, topic, p) for p in (2, 3, 4)) > 100
    assert done.ledger == {"started": 1600, "ok": 1600}
    assert done.summary["ledger"]["awaited"] == {"seen": 800, "taken": 800, "unclaimed": 0}
