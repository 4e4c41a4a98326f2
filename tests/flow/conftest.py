"""The program under test, run as a user runs it. WEIR_BUILD names the build directory."""

import contextlib
import functools
import os
import pathlib
import subprocess

import pytest

from broker_process import Broker
from browser import browse, chromium  # noqa: F401 (fixtures)
from hostile import Hostile, always, reply
from network import Network, NoNetwork
from others import kafka, kcat, secure_kafka, start_kafka  # noqa: F401 (fixtures)
from prometheus_process import start_prometheus  # noqa: F401 (fixture)
from responder_process import Responder
from target_process import Target
from terminal import Terminal
from weir_process import Load

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("WEIR_BUILD", ROOT / "build")).resolve()


def clean_environment(**variables):
    """The environment without settings of weir, but for those given."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("WEIR_") and k != "NO_COLOR"}
    return inherited | variables


@pytest.fixture
def weir(tmp_path):
    """Runs weir with these words to its end, in a directory of the test's own."""

    def run(*args, env=None, input=None, stdout=subprocess.PIPE, timeout=60, wrapper=()):
        return subprocess.run(
            [*wrapper, BUILD / "weir", *map(str, args)],
            env=clean_environment(**(env or {})),
            input=input,
            cwd=tmp_path,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            timeout=timeout,
        )

    return run


@pytest.fixture
def start_target(tmp_path):
    """Starts weir-target with these flags ("LOG" stands for a file of the test's own); ends it at last."""
    with contextlib.ExitStack() as stack:

        def start(*args, env=None, **how):
            started = Target(BUILD / "weir-target", args, tmp_path, clean_environment(**(env or {})), **how)
            stack.callback(started.stop)
            return started

        yield start


@pytest.fixture
def target(start_target):
    """weir-target without faults on a free port (target_process.py)."""
    return start_target()


@pytest.fixture
def run_target(tmp_path):
    """Runs weir-target to its end: for what it does not serve."""

    def run(*args):
        program, how = [BUILD / "weir-target", *map(str, args)], {"capture_output": True, "text": True}
        return subprocess.run(program, env=clean_environment(), cwd=tmp_path, timeout=30, **how)

    return run


@pytest.fixture
def terminal(tmp_path):
    """A terminal with a shell, in a directory of the test's own (terminal.py)."""
    opened = Terminal(BUILD, tmp_path, clean_environment())
    yield opened
    opened.stop()


@pytest.fixture
def start_load(tmp_path):
    """Starts weir http with these words (weir_process.py), or another command; ended it is by .end(exit code), or with
    the test."""
    with contextlib.ExitStack() as stack:

        def start(*words, env=None, **how):
            started = Load(BUILD / "weir", words, tmp_path, clean_environment(**(env or {})), **how)
            stack.callback(started.kill)
            return started

        yield start


@pytest.fixture
def load(start_load):
    """Runs weir http with these words to its end, which must have this exit code; what holds for every run is
    asserted (books.py)."""

    def run(*words, code=0, timeout=60, **how):
        return start_load(*words, **how).end(code, timeout)

    return run


CLIENT = 'local http = weir.http { base = weir.env("TARGET") } '


@pytest.fixture
def start_script(tmp_path, start_load):
    """Writes this text as s.lua and starts weir run with it. `server`: where TARGET is; unless the text says otherwise,
    its line 1 begins with a client for it called http."""

    def start(server, text, *words, **how):
        if server:
            text = text if "weir.http" in text else CLIENT + text
            words = ["-e", f"TARGET={server.url}", *words]
        (tmp_path / "s.lua").write_text(text)
        return start_load("s.lua", *words, command="run", **how)

    return start


def end_script(load, code, timeout, errors):
    done = load.end(code, timeout)
    if done.summary:
        assert done.summary["iterations"]["script_error"] == errors, done.out + done.err
    return done


@pytest.fixture
def script(start_script):
    """Runs such a script to its end likewise; `errors` says how many iterations end in an error of the script."""

    def run(server, text, *words, code=0, timeout=60, errors=0, **how):
        return end_script(start_script(server, text, *words, **how), code, timeout, errors)

    return run


