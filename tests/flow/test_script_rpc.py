"""kafka:rpc in scenarios: requests whose replies come back on another topic, what the script sees of both, and books that
agree with weir-responder's own counts."""

import collections
import json

import pytest

from broker_process import consume, count_stored

pytestmark = pytest.mark.exact

RPC = 'local rpc = kafka:rpc { request = "t", reply = "r" } '


@pytest.fixture
def broker(start_broker):
    return start_broker("--topic", "t:3", "--topic", "r:3", "--topic", "u:2", "--topic", "s:2")


@pytest.fixture
def echo(broker, start_responder):
    """A responder that answers all of topic t on r."""
    return start_responder(broker)


@pytest.fixture
def once(story):
    """Runs a script's user once; `body` is what it does, `before` what stands in front."""

    def run(broker, body, *words, before=RPC, **how):
        return story(broker, f"{before} return weir.scenario {{ user = function(vu) {body} end }}", *words, **how)

    return run


def checks(done):
    """{name: (passed, failed)}, of all series"""
    found = collections.defaultdict(lambda: (0, 0))
    for c in done.summary["checks"]:
        passed, failed = found[c["name"]]
        found[c["name"]] = (passed + c["passed"], failed + c["failed"])
    return dict(found)


def series(done, name):
    (one,) = [s for s in done.summary["series"] if s["name"] == name]
    return one


def replies(done):
    return {k: v for k, v in done.summary["ledger"]["replies"].items() if v and k != "late_time_s"}


# ---- clients ----


def test_a_client_is_opened_for_what_the_file_does_with_it(story, broker):
    """One that only waits for records has no producer, one that does nothing needs no broker."""
    text = """local unused = weir.kafka { brokers = "127.0.0.1:1", timeout = "1s" }
local kafka = weir.kafka { brokers = weir.env("KAFKA_BROKERS") }
local await = kafka:consume { topic = "t", timeout = "2s" }
return weir.scenario { user = function() await() end }"""
    done = story(broker, text, "-n", 1, code=1)
    assert done.ledger == {"started": 1, "timeout": 1}
    assert {s["tags"]["client"] for s in done.summary["series"] if "client" in s["tags"]} == {"consumer"}
    assert f"kafka://{broker.address} " in done.out


def test_a_scenario_cannot_be_resumed(weir, tmp_path):
    (tmp_path / "s.lua").write_text("return weir.scenario { user = function() end }")
    done = weir("run", tmp_path / "s.lua", "--resume")
    why = "--resume goes on with the requests in a journal, which weir kafka rr does; scenarios cannot go on in this version"
    assert (done.returncode, done.stderr) == (2, f"weir: {why}\n")


def test_a_request_may_take_longer_than_its_clients_others(start_story, broker, start_responder):
    """Its record, too: the broker takes it only after the client's own timeout."""
    start_responder(broker)
    text = """local kafka = weir.kafka { brokers = weir.env("KAFKA_BROKERS"), timeout = "1s" }
local rpc = kafka:rpc { request = "t", reply = "r", value = "x", timeout = "20s" }
return weir.scenario { user = function() weir.sleep("2s") local r = rpc() assert(r.ok and r.response_time > 1.5) end }"""
    load = start_story(broker, text, "-n", 1, "--drain", "30s")
    load.wait_until_under_way()
    broker.tell("rtt 1500ms")
    assert load.end().ledger == {"started": 1, "ok": 1}


# ---- what the script sees ----


def test_a_reply_is_what_the_script_sees(once, broker, echo):
    done = once(broker, """
local r = rpc { key = "k", value = "hello", partition = 2, headers = { a = "1", null = weir.null, empty = "" } }
assert(r.ok and r.fate == "ok" and r.why == "" and r.status == 200)
assert(r.body == "hello" and r.value == "hello" and r.key == "k")
assert(r.headers.a == "1" and r.headers.null == weir.null and r.headers.empty == "" and r.headers.other == nil)
assert(#r.headers.correlationId == 28 and r.headers.correlationId == r.request.headers.correlationId)
assert(r.request.body == "hello" and r.request.key == "k" and r.request.partition == 2 and r.request.headers.a == "1")
assert(r.partition >= 0 and r.partition <= 2 and r.offset == 0 and r.timestamp > 1.6e12)
assert(r.response_time > 0 and r.service_time > 0 and r.service_time <= r.response_time)
weir.check(r, "mine", r.value == "hello")""")
    assert done.ledger == {"started": 1, "ok": 1} and checks(done) == {"mine": (1, 0)}
    assert replies(done) == {"received": 1, "matched": 1}
    assert echo.stop() == {"received": 1, "replies": 1, "acknowledged": 1}


