"""What weir http leaves behind: summary as text and JSON, log, tables, calls in full, thresholds and the exit code.
That figures agree with each other and with the log is asserted in every run (books.py)."""

import contextlib
import csv
import json
import os
import re
import subprocess

import books
import pytest

from hostile import reply

pytestmark = pytest.mark.exact

# In the order of the contract.
KEYS = "schema weir run verdict load iterations scenarios ledger total series checks generator".split()
TIMES = ["min", "mean", "stddev", "mode", "p50", "p75", "p90", "p95", "p99", "p99_9", "p99_99", "max"]


def rows(path):
    with open(path, newline="") as f:
        return list(csv.DictReader(f))


# JSON


def test_the_summary_has_the_keys_of_its_schema_in_order(load, target):
    done = load(f"{target.url}/ping", "-r", 100, "-n", 20, "--seed", 5)
    s = done.summary
    assert list(s) == KEYS
    assert (s["schema"], s["checks"]) == (1, [])
    assert list(s["run"]) == "id started_at duration_s command model seed drivers threads".split()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", s["run"]["started_at"])
    assert s["run"] | {"command": "http", "model": "open", "seed": 5, "drivers": 1, "threads": 1} == s["run"]
    assert list(s["verdict"]) == ["validity", "reasons", "notes", "thresholds", "audits", "exit_code"]
    assert list(s["load"]) == ["asked_rate", "achieved_rate", "start_lateness_s", "wait_s"]
    assert list(s["generator"]) == ["cpu_s", "rss_bytes", "loop_turn_s", "loop", "machine"]
    (series,) = s["series"]
    assert (series["name"], series["tags"], series["part"]) == ("GET /ping", {"protocol": "http"}, False)
    assert list(series["response_time_s"]) == list(series["service_time_s"]) == TIMES
    assert s["generator"]["rss_bytes"] > 1_000_000
    assert s["generator"]["cpu_s"] > 0


def test_json_to_standard_output_is_alone_there(weir, target):
    done = weir("http", f"{target.url}/ping", "-c", 2, "-n", 10, "--json", "-")
    summary = json.loads(done.stdout)
    books.assert_sound(summary)
    assert summary["ledger"]["ok"] == 10
    assert "closed model: 2 users" in done.stderr and "10 calls = 10 ok" in done.stderr


def test_a_log_to_standard_output_is_alone_there(weir, target):
    done = weir("http", f"{target.url}/ping", "-c", 2, "-n", 10, "--log", "-", "--json", "s.json")
    log = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(log) == 10
    assert "10 calls = 10 ok" in done.stderr


def test_json_and_log_cannot_share_standard_output(weir):
    done = weir("http", "127.0.0.1:1/", "--json", "-", "--log", "-")
    assert done.returncode == 2
    assert done.stdout == ""


def test_an_output_that_cannot_be_opened_costs_no_load(weir, target):
    for option in ("--json", "--log", "--csv", "--junit", "--record", "--html"):
        done = weir("http", f"{target.url}/ping", "-n", 1, option, "absent/x")
        assert done.returncode == 1
        assert re.fullmatch(r"weir: cannot open 'absent/x.*' for the [\w ]+: No such file or directory\n", done.stderr)
    assert target.metrics()["requests"] == 0


def test_old_results_are_not_taken_for_new_ones(weir, tmp_path):
    (tmp_path / "s.json").write_text("old")
    assert weir("http", "127.0.0.1:1/", "-n", 1, "--json", "s.json").returncode == 1
    assert "old" not in (tmp_path / "s.json").read_text()


# Log


