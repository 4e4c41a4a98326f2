"""Checks: those that a script makes, those that its calls declare, and what they do to fates and counts."""

import pytest

from hostile import reply, routes

pytestmark = pytest.mark.exact

JSON = b'{"id":7,"state":"PAID","list":[1,2,3],"null":null,"text":"7"}'


@pytest.fixture
def server(hostile):
    """/json with some headers, /text, /empty."""
    headers = ["Content-Type: application/json", "X-Count: 15"]
    return hostile(
        routes(json=reply(JSON, headers=headers), text=reply(b"ping pong"), empty=reply(b"", status="204 No Content"))
    )


# weir.check


def test_a_check_gives_its_truth_and_counts(once, server):
    done = once(server, """
local r = http:get { "/json", name = "look" }
assert(weir.check(r, "good", true) == true and r.ok and r.fate == "ok" and r.why == "")
assert(weir.check(r, "bad", false) == false and not r.ok and r.fate == "failed_check" and r.why == "bad")
assert(weir.check(r, "worse", nil) == false and r.why == "bad")
assert(weir.check(r, "good again", 0) == true and not r.ok)
""", code=1)  # fmt: skip
    assert done.checks == {"good": (1, 0), "bad": (0, 1), "worse": (0, 1), "good again": (1, 0)}
    assert {c["series"] for c in done.summary["checks"]} == {"look"}
    assert done.ledger == {"started": 1, "failed_check": 1}
    assert done.errors == {"bad": 1}


def test_many_checks_in_one_table_the_first_by_name_says_why(once, server):
    done = once(server, """
local r = http:get "/json"
assert(weir.check(r, { yes = true, beta = false, alpha = false, gamma = nil }) == false)
assert(r.why == "alpha")
assert(weir.check(http:get "/json", { a = true, b = true }) == true)
""")  # fmt: skip
    assert done.checks == {"yes": (1, 0), "beta": (0, 1), "alpha": (0, 1), "a": (1, 0), "b": (1, 0)}
    assert done.errors == {"alpha": 1}


def test_a_failing_check_of_a_wrong_answer_leaves_its_reason(once, server):
    done = once(server, """
local r = http:get { "/json", expect = 201 }
assert(not weir.check(r, "mine", false) and r.why == "wrong answer (200)")
""", code=1)  # fmt: skip
    assert done.errors == {"wrong answer (200)": 1}
    assert done.checks == {"mine": (0, 1)}


@pytest.mark.parametrize("what", ['http:get "/json"', 'weir.sleep("1ms")', "weir.pace(0)"])
def test_a_check_on_a_settled_call_is_an_error(once, server, what):
    body = f'local r = http:get {{ "/json", name = "look" }} {what}\nweir.check(r, "late", false)'
    done = once(server, body, code=1, errors=1)
    assert "s.lua:2: check 'late' comes too late: the fate of 'look' was settled when its user went on" in done.out
    assert done.checks == {}
    assert "failed_check" not in done.ledger


def test_a_check_of_another_users_call_is_too_late(script, server):
    text = """local kept
return weir.scenario { user = function(vu)
  if vu.id == 1 then kept = http:get "/json" weir.sleep(1) return end
  weir.sleep(0.3)
  weir.check(kept, "mine?", true)
end }"""
    done = script(server, text, "--stages", "2 at once", "--threads", 1, errors=1)
    assert "s.lua:5: check 'mine?' comes too late" in done.out


@pytest.mark.parametrize("call, sentence", [
    ("weir.check(r)", "bad argument #2 to 'check' (string expected, got no value)"),
    ('weir.check(r, "text")', 'weir.check(r, "text", bool): the bool is missing'),
    ('weir.check(nil, "text", true)', "weir.check(r, …): r is the outcome of a call, not a nil"),
    ('weir.check(http, "text", true)', "weir.check(r, …): r is the outcome of a call, not a weir.Http"),
    ("weir.check(r, { true })", "keys are words here, not a number"),
    ("weir.check(r, { [1] = true, a = true })", "keys are words here, not a number"),
    ("weir.check(r, {}, true, false)", None),
])  # fmt: skip
def test_mistakes_with_checks_are_said(once, server, call, sentence):
    done = once(server, f'local r = http:get "/json" {call}', code=0 if sentence is None else 1, errors=int(bool(sentence)))
    assert sentence is None or f"s.lua:1: {sentence}\n" in done.out


