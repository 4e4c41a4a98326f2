"""watch = { kafka:lag{…} }: a consumer group's lag each second beside the run, on the same axis, in thresholds."""

import json
import sqlite3
import time

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from broker_process import CLIENT
from broker_process import produce as produce_values

pytestmark = pytest.mark.exact

WATCH = """
local k = weir.kafka {{ brokers = weir.env("KAFKA_BROKERS") }}
local send = k:send {{ topic = "t", value = "x", partition = 0 }}
return weir.scenario {{
  load = "{load}", watch = {{ k:lag {{ group = "g", topic = "t" }} }}, thresholds = {{ {thresholds} }},
  user = function() send() end }}
"""


@pytest.fixture
def broker(start_broker):
    return start_broker("--topic", "t:2")


def commit(broker, **offsets):
    settings = {"bootstrap.servers": broker.address, "group.id": "g", "enable.auto.commit": False}
    consumer = Consumer(settings | CLIENT)
    places = [TopicPartition("t", int(p[1:]), offset) for p, offset in offsets.items()]
    consumer.commit(offsets=places, asynchronous=False)
    consumer.close()


def lag(done):
    return done.series("kafka_group_lag"), done.series("kafka_group_wait")


def test_records_and_seconds_each_second(story, broker, tmp_path):
    assert not any(produce_values(broker.address, "t", [b"x"] * 50, 0))
    assert not any(produce_values(broker.address, "t", [b"x"] * 30, 1))
    commit(broker, p0=10, p1=30)
    thresholds = '"kafka_group_lag.max < 1k", "kafka_group_wait.max < 1h over 1s"'
    done = story(broker, WATCH.format(load="100 for 4s", thresholds=thresholds), "--record", "r.weir")
    records, seconds = lag(done)
    assert records["tags"] == {"protocol": "kafka", "group": "g", "topic": "t"} == seconds["tags"]
    assert records["kind"] == "values" and seconds["kind"] == "times"
    assert 3 <= records["count"] <= 5 and records["value"]["min"] >= 40
    assert 300 <= records["value"]["max"] <= 440 and records["value"]["max"] - records["value"]["min"] >= 200
    assert 2 < seconds["value_s"]["max"] < 30
    assert all(t["passed"] for t in done.summary["verdict"]["thresholds"])
    assert done.summary["series"][0]["kind"] == "calls" and done.ledger == {"started": 400, "ok": 400}
    words = " ".join(done.out.split())
    assert "lag group g, topic t: " in words and "; the oldest waited for up to " in words
    rows = sqlite3.connect(tmp_path / "r.weir").execute(
        "SELECT start_s FROM measured JOIN series ON series.id = series JOIN span ON span.id = span "
        "WHERE name = 'kafka_group_lag' AND length_s = 1 ORDER BY start_s"
    )
    assert [second for (second,) in rows][:3] == [0, 1, 2]  # on the axis of the run


def test_a_threshold_ends_the_run_that_its_group_cannot_follow(story, broker):
    commit(broker, p0=0, p1=0)
    done = story(broker, WATCH.format(load="200 for 60s", thresholds='"kafka_group_lag.max < 100 abort"'), code=3)
    assert done.summary["run"]["duration_s"] < 30


def test_old_records_wait_since_they_were_written(story, broker):
    producer = Producer({"bootstrap.servers": broker.address, **CLIENT})
    producer.produce("t", b"x", partition=1, timestamp=int(time.time() * 1000) - 3600_000)
    assert producer.flush(30) == 0
    commit(broker, p1=0)
    _, seconds = lag(story(broker, WATCH.format(load="10 for 1s", thresholds="")))
    assert 3600 <= seconds["value_s"]["min"] < 3700


def test_a_group_that_never_committed_has_no_figures(story, broker):
    done = story(broker, WATCH.format(load="10 for 1s", thresholds='"kafka_group_lag.max < 1k"'), code=3)
    (threshold,) = done.summary["verdict"]["thresholds"]
    assert threshold["value"] is None and "no Kafka client told" in threshold["why"]


def test_an_embedded_broker_and_several_workers(script):
    text = WATCH.replace('weir.env("KAFKA_BROKERS")', '"embedded"').format(load="20 for 1s", thresholds="")
    done = script(None, text, "--threads", 3)
    assert done.ledger == {"started": 20, "ok": 20}


def test_a_broker_that_goes_away_meanwhile_is_one_warning(start_story, broker):
    commit(broker, p0=0)
    load = start_story(broker, WATCH.format(load="10 for 6s", thresholds=""), "--timeout", "2s")
    load.wait_until_under_way()
    time.sleep(1.5)
    broker.tell("down 1")
    done = load.end((0, 1, 4))
    assert done.err.count("group 'g' cannot be looked at: ") == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("k:lag { topic = 't' }", "kafka:lag needs a group"),
        ("k:lag { group = '', topic = 't' }", "kafka:lag: 'group' is empty"),
        ("k:lag { groop = 'g' }", "kafka:lag has no key 'groop'; did you mean 'group'?"),
        ("5", "watch: value 1 is no kafka:lag"),
    ],
)
def test_what_is_wrong_is_said(start_story, broker, text, why):
    script = f'local k = weir.kafka {{ brokers = weir.env("KAFKA_BROKERS") }} return weir.scenario {{ watch = {{ {text} }}, user = function() end }}'
    load = start_story(broker, script)
    assert why in load.end(2).err


def test_without_a_topic_the_brokers_must_know_what_the_group_has_committed(start_story, broker):
    text = WATCH.replace('k:lag {{ group = "g", topic = "t" }}', 'k:lag {{ group = "nobody" }}').format(load="1 for 1s", thresholds="")
    load = start_story(broker, text)
    assert "these brokers do not say for which topics a group has committed" in load.end(1).err


def test_the_report_tells_it_again(story, weir, broker):
    commit(broker, p0=0)
    done = story(broker, WATCH.format(load="10 for 2s", thresholds=""), "--record", "r.weir")
    assert json.loads(weir("report", "r.weir", "--json", "-").stdout)["series"] == done.summary["series"]
