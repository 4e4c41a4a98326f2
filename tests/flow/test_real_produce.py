"""weir kafka produce and kafka:send on a real Apache Kafka; what arrived is told by confluent-kafka and by kcat."""

import collections
import json
import struct

import pytest

from broker_process import consume
from conftest import ROOT
from target_process import wait_for

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]  # the first start fetches it

CODECS = {"none": 0, "gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}


def content(messages):
    return collections.Counter((m.key(), m.value(), tuple(m.headers() or ())) for m in messages)


def audit(done):
    (found,) = done.summary["verdict"]["audits"]
    return found["passed"], found["value"]


# weir kafka produce


@pytest.mark.parametrize("acks", ["0", "1", "all"])
def test_each_kind_of_acknowledgement(produce, kafka, acks):
    topic = kafka.topic(partitions=6)
    done = produce(kafka.bootstrap, "-n", 5000, "--acks", acks, "-k", "sequence", "--size", "10..200", topic=topic)
    assert done.ledger == {"started": 5000, "ok": 5000}
    wait_for(lambda: len(consume(kafka.bootstrap, topic)) >= 5000, 30)  # nobody said that they are stored when acks is 0
    messages = consume(kafka.bootstrap, topic)
    assert sorted(int(m.key()) for m in messages) == list(range(5000))
    assert done.summary["total"]["bytes_sent"] == sum(len(m.value()) for m in messages)


@pytest.mark.parametrize("acks", ["1", "all"])
def test_what_was_acknowledged_is_stored(produce, kafka, acks):
    topic = kafka.topic(partitions=6)
    assert audit(produce(kafka.bootstrap, "-n", 20_000, "--acks", acks, "--verify", topic=topic)) == (True, 20_000)
    assert audit(produce(kafka.bootstrap, "-r", 2000, "-d", "1s", "--acks", acks, "--verify", topic=topic)) == (True, 2000)
    assert len(consume(kafka.bootstrap, topic)) == 22_000


def stored_codecs(kafka, topic):
    """Of the batches in the broker's own segment files (record batch v2: attributes are the two bytes behind offset,
    length, epoch, magic and CRC; KIP-98)."""
    found = set()
    for segment in kafka.brokers[0].folder.glob(f"data/{topic}-*/*.log"):
        data, at = segment.read_bytes(), 0
        while at + 23 <= len(data):
            length, magic, attributes = *struct.unpack_from(">i", data, at + 8), data[at + 16], data[at + 22]
            if length <= 0:
                break
            assert magic == 2
            found.add(attributes & 7)
            at += 12 + length
    return found


@pytest.mark.parametrize("codec", CODECS)
def test_batches_are_compressed_as_asked_for(produce, kafka, kcat, codec):
    topic = kafka.topic()
    done = produce(kafka.bootstrap, "-n", 2000, "-z", codec, "--value", "x" * 100, "-X", "linger.ms=50", topic=topic)
    assert done.ledger == {"started": 2000, "ok": 2000}
    assert [m.value() for m in consume(kafka.bootstrap, topic)] == [b"x" * 100] * 2000
    assert kcat("-b", kafka.bootstrap, "-C", "-t", topic, "-e", "-q").split() == ["x" * 100] * 2000
    if hasattr(kafka, "brokers"):
        assert stored_codecs(kafka, topic) == {CODECS[codec]}


def test_kcat_reads_keys_headers_and_partitions(produce, kafka, kcat):
    topic = kafka.topic(partitions=4)
    words = ["-n", 10, "-k", "a key", "--value", "a value", "-H", "one=1", "-H", "empty=", "-p", 2]
    produce(kafka.bootstrap, *words, topic=topic)
    lines = kcat("-b", kafka.bootstrap, "-C", "-t", topic, "-e", "-q", "-f", "%p|%k|%s|%h\n").splitlines()
    assert lines == ["2|a key|a value|one=1,empty="] * 10


def test_keys_go_where_kcats_go(produce, kafka, kcat):
    """With librdkafka's name for what Java's clients do."""
    ours, theirs = kafka.topic(partitions=6), kafka.topic(partitions=6)
    produce(kafka.bootstrap, "-n", 200, "-k", "sequence", "--value", "v", topic=ours)
    kcat("-b", kafka.bootstrap, "-P", "-t", theirs, "-K:", "-X", "topic.partitioner=murmur2_random",
         input="".join(f"{i}:v\n" for i in range(200)))  # fmt: skip
    places = [{m.key(): m.partition() for m in consume(kafka.bootstrap, topic)} for topic in (ours, theirs)]
    assert places[0] == places[1] and len(set(places[0].values())) == 6


def test_idempotence_keeps_order_and_makes_no_duplicates(produce, kafka):
    topic = kafka.topic()
    produce(kafka.bootstrap, "-n", 5000, "-k", "sequence", "-X", "enable.idempotence=true", "--threads", 1, topic=topic)
    assert [int(m.key()) for m in consume(kafka.bootstrap, topic)] == list(range(5000))


def test_a_topic_that_is_not_there_is_not_made(weir, start_story, kafka):
    done = weir("kafka", "produce", "-b", kafka.bootstrap, "-t", "nobody-made-this", "-n", 1)
    sentence = "weir: topic 'nobody-made-this' does not exist; make it with: weir kafka topics create nobody-made-this -p 6\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", sentence)
    text = 'local send = kafka:send { topic = "nobody-made-this", value = "x" } return weir.scenario { user = function() send() end }'
    assert start_story(kafka.bootstrap, text).end(code=1).err == sentence


