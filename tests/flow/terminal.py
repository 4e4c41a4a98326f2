"""A terminal with a shell in it, seen and typed on as a user does: tmux, with a server of its own."""

import os
import re
import shlex
import subprocess
import time


class Terminal:
    """A shell whose prompt is "$ "; its words find weir as `weir`."""

    def __init__(self, build, directory, env, width=100, height=40):
        self.directory, self.socket, self.ends = directory, directory / "tmux", 0
        shell = directory / "shell"
        shell.write_text(f"PS1='$ '; unset PROMPT_COMMAND; alias weir={build / 'weir'}\n")
        words = ["set-option", "-g", "history-limit", "100000", ";", "new-session", "-d", "-x", str(width), "-y", str(height)]
        command = f"exec bash --noprofile --rcfile {shlex.quote(str(shell))} -i"
        self.env = {k: v for k, v in env.items() if k not in ("TMUX", "LANG", "LC_CTYPE")} | {"LC_ALL": "C.UTF-8"}
        self.tmux(*words, command)
        self.wait(lambda: "$" in self.text)

    def tmux(self, *words):
        program = ["tmux", "-S", self.socket, "-f", "/dev/null", *words]
        done = subprocess.run(
            program, env=self.env, cwd=self.directory, capture_output=True, text=True, errors="replace", timeout=30
        )
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout

    @property
    def text(self):
        """What is on the screen."""
        return self.tmux("capture-pane", "-p")

    def settled(self):
        """What is on the screen when nothing is being painted there: what was waited for may stand on a half of it."""
        before, now = None, self.text
        while now != before:
            time.sleep(0.1)
            before, now = now, self.text
        return now

    @property
    def painted(self):
        """The same with its escape sequences."""
        return self.tmux("capture-pane", "-p", "-e")

    @property
    def all(self):
        """With what was scrolled away, long lines in one."""
        return self.tmux("capture-pane", "-p", "-J", "-S", "-1000")

    def type(self, *keys):
        """Names of keys as tmux has them: q, C-c, Up, Enter."""
        self.tmux("send-keys", *keys)

    def say(self, line):
        self.tmux("send-keys", "-l", line)
        self.type("Enter")

    def resize(self, width, height):
        self.tmux("resize-window", "-x", str(width), "-y", str(height))

    def ask(self, what):
        """A variable of tmux: alternate_on, cursor_flag."""
        return self.tmux("display-message", "-p", f"#{{{what}}}").strip()

    def wait(self, holds, timeout=30):
        end = time.monotonic() + timeout
        while not holds():
            assert time.monotonic() < end, f"not within {timeout} s; the screen:\n{self.text}"
            time.sleep(0.05)

    def wait_for(self, pattern, timeout=30):
        """Until this regular expression is found on the screen; the match."""
        found = None

        def holds():
            nonlocal found
            found = re.search(pattern, self.text, re.M)
            return found

        self.wait(holds, timeout)
        return found

    @property
    def viewing(self):
        return self.ask("alternate_on") == "1"

    def start(self, line):
        """Says it, and waits until the view is on."""
        self.say(line)
        self.wait(lambda: self.viewing)
        self.wait_for(r"(held|running|warmup|draining|paused) \d+s")

    def end(self, code=0, timeout=60):
        """Waits until the prompt is back; the terminal must be as it was, and the last exit code this one."""
        self.wait(lambda: not self.viewing and self.text.rstrip().endswith("$"), timeout)
        self.ends += 1  # what an earlier end said may still stand there
        self.say(f"echo code{self.ends}=$? $(stty -a | grep -oE -- '-?(echo|icanon|ixon|isig)\\b' | tr '\\n' ' ')")
        found = self.wait_for(rf"^code{self.ends}=(\d+) (.*?)\s*$")
        assert sorted(found[2].split()) == ["echo", "icanon", "isig", "ixon"], found[0]
        assert self.ask("cursor_flag") == "1"
        codes = code if isinstance(code, tuple) else (code,)
        assert int(found[1]) in codes, self.all

    def quit(self):
        """Stops what runs by its key; a slow machine may have made it invalid."""
        self.type("q")
        self.end((0, 4))

    def kill(self, how):
        """Sends a signal to the program that the shell runs, from elsewhere."""
        shell = self.ask("pane_pid")
        with open(f"/proc/{shell}/task/{shell}/children") as f:
            (child,) = map(int, f.read().split())
        os.kill(child, how)

    def stop(self):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], capture_output=True, timeout=30)
