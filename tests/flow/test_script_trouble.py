"""Scripts that do not come back, that want all memory, that are interrupted: a sentence, balanced books, and nothing
lost that was measured before."""

import os
import re
import time

import pytest

from target_process import wait_for

pytestmark = pytest.mark.exact

LOOPS = {
    "plain": "while true do end",
    "for": "for i = 1, math.huge do local x = i end",
    "repeat": "repeat local x = 1 until false",
    "goto": "::again:: goto again",
    "recursion": "local function f() return f() end f()",
    "pcall": "while true do pcall(function() while true do end end) end",
    "pcall of errors": "while true do pcall(error, 'x') end",
    "xpcall": "xpcall(function() while true do end end, print)",
    "coroutine": "while true do coroutine.wrap(function() while true do end end)() end",
    "pcalled coroutine": "while true do pcall(coroutine.wrap(function() while true do end end)) end",
    "metamethod": "local t = setmetatable({}, { __index = function(t, k) while true do end end }) local x = t.y",
    "sort": "table.sort({ 1, 2, 3 }, function() while true do end end)",
    "gsub": "('abc'):gsub('.', function() while true do end end)",
    "library": "while true do local x = ('x'):rep(10):upper() end",
    "check": "local r = http:get '/' while true do weir.check(r, 'x', true) end",
    "count": "while true do weir.count 'n' end",
}


# The thread sanitizer keeps a signal until its thread calls something that the sanitizer knows, and LuaJIT alone never does.
signals_come = pytest.mark.skipif(
    os.environ.get("WEIR_SANITIZER") == "thread", reason="the thread sanitizer keeps signals from loops within LuaJIT"
)
CALLING = ("pcall of errors", "library", "check", "count")
ENDLESS = [pytest.param(text, id=name, marks=[] if name in CALLING else signals_come) for name, text in LOOPS.items()]


@pytest.mark.parametrize("loop", ENDLESS)
def test_an_endless_loop_ends_its_iteration_with_its_place(script, recorder, loop):
    text = f"""return weir.scenario {{ user = function(vu)
  http:get "/before"
  if vu.iteration == 1 then
    {loop}
  end
  http:get "/after"
end }}"""
    done = script(recorder(), text, "-c", 1, "-n", 3, errors=1, log=False, timeout=40)
    (sentence,) = done.script_errors
    assert re.match(r"(s\.lua:[46]: )+no call and no sleep for more than 1 s: is this an endless loop\?", sentence), sentence
    assert done.iterations == {"planned": 3, "started": 3, "completed": 2, "script_error": 1}
    calls = {s["name"]: s["count"] for s in done.summary["series"] if s["kind"] == "calls" and not s["part"]}
    assert calls["GET /before"] == 3 and calls["GET /after"] == 2
    assert done.summary["verdict"]["validity"] != "valid"  # weir itself stood still


@signals_come
def test_an_endless_loop_in_a_check_in_on_start_and_in_on_stop(script, recorder):
    text = """local get = http:get { "/", checks = { function() while true do end end } }
return weir.scenario { user = function() get() end }"""
    done = script(recorder(), text, errors=1, code=1, timeout=40)
    assert list(done.script_errors)[0].startswith("s.lua:1: no call and no sleep for more than 1 s")
    assert done.ledger == {"started": 1, "ok": 1}
    text = """return weir.scenario { user = function() http:get "/" end, %s = function() while true do end end }"""
    done = script(recorder(), text % "on_start", errors=1, code=1, timeout=40)
    assert done.ledger == {}
    done = script(recorder(), text % "on_stop", timeout=40)
    assert done.ledger == {"started": 1, "ok": 1}


@signals_come
def test_other_workers_go_on_while_one_is_stuck(script, recorder):
    text = """return weir.scenario { user = function(vu)
  if vu.id == 1 and vu.iteration == 2 then while true do end end
  http:get("/" .. (vu.id % 2)) weir.sleep(0.01)
end, load = { users = 2, over = "2s" } }"""
    done = script(recorder(), text, "--threads", 2, errors=1, timeout=40)
    other = [line["due"] for line in done.log if line["name"] == "/0"]
    assert len(other) > 50 and max(b - a for a, b in zip(sorted(other), sorted(other)[1:])) < 1


BAD_FIND = "local s = ('a'):rep(40) s:find(('a-'):rep(30) .. 'b')"


