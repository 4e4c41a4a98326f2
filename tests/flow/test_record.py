"""The run record: everything a run measured in one SQLite file, told again by weir report to the byte, also after a
kill; what is no record, and a disk that is full."""

import contextlib
import json
import os
import pty
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from conftest import BUILD, ROOT, clean_environment
from page_data import read_page
from target_process import wait_for

pytestmark = pytest.mark.exact

# Fails the write of a file beyond that size, as a full disk would (Python ignores SIGXFSZ, and so does what it becomes).
SMALL_DISK = "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (%d, %d)); os.execv(sys.argv[1], sys.argv[1:])"


@pytest.fixture
def ask(tmp_path):
    """Asks a record by SQL, as everybody may."""

    def rows(sql, name="r.weir"):
        with contextlib.closing(sqlite3.connect(tmp_path / name)) as db:
            return db.execute(sql).fetchall()

    return rows


@pytest.fixture
def told_again(weir, tmp_path):
    """weir report of r.weir equals what the run left: text, JSON, tables and test cases."""

    def check(done, directory=tmp_path):
        text = weir("report", "r.weir")
        assert (text.returncode, text.stderr) == (0, "")
        assert text.stdout == done.out
        again = weir("report", "r.weir", "--json", "again.json", "--csv", "again", "--junit", "again.xml")
        assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
        first = sorted(directory.glob("weir*.json"))[-1]
        assert (directory / "again.json").read_bytes() == first.read_bytes()
        for path in directory.glob("t_*.csv"):
            assert (directory / path.name.replace("t_", "again_")).read_bytes() == path.read_bytes(), path.name
        assert (directory / "again.xml").read_bytes() == (directory / "t.xml").read_bytes()

    return check


OUTPUTS = ("--record", "r.weir", "--csv", "t", "--junit", "t.xml")

# The same again


def test_a_run_is_told_again_to_the_byte(load, start_target, told_again, loop):
    target = start_target("--error-rate", "10%")
    limits = ("--threshold", "failed < 1%", "--threshold", "response_time.p99 < 5s over 1s")
    done = load(f"{target.url}/ping", "-r", 200, "-d", "2500ms", *limits, *OUTPUTS, code=3, env=loop)
    told_again(done)


def test_several_workers_and_a_closed_model_are_told_again(load, target, told_again):
    told_again(load(f"{target.url}/ping", "-c", 16, "-n", 5000, "--threads", 3, *OUTPUTS))


def test_a_script_with_checks_metrics_and_errors_is_told_again(script, target, told_again):
    text = """
    local n = 0
    return weir.scenario { user = function(vu)
      n = n + 1
      local r = http:get { "/ping", name = "ping é" }
      weir.check(r, { pong = n % 3 ~= 0, there = true })
      weir.count("orders", 0.1)
      weir.record("basket", n * 1.7)
      if n % 5 == 0 then error("no token") end
    end }"""
    done = script(target, text, "-c", 1, "-n", 50, *OUTPUTS, errors=10)
    told_again(done)


def test_a_produce_run_is_told_again(load, told_again):
    words = ("-b", "embedded", "-t", "t", "-r", 500, "-n", 1000, "--size", 100, "--verify")
    told_again(load(*words, *OUTPUTS, command="kafka produce"))


def test_a_run_that_is_interrupted_is_told_again(start_load, target, told_again):
    run = start_load(f"{target.url}/ping", "-r", 100, "-d", "60s", *OUTPUTS)
    run.wait_until_under_way()
    time.sleep(1.2)
    run.interrupt()
    told_again(run.end(130))


def test_outputs_of_a_report_may_be_standard_output(weir, target, tmp_path):
    weir("http", f"{target.url}/ping", "-r", 100, "-n", 10, "--record", "r.weir")
    alone = weir("report", "r.weir", "--json", "-")
    assert json.loads(alone.stdout)["ledger"]["ok"] == 10
    assert alone.stderr == ""
    both = weir("report", "r.weir", "--json", "-", "--text")
    assert both.stdout == alone.stdout
    assert "10 calls = 10 ok" in both.stderr
    mixed = weir("report", "r.weir", "--json", "-", "--junit", "-")
    assert mixed.returncode == 2


# What is in it


