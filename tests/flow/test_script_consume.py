"""kafka:consume in scenarios: records that are awaited, by id or as they come, also when they came before they were asked
for; and the book of what was seen and taken."""

import json
import threading
import time

import pytest
from confluent_kafka import Producer

from broker_process import CLIENT, consume, produce

pytestmark = pytest.mark.exact

CONSUME = 'local paid = kafka:consume { topic = "t", name = "paid", correlate = "json:/id" } local send = kafka:send { topic = "t" } '


@pytest.fixture
def broker(start_broker):
    return start_broker("--topic", "t:3", "--topic", "r:3", "--topic", "u:2")


@pytest.fixture
def once(story):
    """Runs a script's user once; `body` is what it does, `before` what stands in front."""

    def run(broker, body, *words, before=CONSUME, **how):
        return story(broker, f"{before} return weir.scenario {{ user = function(vu) {body} end }}", *words, **how)

    return run


def book(done):
    return done.summary["ledger"]["awaited"]


def series(done, name):
    (one,) = [s for s in done.summary["series"] if s["name"] == name]
    return one


# ---- one record ----


def test_a_record_is_what_the_script_sees(once, broker):
    done = once(broker, """
send { key = "k", value = '{"id":"a","n":1}', partition = 2, headers = { a = "1", null = weir.null, empty = "" } }
local r = paid { id = "a" }
assert(r.ok and r.fate == "ok" and r.status == 200 and r.why == "")
assert(r.body == '{"id":"a","n":1}' and r.value == r.body and r:json("/n") == 1 and r.key == "k")
assert(r.headers.a == "1" and r.headers.null == weir.null and r.headers.empty == "" and r.headers.no == nil)
assert(r.partition == 2 and r.offset == 0 and r.timestamp > 1.6e12)
assert(r.request.body == nil and r.request.key == nil and r.response_time >= 0)
weir.check(r, "mine", true)""")
    assert done.ledger == {"started": 2, "ok": 2} and book(done) == {"seen": 1, "taken": 1, "unclaimed": 0}
    assert series(done, "paid")["tags"] == {"protocol": "kafka", "topic": "t", "type": "CONSUME"}
    assert "1 events = 1 taken + 0 unclaimed ✓" in done.out
    assert set(done.summary["ledger"]["replies"].values()) == {0}


@pytest.mark.parametrize("field", ["key = '', value = 'x'", "value = weir.null", "value = ''", "key = weir.null, value = ''"])
def test_null_and_empty_are_different(once, broker, field):
    before = 'local any = kafka:consume { topic = "t" } local send = kafka:send { topic = "t" } '
    once(broker, f"""
local sent = {{ {field} }} send(sent)
local r = any() assert(r.ok) local key = sent.key if key == nil then key = weir.null end
assert(r.key == key) assert(r.body == sent.value) assert(r.value == sent.value)""", before=before)


def test_a_record_that_does_not_come_is_a_timeout(once, broker):
    done = once(broker, """local r = paid { id = "never" }
assert(r.fate == "timeout" and r.status == 504 and r.body == nil and r.key == nil and r.headers == nil and r.timestamp == nil)
weir.check(r, "does not count", false)""", before=CONSUME.replace('"json:/id"', '"json:/id", timeout = "200ms"'), code=1)
    assert done.ledger == {"started": 1, "timeout": 1} and not done.summary["checks"]


CORRELATES = {
    "header": ('correlate = "header:my-id"', "value = 'x', headers = { ['my-id'] = ID }"),
    "the usual header": ("", "value = 'x', headers = { correlationId = ID }"),
    "key": ('correlate = "key"', "key = ID, value = 'x'"),
    "json": ('correlate = "json:/a/b"', """value = '{"a":{"b":"' .. ID .. '"}}'"""),
    "a number in json": ('correlate = "$.n"', """value = '{"n":' .. ID .. '}'"""),
    "bytes": ('correlate = "bytes:2,1"', "value = 'x=' .. ID .. '...'"),
    "regex": ('correlate = "regex:id=([0-9]+);"', "value = '<id=' .. ID .. ';>'"),
}


