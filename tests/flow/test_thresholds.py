"""Thresholds over parts of a run: windows, stages, abort; in text, JSON, test cases, the record and the exit code. What
is true is known from the target's faults."""

import collections
import json
import xml.etree.ElementTree as ElementTree

import pytest

from hostile import reply

pytestmark = pytest.mark.exact


def judged(done):
    return {t["expr"]: t for t in done.summary["verdict"]["thresholds"]}


def limits(*expressions):
    return [word for e in expressions for word in ("--threshold", e)]


def fails_after(n):
    """A server whose answers are 500 from the nth request on."""

    def script(c):
        for _ in c.requests():
            c.send(reply(b"x", "200 OK" if len(c.server.requests) <= n else "500 No"))

    return script


def shares_that_failed(log, window, parts):
    """Of each window, by the log of its calls: those that ended within it."""
    ended, failed = collections.Counter(), collections.Counter()
    for line in log:
        second = int(line["due"] + line["response_time"])
        ended[second] += 1
        failed[second] += line["result"] != "OK"
    windows = [range(begin, begin + window) for begin in range(parts)]
    return [sum(failed[s] for s in w) / sum(ended[s] for s in w) for w in windows]


def test_a_share_over_windows(load, start_target):
    """On a busy machine answers come later, in another window perhaps: the log knows."""
    target = start_target("--error-rate", "10%")
    words = limits("failed < 15% over 2s", "failed < 5% over 2s", "count >= 200 over 2s", "count < 150 over 2s")
    done = load(f"{target.url}/ping", "-r", 100, "-d", "5s", *words, code=3)
    one, two, three, four = judged(done).values()
    shares = shares_that_failed(done.log, 2, two["parts"])
    assert done.ledger["failed_check"] == pytest.approx(50, abs=10)
    assert (one["passed"], one["value"]) == (max(shares) < 0.15, pytest.approx(max(shares)))
    assert not two["passed"] and two["missed"] == sum(s >= 0.05 for s in shares)
    assert two["parts"] in (4, 5)  # the last one reaches into the drain, if that went on
    assert (three["passed"], three["value"], three["parts"], three["missed"]) == (True, 200, 4, 0)
    assert (four["passed"], four["value"], four["missed"]) == (False, 200, 4)
    assert done.summary["verdict"]["exit_code"] == done.code  # a busy machine may add its own
    assert f"{3 - one['passed']} of 4 thresholds missed" in done.out


def test_a_freeze_is_in_the_windows_where_it_ends(load, start_target):
    target = start_target("--stall", "1200ms:1500ms")
    words = limits("response_time.max < 1s over 1s", "response_time.p50 < 1h over 3s")
    done = load(f"{target.url}/ping", "-r", 100, "-d", "5s", *words, code=3)
    (stall,) = target.stalls()
    length = (stall["end_ns"] - stall["begin_ns"]) / 1e9
    worst, median = judged(done).values()
    assert worst["missed"] >= 1 and median["passed"]
    assert worst["value"] == pytest.approx(length, rel=0.1)
    assert worst["to_s"] - worst["from_s"] == 1
    assert worst["from_s"] in (2, 3)  # it ended 2.7 s after the first request


def test_stages_are_judged_by_themselves(load, target):
    words = limits(
        "rate == 50 over stage 1", "rate == 100 over stage 2", "rate > 60 over each stage", "achieved_rate >= 99% over each stage"
    )
    done = load(f"{target.url}/ping", "--stages", "50 for 2s, 100 for 2s", *words, code=3)
    first, second, each, achieved = judged(done).values()
    assert (first["passed"], first["from_s"], first["to_s"]) == (True, 0, 2)
    assert (second["passed"], second["from_s"], second["to_s"]) == (True, 2, 4)
    assert (each["passed"], each["value"], each["parts"], each["missed"], each["to_s"]) == (False, 50, 2, 1, 2)
    assert achieved["parts"] == 2
    assert "✗ rate > 60 over each stage             50/s from 0s to 2s, the worst of 2, 1 missed\n" in done.out


