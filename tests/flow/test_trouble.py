"""Targets that misbehave: each has its cause in words, the other calls go on, and nothing that was measured is lost.
Scripts of the fakes answer every other request as they should."""

import os
import re
import socket
import time

import pytest

from hostile import chunk, once, reply, silent
from target_process import wait_for

pytestmark = pytest.mark.exact

OK = b"HTTP/1.1 200 OK\r\n"


def every_other(trouble):
    """A script: the second, fourth, ... request gets what `trouble` (bytes, or a script of its own) says."""

    def script(c):
        for _ in c.requests():
            if len(c.server.requests) % 2:
                c.send(reply())
            elif callable(trouble):
                trouble(c)
            else:
                c.send(trouble)

    return script


def then_end(data):
    def script(c):
        c.send(data)
        raise EOFError

    return script


def then_reset(data):
    def script(c):
        c.send(data)
        c.reset()
        raise EOFError

    return script


# Replies that are none. What weir ends by itself ends no matter what the server does; the others end the stream.


BROKEN = {
    "garbage": (b"\x00\x01\x02\x03 what is this?\r\n\r\n", "not HTTP"),
    "SSH": (b"SSH-2.0-OpenSSH_9.2p1\r\n", "not HTTP"),
    "HTTP/2": (b"HTTP/2 200\r\n\r\n", "not HTTP/1.0 or HTTP/1.1"),
    "status": (b"HTTP/1.1 2x0 OK\r\n\r\n", "a status that is not a number of three digits"),
    "no status": (b"HTTP/1.1 OK\r\n\r\n", "a broken status line"),
    "no colon": (OK + b"Content-Length\r\n\r\n", "a header line without a colon"),
    "name": (OK + b"Content Length: 5\r\n\r\n", "white space in a header's name"),
    "NUL": (OK + b"X: a\0b\r\n\r\n", "a NUL byte in the head"),
    "length": (OK + b"Content-Length: five\r\n\r\n", "a Content-Length that is not a number"),
    "negative": (OK + b"Content-Length: -1\r\n\r\n", "a Content-Length that is not a number"),
    "overflow": (OK + b"Content-Length: 99999999999999999999\r\n\r\n", "a Content-Length that is not a number"),
    "two lengths": (OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok", "several different Content-Lengths"),
    "chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", "a chunk size that is not a number"),
}


@pytest.mark.parametrize("data, cause", BROKEN.values(), ids=BROKEN)
def test_what_is_not_http_is_an_error_that_says_why(load, hostile, loop, data, cause):
    done = load(hostile(every_other(data)).url, "-c", 1, "-n", 6, env=loop)
    assert done.ledger == {"started": 6, "ok": 3, "error": 3}
    assert done.errors == {cause: 3}
    assert done.iterations == {"planned": 6, "started": 6, "completed": 6}
    assert cause in done.out


