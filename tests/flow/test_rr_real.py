"""Request-reply on a real Kafka: topics that are absent or not allowed, brokers that go, leaders that move, groups whose
members come, go and are robbed of their place, an application that was away."""

import re
import time

import pytest
from confluent_kafka import Consumer
from confluent_kafka.admin import AdminClient

from access import AUTHORIZER, allow, words_for
from broker_process import count_stored
from target_process import wait_for

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]

BACK_SOON = ["-X", "reconnect.backoff.max.ms=500"]


def replies(done):
    """Those that are not 0."""
    return {k: n for k, n in done.summary["ledger"]["replies"].items() if isinstance(n, int) and n}


class Topics:
    def __init__(self, kafka, partitions=3):
        self.where, self.request, self.reply = kafka.bootstrap, kafka.topic(partitions), kafka.topic(partitions)
        self.words = ["-b", kafka.bootstrap, "--request", self.request, "--reply", self.reply]

    def wait_for_replies(self, n):
        wait_for(lambda: count_stored(self.where, self.reply) >= n, 60)


@pytest.fixture
def start_rr(start_load):
    def start(topics, *words, **how):
        return start_load(*topics.words, *words, command="kafka rr", **how)

    return start


@pytest.fixture
def answering(start_responder):
    def start(topics, *words):
        return start_responder(topics.where, *words, requests=topics.request, replies=topics.reply)

    return start


# ---- topics ----


@pytest.mark.parametrize("absent", ["--request", "--reply"])
def test_an_absent_topic_is_a_sentence_before_any_load(kafka, weir, absent):
    topics = Topics(kafka)
    words = topics.words.copy()
    words[words.index(absent) + 1] = "gone"
    done = weir("kafka", "rr", *words, "-n", 1)
    sentence = "weir: topic 'gone' does not exist; make it with: weir kafka topics create gone -p 6\n"
    assert (done.returncode, done.stderr) == (1, sentence)
    assert count_stored(kafka.bootstrap, topics.request) == 0


def test_a_topic_of_replies_that_is_deleted_ends_the_run_with_a_sentence(kafka, start_rr, answering):
    """A reader that is dead is not reported as timeouts of the application."""
    topics = Topics(kafka)
    answering(topics)
    load = start_rr(topics, "-r", 50, "-d", "60s", "--timeout", "2s", "-X", "topic.metadata.refresh.interval.ms=500")
    topics.wait_for_replies(50)
    admin = AdminClient(kafka.client())
    admin.delete_topics([topics.reply])[topics.reply].result(30)
    done = load.end(1, timeout=50)
    assert topics.reply in done.out + done.err and re.search(r"cannot read topic '", done.out + done.err), done.out + done.err
    assert done.ledger["ok"] >= 50


def test_a_broker_that_has_nothing_to_hand_out_is_not_slow(kafka, weir):
    """A Fetch waits there for records, half a second at a time: nobody answers, and that is not the broker's doing."""
    topics = Topics(kafka)
    done = weir("kafka", "rr", *topics.words, "-n", 3, "--timeout", "3s")
    out = " ".join(done.stdout.split())
    assert done.returncode == 1 and "3 no answer (timeout)" in out
    assert "note the broker:" not in out and "client round trip" in out and "fetch with its wait for records" in out


@pytest.fixture
def guarded(start_kafka):
    """One that asks who may do what; on the plain listener everybody may all."""
    return start_kafka(secure=True, version="3.9.2", settings=AUTHORIZER)


def test_who_may_not_ask_or_read_is_told_so(guarded, weir, answering):
    topics = Topics(guarded)
    answering(topics)
    into = words_for(guarded.client("SASL_PLAINTEXT"))
    words = ["kafka", "rr", *into, "--request", topics.request, "--reply", topics.reply, "-n", 5, "--timeout", "5s"]

    def refused():
        done = weir(*words)
        assert done.returncode == 1, done.stdout + done.stderr
        return " ".join((done.stdout + done.stderr).split())

    hidden = r"weir: topic '({}|{})': TOPIC_AUTHORIZATION_FAILED".format(topics.request, topics.reply)
    assert re.match(hidden, refused())
    allow(guarded, ("topic", topics.request, "DESCRIBE"), ("topic", topics.request, "WRITE"))
    assert refused().startswith(f"weir: topic '{topics.reply}': TOPIC_AUTHORIZATION_FAILED")
    allow(guarded, ("topic", topics.reply, "DESCRIBE"))
    assert f"no permission to read topic '{topics.reply}': TOPIC_AUTHORIZATION_FAILED" in refused()
    allow(guarded, ("topic", topics.reply, "READ"))
    done = weir(*words)
    assert done.returncode == 0, done.stdout + done.stderr
    words += ["-g", "replies"]
    assert "group 'replies' cannot read: GROUP_AUTHORIZATION_FAILED" in refused()
    allow(guarded, ("group", "replies", "READ"))
    done = weir(*words)
    assert done.returncode == 0, done.stdout + done.stderr


def test_who_may_not_write_requests_is_told_so(guarded, weir):
    topics = Topics(guarded)
    into = words_for(guarded.client("SASL_PLAINTEXT"))
    allow(guarded, ("topic", topics.request, "DESCRIBE"), ("topic", topics.reply, "DESCRIBE"), ("topic", topics.reply, "READ"))
    done = weir("kafka", "rr", *into, "--request", topics.request, "--reply", topics.reply, "-n", 5, "--timeout", "5s")
    assert done.returncode == 1
    assert "5  TOPIC_AUTHORIZATION_FAILED (Broker: Topic authorization failed)" in done.stdout, done.stdout + done.stderr