def test_a_line_of_the_log_is_as_the_contract_has_it(load, hostile, tmp_path):
    def script(c):
        for request in c.requests():
            c.send(reply(b"12345", "200 OK" if len(c.server.requests) % 2 else "503 No"))

    load(f'{hostile(script).url}/a"b?c=d', "-r", 200, "-n", 4, "-c", 1)
    lines = (tmp_path / "weir0.log").read_text().splitlines()
    start = r'\{"request_type":"GET","name":"/a\\"b\?c=d","result":'
    times = r',"response_time":\d+\.\d{9},"service_time":\d+\.\d{9}'
    end = r',"due":\d+\.\d{9},"other":\{\}\}'
    for line in lines[::2]:
        assert re.fullmatch(rf'{start}"OK"{times},"response_length":5{end}', line)
    for line in lines[1::2]:
        assert re.fullmatch(rf'{start}"ERR"{times},"exception":"wrong answer \(503\)"{end}', line)


def test_the_log_has_all_calls_of_all_workers(load, target, loop):
    done = load(f"{target.url}/ping", "-c", 16, "-n", 5000, "--threads", 3, env=loop)
    assert len(done.log) == 5000 == target.metrics()["requests"]


def test_a_line_of_locusts_style_is_a_request_event_in_milliseconds(weir, hostile):
    def script(c):
        for request in c.requests():
            c.send(reply(b"12345", "200 OK" if len(c.server.requests) % 2 else '503 "No\\'))

    url = f'{hostile(script).url}/a"b'
    done = weir("http", url, "-r", 200, "-n", 4, "-c", 1, "--log", "-", "--log-style", "locust")
    start = r'\{"request_type":"GET","name":"/a\\"b","result":'
    ms, end = r',"response_time":\d+(\.\d{1,6})?', r',"other":\{\}\}'
    lines = done.stdout.splitlines()
    assert len(lines) == 4
    for line in lines[::2]:
        assert re.fullmatch(rf'{start}"OK"{ms},"response_length":5{end}', line)
    for line in lines[1::2]:
        assert re.fullmatch(rf'{start}"ERR"{ms},"exception":"wrong answer \(503\)"{end}', line)
    assert all(0 < json.loads(line)["response_time"] < 5000 for line in lines)


def test_locusts_style_may_come_from_the_environment_and_counts_every_call(weir, target, tmp_path):
    settings = {"WEIR_LOG_STYLE": "locust"}
    done = weir("http", f"{target.url}/ping", "-c", 8, "-n", 2000, "--log", "l", "--json", "-", env=settings)
    log = [json.loads(line) for line in (tmp_path / "l").read_text().splitlines()]
    assert len(log) == 2000 == json.loads(done.stdout)["ledger"]["started"]
    assert {tuple(line) for line in log} == {
        ("request_type", "name", "result", "response_time", "response_length", "other")
    }


def test_a_style_without_a_log_is_an_error(weir):
    done = weir("http", "127.0.0.1:1/", "-n", 1, "--log-style", "locust")
    assert done.returncode == 2
    assert done.stderr == "weir: --log-style is about --log FILE, which is not given\n"
    done = weir("http", "127.0.0.1:1/", "-n", 1, "--log", "l", "--log-style", "locus")
    assert done.returncode == 2
    assert done.stderr == "weir: --log-style: 'locus' is none of weir|locust\n"


# Tables


def test_tables_agree_with_the_summary(load, start_target, tmp_path):
    target = start_target("--error-rate", "10%")
    done = load(f"{target.url}/ping", "-r", 100, "-d", "1500ms", "--csv", "t")
    series = done.summary["series"][0]
    row, aggregated = rows(tmp_path / "t_requests.csv")
    assert (row["Method"], row["Name"], row["# requests"], row["# failures"]) == ("GET", "/ping", "150", "15")
    assert (aggregated["Name"], aggregated["# requests"], aggregated["# failures"]) == ("Aggregated", "150", "15")
    assert float(row["Median response time"]) == pytest.approx(series["response_time_s"]["p50"] * 1000)
    assert float(row["Max response time"]) == pytest.approx(series["response_time_s"]["max"] * 1000)
    assert float(row["Requests/s"]) == pytest.approx(100)
    row, _ = rows(tmp_path / "t_distribution.csv")
    assert float(row["50%"]) == pytest.approx(series["response_time_s"]["p50"] * 1000)
    assert float(row["100%"]) == pytest.approx(series["response_time_s"]["max"] * 1000)
    history = rows(tmp_path / "t_history.csv")
    assert [int(r["started"]) for r in history][:2] == [100, 50]
    for fate in ("ok", "failed_check", "error", "timeout", "abandoned"):
        assert sum(int(r[fate]) for r in history) == done.summary["ledger"][fate]
    for key in ("bytes_sent", "bytes_received"):
        assert sum(int(r[key]) for r in history) == series[key]


