"""A scripted load beside wrk with a script of the same content (bench/scripts): one thread each, the client on
one processor and nginx's worker on the other, 64 connections, in interleaved pairs. Printed: CPU µs per request
of both and the ratio pair by pair. Budget: 1.0 × wrk. Plain weir http stands beside it."""

import argparse
import re
import statistics

import common

SECONDS = 4
SCRIPTS = common.ROOT / "bench" / "scripts"


def run_wrk(url):
    text, cpu, _, _ = common.run(["wrk", "-t1", "-c64", f"-d{SECONDS}s", "-s", SCRIPTS / "wrk_story.lua", url])
    done = int(re.search(r"(\d+) requests in", text).group(1))
    return cpu * 1e6 / done


def run_weir(words, loop):
    summary, cpu, _, _ = common.weir_json([*words, "-c", 64, "-d", f"{SECONDS}s", "--threads", 1], loop)
    done = summary["ledger"]["ok"]
    assert summary["ledger"]["balanced"] and done == summary["ledger"]["started"], summary["ledger"]
    assert all(c["failed"] == 0 and c["passed"] == done for c in summary["checks"]), summary["checks"]
    return cpu * 1e6 / done


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pairs", type=int, default=9)
    options.add_argument("--loops", default="io_uring,epoll")
    options = options.parse_args()
    common.need("wrk", str(common.WEIR))
    print(f"{common.machine()}; {SECONDS} s a run, {options.pairs} pairs")
    with common.nginx() as ports:
        url = f"http://127.0.0.1:{ports[0]}"
        script = ["run", SCRIPTS / "story.lua", "-e", f"TARGET={url}"]
        run_wrk(url)  # warm-up
        for loop in options.loops.split(","):
            rows = [(run_weir(script, loop), run_wrk(url), run_weir(["http", url + "/ping"], loop)) for _ in range(options.pairs)]
            weir, wrk, plain = (statistics.median(r[i] for r in rows) for i in range(3))
            print(f"{loop:9} CPU ÷ wrk with Lua {common.spread([w / k for w, k, _ in rows])}  budget 1.0")
            print(f"{'':9} weir {weir:.2f} µs, wrk {wrk:.2f} µs, weir http {plain:.2f} µs a request", flush=True)


main()
