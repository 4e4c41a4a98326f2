"""What Kafka clients measure by themselves: series, thresholds, tables, the record, and who is said to be slow."""

import csv
import json

import pytest

pytestmark = pytest.mark.exact

BROKER = {"kafka_rtt_avg", "kafka_rtt_max", "kafka_queue_avg", "kafka_requests", "kafka_retries", "kafka_tx_errors"}
CLIENT = {"kafka_sent_records", "kafka_queued_records", "kafka_queued_bytes", "kafka_room_bytes"}


@pytest.fixture
def broker(start_broker):
    return start_broker("--topic", "t:2")


def measured(done):
    return [s for s in done.summary["series"] if s["name"].startswith("kafka_")]


def notes(done):
    """What stands behind "note" in the summary for people, lines joined."""
    return " ".join(done.out.split())


def test_a_producer_tells_of_each_broker(produce, start_broker):
    broker = start_broker("--topic", "t:2", "--nodes", "2")
    done = produce(broker, "-r", 500, "-d", "3.5s", "-k", "sequence")
    told = measured(done)
    names = {s["name"] for s in told}
    assert names >= BROKER | CLIENT | {"kafka_batch_bytes", "kafka_batch_records"}
    assert done.summary["series"][0]["kind"] == "calls" and len(done.summary["series"]) == len(told) + 1
    assert done.summary["total"]["count"] == 1750  # none of it is a call
    for s in told:
        assert s["tags"]["protocol"] == "kafka" and s["tags"]["client"] == "producer"
        assert ("broker" in s["tags"]) == (s["name"] not in CLIENT and "batch" not in s["name"])
    assert {s["tags"]["broker"] for s in told if s["name"] == "kafka_requests"} == {"1", "2"}
    sent = done.series("kafka_sent_records")
    assert (sent["kind"], sent["count"]) == ("counter", 3) and 1000 <= sent["sum"] <= 1750
    rtt = next(s for s in told if s["name"] == "kafka_rtt_avg")
    assert rtt["kind"] == "times" and 0 < rtt["value_s"]["max"] < 1 and rtt["sum_s"] > 0
    assert done.series("kafka_queued_records")["kind"] == "values"
    assert "kafka_" not in done.out and "round trip" in done.out  # a line, no table


def test_how_often_is_said(produce, broker):
    assert measured(produce(broker, "-r", 100, "-d", "2s", "--metrics-every", 0)) == []
    often = produce(broker, "-r", 100, "-d", "2s", "--metrics-every", "100ms").series("kafka_sent_records")
    assert 15 <= often["count"] <= 21
    done = produce(broker, "-r", 100, "-d", "1s", "-X", "statistics.interval.ms=5", code=2)
    assert "statistics.interval.ms cannot be set: --metrics-every says how often" in done.err


def test_the_warm_up_is_not_measured(produce, broker):
    done = produce(broker, "-r", 1000, "-d", "1.5s", "--warmup", "1.5s", "--metrics-every", "500ms")
    assert done.series("kafka_sent_records")["count"] <= 4


def test_thresholds_know_them(produce, broker):
    words = [
        "kafka_rtt_p99.max < 10s",
        "kafka_retries == 0",
        "record-send-rate > 100",
        "series{broker=1}.kafka_requests > 0",
        "buffer-available-bytes > 1k",
        "kafka_rtt_avg.max < 10s over 1s",
    ]
    flags = [w for text in words for w in ("--threshold", text)]
    done = produce(broker, "-r", 500, "-d", "2.5s", *flags)
    assert all(t["passed"] for t in done.summary["verdict"]["thresholds"]), done.out
    missed = produce(broker, "-r", 500, "-d", "2.5s", "--threshold", "kafka_sent_records < 10", code=3)
    assert missed.summary["verdict"]["thresholds"][0]["value"] >= 500
    none = produce(broker, "-n", 1, "--threshold", "request-latency-avg < 1s", code=3)
    assert 'no Kafka client told "kafka_rtt_avg"' in none.summary["verdict"]["thresholds"][0]["why"]