CUT = {
    "nothing": (b"", "connection closed before the reply"),
    "status line": (b"HTTP/1.1 20", "reply cut short"),
    "head": (OK + b"Content-Length: 5\r\nX-", "reply cut short"),
    "body": (OK + b"Content-Length: 5\r\n\r\nhel", "reply cut short"),
    "chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(b"hello")[:-4], "reply cut short"),
    "last chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(b"hello"), "reply cut short"),
    "trailers": (OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n", "reply cut short"),
}


@pytest.mark.parametrize("data, cause", CUT.values(), ids=CUT)
def test_a_reply_that_is_cut_short_is_an_error(load, hostile, loop, data, cause):
    done = load(hostile(every_other(then_end(data))).url, "-c", 1, "-n", 6, env=loop)
    assert done.ledger == {"started": 6, "ok": 3, "error": 3}
    assert done.errors == {cause: 3}
    assert done.summary["total"]["reconnects"] == 2


@pytest.mark.parametrize("data", [b"", b"HTTP/1.1 20", OK + b"Content-Length: 5\r\n\r\nhel"])
def test_a_reset_in_the_middle_is_an_error(load, hostile, loop, data):
    done = load(hostile(every_other(then_reset(data))).url, "-c", 1, "-n", 6, env=loop)
    assert done.ledger == {"started": 6, "ok": 3, "error": 3}
    assert done.errors == {"connection reset": 3}


def test_a_head_above_1_mib_is_an_error_and_one_below_is_not(load, hostile, loop):
    line = b"X-Filler: " + b"f" * 1000 + b"\r\n"

    def script(c):
        for _ in c.requests():
            big = len(c.server.requests) % 2 == 0
            c.send(OK + line * (1100 if big else 1000) + b"Content-Length: 0\r\n\r\n")

    done = load(hostile(script).url, "-c", 1, "-n", 6, env=loop)
    assert done.ledger == {"started": 6, "ok": 3, "error": 3}
    assert done.errors == {"headers over 1 MiB": 3}


def test_bytes_behind_a_reply_do_not_change_its_fate_and_end_the_connection(load, hostile, loop):
    fake = hostile(every_other(reply() + b"and more"))
    done = load(fake.url, "-c", 1, "-n", 6, env=loop)
    assert done.ledger == {"started": 6, "ok": 6}
    assert done.summary["total"]["reconnects"] == 2
    assert len(fake.requests) == 6


def test_a_length_that_is_too_short_is_the_same(load, hostile):
    done = load(hostile(every_other(OK + b"Content-Length: 2\r\n\r\nhello")).url, "-c", 1, "-n", 6)
    assert done.ledger == {"started": 6, "ok": 6}
    assert [x["response_length"] for x in done.log] == [2] * 6
    assert done.summary["total"]["reconnects"] == 2


def test_bytes_that_nobody_asked_for_end_an_idle_connection(load, hostile, loop):
    def script(c):
        c.send(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n") if c.number == 0 else None
        for _ in c.requests():
            c.send(reply())

    fake = hostile(script)
    done = load(fake.url, "--stages", "pause 100ms, 5 at once", "-c", 1, env=loop)
    assert done.ledger == {"started": 5, "ok": 5}
    assert len(fake.connections) == 2


@pytest.mark.parametrize("size", [1, 3, 7])
def test_replies_may_come_in_the_smallest_pieces(load, hostile, loop, size):
    data = b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(b"hello") + chunk(b"")

    def script(c):
        for _ in c.requests():
            for i in range(0, len(data), size):
                c.send(data[i : i + size])
                time.sleep(0.0003)

    done = load(hostile(script).url, "-c", 2, "-n", 6, env=loop)
    assert done.ledger == {"started": 6, "ok": 6}
    assert [x["response_length"] for x in done.log] == [5] * 6
    assert done.summary["total"]["bytes_received"] == 6 * len(data)


ENDLESS = {
    "length": (OK + b"Content-Length: 1000000000000\r\n\r\n", b"x" * 1_000_000),
    "until the end": (OK + b"\r\n", b"x" * 1_000_000),
    "chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n", chunk(b"x" * 1000) * 1000),
    "small chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n", chunk(b"x") * 50_000),
    "interim replies": (b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 10_000),
}


@pytest.mark.parametrize("show", [0, 1])
@pytest.mark.parametrize("start, more", ENDLESS.values(), ids=ENDLESS)
def test_an_endless_reply_ends_as_a_timeout_in_little_memory(load, hostile, loop, start, more, show):
    def endless(c):
        c.send(start)
        while True:
            c.send(more)

    done = load(hostile(every_other(endless)).url, "-c", 1, "-n", 2, "--timeout", "1s", "--show", 2 * show, env=loop)
    assert done.ledger == {"started": 2, "ok": 1, "timeout": 1}
    assert done.errors == {"no answer (timeout)": 1}
    assert done.summary["total"]["bytes_received"] > 1_000_000
    assert done.peak_bytes < (400_000_000 if os.environ.get("WEIR_SANITIZER") else 40_000_000)


def test_an_early_reply_to_a_large_upload_counts_and_ends_the_connection(load, hostile, loop, tmp_path):
    (tmp_path / "large").write_bytes(b"x" * 20_000_000)

    def script(c):
        c.head()
        c.send(reply(status="413 Too Large", headers=["Connection: close"]))
        c.finish()
        c.wait_for_end()

    done = load(hostile(script).url, "--body", "@large", "-c", 1, "-n", 4, env=loop, code=1)
    assert done.ledger == {"started": 4, "failed_check": 4}
    assert done.errors == {"wrong answer (413)": 4}


