"""weir-responder: what it answers, as confluent-kafka reads it, and that its counts are the truth."""

import signal
import struct
import subprocess

import pytest
from confluent_kafka import Producer

from broker_process import CLIENT, consume, produce
from conftest import BUILD
from responder_process import ResponderFailed

pytestmark = pytest.mark.exact

ID = "correlationId"


@pytest.fixture
def broker(start_broker):
    return start_broker("--topic", "t:3", "--topic", "r:3")


def ask(broker, n, **how):
    """Sends n requests "request 0", …, with their number as id."""
    producer = Producer({"bootstrap.servers": broker.address, "linger.ms": 1, **CLIENT})
    for i in range(n):
        producer.produce("t", **({"value": b"request %d" % i, "headers": [(ID, b"%d" % i), ("x", None)]} | how))
    assert producer.flush(60) == 0


def replies(broker, topic="r"):
    """[(id, value), …] in order of their ids"""
    found = [(dict(m.headers() or []).get(ID), m.value()) for m in consume(broker.address, topic)]
    return sorted(found, key=lambda r: (len(r[0] or b""), r[0] or b""))


def right(i):
    return b"%d" % i, b"request %d" % i


# ---- answers ----


def test_a_reply_has_all_that_its_request_had(broker, start_responder):
    responder = start_responder(broker, "-n", 3)
    assert responder.ready == f"ready: answering t (3 partitions) at {broker.address}"
    headers = [("a", b"1"), ("null", None), ("empty", b""), ("a", b"2"), ("bytes", bytes(range(256)))]
    ask(broker, 1, key=b"a key", value=bytes(range(256)), headers=headers)
    ask(broker, 1, key=b"", value=b"", headers=[])
    ask(broker, 1, key=None, value=None, headers=[])
    assert responder.end() == {"received": 3, "replies": 3, "acknowledged": 3}
    found = {(m.key(), m.value(), tuple(m.headers() or [])) for m in consume(broker.address, "r")}
    assert found == {(b"a key", bytes(range(256)), tuple(headers)), (b"", b"", ()), (None, None, ())}


def test_what_was_there_before_is_not_answered(broker, start_responder):
    ask(broker, 10)
    responder = start_responder(broker)
    ask(broker, 5)
    assert len(replies_when(broker, 5)) == 5
    assert responder.stop() == {"received": 5, "replies": 5, "acknowledged": 5}


def replies_when(broker, n):
    """The replies, when so many are there (consume waits for them only once they are written)."""
    found = []
    for _ in range(200):
        found = replies(broker)
        if len(found) >= n:
            break
    return found


def test_a_request_can_say_where_its_reply_goes(start_broker, start_responder):
    broker = start_broker("--topic", "t:1", "--topic", "one:4", "--topic", "two:4")
    responder = start_responder(broker, "-n", 4, replies=None)
    for topic, partition in ((b"one", struct.pack(">i", 3)), (b"two", b"2"), (b"two", b"nonsense")):
        ask(broker, 1, headers=[("kafka_replyTopic", topic), ("kafka_replyPartition", partition)])
    ask(broker, 1, headers=[])
    assert responder.end() == {"received": 4, "replies": 3, "acknowledged": 3, "unanswerable": 1}
    assert [m.partition() for m in consume(broker.address, "one")] == [3]
    assert 2 in [m.partition() for m in consume(broker.address, "two")]
    assert "a request says no kafka_replyTopic, and no --reply is given" in responder.stderr()


def test_a_group_shares_the_requests_and_commits(broker, start_responder):
    ask(broker, 5)
    responder = start_responder(broker, "-g", "application", "-n", 20, "-X", "auto.offset.reset=earliest")
    ask(broker, 15)
    assert responder.end() == {"received": 20, "replies": 20, "acknowledged": 20}


