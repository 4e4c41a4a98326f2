"""The terminal is given back, whatever ends the view."""

import fcntl
import json
import os
import re
import select
import signal
import struct
import termios
import time

import pytest

from target_process import wait_for

pytestmark = pytest.mark.exact


# They have handlers of their own, which would end the program with a report.
UNDER_SANITIZERS = "ulimit -c 0; " + " ".join(
    f"export {name}=${name}:handle_segv=0:handle_abort=0:handle_sigbus=0;" for name in ("ASAN_OPTIONS", "TSAN_OPTIONS")
)


def running(target, *words):
    return f"weir http {target.url}/ping --tui -r 20 -d 60s --no-record " + " ".join(words)


def test_ctrl_c_drains_and_a_second_one_ends_it(terminal, start_target):
    target = start_target("--delay", "40s")
    terminal.start(running(target, "--timeout 50s"))
    terminal.wait_for(r"in flight [1-9]")
    terminal.type("C-c")
    terminal.wait_for("draining")
    terminal.wait_for("no new starts, waiting up to 50s for what is in flight")
    terminal.type("C-c")
    terminal.end(130)
    assert re.search(r"weir: stopping: no new starts.*abandoned", terminal.all, re.S)


def test_a_third_ctrl_c_ends_it_at_once(terminal, target, tmp_path):
    (tmp_path / "s.lua").write_text("return weir.scenario { user = function(vu) while true do end end }")
    terminal.start("weir run s.lua --tui -c 1 -d 60s --no-record")
    for _ in range(3):
        terminal.type("C-c")
        time.sleep(0.3)
    terminal.end(130)
    assert "stopping: no new starts" in terminal.all


def test_sigterm_is_an_end_as_any_other(terminal, target):
    terminal.start(running(target))
    terminal.kill(signal.SIGTERM)
    terminal.end(130)
    assert "interrupted after" in terminal.all


@pytest.mark.parametrize(("how", "code"), [("SEGV", 139), ("ABRT", 134), ("QUIT", 131), ("HUP", 129), ("BUS", 135)])
def test_a_crash_leaves_the_terminal_in_order(terminal, target, how, code):
    terminal.say(UNDER_SANITIZERS)
    terminal.start(running(target))
    terminal.kill(getattr(signal, "SIG" + how))
    terminal.end(code)


def test_what_was_said_before_a_crash_is_not_lost(terminal, target, tmp_path):
    (tmp_path / "s.lua").write_text(
        f'local http = weir.http {{ base = "{target.url}" }} '
        'return weir.scenario { user = function(vu) print("the last words") weir.sleep(60) end }'
    )
    terminal.say(UNDER_SANITIZERS)
    terminal.start("weir run s.lua --tui -c 1 -d 60s --no-record")
    terminal.wait_for("the last words")
    terminal.kill(signal.SIGABRT)
    terminal.end(134)
    assert "the last words" in terminal.all


def test_of_very_much_that_was_said_the_end_is_kept(terminal, target, tmp_path):
    (tmp_path / "s.lua").write_text(
        "return weir.scenario { user = function(vu) "
        'for i = 1, 6000 do print(string.rep("x", 1000)) end print("the last line") weir.sleep(60) end }'
    )
    terminal.start("weir run s.lua --tui -c 1 -n 1 -d 60s --no-record")
    terminal.wait_for("the last line")
    terminal.type("q")
    terminal.quit()
    said = terminal.tmux("capture-pane", "-p", "-J", "-S", "-")
    dropped = int(re.search(r"^weir: (\d+) bytes that were written while the view was on are left out", said, re.M)[1])
    kept = sum(len(line) + 1 for line in said.splitlines() if line.startswith("weir: s.lua: x"))
    assert dropped > 1e6 and dropped + kept == pytest.approx(6000 * len("weir: s.lua: " + "x" * 1000 + "\n"), abs=2000)
    assert "the last line" in said


def test_a_terminal_that_takes_nothing_holds_up_nobody(target, start_load, tmp_path):
    """A stopped one, a line that is gone: nobody reads what is painted."""
    screen, terminal = os.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 60, 200, 0, 0))
    words = [f"{target.url}/ping", "--tui", "-r", "50", "-d", "3s", "--no-record"]
    streams = {"stdin": terminal, "stdout": terminal, "stderr": terminal, "start_new_session": True}
    load = start_load(*words, env={"TERM": "xterm"}, **streams)
    started = time.monotonic()
    while time.monotonic() < started + 2:
        os.write(screen, b"\x0c")  # all of it, anew
        time.sleep(0.05)
    wait_for(lambda: load.files["json"].exists() and load.files["json"].read_text().endswith("}\n"), 20)
    assert load.process.poll() is None  # its summary has no reader yet
    got = b""
    while (readable := select.select([screen], [], [], 1)[0]) or load.process.poll() is None:
        assert time.monotonic() < started + 60
        if readable:
            got += os.read(screen, 65536)
    assert json.loads(load.files["json"].read_text())["ledger"]["ok"] == 150
    assert got.rindex(b"\x1b[?1049l") > got.rindex(b"\x1b[?1049h")


def test_an_error_of_the_start_is_a_sentence_on_the_usual_screen(terminal):
    terminal.say("weir http 127.0.0.1:1/ping --tui --no-record")
    terminal.wait_for("connection refused; is it running")
    terminal.end(1)


def test_ctrl_z_and_fg(terminal, target):
    terminal.start(running(target))
    terminal.type("C-z")
    terminal.wait(lambda: not terminal.viewing)
    terminal.wait_for("Stopped")
    terminal.say("echo typed")
    terminal.wait_for("^typed")
    terminal.say("fg")
    terminal.wait(lambda: terminal.viewing)
    terminal.wait_for("running")
    terminal.quit()


def test_in_the_background_it_runs_on_without_the_screen(terminal, target):
    terminal.start(f"weir http {target.url}/ping --tui -r 20 -d 6s --no-record")
    terminal.type("C-z")
    terminal.wait_for("Stopped")
    terminal.say("bg")
    terminal.wait_for("starts/s of 20 asked")  # the summary
    assert not terminal.viewing

    def over():
        terminal.type("Enter")  # bash tells it with its next prompt
        return re.search("Done|Exit", terminal.text)

    terminal.wait(over)
    terminal.say("clear")
    terminal.say(f"weir http {target.url}/ping --tui -r 20 -d 60s --no-record &")
    terminal.wait_for("open model")
    terminal.say("fg")
    terminal.wait(lambda: terminal.viewing)
    terminal.wait_for("running")
    terminal.quit()
