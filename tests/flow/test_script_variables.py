"""What ${name} stands for in the calls of a scenario, where it is looked up, and how it is written where it stands."""

import json
import re
import uuid

import pytest

pytestmark = pytest.mark.exact


@pytest.fixture
def sent(once, recorder):
    """Runs `body` in a user once; gives the requests that came."""

    def ask(body, before="", **how):
        server = recorder()
        once(server, body, before=before, **how)
        return server.requests

    return ask


@pytest.fixture
def refused(once, recorder):
    """Runs `body` in a user once, whose iteration must end in an error of the script; gives its sentence."""

    def ask(body, before=""):
        done = once(recorder(), body, before=before, code=1, errors=1)
        (found,) = re.findall(r"^\s+1  (.*)$", done.out, re.M) or [done.out + done.err]
        return found

    return ask


# Where a name is looked up


def test_a_variable_of_the_call_comes_before_a_field_of_vu(sent):
    before = 'local get = http:get "/${a}/${b}/${vu.a}"'
    (request,) = sent('vu.a, vu.b = "field", "of vu" get { a = "var" }', before)
    assert request.target == "/var/of%20vu/field"


def test_weirs_own_names_come_last(sent):
    before = 'local get = http:get "/${uuid}?${now}&${now_ms}&${seq}"'
    first, second, third = sent('get() get() vu.uuid = "mine" get { now = 1, now_ms = 2, seq = 3 }', before)
    for i, request in enumerate((first, second)):
        path, now, now_ms, seq = re.fullmatch(r"/(.*)\?(\d{10})&(\d{13})&(\d+)", request.target).groups()
        assert uuid.UUID(path).version == 4 and uuid.UUID(path).variant == uuid.RFC_4122
        assert abs(int(now_ms) / 1000 - int(now)) <= 1
        assert int(seq) == i
    assert first.target[:37] != second.target[:37]
    assert third.target == "/mine?1&2&3"


def test_the_users_own_number_and_iteration(script, recorder):
    server = recorder()
    text = """local get = http:get "/${vu.id}/${vu.iteration}"
return weir.scenario { user = function(vu) get() end }"""
    script(server, text, "-c", 3, "-n", 9, "--threads", 1)
    asked = sorted(r.target for r in server.requests)
    assert len(asked) == 9
    for user in {a[1] for a in asked}:
        mine = [a for a in asked if a[1] == user]
        assert mine == [f"/{user}/{i}" for i in range(len(mine))] and user in "123"


def test_the_scenarios_name(script, recorder):
    server = recorder()
    text = """local get = http:get "/${vu.scenario}"
return weir.plan { weir.scenario { name = "walk about", user = function(vu) get() end } }"""
    script(server, text)
    assert [r.target for r in server.requests] == ["/walk%20about"]


@pytest.mark.parametrize("name", ["nobody", "vu.nobody", "vu.uuid", "json:nobody", "content-length"])
def test_what_nobody_set_is_an_error_of_the_iteration(refused, name):
    why = refused("get()", f'local get = http:get {{ "/${{{name}}}", name = "look" }}')
    assert why == f"s.lua:1: look: ${{{name}}} is not set: neither the call's variables nor vu have it"


def test_a_variable_that_is_false_is_there(sent):
    (request,) = sent('vu.x = "other" get { x = false }', 'local get = http:get "/${x}"')
    assert request.target == "/false"


def test_values_are_texts_numbers_and_booleans(sent):
    before = 'local get = http:get "/${a}/${b}/${c}/${d}/${e}"'
    (request,) = sent('get { a = "t", b = 7, c = 0.5, d = true, e = 2 ^ 53 - 1 }', before)
    assert request.target == "/t/7/0.5/true/9007199254740991"


@pytest.mark.parametrize("value, kind", [("{}", "table"), ("print", "function"), ("weir.null", "userdata")])
def test_a_value_without_a_text_is_an_error(refused, value, kind):
    why = refused(f"get {{ x = {value} }}", 'local get = http:get { "/${x}", name = "look" }')
    assert why == f"s.lua:1: look: ${{x}} is a {kind}, which has no text; ${{json:…}} writes tables"


