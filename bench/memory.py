"""Memory: per connection (plain, TLS, with a script), of waiting users, over time; start to first request."""

import argparse
import os
import pathlib
import statistics
import subprocess
import time

import common


SCRIPTS = common.ROOT / "bench" / "scripts"


def rss_of(pid):
    fields = pathlib.Path(f"/proc/{pid}/statm").read_text().split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


def hold(words, users, seconds):
    """RSS while the load runs."""
    weir = subprocess.Popen(
        [str(common.WEIR), *map(str, words), "-c", str(users), "-d", f"{seconds}s", "--threads", "1", "-q"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(seconds * 0.8)
    rss = rss_of(weir.pid)
    weir.wait()
    return rss


def per_connection(ports, loop, users=15_000):
    os.environ["WEIR_LOOP"] = loop
    plain = ["http", f"http://127.0.0.1:{ports[0]}/ping"]
    tls = ["http", f"https://127.0.0.1:{ports[1]}/ping", "--insecure"]
    story = ["run", SCRIPTS / "story.lua", "-e", f"TARGET=http://127.0.0.1:{ports[0]}"]
    base = hold(plain, 1, 3)
    many = hold(plain, users, 8)
    print(f"{loop:9} {users} connections: {(many - base) / users:.0f} bytes each (base {base / 1e6:.1f} MB); budget 8 192",
          flush=True)  # fmt: skip
    base, many = hold(story, 1, 3), hold(story, users, 12)
    print(f"{loop:9} {users} connected users with a script: {(many - base) / users:.0f} bytes each; budget 8 192", flush=True)
    base, many = hold(tls, 1, 3), hold(tls, 2_000, 12)
    print(f"{loop:9} 2 000 TLS connections: {(many - base) / 2_000:.0f} bytes each", flush=True)
    del os.environ["WEIR_LOOP"]


def waiting(users=1_000_000):
    words = ["run", SCRIPTS / "wait.lua", "--drain", "0s"]
    base, many = hold(words, 1, 3), hold(words, users, 20)
    print(f"{users} waiting users with a script: {(many - base) / users:.0f} bytes each; budget 1 536", flush=True)


def over_time(ports, minutes):
    weir = subprocess.Popen(
        [str(common.WEIR), "http", f"http://127.0.0.1:{ports[0]}/ping", "-c", "64", "-d", f"{minutes}m", "-q"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    seen = []
    for _ in range(20):
        time.sleep(minutes * 60 / 21)
        seen.append(rss_of(weir.pid))
    weir.wait()
    tenth, last = seen[1], seen[-1]
    print(f"{minutes} min at full speed: RSS {tenth / 1e6:.2f} MB after a tenth, {last / 1e6:.2f} MB at the end"
          f" ({last / tenth - 1:+.2%})", flush=True)  # fmt: skip


def first_request(loop, runs=15):
    """From exec to the kernel's stamp of the first request at the target. Budget: 30 ms."""
    import tempfile

    times = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as d:
            log = pathlib.Path(d) / "log"
            with common.target("--log", log) as port:
                began = time.time_ns()
                common.run([common.WEIR, "http", f"127.0.0.1:{port}/ping", "-n", "1", "-c", "1", "-q"], None, {"WEIR_LOOP": loop})
            times.append((int(log.read_text().split()[0]) - began) / 1e6)
    print(f"{loop:9} start to first request: median {statistics.median(times):.1f} ms (max {max(times):.1f}, {runs} runs);"
          " budget 30", flush=True)  # fmt: skip


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=10)
    options = options.parse_args()
    common.need(str(common.WEIR), str(common.TARGET))
    print(common.machine())
    for loop in ("io_uring", "epoll"):
        first_request(loop)
    with common.nginx() as ports:
        for loop in ("io_uring", "epoll"):
            per_connection(ports, loop)
        waiting()
        over_time(ports, options.minutes)


main()