@pytest.fixture
def once(script):
    """Runs a script's user once; `body` is what it does."""

    def run(server, body, *words, before="", **how):
        text = f"{before} return weir.scenario {{ user = function(vu) {body} end }}"
        return script(server, text, *words, **how)

    return run


KAFKA = 'local kafka = weir.kafka { brokers = weir.env("KAFKA_BROKERS") } '


@pytest.fixture
def start_story(start_script):
    """Starts such a script likewise; KAFKA_BROKERS is this broker or address, and unless the text says otherwise its
    line 1 has a client for it called kafka. `server`: as for start_script."""

    def start(broker, text, *words, server=None, **how):
        text = text if "weir.kafka" in text else KAFKA + text
        address = getattr(broker, "address", broker)
        return start_script(server, text, "-e", f"KAFKA_BROKERS={address}", *words, **how)

    return start


@pytest.fixture
def story(start_story):
    """Runs one to its end likewise."""

    def run(broker, text, *words, code=0, timeout=60, errors=0, **how):
        return end_script(start_story(broker, text, *words, **how), code, timeout, errors)

    return run


@pytest.fixture
def recorder(hostile):
    """A server that answers 200 to everything, with this body; `requests` holds all that came."""

    def start(body=b"ok", **how):
        return hostile(always(reply(body, **how)))

    return start


@pytest.fixture
def produce(load):
    """Runs weir kafka produce likewise, to topic t of this broker or address."""

    def run(where, *words, topic="t", **how):
        address = getattr(where, "address", where)
        return load("-b", address, "-t", topic, *words, command="kafka produce", **how)

    return run


@pytest.fixture
def start_consume(start_load):
    """Starts weir kafka consume with these words on topic t of this broker or address."""

    def start(where, *words, topic="t", **how):
        address = getattr(where, "address", where)
        return start_load("-b", address, "-t", topic, *words, command="kafka consume", log=False, **how)

    return start


@pytest.fixture
def consume_load(start_consume):
    """Runs it to its end likewise."""

    def run(where, *words, code=0, timeout=60, **how):
        return start_consume(where, *words, **how).end(code, timeout)

    return run


@pytest.fixture
def hostile():
    """Starts an HTTP server that does what a script says (fakes/hostile.py); ends it at last."""
    with contextlib.ExitStack() as stack:

        def start(script, **how):
            started = Hostile(script, **how)
            stack.callback(started.stop)
            return started

        yield start


@pytest.fixture
def network():
    """A network of the test's own (fakes/network.py)."""
    try:
        made = Network()
    except NoNetwork as why:
        pytest.skip(str(why))
    yield made
    made.stop()


@pytest.fixture
def start_broker(tmp_path):
    """Starts weir broker with these words (broker_process.py), on a free port; ends it at last."""
    with contextlib.ExitStack() as stack:

        def start(*words, env=None, **how):
            started = Broker(BUILD / "weir", words, tmp_path, clean_environment(**(env or {})), **how)
            stack.callback(started.stop)
            return started

        yield start


@pytest.fixture
def broker(start_broker):
    """weir broker without faults."""
    return start_broker()


@pytest.fixture
def start_responder(tmp_path):
    """Starts weir-responder with these words (responder_process.py) for this broker or address; ends it at last."""
    with contextlib.ExitStack() as stack:

        def start(where, *words, requests="t", replies="r"):
            words = ["-b", getattr(where, "address", where), "-t", requests, *words]
            words += ["--reply", replies] if replies else []
            started = Responder(BUILD / "weir-responder", words, tmp_path, clean_environment())
            stack.callback(started.stop)
            return started

        yield start


@functools.cache
def why_no_loop(name):
    """Why this machine or this build has no such loop; empty: it has."""
    program = [BUILD / "weir", "http", "unix:/nobody:/", "-n", "1"]
    done = subprocess.run(program, env=clean_environment(WEIR_LOOP=name), capture_output=True, text=True, timeout=30)
    return "" if "no such socket file" in done.stderr else done.stderr


@pytest.fixture(params=["epoll", "io_uring"])
def loop(request):
    """The environment that asks for each of the loops."""
    if why := why_no_loop(request.param):
        pytest.skip(why)
    return {"WEIR_LOOP": request.param}
