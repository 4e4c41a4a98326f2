"""Rates: what was asked beside what was started, from 10/s to 50 000/s; and the release of an open schedule,
measured by the target's kernel stamps (SO_TIMESTAMPNS) and by weir's own start lateness."""

import argparse
import collections
import pathlib
import statistics
import tempfile

import common

RATES = [10, 100, 1_000, 10_000, 50_000]


def delivered(loop):
    """Budget: within 0.1 %."""
    for rate in RATES:
        seconds = 10 if rate < 1000 else 5
        with common.target() as port:
            summary, cpu, _, _ = common.weir_json(
                ["http", f"127.0.0.1:{port}/ping", "-r", rate, "-d", f"{seconds}s", "--threads", 1], loop
            )
        late = summary["load"]["start_lateness_s"]
        off = summary["load"]["achieved_rate"] / rate - 1
        print(f"{loop:9} asked {rate:6}/s, achieved {summary['load']['achieved_rate']:.2f}/s ({off:+.4%}); start lateness"
              f" p50 {late['p50'] * 1e6:.0f} µs, p99 {late['p99'] * 1e6:.0f} µs, max {late['max'] * 1e6:.0f} µs;"
              f" {cpu * 1e6 / summary['ledger']['started']:.2f} µs CPU a call; {summary['verdict']['validity']}",
              flush=True)  # fmt: skip


def release(loop, rate=10_000, seconds=10):
    """Budget at 10 000/s: lateness p50 <= 50 µs, p99 <= 0.3 ms; >= 99 % of the 1 ms windows hold at most 15."""
    with tempfile.TemporaryDirectory() as d:
        log = pathlib.Path(d) / "arrivals"
        with common.target("--log", log) as port:
            summary, _, _, _ = common.weir_json(
                ["http", f"127.0.0.1:{port}/ping", "-r", rate, "-d", f"{seconds}s", "--threads", 1], loop
            )
        stamps = sorted(int(line.split()[0]) for line in log.read_text().splitlines())
    windows = collections.Counter(t // 1_000_000 for t in stamps)
    all_windows = [windows.get(w, 0) for w in range(stamps[0] // 1_000_000, stamps[-1] // 1_000_000 + 1)]
    good = sum(n <= 15 for n in all_windows) / len(all_windows)
    late = summary["load"]["start_lateness_s"]
    print(f"{loop:9} release at {rate}/s: {len(stamps)} arrivals of {summary['ledger']['started']}; lateness p50"
          f" {late['p50'] * 1e6:.0f} µs, p99 {late['p99'] * 1e6:.0f} µs; {good:.2%} of the 1 ms windows hold at most 15"
          f" (median {statistics.median(all_windows):.0f}, worst {max(all_windows)})", flush=True)  # fmt: skip


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--loops", default="io_uring,epoll")
    options = options.parse_args()
    common.need(str(common.WEIR), str(common.TARGET))
    print(common.machine())
    for loop in options.loops.split(","):
        delivered(loop)
        release(loop)


main()
