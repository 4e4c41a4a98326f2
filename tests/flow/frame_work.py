"""What a browser's main thread does for each frame of a page: CPU time (scripts, style, layout, paint), from Chromium's own
trace, so that a machine that has other things to do does not change it much."""

import contextlib
import json
import math
import statistics

FRAME_MS = 16
LEAST_MS = 0.5  # frames with less had nothing to do
CATEGORIES = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline", "__metadata"]
TASK = "ThreadControllerImpl::RunTask"


class Work:
    """ms of CPU of each frame, from the most."""

    def __init__(self, trace):
        events = json.loads(trace)["traceEvents"]
        work = (us / 1000 for us in frames(tasks(events, main_thread(events))))
        self.frames = sorted((ms for ms in work if ms >= LEAST_MS), reverse=True) or [0]

    def share(self, q):
        """That share of all frames takes no longer."""
        return self.frames[min(len(self.frames) - 1, math.floor((1 - q) * len(self.frames)))]

    def __str__(self):
        most = " ".join(f"{ms:.1f}" for ms in self.frames[:6])
        return f"{len(self.frames)} frames, p50 {self.share(0.5):.1f}, p99 {self.share(0.99):.1f} ms, most: {most}"


def main_thread(events):
    """(pid, tid) of the thread that runs the page's scripts."""
    names = {(e["pid"], e["tid"]) for e in events if e["name"] == "thread_name" and e["args"]["name"] == "CrRendererMain"}
    busy = {}
    for e in events:
        at = e["pid"], e["tid"]
        if at in names and e["name"] == TASK:
            busy[at] = busy.get(at, 0) + e.get("tdur", 0)
    return max(busy, key=busy.get)


def tasks(events, main):
    """(start, end, CPU, whether a frame was made in it), in µs, in their order."""
    mine = [e for e in events if (e["pid"], e["tid"]) == main and "ts" in e]
    made = sorted(e["ts"] for e in mine if e["name"] == "Commit")
    found = []
    for e in sorted((e for e in mine if e["name"] == TASK and "dur" in e), key=lambda e: e["ts"]):
        while made and made[0] < e["ts"]:
            made.pop(0)
        end = e["ts"] + e["dur"]
        found.append((e["ts"], end, e.get("tdur", e["dur"]), bool(made) and made[0] < end))
    return found


def frames(tasks):
    """CPU of what lies together before the reader sees it: up to the task that makes the frame, or as long as a frame lasts."""
    start, work = None, 0
    for at, end, cpu, made in tasks:
        if start is not None and at - start > FRAME_MS * 1000:
            yield work
            start, work = None, 0
        start = at if start is None else start
        work += cpu
        if made:
            yield work
            start, work = None, 0
    if work:
        yield work


# ms that the same piece of work takes, 25 times.
PIECES = """async () => {
  const found = [];
  for (let n = 0; n < 25; n++) {
    const start = performance.now();
    let sum = 0;
    for (let i = 0; i < 3000000; i++) sum = (sum * 31 + (i % 7)) | 0;
    found.push(performance.now() - start, sum);
    await new Promise((done) => setTimeout(done, 20));
  }
  return found.filter((_, i) => i % 2 === 0);
}"""


class Pace:
    """How long work takes now, ÷ how long it takes while the processor has nothing else to do: a busy sibling of a core, or
    another guest of the host, makes every ms of CPU do less."""

    def __init__(self):
        self.best = math.inf  # ms, seen so far
        self.found = []

    def look(self, browser):
        context = browser.new_context()
        pieces = context.new_page().evaluate(PIECES)
        context.close()
        self.best = min(self.best, *pieces)
        self.found = [*self.found, statistics.median(pieces)][-2:]

    def now(self):
        """Of the last two looks: before and behind what was measured."""
        return statistics.mean(self.found) / self.best


PACE = Pace()


@contextlib.contextmanager
def watched(page):
    """The work of a page while this lasts: a list that holds it, and the pace (Pace) meanwhile, at the end."""
    found = []
    browser = page.context.browser
    PACE.look(browser)
    browser.start_tracing(page=page, categories=CATEGORIES)
    try:
        yield found
    finally:
        work = Work(browser.stop_tracing())
        PACE.look(browser)
        found += [work, PACE.now()]
