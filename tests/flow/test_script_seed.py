"""The same seed makes the same requests, whatever the number of threads."""

import collections

import pytest

from broker_process import consume

pytestmark = pytest.mark.exact

TEXT = """local rows = weir.lines { "rows", mode = "random" }
local get = http:get "/${uuid}/${value}/${a}/${b}/${c}/${d}/${behaviour}"
local function go(name) return function(vu)
  local row = rows:next()
  row.a, row.b, row.c = weir.uuid(), weir.random(1, 1e9), weir.pick { "x", "y", "z" }
  row.d, row.behaviour = math.random(), name
  get(row)
  weir.sleep(0.001, 0.002)
  get { value = "more", a = weir.random(), b = math.random(100), c = weir.random(-5, 5), d = 0, behaviour = name }
end end
return weir.scenario { user = weir.mix { buy = { 1, go "buy" }, look = { 3, go "look" } }, load = %s }"""
LOADS = ['"120 at once"', '"600 for 200ms"', '{ rate = 600, over = 0.2, arrivals = "poisson" }', "nil"]


@pytest.mark.parametrize("load", LOADS)
def test_the_same_set_of_requests_for_any_threads(script, recorder, tmp_path, load):
    (tmp_path / "rows").write_text("".join(f"row{i}\n" for i in range(50)))
    words = ["-c", 6, "-n", 120] if load == "nil" else []
    asked = []
    for seed, threads in ((7, 1), (7, 2), (7, 4), (8, 1)):
        server = recorder()
        script(server, TEXT % load, "--seed", seed, "--threads", threads, *words)
        asked.append(collections.Counter(r.target for r in server.requests))
    assert asked[0] == asked[1] == asked[2]
    assert not asked[0] & asked[3]
    assert set(asked[0].values()) == {1}  # uuids
    behaviours = collections.Counter(t.rpartition("/")[2] for t in asked[0])
    if load != LOADS[2]:
        assert behaviours == {"buy": 60, "look": 180}


STORY = """local order = http:post { "/orders", json = { id = "${id}", n = "${n}" } }
local sold = kafka:send { topic = "t", key = "${id}", codec = "json", value = { id = "${id}", price = "${json:price}" }, headers = { trace = "${uuid}" } }
local noted = kafka:send { topic = "t", key = "note", wait = "none" }
return weir.scenario { load = %s, user = function(vu)
  local id, price = weir.uuid(), weir.random(1, 1000)
  order { id = id, n = weir.random(1, 9) }
  weir.sleep(0.001, 0.004)
  sold { id = id, price = price }
  for _ = 1, weir.random(0, 3) do noted { value = id .. weir.pick { "a", "b" }, headers = { x = weir.random(), y = 1, z = 2 } } end
end }"""


@pytest.mark.parametrize("load", ['"60 at once"', '{ rate = 300, over = 0.2, arrivals = "poisson" }'])
def test_a_story_of_http_and_kafka_repeats_with_its_seed(story, start_broker, recorder, load):
    """Requests and records of both, whatever the threads."""
    streams = []
    for seed, threads in ((7, 1), (7, 2), (7, 3), (8, 1)):
        server, broker = recorder(), start_broker("--topic", "t:3")
        story(broker, STORY % load, "--seed", seed, "--threads", threads, server=server)
        records = consume(broker.address, "t")
        bodies = collections.Counter(r.body for r in server.requests)
        streams.append((bodies, collections.Counter((m.key(), m.value(), tuple(m.headers())) for m in records)))
    assert streams[0] == streams[1] == streams[2]
    assert not streams[0][0] & streams[3][0] and not streams[0][1] & streams[3][1]
    assert sum(streams[0][1].values()) > sum(streams[0][0].values()) > 20


