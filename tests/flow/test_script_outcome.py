"""What a script sees of a call: fields, headers, bytes as long as they are there, JSON by pointer."""

import re

import pytest

from hostile import reply, routes

pytestmark = pytest.mark.exact

BODY = rb'{"id":7,"state":"PAID","list":[1,{"x":null}],"no":false}'


@pytest.fixture
def server(hostile):
    """/json, /echo (the body that came), /empty, /wrong (503); /silent never answers, /reset breaks off."""
    answers = {
        "json": reply(BODY, headers=["Content-Type: application/json", "X-Twice: a", "x-twice: b", "X-Empty:"]),
        "empty": reply(b"", status="204 No Content"),
        "wrong": reply(b"sorry", status="503 Service Unavailable"),
        "other": reply(b"other"),
    }

    def script(c):
        for request in c.requests():
            word = re.match(r"/(\w*)", request.target)[1]
            if word == "silent":
                return c.wait_for_end()
            if word == "reset":
                return c.reset()
            c.send(reply(request.body) if word == "echo" else answers[word])

    return hostile(script)


def test_the_fields_of_a_good_reply(once, server):
    once(server, """
local r = http:get "/json"
assert(r.ok == true and r.fate == "ok" and r.why == "")
assert(r.status == 200)
assert(r.body == '{"id":7,"state":"PAID","list":[1,{"x":null}],"no":false}' and r.value == r.body)
assert(r.partition == nil and r.offset == nil and r.key == nil and r.timestamp == nil)
assert(r.response_time > 0 and r.service_time > 0 and r.service_time <= r.response_time)
""")  # fmt: skip


def test_when_it_was_due_is_told_as_in_the_log(script, server):
    text = """return weir.scenario { user = function()
  local a = http:get "/json"
  weir.sleep(0.1)
  local b = http:get "/json"
  print(string.format("%.9f %.9f", a.due, b.due))
end }"""
    done = script(server, text, "-r", 20, "-n", 3)
    told = sorted(float(x) for line in re.findall(r"s\.lua: (.*)", done.err) for x in line.split())
    assert told == pytest.approx(done.dues, abs=1e-8)


def test_headers_by_any_case_the_first_of_equal_names(once, server):
    once(server, """
local h = (http:get "/json").headers
assert(h["content-type"] == "application/json" and h["Content-Type"] == h["CONTENT-TYPE"])
assert(h["x-twice"] == "a" and h["X-Empty"] == "" and h.absent == nil and h[1] == nil)
local n = 0
for name, value in pairs(h) do n = n + 1 assert(name == name:lower() and type(value) == "string") end
assert(n == 4, n)
""")  # fmt: skip


def test_an_empty_body_is_an_empty_text(once, server):
    once(server, 'local r = http:get "/empty" assert(r.ok and r.status == 204 and r.body == "")')


def test_bytes_of_any_kind_come_through(once, server):
    once(server, """
local all = ""
for i = 0, 255 do all = all .. string.char(i) end
local r = echo { body = all }
assert(r.body == all and #r.body == 256 and r.request.body == all)
""", before='local echo = http:post "/echo"')  # fmt: skip


def test_what_was_sent_can_be_read(once, server):
    once(server, """
local r = echo { x = 5 }
assert(r.request.body == '{"x":"5"}' and r.request.key == nil and r.request.partition == nil)
assert(r.request.headers["X-NUMBER"] == "5" and r.request.headers.host:find("127.0.0.1", 1, true) == 1)
r = http:get "/json"
assert(r.request.body == "")
""", before='local echo = http:post { "/echo", json = { x = "${x}" }, headers = { ["x-number"] = "${x}" } }')  # fmt: skip


def test_a_wrong_answer_is_a_failed_check_with_its_body(once, server):
    done = once(server, """
local r = http:get "/wrong"
assert(not r.ok and r.fate == "failed_check" and r.why == "wrong answer (503)")
assert(r.status == 503 and r.body == "sorry")
""", code=1)  # fmt: skip
    assert done.ledger == {"started": 1, "failed_check": 1}


@pytest.mark.parametrize("expect, ok", [("503", True), ("{200, 503}", True), ("{200}", False), ("{404, 503}", True)])
def test_what_is_expected_is_the_callers_to_say(once, server, expect, ok):
    body = f"""
local r = http:get {{ "/wrong", expect = {expect} }}
assert(r.ok == {str(ok).lower()} and r.why == "{'' if ok else 'wrong answer (503)'}")
assert((http:get {{ "/json", expect = 404 }}).fate == "failed_check")"""
    once(server, body, code=0 if ok else 1)


@pytest.mark.parametrize("path, fate, why", [
    ("silent", "timeout", "no answer (timeout)"), ("reset", "error", "connection reset"),
])  # fmt: skip
def test_without_a_reply_its_fields_are_nil_and_the_request_stays(once, server, path, fate, why):
    once(server, f"""
local ok = http:get "/json"
local r = call {{ body = "sent" }}
assert(not r.ok and r.fate == "{fate}" and r.why == "{why}")
assert(r.status == nil and r.body == nil and r.value == nil and r.headers == nil)
assert(r:json("/id") == nil and r.request.body == "sent" and r.response_time > 0)
assert(weir.check(r, "not counted", false) == false)
assert(r.fate == "{fate}" and r.why == "{why}")
""", before=f'local call = http:post {{ "/{path}", timeout = "300ms" }}')  # fmt: skip


