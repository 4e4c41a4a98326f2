"""The Python package hdrhistogram reads what weir encodes, and weir reads what it encodes.

The package's own histogram is the witness; what is expected is computed from the samples.
"""

import base64
import os
import pathlib
import random
import subprocess
import zlib

import pytest
from hdrh.histogram import HdrHistogram

pytestmark = pytest.mark.exact

HOUR = 3_600_000_000_000
HIGHEST = 2**42 - 1
PERCENTILES = (50, 75, 90, 95, 99, 99.9, 99.99, 100)

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = pathlib.Path(os.environ.get("WEIR_BUILD", ROOT / "build")).resolve() / "tests/unit/hist_tool"


def run_tool(*args, text):
    return subprocess.run([TOOL, *args], input=text, capture_output=True, text=True, timeout=60)


def weir_encodes(values):
    done = run_tool(text="".join(f"{v}\n" for v in values))
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def weir_decodes(encoded):
    done = run_tool("decode", text=encoded)
    assert done.returncode == 0, done.stderr
    figures = dict(line.split() for line in done.stdout.splitlines())
    return {name: int(v) if v.isdigit() else float(v) for name, v in figures.items()}


def python_encodes(values, lowest=1, highest=HOUR, digits=3):
    hist = HdrHistogram(lowest, highest, digits)
    for v in values:
        assert hist.record_value(v)
    return hist.encode().decode()


def counts(hist):
    found = {i: hist.get_count_at_index(i) for i in range(hist.counts_len)}
    return {i: count for i, count in found.items() if count}


def samples(kind, n=5_000):
    rng = random.Random(f"weir {kind}")
    draw = {
        "small": lambda: rng.randrange(0, 2_100),
        "latencies": lambda: int(rng.lognormvariate(14, 1.5)),
        "everything": lambda: int(2 ** rng.uniform(0, 41.7)),
        "edges": lambda: min(HOUR, max(0, 2 ** rng.randrange(0, 42) + rng.randrange(-1, 2))),
        "same": lambda: 123_456_789,
    }[kind]
    return [draw() for _ in range(n)]


KINDS = ("small", "latencies", "everything", "edges", "same")


@pytest.mark.parametrize("kind", KINDS)
def test_python_decodes_the_buckets_that_weir_encoded(kind):
    values = samples(kind)
    theirs = HdrHistogram(1, HIGHEST, 3)
    for v in values:
        theirs.record_value(v)
    ours = HdrHistogram.decode(weir_encodes(values))
    assert counts(ours) == counts(theirs)
    assert ours.get_total_count() == len(values)
    assert ours.significant_figures == 3
    assert (ours.lowest_trackable_value, ours.highest_trackable_value) == (1, HIGHEST)


@pytest.mark.parametrize("kind", KINDS)
def test_both_write_the_same_header(kind):
    """The counts may differ: for one empty bucket Java and weir write 0, Python writes -1."""
    values = samples(kind)
    ours = zlib.decompress(base64.b64decode(weir_encodes(values))[8:])
    theirs = zlib.decompress(base64.b64decode(python_encodes(values, highest=HIGHEST))[8:])
    assert ours[:40] == theirs[:40]
    assert len(ours) == len(theirs)


@pytest.mark.parametrize("kind", KINDS)
def test_weir_decodes_what_python_encoded(kind):
    values = samples(kind)
    theirs = HdrHistogram(1, HOUR, 3)
    for v in values:
        theirs.record_value(v)
    figures = weir_decodes(python_encodes(values))
    assert figures["count"] == len(values)
    assert figures["overflow"] == 0
    ordered = sorted(values)
    for p in PERCENTILES:
        rank = -(-round(p * 100) * len(values) // 10_000)
        high = theirs.get_highest_equivalent_value(ordered[rank - 1])
        assert figures[f"p{p:g}"] == min(high, figures["max"])
    for name, exact in (("min", ordered[0]), ("max", ordered[-1])):
        assert theirs.get_lowest_equivalent_value(exact) <= figures[name]
        assert figures[name] <= theirs.get_highest_equivalent_value(exact)


def test_mean_and_deviation_of_a_decoded_histogram_are_those_python_has():
    encoded = python_encodes(samples("latencies"))
    theirs = HdrHistogram.decode(encoded)
    figures = weir_decodes(encoded)
    assert figures["mean"] == pytest.approx(theirs.get_mean_value(), rel=1e-12)
    assert figures["stddev"] == pytest.approx(theirs.get_stddev(), rel=1e-9)


def test_python_sees_overflow_beyond_an_hour_and_weir_gets_it_back():
    encoded = weir_encodes([5, HOUR, HOUR + 1, 2**64 - 1])
    theirs = HdrHistogram.decode(encoded)
    assert theirs.get_total_count() == 4
    assert theirs.get_max_value() == HIGHEST
    assert theirs.get_count_at_value(HOUR) == 1
    figures = weir_decodes(encoded)
    assert (figures["count"], figures["overflow"]) == (4, 2)


def test_an_empty_histogram_passes_both_ways():
    assert HdrHistogram.decode(weir_encodes([])).get_total_count() == 0
    assert weir_decodes(python_encodes([]))["count"] == 0


def test_large_counts_pass_both_ways():
    theirs = HdrHistogram(1, HIGHEST, 3)
    for power in range(0, 62, 3):
        theirs.record_value(1_000 * (power + 1), 2**power)
    figures = weir_decodes(theirs.encode().decode())
    assert figures["count"] == sum(2**power for power in range(0, 62, 3))


@pytest.mark.parametrize("lowest, digits", [(1_000, 3), (1, 2), (1, 4)])
def test_another_unit_or_precision_is_refused(lowest, digits):
    done = run_tool("decode", text=python_encodes([5_000], lowest=lowest, digits=digits))
    assert done.returncode == 1
    assert "another unit or precision" in done.stderr


def test_text_that_is_no_histogram_is_refused():
    done = run_tool("decode", text="bm90IGEgaGlzdG9ncmFt")
    assert done.returncode == 1
    assert "not a histogram" in done.stderr
