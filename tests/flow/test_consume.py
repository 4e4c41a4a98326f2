"""weir kafka consume: what it reads, how late, what its outputs say; what it reads is written by confluent-kafka or by
weir kafka produce."""

import csv
import re
import signal
import subprocess
import time

import pytest

from broker_process import produce as produce_values
from stamps import HEADER, Stamper, stamp

pytestmark = pytest.mark.exact


@pytest.fixture
def broker(start_broker):
    return start_broker("--topic", "t:3")


def fill(broker, n, partition=-1):
    assert not any(produce_values(broker.address, "t", [b"%d" % i for i in range(n)], partition))


# ---- what is read ----


def test_from_the_beginning_to_the_end(consume_load, broker):
    fill(broker, 1000)
    done = consume_load(broker, "--from", "beginning", "--until", "end")
    assert done.records == {"received": 1000}
    assert done.iterations == {"planned": 1, "started": 1, "completed": 1}
    (series,) = (s for s in done.summary["series"] if s["kind"] == "records")  # a slow run has its client's measures too
    assert series["name"] == "t"
    assert series["tags"] == {"protocol": "kafka", "topic": "t", "type": "CONSUME"}
    assert series["bytes_received"] == sum(len(b"%d" % i) for i in range(1000))
    assert done.out.startswith("reading: all partitions from the beginning on, until their end, read_committed\n")


def test_without_a_word_only_what_comes_from_now_on(start_consume, broker):
    fill(broker, 100)
    load = start_consume(broker)
    load.wait_until_under_way()
    fill(broker, 50)
    time.sleep(0.5)
    load.interrupt()
    done = load.end(130)
    assert done.records == {"received": 50}
    assert done.out.startswith("reading: all partitions from the end on, until Ctrl-C, read_committed\n")
    assert "interrupted after" in done.out


@pytest.mark.parametrize("n", [0, 50])
def test_who_waits_for_more_than_comes_has_waited(start_consume, broker, n):
    load = start_consume(broker, "-n", 1000)
    load.wait_until_under_way()
    began = time.monotonic()
    if n:
        fill(broker, n)
    time.sleep(1)
    load.interrupt()
    waited = time.monotonic() - began
    done = load.end(130)
    assert done.records == ({"received": n} if n else {})
    assert waited * 0.9 < done.summary["run"]["duration_s"]
    assert "interrupted after 0 s" not in done.out


def test_an_empty_topic_is_read_to_its_end_at_once(consume_load, broker):
    done = consume_load(broker, "--from", "beginning", "--until", "end")
    assert done.records == {} and "no record came" in done.out


def test_as_many_as_were_asked_for_and_not_one_more(consume_load, broker):
    fill(broker, 5000)
    for n in (1, 777, 1024, 5000):
        assert consume_load(broker, "--from", "beginning", "-n", n).records == {"received": n}


def test_as_long_as_was_asked_for(consume_load, broker):
    fill(broker, 10)
    done = consume_load(broker, "--from", "beginning", "-d", "1s")
    assert done.records == {"received": 10}
    assert done.summary["run"]["duration_s"] == 1
    assert done.series("t")["rate"] == 10


def test_one_partition(consume_load, broker):
    for partition in range(3):
        fill(broker, 10 * (partition + 1), partition)
    assert consume_load(broker, "--from", "beginning", "--until", "end", "-p", 1).records == {"received": 20}


def test_from_an_offset(consume_load, broker):
    for partition in range(3):
        fill(broker, 10 * (partition + 1), partition)
    done = consume_load(broker, "--from", 15, "--until", "end")
    assert done.records == {"received": 5 + 15}
    assert "weir: 1 partition ended before the offset where reading was to begin: read from the end on" in done.err


def test_several_workers_share_the_partitions(consume_load, broker):
    fill(broker, 3000)
    done = consume_load(broker, "--from", "beginning", "--until", "end", "--threads", 2)
    assert done.records == {"received": 3000} and done.summary["run"]["threads"] == 2
    done = consume_load(broker, "--from", "beginning", "--until", "end", "--threads", 5)  # two have nothing to do
    assert done.records == {"received": 3000}


