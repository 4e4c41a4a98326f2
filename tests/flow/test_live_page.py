"""--ui: who may look, what is served, the stream and those who lose it."""

import re
import socket
import time

import pytest

from serving import Stream, ask, order, served_at, state, wait_for_state
from target_process import wait_for

pytestmark = pytest.mark.exact


@pytest.fixture
def start(start_load, target):
    def run(*words, path="/ping", **how):
        load = start_load(target.url + path, "--ui=:0", *words, **how)
        return load, served_at(load, "the page")

    return run


def test_the_page_and_its_policy(start):
    load, where = start("-r", "1", "-d", "30s")
    page = ask(where, "/")
    assert page.status == 200 and page.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    for path in ("/", "/api/state", "/api/page", "/metrics", "/nothing"):
        headers = ask(where, path).headers
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["Cache-Control"] == "no-store"
    assert ask(where, "/", "HEAD").text == ""
    assert ask(where, "/../etc/passwd").status == 404
    assert ask(where, "/", "PUT", {}).status == 405
    assert ask(where, "/api/stop").status == 405 and ask(where, "/api/stop").headers["Allow"] == "POST"
    load.interrupt()
    load.end(130)


def test_default_address(start_load, target):
    """--ui alone, and that what follows it is no address."""
    with socket.socket() as taken:
        try:
            taken.bind(("127.0.0.1", 8089))
        except OSError:
            pytest.skip("port 8089 is in use")
        taken.listen()
        done = start_load("--ui", target.url + "/ping", "-n", "1").end(1)
    assert "cannot listen on 127.0.0.1:8089: Address already in use" in done.err
    assert "--ui=:PORT takes another port" in done.err


def test_an_address_behind_a_space(start_load, target):
    load = start_load("--ui", ":0", target.url + "/ping", "-n", "1", "--hold")
    where = served_at(load, "the page")
    wait_for_state(where, lambda s: s["phase"] == "held")
    order(where, "start")
    load.end()


def test_pages_of_other_sites_get_and_do_nothing(start):
    load, where = start("-r", "1", "-d", "30s")
    for path in ("/", "/api/state", "/api/stream", "/api/page", "/metrics"):
        assert ask(where, path, headers={"Host": "evil.example"}).status == 403
    own = f"127.0.0.1:{where[1]}"
    for headers in (
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": f"http://127.0.0.1:{where[1] + 1}"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "evil.example"},
    ):
        assert "another site" in order(where, "stop", 403, headers) or "Host" in headers
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        assert ask(where, "/api/stop", "POST", "{}", {"Content-Type": kind}).status == 403
    assert state(where)["phase"] == "running"
    order(where, "stop", headers={"Origin": f"http://{own}", "Sec-Fetch-Site": "same-origin"})
    load.end()


def test_orders_that_are_none(start):
    load, where = start("-r", "1", "-d", "30s")

    def refused(path, body, code=400):
        done = ask(where, path, "POST", body, {"Content-Type": "application/json"})
        assert done.status == code, done.text
        return done.json()["error"]

    assert "not JSON" in refused("/api/mark", "{")
    assert "object" in refused("/api/mark", "[]")
    assert "not JSON" in refused("/api/mark", '{"text": "a", "text": "b"}')
    assert "has no 'txt'" in refused("/api/mark", '{"txt": "x"}')
    assert "1 to 200 bytes" in refused("/api/mark", '{"text": ""}')
    assert "1 to 200 bytes" in refused("/api/mark", '{"text": "%s"}' % ("x" * 201))
    assert "one line" in refused("/api/mark", '{"text": "a\\nb"}')
    assert "has no 'rate'" in refused("/api/stop", '{"rate": 1}')
    assert "one of rate, users and stages" in refused("/api/load", "{}")
    assert "one of rate, users and stages" in refused("/api/load", '{"rate": 1, "users": 1}')
    assert "more than 0" in refused("/api/load", '{"rate": 0}')
    assert "more than 0" in refused("/api/load", '{"rate": -5}')
    assert "at most 1G" in refused("/api/load", '{"rate": 1e300}')
    assert "number" in refused("/api/load", '{"rate": null}')
    assert "fast" in refused("/api/load", '{"rate": "fast"}')
    assert "has a rate" in refused("/api/load", '{"users": 5}')
    assert "no load 'x'" in refused("/api/load", '{"rate": 5, "load": "x"}')
    assert "no load '1'" in refused("/api/load", '{"rate": 5, "load": 1}')
    assert "write it like" in refused("/api/load", '{"stages": "much"}')
    assert "in starts per second" in refused("/api/load", '{"stages": "5 users for 5s"}')
    assert "64 KiB" in refused("/api/mark", '{"text": "%s"}' % ("x" * 70000), 413)
    assert refused("/api/start", "{}", 409) == "it has started already"
    assert refused("/api/resume", "{}", 409) == "it is not paused"
    assert state(where)["loads"][0]["level"] == 1
    load.interrupt()
    load.end(130)


