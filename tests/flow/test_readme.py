"""The README's own commands and its sample of a summary: what it shows is what a newcomer gets."""

import os
import re

import pytest

from conftest import BUILD, ROOT
from printed import assert_shows, in_time, words_of

pytestmark = pytest.mark.timing

README = (ROOT / "README.md").read_text()
SCENARIO = re.search(r"^```lua\n(.*?)^```$", README, re.M | re.S)[1]
BLOCKS = [block.splitlines() for block in re.findall(r"(?:^    .*\n(?:\n(?=    ))?)+", README, re.M)]


def commands(program):
    lines = [line for block in BLOCKS for line in block if re.match(rf"\s+(\$ )?(build/)?{program} ", line)]
    return [words_of(line)[1:] for line in lines]


# test_demo.py runs the demos.
@pytest.mark.parametrize("words", [words for words in commands("weir") if words[0] != "demo"], ids=" ".join)
def test_each_command_does_what_the_readme_says(weir, target, words, tmp_path):
    here = [re.sub(r"^(URL|127\.0\.0\.1:8081/ping)$", f"{target.url}/ping", word) for word in words]
    (tmp_path / "words.txt").write_text("one\ntwo\n")
    (tmp_path / "story.lua").write_text(SCENARIO)
    few = ["-n", 20] if words[0] in ("http", "kafka") else []
    done = in_time(lambda: weir(*here, *few, env={"TARGET": target.url}))
    assert done.returncode == 0, done.stderr
    for flag in {"--json", "--log", "--csv"} & set(words):
        name = words[words.index(flag) + 1]
        assert [file for file in os.listdir(tmp_path) if file.startswith(name)], flag


def test_the_two_commands_and_what_they_build_are_there():
    scripts = [words_of(line)[0] for line in BLOCKS[0]]
    assert scripts == ["./demo.sh", "./test.sh"]
    assert all(os.access(ROOT / script, os.X_OK) for script in scripts)
    assert all((BUILD / program).exists() for program in re.findall(r"`build/(weir[a-z-]*)`", README))


def test_the_scenario_has_fifteen_lines():
    assert len(SCENARIO.splitlines()) == 15


@pytest.mark.parametrize("block", [b for b in BLOCKS if any("open model" in line for line in b)], ids=["http", "kafka"])
def test_the_sample_is_a_real_summary(weir, target, block):
    sample = [line for line in block if line.strip() and not re.match(r"\s+(\$ |\.\.\.$)", line)]
    words = next(words_of(line)[1:] for line in block if re.search("build/weir (http|kafka)", line))
    words = [word.replace("127.0.0.1:8081", target.url) for word in words]
    done = in_time(lambda: weir(*words))
    assert_shows(done.stdout, sample)
