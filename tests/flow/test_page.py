"""The report in a browser: its figures are those of --json, hostile texts stay texts, and everybody can use it."""

import os

import pytest

from hostile import always, reply
from long_record import write_day
from page_data import read_page
from target_process import wait_for

pytestmark = pytest.mark.real

HOSTILE = "</script><img src=x onerror=window.pwned=1>\u202e"


@pytest.fixture
def report(load, start_target, tmp_path):
    """A page of a run with a bit of everything, and its summary."""
    target = start_target("--error-rate", "5%", "--jitter", "4ms", "--delay", "4ms")
    limits = ("--threshold", "failed < 1%", "--threshold", "response_time.p99 < 5s over 1s")
    words = ("--stages", "100..200 over 1s, 200 for 2s", "--show", 30, *limits)
    done = load(f"{target.url}/ping", *words, "--html", "run.html", code=3)
    return tmp_path / "run.html", done.summary


def test_the_page_says_what_the_summary_says(report, browse):
    path, summary = report
    page = browse(path)
    ledger, times = summary["ledger"], summary["total"]["response_time_s"]
    spoiled = summary["verdict"]["validity"] == "invalid"  # a busy machine may do that to any run
    title = "This run says nothing about the target" if spoiled else "Failed: 1 of 2 thresholds not met"
    assert page.text("#verdict h2") == title
    assert "Not met: failed < 1%." in page.text("#verdict")
    parts = summary["verdict"]["thresholds"][1]["parts"]
    assert page.text("table.demands tr:nth-child(2) td:last-child").endswith(f"the worst of {parts}")
    assert page.value("[data-tile=calls] .value") == ledger["started"]
    assert page.value("[data-tile=failed] .value") == ledger["failed_check"]
    assert page.value("[data-tile=rate] .value") == summary["load"]["achieved_rate"]
    for name in ("p50", "p95", "p99", "max"):
        assert page.value(f"[data-tile={name}] .value") == times[name]
    ms = times["p50"] * 1000
    assert page.text("[data-tile=p50] .value") == f"{ms:.{2 if ms < 9.995 else 1}f} ms"
    (series,) = summary["series"]
    row = "#series tbody tr:first-child"
    assert page.text(f"{row} th") == "GET /ping"
    columns = [series["count"], series["rate"], ledger["failed_check"]]
    columns += [series["response_time_s"][n] for n in ("p50", "p95", "p99", "max")]
    columns += [series["service_time_s"]["p99"]]
    assert [page.value(f"{row} td:nth-of-type({i + 1})") for i in range(len(columns))] == columns
    books = "#books [data-what='%s']"
    assert page.value(books % "planned") == summary["iterations"]["planned"]
    assert page.value(books % "ok") == ledger["ok"]
    assert page.value(books % "wrong") == ledger["failed_check"]
    assert page.text("#failures tbody tr:first-child th") == "wrong answer (500)"
    assert page.value("#failures tbody tr:first-child td:nth-of-type(2)") == ledger["failed_check"]
    assert page.text(".events li:first-child") == "0:00 stage 1 of 2: 100..200 starts/s over 1s"
    assert "flag --stages" in page.text("#setup")
    assert f"Linux {os.uname().release}" in page.text("#setup") and "Processors" in page.text("#setup")
    page.page.locator(".charts canvas").nth(7).wait_for()


def test_a_series_has_a_page_of_its_own_and_tables_sort_and_filter(script, target, browse, tmp_path):
    text = """
    return weir.scenario { user = function(vu)
      for i = 1, 12 do http:get { "/ping", name = "call " .. i } end
      local r = http:get { "/ping", name = "checked" }
      weir.check(r, { there = true, odd = vu.iteration % 2 == 1 })
      weir.count("orders", 2)
      weir.record("basket", 31)
    end }"""
    done = script(target, text, "-c", 1, "-n", 10, "--html", "run.html")
    page = browse(tmp_path / "run.html")
    rows = page.page.locator("#series .table tbody tr")
    rows.nth(12).wait_for()  # a few in each frame
    assert rows.count() == 13
    page.page.locator("#series input[type=search]").fill("CALL 1")
    wait_for(lambda: rows.count() == 4, 20)
    page.page.locator("#series thead button").first.click()
    names = ["call 1", "call 10", "call 11", "call 12"]
    assert [t.strip() for t in rows.locator("th").all_inner_texts()] == names
    page.page.keyboard.press("Enter")  # on the heading, which has the focus
    assert [t.strip() for t in rows.locator("th").all_inner_texts()] == names[::-1]
    assert page.page.locator("#series thead th").first.get_attribute("aria-sort") == "descending"
    page.page.get_by_role("link", name="call 11").click()
    page.page.wait_for_selector(".detail canvas")
    series = next(s for s in done.summary["series"] if s["name"] == "call 11")
    cells = [page.value(f".detail table tbody tr:first-child td:nth-of-type({i})") for i in (1, 5, 12)]
    assert cells == [series["response_time_s"][n] for n in ("min", "p50", "max")]
    assert page.page.url.split("#")[1].startswith("series-")
    odd = page.page.locator("#checks tbody tr", has_text="odd")
    assert [odd.locator("td").nth(i).get_attribute("data-value") for i in (1, 2)] == ["5", "5"]
    assert "orders" in page.text("#metrics") and "310" in page.text("#metrics")