def test_a_tag_selects_in_windows_too(script, target):
    text = """
    local n = 0
    return weir.scenario { user = function(vu)
      n = n + 1
      http:get { n % 2 == 0 and "/ping?error-rate=100%25" or "/ping", name = n % 2 == 0 and "bad" or "good" }
    end }"""
    words = limits('"good".failed < 1% over 1s', '"bad".failed < 1% over 1s', "series{protocol=http}.failed < 60% over 1s")
    done = script(target, text, "-r", 100, "-d", "2s", *words, code=3)
    good, bad, both = judged(done).values()
    assert good["passed"] and good["value"] == 0
    assert not bad["passed"] and bad["value"] == 1 and bad["missed"] == bad["parts"]
    assert both["value"] == pytest.approx(0.5, abs=0.1)


def test_abort_ends_the_run_when_a_window_is_missed(load, hostile):
    server = hostile(fails_after(120))
    words = limits("failed < 50% over 1s abort", "count > 5 over 1s")
    done = load(server.url, "-r", 100, "-d", "30s", *words, "--junit", "j.xml", code=3)
    missed, other = judged(done).values()
    assert (missed["passed"], missed["to_s"] - missed["from_s"]) == (False, 1)
    assert missed["from_s"] in (1, 2) and missed["value"] >= 0.5
    assert 2 <= missed["aborted_s"] < 6
    assert other["passed"] and "aborted_s" not in other
    run = done.summary["run"]
    assert run["duration_s"] == pytest.approx(missed["aborted_s"])
    assert abs(done.ledger["started"] - 100 * run["duration_s"]) <= 3
    assert f"threshold 'failed < 50% over 1s abort' was missed after {int(missed['aborted_s'])}s and ended the run" in (
        done.out
    )
    assert ", ended the run after " in done.out


def test_abort_over_the_whole_run_looks_at_what_ended_so_far(load, hostile):
    done = load(hostile(fails_after(200)).url, "-r", 100, "-d", "30s", *limits("failed < 20% abort"), code=3)
    (missed,) = judged(done).values()
    ended = 200 / (1 - missed["value"])  # all but 200 had failed
    assert ended == pytest.approx(round(ended), abs=1e-6)
    assert 250 <= ended <= 400
    assert 2.5 <= missed["aborted_s"] < 7


def test_a_slow_target_is_no_reason_to_abort_because_calls_are_under_way(load, target):
    words = limits("ok > 99% abort", "failed < 1% over 1s abort")
    done = load(f"{target.url}/ping?delay=1500ms", "-r", 50, "-d", "3s", *words)
    assert done.ledger == {"started": 150, "ok": 150}


def test_a_run_that_is_shorter_than_the_window_has_no_value(load, target):
    done = load(f"{target.url}/ping", "-r", 50, "-d", "1s", *limits("failed < 1% over 30s"), code=3)
    (one,) = judged(done).values()
    assert one["value"] is None and one["why"] == "the run was shorter than 30s"
    assert "no value" in done.out


@pytest.mark.parametrize(
    "expression, sentence",
    [
        ("failed < 1% over stage 2", "the load has 1 stage"),
        ("failed < 1% over 1500ms", "a window is of whole seconds, 1s to 10m: over 30s"),
        ("count > 10 abort", "a count that is too small may still grow"),
        ("failed < 1% over soon", "behind 'over' stands a time, 'stage 2' or 'each stage'"),
    ],
)
def test_spans_that_cannot_be_are_wrong_usage(weir, expression, sentence):
    done = weir("http", "127.0.0.1:1/", "-r", 10, "-d", "1s", "--threshold", expression)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"weir: threshold '{expression}'") and sentence in done.stderr


def test_stages_of_several_scenarios_cannot_be_meant(weir, tmp_path):
    (tmp_path / "s.lua").write_text("""
    local function user(vu) end
    return weir.plan { weir.scenario { name = "a", user = user, load = "1 user for 50ms" },
                       weir.scenario { name = "b", user = user, load = "1 user for 50ms" } }""")
    done = weir("run", "s.lua", "--threshold", "failed < 1% over each stage")
    assert done.returncode == 2, done.stderr
    assert "stages are those of one scenario, and this run has 2" in done.stderr


