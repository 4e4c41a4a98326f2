"""weir-target's faults. Times are only asserted as before and after, which holds on any machine."""

import signal
import time

import pytest

from target_process import TargetFailed, request, wait_for

pytestmark = pytest.mark.exact

PONG = b'{"message":"pong"}'
MS = 1_000_000


@pytest.fixture(params=["epoll", "io_uring"])
def loop(request):
    return {"WEIR_LOOP": request.param}


@pytest.fixture
def start(loop, start_target):
    """Starts weir-target with flags on each kind of loop."""

    def start(*args):
        try:
            return start_target(*args, env=loop)
        except TargetFailed as failed:
            if "io_uring" not in failed.text:
                raise
            pytest.skip(failed.text)

    return start


def seconds_for(c, path):
    begin = time.monotonic()
    r = c.ask(path)
    return time.monotonic() - begin, r


# ---- delays, errors, sizes ----


def test_delay_by_flag_and_by_query(start):
    server = start("--delay", "100ms")
    with server.connect() as c:
        seconds, r = seconds_for(c, "/ping")
        assert (seconds >= 0.1, r.body) == (True, PONG)
        seconds, r = seconds_for(c, "/bytes/5?a=b&delay=250ms")
        assert (seconds >= 0.25, r.body) == (True, b"abcde")
        seconds, r = seconds_for(c, "/metrics")
        assert "weir_target_responses_total 2" in r.body.decode()
        for _ in range(5):
            assert c.ask("/ping?delay=0").body == PONG
    assert server.metrics() == {"requests": 7, "responses": 7}


def test_a_delayed_request_is_counted_before_its_answer(start):
    server = start("--delay", "300ms")
    with server.connect() as c:
        c.send(request("/ping"))
        wait_for(lambda: server.metrics() == {"requests": 1, "responses": 0})
        assert c.response().body == PONG
        assert server.metrics() == {"requests": 1, "responses": 1}


def test_connections_are_delayed_side_by_side(start):
    server = start("--delay", "300ms")
    clients = [server.connect() for _ in range(200)]
    begin = time.monotonic()
    for c in clients:
        c.send(request("/ping"))
    for c in clients:
        assert c.response().body == PONG
        c.socket.close()
    assert 0.3 <= time.monotonic() - begin < 30  # one after the other they would take 60 s


def test_jitter_changes_delays_in_both_directions(start):
    server = start("--delay", "100ms", "--jitter", "100ms")
    with server.connect() as c:
        seconds = [seconds_for(c, "/ping")[0] for _ in range(15)]
        assert max(seconds) > 0.12
        c.send(request("/ping?delay=0&jitter=0") * 1000 + request("/ping?delay=0&jitter=1ms") * 20)
        assert all(c.response().body == PONG for _ in range(1020))
    assert server.metrics() == {"requests": 1035, "responses": 1035}


@pytest.mark.parametrize("share, each", [("1%", 100), ("0.05", 20), ("100%", 1)])
def test_the_share_of_errors_is_exact(start, share, each):
    server = start("--error-rate", share)
    with server.connect() as c:
        c.send(request("/ping") * 1000)
        statuses = [c.response().status for _ in range(1000)]
    assert statuses == [500 if i % each == 0 else 200 for i in range(1, 1001)]
    figures = server.figures()
    assert figures['weir_target_responses_by_status_total{status="500"}'] == 1000 / each
    assert server.metrics() == {"requests": 1000, "responses": 1000}


def test_the_share_of_errors_by_query(start):
    with start().connect() as c:
        for path in ["/ping?error-rate=10%25", "/echo?error-rate=0.1"]:
            statuses = [c.ask(path).status for _ in range(100)]
            assert statuses.count(500) == 10
        assert c.ask("/ping").status == 200


def test_body_size_by_flag_and_by_query(start):
    with start("--body-size", "10kB").connect() as c:
        for path, n in [("/ping", 10_000), ("/ping?body-size=18", 18), ("/ping?body-size=1MB", 1_000_000)]:
            r = c.ask(path)
            assert len(r.body) == n
            assert r.json() == {"message": "pong"}
            assert r.headers["Content-Length"] == str(n)
        assert c.ask("/bytes/7").body == b"abcdefg"
    with start("--body-size", "100kB").connect() as c:
        c.send(request("/ping") * 3)
        assert [len(c.response().body) for _ in range(3)] == [100_000] * 3


@pytest.mark.parametrize("query", ["delay=x", "jitter=-1s", "error-rate=200%25", "body-size=3", "delay"])
def test_a_fault_that_cannot_be_read_is_a_400(target, query):
    r = target.fetch(f"/ping?{query}")
    assert r.status == 400
    assert r.json()["error"].startswith(query.partition("=")[0] + ": ")


# ---- standing still ----


def check_stall(server, seconds):
    """The one stall that happened took that long, by both clocks."""
    (stall,) = server.stalls()
    assert stall["end_ns"] - stall["begin_ns"] >= seconds * 1e9
    assert stall["end_wall_ns"] > stall["begin_wall_ns"]
    return stall


def test_post_stall_answers_and_then_stands_still(start):
    server = start()
    with server.connect() as c, server.connect() as other:
        assert other.ask("/ping").body == PONG
        before = time.monotonic_ns()
        r = c.ask("/stall?for=400ms", "POST")
        assert r.json() == {"stall_ns": 400 * MS}
        assert other.ask("/ping").body == PONG
        after = time.monotonic_ns()
        wait_for(lambda: server.stalls())
        stall = check_stall(server, 0.4)
        assert before < stall["begin_ns"]
        assert stall["end_ns"] < after
    assert server.metrics() == {"requests": 2, "responses": 2}


def test_stalls_by_flag_begin_after_the_first_request(start):
    server = start("--stall", "200ms:100ms", "--stall", "600ms:150ms")
    time.sleep(0.5)
    assert server.metrics() == {"requests": 0, "responses": 0}
    assert server.stalls() == []
    first = time.monotonic_ns()
    assert server.fetch("/ping").body == PONG
    answered = time.monotonic_ns()
    wait_for(lambda: len(server.stalls()) == 2)
    one, two = server.stalls()
    assert one["begin_ns"] >= first + 200 * MS
    assert one["end_ns"] - one["begin_ns"] >= 100 * MS
    assert two["begin_ns"] >= first + 600 * MS
    assert two["end_ns"] - two["begin_ns"] >= 150 * MS
    assert answered < one["begin_ns"]


def test_connections_made_while_it_stands_still_are_served_afterwards(start):
    server = start()
    server.fetch("/stall?for=500ms", "POST")
    clients = [server.connect() for _ in range(300)]
    for c in clients:
        c.send(request("/ping"))
    for c in clients:
        assert c.response().body == PONG
        c.socket.close()
    assert server.metrics() == {"requests": 300, "responses": 300}


def test_a_stall_needs_post_and_a_time(target):
    r = target.fetch("/stall?for=1h")
    assert (r.status, r.headers["Allow"]) == (405, "POST")
    for query in ["", "?for=x", "?time=2s"]:
        assert target.fetch("/stall" + query, "POST").status == 400
    assert target.stalls() == []


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_out_of_a_stall(start, how):
    server = start()
    server.fetch("/stall?for=1h", "POST")
    assert server.stop(how) == "weir-target: 0 requests, 0 responses, 1 connections"
