"""weir kafka rr when something goes wrong: an application that dies, brokers that go, replies that are none, a user who has
had enough. Books balance in all of it, and each reply is in one class."""

import signal
import time

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from broker_process import CLIENT, count_stored
from target_process import wait_for

pytestmark = pytest.mark.exact


@pytest.fixture
def broker(start_broker):
    return start_broker("--topic", "t:3", "--topic", "r:3")


@pytest.fixture
def start_rr(start_load):
    def start(where, *words, **how):
        return start_load("-b", where.address, "--request", "t", "--reply", "r", *words, command="kafka rr", **how)

    return start


@pytest.fixture
def rr(start_rr):
    def run(where, *words, code=0, timeout=90, **how):
        return start_rr(where, *words, **how).end(code, timeout)

    return run


def replies(done):
    """Those that are not 0."""
    return {k: n for k, n in done.summary["ledger"]["replies"].items() if isinstance(n, int) and n}


def produced(broker, topic, n):
    """Waits until that many records were stored there."""
    wait_for(lambda: count_stored(broker.address, topic) >= n, 30)


class Application:
    """Answers by hand: what came is `requests`."""

    def __init__(self, broker, partitions=3):
        self.consumer = Consumer({"bootstrap.servers": broker.address, "group.id": "app", "fetch.wait.max.ms": 5, **CLIENT})
        self.consumer.assign([TopicPartition("t", p, 0) for p in range(partitions)])
        self.producer = Producer({"bootstrap.servers": broker.address, "linger.ms": 0, **CLIENT})
        self.requests = []

    def take(self, n):
        while len(self.requests) < n:
            found = self.consumer.consume(n - len(self.requests), timeout=10)
            assert found, f"{len(self.requests)} of {n} requests came"
            self.requests += found
        return self.requests

    def answer(self, value, headers, **how):
        self.producer.produce("r", value, headers=headers, **how)

    def close(self):
        assert self.producer.flush(30) == 0
        self.consumer.close()


@pytest.fixture
def application(broker):
    made = Application(broker)
    yield made
    made.close()


# ---- the application ----


def test_an_application_that_dies_makes_timeouts_from_then_on(broker, start_rr, start_responder):
    """Killed in the middle: what it had answered is ok, all else a timeout, and the books say so."""
    responder = start_responder(broker)
    load = start_rr(broker, "-r", 500, "-d", "4s", "--timeout", "1s", "--drain", "1500ms")
    produced(broker, "r", 500)
    responder.kill()
    done = load.end(timeout=90)
    answered = count_stored(broker.address, "r")
    assert 500 <= answered < 2000
    assert done.ledger == {"started": 2000, "ok": answered, "timeout": 2000 - answered}
    assert replies(done) == {"received": answered, "matched": answered}
    assert done.errors == {"no answer (timeout)": 2000 - answered}


def test_what_is_late_behind_the_drain_is_in_no_book(broker, rr, start_responder):
    responder = start_responder(broker, "--delay", "50%:4s")
    done = rr(broker, "-n", 200, "-c", 200, "--timeout", "1s", "--drain", "1500ms")
    assert done.ledger == {"started": 200, "ok": 100, "timeout": 100}
    assert replies(done) == {"received": 100, "matched": 100}
    assert responder.stop()["delayed"] == 100


# ---- replies that are none ----


