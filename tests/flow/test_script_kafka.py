"""weir.kafka and kafka:send in scenarios: the records that arrive, as confluent-kafka reads them, what the script sees of
each, and how a story over HTTP and Kafka fares together."""

import json
import socket

import pytest
from confluent_kafka import TIMESTAMP_CREATE_TIME

from broker_process import consume
from hostile import always, reply

pytestmark = pytest.mark.exact


@pytest.fixture
def broker(start_broker):
    return start_broker("--topic", "t:6", "--topic", "u:2")


@pytest.fixture
def once(story):
    """Runs a script's user once; `body` is what it does, `before` what stands in front."""

    def run(broker, body, *words, before="", **how):
        return story(broker, f"{before} return weir.scenario {{ user = function(vu) {body} end }}", *words, **how)

    return run


@pytest.fixture
def sent(once, broker):
    """Runs `body` in a user once; gives the records that came to topic t, by time."""

    def run(body, before="local send = kafka:send { topic = 't' }", **how):
        once(broker, body, before=before, **how)
        return sorted(consume(broker.address, "t"), key=lambda m: m.timestamp()[1])

    return run


@pytest.fixture
def refused(once, broker):
    """Runs `body` in a user once, whose iteration must end in an error of the script; gives its sentence. No record
    arrives."""

    def run(body, before="local send = kafka:send { topic = 't' }"):
        done = once(broker, body, before=before, code=1, errors=1)
        assert done.ledger == {} and consume(broker.address, "t") == []
        (sentence,) = done.script_errors
        return sentence

    return run


def content(message):
    return message.partition(), message.key(), message.value(), message.headers()


# Records


def test_every_field_is_a_template(sent):
    before = """local send = kafka:send { topic = "t", key = "k${x}", value = "v ${x} ${vu.id} $${y}", partition = "${p}",
  timestamp = "${ts}", headers = { a = "${x}", none = weir.null, number = 5, empty = "" } }"""
    (m,) = sent("vu.p = 3 send { x = 'ä/1', ts = 1700000000123 }", before)
    headers = [("a", "ä/1".encode()), ("empty", b""), ("none", None), ("number", b"5")]
    assert content(m) == (3, "kä/1".encode(), "v ä/1 1 ${y}".encode(), headers)
    assert m.timestamp() == (TIMESTAMP_CREATE_TIME, 1700000000123)


def test_a_field_left_out_is_the_variable_of_its_name(sent):
    (m,) = sent("""send { key = "k", value = "${as it is}", partition = 5, timestamp = 86400000,
  headers = { z = 1, b = weir.null, a = "x" } }""")
    assert content(m) == (5, b"k", b"${as it is}", [("a", b"x"), ("b", None), ("z", b"1")])
    assert m.timestamp() == (TIMESTAMP_CREATE_TIME, 86400000)


def test_headers_have_the_same_order_in_each_run(once, broker):
    """Lua's own order of a table is another one in each process."""
    for _ in range(4):
        once(broker, "send { value = 'x', headers = { alpha = 1, beta = 2, gamma = 3, delta = 4, eps = 5 } }",
             before="local send = kafka:send { topic = 't' }")  # fmt: skip
    orders = {tuple(name for name, _ in m.headers()) for m in consume(broker.address, "t")}
    assert orders == {("alpha", "beta", "delta", "eps", "gamma")}


def test_variables_do_not_reach_fields_that_are_written_down(sent):
    before = """local send = kafka:send { topic = "t", key = "mine", value = "v", partition = 1, headers = { a = "b" } }"""
    (m,) = sent("send { key = 'x', value = 'y', partition = 2, headers = { c = 'd' } }", before)
    assert content(m) == (1, b"mine", b"v", [("a", b"b")])


def test_null_empty_and_absent_are_different(sent):
    found = sent("""
send { value = "absent" } weir.sleep(0.005)
send { value = "empty", key = "" } weir.sleep(0.005)
send { value = "null", key = weir.null } weir.sleep(0.005)
send { value = "", key = "k" }""")
    assert [(m.key(), m.value()) for m in found] == [(None, b"absent"), (b"", b"empty"), (None, b"null"), (b"k", b"")]


