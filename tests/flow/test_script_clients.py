"""weir.http: what all calls of a client share: base, headers, credentials, cookies, redirects, connections, TLS."""

import base64
import re

import pytest

from hostile import always, reply, routes

pytestmark = pytest.mark.exact


def client(keys):
    return f'local http = weir.http {{ base = weir.env "TARGET"{", " if keys else ""}{keys} }} '


# Where it goes


def test_paths_stand_behind_the_base(script, recorder):
    server = recorder()
    text = """local http = weir.http { base = weir.env "TARGET" .. "/api/v1/" }
return weir.scenario { user = function() http:get "/a" http:get "b?x=1" http:get "?y" end }"""
    script(server, text)
    assert [r.target for r in server.requests] == ["/api/v1/a", "/api/v1/b?x=1", "/api/v1?y"]


def test_urls_reach_other_servers(script, recorder):
    one, two, three = recorder(b"1"), recorder(b"2"), recorder(b"3")
    text = f"""local http = weir.http {{ base = weir.env "TARGET" }}
local b = http:get "{two.url}/b"
return weir.scenario {{ user = function()
  assert((http:get "/a").body == "1" and b().body == "2" and (http:get "{three.url}/c?to=http://x/y").body == "3")
end }}"""
    done = script(one, text)
    assert [[r.target for r in s.requests] for s in (one, two, three)] == [["/a"], ["/b"], ["/c?to=http://x/y"]]
    assert [s["name"] for s in done.summary["series"]] == ["GET /a", "GET /b", "GET /c?to=http://x/y"]


def test_a_client_without_a_base_takes_whole_urls(script, recorder):
    server = recorder()
    text = f"""local http = weir.http()
local get = http:get "{server.url}/x"
return weir.scenario {{ user = function() get() end }}"""
    script(None, text)
    assert [r.target for r in server.requests] == ["/x"]


def test_clients_stand_side_by_side(script, recorder):
    server = recorder()
    text = """local base = weir.env "TARGET"
local a, b, same = weir.http { base = base, headers = { X = "a" } }, weir.http { base = base, headers = { X = "b" } }, weir.http { base = base, headers = { X = "a" } }
return weir.scenario { user = function() a:get "/" b:get "/" same:get "/" end }"""
    script(server, text)
    assert [r.headers["x"] for r in server.requests] == ["a", "b", "a"]
    assert len(server.connections) == 2  # of equal clients there is one


def test_a_unix_socket(script, start_target, tmp_path):
    target = start_target("--unix", tmp_path / "s")
    text = f"""local http = weir.http {{ base = "unix:{target.path}" }}
return weir.scenario {{ user = function() assert((http:get "/ping").ok) end }}"""
    script(None, text)


def test_a_target_that_is_not_there_is_exit_1_before_the_load(start_script, tmp_path):
    text = 'local http = weir.http { base = "http://127.0.0.1:1" } return weir.scenario { user = function() http:get "/" end }'
    done = start_script(None, text).end(code=1)
    assert done.err == "weir: cannot connect to 127.0.0.1:1: connection refused; is it running?\n"
    assert done.out == "" and done.summary is None


def test_a_target_of_an_inline_call_that_is_not_there_is_an_error_of_the_call(once, recorder):
    done = once(recorder(), 'local r = http:get "http://127.0.0.1:1/x" assert(r.fate == "error" and r.why == "connection refused") http:get "/"')
    assert done.ledger == {"started": 2, "ok": 1, "error": 1}


# What all requests have


def test_headers_of_the_client_and_of_the_call(once, recorder):
    server = recorder()
    before = client('headers = { ["X-A"] = "${a}", ["X-B"] = "client", ["User-Agent"] = "me" }')
    before += 'local get = http:get { "/", headers = { ["x-b"] = "call" } }'
    once(server, 'vu.a = "of vu" get()', before=before)
    (request,) = server.requests
    assert (request.headers["x-a"], request.headers["x-b"], request.headers["user-agent"]) == ("of vu", "call", "me")


def test_credentials(once, recorder):
    server = recorder()
    once(server, 'http:get "/" http:get { "/", headers = { authorization = "Bearer t" } }', before=client('auth = { "joe", "pa:ss" }'))
    basic = "Basic " + base64.b64encode(b"joe:pa:ss").decode()
    assert [r.headers["authorization"] for r in server.requests] == [basic, "Bearer t"]


def test_credentials_are_masked_where_calls_are_shown(once, recorder):
    done = once(recorder(), 'http:get "/"', before=client('auth = { "joe", "hush" }'))
    assert "Authorization: ***" in done.out
    assert base64.b64encode(b"joe:hush").decode() not in done.out + done.err


# Cookies


COOKIES = routes(
    login=reply(headers=["Set-Cookie: id=7; Path=/", "Set-Cookie: deep=1; Path=/deep"]), me=reply(), deep=reply(),
    logout=reply(headers=["Set-Cookie: id=; Max-Age=0; Path=/"]),
)  # fmt: skip


def cookies(server):
    return [(r.target, r.headers.get("cookie")) for r in server.requests]


