"""weir kafka rr --store file:… killed and started again with --resume: what both processes say together is held against
what the responder did, and the journal against what can become of a file."""

import json
import os
import re
import signal
import time

import pytest

pytestmark = pytest.mark.exact

RR = ("-X", "producer.linger.ms=0")


@pytest.fixture
def broker(start_broker):
    return start_broker("--topic", "t:3", "--topic", "r:3")


@pytest.fixture
def start(start_load, broker, tmp_path):
    """Starts weir kafka rr with a journal and these words."""

    def run(*words, at=broker.address, reply="r", **how):
        topics = ("--request", "t", "--reply", reply)
        words = ["-b", at, *topics, *RR, "--store", f"file:{tmp_path}/j", *words]
        return start_load(*words, command="kafka rr", **how)

    return run


def journal(tmp_path):
    return tmp_path / "j.0"


def issued(path):
    """How many requests the whole batches of a journal hold (src/store/journal.h)."""
    rest, n = path.read_bytes().removeprefix(b"weirreq1"), 0
    while len(rest) >= 16 and len(rest) >= 16 + (size := int.from_bytes(rest[:8], "little")):
        records, rest = rest[16 : 16 + size], rest[16 + size :]
        while records:
            kind, records = records[0], records[1:]
            length = {1: 66, 2: 40, 3: 14, 4: 13, 5: 14}[kind]
            own, kept = (int.from_bytes(records[at : at + 4], "little") for at in (32, 36))
            if kind == 2:
                n += 1
                length += sum(bytes_ for bytes_ in (own, kept) if bytes_ != 0xFFFFFFFF)
            elif kind == 5:
                length += int.from_bytes(records[12:14], "little")
            records = records[length:]
    return n


def kill(load):
    """As the machine would."""
    load.process.send_signal(signal.SIGKILL)
    load.process.wait(30)


def whole(done):
    """What a resumed run says of all of it: {"requests": 100, "ok": 98, …}."""
    (audit,) = done.summary["verdict"]["audits"]
    assert (audit["name"], audit["passed"]) == ("whole run", True), audit
    text = audit["text"].replace("\u00a0", " ").replace("\u202f", " ")
    return {name: int(n.replace(" ", "")) for n, name in re.findall(r"(\d[\d ]*) ([a-z]\w*)", text)}


def replies(done):
    return {k: n for k, n in done.summary["ledger"]["replies"].items() if isinstance(n, int) and n}


def in_flight(load):
    """How many requests the first line says were taken over."""
    return int(re.search(r"resumed run [0-9a-f]{16}: ([\d\s]+) requests? in flight", load.err)[1].replace("\u00a0", ""))


def assert_accounted(done, did, lost_as="timeout", **fates):
    """Each request of all processes has its fate, each reply its class. A kill may come when requests are in the
    journal and have not left the process: those are `lost`, and end without a reply."""
    all_ = whole(done)
    all_["lost"] = all_["requests"] - did["received"]
    assert 0 <= all_["lost"] <= 5
    fates[lost_as] = fates.get(lost_as, 0) + all_["lost"]
    ended = {f: all_[f] for f in ("ok", "failed_check", "error", "timeout", "abandoned") if f in all_}
    assert all_["requests"] == sum(ended.values())
    assert ended == {k: n for k, n in fates.items() if n}
    assert all_["matched"] == fates["ok"]
    assert all_["matched"] + all_["late"] + all_["duplicate"] == did["replies"]
    return all_


# ---- killed ----


