"""A network of a test's own: a network namespace with nothing but a loopback, whose settings can be spoiled."""

import contextlib
import os
import subprocess


class NoNetwork(Exception):
    """This user cannot make one here; the reason is its text."""


class Network:
    """`inside` are the words to put before a command that shall run in there."""

    def __init__(self):
        self.processes = []
        flag = "-n" if os.geteuid() == 0 else "-rn"
        words = ["unshare", flag, "sh", "-c", "ip link set lo up && echo up && exec sleep 600"]
        try:
            self.holder = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        except FileNotFoundError as why:
            raise NoNetwork(str(why)) from None
        said = self.holder.stdout.readline().strip()
        if said != "up":
            self.stop()
            raise NoNetwork(f"no network namespace for this user: {said}")
        target = ["nsenter", "-t", str(self.holder.pid), "-n"]
        self.inside = target if flag == "-n" else [*target, "-U", "--preserve-credentials"]

    def set(self, name, value):
        """A setting as below /proc/sys/net."""
        script = f"echo {value} > /proc/sys/net/{name}"
        subprocess.run([*self.inside, "sh", "-c", script], check=True, capture_output=True, timeout=20)

    def start(self, *words):
        """A process in there that is ready when it has printed a line; it ends with the network. That line."""
        process = subprocess.Popen([*self.inside, *words], stdout=subprocess.PIPE, text=True)
        self.processes.append(process)
        return process.stdout.readline().strip()

    def stop(self):
        for process in self.processes:
            process.kill()
            process.wait(20)
            process.stdout.close()
        with contextlib.suppress(ProcessLookupError):
            self.holder.kill()
        self.holder.wait(20)
        self.holder.stdout.close()
