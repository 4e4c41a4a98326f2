"""weir compare on pairs drawn from recorded runs of a target with 100 ms ± 25 of delay and of one that is 10 % slower: at most
5 % of 100 pairs of alike runs may raise an alarm (worse or better), the slower target must be found in at least 90 of 100.
Several runs at once, at a low rate: they share the machine, so that it is busier, and differs more from run to run, than
one for one would have it."""

import argparse
import contextlib
import itertools
import json
import pathlib
import random
import subprocess
import tempfile

import common

DELAYS = {"A": ("--delay", "100ms", "--jitter", "25ms"), "B": ("--delay", "110ms", "--jitter", "27500us")}
PAIRS = 100


def record(stack, kind, path, o):
    port = stack.enter_context(common.target(*DELAYS[kind], "--seed", random.randrange(2**32)))
    words = ["http", f"127.0.0.1:{port}/ping", "-r", o.rate, "-d", o.duration, "--record", path, "-q"]
    return subprocess.Popen([str(common.WEIR), *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def record_all(folder, o):
    """{kind: [file]}, both kinds in turn."""
    files = {kind: [folder / f"{kind}{i}.weir" for i in range(o.runs // 2)] for kind in DELAYS}
    jobs = [(kind, path) for pair in zip(*files.values()) for kind, path in zip(files, pair)]
    for first in range(0, len(jobs), o.at_once):
        with contextlib.ExitStack() as stack:
            runs = [record(stack, kind, path, o) for kind, path in jobs[first : first + o.at_once]]
            for run in runs:
                run.wait()
        print(f"{min(first + o.at_once, len(jobs))} of {len(jobs)} runs", flush=True)
    return files


def compare(a, b):
    done = subprocess.run([common.WEIR, "compare", a, b, "--json", "-"], capture_output=True, text=True)
    assert done.returncode in (0, 3), done.stderr
    return json.loads(done.stdout)["verdict"]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=40)
    options.add_argument("--duration", default="60s")
    options.add_argument("--rate", type=int, default=100)
    options.add_argument("--at-once", type=int, default=10)
    o = options.parse_args()
    random.seed(1)
    print(common.machine())
    with tempfile.TemporaryDirectory() as folder:
        files = record_all(pathlib.Path(folder), o)
        alike = [p for kind in files.values() for p in itertools.combinations(kind, 2)]
        alike = random.sample(alike, min(PAIRS, len(alike)))
        verdicts = [compare(*pair) for pair in alike]
        alarms = [v for v in verdicts if v["worse"] or v["better"]]
        print(f"alike: {len(alarms)} alarms in {len(alike)} pairs (budget 5 %)")
        other = list(itertools.product(files["A"], files["B"]))
        other = random.sample(other, min(PAIRS, len(other)))
        verdicts = [compare(*pair) for pair in other]
        found = [v for v in verdicts if v["worse"]]
        better = [v for v in verdicts if v["better"]]
        print(f"10 % slower: found in {len(found)} of {len(other)} pairs (budget 90 %), called better in {len(better)}")


main()