def test_a_check_at_the_top_level_is_refused(weir, tmp_path):
    (tmp_path / "s.lua").write_text('\nweir.check(nil, "x", true)')
    done = weir("run", "s.lua")
    assert (done.returncode, done.stdout) == (2, "")
    assert "s.lua:2: " in done.stderr


def test_checks_see_all_of_a_body_that_is_shown_cut(once, recorder):
    """Calls in full show 64 KiB at most."""
    body = b'{"text":"' + b"x" * 200_000 + b'","end":1}'
    before = """local is = weir.is
local call = http:get { "/", checks = { is.json("/end", "==", 1), is.contains('"end":1'), is.matches('"end":1}$') } }"""
    done = once(recorder(body), f"local r = call() assert(r.ok and #r.body == {len(body)}, r.why)", before=before)
    assert set(done.checks.values()) == {(1, 0)}
    assert "bytes more" in done.out


# Declared checks


KINDS = [
    ('is.status(200)', True, "status is 200"),
    ('is.status(201)', False, "status is 201"),
    ('is.status { 200, 201 }', True, "status is 200, 201"),
    ('is.json("/state", "==", "PAID")', True, "/state == PAID"),
    ('is.json("$.state", "~=", "PAID")', False, "$.state ~= PAID"),
    ('is.json("/id", "<", 8)', True, "/id < 8"),
    ('is.json("/id", "<=", 7)', True, "/id <= 7"),
    ('is.json("/id", ">", 7)', False, "/id > 7"),
    ('is.json("/id", ">=", 7)', True, "/id >= 7"),
    ('is.json("/text", "==", 7)', False, "/text == 7"),
    ('is.json("/state", "in", { "NEW", "PAID" })', True, "/state in NEW, PAID"),
    ('is.json("/id", "exists")', True, "/id exists"),
    ('is.json("/absent", "exists")', False, "/absent exists"),
    ('is.json("/list", "count", 3)', True, "/list count 3"),
    ('is.json("", "count", 5)', True, "body count 5"),
    ('is.json("/null", "==", weir.null)', True, "/null == null"),
    ('is.header("content-type", "==", "application/json")', True, "header content-type == application/json"),
    ('is.header("X-Count", ">", 14)', True, "header X-Count > 14"),
    ('is.header("X-Absent", "exists")', False, "header X-Absent exists"),
    (f'is.size("==", {len(JSON)})', True, f"size == {len(JSON)}"),
    ('is.size("<", 10)', False, "size < 10"),
    ('is.contains("PAID")', True, "contains PAID"),
    ('is.contains("paid")', False, "contains paid"),
    ("is.contains(7)", True, "contains 7"),
    ('is.matches("\\"id\\":[0-9]+")', True, 'matches "id":[0-9]+'),
    ('is.matches("^PAID")', False, "matches ^PAID"),
    ("is.not_empty()", True, "not empty"),
    (f"is.equals('{JSON.decode()}')", True, f"equals {JSON.decode()}"),
    ('is.equals("")', False, "equals "),
]  # fmt: skip


@pytest.mark.parametrize("check, passes, name", KINDS, ids=[k[0] for k in KINDS])
def test_each_kind_of_declared_check(once, server, check, passes, name):
    before = f'local is = weir.is local call = http:get {{ "/json", checks = {{ {check} }} }}'
    body = f"local r = call() assert(r.ok == {str(passes).lower()} and r.why == [==[{'' if passes else name}]==], r.why)"
    done = once(server, body, before=before, code=0 if passes else 1)
    assert done.checks == {name: (1, 0) if passes else (0, 1)}
    assert done.ledger == {"started": 1, "ok" if passes else "failed_check": 1}


def test_replies_are_compared_with_their_requests(once, hostile):
    fake = hostile(routes(echo=lambda r: reply(r.body), more=lambda r: reply(b'{"got":' + r.body + b"}"), no=reply(b"no")))
    before = """local is = weir.is
local function call(path) return http:post { path, json = { a = "${x}", b = { 1, 2 } }, checks = {
  is.echo(), is.contains_request(), is.json_same("/got/b", "/b"), is.json_same("", "") } } end
local echo, more, no = call "/echo", call "/more", call "/no" """
    done = once(fake, "echo { x = 1 } more { x = 1 } no { x = 1 }", before=before, code=1)
    assert done.checks == {
        "is the request's body": (1, 2), "contains the request's body": (2, 1),
        "/got/b is the request's /b": (1, 2), "body is the request's body": (1, 2),
    }  # fmt: skip


