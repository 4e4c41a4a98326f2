"""A real Prometheus that scrapes runs: each query of the dashboard and of the rules, both kinds of histograms."""

import json
import re
import subprocess
import time

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from broker_process import CLIENT
from prometheus_process import DEPLOY, free_port
from target_process import wait_for

pytestmark = pytest.mark.real

# What is rightly empty while nothing fails.
MAY_BE_EMPTY = re.compile(r"weir_failures_total")


WATCH = """return weir.scenario { load = "50 for 120s", watch = { kafka:lag { group = "g", topic = "t" } },
  user = function() send() end }"""


@pytest.fixture
def kafka_runs(start_load, start_story, start_broker):
    """Two more: one watches a group that has stood still for an hour, the other reads: {instance: address}."""
    targets = {name: f"127.0.0.1:{free_port()}" for name in ("watching", "reading")}
    broker = start_broker("--topic", "t:2")
    producer = Producer({"bootstrap.servers": broker.address, **CLIENT})
    producer.produce("t", b"x", partition=1, timestamp=int(time.time() * 1000) - 3600_000)
    assert producer.flush(30) == 0
    group = Consumer({"bootstrap.servers": broker.address, "group.id": "g", "enable.auto.commit": False} | CLIENT)
    group.commit(offsets=[TopicPartition("t", p, 0) for p in range(2)], asynchronous=False)
    words = ["-b", broker.address, "-t", "t", "-d", "120s", "--prometheus", targets["reading"]]
    start_load(*words, command="kafka consume", log=False)
    send = 'local send = kafka:send { topic = "t", value = "x", partition = 0 } '
    start_story(broker, send + WATCH, "--prometheus", targets["watching"], log=False)
    return targets


@pytest.fixture
def runs(start_load, start_target):
    """Two runs to scrape, a good one, and one of which a fifth fails: {instance: address}."""
    targets = {name: f"127.0.0.1:{free_port()}" for name in ("good", "bad")}
    for (name, where), rate in zip(targets.items(), ("0%", "20%")):
        target = start_target("--error-rate", rate, "--delay", "20ms")
        start_load(target.url + "/ping", "-r", "100", "-d", "120s", "--prometheus", where, log=False)
    return targets


def dashboard_queries():
    board = json.loads((DEPLOY / "weir-dashboard.json").read_text())
    queries = [(p["title"], t["expr"]) for p in board["panels"] for t in p["targets"]]
    assert len(queries) > 20
    return [(title, e.replace("$__rate_interval", "10s").replace("$instance", ".*")) for title, e in queries]


def test_the_queries_of_dashboard_and_rules(runs, kafka_runs, start_prometheus):
    prometheus = start_prometheus(runs | kafka_runs)
    wait_for(lambda: len(prometheus.query("count_over_time(weir_calls_started_total[1m]) > 12")) == 3, 60)
    wait_for(lambda: prometheus.query("weir_kafka_consumer_lag_records"), 30)
    assert {t["health"] for t in prometheus.targets()} == {"up"}, prometheus.targets()
    for title, expression in dashboard_queries():
        found = prometheus.query(expression)
        assert found or MAY_BE_EMPTY.search(expression), (title, expression)
        assert all(value == value for _, value in found), (title, expression, found)  # none is NaN

    # figures that are known
    (rate,) = prometheus.query('sum(rate(weir_iterations_started_total{instance="good"}[10s]))')
    assert 90 < rate[1] < 110
    (p50,) = prometheus.query('histogram_quantile(0.5, rate(weir_response_time_seconds_bucket{instance="good"}[10s]))')
    assert 0.01 < p50[1] < 0.1
    causes = prometheus.query("sum by (instance, cause) (weir_failures_total)")
    assert {m["instance"] for m, _ in causes} == {"bad"}

    lag = {m["partition"]: v for m, v in prometheus.query("weir_kafka_group_lag_records")}
    assert lag["0"] > 100 and lag["1"] == 1
    (longest,) = prometheus.query('weir_kafka_group_lag_seconds{group="g", topic="t", partition="1"}')
    assert 3600 < longest[1] < 3900

    # the rules: what they record is there, and the one alert that is due is pending
    groups = prometheus.api("rules")["groups"]
    rules = [r for g in groups for r in g["rules"]]
    assert len(rules) == 12 and {r["health"] for r in rules} == {"ok"}, rules
    for rule in rules:
        if rule["type"] == "recording":
            found = prometheus.query(rule["name"])
            wanted = {"watching"} if "kafka" in rule["name"] else {"good", "bad"}
            assert {m["instance"] for m, _ in found} >= wanted, rule
    shares = {m["instance"]: v for m, v in prometheus.query("weir:calls_failed:ratio")}
    assert shares["good"] == 0 and 0.15 < shares["bad"] < 0.25
    alerts = {(a["labels"]["alertname"], a["labels"]["instance"]) for r in rules for a in r.get("alerts", [])}
    assert ("WeirCallsFail", "bad") in alerts and ("WeirCallsFail", "good") not in alerts
    assert ("WeirGroupFallsBehind", "watching") in alerts


def test_native_histograms(runs, start_prometheus):
    prometheus = start_prometheus(runs, "--enable-feature=native-histograms")
    name = 'weir_response_time_seconds{instance="good"}'
    wait_for(lambda: any(float(v["count"]) > 500 for _, v in prometheus.query(name)), 60)
    assert {t["health"] for t in prometheus.targets()} == {"up"}, prometheus.targets()
    ((_, found),) = prometheus.query(name)
    assert sum(float(b[3]) for b in found["buckets"]) == float(found["count"])
    mean = float(found["sum"]) / float(found["count"])
    assert 0.02 <= mean < 0.1
    ((_, p50),) = prometheus.query(f"histogram_quantile(0.5, {name})")
    assert 0.019 <= p50 < 0.1
    ((_, started),) = prometheus.query('sum(weir_calls_started_total{instance="good"})')
    assert started >= 500
    assert len(found["buckets"]) > 1 and all(
        1.08 < float(b[2]) / float(b[1]) < 1.1 for b in found["buckets"]
    )  # 2^(1/8): finer than classic ones


def test_promtool_accepts_the_files():
    for words in (["rules", "weir-rules.yml"], ["config", "prometheus.yml"]):
        done = subprocess.run(["promtool", "check", *words], cwd=DEPLOY, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
