"""Viewers and scrapers that ask and never read: the run must not feel them, nor keep for them what they do not take."""

import http.client
import socket
import time

import pytest

from serving import Stream, ask, served_at
from target_process import wait_for

pytestmark = pytest.mark.timing

KEPT = 16 << 20  # bytes of messages that the stream keeps for all together (web/stream.h)
MANY = 60
BEGUN = 1000  # bytes: more than the head of an answer

# So that each second's message is large.
WIDE = """
local gets = {}
for i = 1, 400 do gets[i] = http:get { "/ping", name = "call " .. i } end
local n = 0
return weir.scenario { load = "500 for 10s", user = function() n = n + 1; gets[n % 400 + 1]() end }"""


def silent(where, path, n=MANY):
    """So many connections that ask for this and read nothing; each is being answered, as far as its window lets it."""
    opened = []
    for _ in range(n):
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        s.connect(where)
        s.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        opened.append(s)
    wait_for(lambda: all(len(s.recv(BEGUN, socket.MSG_PEEK)) == BEGUN for s in opened), 30)
    return opened


def resident(load):
    with open(f"/proc/{load.process.pid}/statm") as f:
        return int(f.read().split()[1]) * 4096


def growth(start_script, target, path):
    """Bytes that such a run has more at its end than when all viewers were there."""
    load = start_script(target, WIDE, "--ui=:0", log=False)
    where = served_at(load, "the page")
    time.sleep(1)
    opened = silent(where, path) if path else []
    time.sleep(1)
    first = last = resident(load)
    while load.process.poll() is None and "starts/s of" not in load.out:
        last = resident(load) or last
        time.sleep(0.2)
    done = load.end((0, 4))
    assert done.ledger == {"started": 5000, "ok": 5000}
    for s in opened:
        s.close()
    return last - first


def test_memory_does_not_grow_for_those_who_read_nothing(start_script, target):
    """60 of them, each second some 100 kB: kept for each, that would be far more than what is kept for all."""
    alone = growth(start_script, target, None)
    for path in "/api/stream", "/metrics":
        more = growth(start_script, target, path) - alone
        assert more < KEPT, (path, alone, more)


def test_connections_that_ask_for_nothing_do_not_lock_others_out(start_load, target):
    """As many as the server takes; who waits gets in when they are sent away, long before a minute's half."""
    load = start_load(f"{target.url}/ping", "-r", 10, "-d", "60s", "--ui=:0", log=False)
    where = served_at(load, "the page")
    viewer = Stream(where).head()
    opened = [socket.create_connection(where) for _ in range(128)]
    for s in opened[::2]:
        s.sendall(b"GET / HT")
    start = time.monotonic()
    assert ask(where, "/api/state").status == 200
    assert time.monotonic() - start < 10
    end = time.monotonic() + 6
    viewer.until(lambda event, _: event == "more" and time.monotonic() > end)  # it may stay
    for s in opened:
        s.close()
    load.interrupt()
    load.end(130)


def test_who_has_asked_once_may_take_longer_to_ask_again(start_load, target):
    """As Prometheus does, on one connection."""
    load = start_load(f"{target.url}/ping", "-r", 10, "-d", "60s", "--ui=:0", log=False)
    asker = http.client.HTTPConnection(*served_at(load, "the page"))
    asker.connect()
    own = asker.sock
    for wait in (0, 5):
        time.sleep(wait)
        asker.request("GET", "/metrics")
        assert asker.getresponse().read() and asker.sock is own
    asker.close()
    load.interrupt()
    load.end(130)


def test_a_run_is_as_fast_with_them(start_load, target):
    """CPU per call: neighbours on this machine cost time, but not that."""

    def cost(path, n):
        load = start_load(f"{target.url}/ping", "-c", 8, "-d", "3s", "--ui=:0", log=False)
        where = served_at(load, "the page")
        wait_for(lambda: target.metrics()["requests"] > 100)
        opened = silent(where, path, n)
        done = load.end((0, 4))
        for s in opened:
            s.close()
        return done.summary["generator"]["cpu_s"] / done.ledger["ok"]

    costs = {path: [] for path in (None, "/api/stream", "/metrics", "/api/page")}
    for _ in range(3):
        for path, of in costs.items():
            of.append(cost(path, MANY if path else 0))
    alone = min(costs.pop(None))
    for path, of in costs.items():
        assert min(of) < 1.3 * alone, (path, of, alone)