# ---- the application ----


def test_an_application_that_was_away_answers_too_late(kafka, start_rr, answering):
    """It reads on where it stopped: what waited longer than the timeout is late, not lost, with its true time."""
    topics = Topics(kafka)
    member = ["-g", f"app-{topics.request}", "-X", "auto.offset.reset=earliest"]
    first = answering(topics, *member)
    load = start_rr(topics, "-r", 200, "-d", "8s", "--timeout", "1s", "--drain", "15s")
    topics.wait_for_replies(200)
    before = first.stop()
    time.sleep(2.5)
    second = answering(topics, *member)
    done = load.end(timeout=90)
    after = second.stop()
    assert before["received"] + after["received"] == 1600 == before["replies"] + after["replies"]
    book = replies(done)
    assert book == {"received": 1600, "matched": done.ledger["ok"], "late": done.ledger["timeout"]}
    assert book["late"] > 200
    late = done.summary["ledger"]["replies"]["late_time_s"]
    assert 1 <= late["p50"] <= late["p99"] < 15 and late["p99"] > 2


# ---- brokers ----


def test_a_broker_away_for_10_s_and_back(start_kafka, start_rr, answering):
    kafka = start_kafka()
    topics = Topics(kafka)
    answering(topics, *BACK_SOON)
    load = start_rr(topics, "-r", 200, "-d", "16s", "--timeout", "60s", *BACK_SOON)
    topics.wait_for_replies(100)
    kafka.brokers[0].stop()
    gone = time.monotonic()
    time.sleep(10)
    kafka.brokers[0].start()
    kafka.wait_until_ready()
    away = time.monotonic() - gone
    done = load.end(timeout=120)
    assert done.ledger == {"started": 3200, "ok": 3200}
    book = replies(done)
    assert book["matched"] == 3200 and set(book) <= {"received", "matched", "duplicate"}
    assert book["received"] == count_stored(kafka.bootstrap, topics.reply)
    assert "no broker is there" in done.err
    response = done.summary["total"]["response_time_s"]
    assert away - 0.5 < response["max"] < away + 15 and response["p50"] > 0.5


def test_leaders_move_and_no_reply_is_missed(start_kafka, start_rr, answering):
    kafka = start_kafka(brokers=3)
    topics = Topics(kafka, partitions=6)
    answering(topics)
    load = start_rr(topics, "-r", 300, "-d", "10s", "--timeout", "60s")
    topics.wait_for_replies(300)
    kafka.brokers[0].stop()
    done = load.end(timeout=120)
    assert done.ledger == {"started": 3000, "ok": 3000}
    book = replies(done)
    assert book["matched"] == 3000 and set(book) <= {"received", "matched", "duplicate"}
    assert book["received"] == count_stored(kafka.bootstrap, topics.reply)


# ---- groups ----


def test_another_member_takes_replies_and_gives_them_back(kafka, start_rr, answering):
    """confluent-kafka's member gets a part of the replies while it is there: those requests are timeouts, all others are
    answered, and each reply that came here is in the book."""
    topics = Topics(kafka, partitions=4)
    group = f"group-{topics.reply}"
    answering(topics)
    load = start_rr(topics, "-r", 200, "-d", "14s", "--timeout", "4s", "--drain", "6s", "-g", group)
    topics.wait_for_replies(200)
    other = Consumer(kafka.client() | {"group.id": group, "auto.offset.reset": "earliest"})
    other.subscribe([topics.reply])
    stolen, end = 0, time.monotonic() + 6
    while time.monotonic() < end:
        message = other.poll(0.1)
        stolen += bool(message and not message.error())
    other.close()
    done = load.end(timeout=120)
    assert done.err.count(f"group {group} was rebalanced: ") == 2, done.err
    book = replies(done)
    assert stolen > 100 and done.ledger["started"] == 2800
    assert set(done.ledger) == {"started", "ok", "timeout"}
    assert book["matched"] == done.ledger["ok"]
    # Each reply was read here or there, a few perhaps twice around the changes, and none by nobody.
    assert book["received"] + stolen >= 2800 and book.get("duplicate", 0) <= stolen
    assert done.ledger["timeout"] <= stolen
    assert set(book) <= {"received", "matched", "late", "duplicate"}


def test_who_takes_its_place_in_the_group_ends_the_run_with_a_sentence(kafka, start_rr, answering):
    topics = Topics(kafka)
    group = f"group-{topics.reply}"
    answering(topics)
    words = ["-r", 50, "-d", "40s", "--timeout", "5s", "-g", group, "-X", "consumer.group.instance.id=one"]
    first = start_rr(topics, *words)
    topics.wait_for_replies(50)
    second = start_rr(topics, *words)
    done = first.end(1, timeout=60)
    assert f"group '{group}' cannot read: " in " ".join((done.out + done.err).split())
    assert "FENCED_INSTANCE_ID" in done.out + done.err
    assert done.ledger["ok"] >= 50
    second.interrupt()
    second.end((130, 1), timeout=60)