def test_a_killed_run_goes_on(start, start_responder, broker, tmp_path):
    responder = start_responder(broker, "--delay", "50%:3s", "--duplicate", "10%")
    first = start("-r", 100, "-d", "60s", "--timeout", "20s")
    first.wait_until_under_way()
    time.sleep(2)
    kill(first)
    size = journal(tmp_path).stat().st_size
    assert size > 1000
    second = start("-r", 100, "-d", "2s", "--timeout", "20s", "--resume")
    done = second.end()
    did = responder.stop()
    taken = in_flight(second)
    assert 50 <= taken <= 150  # half of each second's, for 3 s at most
    log = done.log
    assert done.summary["ledger"]["started"] == 200 + taken == len(log)
    assert done.summary["iterations"]["started"] == 200
    all_ = assert_accounted(done, did, ok=did["received"])
    assert done.ledger["ok"] == done.ledger["started"] - all_["lost"]
    assert all_["duplicate"] == did["duplicated"]
    # What was delayed took its 3 s from when it was due, in the process that is gone.
    slow = [line["response_time"] for line in log if line["response_time"] >= 2.9]
    assert len(slow) >= taken - 10 and all(3 <= t < 21 for t in slow)
    assert [line["due"] for line in log].count(0) >= taken
    assert done.series("t")["rate"] == 100  # those are not the plan's
    assert not journal(tmp_path).exists()


def test_what_a_killed_scenario_had_in_flight_is_ended_too(start, start_story, start_responder, broker, tmp_path):
    responder = start_responder(broker, "--delay", "50%:3s")
    text = f"""local kafka = weir.kafka {{ brokers = weir.env("KAFKA_BROKERS"), store = "file:{tmp_path}/j" }}
local rpc = kafka:rpc {{ request = "t", reply = "r", value = "x", timeout = "20s" }}
return weir.scenario {{ load = {{ rate = 100, over = "60s" }}, user = function() rpc() end }}"""
    first = start_story(broker, text)
    first.wait_until_under_way()
    time.sleep(2)
    kill(first)
    done = start("-n", 1, "--timeout", "20s", "--resume").end()
    did = responder.stop()
    assert did["received"] > 100
    assert_accounted(done, did, ok=did["received"])


def test_what_was_answered_meanwhile_is_read_and_nothing_twice(start, start_responder, broker):
    """The replies come while nobody is there; those that were read before the kill are not read again."""
    responder = start_responder(broker, "--delay", "30%:2s")
    first = start("-r", 200, "-d", "60s", "--timeout", "20s")
    first.wait_until_under_way()
    time.sleep(1.5)
    kill(first)
    time.sleep(3)
    second = start("-n", 1, "-c", 1, "--timeout", "20s", "--resume")
    done = second.end()
    did = responder.stop()
    taken = in_flight(second)
    answered = taken + 1 - assert_accounted(done, did, ok=did["received"])["lost"]
    assert replies(done) == {"received": answered, "matched": answered}
    assert sum(line["response_time"] >= 3 for line in done.log) == taken


def test_killed_twice(start, start_responder, broker):
    responder = start_responder(broker, "--delay", "50%:3s", "--duplicate", "20%")
    for words in ((), ("--resume",)):
        load = start("-r", 100, "-d", "60s", "--timeout", "20s", *words)
        load.wait_until_under_way()
        time.sleep(1.2)
        kill(load)
    done = start("-r", 100, "-d", "1s", "--timeout", "20s", "--resume").end()
    did = responder.stop()
    all_ = assert_accounted(done, did, ok=did["received"])
    assert all_["duplicate"] == did["duplicated"] and did["received"] > 200


def test_what_is_over_while_nobody_is_there_is_a_timeout_and_its_reply_late(start, start_responder, broker):
    responder = start_responder(broker, "--delay", "20%:3s", "--drop", "20%")
    first = start("-r", 100, "-d", "60s", "--timeout", "1s")
    first.wait_until_under_way()
    time.sleep(0.7)
    kill(first)
    time.sleep(1.5)
    second = start("-n", 1, "-c", 1, "--timeout", "1s", "--drain", "4s", "--resume")
    done = second.end(code=(0, 1))
    did = responder.stop()
    taken = in_flight(second)
    late = replies(done)["late"]
    assert did["delayed"] <= late <= did["delayed"] + 10  # the kill may have come before a reply that was quick
    lost = did["dropped"] + late
    assert assert_accounted(done, did, ok=did["received"] - lost, timeout=lost)["late"] == late
    late = done.summary["ledger"]["replies"]["late_time_s"]
    assert 3 <= late["p50"] <= late["max"] < 10
    assert done.errors["no answer (timeout)"] in (taken, taken + 1)  # the new one may be dropped, too
    assert sum(line["response_time"] >= 1.5 for line in done.log if line["result"] == "ERR") == taken


