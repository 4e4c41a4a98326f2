"""A reader of a broker that stands still for d seconds: records that are due in the freeze come at its end, and their end
to end time says so, as the response times of who sends them do (measure.md, 200 a second; test_produce_stall.py)."""

import pytest

from test_produce_stall import assert_truth, freeze

pytestmark = pytest.mark.timing


def test_the_end_to_end_times_of_a_frozen_broker_are_those_of_its_readers(start_load, start_consume, start_broker, loop):
    broker = start_broker("--topic", "t:6")
    reader = start_consume(broker, "-n", 2000, "--audit", env=loop)
    reader.wait_until_under_way()
    words = ["-b", broker.address, "-t", "t", "-r", 200, "-d", "10s", "--stamp", "value", "-X", "linger.ms=1"]
    load = start_load(*words, command="kafka produce", env=loop)
    load.wait_until_under_way()
    d = freeze(broker)
    assert_truth(load.end(), d, rate=200)
    done = reader.end()
    assert done.records == {"received": 2000, "first": 2000, "expected": 2000}
    times = done.series("t")["end_to_end_s"]
    assert times["p90"] == pytest.approx(d - 1.0, rel=0.05)
    assert times["p95"] == pytest.approx(d - 0.5, rel=0.05)
    assert times["p99"] == pytest.approx(d - 0.1, rel=0.05)
    assert times["max"] == pytest.approx(d, rel=0.05)
    assert times["p50"] < 0.05