def test_requests_of_a_user_may_be_under_way_side_by_side(once, broker, echo):
    done = once(broker, """
local p, q = rpc:start { value = "1" }, rpc:start { value = "2", key = "k" }
local b, a = weir.all(q, p)
assert(a.body == "1" and b.body == "2" and b.key == "k" and a.key == weir.null)
assert(a.headers.correlationId == a.request.headers.correlationId and a.headers.correlationId ~= b.headers.correlationId)
for i = 1, 20 do rpc:start { value = "n" .. i } end""",
                before='local rpc = kafka:rpc { request = "t", reply = "r", checks = { weir.is.echo() } }')  # fmt: skip
    assert done.ledger == {"started": 22, "ok": 22}
    assert [*checks(done).values()] == [(22, 0)]  # also of those that nobody waits for
    assert replies(done) == {"received": 22, "matched": 22}
    assert echo.stop() == {"received": 22, "replies": 22, "acknowledged": 22}


def test_a_call_and_its_acknowledgement_are_two_series(once, broker, echo):
    done = once(broker, "rpc { value = 'x' } rpc { value = 'y' }", before='local rpc = kafka:rpc { request = "t", reply = "r",'
                ' name = "ask", tags = { a = "b" } }')  # fmt: skip
    ask, send = series(done, "ask"), series(done, "ask send")
    assert ask["tags"] == send["tags"] == {"protocol": "kafka", "topic": "t", "reply": "r", "type": "RPC", "a": "b"}
    assert (ask["part"], send["part"]) == (False, True)
    assert ask["count"] == send["count"] == 2 and done.ledger == {"started": 2, "ok": 2}
    assert ask["status"] == {"200": 2} and send["outcomes"] == {"ok": 2}


@pytest.mark.parametrize("field", ["key = weir.null, value = 'v'", "key = '', value = 'v'", "value = 'v'",
                                   "value = weir.null", "value = ''", "key = '', value = weir.null"])  # fmt: skip
def test_null_empty_and_absent_survive_a_round_trip(once, broker, echo, field):
    once(broker, f"""
local sent = {{ {field} }}
local r = rpc(sent)
local key = sent.key if key == nil then key = weir.null end
assert(r.key == key, tostring(r.key)) assert(r.body == sent.value and r.value == sent.value, tostring(r.body))
if sent.value == weir.null then assert(r.request.body == nil and r:json("") == nil) end""")


def test_bytes_of_any_kind_come_back(once, broker, echo):
    once(broker, """local all = "" for i = 0, 255 do all = all .. string.char(i) end
local r = rpc { value = all, key = all, headers = { h = all } }
assert(r.body == all and r.key == all and r.headers.h == all)""")


def test_json_and_codecs_of_the_scripts_own(once, broker, echo):
    before = """
local rpc = kafka:rpc { request = "t", reply = "r", codec = "json", value = { id = "${n}", list = { 1, 2 } } }
local calls = 0
local own = kafka:rpc { request = "t", reply = "r", codec = { encode = function(v) return "<" .. v .. ">" end,
  decode = function(b) calls = calls + 1 return { text = b:sub(2, -2) } end } } """
    once(broker, """
local r = rpc { n = 7 } assert(r:json("/id") == "7" and r:json("/list/1") == 2 and r.value == '{"id":"7","list":[1,2]}')
local o = own { value = "x" }
assert(o.body == "<x>" and o.value.text == "x" and o.value.text == "x" and calls == 1)
o = own { value = weir.null } assert(o.value == weir.null and calls == 1, calls)""".replace(
        "own { value = weir.null } assert(o.value == weir.null and calls == 1, calls)", "nil"), before=before)