@pytest.mark.parametrize("threads", [1, 2])
def test_each_reply_is_in_the_class_that_it_belongs_to(broker, application, start_rr, threads):
    """By hand, one of each: its id missing, empty, null, of another run, of nobody, twice; a tombstone is a reply."""
    load = start_rr(broker, "-n", 20, "-c", 20, "--timeout", "20s", "--threads", threads)
    asked = application.take(20)
    ids = [dict(m.headers())["correlationId"] for m in asked]
    other = b"w" + b"-" * 11 + ids[0][12:]  # of run 0
    wrong = [None, [], [("correlationId", None)], [("correlationId", b"")], [("other", ids[0])]]
    for headers in wrong:
        application.answer(b"no id", headers, partition=0)
    strangers = [other, b"x", ids[0][:-1], ids[0] + b"x", b"\xff\x00" * 14, b"w" * 28, b"w" + b"z" * 27]
    for stranger in strangers:
        application.answer(b"of another", [("correlationId", stranger)], partition=1)
    for i, own in enumerate(ids):
        application.answer(None if i % 2 else b"", [("correlationId", b"not the last"), ("correlationId", own)], partition=i % 3)
    for own in ids[:3]:
        application.answer(b"again", [("correlationId", own)], partition=2)
    application.producer.flush(30)
    done = load.end(timeout=90)
    assert done.ledger == {"started": 20, "ok": 20}
    book = replies(done)
    assert book["matched"] == 20 and book["malformed"] == len(wrong) and book["orphan"] == len(strangers)
    assert set(book) <= {"received", "matched", "malformed", "orphan", "duplicate"} and book.get("duplicate", 0) <= 3


def test_ids_within_values_that_cannot_be_read_there(broker, application, start_rr):
    words = ["--correlate", "json:/id", "--value", '{"id":"${correlation_id}"}']
    load = start_rr(broker, "-n", 10, "-c", 10, "--timeout", "20s", *words)
    asked = application.take(10)
    wrong = [None, b"", b"{", b"[]", b'{"id":null}', b'{"id":{}}', b'{"id":', b"\xff\xfe", b'{"id":true}', b"[" * 5000]
    for value in wrong:
        application.answer(value, None)
    application.answer(b'{"id":12}', None)  # a number, which nobody has as his id
    application.producer.flush(30)
    for m in asked:
        application.answer(m.value(), None)
    application.producer.flush(30)
    done = load.end(timeout=90)
    assert done.ledger == {"started": 10, "ok": 10}
    book = replies(done)
    assert (book["matched"], book["malformed"], book["orphan"]) == (10, len(wrong), 1)


def test_a_reply_faster_than_its_acknowledgement_is_a_reply(broker, application, start_rr):
    """The broker's answer to Produce takes 300 ms more than the record; the reply does not wait for it."""
    load = start_rr(broker, "-n", 50, "-c", 50, "--timeout", "20s")
    asked = application.take(50)
    broker.tell("rtt 300ms")
    for m in asked:
        application.answer(m.value(), m.headers())
    application.producer.flush(30)
    done = load.end(timeout=90)
    assert done.ledger == {"started": 50, "ok": 50} and replies(done) == {"received": 50, "matched": 50}


def test_replies_for_a_finished_run_are_orphans_of_the_next(broker, application, rr, start_rr):
    """An application that answers a run which is long over."""
    first = rr(broker, "-n", 30, "-c", 30, "--timeout", "500ms", "--drain", "500ms", code=1)
    assert first.ledger == {"started": 30, "timeout": 30}
    load = start_rr(broker, "-n", 5, "-c", 5, "--timeout", "20s")
    produced(broker, "t", 35)
    for m in application.take(35):
        application.answer(m.value(), m.headers(), partition=0)  # in the order in which they were asked, of one partition
    application.producer.flush(30)
    done = load.end(timeout=90)
    assert done.ledger == {"started": 5, "ok": 5} and replies(done)["matched"] == 5
    assert replies(done).get("orphan", 0) <= 30 and "late" not in replies(done)


# ---- brokers ----


def test_a_broker_away_and_back_costs_its_time_and_no_request(broker, start_rr, start_responder):
    """For 3 s nobody is let in: what is asked meanwhile waits, within its timeout."""
    responder = start_responder(broker)
    load = start_rr(broker, "-r", 100, "-d", "6s", "--timeout", "30s", "-X", "reconnect.backoff.max.ms=500")
    produced(broker, "r", 50)
    broker.tell("down")
    time.sleep(3)
    broker.tell("up")
    done = load.end(timeout=120)
    did = responder.stop()
    assert done.ledger == {"started": 600, "ok": 600}
    assert replies(done)["matched"] == 600 and set(replies(done)) <= {"received", "matched", "duplicate"}
    assert replies(done)["received"] == count_stored(broker.address, "r") >= did["acknowledged"]
    assert done.summary["total"]["response_time_s"]["max"] > 2