def test_empty_bodies_and_statuses_without_one(once, server):
    before = """local is = weir.is local call = http:get { "/empty", checks = {
  none = is.size("==", 0), some = is.not_empty(), json = is.json("/a", "~=", 1), equals = is.equals(""), matches = is.matches("^$") } }"""
    done = once(server, "call()", before=before, code=1)
    assert done.checks == {"none": (1, 0), "some": (0, 1), "json": (0, 1), "equals": (1, 0), "matches": (1, 0)}


def test_all_are_made_the_list_first_then_by_name_the_first_failure_says_why(once, server):
    before = """local is = weir.is local call = http:get { "/json", checks = {
  zebra = is.contains("no"), is.status(200), is.contains("nowhere"), aardvark = is.contains("not") } }"""
    done = once(server, 'local r = call() assert(r.why == "contains nowhere")', before=before, code=1)
    assert done.checks == {"status is 200": (1, 0), "contains nowhere": (0, 1), "aardvark": (0, 1), "zebra": (0, 1)}


def test_functions_see_request_and_reply(once, server):
    before = """local call = http:post { "/json", json = { n = "${n}" }, checks = { ["as asked"] = function(request, reply)
  if request.body == '{"n":"1"}' and reply:json("/id") == 7 and reply.headers["x-count"] == "15" then return nil end
  return "it is " .. request.body
end } }"""
    done = once(server, "assert(call { n = 1 }.ok) assert(call { n = 2 }.why == [[it is {\"n\":\"2\"}]])", before=before, whys=['it is {"n":"2"}'])
    assert done.checks == {"as asked": (1, 1)}
    assert done.errors == {'it is {"n":"2"}': 1}


def test_functions_without_a_name_are_numbered(once, server):
    before = """local call = http:get { "/json", checks = { function() end, function() return "no" end } }"""
    done = once(server, "call()", before=before, code=1, whys=["no"])
    assert done.checks == {"check 1": (1, 0), "check 2": (0, 1)}


@pytest.mark.parametrize("value, kind", [("false", "boolean"), ("7", "number"), ("{}", "table")])
def test_a_check_gives_nil_or_a_text(once, server, value, kind):
    before = f'local call = http:get {{ "/json", checks = {{ mine = function() return {value} end }} }}'
    done = once(server, "call()", before=before, code=1, errors=1)
    assert f"check 'mine' gives nil, or a text that says why it failed, not a {kind}" in done.out


def test_an_error_in_a_check_ends_the_iteration_and_not_the_call(once, server):
    before = """local call = http:get { "/json", checks = { function()
  error("what is this?") end } }"""
    done = once(server, "call()", before=before, code=1, errors=1)
    assert "s.lua:2: what is this?" in done.out
    assert done.ledger == {"started": 1, "ok": 1}


def test_a_check_cannot_wait(once, server):
    before = 'local call = http:get { "/json", checks = { function() http:get "/json" end } }'
    done = once(server, "call()", before=before, code=1, errors=1)
    assert "s.lua:1: a call cannot be used within a check or a coroutine of the script's own" in done.out


def test_checks_of_the_script_come_behind_declared_ones(once, server):
    before = 'local call = http:get { "/json", checks = { weir.is.contains("PAID") } }'
    done = once(server, 'local r = call() weir.check(r, "mine", r:json("/id") == 8)', before=before, code=1)
    assert done.checks == {"/state is not here": (0, 0)} or done.checks == {"contains PAID": (1, 0), "mine": (0, 1)}
    assert done.errors == {"mine": 1}


def test_checks_of_equal_names_on_two_calls_are_two_rows(once, server):
    before = 'local a, b = http:get { "/json", name = "a" }, http:get { "/json", name = "b" }'
    done = once(server, 'weir.check(a(), "x", true) weir.check(b(), "x", false)', before=before)
    assert [(c["series"], c["name"], c["passed"], c["failed"]) for c in done.summary["checks"]] == [("a", "x", 1, 0), ("b", "x", 0, 1)]


# Definitions that are none