def test_on_what_it_was_made(load, weir, target, ask, tmp_path):
    done = load(f"{target.url}/ping", "-r", 50, "-n", 5, "--record", "r.weir", "--html", "r.html")
    machine = done.summary["generator"]["machine"]
    assert list(machine) == "cpu cpus cpu_limit memory_bytes memory_limit_bytes kernel".split()
    assert machine["cpus"] == len(os.sched_getaffinity(0))
    assert machine["kernel"] == f"Linux {os.uname().release}"
    assert machine["memory_bytes"] == os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert ask("SELECT * FROM machine") == [tuple(machine.values())]
    assert read_page(tmp_path / "r.html")["run"]["machine"] == machine
    (line,) = re.findall(r"^ *on (.* processors?.*), Linux ", done.out, re.M)
    assert line in weir("report", "r.weir").stdout
    weir("report", "r.weir", "--html", "again.html")
    assert read_page(tmp_path / "again.html")["run"]["machine"] == machine


def test_a_record_that_does_not_know_its_machine(load, weir, target, tmp_path):
    load(f"{target.url}/ping", "-r", 50, "-n", 5, "--record", "r.weir")
    with contextlib.closing(sqlite3.connect(tmp_path / "r.weir")) as db:
        db.execute("DROP TABLE machine")
        db.commit()
    told = weir("report", "r.weir", "--json", "a.json", "--text")
    assert (told.returncode, told.stderr) == (0, "") and " processors" not in told.stdout
    assert json.loads((tmp_path / "a.json").read_text())["generator"]["machine"] is None


def test_rows_per_second_add_up_to_the_whole(load, start_target, ask):
    target = start_target("--jitter", "20ms", "--delay", "20ms")
    done = load(f"{target.url}/ping", "-r", 200, "-d", "3s", "--record", "r.weir")
    spans = ask("SELECT start_s, length_s FROM span WHERE id > 0 ORDER BY id")
    assert spans[:3] == [(0, 1), (1, 1), (2, 1)]
    assert ask("SELECT started FROM measured JOIN span ON id = span WHERE length_s = 1 LIMIT 3") == [(200,)] * 3
    for column in ("started", "ok", "bytes_sent", "response_sum", "response_squares"):
        assert ask(f"SELECT sum({column}) FROM measured WHERE span > 0") == ask(
            f"SELECT {column} FROM measured WHERE span = 0"
        )
    total = done.summary["total"]["response_time_s"]
    ((low, high),) = ask("SELECT min(response_min), max(response_max) FROM measured WHERE span > 0")
    assert (low / 1e9, high / 1e9) == (total["min"], total["max"])
    assert ask("PRAGMA integrity_check") == [("ok",)]


def test_it_is_one_file_that_the_stock_program_opens(load, target, tmp_path):
    load(f"{target.url}/ping", "-r", 100, "-n", 50, "--record", "r.weir")
    assert [p.name for p in tmp_path.glob("r.weir*")] == ["r.weir"]
    query = "SELECT ok FROM measured WHERE span = 0"
    done = subprocess.run(["sqlite3", tmp_path / "r.weir", query], capture_output=True, text=True, timeout=30)
    assert (done.stdout, done.stderr) == ("50\n", "")


def test_settings_have_their_origins_and_no_secrets(load, target, ask, tmp_path):
    (tmp_path / "c.json").write_text('{"timeout": "7s"}')
    words = ("-r", 100, "-n", 5, "--config", "c.json", "-u", "me:pa55word", "--record", "r.weir")
    load(f"{target.url}/ping", *words, env={"WEIR_DRAIN": "3s"})
    settings = {name: (value, origin) for name, value, origin in ask("SELECT * FROM setting")}
    assert settings["--rate"] == ("100", "flag -r")
    assert settings["--drain"] == ("3s", "environment WEIR_DRAIN")
    assert settings["--timeout"] == ("7s", "file c.json")
    assert settings["--warmup"] == ("0s", "default")
    assert settings["URL"] == (f"{target.url}/ping", "argument")
    assert b"pa55word" not in (tmp_path / "r.weir").read_bytes()


