"""Who looks with top -H or a debugger sees which thread is which."""

import os

import pytest

from target_process import wait_for

pytestmark = pytest.mark.exact


def names(process):
    found = []
    for task in os.listdir(f"/proc/{process.pid}/task"):
        with open(f"/proc/{process.pid}/task/{task}/comm") as f:
            found.append(f.read().strip())
    return sorted(found)


def test_threads_have_names(start_load, target):
    load = start_load(f"{target.url}/ping", "-r", 100, "-d", "60s", "--threads", 2, "--record", "r.weir", env={"WEIR_LOOP": "epoll"})
    wait_for(lambda: target.metrics()["requests"] >= 10)
    found = names(load.process)
    assert [n for n in found if n != "weir"] == ["weir log", "weir offload", "weir record", "weir worker 0", "weir worker 1"]
    assert found.count("weir") == 1 or os.environ.get("WEIR_SANITIZER")  # has a thread of its own
    load.interrupt()
    load.end(code=130)
