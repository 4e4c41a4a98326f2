"""Orders by REST: what the plan becomes, that the books balance, and that the target feels it."""

import json
import math
import sqlite3
import time

import pytest

from serving import ask, order, served_at, state, wait_for_state
from target_process import wait_for

exact, timing = pytest.mark.exact, pytest.mark.timing
PAGE = "the page"


@pytest.fixture
def start(start_load, target):
    def run(*words, path="/ping", **how):
        load = start_load(target.url + path, "--ui=:0", *words, **how)
        where = served_at(load, PAGE)
        if "--hold" not in words:
            wait_for_state(where, lambda s: s["phase"] == "running")
        return load, where

    return run


def stages_of(where, load=0):
    """The plan as it is now: [(from, to, duration_s), …]."""
    page = ask(where, "/api/page").json()
    return [(s["from"], s["to"], s["duration_s"]) for s in page["run"]["loads"][load]["stages"]]


def arrivals(stages):
    return math.ceil(sum((a + b) / 2 * d for a, b, d in stages) - 1e-6)


def assert_planned(done, stages, length=None):
    """The whole plan, as it was changed, was done, to the last arrival."""
    s = done.summary
    planned, seconds = arrivals(stages), sum(d for _, _, d in stages)
    assert s["iterations"]["planned"] == s["iterations"]["started"] == planned
    assert s["run"]["duration_s"] == pytest.approx(seconds, abs=1e-6)
    assert s["load"]["asked_rate"] == pytest.approx(sum((a + b) / 2 * d for a, b, d in stages) / seconds, rel=1e-6)
    assert s["load"]["achieved_rate"] <= s["load"]["asked_rate"] * 1.01


@exact
def test_hold_and_start(start, target):
    load, where = start("-r", "100", "-d", "1s", "--hold")
    held = wait_for_state(where, lambda s: s["phase"] == "held")
    assert held["can"] == dict.fromkeys(held["can"], False) | {"start": True, "stop": True}
    assert held["run"]["started_at"] is None and held["time_s"] is None and held["loads"][0]["level"] == 100
    time.sleep(1)
    assert target.metrics()["requests"] == 0
    for what, body in (("pause", {}), ("load", {"rate": 5}), ("mark", {"text": "x"})):
        assert order(where, what, 409, **body) == "it has not started yet"
    order(where, "start")
    done = load.end()
    assert done.ledger == {"started": 100, "ok": 100}
    assert "held: everything is connected" in done.err


@exact
@pytest.mark.parametrize("how", ["interrupt", "order"])
def test_a_held_run_may_be_left(start, target, how):
    load, where = start("-r", "100", "-d", "1s", "--hold")
    wait_for_state(where, lambda s: s["phase"] == "held")
    if how == "interrupt":
        load.interrupt()
        done = load.end(130)
    else:
        order(where, "stop")
        done = load.end(1)
        assert "stopped before the load began" in done.err
    assert done.summary is None and target.metrics()["requests"] == 0


@exact
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("arrivals_law", ["uniform", "poisson"])
def test_another_rate(start, threads, arrivals_law):
    load, where = start("-r", "50", "-d", "6s", "--threads", threads, "--arrivals", arrivals_law)
    time.sleep(0.5)
    after = order(where, "load", rate=400)
    assert after["loads"][0]["level"] == 400 and after["length_s"] == 6
    time.sleep(0.5)
    order(where, "load", rate="30/m")
    time.sleep(0.5)
    order(where, "load", rate="0.2k")
    stages = stages_of(where)
    assert [a for a, _, _ in stages] == [50, 400, 0.5, 200] and sum(d for _, _, d in stages) == pytest.approx(6)
    done = load.end()
    assert done.summary["verdict"]["validity"] != "invalid" or "late" in str(done.summary["verdict"]["reasons"])
    if arrivals_law == "uniform":
        assert_planned(done, stages)
    assert "changed by hand while it ran (3 times)" in done.out


