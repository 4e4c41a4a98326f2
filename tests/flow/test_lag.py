"""weir kafka lag: where a group stands; what it commits, confluent-kafka commits for it."""

import json
import re
import signal
import time

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from broker_process import CLIENT
from broker_process import produce as produce_values

pytestmark = pytest.mark.exact


@pytest.fixture
def broker(start_broker):
    return start_broker("--topic", "t:3")


def fill(broker, n, partition):
    assert not any(produce_values(broker.address, "t", [b"%d" % i for i in range(n)], partition))


class Group:
    """Commits as a member would that has done so much."""

    def __init__(self, broker, name="g"):
        settings = {"bootstrap.servers": broker.address, "group.id": name, "enable.auto.commit": False}
        self.consumer = Consumer(settings | CLIENT)

    def commit(self, **offsets):
        """p0=5: five records of partition 0 are done."""
        places = [TopicPartition("t", int(p[1:]), offset) for p, offset in offsets.items()]
        self.consumer.commit(offsets=places, asynchronous=False)


@pytest.fixture
def lag(weir, broker, tmp_path):
    """Runs weir kafka lag on group g in topic t to its end; what it said, with its JSON as `.json`."""

    def run(*words, group="g", duration="10ms", code=0):
        words = ["-b", broker.address, "-g", group, "-t", "t", "-d", duration, *words]
        done = weir("kafka", "lag", *words, "--json", "lag.json")
        assert done.returncode == code, done.stderr
        done.json = json.loads((tmp_path / "lag.json").read_text() or "null")
        return done

    return run


def words_of(text):
    return " ".join(text.split())


def test_records_and_seconds_behind(lag, broker):
    producer = Producer({"bootstrap.servers": broker.address, **CLIENT})
    for i in range(100):
        producer.produce("t", b"x", partition=0, timestamp=int(time.time() * 1000) - 3600_000)
    producer.flush(60)
    fill(broker, 50, 1)
    Group(broker).commit(p0=40, p1=50, p2=0)
    done = lag()
    assert done.json["group"] == "g" and done.json["schema"] == 1
    total, (p0, p1, p2) = done.json["total"], done.json["partitions"]
    assert [(p["topic"], p["partition"]) for p in (p0, p1, p2)] == [("t", 0), ("t", 1), ("t", 2)]
    assert [(p["begin"], p["committed"], p["end"], p["behind"]) for p in (p0, p1, p2)] == [
        (0, 40, 100, 60),
        (0, 50, 50, 0),
        (0, 0, 0, 0),
    ]
    assert total["behind"] == 60 and 3600 <= total["waits_s"] < 3700
    assert 3600 <= p0["waits_s"] < 3700 and p1["waits_s"] == p2["waits_s"] == 0
    assert total["consumed_rate"] == total["produced_rate"] == 0 and total["drain_s"] is None
    assert p1["drain_s"] == p2["drain_s"] == 0
    text = words_of(done.stdout)
    assert re.search(r"t 0 40 100 60 60m \d\ds 0 0 never", text), text
    assert "behind 60 records, the oldest waits for 60m" in text
    assert "drained never: nothing was committed within" in text


def test_rates_and_time_to_drain(start_load, weir, broker, lag, tmp_path):
    fill(broker, 1000, 0)
    group = Group(broker)
    group.commit(p0=0)
    words = ["-b", broker.address, "-g", "g", "-t", "t", "-d", "3s", "--json", "lag.json"]
    load = start_load(*words, command="kafka lag", log=False, json=False)
    time.sleep(1)
    group.commit(p0=400)
    fill(broker, 100, 0)
    load.end()
    found = json.loads((tmp_path / "lag.json").read_text())
    total, seconds = found["total"], found["seconds"]
    assert total["behind"] == 700 and 2.9 < seconds < 30
    assert total["consumed_rate"] == pytest.approx(400 / seconds)
    assert total["produced_rate"] == pytest.approx(100 / seconds)
    assert total["drain_s"] == pytest.approx(700 / (300 / seconds))
    assert found["looks"][0]["behind"] == 1000 and found["looks"][-1]["behind"] == 700
    assert [round(look["at_s"]) for look in found["looks"][:2]] == [0, 1]


def test_nothing_behind(lag, broker):
    fill(broker, 5, 0)
    Group(broker).commit(p0=5, p1=0, p2=0)
    done = lag()
    assert done.json["total"] == done.json["total"] | {"behind": 0, "waits_s": 0, "drain_s": 0}
    assert "behind 0 records\n" in re.sub(" +", " ", done.stdout) and "drained  " not in done.stdout.partition("behind  ")[2]


