"""What scripts count beside calls: spans, counters, values; and how it is told."""

import pytest

from hostile import reply, routes

pytestmark = pytest.mark.exact


def test_a_span_is_a_call_in_the_books(once, recorder):
    done = once(recorder(), """
local s = weir.span "own work"
weir.sleep(0.05)
http:get "/"
s:ok()
weir.span "own work":fail("no luck")
weir.span("left open")
""", log=True)  # fmt: skip
    own, left = done.series("own work"), done.series("left open")
    assert own["outcomes"] == {"ok": 1, "error": 1} and own["errors"] == {"no luck": 1}
    assert left["outcomes"] == {"abandoned": 1}
    assert own["response_time_s"]["min"] >= 0.05
    assert done.ledger == {"started": 4, "ok": 2, "error": 1, "abandoned": 1}
    lines = {x["name"]: x for x in done.log if x["result"] == "OK"}
    assert lines["own work"]["request_type"] == "CALL"
    assert lines["own work"]["due"] == 0 and lines["own work"]["response_time"] >= 0.05


def test_a_span_is_due_when_the_users_clock_says(once, recorder):
    done = once(recorder(), 'http:get "/" weir.sleep(0.02) weir.span "s":ok()')
    call, span = sorted(done.log, key=lambda x: x["due"])
    assert span["due"] == pytest.approx(call["due"] + call["response_time"] + 0.02, abs=2e-9)


def test_spans_may_lie_in_each_other_and_end_in_any_order(once, recorder):
    done = once(recorder(), """
local a, b, c = weir.span "a", weir.span "b", weir.span "c"
b:ok() a:ok() c:fail("x")
""")  # fmt: skip
    assert done.ledger == {"started": 3, "ok": 2, "error": 1}


@pytest.mark.parametrize("use, sentence", [
    ("s:ok() s:ok()", "this span has ended already"),
    ("s:ok() s:fail('x')", "this span has ended already"),
    ("s:fail()", "bad argument #1 to 'fail' (string expected, got no value)"),
    ("s:done()", "weir.Span has no 'done'"),
    ("weir.span()", "bad argument #1 to 'span' (string expected, got no value)"),
    ("s.ok()", "a weir.Span is wanted here, not nothing: is it called with ':'?"),
])  # fmt: skip
def test_mistakes_with_spans_are_said(once, recorder, use, sentence):
    done = once(recorder(), f'local s = weir.span "s" {use}', code=(0, 1, 3), errors=1)
    assert f"s.lua:1: {sentence}" in done.out


def test_a_span_of_another_user_or_iteration_has_ended(script, recorder):
    text = """local kept
return weir.scenario { user = function(vu) if kept then kept:ok() end kept = weir.span "s" end }"""
    done = script(recorder(), text, "-c", 1, "-n", 2, errors=1, code=1)
    assert "this span has ended already" in done.out
    assert done.ledger == {"started": 1, "abandoned": 1}


def test_counters_and_values(script, recorder):
    text = """return weir.scenario { user = function(vu)
  weir.count "sold" weir.count("sold", 2.5) weir.count("sold", 0)
  weir.record("size", vu.iteration) weir.record("size", 0.0015)
end }"""
    done = script(recorder(), text, "-c", 1, "-n", 11, "--threshold", '"sold" == 38.5', "--threshold", '"size".max == 10')
    sold, size = done.series("sold"), done.series("size")
    assert (sold["kind"], sold["count"], sold["sum"]) == ("counter", 33, 38.5)
    assert (size["kind"], size["count"]) == ("values", 22)
    assert size["sum"] == pytest.approx(55 + 11 * 0.0015)
    assert size["value"]["max"] == 10 and size["value"]["min"] == pytest.approx(0, abs=0.001)
    assert done.ledger == {}
    assert "sold" in done.out and "38.5" in done.out


def test_workers_count_into_one(script, recorder):
    text = 'return weir.scenario { user = function() weir.count "n" weir.record("v", 5) http:get "/" end }'
    done = script(recorder(), text, "-c", 6, "-n", 60, "--threads", 3)
    assert done.series("n")["sum"] == 60 and done.series("v")["count"] == 60


def test_a_name_may_be_a_counter_and_a_value_and_a_call(once, recorder):
    done = once(recorder(), 'weir.count "x" weir.record("x", 1) weir.span "x":ok() weir.group("x", function() end)')
    assert sorted((s["kind"], s["part"]) for s in done.summary["series"]) == [
        ("calls", False), ("calls", True), ("counter", False), ("values", False),
    ]  # fmt: skip


