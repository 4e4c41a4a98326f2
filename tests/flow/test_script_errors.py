"""Mistakes in scenario files: each is a sentence with file and line; nothing is ignored, nothing measured is lost."""

import pytest

pytestmark = pytest.mark.exact


@pytest.fixture
def refused(weir, tmp_path):
    """Reads a file that must be refused; gives the sentence."""

    def run(text, code=2):
        (tmp_path / "s.lua").write_text(text) if isinstance(text, str) else (tmp_path / "s.lua").write_bytes(text)
        done = weir("run", "s.lua")
        assert (done.returncode, done.stdout) == (code, ""), done.stderr
        assert done.stderr.startswith("weir: ") and done.stderr.count("\n") == 1
        return done.stderr.removeprefix("weir: ").removesuffix("\n")

    return run


@pytest.mark.parametrize("text, sentence", [
    ("local x = (1 + ", "s.lua:1: unexpected symbol near '<eof>'"),
    ("\n\nlocal function f(\nend", "s.lua:4: <name> or '...' expected near 'end'"),
    ("if true then", "s.lua:1: 'end' expected near '<eof>'"),
    ('local s = "abc', "s.lua:1: unfinished string near '<eof>'"),
    ("goto nowhere", "s.lua:1: undefined label 'nowhere'"),
    ("return 1 return 2", "s.lua:1: '<eof>' expected near 'return'"),
])  # fmt: skip
def test_syntax(refused, text, sentence):
    assert refused(text) == sentence


@pytest.mark.parametrize("text, sentence", [
    ("\nlocal x = nil + 1", "s.lua:2: attempt to perform arithmetic on a nil value"),
    ("\nlocal t = nil\nt.x = 1", "s.lua:3: attempt to index local 't' (a nil value)"),
    ("\nerror('as I say')", "s.lua:2: as I say"),
    ("\nerror('as I say', 0)", "s.lua:2: as I say"),
    ("\nerror()", "s.lua:2: error(nil)"),
    ("\nerror(nil)", "s.lua:2: error(nil)"),
    ("\nerror({})", "s.lua:2: error(…) was given a table, not a text"),
    ("\nerror(setmetatable({}, { __tostring = error }))", "s.lua:2: error(…) was given a table, not a text"),
    ("\nerror(print)", "s.lua:2: error(…) was given a function, not a text"),
    ("\nerror(5)", "s.lua:2: 5"),
    ("\nassert(false)", "s.lua:2: assertion failed!"),
    ("\nassert(nil, 'wanted')", "s.lua:2: wanted"),
    ("\nlocal function f() return f() + 1 end f()", "s.lua:2: stack overflow"),
    ("\nlocal x = ('x'):rep(2e9)", "s.lua:2: the script needs more memory than its state may have"),
    ("\ncoroutine.yield()", "s.lua:2: attempt to yield across C-call boundary"),
    ("\ncoroutine.wrap(function() error('inside') end)()", "s.lua:2: s.lua:2: inside"),
])  # fmt: skip
def test_errors_of_the_top_level(refused, text, sentence):
    got = refused(text)
    assert got.startswith(sentence) or "C-call" in sentence


@pytest.mark.parametrize("text, sentence", [
    ("\nx = 1", "s.lua:2: new global variable 'x': write local x = …"),
    ("\nprint(usres)", "s.lua:2: unknown variable 'usres'"),
    ("\nprnt(1)", "s.lua:2: unknown variable 'prnt'; did you mean 'print'?"),
    ("\nwier.sleep(1)", "s.lua:2: unknown variable 'wier'; did you mean 'weir'?"),
    ("\nlocal x = weir.htp {}", "s.lua:2: weir has no 'htp'; did you mean 'http'?"),
    ("\nweir.sleep = 5", "s.lua:2: weir.sleep cannot be set"),
    ("\nweir.is.x = 5", "s.lua:2: weir.x cannot be set"),
    ("\nlocal x = weir[1]", "s.lua:2: weir has no '1'"),
    ("\nlocal x = weir.sql {}", "s.lua:2: 'sql' is not in this version of weir"),
])  # fmt: skip
def test_names_that_nobody_knows(refused, text, sentence):
    assert refused(text) == sentence


