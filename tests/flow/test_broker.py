"""weir broker: where it listens, what clients that are not weir's can do with it, and what it does wrong when told to."""

import contextlib
import os
import pty
import re
import select
import signal
import socket
import subprocess
import time

import pytest
from confluent_kafka import KafkaException, Producer
from confluent_kafka.admin import AdminClient

from broker_process import CLIENT, consume, produce
from conftest import BUILD, clean_environment
from target_process import wait_for

pytestmark = pytest.mark.exact

LIMITS = ("5 MB", "100 000 batches", "CreateTopics", "group listing", "offsets by", "ACLs", "transaction isolation")
LIMITS += ("4 partitions", "fetch.wait.max.ms", "Java clients")


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def topics(address):
    """{name: partitions}"""
    found = AdminClient({"bootstrap.servers": address, **CLIENT}).list_topics(timeout=30).topics
    return {name: len(topic.partitions) for name, topic in found.items()}


def leaders(address, topic):
    found = AdminClient({"bootstrap.servers": address, **CLIENT}).list_topics(timeout=30).topics[topic]
    return [found.partitions[i].leader for i in sorted(found.partitions)]


# ---- as a process ----


def test_it_says_where_it_listens_and_what_it_is_not(start_broker, free_port):
    broker = start_broker("--port", free_port)
    assert broker.greeting[0] == f"listening on 127.0.0.1:{free_port}"
    assert all(limit in " ".join(broker.greeting) for limit in LIMITS)
    assert max(map(len, broker.greeting)) <= 100
    assert broker.stop() == ""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it(broker, how):
    broker.stop(how)
    with socket.socket() as s:
        assert s.connect_ex(("127.0.0.1", broker.ports[0])) != 0


def test_a_taken_port_is_named(weir, broker):
    done = weir("broker", "--port", broker.ports[0])
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(
        rf"weir: cannot listen on 127.0.0.1:{broker.ports[0]}: Address already in use; is another broker running\? "
        r"Port 0 takes a free one\n",
        done.stderr,
    )


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["--port", "65536"], 2, "--port: '65536' is not a port up to 65535"),
        (["--port", "65535", "--nodes", "2"], 2, "--port 65535: there are not 2 ports from there on"),
        (["--nodes", "33"], 2, "--nodes: '33' is not a number of brokers up to 32"),
        (["--nodes", "0"], 2, "--nodes: '0' is too small; at least 1"),
        (["--partitions", "10001"], 2, "--partitions: '10001' is not a number of partitions up to 10000"),
        (["--topic", "a:b"], 2, "--topic: 'b' is not a number of partitions"),
        (["--topic", "a:0"], 2, "--topic: a topic here has 1 to 10000 partitions, not 0"),
        (["--topic", "a:99999999999"], 2, "--topic: a topic here has 1 to 10000 partitions, not 10001"),
        (["--topic", "a", "--topic", "a"], 1, "--topic: there is a topic 'a' already"),
        (["--fault", "dwon"], 2, "--fault: 'dwon' is not a command; did you mean down?"),
        (["here"], 2, "'here' is one too many; write weir broker [options]"),
    ],
    ids=str,
)
def test_wrong_words_are_sentences(weir, words, code, why):
    done = weir("broker", *(["--port", "0"] if "--port" not in words else []), *words)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", f"weir: {why}\n")


# ---- clients ----


def test_topics_have_the_partitions_asked_for(start_broker):
    broker = start_broker("--partitions", 3, "--topic", "three", "--topic", "one:1")
    broker.tell("topic told")
    broker.tell("topic twelve 12")
    assert topics(broker.address) == {"three": 3, "one": 1, "told": 3, "twelve": 12}


def test_confluent_kafka_produces_and_consumes(start_broker):
    broker = start_broker("--topic", "orders")
    values = [b"value %d" % i for i in range(1000)]
    assert produce(broker.address, "orders", values) == [None] * 1000
    messages = consume(broker.address, "orders")
    assert sorted(m.value() for m in messages) == sorted(values)
    assert len({m.partition() for m in messages}) == 6