def test_a_run_with_kafka_has_its_own_words_and_measures(load, browse, tmp_path):
    words = ("-b", "embedded", "-t", "t", "-r", 500, "-n", 1000, "--html", "run.html")
    done = load(*words, command="kafka produce")
    page = browse(tmp_path / "run.html")
    assert page.value("#books [data-what='acknowledged']") == done.summary["ledger"]["ok"] == 1000
    assert "1 000 records in 2 s" in page.text("#verdict")
    measures = [s["name"] for s in done.summary["series"] if s["kind"] in ("values", "times", "counter")]
    wait_for(lambda: page.page.locator("#metrics tbody tr").count() == len(measures), 20)
    assert page.page.locator("#metrics").is_visible() == bool(measures)


def test_replies_and_awaited_records_have_their_books(script, weir, start_broker, start_responder, browse, tmp_path):
    text = """local kafka = weir.kafka { brokers = "embedded" }
    local take = kafka:consume { topic = "events" } local send = kafka:send { topic = "events", value = "x" }
    return weir.scenario { user = function() send() send() assert(take().ok) end }"""
    book = script(None, text, "--html", "taken.html").summary["ledger"]["awaited"]
    page = browse(tmp_path / "taken.html")
    assert {what: page.value(f"#books [data-what='{what}']") for what in ("seen", "taken")} == {"seen": book["seen"], "taken": 1}
    broker = start_broker("--topic", "t:1", "--topic", "r:1")
    start_responder(broker, "--duplicate", "10%")
    words = ("--request", "t", "--reply", "r", "-c", 4, "-n", 100, "--html", "rr.html")
    assert weir("kafka", "rr", "-b", broker.address, *words).returncode == 0
    page = browse(tmp_path / "rr.html")
    for what, n in read_page(tmp_path / "rr.html")["summary"]["ledger"]["replies"].items():
        if what in ("received", "matched", "duplicate"):
            assert page.value(f"#books [data-what='{what}']") == n > 0


def test_hostile_texts_stay_texts(script, hostile, browse, tmp_path):
    body = HOSTILE.encode()
    server = hostile(always(reply(body, "500 No", ["X-Odd: <b>"])))
    text = """
    local name = [[%s]]
    return weir.scenario { user = function(vu)
      local r = http:get { "/", name = name, tags = { [ "x" ] = name } }
      weir.check(r, { [name] = false })
      weir.count(name, 1)
      error(name)
    end }""" % HOSTILE
    words = ("-c", 1, "-n", 3, "--show", 3, "--html", "run.html")
    script(server, text, *words, code=(0, 1, 3), errors=3)
    page = browse(tmp_path / "run.html")
    page.page.locator("#series tbody a").first.click()
    for summary in page.page.locator("#failures details > summary").all():
        summary.click()
    page.page.wait_for_timeout(300)
    assert page.page.evaluate("window.pwned") is None
    assert page.page.locator("img, main script, main iframe").count() == 0
    shown = HOSTILE.replace("\u202e", "‹U+202E›")
    for where in ("#series tbody", ".detail h3", "#checks tbody", "#failures", "#metrics tbody"):
        assert shown in page.text(where), where
    assert shown in page.text("#failures pre >> nth=-1") or shown in page.text("#failures .samples")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1300, 380])
