"""The user's own clock: when calls are due, to the ns, by the log; sleeps, pace, groups, timeouts."""

import pytest

from hostile import silent

pytestmark = pytest.mark.exact

PRECISE = 2e-9  # two figures of nine decimals


def by_due(done):
    return sorted(done.log, key=lambda line: line["due"])


def end(line):
    """When the outcome was known, on the plan's clock."""
    return line["due"] + line["response_time"]


@pytest.mark.parametrize("time", ["0.05", '"50ms"', '"0.05s"', '0.02) weir.sleep("30ms"'])
def test_a_sleep_moves_the_clock_exactly_from_the_end_of_the_last_call(once, recorder, time):
    done = once(recorder(), f'http:get "/a" weir.sleep({time}) http:get "/b" http:get "/c"')
    a, b, c = by_due(done)
    assert a["due"] == 0
    assert b["due"] - end(a) == pytest.approx(0.05, abs=PRECISE)
    assert c["due"] == pytest.approx(end(b), abs=PRECISE)


def test_a_sleep_is_counted_from_when_it_should_begin_however_late_the_generator_is(once, recorder):
    body = """
weir.sleep(0.1)
local t = os.clock() while os.clock() < t + 0.2 do end
weir.sleep(0.1)
http:get "/" """
    (line,) = once(recorder(), body).log
    assert line["due"] == pytest.approx(0.2, abs=PRECISE)
    assert line["response_time"] >= 0.1 - 0.02  # what the busy script cost is in it


def test_a_random_sleep_lies_between_its_two_times(script, recorder):
    text = """return weir.scenario { user = function() http:get "/a" weir.sleep("20ms", 0.06) http:get "/b" end }"""
    seen = []
    for seed in (1, 1, 2):
        done = script(recorder(), text, "-c", 1, "-n", 20, "--seed", seed)
        lines = by_due(done)
        slept = [b["due"] - end(a) for a, b in zip(lines[::2], lines[1::2])]
        assert len(slept) == 20 and all(0.02 - PRECISE <= s <= 0.06 + PRECISE for s in slept)
        assert max(slept) - min(slept) > 0.01
        seen.append(slept)
    assert seen[0] == pytest.approx(seen[1], abs=PRECISE)
    assert seen[0] != pytest.approx(seen[2], abs=PRECISE)


def test_a_sleep_of_nothing_is_fine(once, recorder):
    a, b = by_due(once(recorder(), 'http:get "/a" weir.sleep(0) weir.sleep("0s", 0) http:get "/b"'))
    assert b["due"] == pytest.approx(end(a), abs=PRECISE)


@pytest.mark.parametrize("call, sentence", [
    ("weir.sleep(-1)", "weir.sleep: -1 is no length of time"),
    ("weir.sleep(0/0)", "weir.sleep: nan is no length of time"),
    ("weir.sleep(1e12)", "weir.sleep: 1000000000000 is no length of time"),
    ("weir.sleep()", 'weir.sleep: a length of time is wanted, like "10s" or a number of seconds, not a no value'),
    ("weir.sleep({})", 'weir.sleep: a length of time is wanted, like "10s" or a number of seconds, not a table'),
    ('weir.sleep "soon"', "weir.sleep: 'soon' is not a duration; write it like 500ms, 10s, 2m or 1h"),
    ("weir.sleep(2, 1)", "weir.sleep(from, to): the shorter time comes first"),
    ("weir.pace(-1)", "weir.pace: -1 is no length of time"),
])  # fmt: skip
def test_times_that_are_none_are_said(once, recorder, call, sentence):
    done = once(recorder(), call, code=1, errors=1)
    assert f"s.lua:1: {sentence}" in done.out


# Pace


def test_pace_makes_iterations_begin_in_step(script, recorder):
    text = """return weir.scenario { user = function() http:get "/" weir.sleep(0.01) weir.pace("100ms") end }"""
    done = script(recorder(), text, "-c", 1, "-n", 6)
    assert done.dues == pytest.approx([i * 0.1 for i in range(6)], abs=PRECISE)


def test_what_is_due_when_the_load_ends_does_not_start(script, recorder):
    """To the ns: the end of the load and the next iteration of each user are due at the same moment."""
    text = """return weir.scenario { user = function() http:get "/" weir.pace("100ms") end, load = { users = 4, over = "400ms" } }"""
    for threads in (1, 2):
        done = script(recorder(), text, "--threads", threads)
        assert done.dues[-1] == pytest.approx(0.3, abs=0.09)
        assert done.iterations["started"] <= 4 * 4


def test_pace_is_over_when_the_iteration_took_longer(script, recorder):
    text = """return weir.scenario { user = function() http:get "/" weir.sleep(0.05) weir.pace(0.02) end }"""
    done = script(recorder(), text, "-c", 1, "-n", 4)
    lines = by_due(done)
    for a, b in zip(lines, lines[1:]):
        assert b["due"] == pytest.approx(end(a) + 0.05, abs=PRECISE)


def test_pace_in_the_middle_of_an_open_iteration(script, recorder):
    text = """return weir.scenario { user = function() http:get "/a" weir.pace(0.08) http:get "/b" end }"""
    done = script(recorder(), text, "-r", 20, "-n", 4)
    assert done.dues == pytest.approx(sorted([i * 0.05 for i in range(4)] + [i * 0.05 + 0.08 for i in range(4)]), abs=PRECISE)


# When things are due


def test_in_the_open_model_iterations_are_due_by_the_plan(script, recorder):
    text = """return weir.scenario { user = function() http:get "/a" http:get "/b" end }"""
    done = script(recorder(), text, "-r", 50, "-n", 5)
    first = [x["due"] for x in done.log if x["name"] == "/a"]
    assert sorted(first) == pytest.approx([0, 0.02, 0.04, 0.06, 0.08], abs=PRECISE)


