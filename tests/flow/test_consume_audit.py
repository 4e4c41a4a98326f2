"""weir kafka consume --audit: streams with known faults, written by confluent-kafka with stamps of the test's own; the
audit must say exactly what was done to them."""

import random
import time

import pytest

from stamps import HEADER, Stamper, stamp

pytestmark = pytest.mark.exact

ALL = ["--from", "beginning", "--until", "end", "--audit"]


@pytest.fixture
def broker(start_broker):
    return start_broker("--topic", "t:3")


@pytest.fixture
def stamper(broker):
    return Stamper(broker)


@pytest.fixture
def audit(consume_load, broker, stamper):
    """Reads all of topic t; with a fault the exit code is 3."""

    def run(*words, code=3):
        stamper.flush()
        return consume_load(broker, *ALL, *words, code=code)

    return run


def offenders(done, kind):
    found = done.summary["audit"]["offenders"]
    return [{k: v for k, v in o.items() if k != "kind"} for o in found if o["kind"] == kind]


def test_a_clean_stream_passes(audit, stamper):
    for i in range(3000):
        stamper.send(i, partition=i % 3, worker=0)
        stamper.send(i, partition=i % 2, worker=1)
    done = audit(code=0)
    assert done.records == {"received": 6000, "first": 6000, "expected": 6000}
    assert done.audit == "all 6 000 records came once, unchanged and in order"
    assert done.judges("PASSED, VALID")
    assert "✓ all 6 000 records came once" in done.out
    assert "6 000 received = 6 000 first + 0 duplicate + 0 corrupt + 0 foreign ✓" in done.out
    producers = done.summary["audit"]["producers"]
    assert [(p["run"], p["driver"], p["worker"]) for p in producers] in (
        [("0000000000000abc", 0, 0), ("0000000000000abc", 0, 1)],
        [("0000000000000abc", 0, 1), ("0000000000000abc", 0, 0)],
    )
    assert [p["first"] for p in producers] == [3000, 3000] and [p["highest"] for p in producers] == [2999, 2999]


def test_what_was_lost_is_named(audit, stamper):
    missing = {5, 6, 7, 100, 2000}
    for i in range(3000):
        if i not in missing:
            stamper.send(i, partition=i % 3)
    done = audit()
    assert done.records == {"received": 2995, "first": 2995, "lost": 5, "expected": 3000}
    assert done.audit == "5 lost (in 3 gaps)"
    (producer,) = done.summary["audit"]["producers"]
    assert producer["first_lost"] == [[5, 7], [100, 100], [2000, 2000]]
    assert "5 lost: 5-7, 100, 2000" in " ".join(done.out.split())
    assert done.judges("FAILED, VALID: audit failed")


def test_what_came_twice_is_named_with_its_place(audit, stamper):
    for i in (0, 1, 2, 1, 3, 1):
        stamper.send(i, partition=1, worker=7)
    done = audit()
    assert done.records == {"received": 6, "first": 4, "duplicate": 2, "expected": 4}
    assert done.audit == "2 came twice"
    where = {"partition": 1, "number": 1, "run": "0000000000000abc", "driver": 0, "worker": 7}
    assert offenders(done, "duplicate") == [where | {"offset": 3}, where | {"offset": 5}]
    assert "came twice partition 1 offset 3 (number 1), partition 1 offset 5 (number 1)" in " ".join(done.out.split())


def test_the_same_record_in_two_partitions_came_twice_whoever_reads_them(audit, stamper):
    for i in range(10):
        stamper.send(i, partition=0)
    stamper.send(4, partition=1)
    assert audit().records == {"received": 11, "first": 10, "duplicate": 1, "expected": 10}
    assert audit("--threads", 3).records == {"received": 11, "first": 10, "duplicate": 1, "expected": 10}


def test_order_is_of_a_producer_in_a_partition(audit, stamper):
    for i in (0, 2, 1, 3):
        stamper.send(i, partition=2)
    for i in (5, 4):
        stamper.send(i, partition=i % 2)  # in two partitions: no disorder
    done = audit()
    assert done.records == {"received": 6, "first": 6, "expected": 6}
    assert done.audit == "1 out of order"
    (one,) = offenders(done, "reordered")
    assert (one["partition"], one["offset"], one["number"]) == (2, 2, 1)


def test_what_was_changed_is_corrupt_and_what_has_no_stamp_foreign(audit, stamper):
    stamper.send(0)
    stamper.send(1, spoil=True)
    stamper.send(2, key=b"key")
    stamper.send_plain(stamp(3, b"rest", key=b"one key") + b"rest", key=b"another")
    stamper.send_plain(b"no stamp")
    stamper.send_plain(None)
    done = audit()
    assert done.records["corrupt"] == 2 and done.records["foreign"] == 2 and done.records["first"] == 2
    assert done.records["lost"] == 1  # number 1, between 0 and 2
    assert done.audit == "1 lost (in 1 gap), 2 corrupt"
    assert offenders(done, "corrupt") == [{"partition": 0, "offset": 1}, {"partition": 0, "offset": 3}]
    assert [o["offset"] for o in offenders(done, "foreign")] == [4, 5]
    assert "2 records without a stamp are others'" in done.out


