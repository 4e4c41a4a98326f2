"""Many series while a run goes on: viewers are told little each second, more about one to who asks, and all of them at the end."""

import json
import time

import pytest

from serving import Stream, ask, order, served_at, wait_for_state
from target_process import wait_for

pytestmark = pytest.mark.exact

MANY = 200
BYTES_PER_SERIES = 300  # and second, at most

# All of them in turn; those of the second half for the first second or two alone.
WIDE = f"""
local gets, n = {{}}, 0
for i = 1, {MANY} do gets[i] = http:get {{ "/ping", name = "call " .. i }} end
return weir.scenario {{ load = "%d for %ds", user = function()
  n = n + 1
  local most = n <= {2 * MANY} and {MANY} or {MANY // 2}
  gets[n %% most + 1]()
end }}"""


def rows_of(messages):
    """By the number of their series: what each message tells of it."""
    return [{r["series"]: r for r in d.get("summary", {}).get("series", [])} for _, d in messages]


def merged(messages):
    """The newest row of each series, as a viewer has it."""
    found = {}
    for rows in rows_of(messages):
        found |= rows
    return found


def by_name(summary):
    return {s["name"]: s for s in summary["series"]}


def assert_same(row, end):
    """What a row tells of a series is what the end tells."""
    assert row["count"] == end["count"] and row["outcomes"] == end["outcomes"] and row["errors"] == end["errors"]
    for name, value in row["response_time_s"].items():
        assert value == end["response_time_s"][name]
    assert row["service_time_s"]["p99"] == end["service_time_s"]["p99"]


def test_viewers_are_told_what_changed_and_little_of_that(start_script, target):
    load = start_script(target, WIDE % (400, 8), "--ui=:0", log=False)
    where = served_at(load, "the page")
    early = Stream(where).head()
    seen = early.until(lambda e, d: e == "more" and d["control"]["time_s"] > 3.5)
    late = Stream(where).head()
    first, page = late.next()
    assert first == "page" and "of_series" not in page and list(page["shapes"]) == ["total"]
    assert len(page["series"]) == MANY == len(page["summary"]["series"])  # who comes late has all of them
    told = []
    while (message := late.next()) and message[0] == "more" and message[1]["state"] == "running":
        told.append(message)
    seen += early.until(lambda event, _: event == "bye")
    done = load.end((0, 4))

    assert max(len(json.dumps(d)) for e, d in seen if e == "more" and "series" not in d) < MANY * BYTES_PER_SERIES
    quiet = {s["id"] for s in page["series"] if int(s["name"].split()[1]) > MANY // 2}
    assert len(quiet) == MANY // 2
    assert not any(quiet & rows.keys() for rows in rows_of(told)), "nothing of them changed"
    assert any(len(rows) == MANY // 2 for rows in rows_of(told))
    names = {s["id"]: s["name"] for _, d in seen for s in d.get("series", [])}
    ends = by_name(done.summary)
    rows = merged(m for m in seen[:-2] if m[0] == "more")
    for number in quiet:
        assert_same(rows[number], ends[names[number]])
        assert_same(merged([(first, page)])[number], ends[names[number]])
    early.close(), late.close()


def test_the_end_has_everything_of_all(start_script, target):
    load = start_script(target, WIDE % (400, 15), "--ui=:0", log=False)
    messages = Stream(served_at(load, "the page")).head().until(lambda event, _: event == "bye")
    done = load.end((0, 4))
    last = messages[-2][1]
    assert {**last["summary"]["run"], "id": 0} == {**done.summary["run"], "id": 0}
    assert last["summary"]["series"] == done.summary["series"]
    assert len(last["shapes"]["series"]) == MANY and "of_series" not in last
    pieces = [d["of_series"] for e, d in messages if e == "courses"]
    assert len(pieces) > 1
    started = {of["series"]: sum(of["started"]) for piece in pieces for of in piece}
    ends = by_name(done.summary)
    assert started == {s["id"]: ends[s["name"]]["count"] for s in last["series"]}


def test_one_series_is_told_to_who_asks(start_load, target):
    load = start_load(f"{target.url}/ping", "-r", 50, "-d", "60s", "--ui=:0", log=False)
    where = served_at(load, "the page")
    one = {}

    def look():
        nonlocal one
        one = ask(where, "/api/series?number=0").json()
        return len(one.get("course", {}).get("t", [])) >= 3

    wait_for(look)
    course, figures = one["course"], one["figures"]
    assert course["series"] == 0 and course["t"] == list(range(len(course["t"]))) and figures["name"] == "GET /ping"
    assert sum(course["started"]) == figures["count"] == figures["outcomes"]["ok"] == sum(one["shape"]["response_cells"][1::2])
    assert figures["rate"] == pytest.approx(50, rel=0.02) and figures["response_time_s"]["p99_99"] is not None
    after = ask(where, "/api/series?number=0&after=2").json()["course"]
    assert after["t"][0] == 2 and after["started"][0] == course["started"][2] and len(after["response"]["p99"]) == len(after["t"])
    assert ask(where, "/api/series?number=0&after=1000").json()["course"]["t"] == []
    assert ask(where, "/api/series?number=1").status == 404
    assert ask(where, "/api/series?number=99999999999999999999").status == 400
    for wrong in ("", "?number=", "?number=-1", "?number=x", "?number=0&after=x", "?number=0&after=99999999999999999999"):
        assert ask(where, f"/api/series{wrong}").status == 400, wrong
    load.interrupt()
    load.end(130)


def test_who_comes_while_nothing_happens_sees_how_it_stands(start_load, target):
    load = start_load(f"{target.url}/ping", "-r", 50, "-d", "60s", "--ui=:0", log=False)
    where = served_at(load, "the page")
    wait_for_state(where, lambda s: s["can"]["pause"] and s["time_s"] > 2)
    order(where, "pause")
    time.sleep(1.5)
    event, page = Stream(where).head().next()
    assert event == "page" and page["state"] == "paused"
    assert page["summary"]["ledger"]["started"] == sum(page["time"]["started"]) > 50
    assert page["summary"]["series"][0]["count"] == page["summary"]["ledger"]["started"]
    assert sum(page["shapes"]["total"]["response_cells"][1::2]) == page["summary"]["ledger"]["ok"]
    load.interrupt()
    load.end(130)
