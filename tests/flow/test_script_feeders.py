"""Data files and lists as rows for users: formats, modes, who gets which row, what happens when none is left."""

import collections

import pytest

pytestmark = pytest.mark.exact

READER = """local rows = {rows}
local get = http:get "/${{value}}"
return weir.scenario {{ user = function(vu) get(rows:next()) end }}"""


@pytest.fixture
def given(script, recorder, tmp_path):
    """Runs users that each take a row a time; gives the values that they sent, in the order of arrival."""

    def run(rows, *words, lines=None, **how):
        if lines is not None:
            (tmp_path / "data").write_text("".join(f"{x}\n" for x in lines))
        server = recorder()
        done = script(server, READER.format(rows=rows), *words, **how)
        assert len(server.requests) == done.ledger.get("ok", 0)
        return [r.target[1:] for r in server.requests], done

    return run


# Modes


def test_a_queue_gives_each_row_once_in_order_and_ends_the_scenario(given):
    values, done = given('weir.lines "data"', "-c", 1, "-d", 10, lines=range(20))
    assert values == [str(i) for i in range(20)]
    assert done.iterations == {"planned": 21, "started": 21, "completed": 20, "interrupted": 1}
    assert "no rows are left in data" in done.out
    assert done.summary["run"]["duration_s"] < 5


@pytest.mark.parametrize("mode", ["queue", "shuffle"])
@pytest.mark.parametrize("threads", [1, 2, 4])
def test_no_row_is_used_twice_by_any_number_of_workers(given, mode, threads):
    rows = f'weir.lines {{ "data", mode = "{mode}" }}'
    values, done = given(rows, "-c", 8, "-d", 20, "--threads", threads, lines=range(500))
    assert sorted(map(int, values)) == list(range(500))
    assert done.summary["run"]["threads"] == threads
    assert done.iterations["completed"] == 500
    assert 1 <= done.iterations["interrupted"] <= 8
    assert done.iterations["planned"] == done.iterations["started"]


@pytest.mark.parametrize("model", [["-r", 300, "-d", 20], ["--stages", "600 at once"]])
def test_an_empty_queue_ends_an_open_plan_where_it_is(given, model):
    values, done = given('weir.lines "data"', *model, lines=range(100))
    assert len(values) == 100
    book = done.iterations
    assert book["completed"] == 100
    assert book["planned"] == book["started"] + book.get("skipped", 0)
    assert done.summary["run"]["duration_s"] < 5


def test_a_shuffle_follows_the_seed_whatever_the_threads(given):
    seen = []
    for threads in (1, 3):
        rows = 'weir.lines { "data", mode = "shuffle" }'
        values, _ = given(rows, "--stages", "200 at once", "--seed", 7, "--threads", threads, lines=range(200))
        assert sorted(map(int, values)) == list(range(200))
        seen.append(values)
    assert seen[0] != [str(i) for i in range(200)]
    other, _ = given('weir.lines { "data", mode = "shuffle" }', "-c", 1, "-n", 200, "--seed", 8)
    mine, _ = given('weir.lines { "data", mode = "shuffle" }', "-c", 1, "-n", 200, "--seed", 7)
    assert mine != other


@pytest.mark.parametrize("threads", [1, 3])
def test_circular_begins_again_at_the_end(given, threads):
    rows = 'weir.lines { "data", mode = "circular" }'
    values, _ = given(rows, "-c", 3, "-n", 30, "--threads", threads, lines=range(10))
    counts = collections.Counter(map(int, values))
    if threads == 1:
        assert set(counts.values()) == {3}
    assert sum(counts.values()) == 30 and set(counts) <= set(range(10))


def test_random_rows_come_as_often_as_they_come_and_repeat_with_the_seed(given):
    rows = 'weir.lines { "data", mode = "random" }'
    values = [given(rows, "-c", 4, "-n", 400, "--seed", seed, "--threads", t, lines=range(10))[0] for seed, t in ((1, 1), (1, 3), (2, 1))]
    counts = [collections.Counter(v) for v in values]
    assert counts[0] == counts[1] and counts[0] != counts[2]
    assert set(counts[0]) == {str(i) for i in range(10)}
    assert max(counts[0].values()) < 80


