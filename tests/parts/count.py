#!/usr/bin/env python3
"""count.py meson|pytest FILE [AGAIN]: what a test run left in its log, as the lines that runner.sh sums up:
"passed N", "failed 1 NAME", "skipped 1 NAME: REASON" or "skipped N REASON", "repeated 1 NAME" (no test more, for
people to read).
count.py failed FILE: what failed there, as words for pytest.

meson: testlog.json, a JSON object a line and program. A cmocka program run with
CMOCKA_MESSAGE_OUTPUT=TAP counts each of its tests; those planned but never reported, because the
program died, are failures. Any other program counts as one test.
pytest: the file of --junit-xml. AGAIN: that of a second run, of what failed in the first; its results count.
"""

import collections
import json
import re
import sys
import xml.etree.ElementTree as ElementTree

# Not only at a line's start: a test may have printed something without an end of line before it.
# cmocka 1.1 writes a skipped test as "not ok 3 # SKIP name".
TAP_RESULT = re.compile(r"(not ok|ok) \d+ (- |# SKIP )(.+)")
TAP_PLAN = re.compile(r"^1\.\.(\d+)$", re.MULTILINE)


def of_meson(path):
    with open(path, encoding="utf-8") as log:
        for line in log:
            yield from of_program(json.loads(line))


def of_program(run):
    name, out = run["name"], run["stdout"] or ""
    planned = sum(int(n) for n in TAP_PLAN.findall(out))
    results = TAP_RESULT.findall(out)
    failed = False
    for word, kind, test in results:
        outcome = "passed" if word == "ok" else "failed"
        if "SKIP" in kind:
            outcome = "skipped"
        failed |= outcome == "failed"
        yield outcome, f"{name}: {test}"
    for _ in range(len(results), planned):
        failed = True
        yield "failed", f"{name}: a test that never ended ({run['result']}, status {run['returncode']})"
    if run["result"] == "SKIP":
        yield "skipped", name
    elif run["result"] != "OK" and not failed:
        yield "failed", f"{name}: {run['result']}, status {run['returncode']}"
    elif planned == 0 and not failed:
        yield "passed", name


class Skipped(str):
    """A skipped test with its reason."""

    def __new__(cls, name, reason):
        text = super().__new__(cls, f"{name}: {reason}")
        text.reason = reason
        return text


def of_pytest(path):
    for case in ElementTree.parse(path).iter("testcase"):
        name = f"{case.get('classname')}: {case.get('name')}"
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            yield "failed", name
        elif skipped is not None:
            yield "skipped", Skipped(name, skipped.get("message"))
        else:
            yield "passed", name


def of_two_runs(path, again):
    second = {name: outcome for outcome, name in of_pytest(again)}
    for outcome, name in of_pytest(path):
        if outcome == "failed" and name in second:
            yield "repeated", name
            outcome = second[name]
        yield outcome, name


def print_failed(path):
    for outcome, text in of_pytest(path):
        if outcome == "failed":
            module, name = text.split(": ", 1)
            print(f"{module.replace('.', '/')}.py::{name}")


def main(kind, *paths):
    if kind == "failed":
        return print_failed(*paths)
    of = {"meson": of_meson, "pytest": of_two_runs if len(paths) > 1 else of_pytest}[kind]
    results = list(of(*paths))
    passed = sum(outcome == "passed" for outcome, _ in results)
    if passed:
        print("passed", passed)
    for (outcome, text), n in collections.Counter(together(results)).items():
        if outcome != "passed":
            print(outcome, n, " ".join(text.split()))


def together(results):
    """What is skipped for a reason that others have too, under that reason alone."""
    reasons = collections.Counter(getattr(text, "reason", None) for _, text in results)
    for outcome, text in results:
        reason = getattr(text, "reason", None)
        yield outcome, reason if reason and reasons[reason] > 1 else text


if __name__ == "__main__":
    main(*sys.argv[1:])