def test_numbers_and_booleans_are_texts(sent):
    (m,) = sent('send { value = 2 ^ 40, key = true, headers = { n = 0.5 } }')
    assert content(m)[1:] == (b"true", b"1099511627776", [("n", b"0.5")])


def test_bytes_of_any_kind_come_through(sent):
    (m,) = sent("""local all = "" for i = 0, 255 do all = all .. string.char(i) end
local r = send { value = all, key = all, headers = { h = all } } assert(r.request.body == all)""")
    every = bytes(range(256))
    assert content(m)[1:] == (every, every, [("h", every)])


# A value that is null


@pytest.mark.parametrize("before, body", [
    ("local send = kafka:send { topic = 't', value = weir.null }", "send { key = 'k' }"),
    ("local send = kafka:send { topic = 't' }", "send { key = 'k', value = weir.null }"),
    ("local send = kafka:send { topic = 't', codec = 'json', key = 'k' }", "send { value = weir.null }"),
    ("local send = kafka:send { topic = 't', codec = 'json', key = 'k', value = weir.null }", "send()"),
    ("local send = kafka:send { topic = 't', key = 'k', codec = { encode = function() return weir.null end } }",
     "send { value = 5 }"),
])  # fmt: skip
def test_a_tombstone_is_said(sent, before, body):
    (m,) = sent(body, before)
    assert (m.key(), m.value()) == (b"k", None)


@pytest.mark.parametrize("call", ["send()", "send {}", "send(nil)", "send { value = nil, key = 'k' }", "vu.value = 'x' send()"])
def test_a_value_that_is_nil_is_an_error_and_no_tombstone(refused, call):
    assert refused(call) == "s.lua:1: t: it has no value; a null is said: value = weir.null"


@pytest.mark.parametrize("value, kind", [("{}", "table"), ("print", "function")])
@pytest.mark.parametrize("field", ["value", "key"])
def test_what_has_no_text_is_an_error(refused, field, value, kind):
    why = refused(f"local record = {{ value = 'x' }} record.{field} = {value} send(record)")
    assert why == f"s.lua:1: t: {field} is a {kind}, which has no text; ${{json:…}} writes tables"


@pytest.mark.parametrize("field, value, why", [
    ("partition", "'x'", "partition is a whole number, not 'x'"), ("partition", "-1", "partition is a whole number, not '-1'"),
    ("partition", "0.5", "partition is a whole number, not '0.5'"), ("partition", "2 ^ 31", "there is no partition 2147483648"),
    ("timestamp", "-1", "timestamp is a whole number, not '-1'"), ("timestamp", "'now'", "timestamp is a whole number, not 'now'"),
    ("headers", "5", "headers are a table of texts by name"), ("headers", "{ 'a' }", "headers are a table of texts by name"),
    ("headers", "{ a = {} }", "headers are a table of texts by name"),
])  # fmt: skip
def test_values_that_fit_no_field_are_errors(refused, field, value, why):
    assert refused(f"send {{ value = 'x', {field} = {value} }}") == f"s.lua:1: t: {why}"


# Codecs


def test_json_of_a_table_with_placeholders(sent):
    before = """local send = kafka:send { topic = "t", codec = "json",
  value = { id = "${id}", n = 5, list = { "${id}", "${json:rows}" } } }"""
    (m,) = sent('send { id = \'"quoted"\', rows = { 1, weir.null } }', before)
    assert json.loads(m.value()) == {"id": '"quoted"', "n": 5, "list": ['"quoted"', [1, None]]}


@pytest.mark.parametrize("value, wanted", [
    ("{ a = 1 }", {"a": 1}), ("{ 1, 2 }", [1, 2]), ("'text'", "text"), ("5", 5), ("false", False),
])  # fmt: skip
def test_json_of_a_variable(sent, value, wanted):
    (m,) = sent(f"send {{ value = {value} }}", "local send = kafka:send { topic = 't', codec = 'json' }")
    assert json.loads(m.value()) == wanted


