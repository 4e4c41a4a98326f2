"""weir kafka produce in trouble: what is said, how each record fares, and books that balance all the same."""

import signal
import socket
import time

import pytest

from broker_process import consume

pytestmark = pytest.mark.exact

NO_ANSWER = "no acknowledgement (timeout)"


@pytest.fixture
def broker(start_broker):
    return start_broker("--topic", "t:2")


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def refused(weir, *words, code=2, command=("kafka", "produce"), address="127.0.0.1:1", **how):
    """The sentence of a run that never began."""
    done = weir(*command, "-b", address, *words, **how)
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert done.stderr.startswith("weir: ") and done.stderr.count("\n") == 1, done.stderr
    return done.stderr.removeprefix("weir: ").rstrip("\n")


# ---- before the load ----


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["-X", "lingr.ms=5"], "-X: 'lingr.ms' is not a property of librdkafka; did you mean linger.ms?"),
        (["-X", "linger.ms"], "-X: 'linger.ms' is not a property with its value; write it like linger.ms=5"),
        (["-X", "linger.ms=soon"], "-X: linger.ms: 'soon' is not possible; it may be 0 .. 900000"),
        (
            ["-X", "buffer.memory=1"],
            "-X: buffer.memory is a property of Java's clients: librdkafka says queue.buffering.max.kbytes (in units "
            "of 1024 bytes)",
        ),
        (
            ["-X", "group.id=g"],
            "-X: group.id is a property of consumers, of which there is none here",
        ),
        (["-X", "acks=1", "--acks", "all"], "--acks and -X acks exclude each other: they are one setting"),
        (["-X", "compression.type=gzip", "-z", "gzip"], "-z and -X compression.codec exclude each other: they are one setting"),
        (["-z", "rar"], "-z: 'rar' is none of none|gzip|snappy|lz4|zstd"),
        (["--acks", "2"], "--acks: '2' is none of 0|1|all"),
        (["--size", "0"], "--size: '0' is not a size; write it like 100, 10k or 100..1000 (1 to 1G)"),
        (["--size", "9..1"], "--size: '9..1' is not a size; write it like 100, 10k or 100..1000 (1 to 1G)"),
        (["-k", "random:0"], "-k: 'random:0': write it like random:1000, one of 1000 keys"),
        (["-H", "novalue"], "-H: 'novalue' is not a header; write it like name=value"),
        (["-p", "-1"], "-p: '-1' is not a whole number; write it like 100, 10k or 1M"),
        (["-e"], "-e: weir kafka consume says --until end"),
        (["-o", "beginning"], "-o beginning: weir kafka consume says --from beginning"),
        (["-G", "g"], "-G g: weir kafka consume says -g g"),
        (["--num-records", "5"], "--num-records 5: weir says -n 5"),
        (["-P"], "-P: to produce say weir kafka produce"),
        (["--transactional-id", "x"], "--transactional-id x: weir says -X transactional.id=x beside --transaction-every"),
    ],
    ids=str,
)
def test_wrong_words_are_sentences(weir, words, why):
    assert refused(weir, "-t", "t", *words) == why


def test_a_topic_and_brokers_must_be_said(weir):
    assert refused(weir) == "-t says where the records go: -t TOPIC"
    done = weir("kafka", "produce", "-t", "t")
    assert done.returncode == 2
    assert done.stderr.startswith("weir: -b says where the brokers are: -b 127.0.0.1:9092, or -b embedded")
    assert refused(weir, "-t", "bad topic", code=2, address="embedded").startswith("'bad topic' is not a topic's name")


def test_a_broker_that_is_not_there(weir, free_port):
    where = f"127.0.0.1:{free_port}"
    begin = time.monotonic()
    why = f"cannot reach broker {where}: connection refused; is it running?"
    assert refused(weir, "-t", "t", code=1, address=where) == why
    assert refused(weir, "-t", "t", "--verify", code=1, address=where) == why
    assert refused(weir, code=1, command=("kafka", "topics"), address=where) == why
    assert time.monotonic() - begin < 20


def test_a_host_that_is_not_there(weir):
    why = refused(weir, "-t", "t", code=1, address="no-such-host.invalid:9092")
    assert why.startswith("cannot find broker no-such-host.invalid:9092: ")


def test_a_server_that_is_no_broker(weir, target):
    """An HTTP server closes the connection, or answers what Kafka's clients do not understand."""
    why = refused(weir, "-t", "t", "--timeout", "2s", code=1, address=f"127.0.0.1:{target.port}")
    assert why.startswith(f"cannot reach broker 127.0.0.1:{target.port}: ")


def test_a_broker_that_does_not_answer(weir, broker):
    broker.process.send_signal(signal.SIGSTOP)
    why = refused(weir, "-t", "t", "--timeout", "1s", code=1, address=broker.address)
    broker.process.send_signal(signal.SIGCONT)
    assert why == f"cannot reach broker {broker.address}: no answer"