@pytest.mark.parametrize("use, sentence", [
    ("weir.count()", "bad argument #1 to 'count' (string expected, got no value)"),
    ('weir.count("n", -1)', "weir.count: a counter only grows, not by -1"),
    ('weir.count("n", 0/0)', "weir.count: a counter only grows, not by nan"),
    ('weir.count("n", "many")', "bad argument #2 to 'count' (number expected, got string)"),
    ('weir.record("v")', "bad argument #2 to 'record' (number expected, got no value)"),
    ('weir.record("v", -1)', "weir.record: a value lies between 0 and 1e12, not at -1"),
    ('weir.record("v", 1/0)', "weir.record: a value lies between 0 and 1e12, not at inf"),
])  # fmt: skip
def test_mistakes_with_metrics_are_said(once, recorder, use, sentence):
    done = once(recorder(), use, code=1, errors=1)
    assert f"s.lua:1: {sentence}" in done.out


@pytest.mark.parametrize("use", ['weir.count "n"', 'weir.record("v", 1)', 'weir.span "s"', "weir.sleep(1)", "weir.pace(1)", 'weir.sequence "s"'])
def test_they_are_for_users(weir, tmp_path, use):
    (tmp_path / "s.lua").write_text(f"\n{use}\nlocal x")
    done = weir("run", "s.lua")
    name = use.split("(")[0].split(" ")[0]
    assert done.returncode == 2
    assert done.stderr == f"weir: s.lua:2: {name} can only be used while a user runs, not at the top level of the file\n"


def test_made_up_names_have_an_end(script, recorder):
    text = """return weir.scenario { user = function(vu) for i = 1, 2000 do weir.count("n" .. vu.iteration .. "." .. i) end end }"""
    done = script(recorder(), text, "-c", 1, "-n", 6, errors=1, log=False)
    assert "the scripts have made up more than 10000 names of metrics" in done.out
    assert len(done.summary["series"]) == 10_000


def test_thousands_of_names_of_checks(script, recorder):
    text = """return weir.scenario { user = function(vu) local r = http:get "/"
  for i = 1, 100 do weir.check(r, "check " .. (vu.iteration * 100 + i), i % 10 ~= 0) end end }"""
    done = script(recorder(), text, "-c", 1, "-n", 50, code=1, log=False)
    assert len(done.checks) == 5000
    assert sum(p for p, _ in done.checks.values()) == 4500 and sum(f for _, f in done.checks.values()) == 500


def test_made_up_texts_have_an_end(script, recorder):
    text = """local calls = {}
for i = 1, 25 do calls[i] = http:get { "/", name = "call " .. i } end
return weir.scenario { user = function(vu)
  local r = calls[vu.iteration + 1]()
  for i = 1, 1000 do weir.check(r, "check " .. (vu.iteration * 1000 + i), true) end end }"""
    done = script(recorder(), text, "-c", 1, "-n", 25, errors=6, log=False)
    assert "the scripts have made up more than 20000 different texts; the one too many is 'check " in done.out


def test_made_up_reasons_become_one(script, recorder):
    text = """return weir.scenario { user = function(vu) weir.span("s"):fail("no " .. vu.iteration) weir.fail("reason " .. vu.iteration) end }"""
    done = script(recorder(), text, "-c", 1, "-n", 1500, errors=1500, code=1, log=False)
    other = "other reasons: the scripts give more than 1000"
    assert len(done.script_errors) == 501 and done.script_errors[other] == 1000
    assert len(done.errors) == 501 and sum(done.errors.values()) == 1500


@pytest.mark.parametrize("use, sentence", [
    ('weir.check(r, "", true)', "s.lua:1: weir.check: the name of a check is empty"),
    ('weir.count("")', "s.lua:1: bad argument #1 to 'count' (the name is empty)"),
    ('weir.fail("")', "no reason was given"),
])  # fmt: skip
def test_empty_names(once, recorder, use, sentence):
    done = once(recorder(), f'local r = http:get "/" {use}', code=1, errors=1)
    assert sentence in done.script_errors


def test_checks_in_json_csv_and_text(script, hostile, tmp_path):
    server = hostile(routes(a=reply(b"1"), b=reply(b"2")))
    text = """local a, b = http:get { "/a", name = "a" }, http:get { "/b", name = "b", checks = { weir.is.contains("1") } }
return weir.scenario { user = function(vu) local r = a() weir.check(r, "is one", r.body == "1") b() end }"""
    done = script(server, text, "-c", 1, "-n", 4, "--csv", "t", "--threshold", "checks > 40%", "--threshold", "checks == 100%", code=3)
    assert done.checks == {"is one": (4, 0), "contains 1": (0, 4)}
    assert "✓ a: is one" in done.out and "✗ b: contains 1" in done.out
    assert [t["passed"] for t in done.summary["verdict"]["thresholds"]] == [True, False]
    assert "contains 1" in (tmp_path / "t_checks.csv").read_text()
