"""The load of a file, what the command line makes of it, and what fits nowhere."""

import pytest

pytestmark = pytest.mark.exact

TEXT = """return weir.scenario {{ user = function() http:get "/" end, load = {load} }}"""


@pytest.fixture
def dues(script, recorder):
    """Runs with that load; gives when the calls were due, and the run."""

    def run(load, *words, **how):
        done = script(recorder(), TEXT.format(load=load), *words, **how)
        return done.dues, done

    return run


def every(gap, count, first=0.0):
    return pytest.approx([first + i * gap for i in range(count)], abs=2e-9)


# What a file can say


@pytest.mark.parametrize("load, wanted", [
    ('"100 for 100ms"', every(0.01, 10)),
    ("{ { rate = 100, over = 0.1 } }", every(0.01, 10)),
    ('{ rate = 100, over = "100ms" }', every(0.01, 10)),
    ("{ { count = 20, over = 0.1 } }", every(0.005, 20)),
    ("{ { count = 7, over = 0.3 } }", every(0.3 / 7, 7)),
    ("{ { at_once = 5 } }", every(0, 5)),
    ('{ { gap = "10ms", count = 4 } }', every(0.01, 4)),
    ("{ { pause = 0.1 }, { at_once = 3 } }", every(0, 3, 0.1)),
    ("{ { rate = 50, over = 0.1 }, { pause = 0.1 }, { at_once = 2 }, { gap = 0.05, count = 2 } }",
     pytest.approx([0, 0.02, 0.04, 0.06, 0.08, 0.2, 0.2, 0.2, 0.25], abs=2e-9)),
])  # fmt: skip
def test_open_loads_are_due_exactly(dues, load, wanted):
    assert dues(load)[0] == wanted


def test_a_ramp(dues):
    seen, done = dues("{ { rate = { 0, 100 }, over = 0.4 } }")
    assert seen == pytest.approx([(2 * k * 0.4 / 100) ** 0.5 for k in range(20)], abs=2e-9)
    assert done.summary["load"]["asked_rate"] == pytest.approx(50)


@pytest.mark.parametrize("n", [3, 7, 11, 13, 30, 49, 97, 360])
@pytest.mark.parametrize("over", [0.05, 0.0777, 0.1])
def test_counts_are_exact_whatever_the_time(dues, n, over):
    assert len(dues(f"{{ count = {n}, over = {over} }}")[0]) == n


def test_poisson_arrivals_follow_the_seed(dues):
    load = '{ { rate = 200, over = 0.2, arrivals = "poisson" } }'
    runs = [dues(load, "--seed", seed, "--threads", threads)[0] for seed, threads in ((1, 1), (1, 3), (2, 1))]
    assert runs[0] == runs[1] != runs[2]
    assert 10 < len(runs[0]) < 90


def test_a_law_in_one_stage_only(dues):
    load = '{ { rate = 200, over = 0.2, arrivals = "poisson" }, { rate = 100, over = 0.1 } }'
    seen, done = dues(load, "--threads", 2)
    assert [x for x in seen if x >= 0.2] == every(0.01, 10, 0.2)
    assert done.iterations["planned"] == len(seen)


def test_users(script, recorder):
    text = """local now = 0
return weir.scenario { user = function(vu)
  now = now + 1 assert(now <= 3) http:get "/" weir.sleep(0.02) now = now - 1 end,
  load = { { users = 3, over = "200ms" } } }"""
    done = script(recorder(), text, "--threads", 1)
    assert done.summary["run"]["model"] == "closed"
    assert 15 <= done.iterations["completed"] <= 33


def test_users_come_and_go_evenly(script, recorder):
    text = """local seen = 0
return weir.scenario { on_start = function() http:get "/start" end,
  user = function(vu) weir.sleep(0.01) end, on_stop = function() http:get "/stop" end,
  load = { { users = { 0, 4 }, over = "400ms" }, { users = { 4, 0 }, over = "400ms" } } }"""
    done = script(recorder(), text, "--threads", 1)
    starts = sorted(x["due"] for x in done.log if x["name"] == "/start")
    assert starts == pytest.approx([0.05, 0.15, 0.25, 0.35], abs=0.001)


def test_none_is_one_user_once_with_all_calls_shown(script, recorder):
    done = script(recorder(b"hello"), 'return weir.scenario { user = function() http:get "/a" http:get "/b" end }')
    assert done.iterations == {"planned": 1, "started": 1, "completed": 1}
    assert done.summary["run"]["threads"] == 1
    for shown in ("call 1: GET /a · ok (200)", "> GET /a HTTP/1.1", "< hello", "call 2: GET /b"):
        assert shown in done.out


