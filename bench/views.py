"""What looking costs: weir http at full load, without views and with all of them (the page with viewers of its stream,
metrics that are scraped), in interleaved pairs. Printed: rate with views ÷ without, and CPU per request likewise, pair by
pair (median and range), and the CPU that threads beside the worker's take. All of weir's threads share one processor, so
that nothing is free."""

import argparse
import contextlib
import os
import selectors
import socket
import statistics
import threading
import time

import common

SECONDS = 4
BUDGET = 0.99


def ask(port, path):
    """A connection on which `path` was asked for; weir may be about to listen."""
    end = time.monotonic() + 5
    while True:
        try:
            c = socket.create_connection(("127.0.0.1", port), SECONDS * 3)
            break
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
    c.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
    return c


def look_on(page, metrics, viewers):
    """Viewers of the stream and a scrape each second, until the run is over; from the server's processor, and cheap."""
    os.sched_setaffinity(0, {common.SERVER_CPU})
    room, watched = bytearray(1 << 20), selectors.DefaultSelector()
    for _ in range(viewers):
        watched.register(ask(page, "/api/stream"), selectors.EVENT_READ)
    scrape = time.monotonic() + 1
    with contextlib.suppress(OSError):
        while len(watched.get_map()) > 0:
            for key, _ in watched.select(max(0, scrape - time.monotonic())):
                if key.fileobj.recv_into(room) == 0:
                    watched.unregister(key.fileobj)
                    key.fileobj.close()
            if time.monotonic() >= scrape and len(watched.get_map()) >= viewers:
                watched.register(ask(metrics, "/metrics"), selectors.EVENT_READ)
                scrape += 1


def words(url, seconds):
    return ["http", url, "-c", 64, "-d", f"{seconds}s", "--threads", 1]


def with_views(viewers):
    """(words that switch the views on, a thread that looks at them)"""
    page, metrics = common.free_port(), common.free_port()
    looking = threading.Thread(target=look_on, args=[page, metrics, viewers])
    looking.start()
    return [f"--ui=:{page}", "--prometheus", f":{metrics}"], looking


def measure(url, loop, viewers=0):
    more, looking = with_views(viewers) if viewers else ([], None)
    summary, cpu, _, _ = common.weir_json(words(url, SECONDS) + more, loop)
    if looking:
        looking.join()
    done = summary["ledger"]["ok"]
    assert summary["ledger"]["balanced"] and done == summary["ledger"]["started"], summary["ledger"]
    return {"rate": done / SECONDS, "us": cpu * 1e6 / done}


def by_threads(url, loop, viewers):
    more, looking = with_views(viewers) if viewers else ([], None)
    share = common.beside_worker(words(url, common.LOOKED_AT) + more, loop)
    if looking:
        looking.join()
    return share


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pairs", type=int, default=9)
    options.add_argument("--viewers", type=int, default=10)
    options.add_argument("--loops", default="io_uring,epoll")
    options = options.parse_args()
    print(f"{common.machine()}; {SECONDS} s a run, {options.pairs} pairs, {options.viewers} viewers, a scrape a second")
    with common.nginx() as (port, _):
        url = f"http://127.0.0.1:{port}/ping"
        measure(url, None)  # warm-up
        for loop in options.loops.split(","):
            by = {n: by_threads(url, loop, n) for n in (0, options.viewers)}
            print(f"{loop:9} threads beside the worker's: {100 * by[options.viewers]:.2f} % of a processor with views,"
                  f" {100 * by[0]:.2f} % without", flush=True)  # fmt: skip
        for loop in options.loops.split(","):
            pairs = []
            for i in range(options.pairs):
                order = (0, options.viewers) if i % 2 else (options.viewers, 0)
                by = {n: measure(url, loop, n) for n in order}
                pairs.append((by[options.viewers], by[0]))
            rates = [a["rate"] / b["rate"] for a, b in pairs]
            costs = [a["us"] / b["us"] for a, b in pairs]
            print(f"{loop:9} rate ÷ without {common.spread(rates)}  budget {BUDGET}; CPU ÷ without {common.spread(costs)};"
                  f" {statistics.median(a['rate'] for a, _ in pairs):.0f}/s with views", flush=True)  # fmt: skip


main()