def test_kcat_produces_and_consumes(start_broker, kcat):
    broker = start_broker("--topic", "orders:2")
    lines = "".join(f"key {i}:value {i}\n" for i in range(100))
    kcat("-b", broker.address, "-P", "-t", "orders", "-K:", input=lines)
    read = kcat("-b", broker.address, "-C", "-t", "orders", "-K:", "-e", "-q", "-X", "fetch.wait.max.ms=5")
    assert sorted(read.splitlines()) == sorted(lines.splitlines())
    assert 'topic "orders" with 2 partitions' in kcat("-b", broker.address, "-L")


@pytest.mark.parametrize("compression", ["gzip", "snappy", "lz4", "zstd"])
def test_compressed_records_come_back(broker, compression):
    broker.tell("topic t 1")
    values = [b"x" * 1000] * 100
    assert not any(produce(broker.address, "t", values, **{"compression.type": compression, "linger.ms": 50}))
    assert [m.value() for m in consume(broker.address, "t")] == values


# ---- faults ----


def test_errors_come_as_often_as_asked_for(start_broker):
    broker = start_broker("--topic", "t:1", "--fault", "error PRODUCE TOPIC_AUTHORIZATION_FAILED 2")
    once = [produce(broker.address, "t", [b"x"])[0] for _ in range(3)]
    assert [error and error.name() for error in once] == ["TOPIC_AUTHORIZATION_FAILED"] * 2 + [None]
    broker.tell("error PRODUCE TOPIC_AUTHORIZATION_FAILED 1")
    assert produce(broker.address, "t", [b"x"])[0] and not produce(broker.address, "t", [b"x"])[0]
    assert len(consume(broker.address, "t")) == 2


def test_answers_are_late_by_the_round_trip(start_broker):
    broker = start_broker("--topic", "t:1", "--fault", "rtt 300ms")
    begin = time.monotonic()
    assert topics(broker.address) == {"t": 1}
    assert time.monotonic() - begin >= 0.6  # which versions, what topics
    assert broker.say("rtt 0") == "ok every broker answers at once"


def test_what_is_produced_while_it_is_down_arrives_when_it_is_up(start_broker):
    broker = start_broker("--topic", "t:1")
    errors = []
    producer = Producer({"bootstrap.servers": broker.address, **CLIENT})
    producer.produce("t", b"before")
    assert producer.flush(30) == 0
    broker.tell("down")
    with socket.socket() as s:
        assert s.connect_ex(("127.0.0.1", broker.ports[0])) != 0
    producer.produce("t", b"meanwhile", on_delivery=lambda error, _: errors.append(error))
    assert producer.flush(0.5) == 1
    broker.tell("up")
    assert producer.flush(30) == 0
    assert errors == [None]
    assert [m.value() for m in consume(broker.address, "t")] == [b"before", b"meanwhile"]


def test_leaders_move_among_three_brokers(start_broker):
    broker = start_broker("--nodes", 3, "--topic", "t:2")
    for leader in (1, 2, 3):
        broker.tell(f"leader t 1 {leader}")
        assert leaders(broker.address, "t")[1] == leader
        assert produce(broker.address, "t", [b"%d" % leader], partition=1) == [None]
    broker.tell("leader t 1 none")
    assert leaders(broker.address, "t")[1] == -1
    assert broker.say("leader typo 0 1") == "error there is no topic 'typo'"
    assert "typo" not in topics(broker.address)
    broker.tell("leader t 1 1")
    assert [m.value() for m in consume(broker.address, "t") if m.partition() == 1] == [b"1", b"2", b"3"]


def test_one_of_three_goes_down_alone(start_broker):
    broker = start_broker("--nodes", 3, "--topic", "t:1")
    broker.tell("leader t 0 2")
    broker.tell("down 1")
    assert produce(broker.address, "t", [b"x"]) == [None]
    with socket.socket() as s:
        assert s.connect_ex(("127.0.0.1", broker.ports[0])) != 0
    with socket.socket() as s:
        assert s.connect_ex(("127.0.0.1", broker.ports[1])) == 0


def test_a_frozen_broker_keeps_those_who_connect(broker):
    """Its backlog is not the 5 of librdkafka's mock, beyond which a client would come again a second later."""
    broker.process.send_signal(signal.SIGSTOP)
    with contextlib.ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(socket.create_connection(("127.0.0.1", broker.ports[0]), timeout=0.5))


