"""The terminal view, as somebody at a terminal sees it."""

import json
import re
import sqlite3
import time

import pytest

pytestmark = pytest.mark.exact


def number(text):
    return int(text.replace(" ", ""))


def seconds(text):
    value, unit = text.split()
    return float(value) * {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1}[unit]


def figure(screen, name):
    """The number behind a name, groups of digits with spaces between: 12 000."""
    found = re.search(rf"(?:^|\s){name} +(\d{{1,3}}(?: \d{{3}})*)(?!\d)", screen, re.M)
    return number(found[1]) if found else None


def summary(directory):
    return json.loads((directory / "o.json").read_text())


def test_figures_move_and_agree_with_the_summary(terminal, start_target, tmp_path):
    target = start_target("--error-rate", "10%", "--delay", "20ms", "--jitter", "15ms")
    stages = "100 at once, pause 2s, 100 at once, pause 4s"
    terminal.start(f"weir http {target.url}/ping --tui --stages '{stages}' --json o.json --no-record")
    terminal.wait(lambda: figure(terminal.text, "ok") == 90)
    terminal.wait(lambda: figure(terminal.text, "ok") == 180)
    screen = terminal.settled()
    terminal.end((0, 4))
    done = summary(tmp_path)
    assert figure(screen, "ok") == done["ledger"]["ok"] == 180
    assert figure(screen, "failed check") == done["ledger"]["failed_check"] == 20
    assert figure(screen, "failed") == 20 and figure(screen, "in flight") == 0
    assert re.search(r"^.* 20  wrong answer \(500\)", screen, re.M)
    assert "200 × 180, 500 × 20" in screen
    for name, key in ("p50", "p50"), ("p99", "p99"), ("max", "max"):
        shown = re.search(rf"^ {name} .* all +([\d.]+ \S+)", screen, re.M)
        want = done["total"]["response_time_s"][key]
        assert seconds(shown[1]) == pytest.approx(want, rel=0.006), name
    assert sum(float(x) for x in re.findall(r"^ [≤>] .*? ([\d.]+) %", screen, re.M)) == pytest.approx(100, abs=0.6)
    assert "stage 4 of 4" in screen


def test_the_summary_stands_below_the_first_lines_when_the_view_has_gone(terminal, target):
    terminal.start(f"weir http {target.url}/ping --tui -r 50 -d 2s --no-record")
    assert "open model:" not in terminal.text
    terminal.end((0, 4))
    assert re.search(r"open model: 50 starts/s for 2s.*starts/s of 50 asked", terminal.all, re.S)


def test_q_stops_drains_and_q_again_ends_at_once(terminal, start_target, tmp_path):
    target = start_target("--delay", "30s")
    terminal.start(f"weir http {target.url}/ping --tui -r 10 -d 60s --timeout 50s --json o.json --no-record")
    terminal.wait_for(r"in flight \d\d")
    terminal.type("q")
    terminal.wait_for("draining")
    terminal.wait_for("stopped by hand after")
    terminal.type("q")
    terminal.end(1)  # not one call was ok
    assert summary(tmp_path)["ledger"]["abandoned"] == summary(tmp_path)["ledger"]["started"] > 0


def test_a_question_mark_shows_the_keys_until_the_next_one(terminal, target):
    terminal.start(f"weir http {target.url}/ping --tui -r 20 -d 60s --no-record")
    terminal.type("?")
    terminal.wait_for("q, Ctrl-C")
    terminal.type("q")  # closes it and does nothing else
    terminal.wait(lambda: "q, Ctrl-C" not in terminal.text)
    assert "running" in terminal.text
    terminal.quit()