def test_one_user_for_a_time_or_a_number(script, recorder):
    text = 'return weir.scenario { user = function() http:get "/" weir.sleep(0.01) end }'
    assert script(recorder(), text, "-n", 5).iterations["completed"] == 5
    done = script(recorder(), text, "-d", "200ms")
    assert 5 <= done.iterations["completed"] <= 20 and "call 1:" not in done.out


def test_limits_of_the_scenario(script, target):
    text = """return weir.scenario { user = function() http:get "/ping?delay=50ms" end,
  load = "6 at once", max_in_flight = 2, overload = "skip", timeout = "5s", drain = "5s" }"""
    done = script(target, text)
    assert done.iterations == {"planned": 6, "started": 2, "skipped": 4, "completed": 2}
    done = script(target, text.replace('"skip"', '"queue"'))
    assert done.iterations == {"planned": 6, "started": 6, "completed": 6}
    done = script(target, text, "--max-in-flight", 3, "--overload", "skip")
    assert done.iterations["completed"] == 3


def test_a_warm_up_is_not_measured(script, recorder):
    server = recorder()
    text = """return weir.scenario { warmup = "200ms", load = { rate = 50, over = "200ms" }, user = function(vu)
  local r = http:get "/" weir.check(r, "there", true) weir.count("n") weir.record("v", 1)
  weir.group("g", function() end) weir.span("s"):ok() end }"""
    done = script(server, text)
    assert len(server.requests) == 20
    assert done.iterations["planned"] == 10
    assert done.ledger["ok"] == 20  # calls and spans
    assert done.checks == {"there": (10, 0)}
    assert {s["name"]: s["count"] for s in done.summary["series"]} == {"GET /": 10, "s": 10, "g": 10, "n": 10, "v": 10}


# What the command line makes of it


@pytest.mark.parametrize("words, count", [
    (["-n", 5], 5), (["-r", 100, "-n", 4], 4), (["-r", 100, "-d", "100ms"], 10), (["-c", 2, "-n", 7], 7),
    (["--stages", "3 at once"], 3), (["--gap", "20ms", "-n", 3], 3), (["--stages", "2 users for 10s", "-n", 3], 3),
])  # fmt: skip
def test_a_load_of_the_command_line_takes_the_place_of_the_files(dues, words, count):
    seen, done = dues('"10 for 2s"', *words)
    assert len(seen) == count == done.iterations["planned"]


def test_arrivals_of_the_command_line(dues):
    uniform, _ = dues('{ rate = 100, over = 0.2, arrivals = "poisson" }', "--arrivals", "uniform")
    assert uniform == every(0.01, 20)
    poisson, _ = dues('"100 for 200ms"', "--arrivals", "poisson", "--seed", 1)
    assert poisson != every(0.01, 20)


@pytest.mark.parametrize("words, sentence", [
    (["-d", "1s"], "-d: the load of the file has its own durations"),
    (["-r", 5, "--stages", "3 at once"], "exclude each other"),
    (["-r", 5, "--gap", "1s"], "exclude each other"),
    (["-c", 5, "--stages", "3 users for 1s"], "exclude each other"),
    (["-c", 5, "--max-in-flight", 3], "--max-in-flight is for the open model"),
    (["--overload", "skip"], "--overload says what happens at --max-in-flight, which is not set"),
])  # fmt: skip
def test_options_that_do_not_fit_are_refused(start_script, recorder, words, sentence):
    done = start_script(recorder(), TEXT.format(load='"10 for 1s"'), *words).end(code=2)
    assert sentence in done.err


@pytest.mark.parametrize("words, sentence", [
    (["--arrivals", "poisson"], "--arrivals is for the open model"),
    (["--max-in-flight", 3], "--max-in-flight is for the open model"),
])  # fmt: skip
def test_options_of_the_open_model_do_not_fit_users_of_the_file(start_script, recorder, words, sentence):
    done = start_script(recorder(), TEXT.format(load='"3 users for 100ms"'), *words).end(code=2)
    assert sentence in done.err


def test_options_of_the_open_model_do_not_fit_a_trial(start_script, recorder):
    done = start_script(recorder(), 'return weir.scenario { user = function() http:get "/" end }', "--arrivals", "poisson").end(code=2)
    assert "--arrivals is for the open model" in done.err


def test_threads_never_exceed_what_there_is_to_do(script, recorder):
    text = 'return weir.scenario { user = function() http:get "/" end }'
    assert script(recorder(), text, "-c", 2, "-n", 4, "--threads", 8).summary["run"]["threads"] == 2
    assert script(recorder(), text, "-r", 100, "-n", 4, "--threads", 3).summary["run"]["threads"] == 3
    assert script(recorder(), text, "-r", 100, "-n", 4).summary["run"]["threads"] == 1


