"""What holds for the run: setup and teardown, thresholds, ends before the time, several scenarios at once."""

import json

import pytest

from hostile import silent

pytestmark = pytest.mark.exact


# setup and teardown


def test_setup_runs_once_and_its_data_reach_every_user(script, recorder):
    server = recorder(b'{"id":7}')
    text = """return weir.scenario {
  setup = function(...)
    assert((...) == nil)
    local r = http:post "/setup"
    weir.sleep(0.01)
    return { id = r:json("/id"), list = { 1, "two", { x = weir.null } }, on = true }
  end,
  on_start = function(vu, data) assert(data.id == 7) end,
  user = function(vu, data)
    assert(data.list[2] == "two" and data.list[3].x == weir.null and data.on == true)
    http:get("/user")
  end,
  on_stop = function(vu, data) assert(data.on) end,
  teardown = function(data) assert(data.id == 7) http:delete "/teardown" end,
}"""
    done = script(server, text, "-c", 6, "-n", 30, "--threads", 3)
    asked = [f"{r.method} {r.target}" for r in server.requests]
    assert asked == ["POST /setup"] + ["GET /user"] * 30 + ["DELETE /teardown"]
    assert done.ledger == {"started": 30, "ok": 30}
    assert [s["name"] for s in done.summary["series"]] == ["GET /user"]


@pytest.mark.parametrize("value", ["nil", "5", '"text"', "false", "weir.null", "{ {}, { a = { 1 } } }", ""])
def test_setup_may_give_any_plain_value(script, recorder, value):
    text = f"""return weir.scenario {{ setup = function() return {value} end, user = function(vu, data)
  http:get {{ "/", headers = {{ X = "${{json:x}}" }}, name = "get" }}
end, on_start = function(vu, data) vu.x = data == nil and "nothing" or data end }}"""
    server = recorder()
    script(server, text)
    wanted = {"nil": "nothing", "": "nothing", "{ {}, { a = { 1 } } }": [{}, {"a": [1]}], "weir.null": None}
    wanted = wanted.get(value, json.loads(value) if value not in wanted else None)
    assert json.loads(server.requests[0].headers["x"]) == wanted


@pytest.mark.parametrize("body, sentence", [
    ("\nerror('no database')", "setup: s.lua:2: no database"),
    ("weir.fail 'no users'", "setup: no users"),
    ("return print", "setup: what setup gives back: a function cannot be given on, only plain values can"),
    ("local t = {} t.t = t return t", "setup: what setup gives back: a table within itself, or one that is too deep"),
    ("return { http }", "setup: what setup gives back: a userdata cannot be given on, only plain values can"),
    ("weir.stop 'enough'", "setup: enough"),
])  # fmt: skip
def test_a_setup_that_fails_is_exit_1_before_the_load(start_script, recorder, body, sentence):
    server = recorder()
    text = f"return weir.scenario {{ setup = function() {body} end, user = function() http:get '/' end, teardown = function() http:get '/down' end }}"
    done = start_script(server, text).end(code=1)
    assert done.err == f"weir: {sentence}\n"
    assert server.requests == [] and done.summary is None


def test_a_teardown_that_fails_is_exit_1_and_the_summary_is_there(start_script, recorder):
    text = """return weir.scenario { user = function() http:get "/" end,
  teardown = function() error("cannot clean up") end }"""
    done = start_script(recorder(), text, "-c", 1, "-n", 3, json=False).end(code=1)
    assert "3 ok, 0 failed" in done.out and "  books " in done.out
    assert done.err.endswith("weir: teardown: s.lua:2: cannot clean up\n")


def test_teardown_runs_after_an_interrupted_load(start_script, recorder):
    server = recorder()
    text = """return weir.scenario { user = function() http:get "/" weir.sleep(0.01) end, load = { users = 2, over = "60s" },
  teardown = function() http:get "/down" end }"""
    running = start_script(server, text)
    running.wait_until_under_way()
    running.interrupt()
    running.end(code=130)
    assert server.requests[-1].target == "/down"