def test_only_that_scenario_ends(script, recorder, tmp_path):
    (tmp_path / "data").write_text("a\nb\n")
    server = recorder()
    text = """local rows = weir.lines "data"
local get, other = http:get { "/${value}", name = "fed" }, http:get { "/other", name = "other" }
return weir.plan {
  weir.scenario { name = "fed", user = function() get(rows:next()) end, load = { users = 1, over = "10s" } },
  weir.scenario { name = "other", user = function() other() end, load = { count = 10, over = "1s" } },
}"""
    done = script(server, text)
    assert done.series("fed")["count"] == 2
    assert done.series("other")["count"] == 10
    assert done.summary["run"]["duration_s"] < 3


def test_two_feeders_of_one_file_have_places_of_their_own(given):
    values, _ = given("{ next = (function() local a, b = weir.lines 'data', weir.lines 'data' return function() "
                      "return { value = a:next().value .. b:next().value } end end)() }", "-c", 1, "-n", 3, lines="abc")  # fmt: skip
    assert values == ["aa", "bb", "cc"]


# Formats


def columns(once, recorder, tmp_path, name, data, rows, body):
    (tmp_path / name).write_bytes(data)
    once(recorder(), f"local r = rows:next() {body}", before=f"local rows = {rows}")


def test_csv_rows_go_by_their_columns(once, recorder, tmp_path):
    data = b'\xef\xbb\xbfuser,"pass word",note\r\n"o""hara, ann",x,"two\nlines"\r\n\r\nbob,,\r\n'
    columns(once, recorder, tmp_path, "f.csv", data, 'weir.csv "f.csv"', """
assert(r.user == 'o"hara, ann' and r["pass word"] == "x" and r.note == "two\\nlines")
r = rows:next()
assert(r.user == "bob" and r["pass word"] == "" and r.note == "" and r.absent == nil)
""")  # fmt: skip


def test_json_lines_keep_their_kinds(once, recorder, tmp_path):
    data = b'{"s":"a\\u00e4","n":1.5,"t":true,"z":null,"l":[1,{"x":[]}],"o":{}}\n\n{"s":2}\n'
    columns(once, recorder, tmp_path, "f.jsonl", data, 'weir.jsonl { "f.jsonl", mode = "circular" }', """
assert(r.s == "aä" and r.n == 1.5 and r.t == true and r.z == weir.null)
assert(r.l[1] == 1 and type(r.l[2].x) == "table" and next(r.o) == nil)
assert(rows:next().s == 2 and rows:next().n == 1.5)
""")  # fmt: skip


def test_rows_are_variables_of_calls(once, recorder, tmp_path):
    (tmp_path / "f.jsonl").write_text('{"id":7,"list":[1,2],"none":null}\n')
    server = recorder()
    before = 'local rows = weir.jsonl "f.jsonl" local post = http:post { "/${id}", json = { l = "${json:list}", z = "${json:none}" } }'
    once(server, "post(rows:next())", before=before)
    assert (server.requests[0].target, server.requests[0].body) == ("/7", b'{"l":[1,2],"z":null}')


def test_rows_of_a_list(once, recorder):
    once(recorder(), """
local seen = {}
for _ = 1, 3 do local r = rows:next() seen[r.n] = true end
assert(seen[1] and seen[2] and seen[3])
""", before='local rows = weir.rows { { n = 1 }, { n = 2 }, { n = 3 }, mode = "shuffle" }')  # fmt: skip


def test_rows_of_a_function_end_with_nil(given):
    rows = "weir.rows((function() local n = 0 return function() n = n + 1 if n < 4 then return { value = n } end end end)())"
    values, done = given(rows, "-c", 1, "-d", 10)
    assert values == ["1", "2", "3"]
    assert "no rows are left in weir.rows" in done.out


def test_a_feeder_can_be_read_through_a_path_elsewhere(weir, script, recorder, tmp_path):
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "data").write_text("x\n")
    server = recorder()
    script(server, READER.format(rows=f'weir.lines "{tmp_path}/far/data"'))
    script(server, READER.format(rows='weir.lines "far/data"'))
    assert [r.target for r in server.requests] == ["/x", "/x"]


# Mistakes