@pytest.mark.parametrize("prop", ["producer.linger.ms=0", "linger.ms=0", "consumer.fetch.min.bytes=2", "fetch.min.bytes=2"])
def test_a_property_is_for_whichever_client_has_it(broker, start_responder, prop):
    responder = start_responder(broker, "-n", 3, "-X", prop)
    ask(broker, 3)
    assert responder.end() == {"received": 3, "replies": 3, "acknowledged": 3}


# ---- faults ----

N = 2000


def test_dropped_ones_have_no_reply(broker, start_responder):
    responder = start_responder(broker, "--drop", "1%", "-n", N)
    ask(broker, N)
    counts = responder.end()
    assert counts == {"received": N, "dropped": 20, "replies": N - 20, "acknowledged": N - 20}
    found = replies(broker)
    assert len(found) == len(set(found)) == N - 20 and set(found) < {right(i) for i in range(N)}


def test_duplicated_ones_have_two(broker, start_responder):
    responder = start_responder(broker, "--duplicate", "1%", "-n", N)
    ask(broker, N)
    assert responder.end()["duplicated"] == 20
    found = replies(broker)
    assert len(found) == N + 20 and set(found) == {right(i) for i in range(N)}


def test_delayed_ones_come_later(broker, start_responder):
    responder = start_responder(broker, "--delay", "10%:1s", "-n", 100)
    ask(broker, 100)
    assert responder.end()["delayed"] == 10
    when = sorted(m.timestamp()[1] for m in consume(broker.address, "r"))
    assert len(when) == 100
    assert when[90] - when[0] >= 1000


def test_what_is_still_delayed_at_the_end_is_said(broker, start_responder):
    responder = start_responder(broker, "--delay", "10%:1h")
    ask(broker, 100)
    assert len(replies_when(broker, 90)) == 90
    counts = responder.stop(signal.SIGINT)
    assert counts == {"received": 100, "delayed": 10, "unsent": 10, "replies": 90, "acknowledged": 90}


def test_corrupted_ones_have_another_last_byte(broker, start_responder):
    responder = start_responder(broker, "--corrupt", "1%", "-n", N)
    ask(broker, N)
    assert responder.end()["corrupted"] == 20
    wrong = [(i, v) for i, v in replies(broker) if v != b"request " + i]
    assert len(wrong) == 20
    for number, value in wrong:
        true = b"request " + number
        assert value[:-1] == true[:-1] and value[-1] == true[-1] ^ 1


def test_a_foreign_reply_stands_beside_the_right_one(broker, start_responder):
    responder = start_responder(broker, "--foreign", "1%", "-n", N)
    ask(broker, N)
    assert responder.end()["foreign"] == 20
    found = replies(broker)
    assert len(found) == N + 20 and set(found) > {right(i) for i in range(N)}
    foreign = {i for i, _ in found} - {b"%d" % i for i in range(N)}
    assert len(foreign) == 20 and all(i.startswith(b"F") for i in foreign)


def test_of_weirs_own_ids_a_foreign_one_is_of_another_run(broker, start_responder):
    mine = b"w0123456789ABCDEFGHIJKLMNOPQ"
    responder = start_responder(broker, "--foreign", "100%", "-n", 1)
    ask(broker, 1, headers=[(ID, mine)])
    responder.end()
    assert {i for i, _ in replies(broker)} == {mine, b"wFFFFFFFFFFFBCDEFGHIJKLMNOPQ"}


def test_where_the_key_is_the_id_a_foreign_reply_has_another_key(broker, start_responder):
    responder = start_responder(broker, "--foreign", "100%", "--id", "key", "-n", 1)
    ask(broker, 1, key=b"the-id-of-it")
    responder.end()
    assert {m.key() for m in consume(broker.address, "r")} == {b"the-id-of-it", b"F00000000001"}


def test_tombstones_have_no_value_and_wrong_keys_are_wrong(broker, start_responder):
    responder = start_responder(broker, "--tombstone", "1%", "--wrong-key", "2%", "-n", N)
    ask(broker, N, key=b"k")
    counts = responder.end()
    assert (counts["tombstones"], counts["wrong_keys"]) == (20, 40)
    found = consume(broker.address, "r")
    assert sum(m.value() is None for m in found) == 20
    assert sum(m.key() == b"k?" for m in found) == 40 and {m.key() for m in found} == {b"k", b"k?"}