def test_users_keep_cookies(once, hostile):
    server = hostile(COOKIES)
    once(server, 'http:get "/me" http:get "/login" http:get "/me" http:get "/deep" http:get "/logout" http:get "/me"')
    assert [c for _, c in cookies(server)] == [None, None, "id=7", "deep=1; id=7", "id=7", None]


def test_each_user_has_its_own_for_as_long_as_it_lives(script, hostile):
    server = hostile(COOKIES)
    text = """return weir.scenario { %s
  user = function(vu) if vu.id == 1 and vu.iteration == 0 then http:get "/login" end http:get("/me?" .. vu.id) weir.sleep(0.1) end }"""
    script(server, text % "", "-c", 2, "-n", 4, "--threads", 1)
    assert sorted(x for x in cookies(server) if "me" in x[0]) == [("/me?1", "id=7")] * 2 + [("/me?2", None)] * 2


def test_fresh_users_have_none(script, hostile):
    server = hostile(COOKIES)
    text = """return weir.scenario { users = "fresh", user = function() http:get "/me" http:get "/login" http:get "/me" end }"""
    script(server, text, "-c", 1, "-n", 2)
    assert cookies(server) == [("/me", None), ("/login", None), ("/me", "id=7")] * 2


def test_cookies_can_be_left_alone(once, hostile):
    server = hostile(COOKIES)
    once(server, 'http:get "/login" http:get "/me" http:get { "/me", headers = { Cookie = "mine=1" } }', before=client("cookies = false"))
    assert [c for _, c in cookies(server)] == [None, None, "mine=1"]


# Redirects


MOVED = routes(
    a=reply(b"", status="302 Found", headers=["Location: /b"]), b=reply(b"", status="301 Moved", headers=["Location: /c"]),
    c=reply(b"here"), loop=reply(b"", status="302 Found", headers=["Location: /loop"]),
)  # fmt: skip


def test_redirects_are_followed_as_far_as_asked(once, hostile):
    server = hostile(MOVED)
    before = client("follow = 2") + 'local none, one = http:get { "/a", follow = 0 }, http:get { "/a", follow = 1 } '
    before += 'local two, round = http:get "/a", http:get "/loop" '
    done = once(server, """
local r = none() assert(r.ok and r.status == 302)
r = one() assert(r.status == 301)
r = two() assert(r.status == 200 and r.body == "here")
r = round() assert(r.status == 302)
""", before=before)  # fmt: skip
    assert [r.target for r in server.requests] == ["/a", "/a", "/b", "/a", "/b", "/c", "/loop", "/loop", "/loop"]
    assert done.ledger == {"started": 4, "ok": 4}


# Connections


@pytest.mark.parametrize("keys, connections", [("", 3), ('connections = "user"', 3), ('connections = "shared"', 1)])
def test_connections_are_a_users_own_or_shared(script, hostile, keys, connections):
    server = hostile(always(reply()))
    text = client(keys) + """return weir.scenario { user = function(vu)
  weir.sleep(0.05 * vu.id) http:get "/" weir.sleep(0.05 * (4 - vu.id)) end }"""
    done = script(server, text, "-c", 3, "-n", 9, "--threads", 1)
    used = {c for c in server.connections if c.rest is not None}
    assert len(used) == connections
    assert done.ledger == {"started": 9, "ok": 9}


def test_a_users_calls_stay_on_its_connection(script, hostile):
    seen = {}

    def note(c):
        for request in c.requests():
            seen.setdefault(request.target, set()).add(c.number)
            c.send(reply())

    text = """local get = http:get "/${vu.id}" return weir.scenario { user = function() get() weir.sleep(0.01) get() end }"""
    script(hostile(note), text, "-c", 4, "-n", 20, "--threads", 1)
    assert all(len(numbers) == 1 for numbers in seen.values())
    assert len(set.union(*seen.values())) == len(seen) == 4


# Mistakes


@pytest.mark.parametrize("keys, sentence", [
    ('bse = "x"', "weir.http has no key 'bse'; did you mean 'base'?"),
    ('"http://x"', "weir.http: there is no place for value 1 without a key"),
    ("base = 5", "'base' is a string, not a number"),
    ('base = "ftp://x"', "base: URL 'ftp://x': only http and https"),
    ('base = "http://${host}"', "base: URL 'http://${host}': host '${host}' has a character that no host name has"),
    ('base = "http://x/?a=b"', "base: 'http://x/?a=b' has a query; those belong to calls"),
    ('timeout = "soon"', "timeout: 'soon' is not a duration; write it like 500ms, 10s, 2m or 1h"),
    ("timeout = 0", "'timeout' is longer than 0"),
    ("follow = 11", "follow: at most 10 redirects"),
    ("follow = -1", "'follow' is a whole number, not -1"),
    ("follow = 0.5", "'follow' is a whole number, not 0.5"),
    ('cookies = "no"', "'cookies' is a boolean, not a string"),
    ('connections = "users"', "'connections' is \"user\" or \"shared\", not \"users\""),
    ('auth = "joe:x"', "'auth' is a table, not a string"),
    ('auth = { "joe" }', "auth is {user, password}, two texts"),
    ('auth = { "joe", "x", "y" }', "auth is {user, password}, two texts"),
    ('auth = { user = "joe", password = "x" }', "auth is {user, password}, two texts"),
    ('headers = { "X: a" }', "keys are words here, not a number"),
    ("headers = { X = {} }", "'X' in headers is a text, not a table"),
    ('headers = { ["X A"] = "a" }', "'X A' is not a header's name; write it like 'X-Name: value'"),
    ('headers = { X = "a\\nb" }', "the value of header 'X' holds a line break"),
])  # fmt: skip
def test_mistakes_of_clients_are_said(weir, tmp_path, keys, sentence):
    base = "" if "base" in keys or "bse" in keys else 'base = "http://127.0.0.1:1", '
    (tmp_path / "s.lua").write_text(f'\nlocal http = weir.http {{ {base}{keys} }} http:get "/"\nreturn 1')
    done = weir("run", "s.lua")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"s.lua:2: {sentence}\n" in done.stderr