def test_scenarios_of_a_plan_draw_apart(script, recorder):
    text = """local get = http:get "/${x}"
local function go() get { x = weir.uuid() } end
return weir.plan { weir.scenario { name = "a", user = go, load = "5 at once" }, weir.scenario { name = "b", user = go, load = "5 at once" } }"""
    seen = []
    for threads in (1, 3):
        server = recorder()
        script(server, text, "--seed", 1, "--threads", threads)
        seen.append({r.target for r in server.requests})
    assert seen[0] == seen[1] and len(seen[0]) == 10


def test_random_values_of_the_top_level_are_the_same_in_all_workers(script, recorder):
    text = """local x = weir.uuid() .. weir.random(1000) .. math.random()
local get = http:get("/" .. x)
return weir.scenario { user = function() get() end }"""
    seen = []
    for seed in (1, 1, 2):
        server = recorder()
        script(server, text, "-c", 4, "-n", 8, "--threads", 4, "--seed", seed)
        (one,) = {r.target for r in server.requests}
        seen.append(one)
    assert seen[0] == seen[1] != seen[2]


def test_a_seed_is_drawn_and_told(script, recorder):
    text = 'local get = http:get "/${uuid}" return weir.scenario { user = function() get() end }'
    first, again = recorder(), recorder()
    seed = script(first, text).summary["run"]["seed"]
    script(again, text, "--seed", seed)
    assert first.requests[0].target == again.requests[0].target


def test_sequences_never_repeat(script, recorder):
    server = recorder()
    text = """local get = http:get "/${seq}/${a}/${b}"
return weir.scenario { user = function() get { a = weir.sequence("a"), b = weir.sequence("b") + weir.sequence("b") * 0 } end }"""
    script(server, text, "-c", 6, "-n", 60, "--threads", 3)
    parts = [r.target.split("/")[1:] for r in server.requests]
    for i in range(3):
        assert len({p[i] for p in parts}) == 60
    script(server := recorder(), text, "-c", 1, "-n", 3)
    assert [r.target for r in server.requests] == ["/0/0/0", "/1/1/2", "/2/2/4"]


@pytest.mark.parametrize("use, sentence", [
    ("math.randomseed(1)", "math.randomseed: --seed N makes a run repeatable, for all users at once"),
    ("weir.random(2, 1)", "random(2, 1): two whole numbers are wanted, the smaller first"),
    ("weir.random(0.5)", "random(1, 0.5): two whole numbers are wanted, the smaller first"),
    ("weir.random(0)", "random(1, 0): two whole numbers are wanted, the smaller first"),
    ("weir.random(0/0)", "random(1, nan): two whole numbers are wanted, the smaller first"),
    ("weir.random(1, 1/0)", "random(1, inf): two whole numbers are wanted, the smaller first"),
    ("weir.random {}", "bad argument #2 to 'random' (number expected, got table)"),
    ("weir.pick {}", "weir.pick: the list is empty"),
    ("weir.pick()", "bad argument #1 to 'pick' (table expected, got no value)"),
    ("weir.sequence()", "bad argument #1 to 'sequence' (string expected, got no value)"),
])  # fmt: skip
def test_mistakes_with_random_values_are_said(once, recorder, use, sentence):
    done = once(recorder(), use, code=1, errors=1)
    assert f"s.lua:1: {sentence}" in done.out


def test_ranges_hold_both_ends(once, recorder):
    once(recorder(), """
local seen = {}
for _ = 1, 400 do seen[weir.random(-1, 2)] = true end
assert(seen[-1] and seen[0] and seen[1] and seen[2] and not seen[-2] and not seen[3])
for _ = 1, 100 do local x = weir.random() assert(x >= 0 and x < 1) end
assert(weir.random(5, 5) == 5 and weir.pick { "one" } == "one")
assert(weir.random(-2 ^ 51, 2 ^ 51) ~= weir.random(-2 ^ 51, 2 ^ 51))
assert(#weir.uuid() == 36 and weir.uuid() ~= weir.uuid())
assert(weir.now() > 1.7e9)
""")  # fmt: skip
