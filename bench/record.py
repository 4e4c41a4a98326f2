"""The run record. Size: an hour (budget 50 MB) and a day (budget 100 MB) of 50 series with 10 calls each in each second,
written as a run writes it, though as fast as it can, and the CPU time that the writer takes for a second. Cost: throughput
of weir http at full load with --record ÷ without, in pairs, and the CPU time per request likewise (budget: 1 %)."""

import argparse
import pathlib
import tempfile

import common

SIZES = (("1 h", 3600, 50), ("24 h", 86400, 100))


def sizes(folder):
    tool = common.BUILD / "tests" / "unit" / "record_size"
    common.need(tool)
    for name, seconds, budget in SIZES:
        text, *_ = common.run([tool, folder / "size.weir", 50, 10, seconds], cpu=None)
        bytes_, cpu_s, longest_s = map(float, text.split())
        print(
            f"{name} x 50 series: {bytes_ / 1e6:.1f} MB (budget {budget}); the writer takes "
            f"{1e3 * cpu_s / seconds:.2f} ms of CPU a second, at most {1e3 * longest_s:.1f}",
            flush=True,
        )


def words(port, duration, *more):
    return ["http", f"127.0.0.1:{port}/ping", "-c", 64, "-d", duration, "--threads", 1, *more]


def load(port, duration, *more):
    """(requests/s, CPU µs per request)"""
    summary, cpu_s, _, _ = common.weir_json(words(port, duration, *more))
    requests = summary["ledger"]["started"]
    return requests / summary["run"]["duration_s"], 1e6 * cpu_s / requests


def cost(folder, pairs, duration):
    rates, cpus = [], []
    more = {True: ["--record", folder / "cost.weir"], False: ["--no-record"]}
    with common.target() as port:
        beside = {r: common.beside_worker(words(port, f"{common.LOOKED_AT}s", *more[r])) for r in more}
        print(
            f"threads beside the worker's: {100 * beside[True]:.2f} % of a processor with --record, "
            f"{100 * beside[False]:.2f} % without",
            flush=True,
        )
        for i in range(pairs):
            legs = {}
            for record in (i % 2 == 0, i % 2 == 1):  # which one is first alternates
                legs[record] = load(port, duration, *more[record])
            rates.append(legs[True][0] / legs[False][0])
            cpus.append(legs[True][1] / legs[False][1])
    print(f"--record ÷ without: rate {common.spread(rates)}, CPU per request {common.spread(cpus)}")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pairs", type=int, default=9)
    options.add_argument("--duration", default="5s")
    options = options.parse_args()
    print(common.machine())
    with tempfile.TemporaryDirectory() as folder:
        sizes(pathlib.Path(folder))
        cost(pathlib.Path(folder), options.pairs, options.duration)


main()