def test_the_history_knows_what_was_in_flight(load, target, tmp_path):
    done = load(f"{target.url}/ping?delay=1500ms", "-r", 20, "-d", "1s", "--csv", "t")
    history = rows(tmp_path / "t_history.csv")
    in_flight = 0
    for row in history:
        ended = sum(int(row[fate]) for fate in ("ok", "failed_check", "error", "timeout", "abandoned"))
        in_flight += int(row["started"]) - ended
        assert int(row["in_flight"]) == in_flight
    assert (in_flight, history[0]["in_flight"]) == (0, "20")
    assert [r["second"] for r in history] == [str(n) for n in range(len(history))]
    assert done.ledger == {"started": 20, "ok": 20}


# Text


def test_the_first_line_says_the_model(load, target):
    url = f"{target.url}/ping"
    for words, line in [
        (["-r", 50, "-d", "100ms"], "open model: 50 starts/s for 100ms, uniform, at most 10 000 connections"),
        (["-r", 50, "-n", 3, "-c", 5, "--arrivals", "poisson"],
         "open model: 50 starts/s, at most 3 iterations, poisson, at most 5 connections"),
        (["-c", 3, "-d", "100ms"], "closed model: 3 users for 100ms, at most 3 connections"),
        (["--stages", "5 at once", "--warmup", "100ms", "--max-in-flight", 2],
         "open model: 5 at once, uniform, at most 2 in progress, at most 10 000 connections, after 100ms of warm-up"),
    ]:  # fmt: skip
        assert load(url, *words).out.splitlines()[0] == line


def test_the_summary_shows_the_books_and_the_verdict(load, start_target):
    target = start_target("--error-rate", "20%")
    done = load(f"{target.url}/ping", "-c", 2, "-n", 10)
    assert "10 planned = 10 started + 0 skipped ✓" in done.out
    assert "10 calls = 8 ok + 2 wrong + 0 error + 0 timeout + 0 abandoned ✓" in done.out
    assert re.search(r"\b2  wrong answer \(500\)", done.out)
    assert "waiting is not counted" in done.out


def test_errors_are_said_to_be_absent_from_the_percentiles(load, hostile):
    def script(c):
        for _ in c.requests():
            if len(c.server.requests) == 3:
                return
            c.send(reply())

    done = load(hostile(script).url, "-c", 1, "-n", 5)
    assert done.ledger == {"started": 5, "ok": 4, "error": 1}
    assert "1 error is not in the percentiles" in done.out


def test_figures_without_samples_are_absent_not_zero(load, hostile):
    done = load(hostile(lambda c: c.request()).url, "-c", 1, "-n", 3, code=1)
    assert done.ledger == {"started": 3, "error": 3}
    assert set(done.summary["total"]["response_time_s"].values()) == {None}
    assert not re.search(r"p50 +0 ", done.out)


def on_a_terminal(start_load, *words, stream="stderr", env=()):
    """What a run writes to its standard error, or output, when that is a terminal."""
    here, there = os.openpty()
    running = start_load(*words, env={"TERM": "xterm", **dict(env)}, **{stream: there})
    os.close(there)
    seen = b""
    with contextlib.suppress(OSError):  # EIO: nobody has it open any more
        while data := os.read(here, 65536):
            seen += data
    os.close(here)
    running.end()
    return seen.decode()


