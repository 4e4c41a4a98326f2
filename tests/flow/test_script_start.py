"""Calls that a user starts and goes on: call:start(), p:wait(), weir.all(p, q). What comes back and in which order, what
stays in the books when nobody waits, and who may wait for what."""

import pathlib
import re
import threading

import pytest

from broker_process import consume
from hostile import reply, routes

pytestmark = pytest.mark.exact


@pytest.fixture
def server(hostile):
    """/hold answers when /free was asked; /silent never answers, /wrong with 503; any other path with itself."""
    free = threading.Event()

    def script(c):
        for request in c.requests():
            word = re.match(r"/(\w*)", request.target)[1]
            if word == "silent":
                return c.wait_for_end()
            if word == "hold":
                free.wait(20)
            if word == "free":
                free.set()
            c.send(reply(request.target.encode(), status="503 Sorry" if word == "wrong" else "200 OK"))

    return hostile(script)


CALLS = """local get = http:get { "/${path}", name = "get", timeout = "10s" }
local hold = http:get { "/hold", name = "hold" }
local silent = http:get { "/silent", name = "silent", timeout = "300ms" }
local stays = http:get { "/silent", name = "stays", timeout = "1h" }"""


@pytest.fixture
def user(once, server):
    """Runs `body` in a user once, with these calls."""

    def run(body, *words, before="", **how):
        return once(server, body, *words, before=f"{CALLS}\n{before}", **how)

    return run


# Waiting


def test_the_user_goes_on_and_gets_the_outcome_when_it_waits(user, server):
    done = user("""
local p = hold:start()
local r = get { path = "free" }
assert(r.ok and r.body == "/free")
local h = p:wait()
assert(h.ok and h.status == 200 and h.body == "/hold" and h.headers["content-length"] == "5")
assert(h.request.headers.host:find("127", 1, true) and h.response_time >= h.service_time and h.service_time > 0)
""")  # fmt: skip
    assert {r.target for r in server.requests} == {"/hold", "/free"}
    assert done.ledger == {"started": 2, "ok": 2}
    assert done.iterations == {"planned": 1, "started": 1, "completed": 1}


def test_variables_are_those_of_the_start(user, server):
    user("""
local vars = { path = "first" }
vu.path = "of_vu"
local p = get:start(vars)
vars.path = "second"
local q, o = get:start(vars), get:start()
vars.path, vu.path = "third", "fourth"
local a, b, c = weir.all(p, q, o)
assert(a.body == "/first" and b.body == "/second" and c.body == "/of_vu")
assert(a.request.headers and b.request.body == "")
""")  # fmt: skip
    assert sorted(r.target for r in server.requests) == ["/first", "/of_vu", "/second"]


def test_outcomes_come_in_the_order_of_the_handles_not_of_the_replies(user):
    user("""
local p, q = hold:start(), get:start { path = "early" }
local f = get:start { path = "free" }
local a, b, c = weir.all(f, p, q)
assert(a.body == "/free" and b.body == "/hold" and c.body == "/early")
""")  # fmt: skip


def test_waiting_again_gives_the_same_outcome(user):
    user("""
local p, q = get:start { path = "p" }, get:start { path = "q" }
local r = p:wait()
assert(p:wait() == r)
local a, b, c = weir.all(p, q, p)
assert(a == r and c == r and b.body == "/q" and q:wait() == b)
assert(select("#", weir.all()) == 0 and select("#", weir.all(p, q)) == 2)
""")  # fmt: skip


def test_one_that_was_done_long_ago_can_be_waited_for(user):
    done = user("""
local p, s = get:start { path = "p" }, silent:start()
weir.sleep("600ms")
local r, t = p:wait(), s:wait()
assert(r.ok and r.body == "/p" and r.response_time < 0.5)
assert(t.fate == "timeout" and t.why == "no answer (timeout)" and t.body == nil and t.response_time < 0.5)
""", code=0)  # fmt: skip
    assert done.ledger == {"started": 2, "ok": 1, "timeout": 1}


def test_failures_among_several_are_outcomes_like_others(user):
    done = user("""
local a, b, c = weir.all(silent:start(), get:start { path = "wrong" }, get:start { path = "good" })
assert(a.fate == "timeout" and b.fate == "failed_check" and b.status == 503 and b.body == "/wrong" and c.ok)
""")  # fmt: skip
    assert done.ledger == {"started": 3, "ok": 1, "failed_check": 1, "timeout": 1}