def test_partitions_of_which_nothing_was_committed_are_named(lag, broker):
    fill(broker, 5, 0)
    fill(broker, 9, 1)
    Group(broker).commit(p0=3)
    done = lag()
    assert [p["behind"] for p in done.json["partitions"]] == [2, None, None]
    assert done.json["total"]["behind"] == 2 and done.json["total"]["uncommitted_partitions"] == 1
    assert "nothing was committed of 1 of 3 partitions: they are in no figure" in words_of(done.stdout)


def test_a_group_that_is_not_there(lag, broker):
    fill(broker, 5, 0)
    done = lag("--explain", group="nobody")
    assert done.json["total"]["behind"] is None
    text = words_of(done.stdout)
    assert "behind not known: nothing was committed" in text
    assert "group 'nobody' has committed nothing here: is that the application's name for it?" in text
    assert "these brokers do not say who is in a group (the embedded one does not)" in text
    assert done.json["explain"]["members"] is None and len(done.json["explain"]["findings"]) == 3


def test_looking_changes_nothing(lag, broker):
    fill(broker, 5, 0)
    Group(broker).commit(p0=3)
    before = lag().json["partitions"]
    time.sleep(0.1)
    after = lag().json["partitions"]
    assert [p["committed"] for p in before] == [p["committed"] for p in after] == [3, None, None]


def test_ctrl_c_ends_it_with_what_is_known(start_load, broker, tmp_path):
    Group(broker).commit(p0=0)
    words = ["-b", broker.address, "-g", "g", "-t", "t", "-d", "1h", "--json", "lag.json"]
    load = start_load(*words, command="kafka lag", log=False, json=False)
    time.sleep(1.5)
    load.interrupt(signal.SIGINT)
    done = load.end(130)
    assert "behind     0 records" in done.out
    assert len(json.loads((tmp_path / "lag.json").read_text())["looks"]) >= 1


def test_a_broker_that_goes_and_comes_back_is_a_warning(start_load, broker):
    Group(broker).commit(p0=0)
    words = ["-b", broker.address, "-g", "g", "-t", "t", "-d", "6s", "--timeout", "1s"]
    load = start_load(*words, "-X", "reconnect.backoff.max.ms=100", command="kafka lag", log=False, json=False)
    time.sleep(1)
    broker.tell("down")
    load.wait_until(lambda: "weir: warning: cannot " in load.err)
    broker.tell("up")
    fill(broker, 7, 0)
    done = load.end()
    assert done.err.count("weir: warning: cannot ") == 1 and "behind     7 records" in done.out


def test_json_owns_standard_output(weir, broker):
    words = ["-b", broker.address, "-g", "g", "-t", "t", "-d", "10ms", "--json", "-"]
    done = weir("kafka", "lag", *words)
    assert json.loads(done.stdout)["group"] == "g" and "behind " in done.stderr


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["-b", "x:1"], "-g says whose lag: -g GROUP"),
        (["-g", "g", "-b", "embedded"], "-b embedded: no group can be known to a broker in this process; weir broker is"),
        (["-g", "", "-b", "x:1"], "-g: it is empty"),
        (["-g", "g", "-b", "x:1", "-X", "linger.ms=5"], "-X: linger.ms is a property of producers, of which there is none"),
        (["-g", "g", "-b", "x:1", "-X", "group.id=h"], "-X: group.id cannot be set: -g says the group"),
        (["-g", "g", "-b", "x:1", "-n", 5], "unknown option -n;"),
    ],
    ids=str,
)
def test_a_wrong_flag_is_a_sentence(weir, words, why):
    done = weir("kafka", "lag", *words)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith(f"weir: {why}"), done.stderr


def test_trouble_is_a_sentence(weir, broker):
    done = weir("kafka", "lag", "-b", "127.0.0.1:1", "-g", "g")
    why = "cannot reach broker 127.0.0.1:1: connection refused; is it running?"
    assert (done.returncode, done.stderr) == (1, f"weir: {why}\n")
    done = weir("kafka", "lag", "-b", broker.address, "-g", "g")
    why = "these brokers do not say for which topics a group has committed (the embedded one does not): -t TOPIC says which"
    assert (done.returncode, done.stderr) == (1, f"weir: {why}\n")
    done = weir("kafka", "lag", "-b", broker.address, "-g", "g", "-t", "t", "--json", "/nowhere/x")
    assert done.returncode == 1 and done.stderr.startswith("weir: cannot open '/nowhere/x' for the lag: No such file")