def test_log_in_the_file_goes_to_standard_output(start_script, recorder):
    text = 'return weir.scenario { log = true, load = "3 at once", user = function() http:get "/" end }'
    done = start_script(recorder(), text, log=False).end()
    lines = done.out.splitlines()
    assert len(lines) == 3 and all(line.startswith('{"request_type":"GET","name":"/"') for line in lines)
    assert "  books " in done.err


# Mistakes


@pytest.mark.parametrize("load, sentence", [
    ("5", 'load is a text like "0..1k over 30s, 1k for 2m", or a list of stages, not a number'),
    ('"10 forever"', "stage 1 '10 forever'"),
    ("{}", "a stage of load says rate, users, count, at_once, gap or pause"),
    ("{ {} }", "a stage of load says rate, users, count, at_once, gap or pause"),
    ("{ 5 }", "a stage of load: a table is wanted, not a number"),
    ("{ { rate = 5 } }", "a stage of load needs 'over': how long it lasts"),
    ("{ { rate = 5, over = 0 } }", "'over': a stage lasts some time"),
    ("{ { rate = -5, over = 1 } }", "'rate' is a number, or two of them: rate = {0, 500}"),
    ("{ { rate = 0/0, over = 1 } }", "'rate' is a number, or two of them: rate = {0, 500}"),
    ("{ { rate = {1}, over = 1 } }", "'rate' is a number, or two of them: rate = {0, 500}"),
    ("{ { rate = {1, 2, 3}, over = 1 } }", "'rate' is a number, or two of them: rate = {0, 500}"),
    ('{ { rate = "1k", over = 1 } }', "'rate' is a number, or two of them: rate = {0, 500}"),
    ("{ { rate = 5, users = 3, over = 1 } }", "a stage of load has 'rate' and 'users'; each is a stage of its own"),
    ("{ { rate = 5, over = 1 }, { users = 3, over = 1 } }", "load: all stages are in users, or none"),
    ("{ { users = 3, over = 1 }, { at_once = 3 } }", "load: all stages are in users, or none"),
    ("{ { users = 2.5, over = 1 } }", "'users' are whole"),
    ("{ { users = 1e300, over = 1 } }", "the plan asks for 1e+300 users, more than is possible"),
    ("{ { rate = 1e300, over = 1 } }", "the plan asks for 1e+300 starts, more than is possible"),
    ("{ { users = 3, over = 1, arrivals = \"poisson\" } }", "a stage with 'users' has no key 'arrivals'"),
    ("{ { at_once = 3, over = 1 } }", "a stage with 'at_once' has no key 'over'"),
    ("{ { pause = 3, over = 1 } }", "a stage with 'pause' has no key 'over'"),
    ("{ { gap = 1, count = 2, over = 1 } }", "a stage with 'gap' has no key 'over'"),
    ("{ { gap = 1 } }", "'count' is a whole number above 0"),
    ("{ { gap = 1, count = 1e8 } }", "the plan is longer than a year"),
    ("{ { gap = 1, count = 1e15 } }", "a stage with 'gap' is longer than a year"),
    ("{ { count = 0, over = 1 } }", "'count' is a whole number above 0"),
    ("{ { at_once = 0 } }", "'at_once' is a whole number above 0"),
    ("{ { at_once = 1.5 } }", "'at_once' is a whole number, not 1.5"),
    ("{ { pause = 1 } }", "the plan starts nothing; write it like 1k for 2m"),
    ("{ { rate = 5, over = '400d' } }", "over: '400d' is not a duration"),
    ("{ { rate = 5, over = 367 * 24 * 3600 } }", "over: 31708800 is no length of time"),
    ("{ { rate = 5, ovr = 1 } }", "a stage of load has no key 'ovr'; did you mean 'over'?"),
    ('{ { rate = 5, over = 1, arrivals = "normal" } }', "'arrivals' is \"uniform\" or \"poisson\", not \"normal\""),
    ("{ { rate = 5, over = 1 }, x = 1 }", "load has no key 'x'"),
    ("{ { rate = 5, over = 1 }, [3] = { rate = 5, over = 1 } }", "load: there is no place for value 3 without a key"),
])  # fmt: skip
def test_loads_that_are_none_are_said(weir, tmp_path, load, sentence):
    (tmp_path / "s.lua").write_text(f"\nreturn weir.scenario {{ user = print, load = {load} }}")
    done = weir("run", "s.lua")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("weir: s.lua:2: ") and sentence in done.stderr
