"""--prometheus: what it serves, to whom, in which format."""

import re
import shutil
import socket
import subprocess

import pytest
from confluent_kafka import Consumer, TopicPartition

from broker_process import CLIENT
from broker_process import produce as produce_values
from conftest import ROOT
from others import absent
from serving import ask, samples, served_at, total, wait_for_metrics

pytestmark = pytest.mark.exact
METRICS = "metrics for Prometheus"


@pytest.fixture
def start(start_load, target):
    def run(*words, path="/ping", **how):
        load = start_load(target.url + path, "--prometheus", ":0", *words, **how)
        return load, served_at(load, METRICS)

    return run


def test_counts_are_those_of_the_summary(start):
    """-n ends the load, the drain keeps it alive: one call waits for an answer that is late."""
    load, where = start("-r", "20", "-n", "41", "--timeout", "30s", path="/ping?delay=3s")
    m = wait_for_metrics(where, lambda m: total(m, "weir_calls_total", fate="ok") >= 20)
    of_series = {"series": "GET /ping?delay=3s", "protocol": "http"}
    assert total(m, "weir_calls_started_total", **of_series) == 41 == total(m, "weir_iterations_started_total")
    ok, flying = total(m, "weir_calls_total", fate="ok", **of_series), total(m, "weir_calls_in_flight")
    assert ok + flying == 41 and total(m, "weir_calls_total") == ok
    assert total(m, "weir_response_time_seconds_count") == ok == total(m, "weir_status_codes_total", status="200")
    assert total(m, "weir_response_time_seconds_bucket", le="2.5") == 0
    assert total(m, "weir_response_time_seconds_bucket", le="+Inf") == ok
    assert 3 <= total(m, "weir_response_time_seconds_sum") / ok < 10
    assert total(m, "weir_build_info") == 1 == total(m, "weir_run_phase")
    assert total(m, "process_resident_memory_bytes") > 1e6
    done = load.end()
    assert done.ledger == {"started": 41, "ok": 41}


def test_failures_by_cause_and_checks(start_script, target):
    text = """
local http = weir.http { base = weir.env("TARGET") }
local get = http:get { "/ping?error-rate=100%25", name = 'say "hi"\\n\\\\ é' }
return weir.scenario { user = function(vu) get() end }"""
    load = start_script(target, text, "-r", "20", "-d", "4s", "--prometheus", ":0")
    where = served_at(load, METRICS)
    m = wait_for_metrics(where, lambda m: total(m, "weir_calls_total") > 0)
    name = 'say \\"hi\\"\\n\\\\ é'
    failed = total(m, "weir_calls_total", fate="failed_check", series=name)
    assert failed == total(m, "weir_failures_total", series=name) == total(m, "weir_status_codes_total", status="500") > 0
    load.interrupt()
    load.end(130)


def promtool(text):
    if not shutil.which("promtool"):
        absent("promtool is not installed")
    checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, timeout=60)
    return checked.returncode, checked.stdout, checked.stderr


@pytest.mark.parametrize("accept", ["", "application/openmetrics-text; version=1.0.0"])
def test_promtool_finds_nothing(start, accept):
    load, where = start("-r", "50", "-d", "10s")
    wait_for_metrics(where, lambda m: total(m, "weir_calls_total") > 0)
    text = ask(where, "/metrics", headers={"Accept": accept}).text
    load.interrupt()
    load.end(130)
    if accept:
        assert text.endswith("# EOF\n") and "# TYPE weir_calls counter\n" in text
        assert "# UNIT weir_response_time_seconds seconds\n" in text
        return  # promtool reads the other one only
    assert promtool(text) == (0, "", "")


def test_a_page_of_another_site_gets_nothing(start):
    load, where = start("-r", "1", "-d", "30s")
    for host in ("evil.example", "127.0.0.1.evil.example", "127.evil", "", "localhost.evil.example:80"):
        refused = ask(where, "/metrics", headers={"Host": host})
        assert refused.status == 403 and "weir_" not in refused.text
    for host in ("localhost", f"LOCALHOST:{where[1]}", "127.0.0.1:1", "127.1.2.3", "[::1]:80"):
        assert ask(where, "/metrics", headers={"Host": host}).status == 200
    assert ask(where, "/metrics", "POST", {}).status == 405
    assert ask(where, "/nothing").status == 404
    load.interrupt()
    load.end(130)


def test_other_hosts_may_scrape_an_open_address(start_load, target):
    load = start_load(target.url + "/ping", "-r", "1", "-d", "30s", "--prometheus", "0.0.0.0:0")
    _, port = served_at(load, METRICS)
    assert ask(("127.0.0.1", port), "/metrics", headers={"Host": "loadbox:9464"}).status == 200
    load.interrupt()
    load.end(130)


def test_port_in_use(load, target):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = load(target.url + "/ping", "-n", "1", "--prometheus", f":{port}", code=1)
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use" in done.err
    assert "--prometheus=:PORT takes another port" in done.err
    assert target.metrics()["requests"] == 0


@pytest.mark.parametrize("wrong", ["here", "here:", ":70000", ":x", "[::1]"])
def test_no_address(load, target, wrong):
    done = load(target.url + "/ping", "-n", "1", "--prometheus", wrong, code=2)
    assert f"'{wrong}' has no port; write it like :8080 or 0.0.0.0:8080" in done.err