def test_checks_on_what_did_not_come_do_not_count(once, server):
    before = """local call = http:get { "/reset", checks = { weir.is.status(200), function() error("never") end } }"""
    done = once(server, 'local r = call() weir.check(r, "mine", true) http:get "/json"', before=before)
    assert done.checks == {}
    assert done.ledger == {"started": 2, "ok": 1, "error": 1}


# JSON


def test_json_by_pointer(once, server):
    once(server, """
local r = http:get "/json"
assert(r:json("/id") == 7 and r:json("$.id") == 7 and r:json("/state") == "PAID")
assert(r:json("/list/0") == 1 and r:json("$.list[1].x") == weir.null and r:json("/no") == false)
assert(r:json("/absent") == nil and r:json("/list/7") == nil and r:json("/id/deeper") == nil)
local list = r:json("/list")
assert(#list == 2 and list[1] == 1 and list[2].x == weir.null)
local all = r:json("")
assert(all.id == 7 and all.list[1] == 1)
all.id = 8
assert(r:json("/id") == 7)
""")  # fmt: skip


def test_what_is_not_json_is_an_error_with_its_place(once, server):
    done = once(server, '\nlocal r = http:get "/other" r:json("/id")', code=1, errors=1)
    assert "s.lua:2: not JSON at byte 1: no value begins like this" in done.out
    assert done.ledger == {"started": 1, "ok": 1}


@pytest.mark.parametrize("pointer, sentence", [
    ('"id"', "JSON pointer 'id': it begins with / or $, like /state or $.state"),
    ("", "bad argument #1 to 'json' (string expected, got no value)"),
    ("{}", "bad argument #1 to 'json' (string expected, got table)"),
])  # fmt: skip
def test_a_pointer_that_is_none_is_an_error(once, server, pointer, sentence):
    done = once(server, f'local r = http:get "/json" r:json({pointer})', code=1, errors=1)
    assert f"s.lua:1: {sentence}" in done.out


# Bytes that are gone


@pytest.mark.parametrize("use", ["r.body", "r.value", "r.headers", "r.request", 'r:json("/id")'])
def test_bytes_can_be_read_until_the_next_call_starts(once, server, use):
    body = f"""local r = http:get {{ "/json", name = "look" }} local _ = {use}
weir.sleep(0.01) _ = {use}
http:get "/other"
_ = {use}"""
    done = once(server, body, code=1, errors=1)
    assert (
        "s.lua:4: the bytes of 'look' are gone: its user made another call; keep them with local b = r.body" in done.out
    )


def test_figures_stay(once, server):
    once(server, """
local r = http:get "/json"
local t, s, d = r.response_time, r.service_time, r.due
http:get "/other"
assert(r.ok and r.status == 200 and r.fate == "ok" and r.why == "")
assert(r.response_time == t and r.service_time == s and r.due == d)
""")  # fmt: skip


def test_a_kept_text_stays(once, server):
    once(server, 'local b = (http:get "/other").body for _ = 1, 20 do http:get "/json" end assert(b == "other")')


def test_outcomes_of_others_cannot_be_read(script, server):
    text = """local kept
return weir.scenario { user = function(vu)
  if vu.id == 1 then kept = http:get "/json" weir.sleep(2) return end
  weir.sleep(0.5)
  assert(kept.ok and kept.status == 200)
  local _ = kept.body
end }"""
    done = script(server, text, "--stages", "2 at once", "--threads", 1, errors=1)
    assert "s.lua:6: the bytes of 'GET /json' are gone" in done.out


def test_of_the_iteration_before_too(script, server):
    text = """local kept
return weir.scenario { user = function(vu)
  if not kept then kept = http:get "/json" return end
  local _ = kept.body
end }"""
    script(server, text, "-c", 1, "-n", 2, errors=1)


# Mistakes


@pytest.mark.parametrize("use, sentence", [
    ("r.bdy", "weir.Outcome has no 'bdy'; did you mean 'body'?"),
    ("r.nothing_like_it", "weir.Outcome has no 'nothing_like_it'"),
    ("r.ok = false", "a weir.Outcome cannot be changed; keep values in vu or in local variables"),
    ('r.json("/id")', "a weir.Outcome is wanted here, not a string: is it called with ':'?"),
    ("r[1]", "weir.Outcome has no '1'"),
    ("r[{}]", "weir.Outcome has no '?'"),
    ("r()", "attempt to call local 'r' (a userdata value)"),
])  # fmt: skip
def test_mistakes_with_outcomes_are_said(once, server, use, sentence):
    use = use if "=" in use or "(" in use else f"local _ = {use}"
    done = once(server, f'local r = http:get "/json" {use}', code=1, errors=1)
    assert f"s.lua:1: {sentence}" in done.out


def test_a_body_beyond_what_can_be_kept_is_said(once, hostile):
    size = (64 << 20) + 1
    big = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size
    fake = hostile(routes(big=big))
    body = 'local r = http:get "/big" assert(r.ok) local _ = r.body'
    done = once(fake, body, code=1, errors=1)
    assert "the body of 'GET /big' is longer than the 64 MiB that scripts can read" in done.out
    assert done.ledger == {"started": 1, "ok": 1}
