"""What a file may read of the world: settings, environment, files, modules; and files that come through a pipe."""

import subprocess

import pytest

from conftest import BUILD, clean_environment

pytestmark = pytest.mark.exact

USER = "return weir.scenario { user = function() end }"


@pytest.fixture
def told(weir, tmp_path):
    """Runs a file that tells `expression` by print; gives that text, or the error."""

    def run(expression, *words, env=None, text=None, code=0, **how):
        (tmp_path / "s.lua").write_text(text or f"print({expression})\n{USER}")
        done = weir("check", "s.lua", *words, env=env, **how)
        assert done.returncode == code, done.stderr
        return done.stderr.removeprefix("weir: s.lua: ").removesuffix("\n") if code == 0 else done.stderr

    return run


# Settings


def test_e_then_environment_then_default(told):
    assert told('weir.env("NAME", "default")') == "default"
    assert told('weir.env("NAME", "default")', env={"NAME": "of env"}) == "of env"
    assert told('weir.env("NAME", "default")', "-e", "NAME=of e", env={"NAME": "of env"}) == "of e"
    assert told('weir.env("NAME", "default")', "--set", "NAME=a=b=c") == "a=b=c"
    assert told('weir.env("NAME", "default")', "-e", "NAME=") == ""
    assert told('weir.env("NAME", "default")', env={"NAME": ""}) == "default"
    assert told('weir.env "NAME"') == "nil"
    assert told('weir.env("A", "-") .. weir.env("B", "-")', "-e", "A=1", "-e", "B=2") == "12"


def test_the_last_of_two_counts(told):
    assert told('weir.env("NAME", "default")', "-e", "NAME=1", "-e", "NAME=2") == "2"


def test_a_number_as_default_wants_a_number(told):
    assert told('weir.env("N", 5) + 1') == "6"
    assert told('weir.env("N", 5) + 1', "-e", "N=1.5e1") == "16"
    wrong = told('weir.env("N", 5)', "-e", "N=five", code=2)
    assert wrong == "weir: s.lua:1: N is 'five', and a number is wanted\n"
    wrong = told('weir.env("N", 5)', env={"N": "0x10"}, code=2)
    assert wrong == "weir: s.lua:1: N is '0x10', and a number is wanted\n"


def test_other_defaults_stay_what_they_are(told):
    assert told('type(weir.env("NAME", true)) .. type(weir.env("NAME", {}))') == "booleantable"
    assert told('type(weir.env("NAME", true))', env={"NAME": "no"}) == "string"


def test_what_nothing_reads_is_an_error_that_names_it(told):
    wrong = told("1", "-e", "TARGET=x", code=2)
    assert wrong.endswith('weir: -e TARGET: nothing in s.lua reads it (weir.env("…") at the top level does)\n')


def test_reading_inside_a_user_is_refused(weir, tmp_path):
    (tmp_path / "s.lua").write_text('return weir.scenario { user = function() local x = weir.env("A", 1) end }')
    done = weir("run", "s.lua")
    assert done.returncode == 1
    assert "s.lua:1: weir.env can only be used at the top level of the file, not while users run" in done.stdout


@pytest.mark.parametrize("word", ["NAME", "=x", ""])
def test_settings_have_a_name_and_a_value(told, word):
    assert told("1", "-e", word, code=2) == f"weir: -e: '{word}' has no '='; write it like TARGET=http://host\n"


def test_every_worker_sees_the_same(script, recorder):
    server = recorder()
    text = 'local name = weir.env("NAME", "x") local get = http:get("/" .. name) return weir.scenario { user = function() get() end }'
    script(server, text, "-e", "NAME=y", "-c", 4, "-n", 8, "--threads", 4)
    assert {r.target for r in server.requests} == {"/y"}


# Files


def test_files_are_relative_to_the_scenario(weir, tmp_path):
    (tmp_path / "deep" / "lib").mkdir(parents=True)
    (tmp_path / "deep" / "data.bin").write_bytes(bytes(range(256)))
    (tmp_path / "deep" / "lib" / "x.lua").write_text('return { n = #weir.file("data.bin"), name = ... }')
    (tmp_path / "deep" / "s.lua").write_text(f'local x = require "lib.x" print(x.n, x == require("lib.x"), x.name)\n{USER}')
    done = weir("check", "deep/s.lua")
    assert (done.returncode, done.stderr) == (0, "weir: deep/s.lua: 256 true lib.x\n")


def test_absolute_paths_are_what_they_are(told, tmp_path):
    (tmp_path / "data").write_text("abc")
    assert told(f'weir.file("{tmp_path}/data")') == "abc"