def test_bytes_are_gone_with_the_next_call(once, broker, echo):
    done = once(broker, "local r = rpc { value = 'a' } rpc { value = 'b' } local b = r.body", code=1, errors=1)
    (sentence,) = done.script_errors
    assert "the bytes of 't' are gone: its user made another call" in sentence


def test_after_a_timeout_the_request_is_there(once, broker):
    done = once(broker, """
local r = rpc { key = "k", value = "v", partition = 1, headers = { h = "x" } }
assert(r.fate == "timeout" and r.status == 504 and r.body == nil and r.value == nil and r.key == nil and r.headers == nil)
assert(r:json("/a") == nil and r.partition == nil and r.offset == nil and r.timestamp == nil)
local q = r.request
assert(q.body == "v" and q.key == "k" and q.partition == 1 and q.headers.h == "x" and #q.headers.correlationId == 28)
weir.check(r, "does not count", false)""", before="local rpc = kafka:rpc { request = 't', reply = 'r', timeout = '300ms',"
                " checks = { weir.is.echo() } }", code=1)  # fmt: skip
    assert done.ledger == {"started": 1, "timeout": 1} and checks(done) == {}


def test_a_call_written_inside_a_user_is_made_at_once(once, broker, echo):
    done = once(broker, """
for i = 1, 3 do local r = kafka:rpc { request = "t", reply = "r", value = "now ${i}", name = "now",
  checks = { function(request, reply) return reply.body ~= "now " .. vu.i and reply.body or nil end } } end
""".replace("for i = 1, 3 do", "for i = 1, 3 do vu.i = i"))
    assert done.ledger == {"started": 3, "ok": 3} and checks(done) == {"check 1": (3, 0)}


# ---- where ids stand ----

CORRELATES = {
    "header": 'headers = { a = "b" }, value = "x", correlate = "header:my-id"',
    "key": 'value = "x", correlate = "key"',
    "a key with more in it": 'key = "order-${correlation_id}", value = "x", correlate = "key"',
    "json": 'codec = "json", value = { deep = { id = "${correlation_id}" } }, correlate = "json:/deep/id"',
    "json by dots": 'codec = "json", value = { deep = { id = "${correlation_id}" } }, correlate = "$.deep.id"',
    "bytes": 'value = "id=${correlation_id};", correlate = "bytes:3,28"',
    "regex": 'value = "<id>${correlation_id}</id>", correlate = "regex:<id>([^<]+)"',
    "two places": 'key = "${correlation_id}", value = "id=${correlation_id}", correlate = { request = "key", reply = "bytes:3,28" }',
    "an id of its own": 'key = "${vu.id}-${vu.iteration}-${i}", value = "x", correlate = "key"',
    "a header of its own": 'headers = { correlationId = "order ${vu.iteration} ${i}" }, value = "x"',
    "a number in json": 'codec = "json", value = { n = "${i}", m = "${vu.iteration}" }, correlate = "regex:([0-9]+.*)"',
}  # fmt: skip


@pytest.mark.parametrize("how", CORRELATES)
def test_ids_are_found_where_correlate_says(story, broker, echo, how):
    text = f"""local rpc = kafka:rpc {{ request = "t", reply = "r", {CORRELATES[how]}, checks = {{ weir.is.echo() }} }}
return weir.scenario {{ user = function(vu) for i = 1, 5 do rpc {{ i = i }} end end }}"""
    done = story(broker, text, "-n", 20, "-c", 1)
    assert done.ledger == {"started": 100, "ok": 100} and replies(done) == {"received": 100, "matched": 100}


def test_the_client_says_where_for_all_its_requests(story, broker, echo, start_responder):
    start_responder(broker, requests="u", replies="s")
    text = """local kafka = weir.kafka { brokers = weir.env("KAFKA_BROKERS"), correlate = "key", checks = { weir.is.key("exists") } }
local a = kafka:rpc { request = "t", reply = "r", value = "a" }
local b = kafka:rpc { request = "u", reply = "s", value = "b", correlate = "header:x", key = "same" }
return weir.scenario { user = function() a() b() end }"""
    done = story(broker, text, "-n", 50, "-c", 10, "--threads", 2)
    assert done.ledger == {"started": 100, "ok": 100} and checks(done) == {"key exists": (100, 0)}
    assert all(len(m.key()) == 28 for m in consume(broker.address, "t"))
    assert all(m.key() == b"same" and m.headers()[0][0] == "x" for m in consume(broker.address, "u"))