def test_progress_is_a_line_on_the_terminal_that_is_rewritten_each_second(start_load, target):
    seen = on_a_terminal(start_load, f"{target.url}/ping", "-r", 20, "-d", "2500ms", "--no-record")
    plain = re.sub(r"\x1b\[[0-9;]*m", "", seen)
    shown = re.match(r"1s of 2\.5s  (\d+)/s  p50 .* p99 .* in flight \d  errors 0\r\x1b\[K2s of 2\.5s  (\d+)/s ", plain)
    assert shown, plain
    assert all(15 <= int(rate) <= 25 for rate in shown.groups()), plain  # a late turn moves a start over a second's end
    assert plain.endswith("\r\x1b[K")
    assert "\n" not in plain


def test_quiet_shows_no_progress(start_load, target):
    assert on_a_terminal(start_load, f"{target.url}/ping", "-r", 20, "-d", "1500ms", "-q") == ""


def test_there_is_colour_on_a_terminal_alone_and_not_where_it_is_unwanted(load, start_load, target):
    words = [f"{target.url}/ping", "-c", 1, "-n", 3, "-q"]
    done = load(*words)
    assert "\x1b" not in done.out + done.err
    assert "\x1b[" in on_a_terminal(start_load, *words, stream="stdout")
    assert "\x1b" not in on_a_terminal(start_load, *words, "--no-color", stream="stdout")
    assert "\x1b" not in on_a_terminal(start_load, *words, stream="stdout", env={"NO_COLOR": "1"})


# Calls in full


def test_calls_are_shown_in_full_with_their_secrets_masked(load, hostile):
    def script(c):
        for _ in c.requests():
            c.send(reply(b"the \x1b[31mreply\n", headers=["Set-Cookie: id=hush; Path=/", "X-Shown: yes"]))

    done = load(
        *(f"{hostile(script).url}/x", "-c", 1, "-n", 5, "--show", 2, "-u", "joe:hush"),
        *("-H", "Cookie: hush", "-H", "X-Open: seen", "--body", "the request"),
    )
    assert "hush" not in done.out + done.err
    assert "am9lO" not in done.out  # joe: in base 64
    assert len(re.findall(r"^call \d+: POST /x", done.out, re.M)) == 2
    for line in ["> POST /x HTTP/1.1", "> Authorization: ***", "> Cookie: ***", "> X-Open: seen", "> the request",
                 "< HTTP/1.1 200 OK", "< Set-Cookie: id=***", "< X-Shown: yes", r"< the \x1b[31mreply"]:  # fmt: skip
        assert done.out.count(f"\n{line}\n") == 2, line


def test_long_bodies_are_cut_where_they_are_shown(load, target):
    done = load(f"{target.url}/bytes/100000", "-c", 1, "-n", 2, "--show", 1)
    assert re.search(r"^< … 95 904 bytes more$", done.out, re.M)
    assert len(done.out) < 10_000


def test_a_call_without_reply_is_shown_too(load, hostile):
    done = load(hostile(lambda c: c.request()).url, "-c", 1, "-n", 1, "--show", 1, code=1)
    assert "call 1: GET / · connection closed before the reply" in done.out
    assert "> GET / HTTP/1.1" in done.out


# Thresholds


def test_thresholds_that_hold_are_passed(load, target):
    done = load(
        *(f"{target.url}/ping", "-r", 100, "-n", 20),
        *("--threshold", "response_time.p99 < 60s", "--threshold", "failed < 1%", "--threshold", "count == 20"),
        *("--threshold", '"GET /ping".ok >= 20', "--threshold", "series{protocol=http}.service_time.max < 1m"),
    )
    thresholds = done.summary["verdict"]["thresholds"]
    assert [t["passed"] for t in thresholds] == [True] * 5
    assert [t["value"] for t in thresholds][1:4] == [0, 20, 20]
    assert "PASSED" in done.out