@pytest.mark.parametrize("name", ["io", "debug", "ffi", "package", "dofile", "loadfile", "load", "loadstring", "newproxy", "collectgarbage", "getfenv", "setfenv", "module"])
def test_what_would_stop_or_leave_the_loop_is_not_there(refused, name):
    sentence = refused(f"\nlocal x = {name}")
    assert sentence.startswith(f"s.lua:2: there is no '{name}' in scenarios")


@pytest.mark.parametrize("use", ["os.exit(0)", "os.execute('true')", "os.getenv('HOME')", "os.remove('x')", "os.rename('a', 'b')", "os.setlocale('C')", "os.tmpname()"])
def test_os_has_only_clocks(refused, use):
    name = use[3:].split("(")[0]
    assert refused(f"\n{use}\nlocal x") == f"s.lua:2: attempt to call field '{name}' (a nil value)"


def test_clocks_and_libraries_are_there(once, recorder):
    once(recorder(), """
assert(os.time() > 1.7e9 and os.clock() >= 0 and os.date("!%Y", 0) == "1970" and os.difftime(2, 1) == 1)
assert(bit.band(6, 3) == 2 and math.floor(1.5) == 1 and ("x"):rep(3) == "xxx" and table.concat({ 1, 2 }) == "12")
assert(coroutine.wrap(function() coroutine.yield(5) end)() == 5)
assert(select("#", 1, 2) == 2 and #{ 1, 2 } == 2 and type(next) == "function" and tonumber("5") == 5)
assert(not pcall(error) and rawequal(1, 1) and rawget({ a = 1 }, "a") == 1)
""")  # fmt: skip


def test_bytecode_is_refused(refused, tmp_path):
    assert refused(b"\x1bLJ\x02\x02\x00") == "s.lua: this is Lua's bytecode; scenarios are read as text"


def test_bytecode_can_be_made_and_not_run(once, recorder):
    once(recorder(), 'local code = string.dump(function() end) assert(#code > 0) assert(not pcall(function() return load end))')


def test_an_empty_file_or_one_without_a_result(refused):
    wanted = "the file does not end with return weir.scenario { user = function(vu) … end }"
    assert refused("") == f"s.lua:1: {wanted}"
    assert refused("\n-- nothing") == f"s.lua:1: {wanted}"
    assert refused("local x = 1").endswith(wanted)
    assert refused("return {}").endswith(wanted)


def test_bytes_that_are_no_text(refused):
    assert refused(b"\x00\xff\xfe").startswith("s.lua:1: unexpected symbol")
    assert refused(b"\xef\xbb\xbfreturn 1").endswith("does not end with return weir.scenario { user = function(vu) … end }")


def test_long_paths_are_shortened_to_the_name(weir, tmp_path):
    folder = tmp_path / ("deep" * 30)
    folder.mkdir()
    (folder / "s.lua").write_text("\nerror('x')")
    assert weir("run", folder / "s.lua").stderr == "weir: s.lua:2: x\n"


# In users


@pytest.mark.parametrize("body, sentence", [
    ("\nlocal x = nil + 1", "s.lua:2: attempt to perform arithmetic on a nil value"),
    ("\nerror('as I say')", "s.lua:2: as I say"),
    ("\nerror(nil)", "in the function at s.lua:1: error(nil)"),
    ("\nerror({ code = 5 })", "in the function at s.lua:1: error(…) was given a table, not a text"),
    ("\nerror(setmetatable({}, { __tostring = error }))", "in the function at s.lua:1: error(…) was given a table, not a text"),
    ("\nx = 1", "s.lua:2: new global variable 'x': write local x = …"),
    ("\nprnt(1)", "s.lua:2: unknown variable 'prnt'; did you mean 'print'?"),
    ("\nlocal function f() return f() + 1 end f()", "in the function at s.lua:1: stack overflow"),
    ("\nlocal s = {} for i = 1, 1e9 do s[i] = ('x'):rep(1e6) .. i end", "in the function at s.lua:1: the script needs more memory than its state may have"),
    ("\nlocal s = ('x'):rep(2e9)", "in the function at s.lua:1: the script needs more memory than its state may have"),
    ("\ncoroutine.yield(1)", "in the function at s.lua:1: coroutine.yield outside of a coroutine of the script's own"),
    ("\nvu.x.y = 1", "s.lua:2: attempt to index field 'x' (a nil value)"),
])  # fmt: skip
def test_errors_of_users_end_the_iteration_alone(script, recorder, body, sentence):
    text = f'return weir.scenario {{ user = function(vu) http:get "/" if vu.iteration == 1 then {body} end http:get "/" end }}'
    done = script(recorder(), text, "-c", 1, "-n", 3, "--script-memory", "50MB", errors=1)
    assert list(done.script_errors)[0].startswith(sentence)
    assert done.ledger == {"started": 5, "ok": 5}
    assert done.iterations == {"planned": 3, "started": 3, "completed": 2, "script_error": 1}