def test_a_codec_of_the_scripts_own(sent):
    before = """local send = kafka:send { topic = "t", codec = { encode = function(v) return "<" .. v.x .. ">" end } }
local other = kafka:send { topic = "t", value = { x = 2 }, codec = { encode = function(v) return "[" .. v.x .. "]" end } }"""
    found = sent("send { value = { x = 1 } } weir.sleep(0.005) other()", before)
    assert [m.value() for m in found] == [b"<1>", b"[2]"]


@pytest.mark.parametrize("encode, why", [
    ("return 5", "s.lua:1: encode gives a text, not a number"),
    ("return nil", "s.lua:1: encode gives a text, not a nil"),
    ("error('cannot')", "s.lua:1: cannot"),
])  # fmt: skip
def test_a_codec_that_fails_ends_the_iteration(refused, encode, why):
    before = f"local send = kafka:send {{ topic = 't', codec = {{ encode = function(v) {encode} end }} }}"
    assert refused("send { value = 1 }", before) == why


# What the script sees


def test_the_fields_of_an_acknowledgement(once, broker):
    done = once(broker, """
local r = send { value = "v", key = "k", partition = 2 }
assert(r.ok and r.fate == "ok" and r.why == "" and r.due == 0)
assert(r.partition == 2 and r.offset == 0)
assert(r.status == nil and r.body == nil and r.value == nil and r.headers == nil and r.key == nil)
assert(r:json("/x") == nil)
assert(r.request.body == "v" and r.request.key == "k" and r.request.partition == 2)
assert(r.response_time > 0 and r.service_time > 0 and r.service_time <= r.response_time)
r = send { value = "x", partition = 0, headers = { h = "1", n = weir.null } }
assert(r.request.headers.h == "1" and r.request.headers.n == weir.null and r.request.headers.x == nil)
assert((send { value = "w", partition = 2 }).offset == 1)
r = send { value = weir.null }
assert(r.request.body == nil and r.request.key == nil and r.request.partition == nil)
""", before="local send = kafka:send { topic = 't' }")  # fmt: skip
    assert done.ledger == {"started": 4, "ok": 4}


def test_checks_of_an_acknowledgement(once, broker):
    before = """local send = kafka:send { topic = "t", name = "store", checks = {
  first = function(request, r) if r.offset > 0 then return "the second" end end,
  function(request) if request.body ~= "v" then return "other" end end } }"""
    body = """
local r = send { value = "v", partition = 0 } weir.check(r, "quick", r.response_time < 60)
r = send { value = "v", partition = 0 } assert(not r.ok and r.why == "the second")"""
    done = once(broker, body, before=before, whys=["the second"])
    assert done.checks == {"first": (1, 1), "check 1": (2, 0), "quick": (1, 0)}
    assert done.ledger == {"started": 2, "ok": 1, "failed_check": 1}
    assert done.errors == {"the second": 1}
    assert len(consume(broker.address, "t")) == 2


def test_without_waiting_the_user_goes_on_at_once_and_the_books_wait(once, broker):
    broker.tell("rtt 300ms")
    done = once(broker, """
for i = 1, 20 do assert(send { value = "v" .. i } == nil) end
vu.at = weir.now()""", before="local send = kafka:send { topic = 't', wait = 'none' }")  # fmt: skip
    assert done.ledger == {"started": 20, "ok": 20}
    assert done.dues == [0] * 20
    assert done.summary["total"]["response_time_s"]["min"] >= 0.3
    broker.tell("rtt 0")
    assert {m.value() for m in consume(broker.address, "t")} == {b"v%d" % i for i in range(1, 21)}


def test_records_that_nobody_waits_for_are_copies(once, broker):
    """Each is rendered where the one before it was."""
    once(broker, """for i = 1, 500 do send { key = "key" .. i, value = ("x"):rep(i) .. i, headers = { h = i } } end""",
         before="local send = kafka:send { topic = 't', wait = 'none' }")  # fmt: skip
    found = {(m.key(), m.value(), m.headers()[0][1]) for m in consume(broker.address, "t")}
    assert found == {(b"key%d" % i, b"x" * i + b"%d" % i, b"%d" % i) for i in range(1, 501)}


# Names and series


