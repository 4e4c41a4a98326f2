"""--html without a browser: the file is whole, the same from a run and from its record, and holds the run's figures."""

import re

import pytest

from conftest import ROOT
from others import absent
from page_data import read_page

pytestmark = pytest.mark.exact


@pytest.fixture(autouse=True)
def page_there(weir):
    """A weir that was built without npm has no page."""
    if "was built without its page" in weir("http", "127.0.0.1:1/", "--html", "x.html").stderr:
        absent("this weir was built without its page")


def test_a_record_gives_the_page_of_its_run(load, start_target, weir, tmp_path):
    target = start_target("--error-rate", "10%")
    words = ("-r", 200, "-d", "2500ms", "--show", 3, "--threshold", "failed < 50%")
    load(f"{target.url}/ping", *words, "--record", "r.weir", "--html", "run.html")
    done = weir("report", "r.weir", "--html", "again.html")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    run, again = read_page(tmp_path / "run.html"), read_page(tmp_path / "again.html")
    for column in ("late_p99", "wait_p99"):  # a record has them to 3 % (docs/record.md)
        assert again["time"].pop(column) == pytest.approx(run["time"].pop(column), rel=0.04, abs=0.04)
    assert again == run


def test_the_page_holds_the_summary_and_the_course(load, start_target, tmp_path):
    target = start_target("--error-rate", "10%")
    words = ("--stages", "100 for 1s, 50 for 2s", "--show", 10, "-u", "me:pa55word")
    done = load(f"{target.url}/ping", *words, "--html", "run.html")
    page = read_page(tmp_path / "run.html")
    assert page["summary"] == done.summary
    assert page["state"] == "ended"
    assert page["time"]["t"][:3] == [0, 1, 2]
    assert page["time"]["started"][:3] == [100, 50, 50]
    assert page["time"]["asked"][:3] == [100, 50, 50]
    assert [e["text"] for e in page["events"]][0] == "stage 1 of 2: 100 starts/s for 1s"
    (course,) = page["of_series"]
    ledger = done.summary["ledger"]
    for name in ("started", "ok", "failed_check"):
        assert sum(page["time"][name]) == sum(course[name]) == ledger[name]
    assert sum(n for causes in page["time"]["causes"] for n in causes.values()) == ledger["failed_check"]
    for cells in (page["shapes"]["total"]["response_cells"], sum(page["time"]["heat"], [])):
        assert sum(cells[1::2]) == ledger["started"]
    longest = done.summary["total"]["response_time_s"]["max"] * 1e6
    assert page["shapes"]["total"]["response"][-1] == pytest.approx(longest, rel=1e-3)
    assert max(filter(None, page["time"]["response"]["max"])) == pytest.approx(longest, rel=1e-3)
    settings = {name: (value, origin) for name, value, origin in page["run"]["settings"]}
    assert settings["--stages"] == ("100 for 1s, 50 for 2s", "flag --stages")
    assert settings["URL"] == (f"{target.url}/ping", "argument")
    assert "pa55word" not in str(page)


def test_failures_have_their_texts_where_they_were_shown(load, hostile, tmp_path):
    def script(c):
        for _ in c.requests():
            c.send(b"HTTP/1.1 500 No\r\nContent-Length: 9\r\n\r\n</script>")

    load(hostile(script).url, "-n", 20, "-c", 1, "--show", 2, "--html", "run.html", code=(0, 1, 3))
    failures = read_page(tmp_path / "run.html")["failures"]
    assert len(failures) == 20
    shown = [f for f in failures if f["body"] is not None]
    assert [f["body"] for f in shown] == ["</script>"] * 2
    assert shown[0]["head"].startswith("HTTP/1.1 500") and shown[0]["request"].startswith("GET / HTTP/1.1")
    assert {f["cause"] for f in failures} == {"wrong answer (500)"}


def test_a_page_may_be_standard_output(weir, target, tmp_path):
    weir("http", f"{target.url}/ping", "-r", 100, "-n", 10, "--record", "r.weir", "--html", "file.html")
    done = weir("report", "r.weir", "--html", "-", "--text")
    assert done.stdout == (tmp_path / "file.html").read_text()
    assert "10 calls = 10 ok" in done.stderr
    mixed = weir("report", "r.weir", "--html", "-", "--json", "-")
    assert mixed.returncode == 2
    assert "--json - and --html - would mix on standard output: give one of them a file" in mixed.stderr


def test_a_page_that_cannot_be_written_costs_no_load(weir, target):
    done = weir("http", f"{target.url}/ping", "-n", 1, "--html", "absent/x.html")
    assert done.returncode == 1
    assert done.stderr == "weir: cannot open 'absent/x.html' for the report: No such file or directory\n"
    assert target.metrics()["requests"] == 0


def test_nothing_but_its_own_script_and_style_may_run(weir, target, tmp_path):
    weir("http", f"{target.url}/ping", "-n", 1, "-c", 1, "--html", "x.html")
    text = (tmp_path / "x.html").read_text()
    (policy,) = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', text)
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert re.findall(r"<[^>]*\son\w+=|<[^>]*\sstyle=", text.split("<script>")[0].split("<style>")[0]) == []
    assert re.findall(r"""(?:src|href)=["']?(?:https?:)?//""", text) == []


def test_its_documentation_reads_it(weir, target, tmp_path):
    """The command of docs/page.md gives the data."""
    import json
    import subprocess

    weir("http", f"{target.url}/ping", "-n", 5, "-c", 1, "--html", "run.html")
    text = (ROOT / "docs" / "page.md").read_text()
    (command,) = re.findall(r"^    (python3 -c .*? run\.html)$", text, re.M | re.S)
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=30)
    assert done.stderr == ""
    page = json.loads(done.stdout)
    assert page == read_page(tmp_path / "run.html")
    for member in page:
        assert f"`{member}`" in text, member
    for column in page["time"]:
        assert re.search(rf"\b{column}\b", text), column
