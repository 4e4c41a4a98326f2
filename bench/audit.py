"""The audit (stats/audit.h) of 100 million records, as they come from partitions in turns, from one partition after
another, and in no order at all. Budget: 64 MB, the whole process."""

import argparse
import re

import common

BUDGET_MB = 64


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, default=100_000_000)
    options.add_argument("--partitions", type=int, default=6)
    options = options.parse_args()
    program = common.BUILD / "tests/unit/audit_scale"
    common.need(program)
    print(common.machine())
    text, cpu, _, rss = common.run([program, options.records, options.partitions])
    if text.count("\n") != 3:
        raise SystemExit(f"the audit counted wrong:\n{text}")
    print(text, end="")
    most = max(float(m) for m in re.findall(r"most of the process +([\d.]+) MB", text))
    print(f"{options.records} records, {options.partitions} partitions: {most:.1f} MB at most,"
          f" budget {BUDGET_MB}: {'met' if most <= BUDGET_MB else 'MISSED'}")  # fmt: skip


main()