def test_a_slow_or_silent_client_holds_nothing_up(start):
    load, where = start("-r", "100", "-n", "200")
    clients = [socket.create_connection(where) for _ in range(20)]
    for c in clients[:10]:
        c.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n")  # and no more
    done = load.end()
    assert done.ledger == {"started": 200, "ok": 200}
    for c in clients:
        c.close()


def test_kafka_produce(start_load, broker):
    load = start_load("-b", broker.address, "-t", "t", "-r", "50", "-d", "10s", "--prometheus", ":0", command="kafka produce")
    where = served_at(load, METRICS)
    m = wait_for_metrics(where, lambda m: total(m, "weir_calls_total", fate="ok") > 0)
    assert {dict(ls).get("topic") for (n, ls) in m if n == "weir_calls_total"} == {"t"}
    load.interrupt()
    load.end(130)


def test_lag_is_a_gauge_by_group_topic_and_partition(start_story, start_broker):
    """It goes down when the group commits, which a histogram cannot show; what was never committed is not there."""
    broker = start_broker("--topic", "t:3")
    assert not any(produce_values(broker.address, "t", [b"x"] * 50, 0))
    assert not any(produce_values(broker.address, "t", [b"x"] * 30, 1))
    group = Consumer({"bootstrap.servers": broker.address, "group.id": "g", "enable.auto.commit": False} | CLIENT)
    group.commit(offsets=[TopicPartition("t", 0, 10), TopicPartition("t", 1, 30)], asynchronous=False)
    text = """return weir.scenario { watch = { kafka:lag { group = "g", topic = "t" } },
        user = function() weir.sleep(0.1) end, load = { rate = 5, over = "60s" } }"""
    load = start_story(broker, text, "--prometheus", ":0", log=False)
    where = served_at(load, METRICS)
    name, waits = "weir_kafka_group_lag_records", "weir_kafka_group_lag_seconds"
    of_0 = frozenset({"protocol": "kafka", "group": "g", "topic": "t", "partition": "0"}.items())
    m = wait_for_metrics(where, lambda m: (name, of_0) in m)
    assert m[name, of_0] == 40 == total(m, name) and total(m, name, partition="2") == 0
    assert {dict(labels)["partition"] for n, labels in m if n == name} == {"0", "1"}
    assert m[waits, of_0] > 0 == total(m, waits, partition="1")
    group.commit(offsets=[TopicPartition("t", 0, 45)], asynchronous=False)
    m = wait_for_metrics(where, lambda m: m[name, of_0] == 5)
    assert promtool(ask(where, "/metrics").text) == (0, "", "")
    assert f"# UNIT {name} records\n" in ask(where, "/metrics", headers={"Accept": "application/openmetrics-text"}).text
    load.interrupt()
    load.end(130)


def test_lag_of_the_run_itself(start_consume, broker):
    assert not any(produce_values(broker.address, "t", [b"x"] * 50, 0))
    load = start_consume(broker, "--from", "beginning", "-d", "60s", "--prometheus", ":0", "--metrics-every", "200ms")
    where = served_at(load, METRICS)
    m = wait_for_metrics(where, lambda m: any(n == "weir_kafka_consumer_lag_records" for n, _ in m))
    ((labels, value),) = [(dict(ls), v) for (n, ls), v in m.items() if n == "weir_kafka_consumer_lag_records"]
    assert (labels["topic"], labels["partition"], value) == ("t", "0", 0) and "series" not in labels
    load.interrupt()
    load.end(130)


def test_the_reference_lists_what_is_served(start):
    load, where = start("-r", "50", "-d", "30s")
    wait_for_metrics(where, lambda m: total(m, "weir_calls_total") > 0)
    text = ask(where, "/metrics").text
    listed = re.findall(r"^\| `(\w+)` \| (\w+) \|", (ROOT / "docs/options.md").read_text(), re.M)
    families = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.M))
    assert len(families) > 15 and families.items() <= dict(listed).items()
    load.interrupt()
    load.end(130)


def test_replies_by_class(start_story, start_responder, broker):
    start_responder(broker)
    text = """local rpc = kafka:rpc { request = "t", reply = "r", key = "k", value = "x" }
      return weir.scenario { user = function() rpc() end, load = { rate = 40, over = "20s" } }"""
    load = start_story(broker, text, "--prometheus", ":0")
    where = served_at(load, METRICS)
    m = wait_for_metrics(where, lambda m: total(m, "weir_replies_total", **{"class": "matched"}) >= 40)
    matched = total(m, "weir_replies_total", **{"class": "matched"})
    calls = {k: v for k, v in m.items() if not any(name == "part" for name, _ in k[1])}
    assert matched == total(calls, "weir_calls_total", fate="ok")
    assert total(m, "weir_replies_total") == matched and total(m, "weir_late_reply_seconds_count") == 0
    load.interrupt()
    load.end(130)


def test_metrics_of_a_script(start_script, target):
    text = """return weir.scenario { user = function() http:get "/ping" weir.count("orders", 2) weir.record("basket", 15) end, load = { rate = 20, over = "20s" } }"""
    load = start_script(target, text, "--prometheus", ":0")
    where = served_at(load, METRICS)
    m = wait_for_metrics(where, lambda m: total(m, "weir_metric_total") >= 10)
    assert total(m, "weir_metric_total", series="orders") == 2 * total(m, "weir_metric_values_count", series="basket")
    assert total(m, "weir_metric_values_bucket", le="10") == 0
    assert total(m, "weir_metric_values_bucket", le="20") == total(m, "weir_metric_values_count")
    load.interrupt()
    load.end(130)
