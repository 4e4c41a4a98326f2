"""weir kafka produce: what arrives, as confluent-kafka reads it, and what the outputs say about it."""

import csv
import json
import re
import struct
import zlib

import pytest

from broker_process import consume

pytestmark = pytest.mark.exact


@pytest.fixture
def broker(start_broker):
    return start_broker("--topic", "t:6")


def records(broker, topic="t"):
    """[(partition, key, value), …]"""
    return [(m.partition(), m.key(), m.value()) for m in consume(broker.address, topic)]


def values(broker):
    return [value for _, _, value in records(broker)]


# ---- records ----


def test_a_record_is_what_the_options_say(produce, broker):
    words = ["-n", 3, "-k", "a key", "--value", "körper", "-H", "one=1", "-H", "empty=", "-H", "one=2", "-p", 5]
    done = produce(broker, *words)
    assert done.ledger == {"started": 3, "ok": 3}
    assert done.iterations == {"planned": 3, "started": 3, "completed": 3}
    found = consume(broker.address, "t")
    assert [(m.partition(), m.key(), m.value()) for m in found] == [(5, b"a key", "körper".encode())] * 3
    assert {tuple(m.headers()) for m in found} == {(("one", b"1"), ("empty", b""), ("one", b"2"))}


def test_null_empty_and_absent_are_different(produce, broker, tmp_path):
    (tmp_path / "nothing").write_bytes(b"")
    (tmp_path / "bytes").write_bytes(bytes(range(256)))
    produce(broker, "-n", 1, "-k", "", "--value", "")
    produce(broker, "-n", 1, "--value", "@nothing")
    produce(broker, "-n", 1, "-k", "none", "--value", "@bytes")
    found = {(key, value) for _, key, value in records(broker)}
    assert found == {(b"", b""), (None, b""), (None, bytes(range(256)))}


def test_keys_are_drawn_from_as_many_as_were_asked_for(produce, broker):
    produce(broker, "-n", 2000, "-k", "random:7")
    keys = [key for _, key, _ in records(broker)]
    assert set(keys) == {b"%d" % i for i in range(7)}
    assert min(keys.count(key) for key in set(keys)) > 2000 / 7 / 2


def test_a_sequence_counts_the_records(produce, broker):
    produce(broker, "-n", 500, "-k", "sequence", "--threads", 2)
    assert sorted(int(key) for _, key, _ in records(broker)) == list(range(500))


def test_sizes_are_as_asked_for(produce, broker):
    done = produce(broker, "-n", 1000, "--size", "10..20")
    sizes = [len(v) for v in values(broker)]
    assert set(sizes) == set(range(10, 21))
    assert done.summary["total"]["bytes_sent"] == sum(sizes)
    assert all(re.fullmatch(rb"[A-Z]+", v) for v in values(broker))


def test_without_a_word_a_value_has_100_bytes(produce, broker):
    done = produce(broker, "-n", 10)
    assert [len(v) for v in values(broker)] == [100] * 10
    assert done.summary["total"]["bytes_sent"] == 1000


def test_the_same_seed_gives_the_same_records_whatever_the_threads(produce, start_broker):
    streams = []
    for threads, seed in ((1, 7), (2, 7), (3, 7), (1, 8)):
        broker = start_broker("--topic", "t:2")
        produce(broker, "-n", 999, "--size", "5..50", "-k", "random:100", "--seed", seed, "--threads", threads)
        streams.append(sorted((key, value) for _, key, value in records(broker)))
    assert streams[0] == streams[1] == streams[2] != streams[3]


def test_records_with_a_key_go_to_one_partition_others_to_all(produce, broker):
    produce(broker, "-r", 2000, "-d", "1s", "-k", "key", "--value", "keyed")
    produce(broker, "-r", 2000, "-d", "1s", "--value", "not")
    found = records(broker)
    assert len({p for p, _, v in found if v == b"keyed"}) == 1
    assert {p for p, _, v in found if v == b"not"} == set(range(6))