def test_a_held_run_starts_by_a_key(terminal, target, tmp_path):
    terminal.start(f"weir http {target.url}/ping --tui --hold -n 20 --json o.json --no-record")
    terminal.wait_for("^ held 0s")
    terminal.wait_for("s start")
    time.sleep(0.5)
    assert figure(terminal.text, "ok") == 0
    terminal.type("s")
    terminal.end((0, 4))
    assert summary(tmp_path)["ledger"]["ok"] == 20
    terminal.say("clear")
    terminal.start(f"weir http {target.url}/ping --tui --hold -n 20 --no-record")
    terminal.type("q")
    terminal.wait_for("stopped before the load began")
    terminal.end(1)
    terminal.say(f"TERM=dumb weir http {target.url}/ping --tui --hold -n 20 --no-record")
    terminal.wait_for("nobody could start the load: the terminal 'dumb' cannot place a cursor")
    terminal.end(1)


def test_p_pauses_and_goes_on(terminal, target, tmp_path):
    terminal.start(f"weir http {target.url}/ping --tui -r 50 -d 3s --json o.json --no-record")
    terminal.wait_for(r"running [12]s of 3s")
    terminal.type("p")
    terminal.wait_for("^ paused ")
    terminal.wait_for(r"^ rate  0/s")
    ended = figure(terminal.text, "ok")
    time.sleep(2.5)
    assert figure(terminal.text, "ok") == ended < 150
    terminal.type("+")
    terminal.wait_for("it is paused: p goes on")
    terminal.type("p")
    terminal.wait_for("^ running ")
    assert int(terminal.wait_for(r"^ +(\d+)s  resumed")[1]) >= 4
    terminal.end((0, 4))
    assert summary(tmp_path)["ledger"]["ok"] == 150  # what was left moved back


def test_plus_and_minus_change_the_rate(terminal, target):
    terminal.start(f"weir http {target.url}/ping --tui -r 100 -d 60s --no-record")
    terminal.wait_for(r"^ rate +100/s of 100 asked")
    terminal.type("+", "+", "+")
    terminal.wait_for("changed to 133.1 starts/s for")
    terminal.wait_for(r"^ rate +13[34]/s of 133.1 asked")
    terminal.type("-")
    terminal.wait_for(r"^ rate +12[01]/s of 121 asked")
    terminal.quit()
    assert "the load was changed by hand while it ran (4 times)" in " ".join(terminal.all.split())


def test_plus_and_minus_change_users(terminal, target):
    terminal.start(f"weir http '{target.url}/ping?delay=50ms' --tui -c 3 -d 60s --no-record")
    terminal.wait_for("in flight 3  users 3$")
    terminal.type("+")
    terminal.wait_for("in flight 4  users 4$")
    terminal.type("-", "-")
    terminal.wait_for("in flight 2  users 2$")
    terminal.quit()


def test_m_marks_the_moment_in_the_record_too(terminal, target, tmp_path):
    terminal.start(f"weir http {target.url}/ping --tui -r 50 -d 60s --record r.weir")
    terminal.type("m")
    terminal.wait_for(r"^ +\d+s  mark 1$")
    terminal.type("m")
    terminal.wait_for(r"^ +\d+s  mark 2$")
    terminal.quit()
    with sqlite3.connect(tmp_path / "r.weir") as db:
        assert db.execute("SELECT text FROM event WHERE kind = 'mark'").fetchall() == [("mark 1",), ("mark 2",)]


MANY = """
local list = {{}}
for i = 1, 40 do list[i] = http:get {{ "/ping", name = "series " .. string.format("%02d", i) }} end
return weir.scenario {{ user = function(vu)
  for i = 1, 40 do for n = 1, 41 - i do list[i]() end end
  weir.sleep({sleep})
end }}
"""


def rows(screen):
    return re.findall(r"^ (series \d\d) ", screen, re.M)