def test_the_end_may_be_the_replys_own_time_stamp(start, start_responder, broker):
    """Then the time during which nobody read it does not count."""
    responder = start_responder(broker, "--delay", "100%:2s")
    first = start("-r", 100, "-d", "60s", "--timeout", "30s")
    first.wait_until_under_way()
    time.sleep(1)
    kill(first)
    time.sleep(8)
    second = start("-n", 1, "-c", 1, "--timeout", "30s", "--end-time", "timestamp", "--resume")
    done = second.end()
    did = responder.stop()
    answered = [line["response_time"] for line in done.log if line["result"] == "OK"]
    assert len(answered) == in_flight(second) + 1 - assert_accounted(done, did, ok=did["received"])["lost"] > 50
    assert all(1.99 <= t < 7 for t in answered), sorted(answered)


def test_ctrl_c_ends_a_resumed_run_with_its_books(start, start_responder, broker, tmp_path):
    responder = start_responder(broker, "--drop", "50%")
    first = start("-r", 100, "-d", "60s", "--timeout", "30s")
    first.wait_until_under_way()
    time.sleep(1)
    kill(first)
    second = start("-r", 100, "-d", "60s", "--timeout", "30s", "--drain", "500ms", "--resume")
    second.wait_until_under_way()
    time.sleep(1)
    second.interrupt()
    done = second.end(code=130)
    did = responder.stop()
    assert_accounted(done, did, "abandoned", ok=did["received"] - did["dropped"], abandoned=did["dropped"])
    assert not journal(tmp_path).exists()


def test_a_record_tells_the_whole_run_again(start, start_responder, broker, weir, tmp_path):
    start_responder(broker)
    first = start("-r", 100, "-d", "60s")
    first.wait_until_under_way()
    time.sleep(0.5)
    kill(first)
    done = start("--resume", "-n", 10, "--record", "run.weir", "--json", "a.json").end()
    assert weir("report", "run.weir", "--json", "b.json").returncode == 0
    assert json.loads((tmp_path / "a.json").read_text())["verdict"]["audits"][0]["name"] == "whole run"
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert "whole run" in done.out


# ---- what may be resumed ----


@pytest.fixture
def killed(start, start_responder, broker, tmp_path):
    """A journal whose run was killed with requests in flight."""
    start_responder(broker, "--drop", "50%")
    first = start("-r", 200, "-d", "60s")
    first.wait_until_under_way()
    time.sleep(0.7)
    kill(first)
    return journal(tmp_path)


def test_it_is_not_begun_anew_over_a_run_that_was_not_finished(start, killed):
    done = start("-n", 1).end(code=1)
    want = f"weir: the journal {killed} is there already: go on with its run by weir kafka rr --resume, or remove it\n"
    assert done.err.endswith(want)
    killed.unlink()
    start("-n", 1).end(code=(0, 1))


def test_a_run_that_is_alive_is_not_resumed(start, start_responder, broker):
    start_responder(broker)
    first = start("-r", 10, "-d", "60s")
    first.wait_until_under_way()
    done = start("--resume", "-n", 1).end(code=1)
    assert "is in use: its run has not ended yet" in done.err


def test_there_is_nothing_to_resume(start, tmp_path):
    done = start("--resume", "-n", 1).end(code=1)
    assert done.err == f"weir: cannot read the journal {tmp_path}/j.0: No such file or directory\n"
    journal(tmp_path).write_bytes(b"")
    assert "holds no run: there is nothing to resume" in start("--resume", "-n", 1).end(code=1).err
    journal(tmp_path).write_bytes(b"something else")
    assert "is no journal of weir's requests" in start("--resume", "-n", 1).end(code=1).err


def test_a_last_write_that_was_cut_off_never_was(start, killed):
    size = killed.stat().st_size
    os.truncate(killed, size - 3)
    second = start("--resume", "-n", 1, "--timeout", "1s", "--drain", "1s")
    done = second.end(code=(0, 1))
    assert re.search(r"the journal's last write \(\d+ bytes\) was cut off: nothing of it had been sent", done.err)
    assert whole(done)["requests"] == sum(whole(done).get(f, 0) for f in ("ok", "timeout", "error", "abandoned"))