def test_the_same_key_for_all_under_a_header(story, broker, echo):
    """Each reply is paired with its own request all the same."""
    text = """local rpc = kafka:rpc { request = "t", reply = "r", key = "same", value = "${vu.id} ${vu.iteration}", checks = { weir.is.echo() } }
return weir.scenario { user = function() rpc() end }"""
    done = story(broker, text, "-n", 2000, "-c", 100, "--threads", 2)
    assert done.ledger == {"started": 2000, "ok": 2000}
    assert {m.key() for m in consume(broker.address, "r")} == {b"same"}


@pytest.mark.parametrize("rpc, sentence", [
    ('key = "same", value = "x", correlate = "key"', 'correlate = "key" cannot work with the same key for all requests'),
    ('key = weir.null, value = "x", correlate = "key"', 'correlate = "key" cannot work with the same key for all requests'),
    ('value = "x", correlate = "json:/id"', 'looks for the id in the value, and the value is the same for all requests'),
    ('value = weir.null, correlate = "bytes:0,4"', 'looks for the id in the value, and the value is the same'),
    ('value = "x", headers = { correlationId = "1" }', "the header 'correlationId' is the same in all requests"),
    ('value = "x", correlate = "heade:x"', "correlation 'heade:x': did you mean 'header'?"),
    ('value = "x", correlate = { requests = "key" }', "correlate has no key 'requests'; did you mean 'request'?"),
    ('value = "x", end_time = "read"', "'end_time'"),
    ('value = "x", reply = "${to}"', "'reply' must be known when the file is read"),
    ('value = "x", timestamp = 5', "kafka:rpc has no key 'timestamp'"),
    ('value = "x", wait = "none"', "kafka:rpc has no key 'wait'"),
])  # fmt: skip
def test_what_cannot_work_is_refused_when_the_file_is_read(weir, tmp_path, rpc, sentence):
    rpc = f'reply = "r", {rpc}' if "reply = \"" not in rpc else rpc
    (tmp_path / "s.lua").write_text(
        f"local kafka = weir.kafka {{ brokers = 'embedded' }}\nlocal rpc = kafka:rpc {{ request = 't', {rpc} }}\n"
        "return weir.scenario { user = function() rpc() end }"
    )
    for command in ("run", "check"):
        done = weir(command, "s.lua")
        assert done.returncode == 2 and done.stderr.startswith("weir: s.lua:2: ") and sentence in done.stderr


@pytest.mark.parametrize("keys, sentence", [
    ("consumer = { ['fetch.wait.max'] = 5 }", "consumer: "),
    ("consumer = { ['linger.ms'] = 5 }", "consumer: "),
    ("producer = { ['fetch.wait.max.ms'] = 5 }", "producer: "),
    ("group = ''", "'group' is empty"),
    ("store = 'redis://x'", "store: "),
    ("ready_timeout = 0", "'ready_timeout' is longer than 0"),
    ("consumers = 0", "'consumers' is a number from 1 to 100"),
    ("correlate = 'bytes:1'", "correlation 'bytes:1'"),
    ("checks = { 5 }", "a check is one of weir.is"),
])  # fmt: skip
def test_settings_of_a_client_that_cannot_be(weir, tmp_path, keys, sentence):
    (tmp_path / "s.lua").write_text(f"local kafka = weir.kafka {{ brokers = 'embedded', {keys} }}")
    done = weir("check", "s.lua")
    assert done.returncode == 2 and done.stderr.startswith("weir: s.lua:1: ") and sentence in done.stderr, done.stderr


def test_a_request_is_not_taken_for_its_own_reply(weir, tmp_path):
    (tmp_path / "s.lua").write_text(
        "local kafka = weir.kafka { brokers = 'embedded' }\n"
        "kafka:rpc { request = 't', reply = 't', value = 'x' }"
    )
    done = weir("check", "s.lua")
    assert done.returncode == 2 and "s.lua:2: 'request' and 'reply' are the same topic: each request would be " in done.stderr


