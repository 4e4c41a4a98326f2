"""weir compare --html in a browser: its figures are those of --json, both runs are drawn, hostile texts stay texts."""

import json

import pytest

from long_record import write_day
from made_records import make_record
from page_data import read_page

pytestmark = pytest.mark.real

HOSTILE = "</script><img src=x onerror=window.pwned=1>\u202e"


@pytest.fixture
def compare(weir, tmp_path):
    """Compares a with b; the page's file and what --json has."""

    def run(code):
        done = weir("compare", "a", "b", "--html", "c.html", "--json", "c.json", timeout=200)
        assert (done.returncode, done.stderr) == (code, "")
        return tmp_path / "c.html", json.loads((tmp_path / "c.json").read_text())

    return run


@pytest.fixture
def slower(compare, tmp_path):
    make_record(tmp_path / "a", seed=1, calls=100, series=3)
    make_record(tmp_path / "b", seed=2, calls=100, series=3, median_us=6000)
    return compare(3)


def test_the_figures_are_those_of_the_json(slower, browse):
    path, told = slower
    page = browse(path)
    verdict = told["verdict"]
    assert page.text("#verdict h2") == f"B is worse in {verdict['worse']} of 21 figures"
    page.page.locator("#figures tbody tr").nth(20).wait_for()
    rows = {}
    for row in page.page.locator("#figures tbody tr").all():
        cells = row.locator("th, td")
        values = [cells.nth(i).get_attribute("data-value") for i in range(7)]
        rows[values[0], values[1]] = [float(v) if v else None for v in values[2:6]]
    want = {
        (s["name"], name): [f[key] for key in ("a", "b", "difference", "low")]
        for s in told["series"]
        for name, f in s["figures"].items()
    }
    assert rows == want
    figure = told["series"][0]["figures"]["p50"]
    row = page.page.locator("#figures tbody tr", has_text="GET /ping").filter(has_text="p50").first.inner_text()
    assert f"{100 * figure['low']:+.1f} .. {100 * figure['high']:+.1f} %" in row and "slower" in row
    page.page.locator("#figures input[type=search]").fill("p99")
    assert page.page.locator("#figures tbody tr").count() == 3


def test_both_runs_are_drawn_and_a_series_can_be_chosen(slower, browse):
    path, told = slower
    data = read_page(path)
    assert data["comparison"] == told
    for run in ("a", "b"):
        counted = sum(data[run]["time"]["started"])
        assert counted == sum(s["count"][run] for s in told["series"])
        assert sum(data[run]["shapes"]["total"]["response_cells"][1::2]) == counted
    page = browse(path)
    page.page.locator(".charts canvas").nth(7).wait_for()
    assert page.page.locator(".charts canvas").count() == 8
    chart = page.page.locator(".plot").first
    chart.focus()
    page.page.keyboard.press("ArrowRight")
    page.page.keyboard.press("ArrowRight")
    assert page.page.locator("#time figure").first.locator(".legend output").all_inner_texts() == ["0:01", "300/s", "300/s"]
    page.page.keyboard.press("Escape")
    page.page.locator("#which").select_option(label="GET /ping/1")
    page.page.locator(".plot").first.and_(page.page.locator("[aria-label*='to 100/s']")).wait_for()


def test_a_run_without_an_end_is_drawn_as_far_as_it_is_there(compare, browse, tmp_path):
    make_record(tmp_path / "a", seed=1, calls=50)
    make_record(tmp_path / "b", seed=2, calls=50, seconds=41, cut=1)
    path, _ = compare(0)
    b = read_page(path)["b"]
    assert sum(b["time"]["started"]) == 41 * 50 == sum(b["shapes"]["total"]["response_cells"][1::2])
    page = browse(path)
    assert "B has no end" in page.text("#verdict") and "no end" in page.text("#setup")


def test_hostile_texts_stay_texts(compare, browse, tmp_path):
    for name, seed in (("a", 1), ("b", 2)):
        make_record(tmp_path / name, seed=seed, name=HOSTILE, command="<b>x")
    path, _ = compare(0)
    page = browse(path)
    page.page.wait_for_timeout(300)
    assert page.page.evaluate("window.pwned") is None
    assert page.page.locator("img, main script").count() == 0
    shown = HOSTILE.replace("\u202e", "‹U+202E›")
    assert shown in page.text("#figures tbody") and "<b>x" in page.text("#setup")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1300, 380])
def test_everybody_can_use_it(slower, browse, scheme, width):
    page = browse(slower[0], color_scheme=scheme, viewport={"width": width, "height": 800})
    page.page.wait_for_selector("#time canvas")
    page.assert_accessible()
    assert page.width() <= width


@pytest.mark.timeout(400)
def test_two_days_fit_in_one_file(weir, target, compare, tmp_path):
    for name in ("a", "b"):
        weir("http", f"{target.url}/ping", "-r", 50, "-d", "2s", "--record", name)
        write_day(tmp_path / name, series=50)
    done = weir("compare", "a", "b", "--html", "c.html", timeout=300)
    assert done.returncode in (0, 3) and done.stderr == ""
    size = (tmp_path / "c.html").stat().st_size
    print(f"size {size}")
    assert 300_000 < size <= 1_500_000