def test_a_broker_that_stays_away_makes_timeouts_not_a_hang(broker, start_rr, start_responder):
    start_responder(broker)
    load = start_rr(broker, "-r", 100, "-d", "4s", "--timeout", "2s", "--drain", "3s")
    produced(broker, "r", 50)
    broker.tell("down")
    begin = time.monotonic()
    done = load.end(timeout=60)
    assert time.monotonic() - begin < 15
    assert done.ledger["started"] == 400 and done.ledger["ok"] >= 50
    assert set(done.ledger) <= {"started", "ok", "timeout", "error"}
    broker.tell("up")


def test_leaders_move_and_no_reply_is_missed(start_broker, start_rr, start_responder):
    broker = start_broker("--nodes", 3, "--topic", "t:3", "--topic", "r:3")
    responder = start_responder(broker)
    load = start_rr(broker, "-r", 200, "-d", "5s", "--timeout", "30s", "-X", "topic.metadata.refresh.interval.ms=200")
    produced(broker, "r", 50)
    for topic in ("r", "t"):
        for partition in range(3):
            broker.tell(f"leader {topic} {partition} {(partition + 1) % 3 + 1}")
        time.sleep(1)
    done = load.end(timeout=120)
    responder.stop()
    assert done.ledger == {"started": 1000, "ok": 1000}
    assert replies(done)["matched"] == 1000 and set(replies(done)) <= {"received", "matched", "duplicate"}


# ---- the user ----


def test_a_ctrl_c_waits_for_what_is_in_flight(broker, start_rr, start_responder):
    start_responder(broker, "--delay", "100%:1500ms")
    load = start_rr(broker, "-r", 200, "-d", "60s", "--timeout", "20s")
    produced(broker, "t", 50)
    load.interrupt()
    done = load.end(130, timeout=60)
    started = done.ledger["started"]
    assert done.ledger == {"started": started, "ok": started} and replies(done) == {"received": started, "matched": started}


def test_a_second_ctrl_c_abandons_it(broker, start_rr):
    load = start_rr(broker, "-r", 200, "-d", "60s", "--timeout", "50s")
    produced(broker, "t", 50)
    load.interrupt()
    load.wait_until(lambda: "stopping" in load.err)
    begin = time.monotonic()
    load.interrupt()
    done = load.end(130, timeout=60)
    assert time.monotonic() - begin < 10
    assert done.ledger == {"started": done.ledger["started"], "abandoned": done.ledger["started"]} and replies(done) == {}


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_before_anything_is_ready(start_rr, start_broker, how):
    """While it waits for a broker that does not answer."""
    broker = start_broker("--topic", "t:1", "--topic", "r:1")
    broker.process.send_signal(signal.SIGSTOP)
    load = start_rr(broker, "-n", 5)
    time.sleep(0.5)
    load.interrupt(how)
    load.process.wait(20)
    assert load.process.returncode == 130


# ---- threads ----


def test_two_threads_share_one_partition(start_broker, start_rr, start_responder):
    """One reads all replies, those of the other one too; of the other it is no error to have nothing to read."""
    broker = start_broker("--topic", "t:1", "--topic", "r:1")
    responder = start_responder(broker, "--duplicate", "10%", "--foreign", "10%")
    done = start_rr(broker, "-n", 2000, "-c", 100, "--threads", 2, "--timeout", "20s", "--drain", "5s").end(timeout=90)
    did = responder.stop()
    assert done.ledger == {"started": 2000, "ok": 2000}
    book = replies(done)
    assert book["matched"] == 2000 and book["orphan"] <= did["foreign"] and book.get("duplicate", 0) <= did["duplicated"]


# ---- the view ----


def test_the_terminal_view_shows_round_trips(terminal, broker, start_responder):
    start_responder(broker)
    terminal.start(f"weir kafka rr -b {broker.address} --request t --reply r -r 100 -d 60s --tui --no-record")
    terminal.wait_for(r" answered +\d{3}")
    terminal.quit()