TOKEN = re.compile(r"\?token=([0-9a-f]{32})\b")


def test_other_addresses_need_a_token(start_load, target):
    load = start_load(target.url + "/ping", "-r", "1", "-d", "30s", "--ui=0.0.0.0:0")
    where = "127.0.0.1", served_at(load, "the page")[1]
    token = TOKEN.search(load.err)[1]
    bearer = {"Authorization": f"Bearer {token}"}
    for path in ("/", "/api/state", "/api/stream", "/metrics", "/nothing", "/?token=", f"/?token={token[:-1]}"):
        assert ask(where, path).status == 401, path
    assert ask(where, f"/api/state?token={token}").status == 401  # in one link only
    other = token[:-1] + ("1" if token[-1] == "0" else "0")
    assert ask(where, "/api/state", headers={"Authorization": f"Bearer {other}"}).status == 401
    assert ask(where, "/api/state", headers={"Cookie": f"weir_token={token}x"}).status == 401
    order(where, "stop", 401)

    came = ask(where, f"/?token={token}")
    assert came.status == 303 and came.headers["Location"] == "/"
    cookie = came.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    with_cookie = {"Cookie": "a=b; " + cookie.partition(";")[0], "Host": "loadbox.example:8089"}
    assert ask(where, "/", headers=with_cookie).status == 200
    wait_for(lambda: ask(where, "/metrics", headers=bearer).status != 503)  # the server is there before the run is
    wait_for(lambda: ask(where, "/api/state", headers=with_cookie).json()["phase"] == "running")
    assert ask(where, "/metrics", headers=bearer).status == 200
    order(where, "stop", 403, {**with_cookie, "Origin": "http://evil.example"})
    order(where, "stop", headers={**with_cookie, "Origin": "http://loadbox.example:8089"})
    load.end()


def test_the_token_may_be_given(start_load, target):
    token = "correct-horse-battery"
    load = start_load(target.url + "/ping", "-r", "1", "-d", "30s", "--ui=:0", env={"WEIR_UI_TOKEN": token})
    where = served_at(load, "the page")
    assert token not in load.err + load.out
    assert ask(where, "/api/state").status == 401
    page = ask(where, "/api/page", headers={"Authorization": f"Bearer {token}"})
    assert page.status == 200 and token not in page.text
    load.interrupt()
    load.end(130)


def test_a_bad_token(load, target):
    for token in ("short", "with a blank in it and long"):
        done = load(target.url + "/ping", "-n", "1", "--ui=:0", env={"WEIR_UI_TOKEN": token}, code=2)
        assert "a token has" in done.err and token not in done.err


def test_the_stream_tells_all(start, load):
    running, where = start("-r", "50", "-d", "4s", "--hold")
    viewer = Stream(where).head()
    assert viewer.status == 200 and viewer.headers["Content-Type"] == "text/event-stream"
    event, page = viewer.next()
    assert event == "page" and page["state"] == "waiting" and page["control"]["phase"] in ("preparing", "held")
    wait_for_state(where, lambda s: s["can"]["start"])
    order(where, "start")
    order(where, "mark", text="half <b>time</b>")
    messages = viewer.until(lambda event, _: event == "bye")
    assert viewer.next() is None
    done = running.end()

    events = [e for e, _ in messages]
    assert events.count("page") == 2 and events[-2:] == ["page", "bye"]  # as it begins and as it ends
    assert "running" in {d["state"] for e, d in messages if e == "more"}
    more = [d for e, d in messages if e == "more"]
    started = [n for d in more for n in d.get("time", {}).get("started", [])]
    assert sum(started) == 200
    marks = [e["text"] for d in more for e in d.get("events", []) if e["kind"] == "mark"]
    assert marks == ["half <b>time</b>"]
    assert [s["name"] for d in more for s in d.get("series", [])] == ["GET /ping"]
    last = messages[-2][1]
    assert last["state"] == "ended" and last["control"]["phase"] == "over"
    assert sum(last["time"]["started"]) == 200
    last["summary"]["run"].pop("id"), done.summary["run"].pop("id")
    assert last["summary"] == done.summary