def test_what_never_comes_back_ends_the_run_as_invalid(start_script, recorder):
    text = f"""return weir.scenario {{ name = "searching", user = function(vu)
  http:get "/"
  if vu.iteration == 20 then {BAD_FIND} end
  weir.sleep(0.05)
end, load = {{ users = 1, over = "30s" }} }}"""
    started = time.monotonic()
    done = start_script(recorder(), text, log=False).end(code=4, timeout=40)
    assert time.monotonic() - started < 20
    assert "the scenario 'searching' did not come back for 5 s: an endless loop within one function, string.find perhaps" in " ".join(done.out.split())
    assert done.summary["verdict"]["validity"] == "invalid"
    assert done.ledger["ok"] >= 10  # of the seconds before
    assert done.ledger["started"] == done.ledger["ok"]
    assert done.iterations["interrupted"] == 1


def test_in_setup_it_is_told_too(start_script, recorder):
    text = f'return weir.scenario {{ setup = function() {BAD_FIND} end, user = function() http:get "/" end }}'
    done = start_script(recorder(), text, log=False, json=False).end(code=4, timeout=40)
    assert "setup: the scenario did not come back for 5 s" in done.err


@pytest.mark.parametrize("loop", ["while true do end", "while true do pcall(error) end", "local function f() return f() end f()"])
def test_an_endless_top_level_is_refused(weir, tmp_path, loop):
    (tmp_path / "s.lua").write_text(f"\n{loop}")
    started = time.monotonic()
    done = weir("run", "s.lua")
    assert time.monotonic() - started < 30
    assert (done.returncode, done.stderr) == (2, "weir: s.lua:2: the top level of the file takes longer than 5 s\n")


# Memory


HUNGER = {
    "table": "for i = 1, 1e9 do kept[#kept + 1] = { i } end",
    "strings": "for i = 1, 1e9 do kept[i] = ('x'):rep(1000) .. i end",
    "one string": "local s = 'x' while true do s = s .. s end",
    "rep": "kept[1] = ('x'):rep(2e9)",
    "concat": "local t = {} for i = 1, 1000 do t[i] = ('x'):rep(1e6) end kept[1] = table.concat(t)",
    "coroutines": "for i = 1, 1e9 do kept[i] = coroutine.create(function() end) end",
    "closures": "for i = 1, 1e9 do kept[i] = function() return i end end",
    "gsub": "kept[1] = ('x'):rep(1e6):gsub('x', ('y'):rep(1e6))",
    "vu": "for i = 1, 1e9 do vu[i] = { i } end",
}


@pytest.mark.parametrize("hunger", HUNGER.values(), ids=HUNGER)
def test_hunger_for_memory_ends_the_iteration(script, recorder, hunger):
    text = f"""local kept = {{}}
return weir.scenario {{ user = function(vu)
  http:get "/"
  if vu.iteration == 1 then {hunger} end
end }}"""
    done = script(recorder(), text, "-c", 1, "-n", 2, "--script-memory", "20MB", errors=1)
    (sentence,) = done.script_errors
    assert sentence.endswith("the script needs more memory than its state may have"), sentence
    assert done.ledger == {"started": 2, "ok": 2}
    assert done.peak_bytes < 300_000_000 or os.environ.get("WEIR_SANITIZER")


@pytest.mark.parametrize("what", ["{ i }", "('x'):rep(100) .. i"])
def test_a_state_that_is_full_goes_on_as_well_as_it_can(script, recorder, what):
    """The script keeps what it has: nothing of weir's own may fail for that, users come and go."""
    text = f"""local kept = {{}}
return weir.scenario {{ users = "fresh", on_start = function() end, on_stop = function() end, user = function(vu)
  http:get "/"
  if vu.id > 2 then for i = 1, 1e9 do kept[#kept + 1] = {what} end end
end }}"""
    done = script(recorder(), text, "-c", 1, "-n", 50, "--script-memory", "10MB", errors=48)
    assert all("more memory than its state may have" in s for s in done.script_errors), done.script_errors
    assert done.iterations == {"planned": 50, "started": 50, "completed": 2, "script_error": 48}


def test_hunger_of_the_top_level(weir, tmp_path):
    (tmp_path / "s.lua").write_text("\nlocal t = {} for i = 1, 1e9 do t[i] = { i } end")
    done = weir("run", "s.lua", "--script-memory", "20MB")
    assert (done.returncode, done.stderr) == (2, "weir: s.lua:2: the script needs more memory than its state may have\n")


