"""The phrase book of scenarios: what k6, Gatling and Locust say, each row in weir's words. What happened is taken from
weir-target, which counts and stamps what comes, not from weir's own figures."""

import collections

import pytest

pytestmark = pytest.mark.exact


@pytest.fixture
def shop(start_target):
    return start_target("--log", "LOG")


def arrivals(shop):
    """[(seconds since the first, path), …] in order, as the target stamped them; ends it."""
    lines = shop.log_lines()
    return [((ns - lines[0][0]) / 1e9, target) for ns, _, target in lines]


def counts(shop):
    return collections.Counter(path for _, path in arrivals(shop))


def between(found, begin, end):
    """How many came in that time; a little later is still in it."""
    return sum(begin <= at < end for at, _ in found)


PING = 'return weir.scenario { user = function() http:get "/ping" end, load = %s }'


# constant-arrival-rate, ramping-arrival-rate; constantUsersPerSec, rampUsersPerSec


def test_a_constant_rate(script, shop):
    script(shop, PING % '{ rate = 100, over = "1s" }')
    found = arrivals(shop)
    assert len(found) == 100
    assert 0.9 < found[-1][0] < 2


def test_a_ramping_rate(script, shop):
    script(shop, PING % '{ { rate = { 0, 200 }, over = "1s" }, { rate = 200, over = "500ms" } }')
    found = arrivals(shop)
    assert len(found) == 200
    assert between(found, 0, 0.4) < between(found, 0.4, 0.9)  # 25 are due in the first half of the ramp


# ramping-vus, constantConcurrentUsers, -u -r


SLOW = 'local slow = http:get "/ping?delay=20ms" return weir.scenario { user = function() slow() end, load = %s }'


def test_constant_users(script, shop):
    done = script(shop, SLOW % '{ users = 5, over = "1s" }')
    n = shop.metrics()["requests"]
    assert done.ledger == {"started": n, "ok": n}
    assert 5 < n <= 5 * 50 + 5  # each waits 20 ms at least


def test_ramping_users(script, shop):
    text = """return weir.scenario { on_start = function() http:get "/start" end, on_stop = function() http:get "/stop" end,
  user = function() http:get "/ping" weir.sleep("10ms") end, load = { { users = { 0, 4 }, over = "400ms" }, { users = { 4, 0 }, over = "400ms" } } }"""
    script(shop, text.replace('"/start"', '{ "/ping?start", expect = 200 }').replace('"/stop"', '{ "/ping?stop", expect = 200 }'))
    found = arrivals(shop)
    starts = [at for at, path in found if path.endswith("start")]
    stops = [at for at, path in found if path.endswith("stop")]
    assert len(starts) == len(stops) == 4
    assert starts[0] == 0 and starts[-1] > 0.25 and starts[-1] < stops[-1]


# rampUsers(n).during, atOnceUsers, nothingFor


def test_a_number_over_a_time(script, shop):
    script(shop, PING % '{ count = 30, over = "600ms" }')
    found = arrivals(shop)
    assert len(found) == 30 and found[-1][0] > 0.5


def test_at_once(script, shop):
    script(shop, PING % "{ at_once = 40 }")
    assert shop.metrics()["requests"] == 40


def test_nothing_for_a_while(script, shop):
    script(shop, PING % '{ { at_once = 3 }, { pause = "500ms" }, { at_once = 4 } }')
    found = arrivals(shop)
    assert len(found) == 7
    assert found[3][0] - found[2][0] > 0.4


def test_the_drain_is_the_cool_down(script, shop):
    """What is under way when the plan ends is waited for, without a pause at its end."""
    done = script(shop, 'return weir.scenario { user = function() http:get "/ping?delay=300ms" end, load = { at_once = 5 } }')
    assert done.ledger == {"started": 5, "ok": 5}
    assert shop.metrics() == {"requests": 5, "responses": 5}


# __ENV, setup(), group, check, test.abort


def test_settings_setup_groups_and_checks(script, shop):
    text = """local http = weir.http { base = weir.env "TARGET" }
local path = weir.env("PAGE", "ping")
return weir.scenario {
  setup = function() return { n = (http:get "/ping?setup").status } end,
  user = function(vu, data)
    weir.group("both", function()
      local r = http:get("/" .. path .. "?first")
      weir.check(r, "good", r.status == data.n)
      http:get("/" .. path .. "?second")
    end)
  end,
  teardown = function() http:get "/ping?teardown" end }"""
    done = script(shop, text, "-c", 2, "-n", 10, "-e", "PAGE=ping")
    assert done.checks == {"good": (10, 0)}
    assert done.series("both")["count"] == 10
    assert counts(shop) == {"/ping?setup": 1, "/ping?first": 10, "/ping?second": 10, "/ping?teardown": 1}