def test_in_the_closed_model_the_next_iteration_is_due_when_the_last_ended(script, recorder):
    text = """return weir.scenario { user = function() http:get "/a" weir.sleep(0.01) end }"""
    lines = by_due(script(recorder(), text, "-c", 1, "-n", 5))
    assert lines[0]["due"] == 0
    for a, b in zip(lines, lines[1:]):
        assert b["due"] == pytest.approx(end(a) + 0.01, abs=PRECISE)


def test_a_new_users_first_iteration_is_due_when_its_on_start_ended(script, recorder):
    text = """return weir.scenario {
  on_start = function() http:get "/login" weir.sleep(0.02) http:get "/more" weir.sleep(0.01) end,
  user = function() http:get "/a" end }"""
    done = script(recorder(), text, "-r", 20, "-n", 2, "--threads", 1)
    login = by_due(done)[0]
    assert login["name"] == "/login" and login["due"] == 0
    (more,) = [x for x in done.log if x["name"] == "/more" and x["due"] < 0.05]
    assert more["due"] == pytest.approx(end(login) + 0.02, abs=PRECISE)
    first = min((x for x in done.log if x["name"] == "/a"), key=lambda x: x["due"])
    assert first["due"] == pytest.approx(end(more) + 0.01, abs=PRECISE)


# Groups


def test_a_group_is_the_time_of_its_calls_without_its_sleeps(once, recorder):
    done = once(recorder(), """
local a, b = weir.group("block", function(x, y)
  assert(x == 1 and y == 2)
  http:get "/a" weir.sleep(0.05) http:get "/b" weir.pace(0.2)
  return "one", "two"
end, 1, 2)
assert(a == "one" and b == "two")
""")  # fmt: skip
    block = done.series("block")
    took = sum(x["response_time"] for x in done.log)
    assert block["part"] and block["count"] == 1 and block["outcomes"] == {"ok": 1}
    assert block["response_time_s"]["max"] == pytest.approx(took, abs=1e-8)
    assert done.summary["total"]["count"] == 2


def test_groups_may_lie_in_each_other_and_hold_nothing(once, recorder):
    done = once(recorder(), """
weir.group("outer", function()
  http:get "/a"
  weir.group("inner", function() http:get "/b" end)
  weir.group("empty", function() end)
end)""")  # fmt: skip
    times = {x["name"]: x["response_time"] for x in done.log}
    assert done.series("outer")["response_time_s"]["max"] == pytest.approx(sum(times.values()), abs=1e-8)
    assert done.series("inner")["response_time_s"]["max"] == pytest.approx(times["/b"], abs=1e-8)
    assert done.series("empty")["response_time_s"]["max"] == 0


def test_a_group_that_ends_in_an_error_is_not_counted(once, recorder):
    done = once(recorder(), '\nweir.group("block", function()\nerror("no") end)', code=1, errors=1)
    assert "s.lua:3: no" in done.out
    assert done.summary["series"] == []


@pytest.mark.parametrize("call, sentence", [
    ('weir.group("x")', "weir.group(name, f): f is a function, not a nil"),
    ("weir.group(print, print)", "weir.group(name, f): the name is a text, not a function"),
    ("weir.group()", "weir.group(name, f): the name is a text, not a nil"),
])  # fmt: skip
def test_mistakes_with_groups_are_said_where_they_are(once, recorder, call, sentence):
    done = once(recorder(), f"\n{call}\nlocal x", code=1, errors=1)
    assert f"s.lua:2: {sentence}" in done.out


def test_groups_are_for_users(weir, tmp_path):
    (tmp_path / "s.lua").write_text('\nweir.group("x", function() end)\nlocal x')
    done = weir("run", "s.lua")
    assert done.returncode == 2
    assert done.stderr == "weir: s.lua:2: weir.group can only be used while a user runs, not at the top level of the file\n"


# Timeouts


@pytest.mark.parametrize("call, client, scenario, words, wanted", [
    ("100ms", None, None, [], 0.1), (None, "100ms", None, [], 0.1), (None, None, "100ms", [], 0.1),
    (None, None, None, ["--timeout", "100ms"], 0.1), ("200ms", "5s", "6s", ["--timeout", "7s"], 0.2),
    (None, "200ms", "6s", ["--timeout", "7s"], 0.2), (None, None, "6s", ["--timeout", "200ms"], 0.2),
])  # fmt: skip
def test_the_nearest_timeout_counts(script, hostile, call, client, scenario, words, wanted):
    def key(text):
        return f', timeout = "{text}"' if text else ""

    text = f"""local http = weir.http {{ base = weir.env "TARGET"{key(client)} }}
local get = http:get {{ "/"{key(call)} }}
return weir.scenario {{ user = function() local r = get() assert(r.fate == "timeout") end{key(scenario)} }}"""
    done = script(hostile(silent), text, *words, code=1)
    assert done.ledger == {"started": 1, "timeout": 1}
    assert wanted <= done.log[0]["response_time"] < wanted + 2


def test_a_timeout_counts_from_when_the_call_was_due(script, target):
    text = """local get = http:get { "/ping?delay=300ms", timeout = "200ms" }
return weir.scenario { user = function() get() end, max_in_flight = 1, load = "4 at once" }"""
    done = script(target, text, code=1)
    assert done.ledger == {"started": 4, "timeout": 4}
    assert done.errors == {"no answer (timeout)": 1, "timeout before send": 3}
    assert done.dues == [0, 0, 0, 0]
    assert all(0.2 <= line["response_time"] < 2 for line in done.log)
    assert target.metrics()["requests"] == 1
