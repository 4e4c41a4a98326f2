"""weir check and weir new, and what weir run says about itself."""

import pytest

pytestmark = pytest.mark.exact

TEXT = """local http = weir.http { base = "http://127.0.0.1:1" }
local other = weir.http { base = "http://127.0.0.1:2" }
local a, b = http:get "/a", http:get "/b"
return weir.plan {
  setup = function() error("never") end, teardown = function() end,
  thresholds = { "failed < 1%", '"GET /a".response_time.p99 < 250ms' },
  weir.scenario { name = "walk", load = "0..100 over 30s, 100 for 2m", user = weir.mix { browse = { 80, print }, buy = { 20, print } } },
  weir.scenario { name = "run", user = print },
}"""


def test_check_says_what_is_in_the_file_and_starts_nothing(weir, tmp_path):
    (tmp_path / "s.lua").write_text(TEXT)
    done = weir("check", "s.lua")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == """scenario walk
  load: 0..100 starts/s over 30s, 100 starts/s for 2m
  a mix of browse 80, buy 20
scenario run
  load: none of its own (one user, once, unless -r, -c or --stages say more)
setup, teardown
threshold failed < 1%
threshold "GET /a".response_time.p99 < 250ms
2 clients, 2 calls defined: s.lua is fine
"""


@pytest.mark.parametrize("load, words", [
    ('"5 at once"', "5 at once"), ("{ users = 50, over = 300 }", "50 users for 5m"),
    ("{ { users = { 0, 50 }, over = 60 }, { pause = 5 } }", "0..50 users over 1m, pause 5s"),
    ('{ { rate = 5, over = 1, arrivals = "poisson" }, { rate = 5, over = 1 } }', "5 starts/s for 1s, 5 starts/s for 1s, partly poisson"),
])  # fmt: skip
def test_check_says_the_load(weir, tmp_path, load, words):
    (tmp_path / "s.lua").write_text(f"return weir.scenario {{ user = print, load = {load} }}")
    done = weir("check", "s.lua")
    assert done.stdout == f"scenario\n  load: {words}\n0 clients, 0 calls defined: s.lua is fine\n"


def test_check_finds_what_run_would_find(weir, tmp_path):
    for text, sentence in (
        ("return weir.scenario { user = print, thresholds = { 'fialed < 1%' } }", "threshold 'fialed < 1%'"),
        ("return weir.scenario { usr = print }", "s.lua:1: weir.scenario has no key 'usr'; did you mean 'user'?"),
        ("local x = (", "s.lua:1: "),
    ):
        (tmp_path / "s.lua").write_text(text)
        for command in ("check", "run"):
            done = weir(command, "s.lua")
            assert (done.returncode, done.stdout) == (2, ""), (command, text)
            assert sentence in done.stderr


def test_check_reads_settings(weir, tmp_path):
    (tmp_path / "s.lua").write_text('local x = weir.env("X", 1) return weir.scenario { user = print }')
    assert weir("check", "s.lua", "-e", "X=2").returncode == 0
    assert weir("check", "s.lua", "-e", "X=two").returncode == 2
    assert weir("check", "s.lua", "-e", "Y=2").returncode == 2


def test_check_wants_one_file(weir):
    assert weir("check").returncode == 2
    assert weir("check", "a.lua", "b.lua").returncode == 2
    assert weir("check", "absent.lua").returncode == 1
    assert "--help" in weir("check", "--help").stdout


def test_new_writes_a_file_that_runs_as_it_stands(weir, script, target, tmp_path):
    done = weir("new", "mine.lua")
    assert done.returncode == 0
    assert done.stdout == "mine.lua is there; try: weir check mine.lua, then weir run mine.lua\n"
    text = (tmp_path / "mine.lua").read_text()
    assert weir("check", "mine.lua").returncode == 0
    done = script(target, text, "-c", 2, "-n", 6)
    assert done.ledger == {"started": 12, "ok": 12}
    assert sum(done.checks["quick"]) == 6 and done.checks["/message == pong"] == (6, 0)


def test_new_never_writes_over_a_file(weir, tmp_path):
    (tmp_path / "mine.lua").write_text("precious")
    done = weir("new", "mine.lua")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "weir: mine.lua is there already; weir new does not write over it\n"
    assert (tmp_path / "mine.lua").read_text() == "precious"
    done = weir("new", "absent/mine.lua")
    assert (done.returncode, done.stderr) == (1, "weir: cannot write absent/mine.lua: No such file or directory\n")


def test_the_first_line_says_the_model(script, recorder):
    text = 'return weir.scenario {{ user = function() http:get "/" end, load = {} }}'
    server = recorder()
    assert script(server, text.format('"20 for 100ms"')).out.startswith("open model: 20 starts/s for 100ms, uniform, ")
    assert script(server, text.format('"2 users for 100ms"')).out.startswith("closed model: 2 users for 100ms\n")
    done = script(server, text.format('{ rate = 20, over = 0.1, arrivals = "poisson" }'))
    assert done.out.startswith("open model: 20 starts/s for 100ms, poisson, ")


def test_each_scenario_of_a_plan_has_its_line(script, recorder):
    text = """local function go() http:get "/" end
return weir.plan { weir.scenario { name = "a", user = go, load = "2 at once" }, weir.scenario { name = "b", user = go, load = "1 user for 50ms" } }"""
    lines = script(recorder(), text).out.splitlines()
    assert lines[0].startswith("a: open model: 2 at once") and lines[1].startswith("b: closed model: 1 user for 50ms")
    assert lines[2].startswith("s.lua http://127.0.0.1:")


def test_json_says_the_command(script, recorder):
    done = script(recorder(), 'return weir.scenario { user = function() http:get "/" end }')
    assert done.summary["run"]["command"] == "run"


@pytest.mark.parametrize("words, code", [([], 2), (["a.lua", "b.lua"], 2), (["--nonsense", "s.lua"], 2), (["-e", "s.lua"], 2)])
def test_wrong_usage_of_run(weir, words, code):
    done = weir("run", *words)
    assert (done.returncode, done.stdout) == (code, "")


def test_memory_has_a_least(weir):
    done = weir("run", "s.lua", "--script-memory", "1kB")
    assert (done.returncode, done.stderr) == (2, "weir: --script-memory: a scenario needs 1 MB at least\n")