@exact
def test_stages_replace_the_rest(start):
    load, where = start("-r", "50", "-d", "1h")
    after = order(where, "load", stages="100..200 over 1s, 20 at once, pause 500ms, 40 for 500ms")
    assert after["length_s"] < 30
    page = ask(where, "/api/page").json()["run"]["loads"][0]["stages"]
    assert [s["at_once"] for s in page] == [0, 0, 20, 0, 0]
    first = page[0]["duration_s"]
    done = load.end()
    planned = math.ceil(50 * first + 150 + 20 + 20 - 1e-6)
    assert done.iterations["planned"] == done.iterations["started"] == planned
    assert done.summary["run"]["duration_s"] == pytest.approx(first + 2, abs=1e-6)


@exact
def test_pause_and_resume(start, target):
    load, where = start("-r", "200", "-d", "4s", "--threads", "2")
    time.sleep(0.5)
    paused = order(where, "pause")
    assert paused["phase"] == "paused" and paused["length_s"] is None and paused["loads"][0]["level"] == 0
    assert order(where, "pause", 409) == "it is paused already"
    time.sleep(0.3)
    before = target.metrics()["requests"]
    time.sleep(1)
    assert target.metrics()["requests"] == before
    resumed = order(where, "resume")
    assert resumed["phase"] == "running" and resumed["loads"][0]["level"] == 200
    stages = stages_of(where)
    assert [a for a, _, _ in stages] == [200, 0, 200] and stages[1][2] > 1.2
    assert stages[0][2] + stages[2][2] == pytest.approx(4)
    done = load.end()
    assert_planned(done, stages)
    assert done.iterations["planned"] == 800


@exact
def test_another_rate_while_paused(start):
    load, where = start("-r", "200", "-d", "3s")
    order(where, "pause")
    paused = order(where, "load", rate=50)
    assert paused["phase"] == "paused" and paused["loads"][0]["level"] == 0
    order(where, "resume")
    stages = stages_of(where)
    assert [a for a, _, _ in stages] == [200, 0, 50]
    assert_planned(load.end(), stages)


@exact
def test_stop(start):
    load, where = start("-r", "100", "-d", "1h")
    time.sleep(0.5)
    order(where, "stop")
    done = load.end(0)
    assert 0.5 <= done.summary["run"]["duration_s"] < 60
    assert done.summary["load"]["asked_rate"] == pytest.approx(100)
    assert done.iterations["planned"] == done.iterations["started"] == done.iterations["completed"]
    assert "stopped by hand after" in done.out


@exact
def test_stop_twice_ends_the_drain(start):
    load, where = start("-r", "100", "-d", "1h", "--timeout", "1m", path="/ping?delay=40s")
    wait_for(lambda: state(where)["time_s"] > 0.5)
    assert order(where, "stop")["phase"] == "draining"
    assert "plan has ended" in order(where, "pause", 409)
    assert "plan has ended" in order(where, "load", 409, rate=5)
    began = time.monotonic()
    order(where, "stop")
    done = load.end((1, 4))
    assert time.monotonic() - began < 20
    assert done.ledger["abandoned"] == done.ledger["started"] == done.iterations["interrupted"]


@exact
def test_stop_while_paused(start):
    load, where = start("-r", "100", "-d", "10s")
    order(where, "pause")
    time.sleep(0.3)
    order(where, "stop")
    done = load.end(0)
    assert done.iterations["planned"] == done.iterations["started"]


@exact
def test_users_of_the_closed_model(start, target):
    load, where = start("-c", "2", "-d", "4s", path="/ping?delay=50ms")
    time.sleep(0.5)
    after = order(where, "load", users=40)
    assert after["loads"][0]["level"] == 40
    wait_for(lambda: target.figures()["weir_target_open_connections"] >= 40)
    order(where, "load", users="3")
    assert "has users" in order(where, "load", 400, rate=5)
    assert "whole number" in order(where, "load", 400, users=2.5)
    done = load.end()
    assert done.iterations["planned"] == done.iterations["started"] == done.iterations["completed"] > 40