def test_keys_choose_partitions_as_javas_clients_do(produce, broker):
    """Murmur2 of Apache Kafka: the expected ones are of its DefaultPartitioner's own test values."""

    def murmur2(data):
        h = 0x9747B28C ^ len(data)
        whole = len(data) & ~3
        for (k,) in struct.iter_unpack("<I", data[:whole]):
            k = k * 0x5BD1E995 & 0xFFFFFFFF
            k = (k ^ (k >> 24)) * 0x5BD1E995 & 0xFFFFFFFF
            h = (h * 0x5BD1E995 & 0xFFFFFFFF) ^ k
        for i, byte in reversed(list(enumerate(data[whole:]))):
            h ^= byte << (8 * i)
        if len(data) > whole:
            h = h * 0x5BD1E995 & 0xFFFFFFFF
        h = (h ^ (h >> 13)) * 0x5BD1E995 & 0xFFFFFFFF
        return h ^ (h >> 15)

    produce(broker, "-n", 200, "-k", "sequence")
    for partition, key, _ in records(broker):
        assert partition == (murmur2(key) & 0x7FFFFFFF) % 6, key


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
def test_compressed_batches_are_read_by_others(produce, broker, codec):
    produce(broker, "-n", 2000, "-z", codec, "--value", "x" * 100, "-X", "linger.ms=50")
    assert values(broker) == [b"x" * 100] * 2000


@pytest.mark.parametrize("acks", ["0", "1", "all"])
def test_acknowledgements_are_as_asked_for(produce, broker, acks):
    done = produce(broker, "-n", 100, "--acks", acks, "--show", 1)
    assert done.ledger == {"started": 100, "ok": 100}
    assert ("offset" in done.out) == (acks != "0")
    assert len(records(broker)) == 100


# ---- load ----


def test_a_rate_is_kept_whatever_the_broker_does(produce, start_broker):
    broker = start_broker("--topic", "t:1", "--fault", "rtt 300ms")
    done = produce(broker, "-r", 500, "-d", "1s")
    assert done.ledger == {"started": 500, "ok": 500}
    assert done.summary["run"]["model"] == "open"
    assert done.summary["total"]["response_time_s"]["min"] >= 0.3
    broker.tell("rtt 0")
    assert len(records(broker)) == 500


def test_without_limits_it_goes_for_ten_seconds_and_a_count_has_no_time_limit(weir):
    text = " ".join(weir("help", "kafka", "produce").stdout.split())
    assert "[10s without -d, -n, --stages]" in text and "100 000 records in flight" in text
    done = weir("kafka", "produce", "-b", "embedded", "-t", "t", "-n", 5, "-q")
    assert done.stdout.startswith(
        "closed model: as fast as it goes, at most 100 000 records in flight, at most 5 iterations\n"
    )


def test_as_many_are_in_flight_as_were_asked_for(produce, start_broker):
    """Each of 10 waits 200 ms for its acknowledgement: 5 each in a second."""
    broker = start_broker("--topic", "t:1", "--fault", "rtt 200ms")
    done = produce(broker, "-c", 10, "-d", "1s", "-X", "linger.ms=0")
    assert 30 <= done.ledger["ok"] <= 50
    assert done.out.startswith("closed model: 10 records in flight for 1s\n")


def test_beside_a_rate_they_are_a_cap(produce, start_broker):
    broker = start_broker("--topic", "t:1", "--fault", "rtt 200ms")
    done = produce(broker, "-c", 10, "-r", 1000, "-n", 50, "-X", "linger.ms=0")
    assert done.ledger == {"started": 50, "ok": 50}
    assert done.summary["total"]["response_time_s"]["max"] > 0.9  # five rounds
    assert done.summary["total"]["service_time_s"]["max"] < 0.9


def test_the_warmup_arrives_and_is_not_counted(produce, broker):
    done = produce(broker, "-r", 200, "-d", "1s", "--warmup", "500ms")
    assert done.ledger == {"started": 200, "ok": 200}
    assert len(records(broker)) == 300


def test_on_a_broker_of_its_own_nothing_has_to_be_there(produce):
    done = produce("embedded", "-n", 1000, "--verify")
    assert done.ledger == {"started": 1000, "ok": 1000}
    assert "topic t at 127.0.0.1:" in done.out


# ---- outputs ----


def test_the_summary_says_it_in_words_of_produce(produce, broker):
    done = produce(broker, "-n", 10)
    assert "records    10 acknowledged, 0 failed\n" in done.out
    assert "10 records = 10 acknowledged + 0 wrong + 0 error + 0 timeout + 0 abandoned ✓" in done.out
    assert "traffic    1.00 kB sent" in done.out and "received" not in done.out


