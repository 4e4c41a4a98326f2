"""The guides in docs/: their scenarios run, and their commands print what stands below them.

A block marked lua is a file, named in its first line. One marked console has commands after "$ ", in order, and
lines that they print; weir-target is the test's own, whatever its port: commands get it, and scenarios read TARGET."""

import re
import subprocess

import pytest

from conftest import BUILD, ROOT, clean_environment
from printed import assert_shows, in_time

pytestmark = pytest.mark.timing

PAGES = ["first-hour", "from-k6", "from-locust", "from-gatling", "request-reply"]
HERE = "127.0.0.1:8081"  # where weir-target listens


def blocks(page):
    """Each fenced block of the page with its mark."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", (ROOT / f"docs/{page}.md").read_text(), re.M | re.S)


def commands(block):
    """Each command with the lines that it prints."""
    for piece in re.split(r"^\$ ", block, flags=re.M)[1:]:
        command, *printed = piece.rstrip("\n").split("\n")
        yield command, printed


def write(text, folder):
    (folder / re.match(r"-- (\w+\.lua)\n", text)[1]).write_text(text)


def run(command, target, folder):
    """In a shell, as somebody types it."""
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command.replace(HERE, target.url.removeprefix("http://"))],
        cwd=folder,
        env=clean_environment(PATH=f"{BUILD}:/usr/bin:/bin", TARGET=target.url),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("page", [*PAGES, "request-reply"])
def test_what_a_guide_shows_can_be_done(target, tmp_path, page):
    done = 0
    for mark, text in blocks(page):
        if mark == "lua":
            write(text, tmp_path)
        elif mark == "console":
            for command, printed in commands(text):
                if command != "weir-target &":
                    shown = in_time(lambda command=command: run(command, target, tmp_path))
                    assert shown.returncode == 0, f"{command}\n{shown.stdout}{shown.stderr}"
                    assert_shows(shown.stdout, printed)
                    done += 1
    assert done > 0


@pytest.mark.parametrize("page", PAGES)
def test_each_scenario_of_a_guide_is_run_by_it(page):
    names = re.findall(r"^-- (\w+\.lua)$", "".join(text for mark, text in blocks(page) if mark == "lua"), re.M)
    typed = " ".join(text for mark, text in blocks(page) if mark == "console")
    assert names and all(f"weir run {name}" in typed for name in names)


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("from-")])
def test_thresholds_and_stages_of_the_tables_are_weirs(weir, tmp_path, page):
    """What stands in the right column of the tables."""
    cells = re.findall(r"^\|.*\| (.*?) \|$", (ROOT / f"docs/{page}.md").read_text(), re.M)
    codes = [code for cell in cells for code in re.findall(r"`([^`]+)`", cell)]
    thresholds = [c for c in codes if re.search(r" [<>]=? \d+\S*$| == \d+$", c)]
    stages = [c for c in codes if re.match(r"\{ (rate|users|count|at_once|pause)\b[^…]*\}$", c)]
    assert thresholds
    (tmp_path / "s.lua").write_text(
        f"""return weir.scenario {{ user = print, thresholds = {{ {", ".join(f"[[{t}]]" for t in thresholds)} }} }}"""
    )
    assert weir("check", "s.lua").stderr == ""
    for stage in stages:
        stage = f"{{ at_once = 1 }}, {stage}" if "pause" in stage else stage  # alone it starts nothing
        (tmp_path / "s.lua").write_text(f"return weir.scenario {{ user = print, load = {{ {stage} }} }}")
        assert weir("check", "s.lua").stderr == "", stage


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    text = (ROOT / f"docs/{page}.md").read_text()
    assert all((ROOT / "docs" / name).exists() for name in re.findall(r"\]\(([^)#:]+)\)", text))
    assert all((ROOT / "examples" / name).exists() for name in re.findall(r"examples/(\w+\.lua)", text))