def test_a_group_reads_once(start_consume, consume_load, broker):
    """The embedded broker lets nobody join again where all have left: a member stays."""
    fill(broker, 100)
    words = ["-g", "g", "--from", "beginning", "--timeout", "30s"]
    done = consume_load(broker, *words, "-n", 100)
    assert done.records == {"received": 100}
    line = "reading: as a member of group g, from what it has committed, or the beginning, 100 records, read_committed\n"
    assert done.out.startswith(line)


def test_a_group_that_nobody_lets_in_is_a_sentence(weir, broker):
    done = weir("kafka", "consume", "-b", broker.address, "-t", "t", "-g", "g", "--timeout", "500ms")
    assert done.returncode == 1
    assert done.stderr.startswith("weir: group 'g' gave this consumer no partitions within 500ms")


def test_ctrl_c_twice_ends_at_once(start_consume, broker):
    load = start_consume(broker)
    load.wait_until_under_way()
    load.interrupt()
    load.interrupt()
    assert load.end(130).records == {}


def test_sigterm_ends_it_too(start_consume, broker):
    load = start_consume(broker)
    load.wait_until_under_way()
    load.interrupt(signal.SIGTERM)
    load.end(130)


# ---- how late ----


def test_times_are_from_the_stamps(consume_load, broker):
    stamper, now = Stamper(broker), time.time_ns()
    for i in range(100):
        stamper.send(i, partition=i % 3, due=now - 7_000_000_000, sent=now - 5_000_000_000)
    stamper.flush()
    series = consume_load(broker, "--from", "beginning", "--until", "end").series("t")
    assert 7 <= series["end_to_end_s"]["min"] <= series["end_to_end_s"]["max"] < 60
    assert 5 <= series["since_sent_s"]["min"]
    assert series["end_to_end_s"]["min"] - series["since_sent_s"]["min"] == pytest.approx(2, rel=0.01)


def test_and_where_the_value_is_the_users_from_a_header(consume_load, broker):
    stamper = Stamper(broker)
    ago = time.time_ns() - 100_000_000_000
    stamper.send_plain(b"mine", headers=[("a", b"b"), (HEADER, stamp(0, b"mine", sent=ago))])
    stamper.flush()
    done = consume_load(broker, "--from", "beginning", "--until", "end", "--audit")
    assert done.records == {"received": 1, "first": 1, "expected": 1}
    assert 100 <= done.series("t")["end_to_end_s"]["max"] < 200


def test_without_stamps_they_are_from_the_records_own(consume_load, broker):
    stamper = Stamper(broker)
    stamper.send_plain(b"x", timestamp=int(time.time() * 1000) - 3600_000)
    stamper.flush()
    series = consume_load(broker, "--from", "beginning", "--until", "end").series("t")
    assert 3600 <= series["end_to_end_s"]["p50"] < 3700
    assert set(series["since_sent_s"].values()) == {None}


def test_records_from_the_future_are_named_and_in_no_percentile(consume_load, broker):
    stamper, now = Stamper(broker), time.time_ns()
    stamper.send(0, sent=now + 60_000_000_000)
    stamper.send(1, sent=now + 90_000_000_000)
    stamper.send(2)
    stamper.flush()
    done = consume_load(broker, "--from", "beginning", "--until", "end")
    series = done.series("t")
    assert series["early"] == 2 and 60 < series["earliest_s"] <= 90
    assert series["end_to_end_s"]["max"] < 60
    text = " ".join(done.out.split())
    assert re.search(r"note 2 records came before they were sent, by up to (1m \d+s|\d\d\.\d s): the clocks", text)


def test_what_weir_produces_is_there_within_a_moment(start_consume, produce, broker):
    load = start_consume(broker, "-n", 500, "--audit")
    load.wait_until_under_way()
    produce(broker, "-r", 500, "-d", "1s", "--stamp", "value")
    done = load.end()
    assert done.records == {"received": 500, "first": 500, "expected": 500}
    assert done.series("t")["early"] == 0
    assert 0 < done.series("t")["since_sent_s"]["max"] < 30


# ---- outputs ----