def test_a_topic_made_by_weir_is_there(weir, produce, kafka):
    name = kafka.topic() + "-made"
    done = weir("kafka", "topics", "create", name, "-p", 3, "-b", kafka.bootstrap)
    assert done.returncode == 0, done.stderr
    assert audit(produce(kafka.bootstrap, "-n", 300, "-k", "sequence", "--verify", topic=name)) == (True, 300)
    assert {m.partition() for m in consume(kafka.bootstrap, name)} == {0, 1, 2}


def test_a_record_that_the_topic_refuses(produce, kafka):
    topic = kafka.topic(max_message_bytes=1000)
    done = produce(kafka.bootstrap, "-n", 3, "-c", 1, "--size", 5000, topic=topic, code=1)
    assert done.errors == {"MSG_SIZE_TOO_LARGE (Broker: Message size too large)": 3}
    assert f"topic '{topic}' takes no batch larger than its max.message.bytes=1000; this client sends up to" in done.err
    assert "message.max.bytes=1000000" in done.err
    assert consume(kafka.bootstrap, topic) == []


def test_a_record_that_the_client_refuses(produce, kafka):
    topic = kafka.topic(max_message_bytes=2_000_000)
    done = produce(kafka.bootstrap, "-n", 3, "-c", 1, "--size", 1_500_000, topic=topic, code=1)
    assert done.errors == {"MSG_SIZE_TOO_LARGE (Broker: Message size too large)": 3}
    why = "this client sends no record larger than its message.max.bytes=1000000 (-X sets it)"
    assert f"{why}; topic '{topic}' has max.message.bytes=2000000" in done.err
    larger = ["-X", "message.max.bytes=1900000"]
    assert produce(kafka.bootstrap, "-n", 3, "--size", 1_500_000, *larger, topic=topic).ledger == {"started": 3, "ok": 3}


# weir run


def test_every_field_of_a_scenarios_record(story, kafka, kcat):
    topic = kafka.topic(partitions=6)
    text = f"""local send = kafka:send {{ topic = "{topic}", key = "k${{n}}", partition = "${{p}}", timestamp = 1700000000123,
  codec = "json", value = {{ n = "${{json:n}}" }}, headers = {{ trace = "${{n}}", none = weir.null }} }}
local tomb = kafka:send {{ topic = "{topic}", key = "gone", partition = 0, value = weir.null }}
return weir.scenario {{ user = function(vu) assert(send({{ n = 7, p = 5 }}).partition == 5) assert(tomb().ok) end }}"""
    done = story(kafka.bootstrap, text, "-c", 1, "-n", 1)
    assert done.ledger == {"started": 2, "ok": 2}
    tombstone, record = consume(kafka.bootstrap, topic)
    assert (tombstone.key(), tombstone.value(), tombstone.partition()) == (b"gone", None, 0)
    assert (record.key(), json.loads(record.value()), record.partition()) == (b"k7", {"n": 7}, 5)
    assert record.headers() == [("none", None), ("trace", b"7")]
    assert record.timestamp()[1] == 1700000000123
    seen = kcat("-b", kafka.bootstrap, "-C", "-t", topic, "-e", "-q", "-f", "%k|%S|%T\n").splitlines()
    assert "gone|-1|" in [line[: len("gone|-1|")] for line in seen] and "k7|7|1700000000123" in seen