@exact
def test_pause_of_the_closed_model(start, target):
    load, where = start("-c", "8", "-d", "4s", "--threads", "2", path="/ping?delay=20ms")
    order(where, "pause")
    time.sleep(0.5)
    before = target.metrics()["requests"]
    time.sleep(0.7)
    assert target.metrics()["requests"] == before
    order(where, "resume")
    done = load.end()
    assert done.iterations["started"] > before


@exact
def test_a_count_still_ends_it(start):
    load, where = start("-r", "50", "-n", "300")
    order(where, "load", rate=400)
    done = load.end()
    assert done.iterations == {"planned": 300, "started": 300, "completed": 300}
    assert done.summary["run"]["duration_s"] < 3


@exact
def test_scenarios_are_changed_by_name(start_script, target):
    text = """
local shop = http:get { "/ping", name = "shop" }
local admin = http:get { "/ping?delay=50ms", name = "admin" }
return weir.plan {
  weir.scenario { name = "shop", load = { rate = 50, over = "3s" }, user = function() shop() end },
  weir.scenario { name = "admin", load = { users = 2, over = "3s" }, user = function() admin() end },
}"""
    load = start_script(target, text, "--ui=:0")
    where = served_at(load, PAGE)
    found = wait_for_state(where, lambda s: s["phase"] == "running")
    names = [(x["name"], x["model"], x["level"]) for x in found["loads"]]
    assert names == [("shop", "open", 50), ("admin", "closed", 2)]
    assert order(where, "load", rate=200)["loads"][0]["level"] == 200  # the only one with a rate
    assert order(where, "load", users=5, load="admin")["loads"][1]["level"] == 5
    assert order(where, "load", rate=100, load=0)["loads"][0]["level"] == 100
    assert "say which" in order(where, "load", 400, stages="5 for 5s")
    assert "has users" in order(where, "load", 400, rate=5, load="admin")
    assert "no load 'x'" in order(where, "load", 400, rate=5, load="x")
    stages = stages_of(where)
    done = load.end()
    (shop,) = [s["iterations"] for s in done.summary["scenarios"] if s["name"] == "shop"]
    assert shop["planned"] == shop["started"] == arrivals(stages)


@exact
def test_a_worker_without_users_would_never_end(start):
    load, where = start("-c", "2", "-n", "100", "--threads", "2", path="/ping?delay=50ms")
    assert "each of the 2 workers needs a user" in order(where, "load", 409, users=1)
    order(where, "load", users=20)
    done = load.end()
    assert done.iterations == {"planned": 100, "started": 100, "completed": 100}


@exact
def test_a_reader_has_no_load(start_consume, broker, produce):
    produce(broker, "-n", "10")
    load = start_consume(broker, "--ui=:0")
    where = served_at(load, PAGE)
    found = wait_for_state(where, lambda s: s["phase"] == "running")
    assert found["can"]["stop"] and not found["can"]["change"] and not found["can"]["pause"]
    assert "reads what others send" in order(where, "load", 409, users=3)
    order(where, "stop")
    load.end()


@exact
def test_produce(start_load, broker):
    load = start_load("-b", broker.address, "-t", "t", "-r", "100", "-d", "5s", "--ui=:0", command="kafka produce")
    where = served_at(load, PAGE)
    wait_for_state(where, lambda s: s["phase"] == "running")
    order(where, "load", rate=500)
    stages = stages_of(where)
    done = load.end()
    assert_planned(done, stages)
    assert done.ledger["ok"] == done.iterations["planned"]