def test_names_tags_and_series(story, broker):
    text = """local a, b = kafka:send { topic = "t", value = "1" }, kafka:send { topic = "u", value = "22", name = "sold", tags = { shop = "eu" } }
return weir.scenario { user = function() a() b() b() end }"""
    words = ["--threshold", '"sold".count == 2', "--threshold", "series{topic=t}.ok == 100%", "--threshold", "series{shop=eu}.count == 2"]
    done = story(broker, text, "-c", 1, "-n", 1, *words)
    t, sold = done.series("t"), done.series("sold")
    assert t["tags"] == {"protocol": "kafka", "topic": "t", "type": "ENQUEUE"}
    assert sold["tags"] == {"protocol": "kafka", "topic": "u", "type": "ENQUEUE", "shop": "eu"}
    assert (t["count"], t["bytes_sent"], sold["count"], sold["bytes_sent"]) == (1, 1, 2, 4)
    assert [line["name"] for line in done.log] == ["t", "sold", "sold"]
    assert {line["request_type"] for line in done.log} == {"ENQUEUE"}
    assert [len(consume(broker.address, topic)) for topic in "tu"] == [1, 2]


def test_records_are_shown_in_full(once, broker):
    done = once(broker, 'send { value = "body", headers = { authorization = "hush", a = "b" } } none()',
                before="""local send = kafka:send { topic = "t", name = "store", key = "k", partition = 4, timestamp = 86400000 }
local none = kafka:send { topic = "t", value = weir.null, partition = 4 }""")  # fmt: skip
    assert "call 1: store · ok" in done.out
    for line in ("record for t", "partition: 4", "timestamp: 86400000", "key: k", "a: b", "body", "no value"):
        assert f"> {line}\n" in done.out
    assert "hush" not in done.out
    assert "< partition 4, offset 0\n" in done.out and "< partition 4, offset 1\n" in done.out


def test_null_empty_and_absent_are_shown_apart(once, broker):
    before = "local send = kafka:send { topic = 't', key = '', value = 'x', headers = { a = weir.null, b = '' } }"
    out = once(broker, "send()", before=before).out
    assert "> record for t\n> key: \n> a is null\n> b: \n> \n> x\n" in out
    assert "> key" not in once(broker, "send()", before=before.replace("key = ''", "key = weir.null")).out


def test_as_many_as_asked_for_are_shown(story, broker):
    text = 'local send = kafka:send { topic = "t", value = "x" } return weir.scenario { user = function() send() end }'
    assert story(broker, text, "-c", 1, "-n", 5, "--show", 2).out.count("> record for t\n") == 2
    assert story(broker, text, "-c", 1, "-n", 5).out.count("> record for t\n") == 0


# Clients


def test_on_a_broker_of_its_own_topics_need_not_be_there(story):
    text = """local kafka = weir.kafka { brokers = weir.env("KAFKA_BROKERS") }
local a, b = kafka:send { topic = "one", value = "x" }, kafka:send { topic = "two", value = "y" }
return weir.scenario { user = function() a() b() end }"""
    done = story("embedded", text, "-c", 2, "-n", 10)
    assert done.ledger == {"started": 20, "ok": 20}
    assert "kafka://127.0.0.1:" in done.out


def test_two_clients_on_the_broker_of_the_run_share_it(once):
    before = """local kafka, other = weir.kafka { brokers = "embedded" }, weir.kafka { brokers = "embedded", timeout = "9s" }
local a, b = kafka:send { topic = "t", value = "x", partition = 0 }, other:send { topic = "t", value = "y", partition = 0 }"""
    once("unused", "assert(a().offset == 0) assert(b().offset == 1)",
         before=f'local _ = weir.env "KAFKA_BROKERS" {before}')  # fmt: skip


@pytest.mark.parametrize("n", [1, 3])
def test_a_client_may_have_several_producers(story, broker, n):
    text = """local kafka = weir.kafka { brokers = weir.env("KAFKA_BROKERS"), producers = %d, producer = { ["client.id"] = "mine" } }
local send = kafka:send { topic = "t" }
return weir.scenario { user = function(vu) send { value = vu.id .. "/" .. vu.iteration } end }"""
    done = story(broker, text % n, "-c", 8, "-n", 200, "--threads", 2)
    assert done.ledger == {"started": 200, "ok": 200}
    assert done.series("t")["count"] == 200
    assert len({m.value() for m in consume(broker.address, "t")}) == 200


