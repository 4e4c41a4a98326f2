"""What holds for every run, whatever was asked of it: the equations of both books, figures that agree with each
other, and with the per-call log to 0.1 %."""

import math

PERCENTILES = {"p50": 50, "p75": 75, "p90": 90, "p95": 95, "p99": 99, "p99_9": 99.9, "p99_99": 99.99}
FATES = ("ok", "failed_check", "error", "timeout", "abandoned")
TIMEOUTS = ("no answer (timeout)", "no acknowledgement (timeout)", "timeout before send")
ERROR = 0.001  # of the histogram
LAST_PLACE = 1e-9  # of a figure


def assert_sound(summary, log=None, whys=()):
    """`summary`: what --json gave. `log`: the lines of --log. `whys`: what checks may say beside their names."""
    assert_iterations(summary)
    assert_ledger(summary)
    total = summary["total"]
    timed = [s for s in summary["series"] if s["kind"] == "calls"]
    calls = [s for s in timed if not s["part"]]
    assert summary["series"][: len(timed)] == timed, "metrics come last"
    for series in [total, *timed]:
        assert_series(series)
    assert_records(summary)
    assert_awaited(summary["ledger"]["awaited"])
    assert sum(total["status"].values()) == sum(sum(s["status"].values()) for s in calls)
    for key in ("count", "bytes_sent", "bytes_received", "possibly_stored", "reconnects"):
        assert total[key] == sum(s[key] for s in calls), key
    if log is not None:
        assert_log(summary, log, {c["name"] for c in summary["checks"]} | set(whys))


def assert_iterations(summary):
    book, load, run = summary["iterations"], summary["load"], summary["run"]
    assert book["planned"] == book["started"] + book["skipped"] + book["unaccounted"], book
    assert book["started"] == book["completed"] + book["script_error"] + book["interrupted"], book
    assert book["unaccounted"] == 0, book
    if run["model"] in ("closed", None):
        assert book["skipped"] == 0, book
        assert load["asked_rate"] is None
    else:
        assert (load["start_lateness_s"]["p99"] is None) == (book["started"] == 0)


def assert_ledger(summary):
    ledger = summary["ledger"]
    assert ledger["started"] == sum(ledger[fate] for fate in FATES), ledger
    assert ledger["balanced"] is True
    assert ledger["started"] == summary["total"]["count"]
    assert {f: ledger[f] for f in FATES if ledger[f]} == summary["total"]["outcomes"]
    assert_replies(summary)


def assert_replies(summary):
    """Each is in one class; those in time are the calls that had their reply."""
    book = summary["ledger"]["replies"]
    assert book["received"] == sum(book[c] for c in ("matched", "late", "duplicate", "orphan", "malformed")), book
    calls = [s for s in summary["series"] if s["kind"] == "calls" and not s["part"]]
    asked = [s for s in calls if s["tags"].get("type") == "RPC"]
    assert book["matched"] == sum(s["outcomes"].get(f, 0) for s in asked for f in ("ok", "failed_check")), book
    assert ("late_time_s" in book) == (book["late"] > 0)


def assert_awaited(book):
    assert book["seen"] == book["taken"] + book["unclaimed"], book


def assert_records(summary):
    """What was read: the book, the series, and the audit where there was one."""
    book, audit = summary["ledger"].get("records"), summary.get("audit")
    read = [s for s in summary["series"] if s["kind"] == "records"]
    assert (summary["run"]["model"] is None) == bool(read) == (book is not None)
    if book is None:
        return
    assert book["received"] == sum(s["count"] for s in read)
    for series in read:
        times = series["end_to_end_s"]
        assert_times(times, series["count"] - series["early"] if times["p50"] is not None else 0)
        assert (series["early"] == 0) == (series["earliest_s"] is None)
    if audit is None:
        return
    assert book["received"] == book["first"] + book["duplicate"] + book["corrupt"] + book["foreign"], book
    assert book["expected"] == book["first"] + book["lost"], book
    producers = audit["producers"]
    assert book["first"] == sum(p["first"] for p in producers)
    lanes = [lane for p in producers for lane in p["partitions"]]
    assert book["first"] + book["duplicate"] == sum(lane["first"] + lane["duplicate"] for lane in lanes)
    for what in ("lost", "gaps", "unread"):
        assert audit[what] == sum(p[what] for p in producers), what
    assert book["lost"] == audit["lost"]
    assert audit["reordered"] == sum(lane["reordered"] for lane in lanes)
    for p in producers:
        assert p["highest"] + 1 >= p["first"] + p["lost"] + p["unread"], p