def test_rows_that_setup_took_are_gone(script, recorder, tmp_path):
    (tmp_path / "rows").write_text("a\nb\nc\n")
    server = recorder()
    text = """local rows = weir.lines "rows"
local get = http:get "/${value}"
return weir.scenario { setup = function() return rows:next() end, user = function(vu, data) assert(data.value == "a") get(rows:next()) end }"""
    script(server, text, "-c", 1, "-d", 5)
    assert [r.target for r in server.requests] == ["/b", "/c"]


def test_setup_has_random_values_of_the_seed(script, recorder):
    text = """return weir.scenario { setup = function() return weir.uuid() end, user = function(vu, data) http:get("/" .. data) end }"""
    servers = [recorder() for _ in range(3)]
    for server, seed in zip(servers, (1, 1, 2)):
        script(server, text, "--seed", seed)
    first, second, third = (s.requests[0].target for s in servers)
    assert first == second != third


# Thresholds


def test_thresholds_of_the_file_and_of_the_command_line(script, recorder):
    text = """local get = http:get { "/", name = "look at it" }
return weir.scenario { user = function() local r = get() weir.check(r, "fine", true) weir.count("sold", 2) weir.record("size", 5) end,
  thresholds = { "failed < 1%", '"look at it".response_time.p99 < 10s', '"look at it".count == 10', "checks == 100%", '"sold" == 20', '"size".p50 >= 5' } }"""
    done = script(recorder(), text, "-c", 1, "-n", 10, "--threshold", "count > 10", code=3)
    results = [(t["expr"], t["passed"]) for t in done.summary["verdict"]["thresholds"]]
    assert [passed for _, passed in results] == [True] * 6 + [False]
    assert results[-1][0] == "count > 10"


@pytest.mark.parametrize("thresholds, sentence", [
    ('"failed < 1%"', "s.lua:2: 'thresholds' is a table, not a string"),
    ("{ 5 }", 's.lua:2: thresholds are texts, like "response_time.p99 < 250ms"'),
    ("{ failed = '< 1%' }", "s.lua:2: thresholds has no key 'failed'"),
    ('{ "failled < 1%" }', "threshold 'failled < 1%'"),
])  # fmt: skip
def test_thresholds_that_are_none_are_said(weir, tmp_path, thresholds, sentence):
    (tmp_path / "s.lua").write_text(f"\nreturn weir.scenario {{ user = print, thresholds = {thresholds} }}")
    done = weir("run", "s.lua")
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr


# Ends before the time


def test_stop_ends_the_load_with_balanced_books(script, target):
    text = """return weir.scenario { load = { rate = 500, over = "60s" }, user = function(vu)
  http:get "/ping"
  if vu.iteration == 20 then weir.stop("that is enough") end
end }"""
    done = script(target, text, timeout=30)
    assert "that is enough" in done.out
    assert done.summary["run"]["duration_s"] < 20
    assert done.iterations["interrupted"] == 1
    assert done.ledger["started"] == done.ledger["ok"] == target.metrics()["requests"]


def test_stop_of_one_worker_ends_all_scenarios_on_all_workers(script, recorder):
    text = """local function go(vu) http:get "/" weir.sleep(0.01) end
return weir.plan {
  weir.scenario { name = "a", load = { users = 4, over = "60s" }, user = go },
  weir.scenario { name = "b", load = { users = 1, over = "60s" }, user = function(vu) weir.sleep(0.3) weir.stop("b has seen enough") end },
}"""
    done = script(recorder(), text, "--threads", 3, timeout=30)
    assert "b has seen enough" in done.out
    assert done.summary["run"]["duration_s"] < 20


def test_what_is_in_flight_when_the_run_stops_still_finishes(script, target):
    text = """return weir.scenario { load = "5 at once, pause 60s", user = function(vu)
  if vu.id == 5 then weir.stop("stop") end
  local r = http:get "/ping?delay=300ms" weir.check(r, "came", r.ok) end }"""
    done = script(target, text, "--threads", 1, timeout=30)
    assert done.ledger == {"started": 4, "ok": 4}
    assert done.iterations == {"planned": 5, "started": 5, "completed": 4, "interrupted": 1}


def test_the_drain_has_an_end(script, hostile):
    text = """return weir.scenario { load = "3 at once", drain = "200ms", timeout = "30s", user = function() http:get "/" end }"""
    done = script(hostile(silent), text, code=1, timeout=20)
    assert done.ledger == {"started": 3, "abandoned": 3}
    assert done.iterations == {"planned": 3, "started": 3, "interrupted": 3}