def test_who_comes_back_has_lost_nothing(start):
    load, where = start("-r", "40", "-d", "6s")
    viewer = Stream(where).head()
    assert viewer.next()[0] == "page"
    viewer.until(lambda event, data: "time" in data)
    viewer.close()
    time.sleep(2.5)
    again = Stream(where, viewer.id).head()
    event, data = again.next()
    assert event == "more" and int(again.id.split("-")[1]) == int(viewer.id.split("-")[1]) + 1
    numbers = [int(again.id.split("-")[1])]
    while (message := again.next()) is not None:
        numbers.append(int(again.id.split("-")[1]))
        last = message
    assert numbers == list(range(numbers[0], numbers[-1] + 1)) and last[0] == "bye"
    load.end()


@pytest.mark.parametrize("last", ["1", "x", "0123456789abcdef-1", "99999999999999999999-1", "-", "%s-99999", "%s-x"])
def test_ids_that_mean_nothing_begin_anew(start, last):
    load, where = start("-r", "1", "-d", "30s")
    run = state(where)["run"]["id"]
    viewer = Stream(where, last.replace("%s", run)).head()
    event, page = viewer.next()
    assert event == "page" and page["run"]["id"] == run
    load.interrupt()
    load.end(130)


def test_ten_viewers_see_the_same(start):
    load, where = start("-r", "100", "-d", "3s", "--hold")
    viewers = [Stream(where).head() for _ in range(10)]
    wait_for_state(where, lambda s: s["can"]["start"])
    order(where, "start")
    ends = [v.until(lambda event, _: event == "bye")[-2][1] for v in viewers]
    assert all(e["summary"]["iterations"]["started"] == 300 for e in ends)
    load.end()


def test_too_many_viewers(start):
    load, where = start("-r", "1", "-d", "60s")
    viewers = [Stream(where).head() for _ in range(64)]
    assert {v.status for v in viewers} == {200}
    one_more = ask(where, "/api/stream")
    assert one_more.status == 503 and "64 viewers" in one_more.text
    viewers.pop().close()
    wait_for(lambda: Stream(where).head().status == 200)
    load.interrupt()
    load.end(130)


def test_a_slow_reader_holds_nothing_up(start):
    """It reads nothing: the run goes on, ends in time, and memory stays what it is."""
    load, where = start("-r", "200", "-d", "4s")
    slow = [Stream(where, buffer=2048) for _ in range(8)]
    silent = [socket.create_connection(where) for _ in range(8)]
    done = load.end()
    assert done.ledger == {"started": 800, "ok": 800}
    for s in slow + silent:
        s.close()


def test_browsers_closed_in_the_middle(start):
    load, where = start("-r", "200", "-d", "3s")
    for _ in range(30):
        viewer = Stream(where)
        viewer.socket.recv(10)
        viewer.close()
    done = load.end()
    assert done.ledger == {"started": 600, "ok": 600}


def test_a_run_that_cannot_begin(start_load):
    """Nobody is at the target: the page is gone with the run."""
    load = start_load("127.0.0.1:1/", "-n", "1", "--ui=:0")
    done = load.end(1)
    assert "connection refused" in done.err


def test_a_browser_waits_while_a_script_sets_up(start_script, target):
    text = """return weir.plan { setup = function() weir.sleep(2) end,
  weir.scenario { name = "a", user = function() http:get "/ping" end, load = { rate = 10, over = "1s" } } }"""
    load = start_script(target, text, "--ui=:0")
    where = served_at(load, "the page", ready=False)
    assert ask(where, "/").status == 200
    assert ask(where, "/api/state").status == 503
    early = ask(where, "/api/stream")
    assert (early.status, early.headers["Content-Type"], early.text) == (200, "text/event-stream", "retry: 1000\n\n")
    wait_for_state(where, lambda s: s["phase"] == "running")
    assert Stream(where).head().next()[0] == "page"
    load.end()


def test_hold_needs_a_page(load, target):
    done = load(target.url + "/ping", "-n", "1", "--hold", code=2)
    assert "--hold waits for Start on the page or a key in the view: it needs --ui or --tui" in done.err


def test_page_and_metrics_together(start_load, target):
    load = start_load(target.url + "/ping", "-r", "1", "-d", "30s", "--ui=:0", "--prometheus", ":0")
    page, metrics = served_at(load, "the page"), served_at(load, "metrics for Prometheus")
    assert page != metrics
    wait_for_state(page, lambda s: s["phase"] == "running")
    assert ask(page, "/metrics").status == ask(metrics, "/metrics").status == 200
    assert ask(metrics, "/api/state").status == 404 == ask(metrics, "/api/stop", "POST", {}).status
    load.interrupt()
    load.end(130)
