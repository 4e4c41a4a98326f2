"""What is said of a run while it lives is what its end says: on the page and on the terminal, from the same figures."""

import re
import signal
import time

import pytest

from serving import Stream, order, served_at, wait_for_state
from target_process import wait_for


def verdicts(load):
    """Of each second that the page told, and of the end."""
    where = served_at(load, "the page")
    messages = Stream(where).head().until(lambda event, _: event == "bye")
    live = [d["summary"]["verdict"] for e, d in messages if e == "more" and "summary" in d]
    return live, messages[-2][1]["summary"]["verdict"]


def words(sentences):
    """Without their figures, which move."""
    return {re.sub(r"[\d.]+ ?(ns|µs|ms|s|%)?", "#", s) for s in sentences}


def freeze(load, seconds):
    load.interrupt(signal.SIGSTOP)
    time.sleep(seconds)
    load.interrupt(signal.SIGCONT)


@pytest.mark.timing
def test_a_generator_that_stood_still_is_told_of_at_once(start_load, target):
    load = start_load(f"{target.url}/ping", "-r", 200, "-d", "6s", "--ui=:0")
    wait_for(lambda: target.metrics()["requests"] > 100)
    freeze(load, 0.7)
    live, end = verdicts(load)
    load.end(4)
    assert end["validity"] == "invalid" == live[-1]["validity"] and len(live) > 2
    assert any("1 in 100 starts was" in r for r in end["reasons"])
    assert words(live[-1]["reasons"]) == words(end["reasons"]) <= set.union(*(words(v["reasons"]) for v in live[:2]))


@pytest.mark.timing
def test_a_rate_that_is_out_of_reach_is_told_of_at_once(start_load, target):
    load = start_load(f"{target.url}/ping", "-r", "20M", "-d", "5s", "--drain", "500ms", "--ui=:0", log=False)
    live, end = verdicts(load)
    load.end(4)
    behind = "only # of the planned iterations were started"
    assert behind in words(end["reasons"]) and behind in words(live[-1]["reasons"])


@pytest.mark.timing
@pytest.mark.parametrize("rate", [1, 10, 400])
def test_the_edge_of_a_second_is_no_fault(start_load, target, rate):
    """Some of its starts stand in the next report."""
    load = start_load(f"{target.url}/ping", "-r", rate, "-d", "4s", "--ui=:0")
    live, _ = verdicts(load)
    load.end((0, 4))
    assert live and not any("planned iterations" in r for v in live for r in v["reasons"])


@pytest.mark.exact
def test_notes_on_what_the_target_answers(start_load, start_target):
    target = start_target("--error-rate", "100%")
    load = start_load(f"{target.url}/ping", "-c", 2, "-d", "4s", "--ui=:0", log=False)
    live, end = verdicts(load)
    load.end(1)
    assert "most replies have status 500: the target itself failed" in end["notes"]
    assert live[-1]["notes"] == end["notes"] and len(end["notes"]) == 2


@pytest.mark.exact
def test_evidence_of_a_slow_broker(start_load, start_broker):
    broker = start_broker("--topic", "t:2", "--fault", "rtt 300ms")
    load = start_load("-b", broker.address, "-t", "t", "-r", 100, "-d", "5s", "--ui=:0", command="kafka produce", log=False)
    live, end = verdicts(load)
    load.end()
    (note,) = [n for n in words(end["notes"]) if n.startswith("the broker: a request to broker")]
    assert note in words(live[-1]["notes"])


@pytest.mark.exact
def test_a_pause_and_a_change_by_hand(start_load, target):
    load = start_load(f"{target.url}/ping", "-r", 50, "-d", "6s", "--ui=:0")
    where = served_at(load, "the page")
    wait_for_state(where, lambda s: s["can"]["change"])
    order(where, "pause")
    time.sleep(2.5)
    order(where, "resume")
    order(where, "load", rate=80)
    live, end = verdicts(load)
    load.end((0, 4))
    assert any("the load was changed by hand" in n for n in live[-1]["notes"])
    assert words(live[-1]["notes"]) == words(end["notes"])
    assert not any("planned iterations" in r for v in live for r in v["reasons"])


@pytest.mark.exact
def test_the_terminal_says_the_same(terminal, start_target):
    target = start_target("--error-rate", "100%")
    terminal.start(f"weir http {target.url}/ping --tui -r 50 -d 4s --no-record")
    terminal.wait_for("Verdict so far: ")
    terminal.wait_for("- most replies have status 500: the target itself failed")
    terminal.end(1)
