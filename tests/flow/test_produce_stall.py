"""A broker that stands still for d seconds under 1 000 records per second over 10 s: of the 10 000 records the 1 000 d
that are due in the freeze wait for its end, so that the percentiles are known beforehand (measure.md)."""

import signal
import time

import pytest

pytestmark = pytest.mark.timing


def freeze(broker):
    """For 2 s, from the third second on; how long it was."""
    time.sleep(3)
    begin = time.monotonic()
    broker.process.send_signal(signal.SIGSTOP)
    time.sleep(2)
    broker.process.send_signal(signal.SIGCONT)
    return time.monotonic() - begin


def assert_truth(done, d, rate=1000):
    response = done.summary["total"]["response_time_s"]
    assert response["p90"] == pytest.approx(d - 1.0, rel=0.05)
    assert response["p95"] == pytest.approx(d - 0.5, rel=0.05)
    assert response["p99"] == pytest.approx(d - 0.1, rel=0.05)
    assert response["max"] == pytest.approx(d, rel=0.05)
    assert response["p50"] < 0.05
    assert done.ledger == {"started": 10 * rate, "ok": 10 * rate}
    assert done.summary["load"]["achieved_rate"] == pytest.approx(rate, rel=0.001)
    assert done.reasons == []


def test_the_percentiles_of_a_frozen_broker_are_those_of_its_users(start_load, start_broker, loop):
    broker = start_broker("--topic", "t:6")
    words = ["-b", broker.address, "-t", "t", "-r", 1000, "-d", "10s", "-X", "linger.ms=1"]
    load = start_load(*words, command="kafka produce", env=loop)
    load.wait_until_under_way()
    d = freeze(broker)
    assert_truth(load.end(), d)


@pytest.mark.parametrize("wait", ["ack", "none"])
def test_users_of_a_scenario_tell_the_same(start_story, start_broker, wait):
    """Whether they wait for their acknowledgements or not."""
    broker = start_broker("--topic", "t:6")
    text = """local kafka = weir.kafka { brokers = weir.env("KAFKA_BROKERS"), producer = { ["linger.ms"] = 1 } }
local send = kafka:send { topic = "t", key = "${seq}", value = "x", wait = "%s" }
return weir.scenario { user = function() send() end }"""
    load = start_story(broker, text % wait, "-r", 1000, "-d", "10s")
    load.wait_until_under_way()
    d = freeze(broker)
    assert_truth(load.end(), d)


def test_far_more_than_one_a_round_trip(produce, start_broker):
    """With 100 ms there and back an open rate is kept all the same, and the latency shows the distance."""
    broker = start_broker("--topic", "t:1", "--fault", "rtt 100ms")
    done = produce(broker, "-r", 2000, "-d", "2s", "--threads", 1, "-X", "linger.ms=1")
    assert done.summary["load"]["achieved_rate"] == pytest.approx(2000, rel=0.001)
    assert done.ledger == {"started": 4000, "ok": 4000}
    assert 0.1 <= done.summary["total"]["response_time_s"]["p50"] < 0.3


@pytest.mark.parametrize("rate", [1000, 50_000])
def test_the_rate_is_the_one_that_was_asked_for(produce, start_broker, rate):
    broker = start_broker("--topic", "t:6")
    done = produce(broker, "-r", rate, "-d", "3s", log=False)
    assert done.ledger["started"] == 3 * rate == done.ledger["ok"]
    assert done.summary["load"]["achieved_rate"] == pytest.approx(rate, rel=0.001)