def test_stages_and_the_end_are_events(load, target, ask):
    load(f"{target.url}/ping", "--stages", "50 for 1s, 100 for 1s", "--record", "r.weir")
    assert ask("SELECT at_ns, kind, text FROM event ORDER BY at_ns") == [
        (0, "stage", "stage 1 of 2: 50 starts/s for 1s"),
        (1_000_000_000, "stage", "stage 2 of 2: 100 starts/s for 1s"),
        (2_000_000_000, "end", "the plan has ended"),
    ]


def test_ctrl_c_is_an_event_and_no_stage_follows(start_load, target, ask):
    run = start_load(f"{target.url}/ping", "--stages", "50 for 2s, 100 for 1s", "--record", "r.weir")
    run.wait_until_under_way()
    time.sleep(0.5)
    run.interrupt()
    run.end(130)
    assert [kind for (kind,) in ask("SELECT kind FROM event ORDER BY at_ns")] == ["stage", "interrupt"]


def test_the_first_failures_are_there_with_their_requests_and_the_replies_of_those_shown(load, start_target, ask):
    target = start_target("--error-rate", "50%")
    load(f"{target.url}/ping", "-r", 200, "-n", 300, "--show", 2, "--record", "r.weir")
    assert ask("SELECT count(*), min(cause), min(status), max(status) FROM failure") == [
        (101, "wrong answer (500)", 500, 500)
    ]
    ((head, body),) = ask("SELECT head, body FROM failure WHERE body IS NOT NULL")
    assert head.startswith(b"HTTP/1.1 500") and body
    assert all(r.startswith(b"GET /ping HTTP/1.1\r\n") for (r,) in ask("SELECT request FROM failure"))
    assert ask("SELECT DISTINCT name FROM failure JOIN series ON id = series") == [("GET /ping",)]


def test_the_queries_of_its_documentation_are_answered(load, target, ask):
    load(f"{target.url}/ping", "-r", 50, "-d", "2s", "--record", "r.weir")
    text = (ROOT / "docs" / "record.md").read_text()
    queries = re.findall(r"^    (SELECT .*?);", text, re.M | re.S)
    assert len(queries) == 3
    assert ask(queries[0])[:2] == [(0, 50, 0), (1, 50, 0)]
    assert [s for s, _ in ask(queries[1])][:2] == [0, 1]
    assert ask(queries[2])[0] == (0, "stage", "50 starts/s for 2s")
    for (table,) in ask("SELECT name FROM sqlite_master WHERE type = 'table'"):
        assert f"`{table}`" in text, table


# Where it is