def test_a_client_with_transactions_is_not_for_it(weir, tmp_path):
    (tmp_path / "s.lua").write_text(
        "local kafka = weir.kafka { brokers = 'embedded', transaction = { every = 10 } }\n"
        "kafka:rpc { request = 't', reply = 'r', value = 'x' }"
    )
    done = weir("check", "s.lua")
    assert done.returncode == 2 and "s.lua:2: kafka:rpc waits for replies to requests that nobody can read" in done.stderr


def test_an_id_outside_of_a_request_is_an_error(once, broker):
    done = once(broker, "kafka:send { topic = 't', value = '${correlation_id}' }", code=1, errors=1, before="kafka:send { topic = 't' }")
    (sentence,) = done.script_errors
    assert "${correlation_id} is for request-reply: kafka:rpc" in sentence


def test_a_request_without_an_id_of_its_own_fails(once, broker):
    """The value differs, so it may have an id; this one has none."""
    before = 'local rpc = kafka:rpc { request = "t", reply = "r", value = "${v}", correlate = "json:/id" }'
    done = once(broker, """local r = rpc { v = '{"no":1}' } assert(r.fate == "error" and r.request.body == '{"no":1}')""", before=before, code=1)
    assert done.ledger == {"started": 1, "error": 1}


# ---- checks ----


def test_checks_look_at_all_of_a_reply_and_its_request(once, broker, echo):
    before = """local is = weir.is
local rpc = kafka:rpc { request = "t", reply = "r", codec = "json", checks = {
  is.status(200), is.json("/state", "==", "PAID"), is.contains("PAID"), is.matches("PA.D"), is.not_empty(), is.size(">", 5),
  is.header("a", "==", "1"), is.header("n", "==", weir.null), is.header("zz", "exists"), is.key("==", "k"), is.echo(),
  is.contains_request(), is.json_same("/state", "/state"), is.equals("x"), is.equals(weir.null),
  is.when(is.key("==", "k"), is.json("/state", "==", "OPEN")), is.when(is.key("==", "other"), is.equals("never made")),
  is.when(function(q, r) return q.key == "k" end, function(q, r) return r.body == q.body and "they are the same" or nil end),
  named = is.when(function() return false end, is.equals("never made")) } } """
    done = once(broker, """local r = rpc { key = "k", value = { state = "PAID" }, headers = { a = 1, n = weir.null } }
assert(r.fate == "failed_check" and r.status == 500 and r.why == "header zz exists", r.why) assert(r.body == r.request.body)""",
                before=before, code=1, whys=["they are the same"])  # fmt: skip
    failed = {name for name, (_, failed) in checks(done).items() if failed}
    assert failed == {"header zz exists", "equals x", "equals null", "when key == k: /state == OPEN", "when check 1: check 2"}
    assert sum(p for p, _ in checks(done).values()) == 12 and all(sum(c) == 1 for c in checks(done).values())
    assert done.ledger == {"started": 1, "failed_check": 1} and series(done, "t")["status"] == {"500": 1}


def test_checks_of_a_client_come_before_those_of_its_calls(once, broker, echo, target):
    before = """local is, seen = weir.is, {}
local function note(name) return function(request, reply) seen[#seen + 1] = name .. (reply.status or "?") return nil end end
local kafka = weir.kafka { brokers = weir.env("KAFKA_BROKERS"), checks = { is.not_empty(), note "kafka", sized = is.size("<", 3) } }
local http = weir.http { base = weir.env("TARGET"), checks = { is.status(200), note "http" } }
local rpc = kafka:rpc { request = "t", reply = "r", checks = { is.echo(), note "rpc" } }
local send = kafka:send { topic = "u" }
local ping = http:get { "/ping", checks = { note "ping" } } """
    done = once(broker, """
rpc { value = "ab" } send { value = "" } ping() http:get "/ping" http:get { "/ping", checks = { note "now" } }
assert(table.concat(seen, " ") == "kafka200 rpc200 http200 ping200 http200 http200 now200", table.concat(seen, " "))""",
                before=before, server=target)  # fmt: skip
    assert checks(done) == {"not empty": (1, 0), "check 1": (4, 0), "sized": (1, 0), "is the request's body": (1, 0),
                            "check 2": (3, 0), "status is 200": (3, 0)}  # fmt: skip