def test_two_runs_in_one_topic_are_two_producers(audit, stamper):
    """The records of another run are neither lost nor duplicates of this one's."""
    for i in range(100):
        stamper.send(i, partition=i % 3)
        if i != 50:
            stamper.send(i, partition=i % 3, run=0xDEF)
    done = audit()
    assert done.records == {"received": 199, "first": 199, "lost": 1, "expected": 200}
    producers = {p["run"]: (p["first"], p["lost"]) for p in done.summary["audit"]["producers"]}
    assert producers == {"0000000000000abc": (100, 0), "0000000000000def": (99, 1)}


def test_a_tombstone_is_a_record_without_a_value(audit, stamper):
    """Its stamp is in a header, or there is none."""
    for i in range(3):
        stamper.send_plain(None, key=b"k", headers=[(HEADER, stamp(i, key=b"k"))])
    stamper.send_plain(None, key=b"k")
    done = audit(code=0)
    assert done.records == {"received": 4, "first": 3, "foreign": 1, "expected": 3}
    assert done.series("t")["bytes_received"] == 4


def test_records_without_any_stamp_prove_nothing(audit, stamper):
    stamper.send_plain(b"x")
    done = audit()
    assert done.records == {"received": 1, "foreign": 1}
    assert done.audit == "no record carries a stamp: weir kafka produce --stamp value, or header, makes them"
    assert "audit failed" in done.out


def test_nothing_proves_nothing(audit):
    done = audit()
    assert done.audit == "no record came that could be audited" and "no record came" in done.out


def test_many_faults_at_once_are_counted_exactly(audit, stamper):
    random.seed(1)
    truth = {"lost": 0, "duplicate": 0, "corrupt": 0, "foreign": 0}
    n = 20000
    for worker in range(2):
        for i in range(n):
            luck, where = random.random(), random.randrange(3)
            last = i == n - 1  # what is lost at the very end cannot be known
            if luck < 0.01 and not last:
                truth["lost"] += 1
                continue
            if luck < 0.02 and not last:
                truth["corrupt"] += 1
                truth["lost"] += 1
                stamper.send(i, partition=where, worker=worker, spoil=True)
                continue
            stamper.send(i, partition=where, worker=worker)
            if luck < 0.03:
                truth["duplicate"] += 1
                stamper.send(i, partition=where, worker=worker)
            elif luck < 0.04:
                truth["foreign"] += 1
                stamper.send_plain(b"foreign", partition=where)
    for words in ([], ["--threads", 2]):
        done = audit(*words)
        assert {k: v for k, v in done.records.items() if k in truth} == truth
        assert done.records["expected"] == 2 * n
        assert done.summary["audit"]["reordered"] == 0


# ---- what cannot be known is not said ----


def test_a_part_of_a_topic_says_nothing_about_the_rest(consume_load, broker, stamper):
    for i in range(300):
        if i != 150:
            stamper.send(i, partition=i % 3)
    stamper.flush()
    done = consume_load(broker, *ALL, "-p", 0)
    assert done.records == {"received": 99, "first": 99, "expected": 99}
    assert done.audit == "all 99 records came once, unchanged and in order"
    assert done.summary["audit"]["unread"] == 298 - 99
    assert "199 numbers are missing that may stand where nothing was read" in " ".join(done.out.split())


def test_what_was_not_read_any_more_is_not_lost(consume_load, broker, stamper):
    for i in range(6000):
        stamper.send(i, partition=i % 3)
    stamper.flush()
    done = consume_load(broker, "--from", "beginning", "--audit", "-n", 1000)
    assert done.records == {"received": 1000, "first": 1000, "expected": 1000}
    assert done.summary["audit"]["lost"] == 0


def test_nor_what_was_there_before(consume_load, broker, stamper):
    for i in range(3000):
        if i not in (300, 2700):
            stamper.send(i, partition=i % 3)
    stamper.flush()
    done = consume_load(broker, "--from", 500, "--until", "end", "--audit", code=3)
    assert done.records["lost"] == 1
    assert done.summary["audit"]["producers"][0]["first_lost"] == [[2700, 2700]]


def test_a_reader_in_the_middle_of_a_stream_blames_nobody(start_consume, produce, broker):
    """From the end, until Ctrl-C, while records come: numbers before and behind are not lost."""
    load = start_consume(broker, "--audit", "-d", "2s")
    load.wait_until_under_way()
    produce(broker, "-r", 2000, "-d", "4s", "--stamp", "value")
    done = load.end()
    assert done.records["first"] > 1000 and done.summary["audit"]["lost"] == 0
    assert done.audit.startswith("all ")


def test_what_retention_took_away_is_not_the_targets_fault(start_consume, broker):
    """The embedded broker keeps 5 MB of a partition."""
    stamper = Stamper(broker)
    words = ["--from", "beginning", "-d", "8s", "--audit", "-X", "queued.max.messages.kbytes=1000"]
    load = start_consume(broker, *words)
    load.wait_until_under_way()
    for i in range(10):
        stamper.send(i)
    stamper.flush()
    time.sleep(0.5)
    load.interrupt(19)  # SIGSTOP
    for i in range(10, 300):
        stamper.send(i, rest=b"x" * 100_000)
    stamper.flush()
    load.interrupt(18)  # SIGCONT
    done = load.end((0, 4))
    assert done.summary["audit"]["lost"] == 0 and done.summary["audit"]["unread"] > 100
    text = " ".join(done.out.split())
    assert "the broker's retention took" in text and "not counted as lost" in text
    assert "topic t, partition 0: " in done.err and "offsets were dropped before they could be read" in done.err