def test_each_has_its_own_timeout_from_its_due_time(user):
    done = user("""
local p = silent:start()
weir.sleep("100ms")
local q = silent:start()
local a, b = weir.all(p, q)
assert(math.abs(b.due - a.due - 0.1) < 1e-9)
""", code=1)  # fmt: skip
    assert done.ledger == {"started": 2, "timeout": 2}
    assert all(0.3 <= x["response_time"] < 0.3 + 0.09 for x in done.log)


def test_the_users_clock_stands_still_while_it_starts_and_moves_to_the_latest_done(user):
    user("""
local p, q = hold:start(), get:start { path = "q" }
local f = get { path = "free" }
local a, b = weir.all(p, q)
assert(a.due == b.due and f.due == a.due)
local latest = math.max(a.due + a.response_time, b.due + b.response_time, f.due + f.response_time)
local n = get { path = "n" }
assert(math.abs(n.due - latest) < 1e-6)
weir.sleep("50ms")
local old = q:wait()
assert(math.abs((get { path = "m" }).due - (n.due + n.response_time + 0.05)) < 1e-6)
""")  # fmt: skip


def test_a_clock_that_is_later_than_what_it_waited_for_stays(user):
    user("""
local p = get:start { path = "p" }
weir.sleep("300ms")
p:wait()
local n = get { path = "n" }
assert(math.abs(n.due - p:wait().due - 0.3) < 1e-6)
""")  # fmt: skip


# Bytes


def test_bytes_of_several_can_be_read_until_the_next_call_starts(user):
    done = user("""
local p, q = get:start { path = "p" }, get:start { path = "q" }
local b = q:wait()
weir.sleep("1ms")
local a = p:wait()
assert(a.body == "/p" and b.body == "/q" and #a.body == 2)
local ok, why
for i, go in ipairs { function() get:start { path = "x" } end, function() get { path = "y" } end } do
  local r = (get:start { path = "z" }):wait()
  assert(r.body == "/z")
  go()
  ok, why = pcall(function() return r.body end)
  assert(not ok and why:find("the bytes of 'get' are gone: its user made another call", 1, true), why)
  assert(r.status == 200)
end
""")  # fmt: skip
    assert done.ledger == {"started": 6, "ok": 6}


def test_bytes_are_gone_with_the_iteration(script, server):
    text = f"""{CALLS}
return weir.scenario {{ user = function(vu)
  if vu.iteration == 0 then vu.kept = (get:start {{ path = "a" }}):wait() return end
  assert(vu.kept.ok)
  local _ = vu.kept.body
end }}"""
    done = script(server, text, "-c", 1, "-n", 2, errors=1)
    (error,) = done.script_errors
    assert "the bytes of 'get' are gone" in error


# Nobody waits


def test_what_nobody_waits_for_stays_in_the_books_and_its_declared_checks_are_made(script, server):
    text = f"""local is = weir.is
{CALLS}
local checked = http:get {{ "/hold", name = "checked", checks = {{ is.equals("/hold"), is.contains("no such"),
  function(request, reply) return reply.body == "/hold" and request.headers.host and "of the function" or nil end }} }}
return weir.scenario {{ user = function(vu)
  if vu.iteration == 0 then checked:start() checked:start() return end
  get {{ path = "free" }}
end }}"""
    done = script(server, text, "-c", 1, "-n", 2, whys=("of the function",))
    assert done.ledger == {"started": 3, "ok": 1, "failed_check": 2}
    assert done.iterations == {"planned": 2, "started": 2, "completed": 2}
    assert sorted(done.checks.values()) == [(0, 2), (0, 2), (2, 0)]


def test_the_next_iteration_begins_while_they_are_under_way(script, server):
    text = f"{CALLS} return weir.scenario {{ user = function(vu) hold:start() if vu.iteration == 9 then get {{ path = 'free' }} end weir.sleep(0.001) end }}"
    done = script(server, text, "-c", 1, "-n", 10)
    assert done.ledger == {"started": 11, "ok": 11}
    assert done.iterations == {"planned": 10, "started": 10, "completed": 10}


@pytest.mark.parametrize("words", [["-c", 2, "-n", 6], ["-r", 50, "-n", 6]])
def test_a_user_that_is_gone_leaves_its_calls_with_its_cookies(script, server, words):
    text = f"""{CALLS}
return weir.scenario {{ users = "fresh",
  user = function(vu) stays:start() get {{ path = "a" }} silent:start() end,
  on_stop = function(vu) silent:start() end, drain = "1s" }}"""
    done = script(server, text, *words, code=0)
    assert done.ledger == {"started": 24, "ok": 6, "timeout": 12, "abandoned": 6}
    assert done.iterations == {"planned": 6, "started": 6, "completed": 6}


