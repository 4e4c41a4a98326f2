"""Records of runs that never were (tests/unit/report/record_made.c): what differs between them is known."""

import subprocess

from conftest import BUILD


def make_record(path, **how):
    words = [f"{key}={value}" for key, value in how.items()]
    subprocess.run([BUILD / "tests/unit/record_made", path, *words], check=True, timeout=60)