def test_fail_ends_the_iteration_with_its_reason(script, recorder):
    text = """return weir.scenario { user = function(vu) http:get "/" if vu.iteration % 2 == 1 then weir.fail("odd") end http:get "/even" end }"""
    done = script(recorder(), text, "-c", 1, "-n", 10, errors=5)
    assert done.script_errors == {"odd": 5}
    assert done.ledger == {"started": 15, "ok": 15}


def test_fail_in_a_pcall_is_still_the_end(script, recorder):
    text = """return weir.scenario { user = function(vu) pcall(weir.fail, "this is it") http:get "/" end }"""
    done = script(recorder(), text, "-c", 1, "-n", 2, code=1, errors=2)
    assert done.script_errors == {"this is it": 2}


@pytest.mark.parametrize("call", ["weir.fail()", "weir.stop()", "weir.fail({})"])
def test_reasons_are_texts(once, recorder, call):
    name = call[5:9]
    done = once(recorder(), call, code=1, errors=1)
    assert f"s.lua:1: bad argument #1 to '{name}' (string expected, got " in done.out


@pytest.mark.parametrize("call", ["fail", "stop"])
def test_fail_and_stop_at_the_top_level_refuse_the_file(weir, tmp_path, call):
    (tmp_path / "s.lua").write_text(f'\nweir.{call}("KAFKA is not set")\nlocal x')
    done = weir("run", "s.lua")
    assert (done.returncode, done.stderr) == (2, "weir: s.lua:2: KAFKA is not set\n")


def test_a_run_whose_iterations_all_failed_is_exit_1(script, recorder):
    done = script(recorder(), 'return weir.scenario { user = function() error("always") end }', "-r", 50, "-n", 5, errors=5, code=1)
    assert done.script_errors == {"s.lua:1: always": 5}


# Several scenarios


PLAN = """local function go(name) local get = http:get { "/" .. name, name = "get" } return function() get() end end
return weir.plan {
  thresholds = { 'series{scenario=a}.count == 20', 'series{scenario=b}.count == 7', 'count == 30' },
  weir.scenario { name = "a", user = go "a", load = { rate = 100, over = "200ms" }, tags = { team = "red" } },
  weir.scenario { name = "b", user = go "b", load = "7 at once", start = "300ms" },
  weir.scenario { name = "c", user = go "c", load = { { count = 3, over = "100ms" } }, start = 0.1, tags = { team = "red" } },
}"""


def test_scenarios_have_loads_of_their_own(script, recorder):
    server = recorder()
    done = script(server, PLAN)
    asked = [r.target for r in server.requests]
    assert (asked.count("/a"), asked.count("/b"), asked.count("/c")) == (20, 7, 3)
    assert done.iterations == {"planned": 30, "started": 30, "completed": 30}
    tags = sorted((s["tags"]["scenario"], s["tags"].get("team"), s["count"]) for s in done.summary["series"])
    assert tags == [("a", "red", 20), ("b", None, 7), ("c", "red", 3)]
    assert all(t["passed"] for t in done.summary["verdict"]["thresholds"])
    wanted = [i / 100 for i in range(20)] + [0.3] * 7 + [0.1 + i / 30 for i in range(3)]
    assert done.dues == pytest.approx(sorted(wanted), abs=2e-9)


def test_books_of_scenarios_are_apart(script, recorder):
    text = """return weir.plan {
  weir.scenario { name = "good", user = function() http:get "/" end, load = "4 at once" },
  weir.scenario { name = "bad", user = function() error("no") end, load = "3 at once" },
}"""
    done = script(recorder(), text, errors=3)
    assert done.iterations == {"planned": 7, "started": 7, "completed": 4, "script_error": 3}
    books = {s["name"]: tuple(s["iterations"][k] for k in ("started", "completed", "script_error")) for s in done.summary["scenarios"]}
    assert books == {"good": (4, 4, 0), "bad": (3, 0, 3)}