@pytest.mark.parametrize("checks, sentence", [
    ("true", "'checks' is a table, not a boolean"),
    ("{ true }", "a check is one of weir.is, like weir.is.status(201), or a function, not a boolean"),
    ("{ { 1 } }", "a check is one of weir.is, like weir.is.status(201), or a function, not a table"),
    ('{ weir.is.stats(1) }', "weir.is has no 'stats'; did you mean 'status'?"),
    ('{ weir.is.status "200" }', "weir.is.status: a status is a number, like 201"),
    ('{ weir.is.status {} }', "the list of a check is empty"),
    ('{ weir.is.status() }', "this check takes 1 value, not 0"),
    ('{ weir.is.json("id", "==", 1) }', "JSON pointer 'id': it begins with / or $, like /state or $.state"),
    ('{ weir.is.json("/id", "=", 1) }', "'=' is no comparison; there are == ~= < <= > >= in exists count"),
    ('{ weir.is.json("/id", "==") }', "'==' is written with a value behind it"),
    ('{ weir.is.json("/id", "exists", 1) }', "'exists' is written without a value behind it"),
    ('{ weir.is.json("/id", "==", {1, 2}) }', "a list is compared by 'in', not by '=='"),
    ('{ weir.is.json("/id", "in", {}) }', "the list of a check is empty"),
    ('{ weir.is.json("/id", "==", print) }', "a check compares with texts, numbers, true, false or weir.null, not with a function"),
    ('{ weir.is.json("/id", "==", 0/0) }', "a check compares with numbers, and nan is none"),
    ('{ weir.is.json("/id", "count", "3") }', "'count' is for weir.is.json and compares with a number"),
    ('{ weir.is.header("a", "count", 3) }', "'count' is for weir.is.json and compares with a number"),
    ('{ weir.is.size("<", "10") }', "bad argument #2 to 'size' (number expected, got string)"),
    ('{ weir.is.matches("(") }', "'(' is no regular expression: "),
    ('{ weir.is.contains {} }', "bad argument #1 to 'contains' (string expected, got table)"),
    ('{ weir.is.json_same("/a") }', "bad argument #2 to 'json_same' (string expected, got no value)"),
    ("{ nil, weir.is.status(200), nil, weir.is.status(201) }", "a check is one of weir.is, "),
    ("{ [0] = weir.is.status(200) }", "checks: the list has a gap, or a key that is neither a word nor 1, 2, …"),
    ("{ [true] = weir.is.status(200) }", "keys are words here, not a boolean"),
    ('{ weir.is.when(print, 5) }', "a check is one of weir.is, like weir.is.status(201), or a function, not a number"),
])  # fmt: skip
def test_what_is_no_check_is_said_when_the_file_is_read(weir, tmp_path, checks, sentence):
    (tmp_path / "s.lua").write_text(f'local http = weir.http {{ base = "http://127.0.0.1:1" }}\nhttp:get {{ "/", checks = {checks} }}')
    done = weir("run", "s.lua")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"s.lua:2: {sentence}" in done.stderr


# What is expected


@pytest.mark.parametrize("expect, sentence", [
    ('"200"', "expect: a status is a whole number from 100 to 999"),
    ("99", "expect: a status is a whole number from 100 to 999"),
    ("200.5", "expect: a status is a whole number from 100 to 999"),
    ("{}", "expect is empty"),
    ('{200, "201"}', "expect: a status is a whole number from 100 to 999"),
    ("{200, x = 201}", "expect has no key 'x'"),
])  # fmt: skip
def test_what_cannot_be_expected_is_said(weir, tmp_path, expect, sentence):
    for text in (f'\nhttp:get {{ "/", expect = {expect} }}', f"\nweir.http {{ expect = {expect} }}"):
        (tmp_path / "s.lua").write_text('local http = weir.http { base = "http://127.0.0.1:1" }' + text)
        done = weir("run", "s.lua")
        assert (done.returncode, done.stdout) == (2, "")
        assert f"s.lua:2: {sentence}\n" in done.stderr


def test_the_clients_expectation_holds_where_the_call_has_none(once, server):
    before = """local http = weir.http { base = weir.env("TARGET"), expect = { 204 } }
local a, b, c = http:get "/json", http:get "/empty", http:get { "/json", expect = 200 }"""
    done = once(server, "assert(not a().ok and b().ok and c().ok)", before=before)
    assert done.errors == {"wrong answer (200)": 1}