def at_a_terminal(program, words, directory, env):
    """Runs it with standard error on a terminal; what it wrote there."""
    here, there = pty.openpty()
    process = subprocess.Popen(
        [program, *map(str, words)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=there, cwd=directory,
        env=env,
    )
    os.close(there)
    text = b""
    with contextlib.suppress(OSError):
        while piece := os.read(here, 65536):
            text += piece
    os.close(here)
    assert process.wait(30) == 0
    return text.decode()


def test_at_a_terminal_a_run_has_a_record_of_its_own(weir, target, tmp_path):
    words = ["http", f"{target.url}/ping", "-n", 5, "-c", 1]
    text = at_a_terminal(BUILD / "weir", words, tmp_path, clean_environment())
    (path,) = (tmp_path / "runs").iterdir()
    assert re.fullmatch(r"\d{8}-\d{6}-http-[0-9a-f]{4}\.weir", path.name)
    assert f"weir: record: runs/{path.name} (weir report runs/{path.name})\r\n" in text
    assert "5 calls = 5 ok" in weir("report", f"runs/{path.name}").stdout
    at_a_terminal(BUILD / "weir", [*words, "--no-record"], tmp_path, clean_environment())
    assert len(list((tmp_path / "runs").iterdir())) == 1
    weir(*words)
    assert len(list((tmp_path / "runs").iterdir())) == 1


def test_a_record_that_nobody_asked_for_need_not_be(target, tmp_path):
    (tmp_path / "runs").write_text("in the way")
    text = at_a_terminal(BUILD / "weir", ["http", f"{target.url}/ping", "-n", 1], tmp_path, clean_environment())
    assert "Not a directory: this run has no record\r\n" in text


def test_a_record_that_cannot_be_costs_no_load(weir, target, tmp_path):
    for path, sentence in (
        ("absent/r.weir", "cannot open 'absent/r.weir' for the record: No such file or directory"),
        ("/dev/null", "a record is a file of its own, which '/dev/null' cannot be"),
    ):
        done = weir("http", f"{target.url}/ping", "-n", 1, "--record", path)
        assert (done.returncode, done.stderr) == (1, f"weir: {sentence}\n")
    for words in (("--record", "-"), ("--record", "x", "--no-record")):
        assert weir("http", f"{target.url}/ping", "-n", 1, *words).returncode == 2
    assert target.metrics()["requests"] == 0
    assert weir("http", "127.0.0.1:1/", "-n", 1, "--record", "never.weir").returncode == 1
    assert not (tmp_path / "never.weir").exists()


def test_an_old_record_is_not_taken_for_the_new_one(load, target, ask, tmp_path):
    for n in (20, 10):
        load(f"{target.url}/ping", "-r", 100, "-n", n, "--record", "r.weir")
        (tmp_path / "r.weir-wal").write_bytes(b"of a run that was killed")
    (tmp_path / "r.weir-wal").unlink()
    assert ask("SELECT ok FROM measured WHERE span = 0") == [(10,)]


# Trouble


def seconds_of(path):
    with contextlib.closing(sqlite3.connect(path)) as db:
        return [s for (s,) in db.execute("SELECT start_s FROM span WHERE id > 0 ORDER BY start_s")]


def test_a_killed_run_keeps_all_but_its_last_second(start_load, weir, target, ask, tmp_path):
    run = start_load(f"{target.url}/ping", "-r", 100, "-d", "60s", "--record", "r.weir", json=False, log=False)
    path = tmp_path / "r.weir"
    wait_for(lambda: path.exists() and "seed" in run.out, 30)
    wait_for(lambda: seconds_of(path)[:3] == [0, 1, 2], 30)
    run.process.send_signal(signal.SIGKILL)
    run.process.wait(30)
    killed_after = target.metrics()["requests"] / 100
    seconds = seconds_of(path)
    assert seconds == list(range(len(seconds)))
    assert len(seconds) > killed_after - 2
    assert ask("SELECT started FROM measured JOIN span ON id = span ORDER BY start_s") == [(100,)] * len(seconds)

    done = weir("report", "r.weir")
    assert done.returncode == 1
    assert done.stderr == (
        "weir: the run in 'r.weir' has not ended: it was killed, or still goes on; weir report r.weir --repair closes "
        "its books\n"
    )
    done = weir("report", "r.weir", "--repair", "--json", "s.json", "--text")
    assert (done.returncode, done.stderr) == (0, "")
    summary = json.loads((tmp_path / "s.json").read_text())
    assert summary["run"]["duration_s"] == len(seconds)
    assert summary["ledger"]["started"] == 100 * len(seconds)
    assert summary["ledger"]["balanced"] is True
    assert summary["verdict"]["validity"] != "valid"
    assert f"the run was cut off: its record ends after {len(seconds)}s" in done.stdout
    assert [p.name for p in tmp_path.glob("r.weir*")] == ["r.weir"]
    assert weir("report", "r.weir").stdout == done.stdout  # once is enough


def test_a_run_that_still_goes_on_is_not_repaired(start_load, weir, target, tmp_path):
    run = start_load(f"{target.url}/ping", "-r", 50, "-d", "4s", "--record", "r.weir")
    wait_for(lambda: "seed" in run.out, 30)
    done = weir("report", "r.weir", "--repair")
    assert done.returncode == 1
    assert done.stderr == (
        "weir: cannot repair the record 'r.weir': another program uses it; is its run still going on?\n"
    )
    run.end()
    assert weir("report", "r.weir").returncode == 0


def test_a_full_disk_ends_the_record_and_not_the_run(start_load, weir, target, tmp_path):
    wrapper = [sys.executable, "-c", SMALL_DISK % (400_000, 400_000)]
    done = start_load(
        f"{target.url}/ping", "-r", 100, "-d", "6s", "--record", "r.weir", wrapper=wrapper, log=False
    ).end(1)
    assert done.summary["ledger"]["ok"] == 600 == target.metrics()["requests"]
    (warning, last) = done.err.splitlines()
    assert re.fullmatch(r"weir: warning: cannot write the record 'r.weir': .*; the run goes on, its record has ended", warning)
    assert re.fullmatch(r"weir: cannot write the record 'r.weir': .*", last)
    assert "600 calls = 600 ok" in done.out
    repaired = weir("report", "r.weir", "--repair")
    assert repaired.returncode == 0
    assert "the run was cut off: its record ends after" in repaired.stdout


@pytest.fixture
def disk(tmp_path):
    """Makes a file system of so many bytes in the directory `disk`."""
    path, mounted = tmp_path / "disk", []
    path.mkdir()

    def make(size):
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", path], capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"no file system can be mounted here: {done.stderr}")
        mounted.append(path)
        return path

    yield make
    for where in mounted:
        subprocess.run(["umount", where], check=True, timeout=30)


def test_a_disk_too_small_for_any_record_costs_no_load(weir, target, disk):
    for size in 8 << 10, 64 << 10:
        where = disk(size)
        done = weir("http", f"{target.url}/ping", "-r", 100, "-d", "1s", "--record", where / "r.weir")
        assert done.returncode == 1
        assert done.stderr == f"weir: cannot write the record '{where}/r.weir': database or disk is full\n"
        assert list(where.iterdir()) == [] and target.metrics()["requests"] == 0


def test_a_disk_that_fills_up_while_the_run_goes_on(start_load, weir, target, disk, tmp_path):
    where = disk(400 << 10)
    record = where / "r.weir"
    done = start_load(f"{target.url}/ping", "-r", 100, "-d", "6s", "--record", record, log=False).end(1)
    assert done.summary["ledger"]["ok"] == 600 == target.metrics()["requests"]
    assert re.search(r"warning: cannot write the record '.*': .*; the run goes on, its record has ended", done.err)
    cramped = weir("report", record, "--repair")
    assert cramped.returncode == 1 and re.fullmatch(r"weir: cannot (write|repair) the record '.*': .*full\n", cramped.stderr)
    for path in where.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    repaired = weir("report", "r.weir", "--repair")
    assert (repaired.returncode, repaired.stderr) == (0, "")
    assert "the run was cut off: its record ends after" in repaired.stdout


def test_bytes_that_changed_are_no_crash(weir, target, tmp_path):
    """Whatever is wrong in it, the end is a report or a sentence."""
    weir("http", f"{target.url}/ping", "-r", 200, "-d", "2s", "--record", "r.weir")
    whole, draw = (tmp_path / "r.weir").read_bytes(), random.Random(7)
    refused = 0
    for n in (1, 5, 50, 500) * 6:
        broken = bytearray(whole)
        for _ in range(n):
            broken[draw.randrange(100, len(broken))] = draw.randrange(256)
        (tmp_path / "x.weir").write_bytes(broken)
        for words in ("report", "x.weir", "--json", "o.json", "--html", "o.html"), ("compare", "x.weir", "r.weir"), ("report", "x.weir", "--repair"):
            done = weir(*words)
            assert done.returncode in (0, 1), (words, n, done.stderr)
            assert done.returncode == 0 or re.fullmatch(r"weir: .+\n", done.stderr), done.stderr
            refused += done.returncode
    assert refused > 20


def test_what_is_said_of_a_hostile_record_cannot_harm_the_terminal(weir, target, tmp_path):
    weir("http", f"{target.url}/ping", "-n", 5, "--threshold", "failed < 1%", "--record", "r.weir")
    whole = (tmp_path / "r.weir").read_bytes()
    schema = "PRAGMA writable_schema = on; UPDATE sqlite_master SET sql = 'CREATE TABLE audit (\x1b[31m\nx' WHERE name = 'audit'"
    for change, code in ("UPDATE threshold SET expr = 'a\x1b[31m\nb < 1'", 0), ("DELETE FROM load", 1), (schema, 1):
        (tmp_path / "r.weir").write_bytes(whole)
        with contextlib.closing(sqlite3.connect(tmp_path / "r.weir")) as db:
            db.executescript(change)
        done = weir("report", "r.weir")
        assert "\x1b" not in done.stdout + done.stderr and done.returncode == code
        assert code == 0 or re.fullmatch("weir: the record 'r.weir' is damaged: .+\n", done.stderr), done.stderr


def test_what_is_no_record_is_said(weir, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "text").write_text("hello, this is no database at all" * 100)
    (tmp_path / "empty").write_text("")
    with contextlib.closing(sqlite3.connect(tmp_path / "other")) as db:
        db.executescript("CREATE TABLE run (id); INSERT INTO run VALUES (1)")
    for name in ("text", "empty", "other", "pipe", "/dev/null"):
        done = weir("report", name, timeout=20)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == f"weir: '{name}' is not a run record of weir's\n"
    done = weir("report", "absent")
    assert done.returncode == 1
    assert done.stderr == "weir: cannot open the record 'absent': No such file or directory\n"
    assert not (tmp_path / "absent").exists()


def test_records_of_the_first_version_are_read_and_repaired(weir, ask, tmp_path):
    for name in ("complete", "cut_off"):
        (tmp_path / name).write_bytes((ROOT / "fuzz/corpus/record" / name).read_bytes())
        assert ask("PRAGMA user_version", name) == [(1,)]
    done = weir("report", "complete")
    assert (done.returncode, done.stderr) == (0, "")
    assert "40 calls = 36 ok + 4 wrong" in done.stdout
    assert ask("PRAGMA user_version", "complete") == [(1,)]
    counts = ask("SELECT kind, what, sum(count) FROM tally GROUP BY 1, 2", "cut_off")
    done = weir("report", "cut_off", "--repair")
    assert (done.returncode, done.stderr) == (0, "")
    assert ask("PRAGMA user_version", "cut_off") == [(2,)]
    assert ask("SELECT kind, what, sum(count) FROM tally WHERE span > 0 GROUP BY 1, 2", "cut_off") == counts
    assert ask("SELECT kind, what, sum(count) FROM tally WHERE span = 0 GROUP BY 1, 2", "cut_off") == counts
    assert weir("report", "cut_off").stdout == done.stdout


def unpacked(packed):
    """The samples of a packed histogram, {bucket: count}, as docs/record.md says."""
    orders, bits = packed[0], "".join(f"{b:08b}" for b in packed[1:])

    def number(order):
        nonlocal bits
        zeros = bits.index("1")
        q, low = bits[zeros : 2 * zeros + 1], bits[2 * zeros + 1 : 2 * zeros + 1 + order]
        bits = bits[2 * zeros + 1 + order :]
        return (int(q, 2) - 1 << order) + int(low or "0", 2)

    bucket, counts = -1, {}
    while "1" in bits:
        bucket += number(orders & 15) + 1
        counts[bucket] = number(orders >> 4 & 7) + 1
    return counts


def test_packed_histograms_are_as_documented(load, start_target, ask):
    target = start_target("--jitter", "20ms", "--delay", "20ms")
    load(f"{target.url}/ping", "-r", 200, "-d", "2s", "--record", "r.weir")
    for packed, low, high, ok in ask("SELECT response, response_min, response_max, ok FROM measured WHERE span > 0"):
        counts = unpacked(packed)
        assert sum(counts.values()) == ok
        for bucket, value in ((min(counts), low), (max(counts), high)):
            shift = (bucket >> 10) - 1
            assert value >> shift << shift == bucket - (shift << 10) << shift


def test_newer_and_damaged_records_are_said(weir, target, tmp_path):
    weir("http", f"{target.url}/ping", "-r", 100, "-n", 10, "--record", "r.weir")
    path = tmp_path / "r.weir"
    whole = path.read_bytes()
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 9")
    done = weir("report", "r.weir")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "weir: the record 'r.weir' was written by a newer weir (version 9 of the format, this one reads up to 2)\n"
    )
    path.write_bytes(whole[: len(whole) // 2])
    done = weir("report", "r.weir")
    assert done.returncode == 1
    assert re.fullmatch(r"weir: the record 'r.weir' is damaged: .*\n", done.stderr)


def test_a_report_can_fail_to_write(weir, target):
    weir("http", f"{target.url}/ping", "-r", 100, "-n", 10, "--record", "r.weir")
    done = weir("report", "r.weir", "--json", "absent/x")
    assert (done.returncode, done.stdout) == (1, "")
    assert "cannot open 'absent/x'" in done.stderr
    assert weir("report", "r.weir", "--json", "/dev/full").returncode == 1
