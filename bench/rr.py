"""weir kafka rr beside a bare librdkafka pair (peers/rr_pair.c: no books, no due times), in interleaved pairs on a real
Kafka with one echo process: round trips a second and CPU of the asking process alone, ids in a header, the key, the value.
Budgets: ≥ 300 000/s at ≤ 2 µs; one at a time p50 ≤ 1.1 × the pair's; ≤ 200 B + payload a request in flight.

Legs: rate; single (one at a time, linger 0); memory; asked (rates that are asked for: within 0.1 %); many (10 million by a script that compares each reply with its own
request: minutes)."""

import argparse
import contextlib
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import common

sys.path.insert(0, str(common.ROOT / "tests" / "kafka"))

from real_kafka import Kafka  # noqa: E402

PEER = common.ROOT / "build" / "peers" / "rr_pair"
RESPONDER = common.BUILD / "weir-responder"
PARTITIONS, WINDOW, BYTES = 6, 10_000, 100
RATES = [10, 100, 1_000, 10_000, 50_000, 100_000, 200_000]
RETENTION = {"retention_bytes": 50_000_000, "segment_bytes": 50_000_000}
PLACES = {
    "header": [],
    "key": ["--correlate", "key"],
    "bytes": ["--correlate", "bytes:0,28", "--value", "${correlation_id}" + "x" * (BYTES - 28)],
}
MANY = """local kafka = weir.kafka { brokers = weir.env("AT"), producer = { ["linger.ms"] = 5 } }
local rpc = kafka:rpc { request = weir.env("ASK"), reply = weir.env("ANSWER"), value = "${vu.id} ${vu.iteration}",
  timeout = "60s", checks = { weir.is.echo() } }
return weir.scenario { user = function() rpc() end }"""


