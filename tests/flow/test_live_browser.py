"""The live page in a browser: start a run, see its figures move, direct it, lose it and find it again, and read its end."""

import json
import re
import time

import pytest

from broker_process import produce
from relay import Relay
from serving import Stream, ask, served_at
from target_process import wait_for

pytestmark = pytest.mark.real


class Live:
    def __init__(self, load, browse, port=None, **how):
        self.load = load
        self.where = served_at(load, "the page")
        self.page = browse(f"http://127.0.0.1:{port or self.where[1]}/", "#figures", **how)

    def button(self, name):
        return self.page.page.get_by_role("button", name=name, exact=True)

    def calls(self):
        return self.page.value("[data-tile=calls] .value")

    def wait(self, holds, seconds=15):
        wait_for(holds, seconds)

    def state(self):
        return self.page.text("header .state")


    def book(self, title):
        """The equation below that title in the books, as of one moment: {what: number}; empty: there is none."""
        found = self.page.page.locator("#books h3", has_text=title).locator("xpath=following-sibling::p[1]")
        terms = found.locator("[data-what]").evaluate_all("list => list.map(e => [e.dataset.what, Number(e.dataset.value)])")
        return dict(terms)


@pytest.fixture
def live(start_load, browse, target):
    def start(*words, how=None):
        return Live(start_load(f"{target.url}/ping", "--ui=:0", *words), browse, **(how or {}))

    return start


def rate_of(target, seconds):
    """Requests per second that the target itself counts."""
    before, start = target.metrics()["requests"], time.monotonic()
    time.sleep(seconds)
    return (target.metrics()["requests"] - before) / (time.monotonic() - start)


def test_a_run_is_started_directed_and_ended_from_the_page(live, target, tmp_path):
    run = live("-r", 50, "-d", "120s", "--hold", "--record", "r.weir")
    assert run.state().startswith("waiting for its start")
    assert run.button("Stop").is_enabled() and not run.button("Pause").is_enabled()
    assert target.metrics()["requests"] <= 1
    run.button("Start").click()
    run.wait(lambda: run.calls() > 60)
    seen = run.calls()
    run.wait(lambda: run.calls() > seen)
    assert run.state().startswith("running, 0:")
    run.page.page.locator(".charts canvas").nth(5).wait_for()

    run.page.page.locator("#level").fill("300")
    run.button("Change").click()
    time.sleep(1)
    assert 200 < rate_of(target, 1.5) < 400
    run.wait(lambda: run.calls() > 500)

    run.page.page.locator("#mark").fill("deploy <b>v2</b>")
    run.page.page.keyboard.press("Enter")
    run.wait(lambda: "deploy <b>v2</b>" in run.page.text(".events"))
    assert run.page.page.locator("#mark").input_value() == ""

    run.button("Pause").click()
    run.wait(lambda: run.state().startswith("paused"))
    time.sleep(0.5)
    assert rate_of(target, 1) == 0
    run.button("Go on").click()
    assert rate_of(target, 1.5) > 100

    run.page.page.locator("#level").fill("many")
    run.button("Change").click()
    run.wait(lambda: "many" in run.page.text("header [role=alert]"))
    run.page.complaints[:] = [c for c in run.page.complaints if "400 (Bad Request)" not in c]  # it was refused

    run.button("Stop").click()
    run.page.page.wait_for_selector("#verdict h2", state="visible")
    done = run.load.end((0, 130))
    assert run.calls() == done.summary["ledger"]["started"]
    assert run.page.value("[data-tile=p99] .value") == done.summary["total"]["response_time_s"]["p99"]
    run.wait(lambda: run.page.page.locator(".controls").is_hidden())
    run.page.page.wait_for_timeout(1500)  # it does not look for the run that is over
    assert run.page.text("header [role=status]") == ""


def test_thresholds_are_shown_as_they_stand(live):
    limits = ("--threshold", "failed < 1%", "--threshold", "count > 1000000")
    run = live("-r", 50, "-d", "60s", *limits)
    row = "#figures table.demands tr:nth-child(%d)"
    run.wait(lambda: run.page.page.locator(row % 2).count() == 1)
    assert run.page.text(row % 1).startswith("✓ holds") and "failed < 1%" in run.page.text(row % 1)
    assert run.page.text(row % 2).startswith("✗ does not hold")
    assert "o far" in run.page.text("#figures .so-far h3") and "load generator" in run.page.text("#figures .so-far p")
    seen = run.page.value(row % 2 + " td:last-child")
    run.wait(lambda: run.page.value(row % 2 + " td:last-child") > seen)
    run.page.assert_accessible()
    run.button("Stop").click()
    run.page.page.wait_for_selector("#verdict h2", state="visible")
    assert run.page.text("#verdict table.demands tr:nth-child(2)").startswith("✗ not met")
    assert run.page.page.locator(".standing").is_hidden()
    run.load.end((3, 130))