@pytest.mark.parametrize("how", CORRELATES)
def test_ids_are_found_where_correlate_says(story, broker, how):
    """Two records each, taken in the other order."""
    correlate, record = CORRELATES[how]
    text = f"""local take = kafka:consume {{ topic = "t", {correlate} }} local send = kafka:send {{ topic = "t" }}
return weir.scenario {{ user = function(vu)
  for i = 1, 2 do send {{ {record.replace("ID", "i")} }} end
  for i = 2, 1, -1 do assert(take {{ id = i }}.ok) end end }}"""
    done = story(broker, text)
    assert done.ledger == {"started": 4, "ok": 4} and book(done) == {"seen": 2, "taken": 2, "unclaimed": 0}


def test_the_clients_place_and_checks_hold(once, broker):
    before = """local is = weir.is
local kafka = weir.kafka { brokers = weir.env("KAFKA_BROKERS"), correlate = { request = "key", reply = "header:x" }, checks = { is.not_empty() } }
local take = kafka:consume { topic = "t", codec = { decode = function(b) return #b end }, checks = {
  is.header("x", "==", "1"), is.key("==", "k"), is.equals("no"), is.when(is.contains("hel"), is.contains("lo")) } }
local send = kafka:send { topic = "t", key = "k", value = "hello", headers = { x = "1" } } """
    done = once(broker, "send() local r = take { id = 1 } assert(r.value == 5 and r.why == 'equals no')", before=before)
    assert done.ledger == {"started": 2, "ok": 1, "failed_check": 1}
    assert {c["name"] for c in done.summary["checks"]} == {
        "not empty", "header x == 1", "key == k", "equals no", "when contains hel: contains lo"
    }  # fmt: skip


# ---- order ----


def test_records_of_one_id_come_in_their_order(once, broker):
    once(broker, """
for i = 1, 3 do send { key = "k", value = '{"id":7,"n":' .. i .. '}' } end
for i = 1, 3 do assert(paid { id = 7 }:json("/n") == i) end""")


def test_the_next_record_is_nobody_elses(story, broker):
    text = """local take = kafka:consume { topic = "t" } local send = kafka:send { topic = "t" }
return weir.scenario { user = function(vu)
  send { value = "x" } local r = take() print("got " .. r.partition .. ":" .. r.offset) end }"""
    done = story(broker, text, "-n", 600, "-c", 30, "--threads", 2, "--timeout", "30s")
    got = [line.rpartition("got ")[2] for line in done.err.splitlines() if "got " in line]
    assert done.ledger == {"started": 1200, "ok": 1200} and len(got) == len(set(got)) == 600
    assert book(done) == {"seen": 600, "taken": 600, "unclaimed": 0}


def test_ids_and_any_are_taken_side_by_side(once, broker):
    """A record that was taken by its id is not the next one of somebody else."""
    once(broker, """
send { key = "k", value = '{"id":1}' } send { key = "k", value = '{"id":2}' } send { key = "k", value = "none" }
assert(paid { id = 1 }:json("/id") == 1)
assert(paid():json("/id") == 2) assert(paid {}.body == "none")
local p = paid:start { id = 2 } weir.sleep("50ms") send { key = "k", value = '{"id":2,"new":1}' }
assert(p:wait():json("/new") == 1)""")


def test_what_no_call_took_is_unclaimed(once, broker):
    done = once(broker, """for i = 1, 10 do send { key = "k", value = '{"id":' .. i .. '}' } end assert(paid { id = 10 }.ok)""")
    assert book(done) == {"seen": 10, "taken": 1, "unclaimed": 9}
    assert "10 events = 1 taken + 9 unclaimed ✓" in done.out


# ---- time ----


def test_a_record_stays_as_long_as_it_is_kept(once, broker):
    before = """local short = kafka:consume { topic = "t", correlate = "key", keep = "300ms", timeout = "400ms" }
local long = kafka:consume { topic = "u", correlate = "key", keep = "1h" }
local a = kafka:send { topic = "t", value = "x" } local b = kafka:send { topic = "u", value = "x" } """
    done = once(broker, """
a { key = 1 } b { key = 1 } assert(short { id = 1 }.ok) a { key = 2 } weir.sleep("1s")
assert(short { id = 2 }.fate == "timeout") assert(long { id = 1 }.ok)""", before=before)
    assert book(done) == {"seen": 3, "taken": 2, "unclaimed": 1}