@pytest.mark.parametrize("check, sentence", [
    ("weir.is.when(weir.is.echo())", "this check takes 2 values, not 1"),
    ("weir.is.when(5, weir.is.echo())", "a check is one of weir.is"),
    ("weir.is.when(weir.is.when(weir.is.echo(), weir.is.echo()), weir.is.echo())", "the condition of weir.is.when is"),
    ("weir.is.key()", "this check takes 2 or less values, not 0"),
    ("weir.is.key('exists', 1)", "'exists' is written without a value"),
])  # fmt: skip
def test_checks_that_cannot_be(weir, tmp_path, check, sentence):
    (tmp_path / "s.lua").write_text(f"weir.http {{ checks = {{ {check} }} }}")
    done = weir("check", "s.lua")
    assert done.returncode == 2 and done.stderr.startswith("weir: s.lua:1: ") and sentence in done.stderr, done.stderr


# ---- books ----


def test_the_books_are_the_responders_counts(story, broker, start_responder):
    responder = start_responder(broker, "--drop", "2%", "--duplicate", "3%", "--delay", "1%:3s", "--corrupt", "4%", "--foreign",
                                "5%", "--shuffle", 10)  # fmt: skip
    text = """local rpc = kafka:rpc { request = "t", reply = "r", value = "request ${vu.id} ${vu.iteration}", timeout = "1500ms",
  checks = { weir.is.echo() } }
return weir.scenario { user = function() rpc() end }"""
    done = story(broker, text, "-n", 1000, "-r", 400, "--threads", 2, "--drain", "5s", timeout=90)
    truth, book = responder.stop(), replies(done)
    lost = truth["dropped"] + truth["delayed"]
    assert truth["received"] == done.ledger["started"] == 1000
    assert done.ledger == {"started": 1000, "ok": 1000 - lost - truth["corrupted"], "timeout": lost, "failed_check": truth["corrupted"]}
    assert book == {"received": truth["replies"], "matched": 1000 - lost, "late": truth["delayed"],
                    "duplicate": truth["duplicated"], "orphan": truth["foreign"]}  # fmt: skip


def test_two_drivers_at_once_do_not_see_each_others_replies(start_story, broker, echo):
    text = RPC + "return weir.scenario { user = function() rpc { value = 'x' } end }"
    runs = [start_story(broker, text, "-n", 300, "-c", 20) for _ in range(2)]
    done = [run.end() for run in runs]
    for one in done:
        assert one.ledger == {"started": 300, "ok": 300} and replies(one)["matched"] == 300
        assert "duplicate" not in replies(one)


# ---- clients ----


def test_replies_of_a_group(once, broker, echo):
    before = """local kafka = weir.kafka { brokers = weir.env("KAFKA_BROKERS"), group = "mine" }
local rpc = kafka:rpc { request = "t", reply = "r" } """
    done = once(broker, "assert(rpc { value = 'x' }.ok)", before=before, timeout=90)
    assert done.ledger == {"started": 1, "ok": 1}


def test_a_store_in_a_file_is_gone_with_the_run(once, broker, echo, tmp_path):
    before = """local kafka = weir.kafka { brokers = weir.env("KAFKA_BROKERS"), store = "file:flight" }
local rpc = kafka:rpc { request = "t", reply = "r" } """
    done = once(broker, "assert(rpc { value = 'x' }.ok)", before=before)
    assert done.ledger == {"started": 1, "ok": 1} and not list(tmp_path.glob("flight*"))


@pytest.mark.parametrize("keys", ["producers = 3", "consumers = 2", "producers = 2, consumers = 3"])
def test_more_producers_and_consumers(story, broker, echo, keys):
    text = f"""local kafka = weir.kafka {{ brokers = weir.env("KAFKA_BROKERS"), {keys} }}
local rpc = kafka:rpc {{ request = "t", reply = "r", value = "${{vu.iteration}}", checks = {{ weir.is.echo() }} }}
return weir.scenario {{ user = function() rpc() end }}"""
    done = story(broker, text, "-n", 300, "-c", 20, "--threads", 2)
    assert done.ledger == {"started": 300, "ok": 300} and replies(done) == {"received": 300, "matched": 300}


