"""The verdict's confusion matrix: healthy runs and runs on a slow target must be VALID, runs of a weir that
is frozen by SIGSTOP (3 × 300 ms) must not. At most 5 % false each way."""

import argparse
import json
import os
import signal
import subprocess
import time

import common


def run(port, path, freeze):
    weir = subprocess.Popen(
        [str(common.WEIR), "http", f"127.0.0.1:{port}{path}", "-r", "500", "-d", "3s", "--json", "-", "-q"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    for _ in range(3 if freeze else 0):
        time.sleep(0.6)
        os.kill(weir.pid, signal.SIGSTOP)
        time.sleep(0.3)
        os.kill(weir.pid, signal.SIGCONT)
    summary = json.loads(weir.communicate()[0])
    assert summary["ledger"]["balanced"]
    return summary["verdict"]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=20)
    options = options.parse_args()
    print(common.machine())
    kinds = {"healthy": ("/ping", False, True), "slow target": ("/ping?delay=300ms", False, True), "frozen": ("/ping", True, False)}
    for kind, (path, freeze, should_be_valid) in kinds.items():
        verdicts = []
        for _ in range(options.runs):
            with common.target() as port:
                verdicts.append(run(port, path, freeze))
        wrong = [v for v in verdicts if (v["validity"] == "valid") != should_be_valid]
        print(f"{kind:12} {options.runs} runs: {len(wrong)} false ({len(wrong) / options.runs:.0%}); budget 5 %", flush=True)
        for v in wrong:
            print("   ", v["validity"], "; ".join(v["reasons"]))


main()