def test_the_summary_says_it_in_words(consume_load, broker):
    fill(broker, 1234)
    done = consume_load(broker, "--from", "beginning", "--until", "end")
    assert re.search(r"^  rate +[\d ]+(\.\d)? records/s, [\d.]+ [kM]?B/s$", done.out, re.M)
    assert re.search(r"^  records +1 234 received in [\d.]+ [mµ]?s, 3.83 kB$", done.out, re.M)
    assert "end to end since sent      how many records took how long" in done.out
    assert done.judges("VALID: the figures are the target's own")
    for word in ("starts/s", "planned", "seed", "closed model", "acknowledged"):
        assert word not in done.out


def test_progress_counts_records(weir, start_consume, broker):
    fill(broker, 10)
    done = start_consume(broker, "--from", "beginning", "-d", "11s").end()
    assert re.search(r"^\d+s of 11s  [\d.]+/s  p50 .* received 10$", done.err, re.M)


def test_thresholds(consume_load, broker):
    stamper = Stamper(broker)
    for i in (0, 1, 3, 3):
        stamper.send(i)
    stamper.flush()
    good = ["end_to_end.p99 < 60s", "since_sent.max < 60s", "received == 4", "received_rate > 0", "lost == 1"]
    good += ["lost == 25%", "duplicate == 1", "duplicate == 25%", "corrupt == 0", "foreign == 0", "reordered == 0"]
    good += ['"t".lost < 2', "series{topic=t}.received > 3", '"t".end_to_end.p50 < 60s']
    words = [w for expr in good for w in ("--threshold", expr)]
    done = consume_load(broker, "--from", "beginning", "--until", "end", "--audit", *words, code=3)
    assert all(t["passed"] for t in done.summary["verdict"]["thresholds"]), done.out
    done = consume_load(broker, "--from", "beginning", "--until", "end", "--threshold", "received < 4", code=3)
    assert "✗ received < 4" in done.out
    done = consume_load(broker, "--from", "beginning", "--until", "end", "--threshold", "lost == 0", code=3)
    assert "no record was audited (weir kafka consume --audit)" in done.out


def test_the_tables(consume_load, broker, tmp_path):
    stamper = Stamper(broker)
    for i in (0, 1, 3, 3):
        stamper.send(i)
    stamper.send_plain(b"foreign")
    stamper.flush()
    consume_load(broker, "--from", "beginning", "-d", "3s", "--audit", "--csv", "out", code=3)
    with open(tmp_path / "out_records.csv") as file:
        (row,) = csv.DictReader(file)
    counts = [row[k] for k in ("Name", "Received", "First", "Duplicate", "Corrupt", "Foreign", "Reordered", "Lost")]
    assert counts == ["t", "5", "3", "1", "0", "1", "0", "1"]
    assert float(row["50%"]) > 0 and float(row["Records/s"]) == pytest.approx(5 / 3, rel=0.01)
    with open(tmp_path / "out_records_history.csv") as file:
        rows = list(csv.DictReader(file))
    assert [r["second"] for r in rows] == [str(i) for i in range(len(rows))] and len(rows) >= 3
    assert sum(int(r["received"]) for r in rows) == 5
    assert not (tmp_path / "out_requests.csv").exists()


def test_records_are_shown_in_full(consume_load, broker):
    stamper = Stamper(broker)
    stamper.send_plain(b"line 1\nline \x1b2", key=b"k\x07", headers=[("authorization", b"Bearer secret"), ("n", None)])
    stamper.send_plain(None, key=None, timestamp=1769860800123)
    stamper.flush()
    done = consume_load(broker, "--from", "beginning", "--until", "end", "--show", 5)
    assert "record 1: t\n< partition 0, offset 0, time stamp 20" in done.out
    assert "< key: k\\x07\n" in done.out and "< n is null\n" in done.out
    assert "secret" not in done.out
    assert "< line 1\n< line \\x1b2\n" in done.out
    assert "record 2: t\n< partition 0, offset 1, time stamp 2026-01-31T12:00:00.123Z\n< key is null\n" in done.out
    assert "< no value\n" in done.out and "record 3" not in done.out