def test_models_can_be_mixed(script, recorder):
    text = """local function go() http:get "/" weir.sleep(0.02) end
return weir.plan {
  weir.scenario { name = "open", user = go, load = { rate = 50, over = "200ms" } },
  weir.scenario { name = "closed", user = go, load = { users = 2, over = "200ms" } },
}"""
    done = script(recorder(), text, "--threads", 2)
    counts = {s["tags"]["scenario"]: s["count"] for s in done.summary["series"]}
    assert counts["open"] == 10 and counts["closed"] >= 2


@pytest.mark.parametrize("words", [["-r", 10], ["-c", 2], ["--stages", "5 at once"], ["-n", 3], ["-d", 1], ["--gap", "1s"], ["--arrivals", "poisson"]], ids=str)
def test_a_load_on_the_command_line_fits_one_scenario_only(start_script, recorder, words):
    done = start_script(recorder(), PLAN, *words).end(code=2)
    assert "the file has several scenarios, each with a load of its own" in done.err


@pytest.mark.parametrize("plan, sentence", [
    ("weir.plan {}", "weir.plan: there is no scenario in it"),
    ("weir.plan { {} }", "weir.plan: value 1 is a table, not a weir.scenario"),
    ("weir.plan { weir.scenario { user = print } }", "each scenario of a plan has a 'name'"),
    ('weir.plan { weir.scenario { name = "a", user = print }, weir.scenario { name = "a", user = print } }', "two scenarios are called 'a'"),
    ('weir.plan { weir.scenario { name = "a", user = print, thresholds = {} } }', "weir.scenario in a plan has no key 'thresholds'"),
    ('weir.plan { load = "5 at once", weir.scenario { name = "a", user = print } }', "weir.plan has no key 'load'"),
    ("weir.scenario { user = print, at = {} }", "weir.scenario: 'at' is not in this version of weir"),
    ("weir.scenario { user = print, setup = {} }", "'setup' is a function, not a table"),
    ('weir.scenario { user = print, start = "1s" }', "'start' says when the load begins, and there is no 'load'"),
    ("weir.scenario { usr = print }", "weir.scenario has no key 'usr'; did you mean 'user'?"),
    ("weir.scenario {}", "weir.scenario: 'user' is missing: the function of one virtual user"),
    ("weir.scenario { user = 5 }", "'user' is a function or a weir.mix, not a number"),
    ("weir.scenario { user = print, on_start = 5 }", "'on_start' is a function, not a number"),
    ('weir.scenario { user = print, users = "new" }', "'users' is \"reused\" or \"fresh\", not \"new\""),
    ('weir.scenario { user = print, overload = "drop", max_in_flight = 1 }', "'overload' is \"queue\" or \"skip\", not \"drop\""),
    ("weir.scenario { user = print, max_in_flight = 0 }", "'max_in_flight' is at least 1"),
    ("weir.scenario { user = print, max_in_flight = 1.5 }", "'max_in_flight' is a whole number, not 1.5"),
    ('weir.scenario { user = print, overload = "skip" }', "'overload' says what happens at 'max_in_flight', which is not set"),
    ('weir.scenario { user = print, load = "5 users for 1s", max_in_flight = 3 }', "'max_in_flight' is for loads that do not say users: here each user waits for its own reply"),
    ("weir.scenario { user = print, timeout = 0 }", "'timeout' is longer than 0"),
    ("weir.scenario { user = print, log = 1 }", "'log' is a boolean, not a number"),
    ("weir.scenario { user = print, tags = { a = 5 } }", "tags are texts by name"),
    ("weir.scenario(5)", "weir.scenario: a table is wanted, not a number"),
    ("{ user = print }", "the file does not end with return weir.scenario { user = function(vu) … end }"),
    ("nil", "the file does not end with return weir.scenario { user = function(vu) … end }"),
    ("5", "the file does not end with return weir.scenario { user = function(vu) … end }"),
])  # fmt: skip
def test_plans_that_are_none_are_said(weir, tmp_path, plan, sentence):
    (tmp_path / "s.lua").write_text(f"\nreturn {plan}")
    done = weir("run", "s.lua")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("weir: s.lua:2: ") and sentence in done.stderr


def test_a_scenario_inside_a_user_is_refused(once, recorder):
    done = once(recorder(), "local s = weir.scenario s { user = print } local x", code=1, errors=1)
    assert "s.lua:1: weir.scenario can only be used at the top level of the file, not while users run" in done.out