def test_the_course_shows_what_was_asked_then_not_what_is_asked_now(live):
    run = live("-r", 40, "-d", "120s")
    run.wait(lambda: run.calls() > 80)
    run.page.page.locator("#level").fill("80")
    run.button("Change").click()
    time.sleep(3.2)
    asked = json.loads(ask(run.where, "/api/page").text)["time"]["asked"]
    assert asked[0] == 40 and asked[-1] == 80
    run.button("Stop").click()
    run.load.end((0, 130))


def test_who_loses_the_run_comes_back_and_has_missed_nothing(start_load, browse, target):
    load = start_load(f"{target.url}/ping", "--ui=:0", "-r", 50, "-d", "60s")
    where = served_at(load, "the page")
    relay = Relay(where[1])
    run = Live(load, browse, port=relay.port)
    run.wait(lambda: run.calls() > 60)
    relay.cut()
    run.wait(lambda: "does not answer" in run.page.text("header [role=status]"))
    ask(where, "/api/mark", "POST", {"text": "while nobody looked"})
    time.sleep(1.5)
    assert "while nobody looked" not in run.page.text("#time")
    relay.mend()
    run.wait(lambda: "while nobody looked" in run.page.text(".events"), 20)
    assert run.page.text("header [role=status]") == ""
    seen = run.calls()
    run.wait(lambda: run.calls() > seen)
    run.button("Stop").click()
    run.page.page.wait_for_selector("#verdict h2", state="visible")
    done = load.end((0, 130))
    assert run.calls() == done.summary["ledger"]["started"]
    relay.stop()
    run.page.complaints[:] = [c for c in run.page.complaints if "ERR_" not in c]  # of the cut


def test_a_browser_closed_and_opened_again_has_the_whole_course(live, browse):
    run = live("-r", 50, "-d", "60s")
    run.wait(lambda: run.calls() > 60)
    ask(run.where, "/api/mark", "POST", {"text": "before it was closed"})
    run.wait(lambda: "before it was closed" in run.page.text(".events"))
    seen = run.calls()
    run.page.page.close()
    time.sleep(2.5)
    run.page = browse(f"http://127.0.0.1:{run.where[1]}/", "#figures")
    run.wait(lambda: run.calls() >= seen + 100)
    assert "before it was closed" in run.page.text(".events")
    chart = run.page.page.locator(".plot").first
    chart.focus()
    run.page.page.keyboard.press("ArrowRight")
    assert run.page.text("#time .legend .moment") == "0:00"  # the course begins where the run did
    run.button("Stop").click()
    run.page.page.wait_for_selector("#verdict h2", state="visible")
    assert run.calls() == run.load.end((0, 130)).summary["ledger"]["started"]


def test_two_viewers_and_a_slow_one_do_not_disturb_the_run(live, browse):
    run = live("-r", 200, "-d", "6s", "--hold")
    other = browse(f"http://127.0.0.1:{run.where[1]}/", "#figures")
    slow = Stream(run.where, buffer=2048)  # it never reads
    run.button("Start").click()
    for page in (run.page, other):
        page.page.wait_for_selector("#verdict h2", state="visible", timeout=30_000)
        assert page.value("[data-tile=calls] .value") == 1200
    done = run.load.end()
    assert done.ledger == {"started": 1200, "ok": 1200}
    slow.close()


HOSTILE = r'''<img src=x onerror=\"document.title='hacked'\"> </script><script>document.title='hacked'</script> \27[31m \226\128\174'''


def test_hostile_texts_stay_texts_while_a_run_goes_on(start_script, browse, target):
    text = f"""local name = "{HOSTILE}"
local get = http:get {{ "/ping", name = name, tags = {{ [name] = name }} }}
return weir.plan {{ weir.scenario {{ name = name, load = "50 for 60s", user = function()
  weir.check(get(), {{ [name] = false }}) weir.count(name, 1) error(name) end }} }}"""
    run = Live(start_script(target, text, "--ui=:0", log=False), browse)
    run.wait(lambda: run.calls() > 60)
    ask(run.where, "/api/mark", "POST", {"text": "<b onclick=x>mark</b>"})
    run.wait(lambda: "<b onclick=x>mark</b>" in run.page.text(".events"))
    run.wait(lambda: "<img src=x onerror=" in run.page.text("#series"))
    assert run.page.page.locator("img[src=x], b[onclick]").count() == 0
    assert "hacked" not in run.page.page.title()
    assert "\x1b" not in run.page.text("body") and "\u202e" not in run.page.text("body")
    run.button("Stop").click()
    run.page.page.wait_for_selector("#verdict h2", state="visible")
    run.load.end((0, 1, 4, 130))


def balanced(book):
    """What is left of "=" is what stands right of it."""
    total, *parts = book.values()
    return total == sum(parts)


