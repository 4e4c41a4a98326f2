"""weir kafka produce beside rdkafka_performance, librdkafka's own benchmark program: in interleaved pairs, linger 5 ms
on both sides, against weir's embedded broker as its own process and against a real Kafka. Printed: rate and CPU per
record of both, and their ratios pair by pair. Budgets: rate ≥ 1.0, CPU ≤ 1.1. Then asked rates (within 0.1 %), and
from the command to the first record (≤ 30 ms)."""

import argparse
import contextlib
import datetime
import re
import statistics
import subprocess
import sys
import tempfile
import time

import common

sys.path.insert(0, str(common.ROOT / "tests" / "kafka"))

from real_kafka import Cluster, Kafka  # noqa: E402

PEER = common.ROOT / "build" / "peers" / "rdkafka_performance"
RATES = [1_000, 10_000, 50_000, 100_000, 200_000]
RECORDS = {("embedded", 100): 3_000_000, ("embedded", 1000): 1_000_000, ("kafka", 100): 1_500_000, ("kafka", 1000): 300_000}


@contextlib.contextmanager
def embedded():
    """weir's broker as a process of its own; yields where it listens."""
    port = common.free_port()
    words = [str(common.WEIR), "broker", "--port", str(port), "--topic", "bench:6"]
    broker = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        common.wait_for(port)
        yield Cluster(f"127.0.0.1:{port}"), "bench"
    finally:
        broker.terminate()
        broker.wait()


@contextlib.contextmanager
def kafka():
    """A real one, whose records are forgotten soon; yields where it listens and a topic."""
    with tempfile.TemporaryDirectory() as folder:
        cluster = Kafka(folder)
        try:
            yield cluster, cluster.topic(6, retention_bytes=50_000_000, segment_bytes=50_000_000)
        finally:
            cluster.stop()


def run_weir(at, topic, size, acks, records):
    words = ["kafka", "produce", "-b", at, "-t", topic, "--size", size, "--acks", acks, "-n", records]
    summary, cpu, _, _ = common.weir_json([*words, "-X", "linger.ms=5"], cpu=None)
    book = summary["ledger"]
    assert book["balanced"] and book["ok"] == records, book
    return summary["load"]["achieved_rate"], cpu * 1e6 / records


def run_peer(at, topic, size, acks, records):
    words = [PEER, "-P", "-t", topic, "-b", at, "-s", size, "-c", records, "-a", -1 if acks == "all" else acks]
    text, cpu, _, _ = common.run([*words, "-X", "linger.ms=5"], cpu=None)
    done = re.search(rf"{records} delivered .* in \d+ms: (\d+) msgs/s", text)
    assert done, text
    return float(done.group(1)), cpu * 1e6 / records


def beside(broker, name, pairs):
    with broker() as (cluster, topic):
        for size in (100, 1000):
            for acks in (1, "all"):
                what = (cluster.bootstrap, topic, size, acks, RECORDS[name, size])
                run_peer(*what)  # warm-up
                rows = [(*run_weir(*what), *run_peer(*what)) for _ in range(pairs)]
                rates, cpus = [a / c for a, _, c, _ in rows], [b / d for _, b, _, d in rows]
                weir_rate, weir_cpu, rate, cpu = (statistics.median(r[i] for r in rows) for i in range(4))
                print(f"{name:9}{size:5} B acks {acks:<4} rate {common.spread(rates)}, CPU {common.spread(cpus)}; weir"
                      f" {weir_rate:.0f}/s, {weir_cpu:.3f} µs; peer {rate:.0f}/s, {cpu:.3f} µs", flush=True)  # fmt: skip


def rates(broker, name):
    with broker() as (cluster, topic):
        for rate in RATES:
            words = ["kafka", "produce", "-b", cluster.bootstrap, "-t", topic, "--size", 100, "-r", rate, "-d", "5s"]
            summary, cpu, _, _ = common.weir_json(words, cpu=None)
            load, late = summary["load"], summary["load"]["start_lateness_s"]
            print(f"{name:9} asked {rate:6}/s, achieved {load['achieved_rate']:.2f}/s"
                  f" ({load['achieved_rate'] / rate - 1:+.4%}); start lateness p50 {late['p50'] * 1e6:.0f} µs, p99"
                  f" {late['p99'] * 1e6:.0f} µs; {cpu * 1e6 / summary['ledger']['started']:.2f} µs CPU a record;"
                  f" {summary['verdict']['validity']}", flush=True)  # fmt: skip


def start(runs=11):
    """From the command to its first record: t = 0 of the run, by the wall clock, which is when the first is due."""
    with embedded() as (cluster, topic):
        took = []
        for _ in range(runs):
            begun = time.time()
            summary, _, _, _ = common.weir_json(["kafka", "produce", "-b", cluster.bootstrap, "-t", topic, "-n", 1], cpu=None)
            at = datetime.datetime.fromisoformat(summary["run"]["started_at"].replace("Z", "+00:00"))
            took.append((at.timestamp() - begun) * 1e3)
    print(f"start to first record: median {statistics.median(took):.0f} ms (max {max(took):.0f}, {runs} runs); budget 30")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pairs", type=int, default=7)
    options.add_argument("--legs", default="embedded,kafka,rates,start")
    options = options.parse_args()
    common.need(str(common.WEIR), str(PEER))
    print(f"{common.machine()}; {options.pairs} pairs")
    brokers = {"embedded": embedded, "kafka": kafka}
    for leg in options.legs.split(","):
        if leg == "start":
            start()
        elif leg == "rates":
            for name, broker in brokers.items():
                rates(broker, name)
        else:
            beside(brokers[leg], leg, options.pairs)


main()
