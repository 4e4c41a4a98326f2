"""A load of weir's (weir http, weir kafka produce, weir run) as a process of a test's own. Its summary and its log are read back, and what
holds for every run (books.py) is asserted each time."""

import json
import re
import signal
import subprocess

import books
from target_process import wait_for

# Reasons that a busy machine may give to any run.
SLOWNESS = re.compile(r"1 in 100 starts was .* late|weir itself stood still|only .* of the planned iterations")


class Load:
    """A running `weir COMMAND`. Beside the words given it writes a summary and a log, unless they say where to.
    `whys`: what a script's own checks may say in the place of their names."""

    def __init__(
        self, program, words, directory, env, command="http", wrapper=(), log=True, json=True, whys=(), **streams
    ):
        self.peak_bytes = 0
        self.whys = whys
        number = len(list(directory.glob("weir*.err")))
        self.files = {name: directory / f"weir{number}.{name}" for name in ("json", "log", "out", "err")}
        words = [str(w) for w in words]
        self.has_json, self.has_log = json and "--json" not in words, log and "--log" not in words
        if self.has_json:
            words += ["--json", str(self.files["json"])]
        if self.has_log:
            words += ["--log", str(self.files["log"])]
        with open(self.files["out"], "wb") as out, open(self.files["err"], "wb") as err:
            self.process = subprocess.Popen(
                [*wrapper, program, *command.split(), *words],
                **{"stdin": subprocess.DEVNULL, "stdout": out, "stderr": err, **streams},
                env=env,
                cwd=directory,
            )

    @property
    def out(self):
        return self.files["out"].read_text()

    @property
    def err(self):
        return self.files["err"].read_text()

    def interrupt(self, how=signal.SIGINT):
        self.process.send_signal(how)

    def catches_interrupts(self):
        """A run reads them from a descriptor, and has them blocked from then on."""
        with open(f"/proc/{self.process.pid}/status") as f:
            blocked = int(re.search(r"^SigBlk:\s+(\w+)$", f.read(), re.M)[1], 16)
        return bool(blocked >> (signal.SIGINT - 1) & 1)

    def wait_until_under_way(self):
        """The load has begun: its first lines are out, the last of which says how many threads."""
        wait_for(lambda: "thread" in self.out + self.err or self.process.poll() is not None, 30)

    def wait_until(self, holds, timeout=30):
        wait_for(lambda: holds() or self.process.poll() is not None, timeout)

    def end(self, code=0, timeout=60):
        """Waits for the end, which must have this exit code, or one of these."""
        wait_for(self.has_ended, timeout)
        return Ended(self, self.process.returncode, code)

    def has_ended(self):
        if self.process.returncode is not None:
            return True
        with open(f"/proc/{self.process.pid}/status") as f:
            if found := re.search(r"^VmHWM:\s+(\d+) kB$", f.read(), re.M):
                self.peak_bytes = int(found[1]) * 1024  # in rusage it would be at least what pytest has
        return self.process.poll() is not None

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(30)


class Ended:
    """A run that is over: `out`, `err`, `code`, the most memory that it had; where it was measured `summary` (a
    dict) and `log` (a list)."""

    def __init__(self, load, status, code):
        self.out, self.err, self.code, self.peak_bytes = load.out, load.err, status, load.peak_bytes
        self.summary = self.log = None
        if load.has_log and load.files["log"].exists():
            self.log = [json.loads(line) for line in load.files["log"].read_text().splitlines()]
        text = load.files["json"].read_text() if load.has_json and load.files["json"].exists() else ""
        if text:
            self.summary = json.loads(text)
            books.assert_sound(self.summary, self.log, load.whys)
            assert not re.search("✗$", self.out, re.M), self.out  # an equation of the books
        codes = code if isinstance(code, tuple) else (code,)
        assert status in map(self.expected, codes), f"exit code {status}\n{self.out}\n{self.err}"
        if self.summary and "cannot write" not in self.err:  # what failed later is not in the summary's file
            assert self.summary["verdict"]["exit_code"] == status

    def expected(self, code):
        """A machine that is busy with other tests may make a run invalid; that it is so for a reason that measures
        time must not fail tests that do not."""
        if not self.summary or code not in (0, 3):
            return code
        verdict = self.summary["verdict"]
        invalid = verdict["validity"] == "invalid" and all(map(SLOWNESS.match, verdict["reasons"]))
        return 4 if invalid else code

    def judges(self, words):
        """The summary has these words of a valid run; others only where a busy machine alone made it less than valid."""
        return not self.reasons and (words in self.out or self.summary["verdict"]["validity"] != "valid")

    @property
    def ledger(self):
        """The calls by fate, those that are: {"started": 5, "ok": 5}."""
        return {k: v for k, v in self.summary["ledger"].items() if v and k not in ("replies", "awaited", "records", "balanced")}

    @property
    def iterations(self):
        return {k: v for k, v in self.summary["iterations"].items() if v and k != "script_errors"}

    @property
    def records(self):
        """The book of records that were read, without what is 0 or not known."""
        return {k: v for k, v in self.summary["ledger"]["records"].items() if v}

    @property
    def audit(self):
        """What it says in one sentence."""
        (found,) = self.summary["verdict"]["audits"]
        assert found["name"] == "audit"
        return found["text"]

    @property
    def script_errors(self):
        """{sentence: count}"""
        return self.summary["iterations"]["script_errors"]

    def series(self, name):
        """The one series of that name."""
        (found,) = [s for s in self.summary["series"] if s["name"] == name]
        return found

    @property
    def checks(self):
        """{name: (passed, failed)}, over all series."""
        counts = {}
        for c in self.summary["checks"]:
            before = counts.get(c["name"], (0, 0))
            counts[c["name"]] = (before[0] + c["passed"], before[1] + c["failed"])
        return counts

    @property
    def errors(self):
        """{cause: count}"""
        return self.summary["total"]["errors"]

    @property
    def status(self):
        """{"200": count}"""
        return self.summary["total"]["status"]

    @property
    def dues(self):
        """When the calls were due, seconds of the plan, ascending."""
        return sorted(line["due"] for line in self.log)

    @property
    def reasons(self):
        """Why the run is not valid, without the reasons that a busy machine may give."""
        return [r for r in self.summary["verdict"]["reasons"] if not SLOWNESS.match(r)]