def test_series_are_sorted_and_scroll(terminal, target, tmp_path):
    (tmp_path / "s.lua").write_text(
        f'local http = weir.http {{ base = "{target.url}" }} ' + MANY.format(sleep=60).replace("\n", " ")
    )
    terminal.start("weir run s.lua --tui -c 1 -n 1 -d 60s --no-record")
    terminal.wait_for(r"^ series 01 +40 ")
    terminal.wait_for(r"1 to \d+ of 40")
    first = rows(terminal.text)
    assert first == [f"series {i:02}" for i in range(1, len(first) + 1)]
    terminal.type("Down")
    terminal.wait_for(r"2 to \d+ of 40")
    terminal.wait(lambda: rows(terminal.text) == [f"series {i:02}" for i in range(2, len(first) + 2)])
    terminal.type("End")
    terminal.wait_for(r"\d+ to 40 of 40")
    terminal.wait(lambda: rows(terminal.text)[-1] == "series 40")
    terminal.type("Up")
    terminal.wait_for(r"\d+ to 39 of 40")
    terminal.type("Home")
    terminal.wait_for(r"1 to \d+ of 40")
    terminal.type("q")
    terminal.quit()


HOSTILE = r"""
local a = http:get { "/ping", name = "esc \27[2J\27]0;x\7 \r\n end" }
local b = http:get { "/ping", name = "漢字 e\u{301} 漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字" }
local c = http:get { "/ping", name = "bytes \xff\xfe \u{202e}end" }
return weir.scenario { user = function(vu) a() a() a() b() b() c() print("a \27[31mred\27[0m word", "\27[2J") weir.sleep(60) end }
"""


def test_names_and_messages_cannot_harm_the_terminal(terminal, target, tmp_path):
    (tmp_path / "s.lua").write_text(f'local http = weir.http {{ base = "{target.url}" }} ' + HOSTILE)
    terminal.start("weir run s.lua --tui -c 1 -n 1 -d 60s --no-record")
    terminal.wait_for(r"s.lua: a red word \\x1b\[2J")  # which the user says when its calls are done
    terminal.wait_for(r"^ bytes .* 1 +0 ")
    screen = terminal.settled()
    assert re.search(r"^ esc \\x1b\[2J\\x1b\]0;x\\x07 \\x0d\\x0a end", screen, re.M)
    lines = {name: line for line in screen.splitlines() for name in ("esc ", "漢字 ", "bytes ") if line[1:].startswith(name)}
    assert "bytes \\xff\\xfe \\u202eend" in lines["bytes "]
    assert "…" in lines["漢字 "] and re.search(r" 2 +0 ", lines["漢字 "])
    wide = {name: line + "".join("x" for c in line if "\u4e00" <= c <= "\u9fff") for name, line in lines.items()}
    ends = {len(line.replace("\u0301", "")) for line in wide.values()}
    assert len(ends) == 1, lines  # columns stand below each other
    terminal.type("q")
    terminal.quit()
    assert "a red word" in terminal.all


CHECKED = """
local is = weir.is
local c = http:get { "/ping", checks = { is.json("/message", "==", "pong"), is.status(418) } }
return weir.scenario { load = "20 for 60s", thresholds = { "checks > 90%", "response_time.p99 < 30s" },
  user = function(vu) c() end }"""


def test_checks_and_thresholds_as_they_stand(terminal, target, tmp_path):
    (tmp_path / "s.lua").write_text(f'local http = weir.http {{ base = "{target.url}" }} ' + CHECKED)
    terminal.start("weir run s.lua --tui --no-record")
    terminal.wait_for(r"^ ✗ +.*418.* 0 +[1-9]\d* failed")
    terminal.wait_for(r"^ ✗ +checks > 90%  50 %")
    screen = terminal.settled()
    assert re.search(r"^ ✓ +.*message.* [1-9]\d* +0 failed", screen, re.M)
    assert re.search(r"^ ✓ +response_time.p99 < 30s  [\d.]+ ", screen, re.M)
    terminal.type("q")
    terminal.end(1)  # not one call was ok