def test_an_abort(script, shop):
    text = """return weir.scenario { load = { rate = 100, over = "60s" }, user = function(vu)
  http:get "/ping"
  if weir.sequence "n" == 20 then weir.stop "enough" end end }"""
    done = script(shop, text, "--threads", 1)
    assert done.summary["run"]["duration_s"] < 30
    n = shop.metrics()["requests"]
    assert n == done.ledger["started"] and 21 <= n < 1000


# on_start, @task(4), constant_pacing, events.request.fire


def test_on_start_and_tasks_of_a_weight(script, shop):
    text = """return weir.scenario { on_start = function() http:get "/ping?login" end, user = weir.mix {
  look = { 4, function() http:get "/ping?look" end }, buy = { 1, function() http:get "/ping?buy" end } } }"""
    script(shop, text, "-c", 3, "-n", 100)
    assert counts(shop) == {"/ping?login": 3, "/ping?look": 80, "/ping?buy": 20}


def test_constant_pacing(script, shop):
    text = 'return weir.scenario { user = function() http:get "/ping" weir.pace("100ms") end, load = { users = 1, over = "1s" } }'
    script(shop, text)
    found = arrivals(shop)
    assert 9 <= len(found) <= 10
    assert found[-1][0] == pytest.approx(0.1 * (len(found) - 1), abs=0.09)


def test_a_call_of_the_scripts_own(script, shop):
    text = """return weir.scenario { user = function(vu)
  local s = weir.span "own"
  http:get "/ping"
  if vu.iteration % 4 == 3 then s:fail("every fourth") else s:ok() end end }"""
    done = script(shop, text, "-c", 1, "-n", 20)
    assert done.series("own")["outcomes"] == {"ok": 15, "error": 5}
    assert done.errors == {"every fourth": 5}
    assert shop.metrics()["requests"] == 20


# randomSwitch, exitHereIfFailed, saveAs, pause(1, 3), forever + pace


def test_a_switch_by_shares(script, shop):
    text = """local function go(name) return function() http:get("/ping?" .. name) end end
return weir.scenario { user = weir.mix { a = { 60, go "a" }, b = { 30, go "b" }, c = { 10, go "c" } } }"""
    script(shop, text, "-r", 500, "-n", 100, "--threads", 2)
    assert counts(shop) == {"/ping?a": 60, "/ping?b": 30, "/ping?c": 10}


def test_an_exit_when_a_call_failed(script, shop):
    text = """return weir.scenario { user = function(vu)
  local r = http:get(vu.iteration % 2 == 0 and "/ping?first" or "/absent")
  if not r.ok then return end
  http:get "/ping?second" end }"""
    done = script(shop, text, "-c", 1, "-n", 10)
    assert done.ledger == {"started": 15, "ok": 10, "failed_check": 5}
    assert counts(shop) == {"/ping?first": 5, "/absent": 5, "/ping?second": 5}


def test_what_is_kept_of_a_reply(script, shop):
    text = """local order = http:post { "/orders", json = { sku = "${sku}" }, expect = 201 }
return weir.scenario { user = function(vu)
  if not vu.id_of_order then vu.id_of_order = order({ sku = "a" }):json("/id") end
  http:get "/ping?order=${id_of_order}" end }"""
    done = script(shop, text, "-c", 1, "-n", 3)
    assert done.ledger == {"started": 4, "ok": 4}
    found = counts(shop)
    assert found.pop("/orders") == 1
    ((path, n),) = found.items()
    assert n == 3 and path.startswith("/ping?order=") and path != "/ping?order="


def test_a_pause_between_two_times(script, shop):
    text = 'return weir.scenario { user = function() http:get "/ping" weir.sleep("20ms", "60ms") end }'
    script(shop, text, "-c", 1, "-n", 20, "--seed", 1)
    found = [at for at, _ in arrivals(shop)]
    gaps = [b - a for a, b in zip(found, found[1:])]
    assert min(gaps) > 0.015 and max(gaps) - min(gaps) > 0.01


def test_for_ever_at_a_pace(script, shop):
    text = 'return weir.scenario { user = function() http:get "/ping" weir.pace("50ms") end, load = { users = 4, over = "1s" } }'
    script(shop, text)
    assert 4 * 18 <= shop.metrics()["requests"] <= 4 * 20