def test_since_makes_it_due_with_its_cause(once, broker):
    """It came 0.5 s after the send was due and was asked for at 1 s: what counts is when it came."""
    done = once(broker, """
local cause = send { value = "{}" } weir.sleep("500ms") send { value = '{"id":5}' } weir.sleep("500ms")
local r = paid { id = 5, since = cause }
assert(math.abs(r.due - cause.due) < 1e-6) assert(r.response_time >= 0.5 and r.response_time < 0.95, r.response_time)
assert(r.service_time < 1e-6)
local next = send { value = "{}" } assert(next.due > r.due + 0.99, next.due)""")
    paid = series(done, "paid")
    assert 0.5 <= paid["response_time_s"]["max"] < 0.95 and paid["service_time_s"]["max"] < 1e-6


def test_without_since_what_came_before_took_no_time(once, broker):
    once(broker, """send { value = '{"id":5}' } weir.sleep("200ms") local r = paid { id = 5 }
assert(r.response_time < 1e-6 and r.service_time < 1e-6, r.response_time)""")


def test_a_timeout_counts_from_the_cause(once, broker):
    before = CONSUME.replace('"json:/id"', '"json:/id", timeout = "600ms"')
    done = once(broker, """
local cause = send { value = "{}" } weir.sleep("400ms") local r = paid { id = "never", since = cause }
assert(r.fate == "timeout" and r.response_time >= 0.6 and r.response_time < 0.9, r.response_time)""", before=before)
    assert done.ledger == {"started": 2, "ok": 1, "timeout": 1}


@pytest.mark.parametrize("start, n", [("end", 0), ("beginning", 5)])
def test_reading_begins_where_from_says(once, broker, start, n):
    assert produce(broker.address, "t", [b"%d" % i for i in range(5)]) == [None] * 5
    before = f'local take = kafka:consume {{ topic = "t", from = "{start}", timeout = "300ms" }} '
    done = once(broker, "for i = 1, 5 do take() end", before=before, code=0 if n else 1)
    assert done.ledger == {"started": 5, **({"ok": 5} if n else {"timeout": 5})} and book(done)["seen"] == n


# ---- stories ----

STORY = """
local http = weir.http { base = weir.env("TARGET") }
local kafka = weir.kafka { brokers = weir.env("KAFKA_BROKERS"), consumer = { ["fetch.wait.max.ms"] = 5 } }
local order = http:get { "/ping", name = "order" }
local event = kafka:send { topic = "t", name = "event", value = '{"order":"${order}"}' }
local paid = kafka:consume { topic = "t", name = "paid", correlate = "json:/order", timeout = "20s", keep = "60s" }
return weir.scenario { user = function(vu)
  local id = vu.id .. "-" .. vu.iteration
  local early = vu.iteration % 2 == 0 and event:start { order = id }
  local r = order()
  if early then early:wait() weir.sleep("20ms") else event:start { order = id } end
  local e = paid { id = id, since = r }
  weir.check(e, "mine", e:json("/order") == id)
end }"""


@pytest.mark.parametrize("threads", [1, 2])
def test_no_event_is_lost_however_early_it_comes(story, broker, target, threads):
    """An order over HTTP whose event comes before its reply for every other story, and is asked for by an id that only the
    story knows."""
    done = story(broker, STORY, "-n", 5000, "-c", 100, "--threads", threads, server=target, timeout=120)
    assert done.ledger == {"started": 15000, "ok": 15000}
    assert book(done) == {"seen": 5000, "taken": 5000, "unclaimed": 0}
    assert series(done, "paid")["count"] == 5000 and len(consume(broker.address, "t")) == 5000


