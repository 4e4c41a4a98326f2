"""The acceptance of request-reply (spec/request_reply.md): nothing lost, nothing credited to another, deadlines that are
kept, and the time that a frozen broker costs. The truth is the responder's, the broker's or confluent-kafka's."""

import contextlib
import itertools
import json
import pathlib
import signal
import subprocess
import sys
import time

import pytest

from broker_process import consume, count_stored

FAKES = pathlib.Path(__file__).resolve().parents[1] / "fakes"


def replies(done):
    """Those that are not 0."""
    return {k: n for k, n in done.summary["ledger"]["replies"].items() if isinstance(n, int) and n}


def words(where, request="t", reply="r"):
    return ["-b", getattr(where, "address", where), "--request", request, "--reply", reply]


# ---- 2: deadlines ----


@pytest.mark.timing
@pytest.mark.parametrize("plan", [["-r", 1000, "-n", 1000], ["--stages", "1000 at once, pause 1s"]])
def test_what_is_outstanding_when_arrivals_stop_ends_at_its_deadline(load, start_broker, plan):
    """1 000 requests and no reply, one after the other or all at once: each is a timeout within 10 ms of its own deadline."""
    for _ in range(3):  # the machine has other things to do
        broker = start_broker("--topic", "t:3", "--topic", "r:3")
        done = load(*words(broker), *plan, "--timeout", "3s", "--drain", "6s", command="kafka rr", code=1)
        assert done.ledger == {"started": 1000, "timeout": 1000} and replies(done) == {}
        assert count_stored(broker.address, "t") == 1000
        over = [line["response_time"] - 3 for line in done.log]
        assert len(over) == 1000 and min(over) >= 0
        if max(over) <= 0.010:
            return
    raise AssertionError(f"{max(over):.3f} s late")


# ---- 3: none lost, none credited to another ----

ECHO = """local kafka = weir.kafka { brokers = weir.env("KAFKA_BROKERS"), producer = { ["linger.ms"] = 5 } }
local rpc = kafka:rpc { request = "%s", reply = "%s", value = "${vu.id} ${vu.iteration}", timeout = "60s",
  checks = { weir.is.echo() } }
return weir.scenario { user = function() rpc() end }"""


@pytest.mark.real
@pytest.mark.timeout(600)
def test_a_million_round_trips_and_each_reply_is_its_own_requests(kafka, story, start_responder):
    """The responder answers at once; that a value is that of its own request is weir.is.echo's word, and a value is
    unique. The ends of the topics say that each was asked and answered once."""
    n = 1_000_000
    request, reply = kafka.topic(6), kafka.topic(6)
    responder = start_responder(kafka.bootstrap, requests=request, replies=reply)
    done = story(kafka.bootstrap, ECHO % (request, reply), "-n", n, "-c", 10_000, log=False, timeout=500)
    truth = responder.stop()
    assert truth == {"received": n, "replies": n, "acknowledged": n}
    assert done.ledger == {"started": n, "ok": n} and done.checks == {"is the request's body": (n, 0)}
    assert replies(done) == {"received": n, "matched": n}
    assert count_stored(kafka.bootstrap, request) == count_stored(kafka.bootstrap, reply) == n


# ---- 5: null, empty, absent ----

# A field of a request, as the script writes it, as confluent-kafka shows it, and what the script must see of the reply.
KEYS = {"key = nil": (None, "weir.null"), "key = weir.null": (None, "weir.null"), "key = ''": (b"", "''"), "key = 'k'": (b"k", "'k'")}
VALUES = {"value = weir.null": (None, "weir.null"), "value = ''": (b"", "''"), "value = 'v'": (b"v", "'v'")}
HEADERS = {
    "headers = nil": ([], "nil"),
    "headers = { h = weir.null }": ([("h", None)], "weir.null"),
    "headers = { h = '' }": ([("h", b"")], "''"),
    "headers = { h = 'x' }": ([("h", b"x")], "'x'"),
}