# ---- standard input ----


def test_each_line_has_an_answer(broker):
    assert broker.say("help").startswith("ok rtt T [BROKER] | down [BROKER] | ")
    assert broker.say("rtt") == "error write it like: rtt T [BROKER]"
    broker.process.stdin.write("\n\n  topic a 1  \nup")  # empty ones have none; the last has no end
    broker.process.stdin.close()
    assert broker.process.stdout.readline() == "ok topic a has 1 partition\n"
    assert broker.process.stdout.readline() == "ok every broker is up\n"
    assert topics(broker.address) == {"a": 1}  # the end of the commands is not its end


def test_it_serves_with_nobody_to_talk_to(start_broker, tmp_path):
    assert topics(start_broker("--topic", "t:1", stdin=subprocess.DEVNULL).address) == {"t": 1}
    (tmp_path / "commands").write_text("topic a 1\ndown\ntopic b 2\nup\n")
    with open(tmp_path / "commands") as file:
        broker = start_broker(stdin=file)

    def is_up_with_both():
        with contextlib.suppress(KafkaException):  # while it is down
            return topics(broker.address) == {"a": 1, "b": 2}

    wait_for(is_up_with_both, 30)


def test_in_the_background_of_a_terminal_it_goes_on(tmp_path):
    """As `weir broker &` in a shell: what is typed there is the shell's; after fg it is the broker's."""
    process, terminal = pty.fork()
    if process == 0:
        os.execve("/bin/bash", ["bash", "--norc", "--noediting", "-i"], clean_environment(PS1="$ "))
    shown = ""

    def type_and_wait(text, pattern):
        nonlocal shown
        os.write(terminal, text.encode())
        end = time.monotonic() + 20
        while not (found := re.search(pattern, shown)):
            assert time.monotonic() < end, shown
            if select.select([terminal], [], [], 0.1)[0]:
                shown += os.read(terminal, 4096).decode()
        shown = shown[found.end() :]
        return found

    try:
        address = type_and_wait(f"{BUILD}/weir broker --port 0 --topic t:1 &\n", r"listening on (\S+)\r")[1]
        for i in range(3):  # each makes the terminal readable for both
            type_and_wait(f"sleep 0.4; echo said-$(({i} + 40))\n", f"said-{i + 40}")
        assert topics(address) == {"t": 1}
        type_and_wait("fg\n", "weir broker --port 0 .*\n")
        type_and_wait("topic u 1\n", r"ok topic u has 1 partition")
        type_and_wait("\x03", r"\$ $")
        type_and_wait("echo code-$?\n", "code-0")
    finally:
        os.close(terminal)
        os.waitpid(process, 0)


# ---- retention ----


def test_it_says_what_it_drops(start_broker):
    broker = start_broker("--topic", "big:1", "--topic", "small:1")
    assert not any(produce(broker.address, "small", [b"x"]))
    assert not any(produce(broker.address, "big", [bytes(100_000)] * 80))
    wait_for(lambda: broker.stderr(), 20)
    first = consume(broker.address, "big")[0].offset()
    assert 20 < first < 40
    said = broker.stop().splitlines()
    assert said == [
        f"weir: warning: topic big drops its oldest records, {first} so far: a partition keeps about 5 MB",
        f"weir: topic big dropped {first} records, in 1 partition",
    ]


def test_it_says_at_its_end_what_it_dropped_at_the_last(start_broker):
    broker = start_broker("--topic", "t:1")
    for _ in range(3):  # more than one begins within a second that is not over
        produce(broker.address, "t", [bytes(100_000)] * 60)
    first = consume(broker.address, "t")[0].offset()
    assert broker.stop().splitlines()[-1] == f"weir: topic t dropped {first} records, in 1 partition"


def test_asking_for_that_eats_no_error_of_a_users(start_broker):
    broker = start_broker("--topic", "t:1", "--fault", "error LIST_OFFSETS TOPIC_AUTHORIZATION_FAILED 2")
    time.sleep(2.5)  # it asks once a second
    with pytest.raises(KafkaException, match="TOPIC_AUTHORIZATION_FAILED|authorization"):
        consume(broker.address, "t")