def test_properties_of_the_client_reach_librdkafka(once, broker):
    """What is larger than its message.max.bytes is refused by the client itself."""
    before = """local kafka = weir.kafka { brokers = weir.env("KAFKA_BROKERS"), producer = { ["message.max.bytes"] = 1000, acks = 1,
  ["compression.type"] = "none", ["enable.idempotence"] = false } }
local send = kafka:send { topic = "t" }"""
    done = once(broker, 'assert(send({ value = ("x"):rep(100) }).ok) local r = send { value = ("x"):rep(2000) } assert(r.fate == "error") vu.why = r.why',
                before=before)  # fmt: skip
    assert done.ledger == {"started": 2, "ok": 1, "error": 1}
    assert list(done.errors) == ["MSG_SIZE_TOO_LARGE (Broker: Message size too large)"]


def test_brokers_are_a_list_too(once, start_broker):
    broker = start_broker("--nodes", 2, "--topic", "t:4")
    one, two = broker.address.split(",")
    before = f'local _ = weir.env "KAFKA_BROKERS" local kafka = weir.kafka {{ brokers = {{ "{one}", "{two}" }} }} local send = kafka:send {{ topic = "t" }}'
    once(broker, 'for p = 0, 3 do assert(send({ value = "x", partition = p }).ok) end', before=before)
    assert len(consume(broker.address, "t")) == 4


BASE = 'brokers = "127.0.0.1:1"'


@pytest.mark.parametrize("keys, sentence", [
    ("", 'weir.kafka needs brokers: "127.0.0.1:9092", a list of such, or "embedded"'),
    ("brokers = {}", "'brokers' is a text like \"127.0.0.1:9092\", or a list of such"),
    (f"{BASE}, brkers = 1", "weir.kafka has no key 'brkers'; did you mean 'brokers'?"),
    (f"{BASE}, producers = 0", "'producers' is a number from 1 to 100"),
    (f"{BASE}, producers = 101", "'producers' is a number from 1 to 100"),
    (f'{BASE}, timeout = "soon"', "timeout: 'soon' is not a duration; write it like 500ms, 10s, 2m or 1h"),
    (f'{BASE}, producer = {{ ["lingr.ms"] = 5 }}', "producer: 'lingr.ms' is not a property of librdkafka; did you mean linger.ms?"),
    (f'{BASE}, producer = {{ ["linger.ms"] = "soon" }}', "producer: linger.ms: 'soon' is not possible; it may be 0 .. 900000"),
    (f'{BASE}, producer = {{ ["linger.ms"] = {{}} }}', "producer: 'linger.ms' is a text, a number or a boolean"),
    (f'{BASE}, producer = {{ ["group.id"] = "g" }}', "producer: group.id is a property of consumers, of which there is none here"),
])  # fmt: skip
def test_mistakes_of_clients_are_said(weir, tmp_path, keys, sentence):
    (tmp_path / "s.lua").write_text(f"\nlocal kafka = weir.kafka {{ {keys} }}\nreturn 1")
    done = weir("run", "s.lua")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"s.lua:2: {sentence}" in done.stderr


def test_a_java_property_is_answered_with_librdkafkas(weir, tmp_path):
    (tmp_path / "s.lua").write_text(f'\nlocal kafka = weir.kafka {{ {BASE}, producer = {{ ["buffer.memory"] = 5 }} }}')
    done = weir("run", "s.lua")
    assert done.returncode == 2
    assert "s.lua:2: producer: buffer.memory is a property of Java's clients: librdkafka says queue.buffering.max.kbytes" in done.stderr