def test_a_partition_that_is_not_there(weir, broker):
    why = refused(weir, "-t", "t", "-p", 2, code=1, address=broker.address)
    assert why == "topic 't' has no partition 2: there are 2, from 0 on"


def test_an_interrupt_while_a_broker_is_looked_for(start_load, broker):
    broker.process.send_signal(signal.SIGSTOP)
    load = start_load("-b", broker.address, "-t", "t", "--timeout", "30s", command="kafka produce", json=False)
    time.sleep(0.5)
    begin = time.monotonic()
    load.interrupt()
    done = load.end(130)
    assert time.monotonic() - begin < 15
    assert "interrupted before the load began" in done.err


# ---- records that are refused ----


def test_a_record_that_is_too_large(produce, broker):
    done = produce(broker, "-n", 5, "--size", 2_000_000, code=1)
    assert done.ledger == {"started": 5, "error": 5}
    assert done.errors == {"MSG_SIZE_TOO_LARGE (Broker: Message size too large)": 5}
    assert done.summary["total"]["bytes_sent"] == 0
    assert "not one call succeeded" in done.out
    why = "this client sends no record larger than its message.max.bytes=1000000 (-X sets it)"
    assert f"{why}; topic 't' has max.message.bytes, which these brokers do not tell\n" in done.err


def test_the_brokers_word_is_the_cause(produce, broker):
    broker.tell("error PRODUCE MSG_SIZE_TOO_LARGE 1")
    done = produce(broker, "-n", 10, "-c", 1, "--value", "x")
    assert done.ledger == {"started": 10, "ok": 9, "error": 1}
    assert done.errors == {"MSG_SIZE_TOO_LARGE (Broker: Message size too large)": 1}
    assert len(consume(broker.address, "t")) == 9
    assert "topic 't' takes no batch larger than its max.message.bytes, which these brokers do not tell" in done.err


def test_what_a_fatal_error_takes_back_was_not_acknowledged(produce, broker):
    """librdkafka purges what it has when the brokers refuse an idempotent producer for good."""
    broker.tell("rtt 300ms")
    broker.tell("error INIT_PRODUCER_ID CLUSTER_AUTHORIZATION_FAILED 5")
    done = produce(broker, "-n", 5, "--size", 10, "-X", "enable.idempotence=true", code=1)
    assert done.ledger == {"started": 5, "error": 5}
    assert done.errors == {"CLUSTER_AUTHORIZATION_FAILED (Broker: Cluster authorization failed)": 5}
    assert consume(broker.address, "t") == []


def test_what_failed_and_may_be_stored_is_counted(produce, broker):
    broker.tell("error PRODUCE NOT_ENOUGH_REPLICAS_AFTER_APPEND 1")
    done = produce(broker, "-n", 10, "-c", 1, "-X", "retries=0", "--verify")
    assert done.ledger == {"started": 10, "ok": 9, "error": 1, "possibly_stored": 1}
    assert "1 of the failed may be stored all the same" in done.out
    assert done.summary["verdict"]["audits"][0]["passed"]


def test_what_can_be_tried_again_is(produce, broker):
    broker.tell("error PRODUCE NOT_LEADER_FOR_PARTITION 2")
    done = produce(broker, "-n", 10, "-c", 1)
    assert done.ledger == {"started": 10, "ok": 10}


# ---- a broker that goes ----


def test_gone_and_back_again_nothing_is_lost(start_load, broker):
    load = start_load(
        "-b", broker.address, "-t", "t", "-r", 500, "-d", "3s", "-k", "sequence", command="kafka produce"
    )
    load.wait_until(lambda: len(consume(broker.address, "t")) > 100)
    broker.tell("down")
    time.sleep(1)
    broker.tell("up")
    done = load.end()
    assert done.ledger == {"started": 1500, "ok": 1500}
    assert {int(m.key()) for m in consume(broker.address, "t")} == set(range(1500))
    assert done.summary["total"]["response_time_s"]["max"] > 0.9  # those that were due meanwhile
    assert f"weir: warning: no broker is there ({broker.address}): records wait until their timeout\n" in done.err


def test_gone_for_good_each_record_is_a_timeout(start_load, broker):
    load = start_load(
        "-b", broker.address, "-t", "t", "-r", 200, "-d", "4s", "--timeout", "1s", command="kafka produce"
    )
    load.wait_until(lambda: len(consume(broker.address, "t")) > 100)
    broker.stop()
    done = load.end()
    assert done.ledger["started"] == 800
    assert done.ledger["timeout"] + done.ledger["ok"] == 800 and done.ledger["timeout"] > 300
    assert done.errors == {NO_ANSWER: done.ledger["timeout"]}
    timeouts = [line["response_time"] for line in done.log if line["result"] == "ERR"]
    assert min(timeouts) >= 1 - 1e-3
    assert len(done.log) == 800