def test_they_are_told_again_from_the_record_also_after_a_kill(start_load, weir, start_target, tmp_path):
    target = start_target("--error-rate", "10%")
    words = limits("failed < 5% over 2s", "rate == 100 over each stage", "failed < 1%")
    words += ["-r", 100, "-d", "4s", "--record", "r.weir"]
    done = start_load(f"{target.url}/ping", *words).end(3)
    assert weir("report", "r.weir").stdout == done.out

    # As if it had been killed: the end is taken out.
    import sqlite3

    with sqlite3.connect(tmp_path / "r.weir") as db:
        for table in ("summary", "sentence"):
            db.execute(f"DELETE FROM {table}")
        for table in ("measured", "iterations", "generator"):
            db.execute(f"DELETE FROM {table} WHERE span = 0")
        db.execute("DELETE FROM span WHERE id = 0")
        db.execute("UPDATE threshold SET unit = NULL, passed = NULL, value = NULL, parts = NULL")
    db.close()
    again = weir("report", "r.weir", "--repair", "--json", "-")
    assert again.returncode == 0, again.stderr
    thresholds = json.loads(again.stdout)["verdict"]["thresholds"]
    assert thresholds == done.summary["verdict"]["thresholds"]


# Test cases and annotations


def cases(path):
    """{suite: {name: (verdict or None, text)}}"""
    found = {}
    for suite in ElementTree.parse(path).getroot():
        listed = found[suite.get("name")] = {}
        for case in suite:
            (verdict,) = list(case)
            passed = verdict.tag == "system-out"
            listed[case.get("name")] = (None, verdict.text) if passed else (verdict.tag, verdict.get("message"))
        counted = [v for v, _ in listed.values()]
        assert (int(suite.get("tests")), int(suite.get("failures"))) == (len(counted), counted.count("failure"))
    return found


def test_thresholds_checks_and_the_verdict_are_test_cases(script, target, tmp_path):
    text = """
    local n = 0
    return weir.scenario { user = function(vu)
      n = n + 1
      local r = http:get("/ping")
      weir.check(r, { ["<pong> & \\"co\\""] = true, third = n % 3 ~= 0 })
    end }"""
    words = limits("failed < 1%", "response_time.p99 < 1m over 1s")
    done = script(target, text, "-c", 1, "-n", 30, *words, "--junit", "j.xml", code=3)
    found = cases(tmp_path / "j.xml")
    assert found["thresholds"]["failed < 1%"] == ("failure", "33.333 %")
    assert found["thresholds"]["response_time.p99 < 1m over 1s"][0] is None
    assert found["checks"]['GET /ping: <pong> & "co"'] == (None, "30 passed, 0 failed")
    assert found["checks"]["GET /ping: third"] == ("failure", "20 passed, 10 failed")
    assert found["run"]["calls succeeded"] == (None, "20 of 30 calls")
    assert done.summary["verdict"]["validity"] in found["run"]["the figures are the target's own"][1]


def test_test_cases_may_go_to_standard_output(weir, target):
    done = weir("http", f"{target.url}/ping", "-n", 5, "-c", 1, "--junit", "-")
    assert ElementTree.fromstring(done.stdout).get("failures") == "0"
    assert "5 calls = 5 ok" in done.stderr
    assert weir("http", f"{target.url}/ping", "-n", 5, "--junit", "-", "--json", "-").returncode == 2


def test_in_a_github_workflow_what_is_missed_is_an_annotation(weir, target):
    words = ("http", f"{target.url}/ping", "-n", 5, "-c", 1, *limits("count == 4", "count == 5"))
    done = weir(*words, env={"GITHUB_ACTIONS": "true"})
    lines = [line for line in done.stdout.splitlines() if line.startswith("::")]
    assert "::error title=weir threshold::count == 4 is missed: 5" in lines
    assert not any("count == 5" in line for line in lines)
    assert "::" not in weir(*words, env={"GITHUB_ACTIONS": ""}).stdout
