"""Ctrl-C at every stage of a run: what was measured is kept, the books are closed, the exit code is 130."""

import json
import signal
import socket
import time

import pytest

from hostile import always, reply, silent
from target_process import wait_for

pytestmark = pytest.mark.exact


MODELS = {"open": ["-r", 100, "-d", "60s"], "closed": ["-c", 3, "-d", "60s"], "count": ["-r", 100, "-n", 100_000],
          "stages": ["--stages", "100 for 30s, 5 at once, pause 30s"], "poisson": ["-r", 100, "--arrivals", "poisson"],
          "users": ["--stages", "1..3 users over 60s"]}  # fmt: skip


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize("threads", [1, 2])
def test_ctrl_c_ends_the_plan_and_drains(start_load, target, tmp_path, loop, model, threads):
    running = start_load(f"{target.url}/ping?delay=50ms", *model, "--threads", threads, "--csv", "t", env=loop)
    wait_for(lambda: target.metrics()["requests"] >= 10)
    running.interrupt()
    begin = time.monotonic()
    done = running.end(code=130)
    assert time.monotonic() - begin < 5
    assert done.ledger == {"started": len(done.log), "ok": len(done.log)}
    assert len(done.log) == target.metrics()["requests"] >= 10
    assert done.iterations == {"planned": len(done.log), "started": len(done.log), "completed": len(done.log)}
    assert max(done.dues) < done.summary["run"]["duration_s"] + 0.1 < 30  # until a worker hears of it
    assert (tmp_path / "t_requests.csv").read_text().startswith("Method,")
    assert "stopping: no new starts" in done.err
    assert "interrupted after" in done.out


def test_sigterm_is_the_same(start_load, target):
    running = start_load(f"{target.url}/ping", "-r", 100, "-d", "60s")
    wait_for(lambda: target.metrics()["requests"] >= 10)
    running.interrupt(signal.SIGTERM)
    done = running.end(code=130)
    assert done.ledger["ok"] == done.ledger["started"] == target.metrics()["requests"]


def test_after_ctrl_c_what_does_not_end_within_the_drain_is_abandoned(start_load, hostile, loop):
    fake = hostile(silent)
    running = start_load(fake.url, "-c", 3, "-d", "60s", "--drain", "300ms", env=loop)
    wait_for(lambda: len(fake.connections) == 3)
    running.wait_until_under_way()
    time.sleep(0.1)
    running.interrupt()
    done = running.end(code=130)
    assert done.ledger == {"started": 3, "abandoned": 3}
    assert done.iterations == {"planned": 3, "started": 3, "interrupted": 3}


@pytest.mark.parametrize("model", [["-r", 100], ["-c", 8], ["-r", 100, "-c", 2], ["-r", 100, "--max-in-flight", 3]],
                         ids=["open", "closed", "connections", "queue"])  # fmt: skip
@pytest.mark.parametrize("threads", [1, 2])
def test_a_second_ctrl_c_ends_at_once_with_closed_books(start_load, target, loop, model, threads):
    words = [*model, "-d", "60s", "--threads", threads, "--timeout", "60s"]
    running = start_load(f"{target.url}/ping?delay=30s", *words, env=loop)
    wait_for(lambda: target.metrics()["requests"] >= 2)
    time.sleep(0.2)
    running.interrupt()
    wait_for(lambda: "stopping" in running.err)
    assert running.process.poll() is None  # it waits for what is in flight
    running.interrupt()
    begin = time.monotonic()
    done = running.end(code=130)
    assert time.monotonic() - begin < 5
    started = done.ledger["started"]
    assert done.ledger == {"started": started, "abandoned": started}
    assert done.iterations["interrupted"] == done.iterations["started"] >= started
    assert done.reasons == []


def test_ctrl_c_during_the_warm_up_ends_with_nothing_measured(start_load, target, loop):
    for model in (["-r", 100], ["-c", 2]):
        before = target.metrics()["requests"]
        running = start_load(f"{target.url}/ping?delay=10ms", *model, "--warmup", "30s", "-d", "30s", env=loop)
        wait_for(lambda: target.metrics()["requests"] >= before + 10)
        running.interrupt()
        done = running.end(code=130)
        assert (done.ledger, done.iterations, done.log) == ({}, {}, [])
        assert done.summary["run"]["duration_s"] == 0
        assert done.summary["total"]["rate"] is None
        assert done.summary["load"]["asked_rate"] is None
        assert done.summary["load"]["achieved_rate"] is None
        assert "no call was made" in done.out


def interrupt_while_preparing(weir_process, tmp_path):
    """What it says."""
    wait_for(weir_process.catches_interrupts)
    time.sleep(0.3)
    weir_process.interrupt()
    begin = time.monotonic()
    done = weir_process.end(code=130)
    assert time.monotonic() - begin < 3
    assert done.summary is None
    assert done.out == ""
    return done.err


def test_ctrl_c_while_connecting_ends_at_once(start_load, tmp_path, loop):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as s:
        full = [socket.socket() for _ in range(3)]  # further connects hang
        for c in full:
            c.setblocking(False)
            c.connect_ex(s.getsockname())
        running = start_load(f"127.0.0.1:{s.getsockname()[1]}/", "-c", 4, "--threads", 2, env=loop)
        assert interrupt_while_preparing(running, tmp_path) == "weir: interrupted before the load began\n"
        for c in full:
            c.close()


def test_ctrl_c_in_the_handshake_ends_at_once(start_load, hostile, tmp_path, loop):
    running = start_load(f"https://127.0.0.1:{hostile(silent).port}/", "-c", 2, env=loop)
    assert interrupt_while_preparing(running, tmp_path) == "weir: interrupted before the load began\n"


def test_ctrl_c_counts_more_than_all_other_reasons(start_load, hostile):
    fake = hostile(always(reply(status="500 No")))
    running = start_load(fake.url, "-r", 50, "-d", "60s", "--threshold", "failed < 1%", "--threshold", "count < 1")
    wait_for(lambda: len(fake.requests) >= 5)
    running.interrupt()
    done = running.end(code=130)
    assert set(done.ledger) == {"started", "failed_check"}
    assert [t["passed"] for t in done.summary["verdict"]["thresholds"]] == [False, False]


def test_the_summary_on_standard_output_is_whole_after_ctrl_c(start_load, target, tmp_path):
    with open(tmp_path / "stdout", "w") as out:
        running = start_load(f"{target.url}/ping", "-r", 100, "-d", "60s", "--json", "-", stdout=out)
    wait_for(lambda: target.metrics()["requests"] >= 10)
    running.interrupt()
    running.end(code=130)
    summary = json.loads((tmp_path / "stdout").read_text())
    assert summary["ledger"]["ok"] == target.metrics()["requests"]
    assert summary["verdict"]["exit_code"] == 130