def test_every_answer_too_late_is_a_timeout_that_may_be_stored(produce, start_broker):
    broker = start_broker("--topic", "t:1")
    broker.tell("rtt 0")
    broker.tell("error PRODUCE REQUEST_TIMED_OUT 1000")
    done = produce(broker, "-r", 50, "-d", "1s", "--timeout", "1s", code=1)
    assert done.ledger["started"] == 50 == done.ledger["timeout"] + done.ledger.get("error", 0)
    assert done.ledger["possibly_stored"] == 50


def test_at_the_end_of_the_drain_what_is_left_is_abandoned(start_load, broker):
    """What the broker has got and not answered may be stored."""
    words = ["-r", 100, "-d", "500ms", "--warmup", "1s", "--timeout", "30s", "--drain", "300ms"]
    load = start_load("-b", broker.address, "-t", "t", *words, command="kafka produce")
    load.wait_until(lambda: len(consume(broker.address, "t")) > 10)
    broker.process.send_signal(signal.SIGSTOP)
    done = load.end(1, timeout=15)
    broker.process.send_signal(signal.SIGCONT)
    assert done.ledger["abandoned"] == done.iterations["interrupted"] == 50
    assert done.errors == {"abandoned at the end of the run": 50}
    assert done.ledger["possibly_stored"] > 0


def test_an_interrupt_beside_the_embedded_broker(start_load):
    """The broker's threads are in this process, and Ctrl-C is not theirs to take."""
    load = start_load("-b", "embedded", "-t", "t", "-r", 50, "-d", 30, "--size", 10, command="kafka produce")
    load.wait_until_under_way()
    time.sleep(0.5)
    load.interrupt()
    done = load.end(130)
    assert done.iterations["completed"] == done.ledger["ok"] > 0


def test_a_second_interrupt_abandons_at_once(start_load, broker):
    load = start_load("-b", broker.address, "-t", "t", "-r", 500, "-d", "60s", command="kafka produce")
    load.wait_until(lambda: len(consume(broker.address, "t")) > 100)
    broker.process.send_signal(signal.SIGSTOP)
    time.sleep(0.5)
    load.interrupt()
    time.sleep(0.2)
    begin = time.monotonic()
    load.interrupt()
    done = load.end(130)
    broker.process.send_signal(signal.SIGCONT)
    assert time.monotonic() - begin < 10
    assert done.ledger["abandoned"] > 100
    assert done.ledger["started"] == done.ledger["ok"] + done.ledger["abandoned"]


def test_an_interrupt_beside_a_broker_of_its_own(start_load):
    """Whose thread must not take the signal."""
    load = start_load("-b", "embedded", "-t", "t", "-r", 100, "-d", "60s", command="kafka produce")
    load.wait_until_under_way()
    load.interrupt()
    done = load.end(130)
    assert done.ledger.get("ok", 0) == done.ledger.get("started", 0)


# ---- the client's own queue ----


def test_records_wait_in_front_of_a_full_queue(produce, start_broker):
    """10 records at most in the client: 100 at once take ten answers, each 50 ms late."""
    broker = start_broker("--topic", "t:1", "--fault", "rtt 50ms")
    full = ["-X", "queue.buffering.max.messages=10", "-X", "linger.ms=0"]
    done = produce(broker, "--stages", "100 at once", *full, "-k", "sequence")
    assert done.ledger == {"started": 100, "ok": 100}
    assert done.summary["load"]["wait_s"]["max"] > 0.3
    assert done.summary["total"]["response_time_s"]["max"] > 0.4
    keys = [int(m.key()) for m in consume(broker.address, "t")]
    assert keys == sorted(keys)  # first come, first served


def test_what_never_leaves_the_queue_is_a_timeout_before_send(start_load, start_broker):
    broker = start_broker("--topic", "t:1")
    words = ["-r", 100, "-d", "1s", "--timeout", "500ms", "-X", "queue.buffering.max.messages=10"]
    load = start_load("-b", broker.address, "-t", "t", "--warmup", "2s", *words, command="kafka produce")
    load.wait_until(lambda: len(consume(broker.address, "t")) > 50)
    broker.process.send_signal(signal.SIGSTOP)
    done = load.end((0, 1))
    broker.process.send_signal(signal.SIGCONT)
    assert set(done.errors) <= {"timeout before send", NO_ANSWER}
    assert done.errors["timeout before send"] > 20
    before = [line for line in done.log if line.get("exception") == "timeout before send"]
    assert all(line["service_time"] is None for line in before)
    assert done.ledger["started"] == 100


def test_a_record_larger_than_the_whole_queue(produce, broker):
    done = produce(broker, "-n", 3, "--size", 50_000, "-X", "queue.buffering.max.kbytes=10", code=1)
    assert done.errors == {"_QUEUE_FULL (Local: Queue full)": 3}