def test_a_java_name_without_an_equivalent_says_so(weir):
    done = weir("kafka", "produce", "-b", "embedded", "-t", "t", "--threshold", "compression-rate < 1")
    assert done.returncode == 2
    assert done.stderr.endswith("compression-rate is of Java's clients: librdkafka does not tell bytes before and after compression\n")


def test_a_consumer_tells_how_far_it_is_behind(produce, start_consume, broker, tmp_path):
    load = start_consume(broker, "--from", "end", "-d", "4s", "--csv", "out", "--metrics-every", "200ms")
    load.wait_until_under_way()
    produce(broker, "-r", 500, "-d", "1s")
    done = load.end()
    lag = [s for s in measured(done) if s["name"] == "kafka_lag"]
    assert {s["tags"]["partition"] for s in lag} == {"0", "1"}
    assert all(s["tags"]["client"] == "consumer" and s["tags"]["topic"] == "t" and s["value"]["min"] == 0 for s in lag)
    with open(tmp_path / "out_metrics.csv") as file:
        rows = list(csv.DictReader(file))
    assert {r["Name"] for r in rows} >= {"kafka_lag", "kafka_rtt_avg"}
    assert "records behind in a partition" in notes(done)


def test_a_consumer_that_cannot_keep_up_is_behind(produce, start_consume, broker):
    """Retention holds it back: what is there when it begins is more than a turn reads."""
    produce(broker, "-n", 100_000, "--size", 10)
    words = ["--from", "beginning", "-d", "3s", "--metrics-every", "100ms", "-X", "fetch.message.max.bytes=1000", "-X", "queued.min.messages=10"]
    done = start_consume(broker, *words).end()
    assert max(s["value"]["max"] for s in measured(done) if s["name"] == "kafka_lag") > 100


def test_tables_and_the_record_have_them(produce, weir, broker, tmp_path):
    done = produce(broker, "-r", 500, "-d", "2.5s", "--csv", "out", "--record", "out.weir")
    with open(tmp_path / "out_metrics.csv") as file:
        rows = {r["Name"]: r for r in csv.DictReader(file)}
    rtt = done.series("kafka_rtt_avg")
    assert rows["kafka_rtt_avg"]["Kind"] == "times"
    assert float(rows["kafka_rtt_avg"]["Max"]) == pytest.approx(rtt["value_s"]["max"] * 1000)
    again = weir("report", "out.weir", "--json", "-")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["series"] == done.summary["series"]


def test_scripts_say_how_often(story, broker):
    text = """
        local k = weir.kafka { brokers = weir.env("KAFKA_BROKERS"), metrics_every = %s }
        local send = k:send { topic = "t", value = "x" }
        return weir.scenario { load = "100 for 2s", thresholds = { %s }, user = function() send() end }"""
    done = story(broker, text % ('"200ms"', '"kafka_rtt_max.max < 10s"'))
    assert 7 <= done.series("kafka_sent_records")["count"] <= 11
    assert measured(story(broker, text % ("0", ""))) == []


# ---- who is slow ----


def test_a_slow_round_trip_is_the_brokers(produce, start_broker):
    broker = start_broker("--topic", "t:2", "--fault", "rtt 300ms")
    done = produce(broker, "-r", 100, "-d", "3s")
    assert "note the broker: a request to broker 1 took 3" in notes(done)
    assert "note this machine" not in notes(done)


def test_a_full_queue_is_this_machines(produce, broker):
    words = ["-X", "queue.buffering.max.messages=200", "-X", "linger.ms=400"]
    done = produce(broker, "-r", 2000, "-d", "3s", *words)
    assert "note this machine: of " in notes(done) and "passed in the client's own queues" in notes(done)


def test_nobody_is_blamed_for_a_fast_run(produce, broker):
    done = produce(broker, "-r", 100, "-d", "2s")
    if done.summary["total"]["response_time_s"]["p99"] < 0.1 and done.summary["verdict"]["validity"] == "valid":
        assert "note the broker:" not in notes(done) and "note this machine:" not in notes(done)