def test_damage_is_a_sentence(start, killed):
    whole_file = killed.read_bytes()
    for at in (30, len(whole_file) // 2):
        damaged = bytearray(whole_file)
        damaged[at] ^= 1
        killed.write_bytes(damaged)
        done = start("--resume", "-n", 1).end(code=1)
        assert f"the journal {killed} is damaged in its batch at byte" in done.err
        assert "put back a copy, or remove it and start a new run" in done.err
        assert killed.read_bytes() == damaged  # as it was


def test_a_start_that_fails_leaves_the_journal(start, killed, tmp_path):
    before = killed.stat().st_size
    start("--ready-timeout", "1s", "--resume", "-n", 1, at="127.0.0.1:1").end(code=1)
    assert killed.stat().st_size >= before
    start("--resume", "-n", 1, "--timeout", "1s", "--drain", "1s").end(code=(0, 1))


def test_a_start_that_fails_leaves_no_new_journal(start, tmp_path):
    start("--ready-timeout", "1s", "-n", 1, at="127.0.0.1:1").end(code=1)
    assert not journal(tmp_path).exists()


def test_other_topics_are_refused(start, killed):
    done = start("--resume", "-n", 1, reply="u").end(code=(1, 2))
    assert "read its replies from topic 'r': say the same topics as then" in done.err


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--resume"], "--resume goes on with a run's journal: --store file:PATH says where it is"),
        (
            ["--store", "file:x", "-g", "group"],
            "--store file: keeps by itself how far replies were read, a group would know it otherwise: leave --group out",
        ),
        (
            ["--store", "file:x", "--threads", "2"],
            "--store file: is for one worker, two journals cannot be cut at one moment: leave --threads out",
        ),
        (["--store", "file:x", "--resume", "--warmup", "1s"], "--resume goes on: leave --warmup out"),
        (
            ["--store", "file:x", "--resume", "-b", "embedded"],
            "--resume needs the brokers of the run: an embedded one has gone with it",
        ),
    ],
)
def test_what_cannot_go_together(weir, words, why):
    words = words if "-b" in words else ["-b", "127.0.0.1:1", *words]
    done = weir("kafka", "rr", "--request", "t", "--reply", "r", *words)
    assert (done.returncode, done.stderr) == (2, f"weir: {why}\n")


def test_replies_of_a_finished_run_are_nobodys(start, start_responder, broker, tmp_path):
    responder = start_responder(broker, "--delay", "50%:2s")
    words = ("-n", 100, "-c", 100, "--timeout", "500ms", "--drain", "800ms")
    first = start(*words).end()
    assert first.ledger["timeout"] == 50 and not journal(tmp_path).exists()
    second = start("-n", 10, "-c", 1, "-r", 4, "--timeout", "5s").end()
    assert second.ledger == {"started": 10, "ok": 10}
    assert replies(second)["orphan"] == 50
    assert responder.stop()["received"] == 110


# ---- a full disk ----


def test_a_full_disk_under_the_journal_ends_the_run(start, start_responder, broker, tmp_path):
    """What the journal does not hold is not sent, and what is in flight is not waited for."""
    responder = start_responder(broker, "--drop", "50%")
    limit = ("prlimit", "--fsize=65536")
    began = time.monotonic()
    load = start("-r", 500, "-d", "60s", "--timeout", "60s", "--drain", "60s", wrapper=limit, log=False)
    done = load.end(code=(1, 4))
    assert time.monotonic() - began < 30
    did = responder.stop()
    assert f"cannot write the journal {tmp_path}/j.0: File too large" in done.summary["verdict"]["reasons"]
    assert done.summary["verdict"]["validity"] == "invalid"
    assert done.summary["ledger"]["balanced"] is True
    in_journal = issued(journal(tmp_path))
    assert done.ledger["started"] == in_journal + done.errors.get("the store of requests in flight failed", 0)
    assert 0 <= in_journal - did["received"] <= 5  # what the client had not sent yet at the end was taken back
    assert journal(tmp_path).stat().st_size <= 65536