def test_an_iteration_that_ends_in_an_error_leaves_them_alone(user):
    done = user('local p = get:start { path = "p" } weir.fail("no")', code=1, errors=1)
    assert done.ledger == {"started": 1, "ok": 1}
    assert list(done.script_errors) == ["no"]


def test_the_end_of_the_run_takes_them_with_it(user):
    done = user('stays:start() get { path = "p" } weir.stop("enough")', code=0)
    assert done.ledger == {"started": 2, "ok": 1, "abandoned": 1}
    assert done.iterations == {"planned": 1, "started": 1, "interrupted": 1}


def test_the_end_of_the_drain_abandons_what_is_under_way_and_settles_what_is_done(script, server):
    text = f"""{CALLS}
return weir.scenario {{ drain = "300ms", user = function(vu)
  local done, p, q = get:start {{ path = "a" }}, stays:start(), get:start {{ path = "b" }}
  weir.all(q, p, done)
end }}"""
    done = script(server, text, "--stages", "3 at once")
    assert done.ledger == {"started": 9, "ok": 6, "abandoned": 3}
    assert done.iterations == {"planned": 3, "started": 3, "interrupted": 3}


@pytest.mark.parametrize("waits", ["p:wait()", "weir.sleep('1h')", "", "get { path = 'silent' }"])
def test_ctrl_c_twice_abandons_them(start_script, server, waits):
    text = f"""{CALLS}
return weir.scenario {{ user = function(vu) local p = stays:start() get {{ path = "a" }} {waits} end }}"""
    running = start_script(server, text, "-r", 20, "-d", "1h")
    running.wait_until(lambda: len(server.requests) >= 8)
    running.interrupt()
    running.wait_until(lambda: "interrupt" in running.err or "Ctrl-C" in running.err)
    running.interrupt()
    done = running.end(130)
    assert done.ledger["abandoned"] >= 4
    assert done.ledger["started"] == done.ledger.get("ok", 0) + done.ledger["abandoned"]
    assert ("interrupted" in done.iterations) == bool(waits)


# Checks


def test_checks_of_the_script_count_until_it_goes_on(user):
    done = user("""
local p, q = get:start { path = "p" }, get:start { path = "q" }
local a, b = weir.all(p, q)
assert(weir.check(a, "fine", true) == true and weir.check(b, "fine", false) == false)
assert(a.ok and not b.ok and b.fate == "failed_check" and b.why == "fine" and q:wait() == b)
weir.sleep(0.001)
weir.check(a, "late", true)
""", code=1, errors=1)  # fmt: skip
    assert done.ledger == {"started": 2, "ok": 1, "failed_check": 1}
    (error,) = done.script_errors
    assert "check 'late' comes too late: the fate of 'get' was settled when its user went on" in error


def test_a_start_settles_what_came_before_it(user):
    done = user("""
local r = get { path = "r" }
get:start { path = "p" }
weir.check(r, "late", true)
""", code=1, errors=1)  # fmt: skip
    (error,) = done.script_errors
    assert "check 'late' comes too late" in error
    assert done.ledger == {"started": 2, "ok": 2}


def test_declared_checks_have_turned_the_fate_before_it_is_waited_for(user):
    done = user("""
local a, b = weir.all(never:start(), always:start())
assert(a.fate == "failed_check" and a.why == "said no" and b.ok)
""", before="""local never = http:get { "/never", checks = { function(request, reply) return "said no" end } }
local always = http:get { "/always", checks = { weir.is.equals("/always"), weir.is.matches("^/al") } }""", whys=("said no",))  # fmt: skip
    assert done.ledger == {"started": 2, "ok": 1, "failed_check": 1}


BROKEN = 'local broken = http:get { "/b", name = "broken", checks = { function(request, reply) error("oh") end } }'


def test_an_error_in_a_check_ends_the_iteration_that_waits(user):
    done = user('local p, q = broken:start(), get:start { path = "q" } weir.all(q, p) assert(false)', before=BROKEN, code=1, errors=1)  # fmt: skip
    (error,) = done.script_errors
    assert re.fullmatch(r"s\.lua:\d+: oh", error)
    assert done.ledger == {"started": 2, "ok": 2}


def test_an_error_in_a_check_that_nobody_waits_for_is_a_warning(user):
    done = user('broken:start() get { path = "q" }', before=BROKEN)
    (line,) = (x for x in done.err.splitlines() if "broken" in x)
    assert re.fullmatch(r"weir: .*a check of 'broken', for which nobody waited: s\.lua:\d+: oh", line)
    assert done.ledger == {"started": 2, "ok": 2}


