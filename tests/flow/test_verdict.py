"""The generator's honesty: each sign of a spoiled run can be made to show, and a slow target alone shows none."""

import resource
import signal
import time

import pytest

from target_process import wait_for

pytestmark = pytest.mark.timing


def freeze(running, seconds):
    running.interrupt(signal.SIGSTOP)
    time.sleep(seconds)
    running.interrupt(signal.SIGCONT)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_frozen_generator_is_not_valid(start_load, target, loop, threads):
    words = ["-r", 200, "-d", "3s", "--threads", threads, "--threshold", "count < 1"]
    running = start_load(f"{target.url}/ping", *words, env=loop)
    wait_for(lambda: target.metrics()["requests"] > 20)
    for _ in range(3):
        freeze(running, 0.3)
        time.sleep(0.4)
    done = running.end(code=4)  # more than the threshold's 3
    assert done.summary["verdict"]["validity"] == "invalid"
    assert any("1 in 100 starts was" in reason for reason in done.summary["verdict"]["reasons"])
    assert done.summary["load"]["start_lateness_s"]["p99"] > 0.2
    assert done.ledger == {"started": 600, "ok": 600}  # and yet nothing is lost
    assert done.summary["total"]["response_time_s"]["max"] > 0.25  # the clock ran
    assert "INVALID" in done.out


def test_twenty_million_a_second_are_not_reached_and_that_is_said(load, target, loop):
    words = ["-r", "20M", "-d", "500ms", "--drain", "500ms"]
    done = load(f"{target.url}/ping", *words, env=loop, log=False, code=4)
    verdict = done.summary["verdict"]
    assert verdict["validity"] == "invalid"
    assert any("of the planned iterations were started" in reason for reason in verdict["reasons"])
    book = done.summary["iterations"]
    assert book["planned"] == 10_000_000 and book["skipped"] > 0
    assert done.summary["load"]["achieved_rate"] < 0.99 * done.summary["load"]["asked_rate"]
    assert target.metrics()["requests"] <= done.ledger["started"]


def valid(run):
    """A run that is valid. What the target does would show in each of three tries, what else the machine does not."""
    for _ in range(3):
        done = run()
        if done.summary["verdict"]["validity"] == "valid":
            break
    verdict = {k: v for k, v in done.summary["verdict"].items() if k != "notes"}
    assert verdict == {"validity": "valid", "reasons": [], "thresholds": [], "audits": [], "exit_code": 0}
    return done


def test_a_slow_target_alone_is_valid(load, target, loop):
    done = valid(lambda: load(f"{target.url}/ping?delay=300ms", "-r", 200, "-d", "2s", env=loop))
    assert done.ledger == {"started": 400, "ok": 400}


def test_a_target_that_fails_and_hangs_is_valid(load, start_target, loop):
    def run():
        target = start_target("--error-rate", "50%", "--delay", "200ms", "--stall", "500ms:800ms")
        return load(f"{target.url}/ping", "-r", 100, "-d", "2s", "--timeout", "700ms", env=loop)

    assert set(valid(run).ledger) == {"started", "ok", "failed_check", "timeout"}


def test_a_closed_model_as_fast_as_it_can_is_valid(load, target, loop):
    done = valid(lambda: load(f"{target.url}/ping", "-c", 64, "-d", "1s", env=loop, log=False))
    assert done.ledger["ok"] == done.ledger["started"] > 5000


def test_thousands_that_start_and_time_out_together_do_not_hold_up_the_loop(load, start_target, loop):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    users = min(8000, hard - 300)
    target = start_target("--delay", "10s")
    words = ["-c", users, "-n", users, "--threads", 1, "--timeout", "2s"]
    done = load(f"{target.url}/ping", *words, env=loop, log=False, code=1)
    assert done.ledger == {"started": users, "timeout": users}
    assert done.summary["generator"]["loop_turn_s"]["max"] < 0.1


def test_what_was_skipped_and_what_was_never_reached_add_up(load, target, loop):
    words = ["-r", "20M", "-d", "500ms", "--drain", "100ms", "--max-in-flight", 10, "--overload", "skip"]
    done = load(f"{target.url}/ping", *words, env=loop, log=False, code=(0, 4))  # skipping may keep up
    book = done.summary["iterations"]
    assert book["planned"] == 10_000_000 == book["started"] + book["skipped"]
    assert target.metrics()["requests"] == done.ledger["started"] > 0
