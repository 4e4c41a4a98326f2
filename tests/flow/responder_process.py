"""weir-responder as a process of a test's own."""

import json
import signal
import subprocess


class Responder:
    """A running weir-responder that answers topic `requests` of this broker."""

    def __init__(self, program, words, directory, env):
        number = len(list(directory.glob("responder*.stderr")))
        self.errors = directory / f"responder{number}.stderr"
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(
                [program, *map(str, words)], stdout=subprocess.PIPE, stderr=errors, text=True, env=env, cwd=directory
            )
        self.ready = self.process.stdout.readline().rstrip("\n")
        self.counts = None
        if not self.ready.startswith("ready: "):
            self.process.wait(timeout=30)
            raise ResponderFailed(self.process.returncode, self.stderr())

    def stderr(self):
        return self.errors.read_text()

    def stop(self, how=signal.SIGTERM):
        """Ends it; what it says it did, those that are not 0. To do so again is harmless."""
        if self.process.poll() is None and how:
            self.process.send_signal(how)
        if self.counts is None:
            out = self.process.communicate(timeout=60)[0]
            assert self.process.returncode == 0, self.stderr()
            self.counts = {k: v for k, v in json.loads(out).items() if v and k not in ("seconds", "cpu_s")}
        return self.counts

    def kill(self):
        """Ends it without a chance to say what it did."""
        self.process.kill()
        self.process.communicate(timeout=30)
        self.counts = {}

    def end(self):
        """The same when it ends by itself (--count)."""
        return self.stop(None)


class ResponderFailed(Exception):
    """It ended at once: exit code and standard error."""