def test_events_of_another_program_are_found(start_story, broker):
    """Sent by confluent-kafka, in another order than they are asked for."""
    text = """local paid = kafka:consume { topic = "t", correlate = "key", timeout = "30s" }
return weir.scenario { user = function(vu) assert(paid { id = vu.id - 1 }.ok) end, users = "fresh" }"""
    run = start_story(broker, text, "-n", 300, "-c", 300, "--threads", 2)
    run.wait_until_under_way()
    time.sleep(0.3)
    producer = Producer({"bootstrap.servers": broker.address, "linger.ms": 1, **CLIENT})
    for i in reversed(range(300)):
        producer.produce("t", b"x", key=str(i).encode())
    assert producer.flush(30) == 0
    done = run.end()
    assert done.ledger == {"started": 300, "ok": 300} and book(done) == {"seen": 300, "taken": 300, "unclaimed": 0}


def test_an_interrupt_abandons_who_waits(start_story, broker):
    text = """local paid = kafka:consume { topic = "t", timeout = "60s" } return weir.scenario { user = function() paid() end }"""
    run = start_story(broker, text, "-c", 10, "-d", "60s", "--drain", "200ms")
    run.wait_until_under_way()
    timer = threading.Timer(0.5, run.interrupt)
    timer.start()
    done = run.end(130)
    assert done.ledger == {"started": 10, "abandoned": 10}


def test_requests_and_awaited_records_in_one_client(once, broker, start_responder):
    start_responder(broker)
    before = """local rpc = kafka:rpc { request = "t", reply = "r" } local seen = kafka:consume { topic = "t" } """
    done = once(broker, "local r = rpc { value = 'x' } local e = seen { id = r.headers.correlationId, since = r } assert(e.body == 'x')", before=before)
    assert done.ledger == {"started": 2, "ok": 2} and book(done)["taken"] == 1
    assert done.summary["ledger"]["replies"]["matched"] == 1


@pytest.mark.parametrize("every, topics", [("'100ms'", {"r", "t"}), ("0", set())])
def test_its_consumers_measure_themselves(once, broker, start_responder, every, topics):
    start_responder(broker)
    before = f"""local kafka = weir.kafka {{ brokers = weir.env("KAFKA_BROKERS"), metrics_every = {every} }}
local rpc = kafka:rpc {{ request = "t", reply = "r", value = "x" }} local seen = kafka:consume {{ topic = "t" }} """
    done = once(broker, "for i = 1, 3 do rpc() seen() weir.sleep('300ms') end", before=before)
    lags = [s["tags"] for s in done.summary["series"] if s["name"] == "kafka_lag"]
    assert {tags["topic"] for tags in lags} == topics and {tags["client"] for tags in lags} <= {"consumer"}


def test_setup_may_wait_too(story, broker):
    text = CONSUME + """return weir.scenario {
  setup = function() send { value = '{"id":1}' } return { n = paid { id = 1 }:json("/id") } end,
  user = function(vu, data) send { value = '{"id":2}' } assert(paid { id = 2 }:json("/id") == data.n + 1) end }"""
    done = story(broker, text, "-n", 1, "--threads", 2)
    assert done.ledger == {"started": 2, "ok": 2}


def test_the_embedded_broker_has_the_topic(script):
    text = """local kafka = weir.kafka { brokers = "embedded" }
local take = kafka:consume { topic = "events" } local send = kafka:send { topic = "events", value = "x" }
return weir.scenario { user = function() send() assert(take().ok) end }"""
    assert script(None, text).ledger == {"started": 2, "ok": 2}


def test_the_record_has_its_book(once, broker, weir):
    done = once(broker, """send { key = "k", value = '{"id":1}' } send { key = "k", value = '{"id":2}' } assert(paid { id = 2 }.ok)""", "--record", "r.weir")
    again = json.loads(weir("report", "r.weir", "--json", "-").stdout)
    assert again["ledger"]["awaited"] == book(done) == {"seen": 2, "taken": 1, "unclaimed": 1}
    assert "2 events = 1 taken + 1 unclaimed" in weir("report", "r.weir").stdout


def test_what_is_asked_for_is_shown(once, broker):
    done = once(broker, """send { value = '{"id":1}' } paid { id = 1 } send { value = "x" } paid()""")
    assert "> record of t with id 1\n" in done.out and "> next record of t\n" in done.out and '< {"id":1}\n' in done.out