def test_without_colour_and_without_utf8(terminal, target):
    command = f"weir http {target.url}/ping --tui -r 50 -d 60s --threshold 'failed < 1%' --no-record"
    colours = r"\x1b\[(?:\d+;)*3[0-7]m"
    terminal.start(command)
    terminal.wait_for("█")
    assert re.search(colours, terminal.painted)
    terminal.quit()
    terminal.say("clear")
    terminal.start("NO_COLOR=1 LC_ALL=C " + command)
    terminal.wait_for(r"rate .*#")
    terminal.wait_for(r"^ ok +failed < 1%")
    painted = terminal.painted
    assert not re.search(colours, painted)
    assert painted.isascii(), [c for c in painted if not c.isascii()]
    terminal.quit()
    terminal.say("clear")
    terminal.start(command + " --no-color")
    terminal.wait_for("█")
    assert not re.search(colours, terminal.painted)
    terminal.quit()


def test_any_size(terminal, target):
    terminal.start(f"weir http {target.url}/ping --tui -r 50 -d 60s --threshold 'failed < 1%' --no-record")
    terminal.wait_for("Thresholds")
    terminal.resize(20, 5)
    screen = terminal.wait_for(r"^ running \d+s of 1m")[0] and terminal.text
    terminal.wait(lambda: "50/s" in terminal.text and "p99" in terminal.text)
    screen = terminal.text
    assert len(screen.splitlines()) <= 5 and "Thresholds" not in screen
    for size in (1, 1), (2, 1), (1, 30), (300, 2), (7, 7), (80, 24):
        terminal.resize(*size)
        time.sleep(0.2)
    terminal.wait_for("Thresholds")
    terminal.wait_for(r" ok +\d+")
    assert max(map(len, terminal.text.splitlines())) <= 80
    terminal.resize(200, 60)
    terminal.wait(lambda: max(map(len, terminal.text.splitlines())) == 200)
    terminal.quit()


def test_kafka_has_its_words(terminal, start_broker):
    broker = start_broker()
    terminal.start(f"weir kafka produce -b {broker.address} -t t -r 100 -d 60s --tui --no-record")
    terminal.wait_for(r" acknowledged +\d+")
    terminal.quit()
    terminal.say("clear")
    terminal.start(f"weir kafka consume -b {broker.address} -t t --from beginning --tui")
    terminal.wait_for(r"received [1-9]\d*")
    terminal.quit()


def test_where_there_is_no_terminal_it_says_so(weir, target):
    done = weir("http", f"{target.url}/ping", "--tui", "-n", "1")
    assert done.returncode == 2
    assert done.stderr == "weir: --tui needs a terminal, and neither standard output nor standard error is one\n"


def test_a_simple_terminal_has_the_line_instead(terminal, target):
    for kind, why in ("dumb", "cannot place a cursor"), ("no-such-thing", "nobody knows a terminal 'no-such-thing'"):
        terminal.say("clear")
        terminal.say(f"TERM={kind} weir http {target.url}/ping --tui -r 50 -d 2s --no-record")
        terminal.wait_for(f"warning: .*{why}")
        terminal.wait_for(r"1s of 2s")
        terminal.end((0, 4))


def test_what_it_excludes(terminal, target):
    terminal.say(f"weir http {target.url}/ping --tui --quiet -n 1")
    terminal.wait_for("--tui and --quiet exclude each other")
    terminal.say(f"weir http {target.url}/ping --tui --log - -n 1 --no-record")
    terminal.wait_for("--tui and --log - both want the terminal: give the log a file")
    terminal.end(2)


def test_calls_in_full_stand_below_the_view(terminal, target):
    terminal.start(f"weir http {target.url}/ping --tui -r 10 -d 60s --show 1 --no-record")
    terminal.wait_for("Messages")
    terminal.wait_for("HTTP/1.1 200 OK")
    terminal.quit()
    assert re.search("GET /ping HTTP/1.1.*HTTP/1.1 200 OK.*stopped by hand", terminal.all, re.S)


def test_results_may_go_to_standard_output(terminal, target, tmp_path):
    terminal.start(f"weir http {target.url}/ping --tui -r 50 -d 2s --json - --no-record > o.json")
    terminal.end((0, 4))
    assert summary(tmp_path)["ledger"]["ok"] == 100