@pytest.mark.parametrize("rows, data, code, sentence", [
    ('weir.csv "data"', "a,b\n1,2\n3\n", 2, "data:3: 1 value for 2 columns"),
    ('weir.csv "data"', 'a,b\n1,"2\n', 2, "data:2: a quote is opened and never closed"),
    ('weir.csv "data"', "a,a\n1,2\n", 2, "data:1: two columns are called 'a'"),
    ('weir.csv "data"', "", 2, "data is empty: its first line names the columns"),
    ('weir.csv "data"', "a,b\n", 2, "data has no rows"),
    ('weir.jsonl "data"', '{"a":1}\n[1]\n', 2, "data:2: each line holds an object, this is an array"),
    ('weir.jsonl "data"', '{"a":tru}\n', 2, "data:1: no JSON object of one line: byte 6: a word is none of true, false, null"),
    ('weir.lines "data"', "", 2, "data has no rows"),
    ('weir.lines "absent"', "", 1, "cannot read absent: No such file or directory"),
    ('weir.lines { "data", mode = "quue" }', "x", 2, "mode: 'quue' is no mode; did you mean 'queue'?"),
    ('weir.lines { "data", mod = "queue" }', "x", 2, "weir.lines has no key 'mod'; did you mean 'mode'?"),
    ('weir.lines { "data", "more" }', "x", 2, "weir.lines: there is no place for value 2 without a key"),
    ("weir.lines {}", "x", 2, 'weir.lines begins with a file: weir.lines { "rows", mode = "queue" }'),
    ("weir.lines(5)", "x", 2, 'weir.lines begins with a file: weir.lines { "rows", mode = "queue" }'),
    ("weir.lines()", "x", 2, 'weir.lines begins with a file: weir.lines { "rows", mode = "queue" }'),
    ("weir.rows {}", "x", 2, "weir.rows is empty"),
    ('weir.rows { {}, mod = "queue" }', "x", 2, "weir.rows has no key 'mod'; did you mean 'mode'?"),
    ("weir.rows { {}, nil, {} , nil, nil, {} }", "x", 2, "weir.rows has a gap"),
    ('weir.rows "data"', "x", 2, "bad argument #1 to 'rows' (table expected, got string)"),
    ('weir.sql { "x" }', "x", 2, "'sql' is not in this version of weir"),
])  # fmt: skip
def test_what_is_no_feeder_is_said_when_the_file_is_read(weir, tmp_path, rows, data, code, sentence):
    (tmp_path / "data").write_text(data)
    (tmp_path / "s.lua").write_text(f"\nlocal rows = {rows}\n")
    done = weir("run", "s.lua")
    assert (done.returncode, done.stdout) == (code, "")
    assert f"s.lua:2: {sentence}" in done.stderr


@pytest.mark.parametrize("use, sentence", [
    ("rows:nxt()", "weir.Feed has no 'nxt'; did you mean 'next'?"),
    ("rows.next()", "a weir.Feed is wanted here, not nothing: is it called with ':'?"),
    ('weir.lines "data"', "weir.lines can only be used at the top level of the file, not while users run"),
])  # fmt: skip
def test_mistakes_of_users_are_said(once, recorder, tmp_path, use, sentence):
    (tmp_path / "data").write_text("x\n")
    done = once(recorder(), use, before='local rows = weir.lines "data"', code=1, errors=1)
    assert f"s.lua:1: {sentence}" in done.out


def test_rows_are_for_users(weir, tmp_path):
    (tmp_path / "data").write_text("x\n")
    (tmp_path / "s.lua").write_text('local rows = weir.lines "data"\nrows:next()\n')
    done = weir("run", "s.lua")
    assert done.returncode == 2
    assert "s.lua:2: the next row can only be used while a user runs, not at the top level of the file" in done.stderr


def test_a_function_of_rows_cannot_wait(once, recorder):
    before = "local rows = weir.rows(function() weir.sleep(1) return {} end)"
    done = once(recorder(), "rows:next()", before=before, code=1, errors=1)
    assert "a call or a sleep cannot wait in here: not inside table.sort, string.gsub" in done.out


def test_ten_thousand_rows_and_three_drivers_worth_of_workers(given):
    values, _ = given('weir.csv { "data", mode = "queue" }', "-c", 64, "-d", 30, "--threads", 3, lines=["value", *range(10_000)], log=False)
    assert sorted(map(int, values)) == list(range(10_000))
