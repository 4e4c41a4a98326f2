"""Embedded brokers that go away and leaders that move while one writes and another reads: all arrives, once; and settings
of TLS and SASL that cannot work."""

import time

import pytest

from broker_process import count_stored

pytestmark = pytest.mark.exact

PATIENT = ["--timeout", "60s", "-X", "reconnect.backoff.max.ms=500"]


@pytest.fixture
def write_and_read(start_load, start_consume):
    """Both at once, while this happens; what the writer and the reader have to say."""

    def run(broker, n, happens):
        reader = start_consume(broker, "-n", n, "--audit", *PATIENT[2:])
        reader.wait_until_under_way()
        words = ["-b", broker.address, "-t", "t", "-r", 500, "-n", n, "--stamp", "value", "--verify", *PATIENT]
        load = start_load(*words, command="kafka produce")
        load.wait_until(lambda: count_stored(broker.address, "t") > 200)
        happens()
        done, read = load.end(timeout=100), reader.end(timeout=100)
        assert done.ledger == {"started": n, "ok": n}
        assert done.summary["verdict"]["audits"][0]["value"] == count_stored(broker.address, "t") == n
        assert read.records == {"received": n, "first": n, "expected": n}
        return done, read

    return run


def test_away_for_10_s_and_back(start_broker, write_and_read):
    broker = start_broker("--topic", "t:3")

    def go_away():
        broker.tell("down")
        time.sleep(10)
        broker.tell("up")

    done, read = write_and_read(broker, 2000, go_away)
    assert "no broker is there" in done.err and "no broker is there" in read.err
    assert done.summary["total"]["response_time_s"]["max"] > 8
    assert read.series("t")["end_to_end_s"]["max"] > 8


def test_a_leader_moves_and_moves_back(start_broker, write_and_read):
    broker = start_broker("--nodes", 3, "--topic", "t:1")

    def move():
        for to in (2, 3, 1, 2):
            broker.tell(f"leader t 0 {to}")
            time.sleep(0.5)

    write_and_read(broker, 2000, move)


# ---- TLS and SASL ----


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["sasl.password=hush"], "sasl.password has no effect: a login needs security.protocol=sasl_ssl, or sasl_plaintext"),
        (["security.protocol=ssl", "sasl.username=me"], "sasl.username has no effect: a login needs security.protocol=sasl_ssl,"),
        (["ssl.key.password=hush"], "ssl.key.password has no effect: TLS needs security.protocol=ssl, or sasl_ssl"),
        (["security.protocol=sasl_plaintext", "sasl.mechanism=PLAIN", "ssl.key.password=hush"], "ssl.key.password has no effect"),
        (["security.protocol=SASL_SSL", "sasl.username=me"], "security.protocol=SASL_SSL needs sasl.mechanism, too: PLAIN, SCRAM"),
        (["security.protocol=tls"], "-X: security.protocol: 'tls' is not possible; it may be plaintext, ssl, sasl_plaintext, sasl_ssl"),
        (["security.protocol=ssl", "ssl.ca.location=nope.pem"], "-X: ssl.ca.location: cannot read 'nope.pem': No such file"),
        (["ssl.key.location=/nope/key"], "-X: ssl.key.location: cannot read '/nope/key': No such file or directory"),
        (["security.protocol=ssl", "ssl.ca.location=rubbish"], "cannot make a Kafka client: ssl.ca.location failed: no certificate"),
        (["sasl.password:hush"], "-X: a property is written like sasl.password=VALUE"),
        (["sasl.pasword=hush"], "-X: 'sasl.pasword' is not a property of librdkafka; did you mean sasl.password?"),
    ],
    ids=str,
)
def test_settings_that_cannot_work(weir, tmp_path, words, why):
    (tmp_path / "rubbish").write_text("this is no certificate\n")
    properties = [word for text in words for word in ("-X", text)]
    for command in (["produce", "-t", "t"], ["consume", "-t", "t"], ["lag", "-g", "g"], ["topics"]):
        done = weir("kafka", *command, "-b", "127.0.0.1:1", *properties)
        client = {"produce": "producer", "consume": "consumer"}.get(command[0], "client")
        assert done.returncode == 2 and done.stdout == ""
        assert done.stderr.startswith(f"weir: {why.replace('Kafka client', 'Kafka ' + client)}"), command
        assert "hush" not in done.stderr