@pytest.mark.parametrize("call, sentence", [
    ("kafka:sned {}", "weir.Kafka has no 'sned'; did you mean 'send'?"),
    ("kafka:send()", "bad argument #1 to 'send' (table expected, got no value)"),
    ('kafka:send "t"', "bad argument #1 to 'send' (table expected, got string)"),
    ("kafka:send {}", 'kafka:send needs a topic: kafka:send { topic = "orders", value = … }'),
    ('kafka:send { topic = "" }', 'kafka:send needs a topic: kafka:send { topic = "orders", value = … }'),
    ('kafka:send { topic = "${t}" }', "the topic must be known when the file is read: weir looks whether it is there before the load begins"),
    ('kafka:send { topic = "t", vlue = "x" }', "kafka:send has no key 'vlue'; did you mean 'value'?"),
    ('kafka:send { topic = "t", value = {} }', 'a table as value needs codec = "json"'),
    ('kafka:send { topic = "t", key = {} }', "'key' is a text or weir.null, not a table"),
    ('kafka:send { topic = "t", headers = "a=b" }', "'headers' is a table, not a string"),
    ('kafka:send { topic = "t", headers = { "a" } }', "keys are words here, not a number"),
    ('kafka:send { topic = "t", value = "${x" }', "'${x' is not closed; write ${name}, or $${ for a plain ${"),
    ('kafka:send { topic = "t", wait = "all" }', "'wait' is \"ack\" or \"none\", not \"all\""),
    ('kafka:send { topic = "t", codec = "cbor" }', 'unknown codec cbor; there are "string", "bytes", "json" and { encode = f }'),
    ('kafka:send { topic = "t", codec = "avro" }', 'codec "avro" is not in this version of weir'),
    ('kafka:send { topic = "t", codec = {} }', "codec: encode is missing: the function that makes a text of a value"),
    ('kafka:send { topic = "t", codec = { decode = print } }', "codec: encode is missing: the function that makes a text of a value"),
    ('kafka:send { topic = "t", timeout = 0 }', "'timeout' is longer than 0"),
    ('kafka:send { topic = "t", value = 1 } kafka:send { topic = "t", value = 1, timeout = 3 }',
     "sends to 't' have one timeout for all of a client, and these are two: give them the same, or make another weir.kafka for the others"),
    ('kafka:send { topic = "t", checks = { weir.is.contains("x") } }',
     "the acknowledgement of a send has no body, headers or status to check; a function(request, reply) sees its partition and offset"),
    ('kafka:send { topic = "t", wait = "none", checks = { print } }', 'with wait = "none" nobody is there to make checks'),
    ("kafka:rpc {}", "kafka:rpc needs a topic as 'request': kafka:rpc { request = \"orders\", reply = \"orders.replies\", value = … }"), ("kafka:consume {}", 'kafka:consume needs a topic: kafka:consume { topic = "payments" }'),
])  # fmt: skip
def test_mistakes_of_sends_are_said(weir, tmp_path, call, sentence):
    (tmp_path / "s.lua").write_text(f"local kafka = weir.kafka {{ {BASE} }}\n{call}\nreturn 1")
    done = weir("run", "s.lua")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"s.lua:2: {sentence}\n" in done.stderr


def test_a_topic_that_only_a_user_names_is_an_error_of_the_iteration(once, broker):
    done = once(broker, 'kafka:send { topic = "t", value = "x", name = "mine" } kafka:send { topic = "u", value = "x" }',
                before="local send = kafka:send { topic = 't' }", code=1, errors=1)  # fmt: skip
    assert list(done.script_errors) == ["s.lua:1: topic 'u' is new: a send to it must be made at the top level of the file"]
    assert done.ledger == {"started": 1, "ok": 1} and done.series("mine")["count"] == 1


# Before the load


SEND = 'local send = kafka:send { topic = "t", value = "x", timeout = "%s" } return weir.scenario { user = function() send() %s end }'


def test_a_broker_that_is_not_there(start_story):
    with socket.create_server(("127.0.0.1", 0)) as s:
        address = f"127.0.0.1:{s.getsockname()[1]}"
    done = start_story(address, SEND % ("10s", "")).end(code=1)
    assert (done.out, done.summary) == ("", None)
    assert done.err == f"weir: cannot reach broker {address}: connection refused; is it running?\n"


def test_a_partition_that_is_not_there(start_story, broker):
    done = start_story(broker, 'local other = kafka:send { topic = "u", partition = 2 } ' + SEND % ("10s", "")).end(code=1)
    assert done.err == "weir: topic 'u' has no partition 2: there are 2, from 0 on\n"