def test_the_book_of_replies_while_a_run_goes_on(start_load, browse, start_broker, start_responder):
    broker = start_broker("--topic", "t:2", "--topic", "r:2")
    faults = ["--drop", "10%", "--duplicate", "10%", "--delay", "10%:2s", "--foreign", "10%"]
    start_responder(broker, *faults)
    words = ["-b", broker.address, "--request", "t", "--reply", "r", "-r", 50, "-d", "120s", "--timeout", "1s"]
    load = start_load(*words, "--ui=:0", command="kafka rr", log=False)
    run = Live(load, browse)
    run.wait(lambda: run.book("Replies").get("matched", 0) > 20)
    assert not any(produce(broker.address, "r", [b"no id"] * 3))
    classes = ["received", "matched", "late", "duplicate", "orphan", "malformed"]
    run.wait(lambda: list(run.book("Replies")) == classes and run.book("Replies")["malformed"] == 3, 30)
    first = run.book("Replies")
    assert balanced(first), first
    run.wait(lambda: all(run.book("Replies")[c] > first[c] for c in classes if c != "malformed"))
    assert balanced(run.book("Replies")) and run.book("Replies")["malformed"] == 3
    assert "Those that came late took 2." in run.page.text("#books")
    assert "timeout" in run.book("Calls")
    run.page.assert_accessible()
    run.button("Stop").click()
    done = load.end((0, 4, 130))
    replies = done.summary["ledger"]["replies"]
    run.wait(lambda: run.book("Replies") == {c: replies[c] for c in classes})
    assert replies["orphan"] > 0 and replies["duplicate"] > 0 and replies["late"] > 0


AWAITED = """
local take = kafka:consume { topic = "t", correlate = "json:/id" }
local send = kafka:send { topic = "t" }
return weir.scenario { load = { rate = 20, over = "120s" }, user = function(vu)
  local id = weir.uuid()
  send { key = "k", value = '{"id":"' .. id .. '"}' }
  send { key = "k", value = '{"id":"nobody asks for ' .. id .. '"}' }
  take { id = id }
end }"""


def test_the_book_of_awaited_records_while_a_run_goes_on(start_story, browse, start_broker):
    run = Live(start_story(start_broker("--topic", "t:2"), AWAITED, "--ui=:0", log=False), browse)
    run.wait(lambda: run.book("Awaited").get("taken", 0) > 20)
    first = run.book("Awaited")
    assert list(first) == ["seen", "taken", "unclaimed"] and balanced(first)
    run.wait(lambda: all(run.book("Awaited")[what] > first[what] for what in first))
    assert run.book("Replies") == {}
    run.button("Stop").click()
    done = run.load.end((0, 4, 130))
    run.wait(lambda: run.book("Awaited") == done.summary["ledger"]["awaited"])
    assert balanced(run.book("Awaited"))


@pytest.mark.parametrize("width", [1300, 380])
def test_everybody_can_direct_a_run(live, width):
    run = live("-r", 50, "-d", "60s", how={"viewport": {"width": width, "height": 800}})
    run.wait(lambda: run.calls() > 20)
    run.page.assert_accessible()
    assert run.page.width() <= width
    run.button("Stop").press("Enter")
    run.page.page.wait_for_selector("#verdict h2", state="visible")
    run.load.end((0, 130))


FIGURES = ("min", "mean", "stddev", "mode", "p50", "p75", "p90", "p95", "p99", "p99_9", "p99_99", "max")

SEVERAL = """
local gets, n = {}, 0
for i = 1, 60 do gets[i] = http:get { "/ping", name = "call " .. i } end
return weir.scenario { load = "400 for 120s", user = function() n = n + 1 gets[n % 60 + 1]() end }"""


def test_the_page_of_a_series_while_the_run_goes_on(start_script, browse, target):
    run = Live(start_script(target, SEVERAL, "--ui=:0", log=False), browse)
    run.wait(lambda: run.calls() > 800)
    table = run.page.page.locator("#series .table tbody tr")
    run.wait(lambda: table.count() == 50)
    table.nth(0).locator("a").click()
    detail = ".detail p"
    run.wait(lambda: "What became of them: ok:" in "".join(run.page.page.locator(detail).all_inner_texts()))
    figures = ".detail td[data-value]"
    assert "" not in run.page.page.locator(figures).evaluate_all("l => l.map(e => e.dataset.value)")
    run.page.page.locator(".detail canvas").nth(2).wait_for()
    first = run.page.text(detail)
    run.wait(lambda: run.page.text(detail) != first)  # it goes on
    run.page.assert_accessible()
    run.button("Stop").click()
    run.page.page.wait_for_selector("#verdict h2", state="visible")
    done = run.load.end((0, 4, 130))
    name = run.page.text(".detail h3")
    end = next(s for s in done.summary["series"] if s["name"] == name)
    run.wait(lambda: re.sub(r"\D", "", run.page.text(detail)) == str(end["count"]))
    assert run.page.page.locator(figures).evaluate_all("l => l.map(e => Number(e.dataset.value))") == [
        end[of][name] for of in ("response_time_s", "service_time_s") for name in FIGURES]  # fmt: skip