def test_a_server_that_ends_in_the_middle_of_an_upload(load, hostile, loop, tmp_path):
    (tmp_path / "large").write_bytes(b"x" * 20_000_000)

    def script(c):
        c.head()
        c.reset()

    done = load(hostile(script).url, "--body", "@large", "-c", 1, "-n", 4, env=loop, code=1)
    assert done.ledger == {"started": 4, "error": 4}
    assert done.errors == {"connection reset": 4}


# Servers that are not there, or not really


def test_a_refused_connection_at_the_start_is_said(weir):
    with socket.create_server(("127.0.0.1", 0)) as s:
        port = s.getsockname()[1]
    done = weir("http", f"127.0.0.1:{port}/", "-n", 1)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == f"weir: cannot connect to 127.0.0.1:{port}: connection refused; is it running?\n"


def test_a_unix_socket_that_is_not_there_is_said(weir):
    done = weir("http", "unix:/nowhere/s.sock:/", "-n", 1)
    assert done.returncode == 1
    assert done.stderr == "weir: cannot connect to unix:/nowhere/s.sock: no such socket file; is it running?\n"


def test_a_host_that_is_not_found_is_said(weir):
    done = weir("http", "http://no-such-host.invalid/", "-n", 1)
    assert done.returncode == 1
    assert re.fullmatch(r"weir: cannot find host 'no-such-host\.invalid': .+\n", done.stderr)


@pytest.mark.parametrize("model", [["-r", 100, "-d", "1s"], ["-c", 2, "-d", "1s"]], ids=["open", "closed"])
def test_a_target_that_dies_and_comes_back_is_loaded_again(start_load, start_target, loop, model):
    target = start_target()
    running = start_load(f"{target.url}/ping?delay=10ms", *model, env=loop)
    wait_for(lambda: target.metrics()["requests"] >= 20)
    target.kill()
    time.sleep(0.3)
    again = start_target("--port", target.port)
    done = running.end(code=0)
    assert done.ledger["started"] == done.ledger["ok"] + done.ledger["error"]
    assert set(done.errors) <= {"connection refused", "connection reset", "connection closed before the reply"}
    assert done.errors["connection refused"] >= 1
    assert again.metrics()["requests"] > 0
    assert [x["result"] for x in sorted(done.log, key=lambda x: x["due"])[-3:]] == ["OK"] * 3
    assert done.summary["total"]["reconnects"] >= 1


def test_a_server_that_accepts_and_says_nothing_ends_in_timeouts(load, hostile, loop):
    done = load(hostile(silent).url, "-c", 3, "-n", 6, "--timeout", "200ms", env=loop, code=1)
    assert done.ledger == {"started": 6, "timeout": 6}
    assert done.errors == {"no answer (timeout)": 6}


def test_a_server_that_never_accepts_ends_in_timeouts(load, loop):
    with socket.create_server(("127.0.0.1", 0), backlog=1) as s:
        url = f"127.0.0.1:{s.getsockname()[1]}/"
        done = load(url, "--stages", "20 at once", "--timeout", "400ms", env=loop, code=1)
    assert done.ledger == {"started": 20, "timeout": 20}
    assert set(done.errors) == {"no answer (timeout)", "timeout before send"}  # the listen queue takes some


def test_a_queue_of_a_unix_socket_that_is_full_is_no_missing_socket(load, tmp_path, loop):
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(str(tmp_path / "s"))
        s.listen(1)
        done = load(f"unix:{tmp_path}/s:/", "--stages", "20 at once", "--timeout", "400ms", env=loop, code=1)
    assert done.ledger["started"] == 20
    assert set(done.errors) <= {
        "no answer (timeout)",
        "timeout before send",
        "connection refused (the listen queue is full)",
    }


def test_a_target_that_was_never_right_has_exit_code_1_and_all_outputs(load, hostile, tmp_path):
    done = load(hostile(once(b"nonsense")).url, "-r", 50, "-d", "200ms", "--csv", "t", code=1)
    assert done.ledger == {"started": 10, "error": 10}
    assert "not one call succeeded" in done.out
    assert (tmp_path / "t_requests.csv").read_text().count("\n") == 3
