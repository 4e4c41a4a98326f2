"""A name server that takes queries and never answers: what asks for a name ends in time, and holds up nothing else."""

import pathlib
import signal
import sys
import time

import pytest

FAKES = pathlib.Path(__file__).resolve().parents[1] / "fakes"

pytestmark = pytest.mark.exact


@pytest.fixture
def without_names(network, tmp_path):
    """The URL of a server that redirects to a name, and the words to put before a program that shall see all this."""
    (tmp_path / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:20 attempts:2\n")
    url = network.start("env", f"PYTHONPATH={FAKES}", sys.executable, FAKES / "dead_names.py")
    script = f'mount --bind {tmp_path}/resolv.conf /etc/resolv.conf && exec "$@"'
    return url, [*network.inside, "unshare", "-m", "sh", "-c", script, "sh"]


@pytest.mark.parametrize("threads", [1, 2])
def test_a_redirect_to_such_a_name_ends_at_its_timeout_and_so_does_the_run(load, without_names, loop, threads):
    url, wrapper = without_names
    begin = time.monotonic()
    words = ["-c", 4, "-n", 8, "--threads", threads, "--follow", 1, "--timeout", "300ms"]
    done = load(url, *words, env=loop, wrapper=wrapper, code=1)
    assert time.monotonic() - begin < 10
    assert done.ledger == {"started": 8, "timeout": 8}
    assert done.errors == {"no answer (timeout)": 8}


def test_ctrl_c_while_the_target_is_looked_up_ends_at_once(start_load, without_names):
    running = start_load("http://dead.example/", "-c", 1, wrapper=without_names[1])
    time.sleep(0.5)
    begin = time.monotonic()
    running.interrupt()
    running.end(code=-signal.SIGINT)  # a shell says 130
    assert time.monotonic() - begin < 3
