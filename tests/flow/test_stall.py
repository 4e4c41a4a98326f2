"""A target that stands still for d seconds under 200 requests per second over 10 s: of the 2 000 requests the 200 d
that are due in the freeze wait for its end, so that the percentiles are known beforehand (measure.md)."""

import pytest

pytestmark = pytest.mark.timing


def test_the_percentiles_of_a_frozen_target_are_those_of_its_users(load, start_target, loop):
    target = start_target("--stall", "3s:2s")
    done = load(f"{target.url}/ping", "-r", 200, "-d", "10s", env=loop)
    (stall,) = target.stalls()
    d = (stall["end_ns"] - stall["begin_ns"]) / 1e9
    assert d == pytest.approx(2, rel=0.05)
    response = done.summary["total"]["response_time_s"]
    assert response["p90"] == pytest.approx(d - 1.0, rel=0.05)
    assert response["p95"] == pytest.approx(d - 0.5, rel=0.05)
    assert response["p99"] == pytest.approx(d - 0.1, rel=0.05)
    assert response["max"] == pytest.approx(d, rel=0.05)
    assert response["p50"] < 0.05
    assert done.ledger == {"started": 2000, "ok": 2000}
    assert done.summary["load"]["achieved_rate"] == pytest.approx(200, rel=0.001)
    assert done.reasons == []


def test_in_the_closed_model_the_same_freeze_hides_and_that_is_said(load, start_target):
    target = start_target("--stall", "1s:1s")
    done = load(f"{target.url}/ping?delay=5ms", "-c", 2, "-d", "4s")
    assert done.summary["total"]["response_time_s"]["p99"] < 0.5
    assert done.summary["total"]["response_time_s"]["max"] == pytest.approx(1, rel=0.1)
    assert "waiting is not counted" in done.out
