"""Users: on_start and on_stop, what they keep from one iteration to the next, fresh ones, and the mix of what they do."""

import collections

import pytest

pytestmark = pytest.mark.exact

LIFE = """local say = http:get "/${what}/${vu.id}"
return weir.scenario {
  on_start = function(vu) say { what = "start" } end,
  user = function(vu) say { what = "go" } end,
  on_stop = function(vu) say { what = "stop" } end,
  users = %s
}"""
MODELS = {
    "closed": ["-c", 3, "-n", 12], "open": ["-r", 100, "-n", 12], "at once": ["--stages", "12 at once"],
    "threads": ["-c", 4, "-n", 12, "--threads", 3],
}  # fmt: skip


def lives(server):
    """{user: what it asked for, in order}"""
    by_user = collections.defaultdict(list)
    for request in server.requests:
        _, what, user = request.target.split("/")
        by_user[int(user)].append(what)
    return by_user


@pytest.mark.parametrize("words", MODELS.values(), ids=MODELS)
def test_each_user_starts_once_and_stops_once(script, recorder, words):
    server = recorder()
    done = script(server, LIFE % "nil", *words)
    users = lives(server)
    assert all(life == ["start"] + ["go"] * (len(life) - 2) + ["stop"] for life in users.values()), users
    assert sum(life.count("go") for life in users.values()) == 12
    assert done.iterations == {"planned": 12, "started": 12, "completed": 12}
    assert done.ledger["started"] == 12 + 2 * len(users)


@pytest.mark.parametrize("words", MODELS.values(), ids=MODELS)
def test_fresh_users_live_for_one_iteration(script, recorder, words):
    server = recorder()
    done = script(server, LIFE % '"fresh"', *words)
    users = lives(server)
    assert len(users) == 12
    assert all(life == ["start", "go", "stop"] for life in users.values())
    assert done.iterations == {"planned": 12, "started": 12, "completed": 12}


def test_fresh_users_keep_the_load_closed(script, recorder):
    text = """local now, most = 0, 0
return weir.scenario { users = "fresh",
  user = function(vu)
    now = now + 1 most = math.max(most, now)
    assert(now <= 3 and vu.seen == nil and vu.iteration == 0)
    vu.seen = true
    http:get "/" weir.sleep(0.005)
    now = now - 1
  end }"""
    done = script(recorder(), text, "-c", 3, "-d", "500ms", "--threads", 1)
    assert done.iterations["completed"] >= 9


def test_fields_live_as_long_as_the_user(script, recorder):
    text = """return weir.scenario {
  on_start = function(vu) vu.token = "t" .. vu.id vu.list = { 0 } end,
  user = function(vu, data)
    assert(data == nil and vu.token == "t" .. vu.id)
    vu.list[1] = vu.list[1] + 1
    assert(vu.list[1] == vu.iteration + 1)
    http:get { "/", headers = { Authorization = "${token}" } }
  end }"""
    server = recorder()
    script(server, text, "-c", 3, "-n", 20, "--threads", 2)
    assert {r.headers["authorization"] for r in server.requests} <= {"t1", "t2", "t3"}


def test_numbers_of_users_are_their_own_over_all_workers_and_scenarios(script, recorder):
    text = """local function user(vu) assert(vu.scenario == "a" or vu.scenario == "b") http:get "/${vu.id}" weir.sleep(0.02) end
return weir.plan {
  weir.scenario { name = "a", user = user, load = { users = 4, over = "300ms" } },
  weir.scenario { name = "b", user = user, load = { users = 4, over = "300ms" } },
}"""
    server = recorder()
    script(server, text, "--threads", 3)
    assert len({r.target for r in server.requests}) == 8


def test_a_user_whose_on_start_failed_starts_anew(script, recorder):
    text = """local tries = 0
return weir.scenario {
  on_start = function(vu) tries = tries + 1 if tries < 3 then weir.fail("no token yet") end vu.token = tries end,
  user = function(vu) assert(vu.token == 3) http:get "/" end }"""
    done = script(recorder(), text, "-c", 1, "-n", 5, errors=2)
    assert done.iterations == {"planned": 5, "started": 5, "completed": 3, "script_error": 2}
    assert "2  no token yet" in done.out


def test_an_error_in_on_stop_is_told_and_changes_no_iteration(script, recorder):
    text = """return weir.scenario {
  user = function(vu) http:get "/" end,
  on_stop = function(vu) http:get "/bye"
    error("cannot leave") end }"""
    done = script(recorder(), text, "-c", 2, "-n", 4)
    assert done.iterations == {"planned": 4, "started": 4, "completed": 4}
    assert "s.lua:4: cannot leave" in done.out
    assert 1 <= done.ledger["ok"] - 4 <= 2


def test_users_that_never_began_do_not_stop(script, recorder):
    server = recorder()
    script(server, LIFE % "nil", "-c", 8, "-n", 3, "--threads", 1)
    assert all(life[0] == "start" and life[-1] == "stop" for life in lives(server).values())


