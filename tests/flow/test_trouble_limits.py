"""What the machine has not enough of: file descriptors, local ports, room on the disk. It is said in words, the
verdict knows whose fault it is, and what was measured is kept."""

import json
import re
import subprocess

import pytest

pytestmark = pytest.mark.exact


def files(n):
    """A wrapper that leaves a program so many file descriptors."""
    return ["sh", "-c", f'ulimit -n {n}; exec "$@"', "sh"]


# File descriptors


@pytest.mark.parametrize("threads", [1, 2])
def test_without_a_limit_of_the_users_own_calls_wait_and_the_run_is_degraded(load, target, loop, threads):
    words = [f"{target.url}/ping?delay=200ms", "--stages", "100 at once", "--threads", threads]
    done = load(*words, env=loop, wrapper=files(80))
    assert done.ledger == {"started": 100, "ok": 100}
    assert target.figures()["weir_target_connections_total"] == 40 + 1  # half of what there is
    assert done.summary["verdict"]["validity"] in ("degraded", "invalid")
    (reason,) = done.reasons
    assert reason == (
        "calls waited for a connection: all 40 that this process may open were in use (-c sets a limit of your own, "
        "ulimit -n raises this one)"
    )
    assert "at most 40 connections" in done.out
    assert max(x["response_time"] for x in done.log) > 0.4  # the last waited twice


def test_a_large_limit_leaves_256_for_others(load, target):
    done = load(f"{target.url}/ping", "-r", 100, "-n", 1, wrapper=files(1000))
    assert "at most 744 connections" in done.out
    assert done.reasons == []


def test_a_limit_of_the_users_own_never_degrades(load, target, loop):
    words = [f"{target.url}/ping?delay=100ms", "--stages", "20 at once", "-c", 5]
    done = load(*words, env=loop, wrapper=files(80))
    assert done.ledger == {"started": 20, "ok": 20}
    assert done.reasons == []


def test_no_descriptors_left_is_a_reason_in_words(load, target, loop):
    words = [f"{target.url}/ping?delay=100ms", "-r", 1000, "-n", 100, "-c", 100, "--threads", 1]
    done = load(*words, env=loop, wrapper=files(50))
    assert done.ledger["ok"] >= 20
    assert done.errors == {"no file descriptors left in this process (see ulimit -n)": done.ledger["error"]}
    assert done.ledger["ok"] + done.ledger["error"] == 100
    assert done.reasons == []


@pytest.mark.parametrize("n", range(4, 10))
def test_too_few_descriptors_to_begin_with_are_said(weir, target, n):
    done = weir("http", f"{target.url}/ping", "-n", 1, "--threads", 1, wrapper=files(n))
    assert done.returncode == 1
    assert re.fullmatch(r"weir: .+: (Too many open files|no file descriptors left in this process.*)\n", done.stderr)


# Local ports


def test_no_local_ports_left_is_a_reason_in_words(load, start_target, network, loop):
    target = start_target(wrapper=network.inside)
    network.set("ipv4/ip_local_port_range", "'40000 40007'")
    words = [f"{target.url}/ping?delay=300ms", "--stages", "20 at once"]
    done = load(*words, env=loop, wrapper=network.inside)
    assert done.ledger["ok"] + done.ledger["error"] == done.ledger["started"] == 20
    assert 4 <= done.ledger["ok"] <= 8  # the kernel does not try them all
    assert done.errors == {"no local ports left for this address": done.ledger["error"]}


# The disk


def test_a_full_disk_under_the_summary_is_said(load, target):
    done = load(f"{target.url}/ping", "-c", 2, "-n", 50, "--json", "/dev/full", code=1)
    assert "weir: cannot write the summary to /dev/full: No space left on device\n" in done.err
    assert len(done.log) == 50
    assert "50 calls = 50 ok" in done.out


def test_a_full_disk_under_the_log_is_said(load, target):
    done = load(f"{target.url}/ping", "-r", 1000, "-n", 500, "--log", "/dev/full", code=1)
    assert re.search(r"^weir: cannot write the log to /dev/full: No space left on device; up to \d+ lines are missing$",
                     done.err, re.M)  # fmt: skip
    assert done.ledger == {"started": 500, "ok": 500}


@pytest.mark.parametrize("table", ["requests", "distribution", "history"])
def test_a_full_disk_under_a_table_is_said(load, target, tmp_path, table):
    (tmp_path / f"t_{table}.csv").symlink_to("/dev/full")
    done = load(f"{target.url}/ping", "-c", 2, "-n", 50, "--csv", "t", code=1)
    assert f"weir: cannot write the table to t_{table}.csv: No space left on device\n" in done.err
    assert done.ledger == {"started": 50, "ok": 50}
    for other in {"requests", "distribution", "history"} - {table}:
        assert len((tmp_path / f"t_{other}.csv").read_text().splitlines()) >= 2


def test_a_full_disk_under_the_summary_for_people_is_said(load, target):
    with open("/dev/full", "w") as full:
        done = load(f"{target.url}/ping", "-c", 2, "-n", 50, stdout=full, code=1)
    assert done.err == "weir: cannot write to standard output: No space left on device\n"
    assert done.ledger == {"started": 50, "ok": 50}


def test_a_disk_that_fills_up_keeps_what_it_has(load, target, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", small], capture_output=True).returncode:
        pytest.skip("this user cannot mount a small disk")
    try:
        words = [f"{target.url}/ping", "-c", 4, "-n", 5000, "--log", small / "log", "--json", small / "json"]
        done = load(*words, code=1)
        lines = (small / "log").read_text().split("\n")
    finally:
        subprocess.run(["umount", small], check=True)
    said = r"cannot write the log to .*: No space left on device; up to ([\d ]+) lines are missing"
    missing = re.search(said, done.err)
    whole = [json.loads(line) for line in lines[:-1]]
    assert len(whole) + int(missing[1].replace(" ", "")) >= 5000
    assert 300 < len(whole) < 500
    assert "cannot write the summary to" in done.err
    assert "5 000 calls = 5 000 ok" in done.out
    assert target.metrics()["requests"] == 5000