@pytest.mark.parametrize("value", ["0/0", "1/0"])
def test_a_number_without_digits_is_an_error(refused, value):
    assert "is no number that can be written" in refused(f"get {{ x = {value} }}", 'local get = http:get "/${x}"')


@pytest.mark.parametrize("value", ["5", "'text'", "true", "print"])
def test_variables_are_a_table(refused, value):
    why = refused(f"get({value})", 'local get = http:get { "/", name = "look" }')
    kind = {"5": "number", "'text'": "string", "true": "boolean", "print": "function"}[value]
    assert why == f"s.lua:1: look: variables are a table, not a {kind}"


def test_variables_may_be_left_out_or_nil(sent):
    assert len(sent("get() get(nil) get {}", 'local get = http:get "/"')) == 3


def test_names_may_be_any_word_a_column_has(sent):
    before = 'local post = http:post { "/", body = "${first name}|${größe}|${ x }" }'
    (request,) = sent('post { ["first name"] = "Ann", ["größe"] = "L", x = 1 }', before)
    assert request.body.decode() == "Ann|L|1"


# How it is written


NASTY = 'a/b ä&=?#"\\\'<>%+\t'


def test_paths_and_queries_are_percent_encoded(sent):
    before = 'local get = http:get { "/p/${x}?q=${x}", query = { r = "${x}", s = "<${x}>" } }'
    (request,) = sent(f"get {{ x = {json.dumps(NASTY, ensure_ascii=False)} }}", before)
    encoded = "a%2Fb%20%C3%A4%26%3D%3F%23%22%5C%27%3C%3E%25%2B%09"
    assert request.target == f"/p/{encoded}?q={encoded}&r={encoded}&s=%3C{encoded}%3E"


def test_strings_in_json_are_escaped_and_whole_values_are_values(sent):
    before = """local post = http:post { "/", json = { s = "<${x}>", ["k ${x}"] = 1, v = "${json:v}", n = 5, l = {"${x}"} } }"""
    (request,) = sent('post { x = "a\\"b\\\\c\\n", v = { 1, "two", { x = weir.null } } }', before)
    text = 'a"b\\c\n'
    assert json.loads(request.body) == {"s": f"<{text}>", f"k {text}": 1, "v": [1, "two", {"x": None}], "n": 5, "l": [text]}
    assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize("value, text", [("5", "5"), ('"5"', '"5"'), ("true", "true"), ("weir.null", "null"), ("{}", "{}")])
def test_json_values_keep_their_kind(sent, value, text):
    (request,) = sent(f"post {{ x = {value} }}", 'local post = http:post { "/", body = "${json:x}" }')
    assert request.body.decode() == text


def test_form_values_are_encoded(sent):
    before = 'local post = http:post { "/", form = { ["a b"] = "${x}", c = "d e" } }'
    (request,) = sent('post { x = "1&2=ä" }', before)
    assert request.body == b"a%20b=1%262%3D%C3%A4&c=d%20e"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"


def test_headers_take_values_as_they_are(sent):
    before = 'local get = http:get { "/", headers = { Authorization = "Bearer ${token}", ["X-N"] = 7 } }'
    (request,) = sent('vu.token = "a b/c=" get()', before)
    assert request.headers["authorization"] == "Bearer a b/c="
    assert request.headers["x-n"] == "7"


@pytest.mark.parametrize("break_", ["\\r", "\\n", "\\r\\nX-Evil: 1", "\\0"])
def test_headers_cannot_be_broken(refused, break_):
    why = refused(f'get {{ x = "a{break_}b" }}', 'local get = http:get { "/", headers = { ["X-A"] = "${x}" } }')
    assert "the value of header '${…}' holds a " in why


def test_a_text_body_takes_values_as_they_are_unless_it_says_more(sent):
    before = 'local post = http:post { "/", body = "${x}|${json:x}|${url:x}" }'
    (request,) = sent('post { x = "a \\"b" }', before)
    assert request.body == b'a "b|"a \\"b"|a%20%22b'
    assert request.headers["content-length"] == str(len(request.body))


def test_a_plain_brace_is_written_with_two_dollars(sent):
    before = """local post = http:post { "/", body = "$${x} costs $5", query = { q = "$${x}" }, headers = { ["X-A"] = "$${x}" } }"""
    (request,) = sent("post()", before)
    assert request.body == b"${x} costs $5"
    assert request.target == "/?q=%24%7Bx%7D"
    assert request.headers["x-a"] == "${x}"