def test_on_stop_may_sleep_and_call_within_the_drain(script, recorder):
    text = """return weir.scenario {
  user = function(vu) http:get "/" end,
  on_stop = function(vu) weir.sleep(0.1) http:get "/bye" weir.sleep(0.1) http:get "/bye" end }"""
    done = script(recorder(), text, "-c", 1, "-n", 1)
    assert done.ledger == {"started": 3, "ok": 3}


def test_on_stop_ends_with_the_drain(script, recorder):
    text = """return weir.scenario { drain = "200ms",
  user = function(vu) http:get "/" end,
  on_stop = function(vu) weir.sleep("1h") end }"""
    done = script(recorder(), text, "-c", 2, "-n", 2, timeout=20)
    assert done.iterations == {"planned": 2, "started": 2, "completed": 2}


def test_users_that_a_ramp_takes_away_stop_at_once(script, recorder):
    text = """local bye = http:get "/bye"
return weir.scenario { user = function(vu) http:get "/" weir.sleep(0.01) end, on_stop = function() bye() end,
  load = { { users = 4, over = "200ms" }, { users = 1, over = "400ms" } } }"""
    done = script(recorder(), text, "--threads", 1)
    byes = sorted(x["due"] for x in done.log if x["name"] == "/bye")
    assert len(byes) == 4
    assert all(0.2 <= due < 0.5 for due in byes[:3]) and byes[3] >= 0.6


# The mix


MIX = """local get = http:get { "/${x}", name = "get" }
local function go(what) return function() get { x = what } end end
return weir.scenario { user = weir.mix { browse = { %s, go "browse" }, buy = { %s, go "buy" }, look = { %s, go "look" } } }"""


def shares(server):
    return collections.Counter(r.target[1:] for r in server.requests)


@pytest.mark.parametrize("words", [
    ["-c", 1, "-n", 200], ["-c", 7, "-n", 200, "--threads", 1], ["-c", 7, "-n", 200, "--threads", 3],
    ["-r", 1000, "-n", 200, "--threads", 2], ["--stages", "200 at once"],
], ids=str)  # fmt: skip
def test_shares_are_exact_whatever_the_threads(script, recorder, words):
    server = recorder()
    done = script(server, MIX % (70, 20, 10), *words)
    assert shares(server) == {"browse": 140, "buy": 40, "look": 20}
    tags = {s["tags"]["behaviour"]: s["count"] for s in done.summary["series"]}
    assert tags == {"browse": 140, "buy": 40, "look": 20}
    assert [s["name"] for s in done.summary["series"]] == ["get"] * 3


def test_weights_are_shares_of_their_sum_spread_evenly(script, recorder):
    server = recorder()
    script(server, MIX % (1, 1, 2), "-c", 1, "-n", 12)
    asked = [r.target[1:] for r in server.requests]
    for i in range(0, 12, 4):
        assert sorted(asked[i : i + 4]) == ["browse", "buy", "look", "look"]
    assert "look look" not in " ".join(asked[:4])
    server = recorder()
    script(server, MIX % (3000, 1000, 1000), "-c", 1, "-n", 5)
    assert shares(server) == {"browse": 3, "buy": 1, "look": 1}


def test_what_does_not_fill_a_cycle_is_as_even_as_it_can_be(script, recorder):
    server = recorder()
    script(server, MIX % (8, 1, 1), "-c", 1, "-n", 13)
    assert shares(server)["browse"] in (10, 11)


def test_thresholds_and_tags_know_behaviours(script, recorder):
    words = ["-c", 1, "-n", 10, "--threshold", 'series{behaviour=buy}.count == 2', "--threshold", 'series{behaviour=browse}.count > 7']
    done = script(recorder(), MIX % (7, 2, 1), *words, code=3)
    assert [t["passed"] for t in done.summary["verdict"]["thresholds"]] == [True, False]


@pytest.mark.parametrize("mix, sentence", [
    ("{}", "weir.mix: there is no behaviour in it"),
    ("{ browse = print }", "weir.mix: 'browse' is a weight and a function: browse = {80, f}"),
    ("{ browse = { 80 } }", "weir.mix: 'browse' is a weight, a whole number from 1, and a function: browse = {80, f}"),
    ("{ browse = { 0, print } }", "weir.mix: 'browse' is a weight, a whole number from 1, and a function: browse = {80, f}"),
    ("{ browse = { 0.5, print } }", "weir.mix: 'browse' is a weight, a whole number from 1, and a function: browse = {80, f}"),
    ("{ browse = { print, 80 } }", "weir.mix: 'browse' is a weight, a whole number from 1, and a function: browse = {80, f}"),
    ("{ browse = { 80, print, 5 } }", "weir.mix: 'browse' is a weight, a whole number from 1, and a function: browse = {80, f}"),
    ("{ { 80, print } }", "keys are words here, not a number"),
    ("print", "bad argument #1 to 'mix' (table expected, got function)"),
])  # fmt: skip
def test_what_is_no_mix_is_said(weir, tmp_path, mix, sentence):
    (tmp_path / "s.lua").write_text(f"\nreturn weir.scenario {{ user = weir.mix({mix}) }}")
    done = weir("run", "s.lua")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"s.lua:2: {sentence}" in done.stderr
