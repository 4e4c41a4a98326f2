"""weir http beside wrk: one thread each, the client on one processor and nginx's worker on the other, in
interleaved pairs. Printed for each leg: CPU µs per request of both, the ratio pair by pair (median and
range), rates, and the CPU of the whole machine per request, since io_uring moves work into the kernel."""

import argparse
import re
import statistics

import common

SECONDS = 4
LEGS = {  # name: (budget, path, connections, tls, asked rate of weir)
    "closed": ("/ping", 64, False, None),
    "tls": ("/ping", 64, True, None),
    "10k": ("/10k", 64, False, None),
    "10000-connections": ("/ping", 10_000, False, None),
    "rate-50k": ("/ping", 64, False, 50_000),
}
BUDGET = {"io_uring": 0.85, "epoll": 1.0}


def url_of(ports, path, tls):
    return f"https://127.0.0.1:{ports[1]}{path}" if tls else f"http://127.0.0.1:{ports[0]}{path}"


def run_wrk(url, connections):
    text, cpu, machine, _ = common.run(["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--latency", url])
    done = int(re.search(r"(\d+) requests in", text).group(1))
    return {"us": cpu * 1e6 / done, "machine_us": machine * 1e6 / done, "rate": done / SECONDS}


def run_weir(url, connections, rate, loop):
    args = ["http", url, "-c", connections, "-d", f"{SECONDS}s", "--threads", 1, "--insecure"]
    summary, cpu, machine, _ = common.weir_json(args + (["-r", rate] if rate else []), loop)
    done = summary["ledger"]["ok"]
    assert summary["ledger"]["balanced"] and done == summary["ledger"]["started"], summary["ledger"]
    return {"us": cpu * 1e6 / done, "machine_us": machine * 1e6 / done, "rate": summary["total"]["rate"],
            "validity": summary["verdict"]["validity"]}  # fmt: skip


def leg(name, ports, pairs, loops):
    path, connections, tls, rate = LEGS[name]
    url = url_of(ports, path, tls)
    rows = {loop: [] for loop in loops}
    run_wrk(url, connections)  # warm-up
    for _ in range(pairs):
        for loop in loops:
            rows[loop].append((run_weir(url, connections, rate, loop), run_wrk(url, connections)))
    for loop in loops:
        report(name, loop, rows[loop])


def report(name, loop, pairs):
    def med(who, key):
        return statistics.median(p[who][key] for p in pairs)

    ratios = [w["us"] / k["us"] for w, k in pairs]
    machine = [w["machine_us"] / k["machine_us"] for w, k in pairs]
    verdicts = sorted({w["validity"] for w, _ in pairs})
    print(f"{name:18} {loop:9} CPU ÷ wrk {common.spread(ratios)}  budget {BUDGET[loop]}")
    print(f"{'':28} weir {med(0, 'us'):.2f} µs at {med(0, 'rate'):.0f}/s, wrk {med(1, 'us'):.2f} µs at {med(1, 'rate'):.0f}/s;"
          f" whole machine ÷ wrk's {common.spread(machine)}; {', '.join(verdicts)}", flush=True)  # fmt: skip


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pairs", type=int, default=9)
    options.add_argument("--legs", default=",".join(LEGS))
    options.add_argument("--loops", default="io_uring,epoll")
    options = options.parse_args()
    common.need("wrk", str(common.WEIR))
    print(f"{common.machine()}; {SECONDS} s a run, {options.pairs} pairs")
    with common.nginx() as ports:
        for name in options.legs.split(","):
            leg(name, ports, options.pairs, options.loops.split(","))


main()