def test_json_owns_standard_output(weir, broker):
    fill(broker, 3)
    words = ["-b", broker.address, "-t", "t", "--from", "beginning", "--until", "end", "--json", "-"]
    done = weir("kafka", "consume", *words)
    assert done.returncode == 0 and done.stdout.startswith("{\n") and '"received": 3' in done.stdout
    assert "records    3 received" in done.stderr


# ---- refusals ----


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["-b", "x:1"], "-t says what is read: -t TOPIC"),
        (["-t", "t", "-b", "embedded"], "-b embedded: nobody else could write to a broker in this process; weir broker is"),
        (["-b", "x:1", "-t", "t", "-p", 0, "-g", "g"], "-p and -g exclude each other"),
        (["-b", "x:1", "-t", "t", "-g", "g", "--from", 5], "a group goes on where it has committed: beside -g, --from"),
        (["-b", "x:1", "-t", "t", "--from", "yesterday"], "--from: 'yesterday' is no place to begin: write beginning"),
        (["-b", "x:1", "-t", "t", "--until", "noon"], "--until: 'noon' is none of end"),
        (["-b", "x:1", "-t", "t", "-n", 5, "--threads", 2], "-n is counted by one worker: leave out --threads"),
        (["-b", "x:1", "-t", "t", "-X", "linger.ms=5"], "-X: linger.ms is a property of producers, of which there is none"),
        (["-b", "x:1", "-t", "t", "-X", "group.id=g"], "-X: group.id cannot be set: -g says the group"),
        (["-b", "x:1", "-t", "t", "-g", "g", "--from", "end", "-X", "auto.offset.reset=earliest"], "--from and -X auto"),
        (["-b", "x:1", "-t", "t", "-r", 5], "unknown option -r;"),
        (["-b", "x:1", "-t", "t", "--log", "x"], "unknown option --log;"),
    ],
    ids=str,
)
def test_a_wrong_flag_is_a_sentence(weir, words, why):
    done = weir("kafka", "consume", *words)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith(f"weir: {why}"), done.stderr


def test_the_embedded_broker_knows_no_times(weir, broker):
    fill(broker, 5)
    done = weir("kafka", "consume", "-b", broker.address, "-t", "t", "--from", "-10m")
    assert (done.returncode, done.stderr) == (
        1,
        "weir: these brokers know no offsets by time (the embedded one does not): begin at the beginning, the end or an "
        "offset\n",
    )


def test_nobody_there_is_a_sentence(weir):
    done = weir("kafka", "consume", "-b", "127.0.0.1:1", "-t", "t")
    assert (done.returncode, done.stderr) == (
        1,
        "weir: cannot reach broker 127.0.0.1:1: connection refused; is it running?\n",
    )


# ---- trouble ----


def test_a_broker_that_goes_and_comes_back_is_read_on(start_consume, broker):
    load = start_consume(broker, "-n", 60, "-X", "reconnect.backoff.max.ms=100")
    load.wait_until_under_way()
    fill(broker, 30)
    time.sleep(0.3)
    broker.tell("down")
    load.wait_until(lambda: "no broker is there" in load.err)
    broker.tell("up")
    fill(broker, 30)
    done = load.end()
    assert done.records == {"received": 60}
    assert done.err.count("no broker is there") == 1
    assert f"no broker is there ({broker.address}): reading goes on when one is back" in done.err


def test_a_reader_that_goes_away_is_told_once(broker, weir, tmp_path):
    """weir kafka consume --show … | head"""
    assert not any(produce_values(broker.address, "t", [b"x" * 1000] * 500))
    words = ["kafka", "consume", "-b", broker.address, "-t", "t", "--from", "beginning", "--until", "end", "--show", "500"]
    with open(tmp_path / "said", "w+") as said:
        shell = f"{weir('--version').args[0]} {' '.join(words)} | head -1"
        assert subprocess.run(shell, shell=True, stdout=subprocess.DEVNULL, stderr=said, timeout=60).returncode == 0
        said.seek(0)
        assert said.read().count("weir: cannot write to standard output: Broken pipe\n") == 1