def test_hunger_in_a_check_and_in_setup(script, start_script, recorder):
    eat = "local t = {} for i = 1, 1e9 do t[i] = { i } end"
    text = f'local get = http:get {{ "/", checks = {{ function() {eat} end }} }} return weir.scenario {{ user = function() get() end }}'
    done = script(recorder(), text, "-c", 1, "-n", 3, "--script-memory", "20MB", errors=3, code=1)
    assert done.ledger == {"started": 3, "ok": 3}
    text = f'return weir.scenario {{ setup = function() {eat} end, user = function() http:get "/" end }}'
    done = start_script(recorder(), text, "--script-memory", "20MB").end(code=1)
    assert "setup: " in done.err and "more memory than its state may have" in done.err


def test_replies_larger_than_the_state_are_an_error_of_the_script(script, recorder):
    text = 'return weir.scenario { user = function() local r = http:get "/" local b = r.body end }'
    done = script(recorder(b"x" * 30_000_000), text, "-c", 1, "-n", 2, "--script-memory", "20MB", errors=2, code=1)
    assert done.ledger == {"started": 2, "ok": 2}


def test_memory_stays_constant_over_many_iterations(script, recorder):
    text = """return weir.scenario { user = function(vu)
  local t = {} for i = 1, 100 do t[i] = { i, tostring(i) .. vu.iteration } end
  local r = http:get { "/", headers = { X = "${x}" }, checks = { function() return nil end } }
  weir.check(r, "x", true) weir.group("g", function() end) weir.span("s"):ok()
  pcall(error, "x" .. vu.iteration)
end, on_start = function(vu) vu.x = 1 end }"""
    done = script(recorder(), text, "-c", 2, "-n", 3000, "--script-memory", "4MB", log=False)
    assert done.iterations["completed"] == 3000


# Ctrl-C


def test_interrupted_in_long_sleeps(start_script, recorder):
    server = recorder()
    text = 'return weir.scenario { user = function() http:get "/" weir.sleep("1h") end, load = "5 at once, pause 1h", drain = "300ms" }'
    running = start_script(server, text)
    wait_for(lambda: len(server.requests) == 5)
    running.interrupt()
    done = running.end(code=130, timeout=20)
    assert done.iterations == {"planned": 5, "started": 5, "interrupted": 5}
    assert done.ledger == {"started": 5, "ok": 5}


def test_interrupted_twice_ends_at_once(start_script, recorder):
    server = recorder()
    text = 'return weir.scenario { user = function() http:get "/" weir.sleep("1h") end, load = "5 users for 1h", drain = "1h" }'
    running = start_script(server, text)
    wait_for(lambda: len(server.requests) == 5)
    running.interrupt()
    wait_for(lambda: "stopping" in running.err)
    running.interrupt()
    done = running.end(code=130, timeout=20)
    assert done.iterations["interrupted"] == 5


def test_interrupted_during_setup(start_script, recorder):
    server = recorder()
    text = """return weir.scenario { setup = function() http:get "/setup" weir.sleep("1h") end, timeout = "300ms",
  user = function() http:get "/" end, teardown = function() http:get "/down" end }"""
    running = start_script(server, text)
    wait_for(lambda: len(server.requests) == 1)
    running.interrupt()
    done = running.end(code=130, timeout=20)
    assert [r.target for r in server.requests] == ["/setup"]
    assert "stopping" in done.err


def test_interrupted_in_an_endless_loop(start_script, recorder):
    server = recorder()
    text = 'return weir.scenario { user = function() http:get "/" while true do pcall(function() while true do end end) end end }'
    running = start_script(server, text)
    wait_for(lambda: len(server.requests) == 1)
    running.interrupt()
    running.end(code=130, timeout=20)


def test_interrupted_while_the_file_is_read(start_script):
    running = start_script(None, "while true do end", log=False, json=False)
    time.sleep(0.3)
    running.interrupt()
    wait_for(running.has_ended, 20)
    assert running.process.returncode in (2, -2)


def test_interrupted_while_users_stop(start_script, recorder):
    server = recorder()
    text = """return weir.scenario { user = function() http:get "/" weir.sleep(0.01) end, load = "3 users for 1h", drain = "300ms",
  on_stop = function() http:get "/bye" weir.sleep("1h") end }"""
    running = start_script(server, text)
    wait_for(lambda: len(server.requests) > 3)
    running.interrupt()
    done = running.end(code=130, timeout=20)
    assert sum(r.target == "/bye" for r in server.requests) == 3
    assert done.iterations["started"] == done.iterations["completed"]