def test_shuffled_ones_all_come_in_another_order(start_broker, start_responder):
    broker = start_broker("--topic", "t:1", "--topic", "r:1")
    responder = start_responder(broker, "--shuffle", 50, "-n", N)
    ask(broker, N)
    assert responder.end()["replies"] == N
    order = [int(dict(m.headers())[ID]) for m in consume(broker.address, "r")]
    assert sorted(order) == list(range(N)) != order
    assert sum(a > b for a, b in zip(order, order[1:])) > N / 10


def test_nobody_waits_for_ever_among_the_shuffled(broker, start_responder):
    responder = start_responder(broker, "--shuffle", 50)
    ask(broker, 1)
    assert replies_when(broker, 1) == [right(0)]
    responder.stop()


def test_all_faults_together_are_exact_and_the_same_for_a_seed(start_broker, start_responder):
    shares = ["--drop", "1%", "--duplicate", "2%", "--corrupt", "0.5%", "--foreign", "3%", "--tombstone", "0.01"]
    runs = []
    for seed in (1, 1, 2):
        broker = start_broker("--topic", "t:1", "--topic", "r:1")
        responder = start_responder(broker, *shares, "--seed", seed, "-n", N)
        ask(broker, N)
        counts = responder.end()
        assert counts["received"] == N
        right_ones = {"dropped": 20, "duplicated": 40, "corrupted": 10, "foreign": 60, "tombstones": 20}
        for name, count in right_ones.items():
            assert abs(counts[name] - count) <= 1, name  # one may be put off beyond the last request
        expected = N - counts["dropped"] + counts["duplicated"] + counts["foreign"]
        assert counts["replies"] == counts["acknowledged"] == expected
        runs.append(replies(broker))
        assert len(runs[-1]) == expected
    assert runs[0] == runs[1] != runs[2]


# ---- refusals ----


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "-t says where the requests are: -t TOPIC"),
        (["-t", "t", "--drop", "60%", "--delay", "50%:1s"], "the shares make more than 100%: a request has one fault"),
        (["-t", "t", "--drop", "1.5"], "--drop: '1.5' is not a share; write it like 1%, 0.5% or 0.01"),
        (["-t", "t", "--delay", "1%"], "--delay: '1%': write it like 1%:3s, that share, so much later"),
        (["-t", "t", "--id", "json:/id"], "--id: 'json:/id': write header:NAME or key"),
        (["-t", "t", "-X", "linger=5"], "-X: 'linger' is not a property of librdkafka; did you mean linger.ms?"),
        (["-t", "t", "more"], "unexpected 'more'; weir-responder --help lists what there is"),
    ],
    ids=str,
)
def test_a_wrong_flag_is_a_sentence(words, why):
    done = subprocess.run([BUILD / "weir-responder", *words], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (2, f"weir-responder: {why}\n")


def test_without_a_broker_it_says_so(start_responder):
    with pytest.raises(ResponderFailed) as why:
        start_responder("127.0.0.1:1")
    assert why.value.args[0] == 1
    assert why.value.args[1].startswith("weir-responder: cannot reach broker 127.0.0.1:1: connection refused")


def test_help_names_every_flag():
    done = subprocess.run([BUILD / "weir-responder", "--help"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0
    for flag in ("--reply", "--group", "--drop", "--duplicate", "--delay", "--corrupt", "--foreign", "--shuffle"):
        assert flag in done.stdout


def test_produced_by_others_it_is_answered_too(broker, start_responder):
    responder = start_responder(broker, "-n", 3)
    produce(broker.address, "t", [b"a", b"b", b"c"])
    responder.end()
    assert sorted(m.value() for m in consume(broker.address, "r")) == [b"a", b"b", b"c"]
