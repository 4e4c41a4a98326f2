"""Completion in shells, as the shells do it."""

import os
import pty
import select
import shutil
import subprocess
import time

import pytest

from conftest import BUILD
from others import absent


@pytest.fixture
def bash(weir, tmp_path):
    """What bash would offer for the last of these words."""
    (tmp_path / "weir.bash").write_text(weir("help", "--completion", "bash").stdout)
    (tmp_path / "mine.lua").touch()
    (tmp_path / "other.txt").touch()

    def complete(*words):
        script = """
            source ./weir.bash; compopt() { :; } # there is none outside of a line that is being completed
            COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _weir; printf '%s\\n' "${COMPREPLY[@]}" """
        done = subprocess.run(
            ["bash", "-euc", script, "bash", "weir", *words], cwd=tmp_path, capture_output=True, text=True, timeout=30
        )
        assert done.stderr == ""
        return done.stdout.split()

    return complete


@pytest.mark.exact
@pytest.mark.parametrize(
    "words, offered",
    [
        (["ka"], ["kafka"]),
        (["kafka", ""], ["produce", "consume", "rr", "lag", "topics"]),
        (["kafka", "topics", "cr"], ["create"]),
        (["http", "--thre"], ["--threads", "--threshold"]),
        (["http", "--acks"], []),
        (["kafka", "produce", "--ac"], ["--acks"]),
        (["kafka", "produce", "-z", "z"], ["zstd"]),
        (["http", "-d", "10s", "--arrivals", ""], ["uniform", "poisson"]),
        (["http", "--overload", "="], ["queue", "skip"]),
        (["http", "--overload", "=", "s"], ["skip"]),
        (["http", "-r", ""], []),
        (["run", ""], ["mine.lua"]),
        (["http", "--json", "o"], ["other.txt"]),
        (["help", "met"], ["metrics"]),
        (["demo", ""], ["stall"]),
        (["help", "--completion", ""], ["bash", "fish", "zsh"]),
    ],
)
def test_bash_offers_what_the_tables_have(bash, words, offered):
    assert bash(*words) == offered


@pytest.mark.exact
def test_bash_offers_every_option_of_every_command(bash, weir):
    commands = bash("")
    for command in [c for c in commands if c != "kafka"] + ["kafka produce", "kafka topics"]:
        spelled = weir(*command.split(), "--help").stdout
        for option in bash(*command.split(), "-"):
            assert option in spelled
        assert "--help" in bash(*command.split(), "-")


@pytest.mark.timing
def test_a_tab_completes_the_line(weir, tmp_path):
    """The whole way: an interactive bash, a key."""
    (tmp_path / "rc").write_text(f"PS1='$ '\nsource {tmp_path}/weir.bash\n")
    (tmp_path / "weir.bash").write_text(weir("help", "--completion", "bash").stdout)
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(tmp_path)
        path = f"{BUILD}:{os.environ['PATH']}"
        os.execvpe("bash", ["bash", "--rcfile", "rc", "-i"], os.environ | {"TERM": "dumb", "PATH": path})
    try:
        os.write(terminal, b"weir kafka topics --he\t\n")
        seen, end = b"", time.monotonic() + 20
        while b"Examples" not in seen and time.monotonic() < end:
            if select.select([terminal], [], [], 0.5)[0]:
                seen += os.read(terminal, 65536)
        assert b"weir kafka topics [list" in seen, seen.decode()
    finally:
        os.write(terminal, b"\nexit\n")
        os.close(terminal)
        os.waitpid(child, 0)


@pytest.mark.real
@pytest.mark.parametrize(
    "line, offered",
    [
        ("weir ka", ["kafka"]),
        ("weir kafka ", ["consume", "lag", "produce", "rr", "topics"]),
        ("weir http --thre", ["--threads", "--threshold"]),
        ("weir kafka produce -z z", ["zstd"]),
        ("weir run m", ["mine.lua"]),
        ("weir http --json o", ["other.txt"]),
    ],
)
def test_fish_offers_the_same(weir, tmp_path, line, offered):
    if not shutil.which("fish"):
        absent("fish is not installed")
    (tmp_path / "weir.fish").write_text(weir("help", "--completion", "fish").stdout)
    (tmp_path / "mine.lua").touch()
    (tmp_path / "other.txt").touch()
    command = ["fish", "--no-config", "-c", f"source weir.fish; complete -C '{line}'"]
    env = os.environ | {"HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=30, env=env)
    assert (done.returncode, done.stderr) == (0, "")
    assert [row.split("\t")[0] for row in done.stdout.splitlines()] == offered


ZSH_RC = """
autoload -Uz compinit && compinit -u -D
source ./weir.zsh
unsetopt beep
compadd() { # what would be offered goes to a file
    [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]] && { builtin compadd "$@"; return }
    local -a hits
    builtin compadd -A hits "$@"
    print -rl -- $hits >>| hits
}
complete-it() { _main_complete "$@"; print -r -- END >>| hits }
zle -C complete-it complete-word complete-it
bindkey '^I' complete-it
PS1='$ '
"""


@pytest.fixture
def zsh(weir, tmp_path):
    """What an interactive zsh would offer at the end of this line."""
    if not shutil.which("zsh"):
        absent("zsh is not installed")
    (tmp_path / ".zshrc").write_text(ZSH_RC)
    (tmp_path / "weir.zsh").write_text(weir("help", "--completion", "zsh").stdout)
    (tmp_path / "mine.lua").touch()
    (tmp_path / "other.txt").touch()
    hits = tmp_path / "hits"

    def complete(line):
        hits.write_text("")
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(tmp_path)
            os.execvpe("zsh", ["zsh", "-i"], os.environ | {"TERM": "dumb", "ZDOTDIR": str(tmp_path)})
        seen, end = b"", time.monotonic() + 30
        try:
            while b"$ " not in seen and time.monotonic() < end:
                seen += os.read(terminal, 65536) if select.select([terminal], [], [], 0.5)[0] else b""
            os.write(terminal, line.encode() + b"\t")
            while "END" not in hits.read_text() and time.monotonic() < end:
                seen += os.read(terminal, 65536) if select.select([terminal], [], [], 0.05)[0] else b""
        finally:
            os.write(terminal, b"\x15exit\n")
            os.close(terminal)
            os.waitpid(child, 0)
        offered = hits.read_text().split()
        assert "END" in offered, seen.decode()
        return sorted({hit for hit in offered if hit != "END"})

    return complete


@pytest.mark.real
@pytest.mark.parametrize(
    "line, offered",
    [
        ("weir ka", ["kafka"]),
        ("weir kafka ", ["consume", "lag", "produce", "rr", "topics"]),
        ("weir kafka topics cr", ["create"]),
        ("weir http --thre", ["--threads", "--threshold"]),
        ("weir kafka produce -z z", ["zstd"]),
        ("weir kafka produce --acks=a", ["all"]),
        ("weir http -d 10s --overload s", ["skip"]),
        ("weir run m", ["mine.lua"]),
        ("weir http --json o", ["other.txt"]),
        ("weir help met", ["metrics"]),
    ],
)
def test_zsh_offers_the_same(zsh, line, offered):
    assert zsh(line) == offered