def test_everybody_can_use_it(report, browse, scheme, width):
    path, _ = report
    page = browse(path, color_scheme=scheme, viewport={"width": width, "height": 800})
    page.page.locator("#series tbody a").first.click()
    page.page.locator("#failures details > summary").first.click()
    page.assert_accessible()
    assert page.width() <= width
    background = page.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == {"light": "rgb(246, 248, 250)", "dark": "rgb(13, 17, 23)"}[scheme]


def test_the_keyboard_reads_charts_and_changes_the_theme(report, browse):
    path, _ = report
    page = browse(path, color_scheme="light")
    page.page.locator("#time canvas").nth(5).wait_for()
    chart = page.page.locator(".plot").first
    chart.focus()
    page.page.keyboard.press("ArrowRight")
    page.page.keyboard.press("ArrowRight")
    assert page.text(".legend .moment") == "0:01"
    assert page.text(".legend output >> nth=1") == "200/s"
    assert page.page.locator("#time output.moment").all_inner_texts().count("0:01") >= 6  # all charts
    page.page.get_by_role("button", name="Dark or light").press("Enter")
    assert page.page.evaluate("document.documentElement.dataset.theme") == "dark"


NOTHING_IS_DRAWN = """IntersectionObserver.prototype.observe = () => {};
const ask = requestAnimationFrame;
window.requestAnimationFrame = (f) => document.querySelector("#time .legend button") ? 0 : ask(f);"""


def test_a_key_does_not_wait_for_a_chart_that_is_not_drawn_yet(report, browse):
    path, _ = report
    page = browse(path)
    page.page.add_init_script(NOTHING_IS_DRAWN)
    page.page.reload()
    page.page.locator("#time .legend button").first.wait_for()
    chart = page.page.locator("#time figure:not(:has(canvas))").first
    name = chart.locator("h3").inner_text()
    chart.locator(".plot").focus()
    page.page.keyboard.press("ArrowRight")
    chart = page.page.locator("#time figure", has_text=name)
    assert chart.locator(".legend .moment").inner_text() == "0:00"
    assert chart.locator("canvas").count() == 1


def test_a_zoom_is_that_of_all_charts_over_time(report, browse):
    path, _ = report
    page = browse(path).page
    first, other = (page.locator("#time .plot").nth(i) for i in (0, 2))
    other.locator("canvas").wait_for()
    drawn = "plot => plot.querySelector('canvas').toDataURL()"
    page.locator("#distribution canvas").last.wait_for()
    page.wait_for_timeout(500)
    whole = other.evaluate(drawn)
    first.scroll_into_view_if_needed()
    box = first.bounding_box()
    page.mouse.move(box["x"] + 150, box["y"] + 90)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 90, steps=3)
    page.mouse.up()
    wait_for(lambda: other.evaluate(drawn) != whole, 20)
    page.mouse.dblclick(box["x"] + 200, box["y"] + 90)
    wait_for(lambda: other.evaluate(drawn) == whole, 20)


def test_paper_is_light_and_has_no_buttons(report, browse):
    path, _ = report
    page = browse(path, color_scheme="dark")
    page.page.emulate_media(media="print")
    wait_for(lambda: page.page.evaluate("document.documentElement.dataset.theme") == "light")
    page.page.wait_for_timeout(300)
    assert not page.page.locator("nav").is_visible()
    assert not page.page.get_by_role("button", name="Dark or light").is_visible()
    assert len(page.page.pdf()) > 20_000


@pytest.mark.timeout(300)
def test_a_day_fits_in_its_file_and_opens_at_once(weir, target, browse, tmp_path):
    weir("http", f"{target.url}/ping", "-r", 50, "-d", "2s", "--record", "day.weir")
    write_day(tmp_path / "day.weir", series=50)
    done = weir("report", "day.weir", "--html", "day.html", timeout=200)
    assert (done.returncode, done.stderr) == (0, "")
    size = (tmp_path / "day.html").stat().st_size
    assert 400_000 < size <= 1_500_000
    data = read_page(tmp_path / "day.html")
    assert len(data["time"]["t"]) <= 1200 and sum(data["time"]["n"]) == 24 * 3600
    took = []
    page = browse(tmp_path / "day.html")
    for _ in range(3):  # the machine has other things to do
        page.goto(tmp_path / "day.html")
        took.append(page.page.evaluate("performance.now()"))
    print(f"size {size}, open after {took} ms")
    assert min(took) <= 2000