def assert_series(series):
    outcomes = series["outcomes"]
    assert series["count"] == sum(outcomes.values()), series
    assert sum(series["errors"].values()) == series["count"] - outcomes.get("ok", 0), series
    replies = outcomes.get("ok", 0) + outcomes.get("failed_check", 0)
    if series["tags"].get("protocol") == "http":
        assert sum(series["status"].values()) == replies, series
    assert series["possibly_stored"] <= sum(outcomes.get(f, 0) for f in ("error", "timeout", "abandoned")), series
    assert_times(series["response_time_s"], replies + outcomes.get("timeout", 0))
    assert_times(series["service_time_s"], replies)
    if replies:
        assert series["service_time_s"]["min"] <= series["response_time_s"]["max"]


def assert_times(times, samples):
    if samples == 0:
        assert set(times.values()) == {None}, times
        return
    ladder = [times[name] for name in ("min", *PERCENTILES, "max")]
    assert ladder == sorted(ladder), times
    assert times["min"] - LAST_PLACE <= times["mean"] <= times["max"] + LAST_PLACE, times
    assert 0 <= times["stddev"] <= times["max"], times
    if samples == 1:
        assert ladder == [times["max"]] * len(ladder), times


def fate(line, checks):
    """Of a call, from its line in the log; `checks`: what failed ones say."""
    if line["result"] == "OK":
        return "ok"
    why = line["exception"]
    if why.startswith("wrong answer (") or why in checks:
        return "failed_check"
    if why in TIMEOUTS:
        return "timeout"
    return "abandoned" if why.startswith("abandoned") else "error"


def assert_log(summary, log, checks):
    counted = dict.fromkeys(FATES, 0)
    causes = {}
    for line in log:
        assert line["due"] >= 0 and line["response_time"] >= 0, line
        counted[fate(line, checks)] += 1
        if line["result"] == "ERR":
            causes[line["exception"]] = causes.get(line["exception"], 0) + 1
    total = summary["total"]
    assert counted == {f: summary["ledger"][f] for f in FATES}
    assert causes == total["errors"]
    responses = [x["response_time"] for x in log if fate(x, checks) in ("ok", "failed_check", "timeout")]
    services = [x["service_time"] for x in log if fate(x, checks) in ("ok", "failed_check")]
    assert_figures(total["response_time_s"], responses)
    assert_figures(total["service_time_s"], services)


def assert_figures(figures, samples):
    if not samples:
        return
    samples.sort()
    assert math.isclose(figures["min"], samples[0], abs_tol=LAST_PLACE)
    assert math.isclose(figures["max"], samples[-1], abs_tol=LAST_PLACE)
    assert math.isclose(figures["mean"], math.fsum(samples) / len(samples), rel_tol=1e-9, abs_tol=LAST_PLACE)
    for name, percent in PERCENTILES.items():
        true = nearest_rank(samples, percent)
        assert true - LAST_PLACE <= figures[name] <= true * (1 + ERROR) + LAST_PLACE, (name, true, figures[name])


def nearest_rank(ascending, percent):
    """The smallest sample that is not exceeded by that share of all."""
    rank = math.ceil(len(ascending) * percent / 100 - 1e-9)
    return ascending[max(rank, 1) - 1]