def test_a_check_that_does_not_come_back_is_ended(user):
    done = user('endless:start() get { path = "q" } weir.sleep("1500ms")', before="""local endless = http:get { "/e", name = "endless",
  checks = { function(request, reply) while true do pcall(error) end end } }""")  # fmt: skip
    assert "for which nobody waited: s.lua:" in done.err and "is this an endless loop?" in done.err
    assert done.ledger == {"started": 2, "ok": 2}


def test_a_check_cannot_make_calls(user):
    done = user('calls:start() get { path = "q" }', before="""local calls = http:get { "/e", name = "calls",
  checks = { function(request, reply) get { path = "x" } end } }""")  # fmt: skip
    assert "a call cannot be used within a check or a coroutine of the script's own" in done.err
    assert done.ledger == {"started": 2, "ok": 2}


# Connections and cookies


def test_a_users_calls_at_the_same_time_have_connections_of_their_own_and_keep_them(script, server):
    text = f"""{CALLS}
return weir.scenario {{ user = function(vu)
  weir.all(get:start {{ path = "a" }}, get:start {{ path = "b" }}, get:start {{ path = "c" }})
end }}"""
    script(server, text, "-c", 1, "-n", 5, "--threads", 1)
    assert len(server.requests) == 15
    assert len({c for c in server.connections if c.rest is not None}) <= 4  # one may be the first, of nobody


def test_cookies_of_one_reply_go_with_what_starts_later(script, hostile):
    server = hostile(routes(set=reply(b"", headers=["Set-Cookie: a=1"]), get=reply(b"")))
    text = """local set, get = http:get "/set", http:get "/get"
return weir.scenario { user = function(vu)
  local p = set:start()
  p:wait()
  weir.all(get:start(), get:start())
end }"""
    script(server, text)
    assert [r.headers.get("cookie") for r in server.requests] == [None, "a=1", "a=1"]


def test_many_at_once(user):
    done = user("""
local handles = {}
for i = 1, 500 do handles[i] = get:start { path = "n" .. i } end
local all = { weir.all(unpack(handles)) }
for i, r in ipairs(all) do assert(r.ok and r.body == "/n" .. i, i) end
assert(#all == 500)
for i = 1, 500 do get:start { path = "m" .. i } end
""")  # fmt: skip
    assert done.ledger == {"started": 1000, "ok": 1000}


# Kafka


def test_records_that_are_started_are_acknowledged_while_the_user_goes_on(story, start_broker):
    broker = start_broker("--topic", "t:1")
    text = """local send = kafka:send { topic = "t", name = "send" }
local plain = kafka:send { topic = "t", name = "none", wait = "none" }
return weir.scenario { user = function(vu)
  local p, q = send:start { key = "k", value = "1" }, send:start { value = "2" }
  local a, b = weir.all(p, q)
  assert(a.ok and a.partition == 0 and a.request.key == "k" and a.request.body == "1" and b.request.body == "2")
  assert(a.offset ~= b.offset)
  for i = 1, 50 do send:start { value = "x" .. i } end
  local ok, why = pcall(function() plain:start { value = "y" } end)
  assert(not ok and why:find("'none' has wait = \\"none\\": nobody can wait for it; call it without start", 1, true), why)
end }"""
    done = story(broker, text, "-c", 2, "-n", 4)
    assert done.ledger == {"started": 4 * 52, "ok": 4 * 52}
    values = sorted(m.value() for m in consume(broker.address, "t"))
    assert values == sorted([b"1", b"2", *(b"x%d" % i for i in range(1, 51))] * 4)


# Who may do what


def test_a_start_that_cannot_be_made_is_caught_and_the_user_goes_on(user):
    done = user("""
local ok, why = pcall(function() return get:start() end)
assert(not ok and why:find("${path} is not set", 1, true), why)
weir.sleep(0.001)
local p = get:start { path = "p" }
assert(p:wait().body == "/p")
assert(not pcall(function() return get:start() end))
""")  # fmt: skip
    assert done.ledger == {"started": 1, "ok": 1}