WAITS = {
    "sort": "table.sort({ 3, 1, 2 }, function(a, b) wait() return a < b end)",
    "gsub": '("abc"):gsub(".", function() wait() end)',
    "concat": "local x = setmetatable({}, { __lt = function() wait() return true end }) table.sort { x, x, x }",
}


@pytest.mark.parametrize("how", WAITS)
@pytest.mark.parametrize("wait", ['http:get "/"', "weir.sleep(0.01)", "weir.pace(1)", "rows:next()", 'weir.stop "x"', 'weir.fail "x"'])
def test_waiting_where_nothing_can_wait_is_said(once, recorder, how, wait):
    before = f"local rows = weir.rows(function() return nil end) local function wait() {wait} end"
    done = once(recorder(), WAITS[how], before=before, code=1, errors=1)
    (sentence,) = done.script_errors
    assert "a call or a sleep cannot wait in here: not inside table.sort, string.gsub, a check or" in sentence
    assert sentence.startswith("s.lua:1: ")


def test_waiting_works_in_pcall_metamethods_iterators_and_coroutines_give_a_sentence(once, recorder):
    done = once(recorder(), """
assert(pcall(function() http:get "/a" weir.sleep(0.001) return true end))
local t = setmetatable({}, { __index = function() return (http:get "/b").status end, __add = function() return (http:get "/c").status end, __call = function() return (http:get "/d").status end })
assert(t.x == 200 and t + 1 == 200 and t() == 200)
for r in function() return http:get "/e" end do assert(r.ok) break end
tostring(setmetatable({}, { __tostring = function() http:get "/h" return "" end }))
table.foreach({ 1 }, function() http:get "/i" end)
assert(xpcall(function() http:get "/f" return true end, print))
local ok, why = coroutine.resume(coroutine.create(function() http:get "/g" end))
assert(not ok and why:find("a call cannot be used within a check or a coroutine of the script's own", 1, true), why)
""")  # fmt: skip
    assert done.ledger == {"started": 8, "ok": 8}


def test_a_pcall_keeps_an_error_from_ending_the_iteration(once, recorder):
    once(recorder(), """
local ok, why = pcall(http.get, http, { "/", nme = "x" })
assert(not ok and why:find("has no key 'nme'; did you mean 'name'?", 1, true), why)
ok, why = pcall(table.sort, { 2, 1 }, function() http:get "/" end)
assert(not ok)
assert((http:get "/").ok)
""")  # fmt: skip


def test_errors_in_the_last_statement_have_a_place_too(script, recorder):
    text = """local get = http:get { "/${x}", name = "look" }
return weir.scenario { user = function(vu)
  return get()
end }"""
    done = script(recorder(), text, code=1, errors=1)
    (sentence,) = done.script_errors
    assert sentence == "in the function at s.lua:2: look: ${x} is not set: neither the call's variables nor vu have it"


@pytest.mark.parametrize("where, line", [("on_start", 2), ("user", 4), ("on_stop", 6)])
def test_the_function_is_the_one_that_ran(script, recorder, where, line):
    bodies = {w: 'return get()' if w == where else "return" for w in ("on_start", "user", "on_stop")}
    text = f"""local get = http:get {{ "/${{x}}", name = "look" }} return weir.scenario {{
on_start = function() {bodies["on_start"]}
end,
user = function() {bodies["user"]}
end,
on_stop = function() {bodies["on_stop"]}
end }}"""
    done = script(recorder(), text, code=(0, 1), errors=int(where != "on_stop"))
    assert list(done.script_errors) == [f"in the function at s.lua:{line}: look: ${{x}} is not set: neither the call's variables nor vu have it"]