def test_failed_is_the_share_of_all_that_did_not_succeed(load, start_target):
    words = [f"{start_target('--error-rate', '20%').url}/ping", "-c", 2, "-n", 50]
    done = load(*words, "--threshold", "failed <= 20%", "--threshold", "failed_check == 10", "--threshold", "ok >= 80%")
    assert [t["value"] for t in done.summary["verdict"]["thresholds"]] == [0.2, 10, 0.8]
    load(*words, "--threshold", "failed < 20%", code=3)


def test_a_threshold_that_is_missed_decides_the_exit_code(load, target):
    done = load(
        *(f"{target.url}/ping", "-c", 2, "-n", 20),
        *("--threshold", "response_time.p50 < 1ns", "--threshold", "error == 0"),
        code=3,
    )
    assert [t["passed"] for t in done.summary["verdict"]["thresholds"]] == [False, True]
    assert "FAILED" in done.out and "1 of 2 thresholds missed" in done.out


@pytest.mark.parametrize("expr, why", [
    ('"GET /pong".count > 0', 'no series is named "GET /pong"; there are: "GET /ping"'),
    ("series{protocol=kafka}.count > 0", 'no series has such tags; there are: "GET /ping"'),
])  # fmt: skip
def test_a_threshold_about_a_series_that_is_not_there_is_missed(load, target, expr, why):
    done = load(f"{target.url}/ping", "-c", 2, "-n", 4, "--threshold", expr, code=3)
    (threshold,) = done.summary["verdict"]["thresholds"]
    assert (threshold["passed"], threshold["value"]) == (False, None)
    assert why in threshold["why"]


@pytest.mark.parametrize("expr, nearest", [
    ("response_tme.p99 < 1s", "response_time"), ("failde < 1%", "failed"), ("response_time.p99 < 5", "unit"),
    ("response_time.p99 <> 5s", "<"), ("response_time.p101 < 5s", "p"), ("count", "count"),
])  # fmt: skip
def test_a_threshold_that_cannot_be_read_costs_no_load(weir, expr, nearest):
    done = weir("http", "127.0.0.1:1/", "--threshold", expr)
    assert done.returncode == 2
    assert expr.split()[0] in done.stderr and nearest in done.stderr


def test_a_threshold_without_samples_is_missed(load, hostile):
    def script(c):
        c.request()

    words = [hostile(script).url, "-c", 1, "-n", 2, "--threshold", "response_time.p99 < 1s"]
    done = load(*words, code=1)  # not one call succeeded: stronger than 3
    (threshold,) = done.summary["verdict"]["thresholds"]
    assert (threshold["passed"], threshold["value"]) == (False, None)


# Standard output that goes away


def test_a_reader_that_leaves_does_not_end_the_run(start_load, target):
    running = start_load(f"{target.url}/ping", "-r", 100, "-d", "500ms", stdout=subprocess.PIPE)
    running.process.stdout.readline()
    running.process.stdout.close()
    done = running.end(code=1)
    assert done.ledger == {"started": 50, "ok": 50}
    assert "cannot write to standard output: Broken pipe" in done.err
    assert target.metrics()["requests"] == 50


def test_a_closed_standard_output_is_said(load, target):
    done = load(f"{target.url}/ping", "-c", 1, "-n", 5, wrapper=["sh", "-c", 'exec "$@" >&-', "sh"], code=1)
    assert done.ledger == {"started": 5, "ok": 5}
    assert "cannot write to standard output: Bad file descriptor" in done.err


def test_a_reader_of_the_log_that_leaves_does_not_end_the_run(start_load, target):
    running = start_load(f"{target.url}/ping", "-r", 100, "-d", "500ms", "--log", "-", stdout=subprocess.PIPE)
    running.process.stdout.close()
    done = running.end(code=1)
    assert done.ledger == {"started": 50, "ok": 50}
    assert re.search(r"cannot write the log to standard output: Broken pipe; up to \d+ lines are missing", done.err)