@exact
def test_plans_that_stay_as_they_are(start):
    load, where = start("-r", "50", "-d", "2s", "--threshold", "failed < 1% over stage 1")
    assert "a threshold is about a stage" in order(where, "load", 409, rate=5)
    assert "a threshold is about a stage" in order(where, "pause", 409)
    order(where, "mark", text="x")
    load.end()


@exact
def test_too_late_and_too_early(start):
    load, where = start("-r", "50", "-d", "1500ms")
    wait_for_state(where, lambda s: s["time_s"] > 1.1)
    assert order(where, "load", 409, rate=5) in ("the plan ends in a moment", "the plan has ended, only what is in flight is waited for")
    load.end()


@exact
def test_warm_up(start_load, target):
    load = start_load(target.url + "/ping", "--ui=:0", "-r", "100", "-d", "1s", "--warmup", "2s")
    where = served_at(load, PAGE)
    wait_for_state(where, lambda s: s["phase"] == "warmup")
    assert order(where, "load", 409, rate=5) == "it is still warming up"
    done = load.end()
    assert done.ledger == {"started": 100, "ok": 100}


@exact
def test_orders_are_in_the_record(start, weir, tmp_path):
    load, where = start("-r", "50", "-d", "4s", "--record", "r.weir")
    order(where, "mark", text="deploy <v2>")
    order(where, "load", rate=100)
    order(where, "pause")
    order(where, "resume")
    stages = stages_of(where)
    done = load.end()
    with sqlite3.connect(tmp_path / "r.weir") as db:
        events = db.execute("SELECT kind, text FROM event").fetchall()
        kept = db.execute("SELECT from_level, to_level, duration_ns / 1e9 FROM stage ORDER BY number").fetchall()
    assert kept == [pytest.approx(s) for s in stages] and len(kept) == 4
    assert ("mark", "deploy <v2>") in events
    kinds = [k for k, _ in events]
    assert [k for k in kinds if k in ("mark", "change", "pause", "resume")] == ["mark", "change", "pause", "resume"]
    again = weir("report", "r.weir", "--json", "-", "--no-color")
    assert json.loads(again.stdout) == done.summary
    shown = weir("report", "r.weir").stdout
    assert "changed by hand while it ran (2 times)" in shown
    assert any(k == "change" and text.startswith("changed to 100 starts/s for ") for k, text in events)


@exact
def test_the_record_of_a_changed_run_that_is_killed(start, weir, tmp_path):
    """Its books are closed by the plan as it was changed."""
    load, where = start("-r", "20", "-d", "1h", "--record", "r.weir")
    order(where, "load", rate=400)
    (_, _, before), _ = stages_of(where)
    wait_for_state(where, lambda s: s["time_s"] > 4)
    load.kill()
    done = weir("report", "r.weir", "--repair", "--json", "-")
    book = json.loads(done.stdout)["iterations"]
    seconds = json.loads(done.stdout)["run"]["duration_s"]
    assert seconds >= 2 and book["planned"] == book["started"] + book["skipped"] + book["unaccounted"]
    # A worker that looks late tells with a second what was due a moment behind it.
    law, said = arrivals([(20, 20, before), (400, 400, seconds - before)]), book["started"] + book["skipped"]
    assert book["planned"] == max(law, said)


@timing
def test_the_target_follows_within_a_second(start, target):
    """Its own count, second by second, against what was asked."""
    load, where = start("-r", "50", "-d", "30s")

    def in_a_second():
        before, began = target.metrics()["requests"], time.monotonic()
        time.sleep(1)
        return (target.metrics()["requests"] - before) / (time.monotonic() - began)

    time.sleep(1)
    assert 40 <= in_a_second() <= 60
    for rate in (500, 20, 200):
        order(where, "load", rate=rate)
        time.sleep(0.1)  # 50 ms ahead
        assert rate * 0.8 <= in_a_second() <= rate * 1.2, rate
    order(where, "pause")
    time.sleep(0.1)
    assert in_a_second() == 0
    order(where, "resume")
    order(where, "stop")
    load.end()