@pytest.mark.parametrize("correlate, sent, why", [
    ("header:id", "", "nothing came to t: does the application run, and send there?"),
    ("header:id", "value = 'x', key = 'k'", "1 record came to t, without headers; looked for the id in header:id, which none of them has"),
    ("key", "value = 'x', key = 'other', headers = { a = 1, b = 2 }",
     "1 record came to t, with the headers a, b; looked for the id in key, found 'other' first, which no call has asked for"),
    ("json:/id", "value = 'x'", "looked for the id in json:/id, which cannot be read there: the values have another form"),
])  # fmt: skip
def test_why_nothing_is_found_is_said_once(once, broker, correlate, sent, why):
    before = f"""local take = kafka:consume {{ topic = "t", correlate = "{correlate}", timeout = "5500ms" }}
local send = kafka:send {{ topic = "t" }} """
    done = once(broker, f"{f'send {{ {sent} }}' if sent else ''} take {{ id = 'mine' }}", before=before, code=0 if sent else 1)
    lines = [line for line in done.err.splitlines() if "no awaited record is found so far: " in line]
    assert len(lines) == 1 and lines[0].endswith(why), done.err


# ---- mistakes ----


@pytest.mark.parametrize("take, sentence", [
    ("{}", "kafka:consume needs a topic"),
    ('{ topic = "${x}" }', "the topic must be known when the file is read"),
    ('{ topic = "t", from = "middle" }', "from: "),
    ('{ topic = "t", keep = 0 }', "'keep' is longer than 0"),
    ('{ topic = "t", correlate = { reply = "key" } }', "a record has its id in one place"),
    ('{ topic = "t", correlate = "kye" }', "did you mean 'key'?"),
    ('{ topic = "t", value = "x" }', "kafka:consume has no key 'value'"),
    ('{ topic = "t", checks = { weir.is.echo() } }', "compare with a request, and kafka:consume sends none"),
    ('{ topic = "t", checks = { weir.is.when(weir.is.key("exists"), weir.is.json_same("/a", "/a")) } }', "compare with a request"),
    ('{ topic = "t", codec = { encode = print } }', "codec: decode is missing"),
    ('{ topic = "t" } kafka:consume { topic = "t", keep = "1s" }', "'keep' must be the same"),
    ('{ topic = "t" } kafka:consume { topic = "t", correlate = "key" }', "have their ids in one place for all calls of a client"),
    ('{ topic = "t" } kafka:consume { topic = "u", from = "beginning" }', "a client reads all its topics from one place"),
])  # fmt: skip
def test_definitions_that_cannot_be(weir, tmp_path, take, sentence):
    (tmp_path / "s.lua").write_text(f"local kafka = weir.kafka {{ brokers = 'embedded' }}\nkafka:consume {take}")
    done = weir("check", "s.lua")
    assert done.returncode == 2 and done.stderr.startswith("weir: s.lua:2: ") and sentence in done.stderr, done.stderr


def test_a_group_is_not_for_it(weir, tmp_path):
    (tmp_path / "s.lua").write_text("local kafka = weir.kafka { brokers = 'embedded', group = 'g' }\nkafka:consume { topic = 't' }")
    done = weir("check", "s.lua")
    assert "s.lua:2: kafka:consume reads all partitions, in no group: the client says group = 'g'" in done.stderr


@pytest.mark.parametrize("call, sentence", [
    ("paid { ids = 1 }", "a call of kafka:consume has no key 'ids'; did you mean 'id'?"),
    ("paid { id = '' }", "paid: the id is empty"),
    ("paid { id = {} }", "paid: id is a table"),
    ("paid { id = 1, since = 5 }", "'since' is the outcome of a call, not a number"),
    ("kafka:consume { topic = 'new', correlate = 'json:/id' }", "topic 'new' is new"),
])  # fmt: skip
def test_calls_that_cannot_be(once, broker, call, sentence):
    (found,) = once(broker, call, code=1, errors=1).script_errors
    assert sentence in found