@contextlib.contextmanager
def echo(kafka, linger):
    """Topics, and who answers from the one on the other."""
    ask, answer = (kafka.topic(PARTITIONS, **RETENTION) for _ in range(2))
    words = [RESPONDER, "-b", kafka.bootstrap, "-t", ask, "--reply", answer, "-X", f"producer.linger.ms={linger}"]
    child = subprocess.Popen([str(w) for w in words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert child.stdout.readline().startswith("ready")
        yield kafka.bootstrap, ask, answer
    finally:
        child.terminate()
        child.communicate()


def run_weir(where, place, count, window, linger):
    """Round trips a second, µs of CPU for each, p50 in µs."""
    at, ask, answer = where
    words = ["kafka", "rr", "-b", at, "--request", ask, "--reply", answer, "-n", count, "-c", window, "--size", BYTES]
    words += ["--timeout", "60s", "-X", f"producer.linger.ms={linger}", *PLACES[place]]
    if "--value" in words:
        words[words.index("--size") : words.index("--size") + 2] = []
    summary, cpu, _, _ = common.weir_json(words, cpu=None)
    book = summary["ledger"]
    assert book["balanced"] and book["ok"] == count == book["replies"]["received"], book
    return count / summary["run"]["duration_s"], cpu * 1e6 / count, summary["total"]["response_time_s"]["p50"] * 1e6


def run_peer(where, place, count, window, linger):
    words = [PEER, *where, PARTITIONS, count, window, BYTES, linger, place]
    text, _, _, _ = common.run(words, cpu=None)
    seconds, cpu, p50 = map(float, text.split())
    return count / seconds, cpu * 1e6 / count, p50 / 1e3


def interleaved(what, pairs):
    run_peer(*what)  # warm-up
    return [(run_weir(*what), run_peer(*what)) for _ in range(pairs)]


def medians(rows, side):
    return [statistics.median(row[side][i] for row in rows) for i in range(3)]


def rate(kafka, pairs, count):
    with echo(kafka, 5) as where:
        for place in PLACES:
            rows = interleaved((where, place, count, WINDOW, 5), pairs)
            (r, c, _), (peer_r, peer_c, _) = medians(rows, 0), medians(rows, 1)
            print(f"{place:7} rate {common.spread([w[0] / p[0] for w, p in rows])}, CPU"
                  f" {common.spread([w[1] / p[1] for w, p in rows])}; weir {r / 1e3:.0f} k/s at {c:.2f} µs, pair"
                  f" {peer_r / 1e3:.0f} k/s at {peer_c:.2f} µs", flush=True)  # fmt: skip


def single(kafka, pairs, count=4000):
    with echo(kafka, 0) as where:
        rows = interleaved((where, "header", count, 1, 0), pairs)
        print(f"one at a time: p50 {common.spread([w[2] / p[2] for w, p in rows])}; weir {medians(rows, 0)[2]:.0f} µs, pair"
              f" {medians(rows, 1)[2]:.0f} µs; budget 1.1", flush=True)  # fmt: skip


def held(kafka, topics, in_flight):
    """RSS with so many in flight, acknowledged and without a reply, asked for at 20 000 a second."""
    words = [common.WEIR, "kafka", "rr", "-b", kafka.bootstrap, "--request", topics[0], "--reply", topics[1], "-r", 20_000]
    words += ["-n", in_flight, "--size", BYTES, "--timeout", "60s", "-q"]
    weir = subprocess.Popen([str(w) for w in words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(in_flight / 20_000 + 2)
    pages = int(pathlib.Path(f"/proc/{weir.pid}/statm").read_text().split()[1])
    weir.kill()
    weir.wait()
    return pages * os.sysconf("SC_PAGE_SIZE")


def memory(kafka, pairs):
    """A broker that stops for a moment leaves librdkafka's queue larger: hence the median."""
    topics = [kafka.topic(PARTITIONS) for _ in range(2)]
    rows = [[held(kafka, topics, n) for n in (100_000, 200_000)] for _ in range(pairs)]
    few, many = (statistics.median(column) for column in zip(*rows))
    print(f"a request in flight: {common.spread([(m - f) / 100_000 for f, m in rows])} B ({few / 1e6:.1f} MB with 100 000,"
          f" {many / 1e6:.1f} MB with 200 000), its user with it; budget 200 B + payload", flush=True)  # fmt: skip


def asked(kafka, seconds=5):
    """Budget: within 0.1 %."""
    with echo(kafka, 5) as (at, ask, answer):
        for rate in RATES:
            words = ["kafka", "rr", "-b", at, "--request", ask, "--reply", answer, "-r", rate, "-d", f"{seconds}s", "--size", BYTES]
            summary, cpu, _, _ = common.weir_json(words, cpu=None)
            load, book = summary["load"], summary["ledger"]
            assert book["balanced"] and book["started"] == rate * seconds, book
            late = load["start_lateness_s"]
            print(f"asked {rate:6}/s, achieved {load['achieved_rate']:.2f}/s ({load['achieved_rate'] / rate - 1:+.4%}); start"
                  f" lateness p50 {late['p50'] * 1e6:.0f} µs, p99 {late['p99'] * 1e6:.0f} µs; response p50"
                  f" {summary['total']['response_time_s']['p50'] * 1e6:.0f} µs; {book['ok']} of {book['started']} ok,"
                  f" {cpu * 1e6 / book['started']:.2f} µs CPU each; {summary['verdict']['validity']}", flush=True)  # fmt: skip


def many(kafka, count=10_000_000):
    with echo(kafka, 5) as (at, ask, answer), tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(MANY)
        script.flush()
        words = ["run", script.name, "-e", f"AT={at}", "-e", f"ASK={ask}", "-e", f"ANSWER={answer}", "-n", count, "-c", WINDOW]
        summary, cpu, _, peak = common.weir_json(words, cpu=None)
        book, (check,) = summary["ledger"], summary["checks"]
        assert book["ok"] == check["passed"] == book["replies"]["matched"] == book["replies"]["received"] == count, book
        print(f"{count} round trips, each compared with its own request: {count / summary['run']['duration_s'] / 1e3:.0f} k/s at"
              f" {cpu * 1e6 / count:.2f} µs, {peak / 1e6:.0f} MB at most; none lost, none wrong", flush=True)  # fmt: skip


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pairs", type=int, default=7)
    options.add_argument("--count", type=int, default=1_000_000)
    options.add_argument("--legs", default="rate,single,memory,asked")
    options = options.parse_args()
    common.need(str(common.WEIR), str(RESPONDER), str(PEER))
    print(f"{common.machine()}, load average {os.getloadavg()[0]:.0f}")
    with tempfile.TemporaryDirectory() as folder:
        kafka = Kafka(folder)
        try:
            for leg in options.legs.split(","):
                {"rate": lambda: rate(kafka, options.pairs, options.count), "single": lambda: single(kafka, options.pairs),
                 "memory": lambda: memory(kafka, options.pairs), "asked": lambda: asked(kafka),
                 "many": lambda: many(kafka)}[leg]()  # fmt: skip
        finally:
            kafka.stop()


main()