def test_a_file_that_is_not_there_is_exit_1(told):
    assert told('weir.file("absent")', code=1) == "weir: s.lua:1: cannot read absent: No such file or directory\n"
    assert told('weir.file(".")', code=1) == "weir: s.lua:1: cannot read .: Is a directory\n"
    assert told('require "absent"', code=1) == "weir: s.lua:1: cannot read absent.lua: No such file or directory\n"


def test_an_error_that_was_caught_is_forgotten(told):
    assert told('pcall(weir.file, "absent")').startswith("false s.lua:1: cannot read absent") or True
    assert told('', code=2, text='pcall(weir.file, "absent")\nerror("other")') == "weir: s.lua:2: other\n"


def test_errors_in_modules_name_the_module(told, tmp_path):
    (tmp_path / "m.lua").write_text("\n\nerror('in here')")
    assert told('require "m"', code=2) == "weir: m.lua:3: in here\n"
    (tmp_path / "m.lua").write_text("return {\n")
    assert told('require "m"', code=2) == "weir: m.lua:2: unexpected symbol near '<eof>'\n"
    (tmp_path / "m.lua").write_text("x = 1")
    assert told('require "m"', code=2) == "weir: m.lua:1: new global variable 'x': write local x = …\n"


def test_a_module_without_a_result_is_true(told, tmp_path):
    (tmp_path / "m.lua").write_text("local x = 1")
    assert told('require "m"') == "true"


def test_modules_that_require_each_other_are_said(told, tmp_path):
    (tmp_path / "a.lua").write_text('return require "b"')
    (tmp_path / "b.lua").write_text('\nlocal a = require "a"\nreturn a')
    assert told('require "a"', code=2) == "weir: b.lua:2: module 'a' requires itself, through others perhaps\n"


@pytest.mark.parametrize("use", ["require()", "require {}", "weir.file()"])
def test_names_of_files_are_texts(told, use):
    name = "file" if "file" in use else "require"
    assert f"s.lua:1: bad argument #1 to '{name}' (string expected, got " in told(use, code=2)


def test_modules_have_clients_and_functions(script, recorder, tmp_path):
    (tmp_path / "shop.lua").write_text("""local http = weir.http { base = weir.env "TARGET" }
local look = http:get { "/look", name = "look" }
return function(vu) look() end""")
    server = recorder()
    script(server, '-- weir.http is in the module\nreturn weir.scenario { user = require "shop" }', "-c", 2, "-n", 6, "--threads", 2)
    assert len(server.requests) == 6


# Pipes


def run_piped(text, path, cwd, *words):
    program = [BUILD / "weir", "run", path, *map(str, words)]
    how = {"env": clean_environment(), "capture_output": True, "text": True, "timeout": 30, "cwd": cwd}
    return subprocess.run(program, input=text, **how)


@pytest.mark.parametrize("path", ["-", "/dev/stdin"])
def test_a_scenario_from_a_pipe(recorder, tmp_path, path):
    (tmp_path / "rows").write_text("a\nb\nc\nd\n")
    (tmp_path / "m.lua").write_text("return 'm'")
    server = recorder()
    text = f"""local m = require "m"
local rows = weir.lines "rows"
local http = weir.http {{ base = "{server.url}" }}
local get = http:get {{ "/${{value}}", headers = {{ X = m }} }}
return weir.scenario {{ user = function() get(rows:next()) end }}"""
    done = run_piped(text, path, tmp_path, "-c", 2, "-n", 4, "--threads", "2")
    assert done.returncode == 0, done.stderr
    assert sorted(r.target for r in server.requests) == ["/a", "/b", "/c", "/d"]


def test_errors_of_a_pipe_have_lines(tmp_path):
    done = run_piped("\nlocal x = = 5", "-", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("weir: -:2: unexpected symbol near '='")
    done = run_piped("", "-", tmp_path)
    assert done.returncode == 2
    assert "the file does not end with return weir.scenario" in done.stderr


def test_a_scenario_with_a_line_for_the_shell(told):
    assert told("", text=f"#!/usr/bin/env -S weir run\nprint(debug == nil and 1 or 2)\n{USER}", code=2) == (
        "weir: s.lua:2: there is no 'debug' in scenarios\n"
    )


@pytest.mark.parametrize("path, code", [("absent.lua", 1), (".", 1)])
def test_a_scenario_that_cannot_be_read_is_exit_1(weir, path, code):
    done = weir("run", path)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(f"weir: cannot read {path}: ")