def test_consumers_without_partitions_are_warned_about(once, broker, echo):
    before = """local kafka = weir.kafka { brokers = weir.env("KAFKA_BROKERS"), consumers = 5 }
local rpc = kafka:rpc { request = "t", reply = "r" } """
    done = once(broker, "assert(rpc { value = 'x' }.ok)", before=before)
    assert "weir: warning: 5 consumers read 3 partitions of replies: 2 of them have nothing to do\n" in done.err


def test_properties_reach_their_client(once, broker, echo):
    before = """local kafka = weir.kafka { brokers = weir.env("KAFKA_BROKERS"), ready_timeout = "20s",
  producer = { ["linger.ms"] = 0 }, consumer = { ["fetch.wait.max.ms"] = 5 } }
local rpc = kafka:rpc { request = "t", reply = "r" } """
    assert once(broker, "assert(rpc { value = 'x' }.ok)", before=before).ledger == {"started": 1, "ok": 1}


def test_setup_and_teardown_may_ask(story, broker, echo):
    text = RPC + """return weir.scenario { setup = function() return { said = rpc { value = "from setup" }.body } end,
  user = function(vu, data) assert(rpc { value = data.said }.body == "from setup") end,
  teardown = function(data) assert(rpc { value = "end" }.ok) end }"""
    done = story(broker, text, "-n", 10, "-c", 2, "--threads", 2)
    assert done.ledger == {"started": 10, "ok": 10} and echo.stop()["received"] == 12


def test_the_embedded_broker_has_the_topics_of_requests_and_replies(script):
    text = """local kafka = weir.kafka { brokers = "embedded" }
local rpc = kafka:rpc { request = "q", reply = "a", timeout = "300ms" }
return weir.scenario { user = function() assert(rpc { value = "x" }.fate == "timeout") end }"""
    done = script(None, text, code=1)
    assert done.ledger == {"started": 1, "timeout": 1}


def test_replies_are_done_by_their_own_time_stamp(once, broker, echo):
    before = """local by_stamp = kafka:rpc { request = "t", reply = "r", end_time = "timestamp", name = "stamp" }
local by_read = kafka:rpc { request = "t", reply = "r", name = "read" } """
    broker.tell("rtt 100ms")
    done = once(broker, "assert(by_stamp { value = 'x' }.ok and by_read { value = 'x' }.ok)", before=before)
    stamp, read = (series(done, name)["response_time_s"]["max"] for name in ("stamp", "read"))
    assert 0 < stamp < read


def test_a_story_over_http_and_kafka(story, broker, echo, target):
    text = """local rpc = kafka:rpc { request = "t", reply = "r", value = "${status}" }
local ping = http:get "/ping"
return weir.scenario { user = function()
  local r = ping() local e = rpc { status = r.status } weir.check(e, "same", e.body == "200") end }"""
    text = 'local http = weir.http { base = weir.env("TARGET") } local kafka = weir.kafka { brokers = weir.env("KAFKA_BROKERS") } ' + text
    done = story(broker, text, "-n", 200, "-c", 20, "--threads", 2, server=target)
    assert done.ledger == {"started": 400, "ok": 400} and checks(done) == {"same": (200, 0)}
    assert count_stored(broker.address, "t") == 200


def test_the_first_request_belongs_to_the_top_level(once, broker):
    done = once(broker, "kafka:rpc { request = 't', reply = 'r', value = 'x' }", before="kafka:send { topic = 't' }", code=1, errors=1)
    (sentence,) = done.script_errors
    assert "the client's first request must be prepared at the top level of the file" in sentence


def test_ids_are_in_what_is_shown(once, broker, echo):
    done = once(broker, "rpc { value = 'hello' }")
    ids = {line.partition("correlationId: ")[2] for line in done.out.splitlines() if "correlationId" in line}
    assert len(ids) == 1 and len(ids.pop()) == 28 and json.dumps(done.summary)
