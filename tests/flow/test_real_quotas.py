"""A real broker's quotas: they hold, and weir says by name that it was the broker who held back."""

import pytest

from others import running

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def kafka(tmp_path_factory):
    """The clients slow and busy are limited there, and no others."""
    with running(tmp_path_factory.mktemp("quotas")) as cluster:
        cluster.quota("slow", producer_byte_rate=100_000, consumer_byte_rate=100_000)
        cluster.quota("busy", request_percentage=0.1)
        yield cluster


def notes(done):
    return " ".join(done.out.split())


def held_back(done):
    """Seconds, at most."""
    return max((s["value_s"]["max"] or 0 for s in done.summary["series"] if s["name"] == "kafka_throttle_max"), default=0)


def per_second(done):
    return done.summary["total"]["bytes_sent"] / done.summary["run"]["duration_s"]


def test_a_producers_rate_of_bytes(produce, kafka):
    """100 records in flight of 1 kB each: 100 kB/s and what the first seconds may save up, and many times that for a client without a quota."""
    topic = kafka.topic(partitions=2)
    words = ["-c", 100, "--size", 1000, "--timeout", "30s"]
    slow = produce(kafka.bootstrap, *words, "-d", "10s", "-X", "client.id=slow", topic=topic)
    assert slow.ledger["ok"] == slow.ledger["started"] and 50_000 < per_second(slow) < 300_000
    assert held_back(slow) > 0.1
    assert "the broker: its quota held answers back, for up to" in notes(slow)
    free = produce(kafka.bootstrap, *words, "-d", "3s", "-X", "client.id=free", topic=topic)
    assert per_second(free) > 5 * per_second(slow)
    assert held_back(free) == 0 and "quota" not in notes(free)


def test_an_open_models_records_wait_and_are_all_there(produce, kafka):
    """Four times what the quota lets through: the last waits for all of them, less what was saved up."""
    words = ["-r", 400, "-d", "6s", "--size", 1000, "--timeout", "60s", "-X", "client.id=slow"]
    done = produce(kafka.bootstrap, *words, "--verify", topic=kafka.topic())
    assert done.ledger == {"started": 2400, "ok": 2400}
    assert done.iterations["planned"] == 2400  # arrivals never wait
    assert 1 < done.summary["total"]["response_time_s"]["max"] < 30
    assert "the broker: its quota held answers back, for up to" in notes(done)


def test_a_share_of_the_brokers_threads(produce, kafka):
    words = ["-c", 50, "-d", "6s", "--size", 100, "--timeout", "60s", "-X", "linger.ms=0", "-X", "client.id=busy"]
    done = produce(kafka.bootstrap, *words, topic=kafka.topic())
    assert held_back(done) > 0.05
    assert "the broker: its quota held answers back, for up to" in notes(done)


def test_a_consumers_rate_of_bytes(produce, consume_load, kafka):
    topic = kafka.topic()
    produce(kafka.bootstrap, "-n", 5000, "--size", 1000, topic=topic)
    words = ["--from", "beginning", "-X", "fetch.message.max.bytes=100000"]
    slow = consume_load(kafka.bootstrap, *words, "-d", "10s", "-X", "client.id=slow", topic=topic)
    assert 300 < slow.records["received"] < 2500
    assert held_back(slow) > 0.1
    assert "the broker: its quota held answers back, for up to" in notes(slow)
    free = consume_load(kafka.bootstrap, *words, "--until", "end", "-X", "client.id=free", topic=topic)
    assert free.records["received"] == 5000 and "quota" not in notes(free)
