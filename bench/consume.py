"""weir kafka consume --audit beside rdkafka_performance -C: the same stamped records of 100 bytes in 6 partitions of a
real Kafka, read from their beginning, in turns. Budget: at least 0.9 of its rate.

A rate is of the whole process, from its start to its end, so that neither is helped by what it counts itself; what
both need to begin and to end is in it. The broker and the consumer share the processors, as they come."""

import argparse
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import common

sys.path.insert(0, str(common.ROOT / "tests/kafka"))

from real_kafka import Kafka, NoKafka  # noqa: E402

PEER = common.ROOT / "build/peers/rdkafka_performance"
PARTITIONS = 6
BUDGET = 0.9


def fill(kafka, topic, records):
    words = ["-b", kafka.bootstrap, "-t", topic, "-n", records, "--size", 100, "--stamp", "value", "-k", "sequence", "-q"]
    words += ["-X", "enable.idempotence=true"]  # or what is tried again comes out of order
    subprocess.run([common.WEIR, "kafka", "produce", *map(str, words)], check=True, stdout=subprocess.DEVNULL)


def timed(argv):
    """Seconds of the whole process, its CPU seconds, what it said."""
    begun = time.monotonic()
    text, cpu, _, _ = common.run(argv, cpu=None)
    return time.monotonic() - begun, cpu, text


def weir(kafka, topic, *words):
    argv = [common.WEIR, "kafka", "consume", "-b", kafka.bootstrap, "-t", topic, "--from", "beginning", "--until", "end"]
    return timed([*argv, "-q", *words])


def peer(kafka, topic, records):
    partitions = [w for p in range(PARTITIONS) for w in ("-p", p)]
    return timed([PEER, "-C", "-b", kafka.bootstrap, "-t", topic, *partitions, "-o", "beginning", "-c", records, "-q"])


def checked(run, records):
    if f"{records:,}".replace(",", " ") + " received" not in run[2] or "FAILED" in run[2]:
        raise SystemExit(f"not all records were read, once and in order:\n{run[2]}")
    return run


def compare(kafka, topic, records, pairs, name, *words):
    rates, costs, own = [], [], []
    for _ in range(pairs):
        mine = checked(weir(kafka, topic, *words), records)
        other = peer(kafka, topic, records)
        rates.append(other[0] / mine[0])
        costs.append(mine[1] / other[1])
        own.append((records / mine[0], mine[1] * 1e6 / records, records / other[0], other[1] * 1e6 / records))
    mine_rate, mine_cost, rate, cost = (statistics.median(column) for column in zip(*own, strict=True))
    print(f"{name:14} rate ÷ rdkafka_performance's {common.spread(rates)}, CPU ÷ its {common.spread(costs)};"
          f" weir {mine_rate / 1e6:.2f} M/s at {mine_cost:.3f} µs, it {rate / 1e6:.2f} M/s at {cost:.3f} µs",
          flush=True)  # fmt: skip
    return statistics.median(rates)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, default=5_000_000)
    options.add_argument("--pairs", type=int, default=9)
    options = options.parse_args()
    common.need(common.WEIR, PEER)
    print(common.machine())
    with tempfile.TemporaryDirectory() as d:
        try:
            kafka = Kafka(pathlib.Path(d))
        except NoKafka as why:
            raise SystemExit(f"this bench needs a real Kafka: {why}") from None
        try:
            topic = kafka.topic(partitions=PARTITIONS)
            fill(kafka, topic, options.records)
            peer(kafka, topic, options.records)  # the first reader pays for everybody
            compare(kafka, topic, options.records, options.pairs, "without audit")
            ratio = compare(kafka, topic, options.records, options.pairs, "with audit", "--audit")
        finally:
            kafka.stop()
    print(f"budget {BUDGET}: {'met' if ratio >= BUDGET else 'MISSED'}")


main()