STORY = """local order = http:post { "/orders", json = { sku = "a" }, expect = 201 }
local sold = kafka:send { topic = "%s", key = "${id}", value = "${id}" }
return weir.scenario { user = function()
  local r = order()
  if weir.check(r, "has an id", r:json("/id") ~= nil) then sold { id = r:json("/id") } end end }"""


@pytest.mark.parametrize("words", [["-r", 500, "-d", "2s"], ["-c", 20, "-n", 1000, "--threads", 2]], ids=str)
def test_a_story_of_http_and_kafka(story, kafka, target, words):
    topic = kafka.topic(partitions=6)
    done = story(kafka.bootstrap, STORY % topic, *words, server=target)
    assert done.ledger == {"started": 2000, "ok": 2000}
    messages = consume(kafka.bootstrap, topic)
    assert len({m.key() for m in messages}) == len(messages) == 1000 == target.metrics()["requests"]
    assert all(m.key() == m.value() for m in messages)


def test_the_same_seed_gives_the_same_records(story, kafka):
    streams = []
    for threads in (1, 3):
        topic = kafka.topic(partitions=3)
        text = f"""local send = kafka:send {{ topic = "{topic}", key = "${{uuid}}", headers = {{ r = "${{r}}" }} }}
return weir.scenario {{ user = function() send {{ value = weir.uuid(), r = weir.random(1, 9) }} end }}"""
        story(kafka.bootstrap, text, "-c", 9, "-n", 300, "--seed", 3, "--threads", threads)
        streams.append(content(consume(kafka.bootstrap, topic)))
    assert streams[0] == streams[1] and len(streams[0]) == 300


# Trouble; the Locust experiment's first point


def test_stopped_in_mid_burst_nothing_is_uncounted(start_load, kafka):
    topic = kafka.topic(partitions=6)
    words = ["-e", f"KAFKA_BROKERS={kafka.bootstrap}", "-e", f"OUTPUT_TOPIC={topic}", "-e", "TASK_DELAY=0"]
    running = start_load(ROOT / "examples" / "locust_kafka.lua", *words, "-c", 10, "-d", "60s", command="run")
    running.wait_until(lambda: len(consume(kafka.bootstrap, topic)) > 5000)
    running.interrupt()
    done = running.end(130)
    assert done.ledger["started"] == done.ledger["ok"] == len(consume(kafka.bootstrap, topic))


def test_killed_the_growth_lies_between_what_is_printed(start_load, start_kafka):
    kafka = start_kafka()
    topic = kafka.topic(partitions=6)
    words = ["-b", kafka.bootstrap, "-t", topic, "-r", 5000, "-d", "3s", "--timeout", "2s", "-X", "linger.ms=1"]
    running = start_load(*words, command="kafka produce")
    running.wait_until(lambda: len(consume(kafka.bootstrap, topic)) > 3000)
    kafka.brokers[0].kill()
    done = running.end()
    kafka.brokers[0].start()
    kafka.wait_until_ready()
    ledger, growth = done.ledger, len(consume(kafka.bootstrap, topic))
    assert ledger["started"] == 15_000 and ledger["timeout"] > 1000
    assert ledger["ok"] <= growth <= ledger["ok"] + ledger.get("possibly_stored", 0)


def test_away_and_back_nothing_is_lost(start_story, start_kafka):
    kafka = start_kafka()
    topic = kafka.topic(partitions=3)
    text = f"""local kafka = weir.kafka {{ brokers = weir.env("KAFKA_BROKERS"), timeout = "100s" }}
local send = kafka:send {{ topic = "{topic}", key = "${{seq}}", value = "x" }}
return weir.scenario {{ load = {{ rate = 300, over = "5s" }}, user = function() assert(send().ok) end }}"""
    running = start_story(kafka.bootstrap, text, "--drain", "90s")  # a killed broker's session lasts 6 s
    running.wait_until(lambda: len(consume(kafka.bootstrap, topic)) > 300)
    kafka.brokers[0].kill()
    running.wait_until(lambda: "no broker is there" in running.err)
    kafka.brokers[0].start()
    done = running.end(timeout=120)
    assert done.ledger == {"started": 1500, "ok": 1500}
    assert {int(m.key()) for m in consume(kafka.bootstrap, topic)} == set(range(1500))