@pytest.mark.parametrize("call, sentence", [
    ('http:gett "/"', "weir.Http has no 'gett'; did you mean 'get'?"),
    ('http.get "/"', "a weir.Http is wanted here, not a string: is it called with ':'?"),
    ("http:get()", 'a path, or a table that begins with one, is wanted: http:get { "/ping" }'),
    ("http:get(5)", 'a path, or a table that begins with one, is wanted: http:get { "/ping" }'),
    ("http:get {}", 'a call of HTTP begins with a path or URL: http:get { "/ping" }'),
    ('http:get { name = "x" }', 'a call of HTTP begins with a path or URL: http:get { "/ping" }'),
    ('http:get { "/", "/" }', "a call of HTTP: there is no place for value 2 without a key"),
    ('http:get { "/", nme = "x" }', "a call of HTTP has no key 'nme'; did you mean 'name'?"),
    ('http:get { "/a b" }', "URL 'http://127.0.0.1:1/a b': a space in the path or query; write %20"),
    ('http:get { "http://${host}/" }', "'${host}': the host must be known when the file is read, so that weir can connect before the load begins"),
    ('http:post { "/", body = "a", json = {} }', "body, json and form exclude each other: each is the whole body"),
    ('http:post { "/", form = {}, json = {} }', "body, json and form exclude each other: each is the whole body"),
    ('http:post { "/", body = {} }', "'body' is a string, not a table"),
    ('http:post { "/", body = "${open" }', "'${open' is not closed; write ${name}, or $${ for a plain ${"),
    ('http:post { "/", json = { f = print } }', "a function is nothing that JSON has"),
    ('http:post { "/", json = { 1, a = 2 } }', "a table is a list, 1 to n, or has words as keys: JSON has nothing that is both"),
    ('http:post { "/", json = { a = "the ${json:x}" } }', "'${json:x}' writes a whole JSON value, so it is the whole text: \"${json:x}\""),
    ('http:get { "/", query = "a=b" }', "'query' is a table, not a string"),
    ('http:get { "/", timeout = 0 }', "'timeout' is longer than 0"),
    ('http:get { "/", tags = { a = {} } }', "'a' in tags is a text, not a table"),
    ('http:get { "/", name = 5 }', "'name' is a string, not a number"),
    ('http:get { "/", f = print }', "a call of HTTP has no key 'f'"),
    ('http:get { "/", [print] = 1 }', "a call of HTTP: keys are words, not a function"),
    ('http:get("/"):strat()', "weir.Call has no 'strat'; did you mean 'start'?"),
])  # fmt: skip
def test_mistakes_of_calls_are_said(weir, tmp_path, call, sentence):
    (tmp_path / "s.lua").write_text(f'local http = weir.http {{ base = "http://127.0.0.1:1" }}\n{call}\nreturn 1')
    done = weir("run", "s.lua")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"s.lua:2: {sentence}\n" in done.stderr


def test_mistakes_of_inline_calls_end_the_iteration(once, recorder):
    done = once(recorder(), '\nhttp:get { "/", nme = "x" }', code=1, errors=1)
    assert "s.lua:2: a call of HTTP has no key 'nme'; did you mean 'name'?" in done.out


def test_a_client_inside_a_user_is_refused(once, recorder):
    done = once(recorder(), 'local make = weir.http make { base = "http://127.0.0.1:1" } local x', before=client(""), code=1, errors=1)
    assert "s.lua:1: weir.http can only be used at the top level of the file, not while users run" in done.out


def test_tags_of_a_call(once, recorder):
    before = 'local get = http:get { "/", name = "look", tags = { page = "home", n = 5 } }'
    done = once(recorder(), "get()", before=before)
    assert done.series("look")["tags"] == {"protocol": "http", "n": "5", "page": "home"}


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "head"])
def test_methods(once, hostile, method):
    def script(c):
        for request in c.requests():
            c.send(reply(b"" if request.method == "HEAD" else b"ok"))

    server = hostile(script)
    once(server, f'assert((http:{method} "/x").ok)')
    (request,) = server.requests
    assert request.method == method.upper()
    assert ("content-length" in request.headers) == (method in ("post", "put", "patch"))
    assert re.match(r"weir/", request.headers["user-agent"])
