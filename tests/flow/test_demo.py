"""weir demo and weir demo stall: everything at once, with nothing to install, and nothing left behind."""

import re
import shutil
import signal
import socket
import subprocess
import time

import pytest

from conftest import BUILD, clean_environment
from target_process import wait_for

pytestmark = pytest.mark.timing

TOOLS = ("wrk", "hey", "oha", "k6")


def listens(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def test_the_demo_shows_a_run_and_what_to_try_next(weir):
    done = weir("demo")
    assert done.returncode == 0
    port = int(re.search(r"weir-target on http://127\.0\.0\.1:(\d+)", done.stdout)[1])
    assert f"  weir run examples/demo.lua -e TARGET=http://127.0.0.1:{port}\n" in done.stdout
    assert "open model: 200 starts/s for 10s, poisson" in done.stdout
    assert re.search(r"look  .*\n  place order  .*\n  paid topic=payments", done.stdout)
    assert re.search(r"([\d ]+) calls = \1 ok \+ 0 wrong \+ 0 error \+ 0 timeout \+ 0 abandoned ✓", done.stdout)
    assert "What to try next" in done.stdout
    assert re.match(r"10s of 10s  ", done.stderr)
    assert not listens(port)


def test_a_demo_that_the_machine_spoiled_says_what_to_try_next_too(start_load):
    running = start_load(command="demo", json=False, log=False)
    running.wait_until(lambda: "orders over HTTP" in running.out and "poisson" in running.out)
    time.sleep(2)
    running.interrupt(signal.SIGSTOP)
    time.sleep(2)
    running.interrupt(signal.SIGCONT)
    done = running.end(code=4)
    assert "INVALID" in done.out and "What to try next" in done.out


def seconds(text):
    """'1.00 s', '36.0 µs', '-' as seconds."""
    if text == "-":
        return None
    number, unit = text.split()
    return float(number) * {"s": 1, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}[unit]


def test_the_stall_demo_shows_the_truth_weir_and_the_other_tools(weir):
    done = weir("demo", "stall", timeout=110)
    assert done.returncode == 0
    rows = {}
    for line in done.stdout.splitlines():
        if found := re.match(r"  (the truth|weir|wrk|hey|oha|k6) +((?:(?:[\d.]+ [mµn]?s|-) +){4})", line):
            rows[found[1]] = [seconds(x) for x in re.split(r" {2,}", found[2].strip())]
    assert set(rows) == {"the truth", "weir", *(tool for tool in TOOLS if shutil.which(tool))}
    assert rows["the truth"] == [None, 1.0, 1.5, 1.9]
    assert rows["weir"][1:] == pytest.approx([1.0, 1.5, 1.9], rel=0.05)
    assert "200 starts/s of 200 asked" in done.stderr


def test_an_unknown_demo_is_a_usage_error(weir):
    done = weir("demo", "stal")
    assert done.returncode == 2
    assert done.stderr == "weir: 'stal' is not a demo; there are: weir demo, weir demo stall\n"


def test_a_demo_without_its_target_says_so(weir, tmp_path):
    shutil.copy(BUILD / "weir", tmp_path / "weir")
    done = subprocess.run([tmp_path / "weir", "demo"], env={"PATH": "/nowhere"}, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "weir: cannot start weir-target: No such file or directory\n"


@pytest.fixture
def start_demo(tmp_path):
    started = []

    def start(*words):
        with open(tmp_path / "out", "wb") as out:
            process = subprocess.Popen(
                [BUILD / "weir", "demo", *words], env=clean_environment(), stdout=out, stderr=out, cwd=tmp_path
            )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait(20)


def test_ctrl_c_ends_the_demo_with_its_summary_and_its_target(start_demo, tmp_path):
    demo = start_demo()
    wait_for(lambda: "open model" in (tmp_path / "out").read_text())
    time.sleep(0.5)
    demo.send_signal(signal.SIGINT)
    assert demo.wait(20) == 130
    out = (tmp_path / "out").read_text()
    assert "interrupted after" in out and "What to try next" not in out
    assert not listens(int(re.search(r"weir-target on http://127\.0\.0\.1:(\d+)", out)[1]))


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        return [int(word) for word in f.read().split()]


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_ctrl_c_ends_the_stall_demo_with_all_that_it_started(start_demo):
    demo = start_demo("stall")
    wait_for(lambda: len(children(demo.pid)) == 2)  # the target, and weir itself
    started = children(demo.pid)
    time.sleep(0.5)
    demo.send_signal(signal.SIGINT)
    assert demo.wait(20) in (130, -signal.SIGINT)
    wait_for(lambda: not any(map(is_alive, started)))