def test_the_series_is_the_topics(produce, broker):
    done = produce(broker, "-n", 10, "--threshold", "series{topic=t}.count == 10", "--threshold", '"t".ok == 100%')
    (series,) = (s for s in done.summary["series"] if s["kind"] == "calls")  # a slow run has its client's measures too
    assert series["name"] == "t"
    assert series["tags"] == {"protocol": "kafka", "topic": "t", "type": "ENQUEUE"}
    assert (series["bytes_sent"], series["bytes_received"], series["status"]) == (1000, 0, {})
    assert series["possibly_stored"] == done.summary["ledger"]["possibly_stored"] == 0
    assert done.summary["run"]["command"] == "kafka produce"


def test_the_log_is_of_locusts_kind(produce, broker):
    done = produce(broker, "-n", 10, "--value", "x" * 74)
    assert len(done.log) == 10
    for line in done.log:
        assert (line["request_type"], line["name"], line["result"]) == ("ENQUEUE", "t", "OK")
        assert line["response_length"] == 74


def test_the_tables_are_of_locusts_kind(produce, broker, tmp_path):
    produce(broker, "-n", 10, "--value", "x" * 74, "--csv", "out")
    with open(tmp_path / "out_requests.csv") as file:
        first, total = csv.DictReader(file)
    assert (first["Method"], first["Name"], first["# requests"]) == ("ENQUEUE", "t", "10")
    assert (first["Average Content Size"], total["Name"]) == ("74", "Aggregated")


def test_records_are_shown_with_their_place(produce, broker):
    done = produce(broker, "-n", 2, "-c", 1, "--show", 1, "-k", "key\x1b", "-H", "authorization=secret", "-p", 3)
    assert "> key: key\\x1b\n" in done.out
    assert "> partition: 3\n" in done.out
    assert "secret" not in done.out
    assert "< partition 3, offset 0\n" in done.out
    assert done.out.count("> record for t\n") == 1
    assert "bytes more" not in done.out


def test_progress_thresholds_and_exit_codes_are_as_for_http(produce, broker):
    done = produce(broker, "-n", 10, "--threshold", "response_time.p50 < 1ns", code=3)
    assert "✗ response_time.p50 < 1ns" in done.out


# ---- --verify ----


def test_verify_compares_with_the_topic(produce, broker):
    produce(broker, "-n", 77)
    done = produce(broker, "-n", 1000, "--verify")
    (audit,) = done.summary["verdict"]["audits"]
    assert (audit["name"], audit["value"], audit["passed"]) == ("verify", 1000, True)
    assert "✓ 1 000 acknowledged <= 1 000 stored <= 1 000 + 0 possibly stored" in done.out
    assert done.judges("PASSED, VALID")


def test_verify_notices_what_others_wrote(start_load, broker, produce):
    load = start_load("-b", broker.address, "-t", "t", "-r", 100, "-d", "2s", "--verify", command="kafka produce")
    load.wait_until_under_way()
    produce(broker, "-n", 50)
    done = load.end(3)
    (audit,) = done.summary["verdict"]["audits"]
    assert (audit["value"], audit["passed"]) == (250, False)
    assert "or others produced" in audit["text"] and "verify failed" in done.out


@pytest.mark.parametrize(("before", "why"), [
    (0, "acknowledged records are missing"),
    (200, "the topic was made anew meanwhile, or its broker lost its disk"),
])  # fmt: skip
def test_verify_notices_what_was_lost(start_load, start_broker, produce, before, why):
    """Another broker in the place of the first, without its records."""
    broker = start_broker("--topic", "t:1")
    if before:
        produce(broker, "-n", before)
    words = ["-b", broker.address, "-t", "t", "-r", 100, "-d", "1s", "-k", "x", "--verify"]
    load = start_load(*words, command="kafka produce")
    load.wait_until_under_way()
    load.wait_until(lambda: len(consume(broker.address, "t")) > before + 30)
    port = broker.ports[0]
    broker.stop()
    start_broker("--topic", "t:1", "--port", port)
    done = load.end(3)
    (audit,) = done.summary["verdict"]["audits"]
    assert not audit["passed"] and why in audit["text"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--acks", "0"], "--verify needs acknowledgements: --acks 1 or --acks all"),
        (["--warmup", "1s"], "--verify counts every record, --warmup leaves some out of the books"),
    ],
    ids=str,
)
def test_verify_needs_books_that_can_agree(weir, broker, words, why):
    done = weir("kafka", "produce", "-b", broker.address, "-t", "t", "--verify", *words)
    assert (done.returncode, done.stderr) == (2, f"weir: {why}\n")