@pytest.mark.real
def test_null_empty_and_absent_are_three_things_there_and_back(kafka, story, start_responder):
    request, reply = kafka.topic(), kafka.topic()
    start_responder(kafka.bootstrap, requests=request, replies=reply)
    every = list(itertools.product(KEYS.items(), VALUES.items(), HEADERS.items()))
    calls = [
        f"see(rpc {{ {key}, {value}, {header} }}, {key_seen}, {value_seen}, {header_seen})"
        for (key, (_, key_seen)), (value, (_, value_seen)), (header, (_, header_seen)) in every
    ]
    text = f"""local rpc = kafka:rpc {{ request = "{request}", reply = "{reply}" }}
local function see(r, key, value, header)
  assert(r.ok, r.why)
  assert(r.key == key, "key: " .. tostring(r.key)) assert(r.value == value, "value: " .. tostring(r.value))
  assert(r.headers.h == header, "header: " .. tostring(r.headers.h)) assert(r.headers.other == nil)
end
return weir.scenario {{ user = function() {" ".join(calls)} end }}"""
    done = story(kafka.bootstrap, text, "-n", 1)
    assert done.ledger == {"started": len(every), "ok": len(every)}
    wanted = [(key, value, headers) for (_, (key, _)), (_, (value, _)), (_, (headers, _)) in every]
    for topic in (request, reply):
        found = consume(kafka.bootstrap, topic)
        assert [(m.key(), m.value(), [h for h in m.headers() if h[0] != "correlationId"]) for m in found] == wanted


# ---- 6: HTTP in, event out ----

ORDERS = """local http = weir.http { base = weir.env("SHOP") }
local kafka = weir.kafka { brokers = weir.env("KAFKA_BROKERS"), consumer = { ["fetch.wait.max.ms"] = 10 } }
local order = http:post { "/orders", name = "order", expect = { 201 } }
local paid = kafka:consume { topic = "%s", name = "paid", correlate = "json:/order", timeout = "60s", keep = "60s" }
return weir.scenario { user = function(vu)
  local r = order()
  local id = r:json("/order")
  local e = paid { id = id, since = r }
  weir.check(e, "mine", e.ok and e:json("/order") == id)
end }"""


@contextlib.contextmanager
def shop(kafka, topic, early):
    """tests/fakes/orders.py: where it is, and when it has ended what it did."""
    argv = [sys.executable, FAKES / "orders.py", kafka.bootstrap, topic, str(early)]
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    did = {}
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}", did
        did.update(json.loads(process.communicate(timeout=60)[0]))
    finally:
        process.kill()
        process.wait(30)


@pytest.mark.real
@pytest.mark.timeout(600)
def test_no_story_loses_its_event(kafka, story):
    """70 of 100 events are stored before the reply that tells their id is sent."""
    n, topic = 100_000, kafka.topic(6)
    with shop(kafka, topic, early=70) as (where, did):
        done = story(kafka.bootstrap, ORDERS % topic, "-e", f"SHOP={where}", "-n", n, "-c", 500, log=False, timeout=500)
    assert did == {"orders": n, "before": n * 70 // 100, "failed": 0}
    assert done.ledger == {"started": 2 * n, "ok": 2 * n} and done.checks == {"mine": (n, 0)}
    assert done.summary["ledger"]["awaited"] == {"seen": n, "taken": n, "unclaimed": 0}
    assert count_stored(kafka.bootstrap, topic) == n


# ---- the broker frozen ----


@pytest.mark.timing
@pytest.mark.parametrize("how", ["kafka rr", "run"])
def test_the_percentiles_of_a_frozen_broker_are_those_of_who_asked(start_load, start_story, start_broker, start_responder, how):
    """200/s over 10 s, of which the broker stands still for d: p90, p95 and p99 as measure.md has them."""
    broker = start_broker("--topic", "t:6", "--topic", "r:6")
    start_responder(broker, "-X", "producer.linger.ms=0")
    if how == "run":
        text = """local kafka = weir.kafka { brokers = weir.env("KAFKA_BROKERS"), producer = { ["linger.ms"] = 1 } }
local rpc = kafka:rpc { request = "t", reply = "r", value = "x" }
return weir.scenario { user = function() rpc() end }"""
        load = start_story(broker, text, "-r", 200, "-d", "10s")
    else:
        load = start_load(*words(broker), "-r", 200, "-d", "10s", "-X", "producer.linger.ms=1", command=how)
    load.wait_until_under_way()
    time.sleep(3)
    begin = time.monotonic()
    broker.process.send_signal(signal.SIGSTOP)
    time.sleep(2)
    broker.process.send_signal(signal.SIGCONT)
    d = time.monotonic() - begin
    done = load.end()
    assert done.ledger == {"started": 2000, "ok": 2000} and done.reasons == []
    assert replies(done) == {"received": 2000, "matched": 2000}
    response = done.summary["total"]["response_time_s"]
    for figure, wait in (("p90", d - 1.0), ("p95", d - 0.5), ("p99", d - 0.1), ("max", d)):
        assert response[figure] == pytest.approx(wait, rel=0.05), figure
    assert response["p50"] < 0.05