def test_a_partition_that_a_variable_names_is_an_error_of_the_call(once, broker):
    done = once(broker, "local r = send { value = 'x', partition = 6 } assert(r.fate == 'error') assert(send({ value = 'x' }).ok)",
                before="local send = kafka:send { topic = 't' }")  # fmt: skip
    assert done.errors == {"_UNKNOWN_PARTITION (Local: Unknown partition)": 1}
    assert done.ledger == {"started": 2, "ok": 1, "error": 1}


# Trouble


def test_too_large_is_an_error_of_the_call_and_the_iteration_goes_on(once, broker):
    done = once(broker, """
local r = send { value = ("x"):rep(2000000) }
assert(not r.ok and r.fate == "error" and r.why == "MSG_SIZE_TOO_LARGE (Broker: Message size too large)")
assert(r.partition == nil or r.offset == nil) assert(#r.request.body == 2000000)
assert(weir.check(r, "not counted", false) == false)
assert(send({ value = "small" }).ok)""", before="local send = kafka:send { topic = 't' }")  # fmt: skip
    assert done.ledger == {"started": 2, "ok": 1, "error": 1}
    assert done.checks == {}
    assert [m.value() for m in consume(broker.address, "t")] == [b"small"]


def test_the_brokers_word_is_the_cause(once, broker):
    broker.tell("error PRODUCE INVALID_REQUIRED_ACKS 1")
    done = once(broker, "local r = send { value = 'x' } assert(r.fate == 'error' and r.why:find('INVALID_REQUIRED_ACKS')) send { value = 'y' }",
                before="local send = kafka:send { topic = 't' }")  # fmt: skip
    assert done.ledger["started"] == 2 == done.ledger["ok"] + done.ledger["error"]
    assert done.iterations == {"planned": 1, "started": 1, "completed": 1}


def test_a_broker_that_goes_and_comes_back_loses_nothing(start_story, broker):
    text = """local send = kafka:send { topic = "t", key = "${seq}", value = "x" }
return weir.scenario { load = { rate = 300, over = "3s" }, user = function() send() end }"""
    running = start_story(broker, text)
    running.wait_until(lambda: len(consume(broker.address, "t")) > 100)
    broker.tell("down")
    running.wait_until(lambda: "no broker is there" in running.err)
    broker.tell("up")
    done = running.end()
    assert done.ledger == {"started": 900, "ok": 900}
    assert done.iterations == {"planned": 900, "started": 900, "completed": 900}
    assert {int(m.key()) for m in consume(broker.address, "t")} == set(range(900))


@pytest.mark.parametrize("own, fate", [("20s", "ok"), ("1s", "timeout")])
def test_a_sends_own_timeout(start_story, broker, own, fate):
    """Longer or shorter than its client's: librdkafka is told for the topic."""
    text = """local kafka = weir.kafka { brokers = weir.env("KAFKA_BROKERS"), timeout = "%s" }
local send = kafka:send { topic = "t", value = "x", timeout = "%s" }
return weir.scenario { user = function() weir.sleep("2s") local r = send() assert(r.fate == "%s", r.why) end }"""
    load = start_story(broker, text % ("1s" if own == "20s" else "20s", own, fate), "-n", 1)
    load.wait_until_under_way()
    broker.tell("rtt 1500ms")
    done = load.end(code=0 if fate == "ok" else 1)
    assert done.ledger["started"] == done.ledger[fate] == 1


def test_a_broker_that_is_gone_for_good_makes_timeouts_that_users_see(start_story, broker):
    text = """local send = kafka:send { topic = "t", value = "x", timeout = "500ms" }
return weir.scenario { load = { rate = 100, over = "3s" }, user = function()
  local r = send()
  if not r.ok then assert(r.fate == "timeout" and r.why == "no acknowledgement (timeout)") weir.fail("no broker") end
end }"""
    running = start_story(broker, text)
    running.wait_until(lambda: len(consume(broker.address, "t")) > 50)
    broker.stop()
    done = running.end()
    timeouts = done.ledger["timeout"]
    assert done.ledger == {"started": 300, "ok": 300 - timeouts, "timeout": timeouts} | (
        {"possibly_stored": done.ledger["possibly_stored"]} if "possibly_stored" in done.ledger else {}
    )
    assert done.script_errors == {"no broker": timeouts} and timeouts > 50
    assert all(line["response_time"] >= 0.5 - 1e-3 for line in done.log if line["result"] == "ERR")


