"""share/weir/weir.lua, the annotations for editors: what they name is there."""

import re

import pytest

from conftest import ROOT

pytestmark = pytest.mark.exact

TEXT = (ROOT / "share/weir/weir.lua").read_text()
FIELDS = {
    name: re.findall(r"^---@field (\w+) ", block, re.M)
    for name, block in re.findall(r"^---@class weir\.(\w+)\n((?:---.*\n)*)", TEXT, re.M)
}


def test_the_file_in_the_tree_is_that_of_the_tables(weir):
    assert weir("help", "--lua").stdout == TEXT, "run: build/weir help --lua > share/weir/weir.lua"


def test_it_is_lua(weir, tmp_path):
    (tmp_path / "s.lua").write_text(TEXT)
    done = weir("check", "s.lua")
    assert "the file does not end with return weir.scenario" in done.stderr  # it was read to its end


def test_every_type_that_is_named_is_defined():
    named = set(re.findall(r"\bweir\.([A-Z]\w*)", TEXT))
    assert named == {name for name in FIELDS if name[0].isupper()}


def test_every_function_of_weir_is_there(weir, tmp_path):
    names = re.findall(r"^function (weir\.[\w.]+)\(", TEXT, re.M) + ["weir.null"]
    assert {"weir.http", "weir.group", "weir.is.json"} <= set(names)
    (tmp_path / "s.lua").write_text(f"local _ = {{ {', '.join(names)} }} return weir.scenario {{ user = print }}")
    assert weir("check", "s.lua").stderr == ""


def test_every_method_is_there(weir, tmp_path):
    owners = {
        "Http": "weir.http()",
        "Kafka": 'weir.kafka { brokers = "h" }',
        "Feed": "weir.rows { {} }",
    }
    methods = [f"({owners[a]}).{b}" for a, b in re.findall(r"^function (\w+):(\w+)\(", TEXT, re.M) if a in owners]
    assert len(methods) >= 8
    (tmp_path / "s.lua").write_text(f"local _ = {{ {', '.join(methods)} }} return weir.scenario {{ user = print }}")
    assert weir("check", "s.lua").stderr == ""


def test_what_users_and_outcomes_have_is_readable(once, target):
    users = " ".join(f'assert(vu.{name} ~= nil, "{name}")' for name in FIELDS["User"])
    outcomes = " ".join(f"local _ = r.{name}" for name in FIELDS["Outcome"])
    done = once(target, f'{users} local r = http:get "/ping" {outcomes} assert(r.json and weir.span("s").ok)', log=False)
    assert done.ledger["ok"] == 1


@pytest.mark.parametrize(
    "name, definition",
    [
        ("Scenario", "weir.scenario {{ {} }}"),
        ("Plan", "weir.plan {{ {} }}"),
        ("Stage", "weir.scenario {{ user = print, load = {{ {} }} }}"),
        ("HttpSettings", "weir.http {{ {} }}"),
        ("HttpCall", 'weir.http():get {{ "/", {} }}'),
        ("KafkaSettings", "weir.kafka {{ {} }}"),
        ("KafkaSend", 'weir.kafka {{ brokers = "h" }}:send {{ {} }}'),
        ("File", 'weir.csv {{ "absent", {} }}'),
        ("Rows", "weir.rows {{ {{}}, {} }}"),
    ],
)
def test_every_key_is_known(weir, tmp_path, name, definition):
    for key in [*FIELDS[name], "no_key"]:
        (tmp_path / "s.lua").write_text(f"return {definition.format(f'{key} = coroutine.create(print)')}")
        said = weir("check", "s.lua").stderr
        assert ("has no key" in said) == (key == "no_key"), said