# ---- stamps ----


def read_stamp(stamp, key, rest):
    """proto/kafka_stamp.h"""
    magic, version, driver, worker, run, sequence, due, sent, crc = struct.unpack("<2sHHHQQQQI", stamp)
    assert (magic, version, driver) == (b"WS", 1, 0)
    assert crc == zlib.crc32(stamp[:40] + (key or b"") + rest)
    return {"worker": worker, "run": run, "sequence": sequence, "due": due, "sent": sent}


def assert_stamps(stamps, done, n):
    assert {s["run"] for s in stamps} == {int(done.summary["run"]["id"], 16)}
    by_worker = {}
    for s in stamps:
        by_worker.setdefault(s["worker"], []).append(s["sequence"])
        assert 0 <= s["sent"] - s["due"] < 10e9
        assert abs(s["sent"] - next(iter(stamps))["sent"]) < 60e9
    assert sum(map(len, by_worker.values())) == n
    for sequences in by_worker.values():
        assert sorted(sequences) == list(range(len(sequences)))


def test_a_stamp_takes_the_first_bytes_of_the_value(produce, broker):
    done = produce(broker, "-n", 500, "--stamp", "value", "--size", "44..60", "-k", "random:3", "--threads", 2)
    found = consume(broker.address, "t")
    stamps = [read_stamp(m.value()[:44], m.key(), m.value()[44:]) for m in found]
    assert_stamps(stamps, done, 500)
    assert {s["worker"] for s in stamps} == {0, 1}
    assert done.summary["total"]["bytes_sent"] == sum(len(m.value()) for m in found)


def test_or_is_a_header_where_the_value_is_the_users(produce, broker):
    done = produce(broker, "-n", 100, "--stamp", "header", "--value", "mine", "-H", "a=b")
    found = consume(broker.address, "t")
    stamps = []
    for m in found:
        assert [name for name, _ in m.headers()] == ["a", "weir-stamp"] and m.value() == b"mine"
        stamps.append(read_stamp(dict(m.headers())["weir-stamp"], m.key(), m.value()))
    assert_stamps(stamps, done, 100)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--value", "x"], "--stamp value is for values that weir makes (--size): say --stamp header"),
        (["--size", "43"], "a stamp has 44 bytes: --size 44 or more"),
    ],
    ids=str,
)
def test_a_stamp_needs_room(weir, words, why):
    done = weir("kafka", "produce", "-b", "embedded", "-t", "t", "--stamp", "value", *words)
    assert (done.returncode, done.stderr) == (2, f"weir: {why}\n")


# ---- settings ----


def test_brokers_come_from_the_environment_too(weir, broker, tmp_path):
    words = ["kafka", "produce", "-t", "t", "-n", 1, "--json", "out.json", "-q"]
    assert weir(*words, env={"KAFKA_BROKERS": broker.address}).returncode == 0
    assert weir(*words, env={"KAFKA_BROKERS": "nowhere:1", "WEIR_BROKERS": broker.address}).returncode == 0
    assert json.loads((tmp_path / "out.json").read_text())["ledger"]["ok"] == 1


def test_settings_are_shown_without_secrets(weir):
    words = ["-b", "k:9092", "-t", "t", "-X", "sasl.password=geheim", "-X", "linger.ms=5", "--print-config"]
    done = weir("kafka", "produce", *words)
    assert done.returncode == 0
    assert "geheim" not in done.stdout
    assert "sasl.password=***" in done.stdout and "linger.ms=5" in done.stdout


def test_properties_are_listed(weir):
    done = weir("kafka", "produce", "-X", "list")
    assert done.returncode == 0
    assert re.search(r"^  linger.ms +the same as queue.buffering.max.ms$", done.stdout, re.M)
    assert max(map(len, done.stdout.splitlines())) <= 140  # a default or two are one long word