# HTTP and Kafka in one story


STORY = """local order = http:post { "/orders", name = "order", json = { n = "${n}" } }
local sold = kafka:send { topic = "t", name = "sold", key = "${id}", codec = "json", value = { order = "${id}" } }
return weir.scenario { user = function(vu)
  local r = order { n = weir.sequence "n" }
  if not weir.check(r, "has an id", r:json("/id") ~= nil) then return end
  local event = sold { id = r:json("/id") }
  weir.check(event, "stored", event.ok)
end }"""


@pytest.fixture
def shop(hostile):
    """Answers each order with its number as id; the tenth and so on without one."""

    def answer(c):
        for request in c.requests():
            n = int(json.loads(request.body)["n"])
            c.send(reply(json.dumps({"id": f"o{n}"} if n % 10 != 9 else {}).encode()))

    return hostile(answer)


@pytest.mark.parametrize("words", [["-c", 4, "-n", 100], ["-r", 200, "-n", 100], ["-c", 6, "-n", 100, "--threads", 3]], ids=str)
def test_what_http_answers_goes_to_kafka(story, broker, shop, words):
    done = story(broker, STORY, *words, server=shop)
    assert done.ledger == {"started": 190, "ok": 180, "failed_check": 10}
    assert done.checks == {"has an id": (90, 10), "stored": (90, 0)}
    assert (done.series("order")["count"], done.series("sold")["count"]) == (100, 90)
    assert len(shop.requests) == 100
    found = [(m.key().decode(), json.loads(m.value())) for m in consume(broker.address, "t")]
    assert sorted(found) == sorted((f"o{n}", {"order": f"o{n}"}) for n in range(100) if n % 10 != 9)


def test_the_record_is_due_when_the_reply_came(story, broker, hostile):
    text = """local order, sold = http:get { "/", name = "order" }, kafka:send { topic = "t", value = "x", name = "sold" }
return weir.scenario { user = function() order() sold() weir.sleep(0.05) sold() end }"""
    done = story(broker, text, "-c", 1, "-n", 3, server=hostile(always(reply())))
    lines = sorted(done.log, key=lambda line: line["due"])
    for before, after in zip(lines, lines[1:]):
        slept = 0.05 if [before["name"], after["name"]] == ["sold", "sold"] else 0
        assert after["due"] == pytest.approx(before["due"] + before["response_time"] + slept, abs=2e-9)


def test_a_dead_kafka_leaves_http_alone(start_story, broker, hostile):
    """Records nobody waits for fail; the pages go on at their rate."""
    text = """local page, event = http:get { "/", name = "page" }, kafka:send { topic = "t", value = "x", wait = "none", timeout = "300ms" }
return weir.scenario { load = { rate = 200, over = "2s" }, user = function() page() event() end }"""
    running = start_story(broker, text, server=hostile(always(reply())))
    running.wait_until(lambda: len(consume(broker.address, "t")) > 50)
    broker.stop()
    done = running.end()
    assert done.series("page")["outcomes"] == {"ok": 400}
    events = done.series("t")["outcomes"]
    assert events["ok"] >= 50 and events["timeout"] >= 50 and sum(events.values()) == 400
    assert done.iterations == {"planned": 400, "started": 400, "completed": 400}


def test_the_summary_of_both_is_one(story, broker, shop, tmp_path):
    done = story(broker, STORY, "-c", 2, "-n", 20, "--csv", "out", server=shop)
    assert [s["tags"]["protocol"] for s in done.summary["series"]] == ["http", "kafka"]
    assert done.summary["total"]["count"] == 38 and done.status == {"200": 20}
    assert f"http://127.0.0.1:{shop.port}" in done.out and f"kafka://{broker.address}" in done.out
    assert "ENQUEUE,sold,18," in (tmp_path / "out_requests.csv").read_text()