# Fields that the definition leaves out


def test_a_body_left_out_is_the_variable_body(sent):
    bodies = sent('put { body = "${x} as it is" } put { body = 5 } put() put { body = weir.null }', 'local put = http:put "/"')
    assert [r.body for r in bodies] == [b"${x} as it is", b"5", b"", b""]
    assert [r.headers["content-length"] for r in bodies] == ["13", "1", "0", "0"]


def test_a_body_that_is_a_table_is_an_error(refused):
    why = refused("put { body = {} }", 'local put = http:put { "/", name = "store" }')
    assert why == "s.lua:1: store: body is a table, which has no text; ${json:…} writes tables"


def test_headers_left_out_are_the_variable_headers(sent):
    with_headers = 'get { headers = { ["X-A"] = "a", ["x-b"] = 2, Accept = weir.null, ["User-Agent"] = "me" } } get()'
    client = 'local http = weir.http { base = weir.env("TARGET"), headers = { ["X-B"] = "client" } } '
    first, second = sent(with_headers, client + 'local get = http:get "/"')
    assert first.headers.keys() == {"host", "user-agent", "x-a", "x-b"}
    assert (first.headers["user-agent"], first.headers["x-a"], first.headers["x-b"]) == ("me", "a", "2")
    assert (second.headers["x-b"], second.headers["accept"]) == ("client", "*/*")


def test_variables_do_not_reach_fields_that_are_written_down(sent):
    before = 'local put = http:put { "/", body = "b", headers = {} }'
    (request,) = sent('put { body = "other", headers = { ["X-A"] = "a" } }', before)
    assert request.body == b"b" and "x-a" not in request.headers


@pytest.mark.parametrize("headers, sentence", [
    ("5", "headers are a table of texts by name"),
    ("{ 5 }", "headers are a table of texts by name"),
    ("{ a = {} }", "headers are a table of texts by name"),
    ('{ ["a b"] = "c" }', "'a b' is not a header's name; write it like 'X-Name: value'"),
    ('{ ["Content-Length"] = 5 }', "Content-Length cannot be set: weir sends bodies with their Content-Length"),
])  # fmt: skip
def test_headers_that_cannot_be_sent_are_errors(refused, headers, sentence):
    why = refused(f"get {{ headers = {headers} }}", 'local get = http:get { "/", name = "look" }')
    assert why == f"s.lua:1: look: {sentence}"


# Calls written inside a user


def test_calls_inside_a_user_are_made_at_once(sent):
    requests = sent('vu.x = "v" http:get "/a" http:get { "/b/${x}", name = "b" } for _ = 1, 3 do http:post { "/c", json = { n = 1 } } end')
    assert [(r.method, r.target) for r in requests] == [("GET", "/a"), ("GET", "/b/v")] + [("POST", "/c")] * 3


def test_a_thousand_different_texts_are_the_end(refused):
    why = refused('for i = 1, 1001 do http:get("/" .. i) end')
    assert why == (
        "s.lua:1: users have made up 1000 different calls: write what differs as ${name}, and give its value as a variable"
    )


def test_functions_of_inline_checks_are_those_of_each_call(once, recorder):
    body = """
for i = 1, 3 do
  local r = http:get { "/", checks = { odd = function(_, reply) if i % 2 == 0 then return "even" end end } }
  assert(r.ok == (i % 2 == 1) and r.why == (i % 2 == 0 and "even" or ""))
end"""
    done = once(recorder(), body, whys=["even"])
    assert done.checks == {"odd": (2, 1)}
    assert done.errors == {"even": 1}


def test_closures_in_inline_calls_do_not_pile_up(script, recorder):
    text = """return weir.scenario { user = function(vu)
  local big = string.rep("x", 100000) .. vu.iteration
  for _ = 1, 5 do
    http:get { "/", checks = { function(_, reply) if reply.body == big then return "no" end end } }
  end
end }"""
    done = script(recorder(), text, "-c", 1, "-n", 300, "--script-memory", "20MB", log=False)
    assert done.ledger == {"started": 1500, "ok": 1500}