@pytest.mark.parametrize("body, sentence", [
    ("weir.all(p, 5)", "weir.all(p, q, …): number 2 is a number, not what call:start() gives"),
    ("weir.all(p:wait())", "weir.all(p, q, …): number 1 is a weir.Outcome, not what call:start() gives"),
    ("weir.all { p }", "weir.all(p, q, …): number 1 is a table, not what call:start() gives"),
    ("local _ = p.body", "a started call has no 'body': local r = p:wait() gives its outcome"),
    ("p.x = 1", "a weir.Started cannot be changed; keep values in vu or in local variables"),
    ("p.wait(5)", "a weir.Started is wanted here, not a number: is it called with ':'?"),
    ('weir.check(p, "x", true)', "weir.check(r, …): r is the outcome of a call, not a weir.Started"),
    ("get.start(5)", "a weir.Call is wanted here, not a number: is it called with ':'?"),
    ("get:start(5)", "get: variables are a table, not a number"),
    ("get:start()", "${path} is not set: neither the call's variables nor vu have it"),
    ('http:get("/x"):start()', "weir.Outcome has no 'start'"),
    ("coroutine.wrap(function() p:wait() end)()", "wait cannot be used within a check or a coroutine of the script's own"),
    ("table.sort({ 3, 1, 2 }, function(a, b) p:wait() return a < b end)", "a call or a sleep cannot wait in here"),
])  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(user, body, sentence):
    done = user(f'\nlocal p = get:start {{ path = "p" }}\n{body}', code=(0, 1), errors=1)
    (error,) = done.script_errors
    assert re.match(r"s\.lua:\d+: ", error) and sentence in error


OTHERS = {
    "another iteration": "user = function(vu) if vu.p then vu.p:wait() end vu.p = get:start { path = 'a' } end",
    "another iteration, done": "user = function(vu) if vu.p then weir.all(vu.p) end vu.p = get:start { path = 'a' } vu.p:wait() end",
    "another iteration, under way": "user = function(vu) if vu.p then vu.p:wait() end vu.p = silent:start() end",
    "another user": "user = function(vu) if shared.p then shared.p:wait() end shared.p = get:start { path = 'a' } shared.p:wait() end, users = 'fresh'",
}  # fmt: skip


@pytest.mark.parametrize("part", OTHERS.values(), ids=OTHERS)
def test_only_the_iteration_that_started_it_can_wait_for_it(script, server, part):
    text = f"{CALLS}\nlocal shared = {{}}\nreturn weir.scenario {{ {part} }}"
    done = script(server, text, "-c", 1, "-n", 2, "--threads", 1, code=(0, 1), errors=1)
    (error,) = done.script_errors
    assert re.fullmatch(
        r"s\.lua:\d+: '(get|silent)' was started in another iteration: only that one can wait for it", error
    )


def test_on_stop_cannot_wait_for_what_an_iteration_started(script, server):
    text = f"""{CALLS}
return weir.scenario {{
  on_start = function(vu) vu.q = get:start {{ path = "q" }} end,
  user = function(vu) assert(vu.q:wait().body == "/q") vu.p = hold:start() end,
  on_stop = function(vu)
    local ok, why = pcall(function() return vu.p:wait() end)
    print(why)
    get {{ path = "free" }}
    local r = (get:start {{ path = "r" }}):wait()
    assert(r.body == "/r")
  end,
}}"""
    done = script(server, text, "-c", 1, "-n", 1)
    assert "'hold' was started in another iteration: only that one can wait for it" in done.err
    assert done.ledger == {"started": 4, "ok": 4}


def test_setup_may_start_calls_too(script, server):
    text = f"""{CALLS}
return weir.scenario {{
  setup = function() local a, b = weir.all(get:start {{ path = "a" }}, get:start {{ path = "b" }}) return {{ a.body .. b.body }} end,
  user = function(vu, data) assert(data[1] == "/a/b") end,
}}"""
    script(server, text)
    assert sorted(r.target for r in server.requests) == ["/a", "/b"]


def test_they_are_shown_in_full_like_others(user):
    done = user('weir.all(get:start { path = "a" }, get:start { path = "b" })', "--show", 2)
    assert "GET /a HTTP/1.1" in done.out and "GET /b HTTP/1.1" in done.out


def test_the_example_of_a_page(load, target):
    example = pathlib.Path(__file__).resolve().parents[2] / "examples" / "fan_out.lua"
    words = [example, "-e", f"TARGET={target.url}", "-c", 2, "-n", 4]
    done = load(*words, command="run", code=(0, 3))  # a threshold is a matter of time
    assert done.ledger == {"started": 16, "ok": 16}
    assert done.checks == {"is this product": (4, 0), "status is 200": (4, 0)}


def test_three_at_once_take_the_time_of_the_slowest(script, target):
    text = """local get = http:get { "/ping?delay=${ms}ms", name = "get" }
return weir.scenario { user = function(vu)
  weir.group("page", function()
    weir.all(get:start { ms = 300 }, get:start { ms = 100 }, get:start { ms = 200 })
  end)
end }"""
    done = script(target, text, "-c", 3, "-n", 12)
    (page,) = (s for s in done.summary["series"] if s["name"] == "page")
    assert 0.3 <= page["response_time_s"]["min"] < 0.6  # one after the other they need at least that
    assert done.ledger == {"started": 36, "ok": 36}
