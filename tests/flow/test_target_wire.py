"""weir-target byte by byte: pipelining, pieces, keep-alive, limits, broken requests, many connections."""

import os
import resource
import socket
import ssl
import struct
import subprocess
import threading
import time

import pytest

from target_process import TargetFailed, request, wait_for

pytestmark = pytest.mark.exact

PONG = b'{"message":"pong"}'


@pytest.fixture(params=["epoll", "io_uring"])
def loop(request):
    return {"WEIR_LOOP": request.param}


@pytest.fixture
def server(loop, start_target):
    """weir-target on each kind of loop."""
    try:
        return start_target(env=loop)
    except TargetFailed as failed:
        if "io_uring" not in failed.text:
            raise
        pytest.skip(failed.text)


# ---- one connection, many requests ----


def test_pipelined_requests_are_answered_in_order(server):
    sizes = [(i * 37) % 500 for i in range(2000)]
    with server.connect() as c:
        c.send(b"".join(request(f"/bytes/{n}") for n in sizes))
        assert [len(c.response().body) for _ in sizes] == sizes
    assert server.metrics() == {"requests": 2000, "responses": 2000}


def test_kinds_of_answers_mix_in_a_pipeline(server):
    with server.connect() as c:
        c.send(
            request("/ping")
            + request("/chunked/5000")
            + request("/ping", "HEAD")
            + request("/echo", "POST", b"E" * 3000)
            + request("/status/204")
            + request("/bytes/300000")
            + request("/ping?delay=50ms")
            + request("/slow-body?size=100&for=50ms")
            + request("/ping")
        )
        assert c.response().body == PONG
        assert len(c.response().body) == 5000
        assert c.response(to_head=True).headers["Content-Length"] == "18"
        assert c.response().body == b"E" * 3000
        assert c.response().status == 204
        assert len(c.response().body) == 300_000
        assert c.response().body == PONG
        assert len(c.response().body) == 100
        assert c.response().body == PONG


def test_several_pipelined_answers_go_out_in_one_piece(server):
    with server.connect() as c:
        c.send(request("/ping") * 20)
        c.more()
        assert c.rest.count(PONG) == 20


def test_requests_may_come_byte_by_byte(server):
    wire = (
        b"\r\nGET /bytes/3 HTTP/1.1\r\nHost: h\r\n\r\n"
        b"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: a/b\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"5;x=y\r\nhello\r\n00006\r\n, weir\r\n0\r\nTrailer: t\r\n\r\n"
        b"PUT /echo HTTP/1.1\nHost: h\nContent-Length: 4\n\nlast"
    )
    with server.connect() as c:
        for i in range(len(wire)):
            c.send(wire[i : i + 1])
        assert c.response().body == b"abc"
        r = c.response()
        assert (r.body, r.headers["Content-Type"]) == (b"hello, weir", "a/b")
        assert c.response().body == b"last"
    assert server.metrics() == {"requests": 3, "responses": 3}


@pytest.mark.parametrize("cut", range(1, 100, 7))
def test_a_pipeline_may_be_cut_anywhere(target, cut):
    wire = request("/echo", "POST", b"0123456789") * 3
    with target.connect() as c:
        for i in range(0, len(wire), cut):
            c.send(wire[i : i + cut])
        for _ in range(3):
            assert c.response().body == b"0123456789"


def test_bodies_are_read_to_their_end_and_counted(server):
    with server.connect() as c:
        assert c.ask("/ping", "POST", b"x" * 3_000_000).body == PONG
        c.send(b"POST /ping HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(100):
            c.send(b"2710\r\n" + b"y" * 10_000 + b"\r\n")
        c.send(b"0\r\n\r\n")
        assert c.response().body == PONG
        assert c.ask("/ping").body == PONG
    assert server.figures()["weir_target_request_body_bytes_total"] == 4_000_000


def test_expect_100_continue_is_answered_before_the_body(server):
    with server.connect() as c:
        c.send(b"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        assert c.head() == (100, {})
        c.send(b"hello")
        assert c.response().body == b"hello"
        c.send(b"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello")
        assert c.response().body == b"hello"
        c.send(b"GET /ping HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n")
        assert c.response().body == PONG


# ---- the end of a connection ----


def test_connection_close_is_obeyed_and_announced(server):
    with server.connect() as c:
        r = c.ask("/ping", headers=["Connection: close"])
        assert (r.body, r.headers["Connection"]) == (PONG, "close")
        assert c.is_at_end()


def test_http_1_0_closes_unless_asked_otherwise(server):
    with server.connect() as c:
        c.send(request("/ping", version="1.0"))
        r = c.response()
        assert (r.body, r.headers["Connection"]) == (PONG, "close")
        assert c.is_at_end()
    with server.connect() as c:
        for _ in range(2):
            c.send(request("/ping", version="1.0", headers=["Connection: keep-alive"]))
            r = c.response()
            assert (r.body, r.headers["Connection"]) == (PONG, "keep-alive")


def test_http_1_0_gets_no_chunks(server):
    with server.connect() as c:
        c.send(request("/chunked/2500", version="1.0"))
        r = c.response()
        assert (len(r.body), "Transfer-Encoding" in r.headers) == (2500, False)


def test_what_is_sent_behind_a_last_request_is_thrown_away_and_destroys_nothing(server):
    """A plain close would have the kernel reset the connection, at the latest when more bytes come."""
    with server.connect() as c:
        c.send(request("/bytes/100000", headers=["Connection: close"]) + request("/ping") * 1000)
        time.sleep(0.1)
        for _ in range(3):
            c.send(request("/ping") * 100)
            time.sleep(0.05)
        assert len(c.response().body) == 100_000
        assert c.is_at_end()
    assert server.metrics() == {"requests": 1, "responses": 1}


def test_a_client_that_does_not_close_is_closed_after_two_seconds(server):
    with server.connect() as c:
        c.ask("/ping", headers=["Connection: close"])
        assert server.figures()["weir_target_open_connections"] == 2
        wait_for(lambda: server.figures()["weir_target_open_connections"] == 1)


def test_close_after_n_answers_is_announced_on_the_last(start_target, loop):
    server = start_target("--close-after", 3, env=loop)
    with server.connect() as c:
        c.send(request("/ping") * 5)
        assert [c.response().headers.get("Connection") for _ in range(3)] == [None, None, "close"]
        assert c.is_at_end()
    with server.connect() as c:
        assert c.ask("/ping").headers.get("Connection") is None
    assert server.metrics() == {"requests": 4, "responses": 4}


def test_drop_after_n_answers_is_not_announced(start_target, loop):
    server = start_target("--drop-after", 3, env=loop)
    with server.connect() as c:
        assert [c.ask("/ping").headers.get("Connection") for _ in range(3)] == [None, None, None]
        assert c.is_at_end()
    assert server.metrics() == {"requests": 3, "responses": 3}


def test_a_client_that_goes_away_leaves_nothing_behind(server):
    reset = struct.pack("ii", 1, 0)
    for bytes_sent in [b"", b"GET /pi", b"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc"]:
        for linger in [False, True]:
            with server.connect() as c:
                c.send(bytes_sent)
                if linger:
                    c.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
    for path in ["/ping?delay=300ms", "/ping?delay=1h", "/bytes/1GB", "/slow-body?size=100&for=3s"]:
        with server.connect() as c:
            c.send(request(path))
    wait_for(lambda: server.figures()["weir_target_open_connections"] == 1)
    time.sleep(0.5)  # what was to happen on these connections must not happen now
    assert server.fetch("/ping").body == PONG


# ---- what is refused ----

REFUSED = {
    "nothing but words": (b"HELLO\r\n", 400),
    "http/0.9": (b"GET /\r\n", 400),
    "tls": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    "http/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "no host": (b"GET /ping HTTP/1.1\r\n\r\n", 400),
    "folded header": (b"GET /ping HTTP/1.1\r\nHost: h\r\n x\r\n\r\n", 400),
    "space before a colon": (b"GET /ping HTTP/1.1\r\nHost : h\r\n\r\n", 400),
    "length and chunks": (
        b"POST /ping HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    "another coding": (b"POST /ping HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
    "a head over 64 KiB": (b"GET /ping HTTP/1.1\r\nHost: h\r\nA: " + b"x" * 66_000, 431),
    "a target over 64 KiB": (b"GET /" + b"x" * 66_000, 431),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_proper_request_is_refused_and_the_connection_closed(server, what):
    wire, status = REFUSED[what]
    with server.connect() as c:
        assert c.ask("/ping").body == PONG
        c.send(wire)
        r = c.response()
        assert (r.status, r.headers["Connection"]) == (status, "close")
        assert r.json()["error"]
        assert c.is_at_end()
    figures = server.figures()
    assert figures["weir_target_refused_total"] == 1
    assert server.metrics() == {"requests": 1, "responses": 1}


def test_a_head_of_almost_64_kib_is_read(server):
    with server.connect() as c:
        assert c.ask("/ping", headers=["A: " + "x" * 65_000]).body == PONG


def test_broken_chunks_are_refused_in_place_of_the_answer(server):
    with server.connect() as c:
        c.send(b"POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nx\r\n")
        r = c.response()
        assert (r.status, r.json()) == (400, {"error": "a chunk size that is not a number"})
        assert c.is_at_end()
    assert server.metrics() == {"requests": 1, "responses": 1}


def test_a_refusal_after_a_head_request_has_its_body(server):
    with server.connect() as c:
        c.send(request("/ping", "HEAD") + b"nonsense\r\n")
        c.response(to_head=True)
        assert c.response().json() == {"error": "a request line without a target"}


def test_who_sends_endlessly_ahead_of_the_answers_is_closed(server):
    with server.connect() as c:
        c.send(request("/ping?delay=1h"))
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            for _ in range(10_000):
                c.send(request("/ping") * 100)
    assert "sent more than 1048576 bytes of requests ahead" in server.stderr()


@pytest.mark.parametrize("path", ["/ping", "/status/200", "/bytes/10000"])
def test_who_never_reads_does_not_fill_the_memory(server, path):
    before = server.rss()
    with server.connect(timeout=2) as c:
        with pytest.raises((ConnectionResetError, BrokenPipeError, TimeoutError)):
            for _ in range(5_000):
                c.send(request(path) * 100)
        if "WEIR_SANITIZER" not in os.environ:
            assert server.rss() - before < 8_000_000
        assert server.fetch("/ping").body == PONG


def test_a_slow_reader_gets_everything(server):
    with server.connect() as c:
        c.send(request("/bytes/20000000") + request("/ping"))
        time.sleep(0.3)
        assert server.fetch("/ping").body == PONG
        assert server.metrics() == {"requests": 2, "responses": 1}
        assert len(c.response().body) == 20_000_000
        assert c.response().body == PONG


# ---- many ----


def test_2000_connections_at_once(server):
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    clients = [server.connect() for _ in range(2000)]
    for _ in range(2):
        for c in clients:
            c.send(request("/ping"))
        for c in clients:
            assert c.response().body == PONG
    assert server.figures()["weir_target_open_connections"] == 2001
    assert server.metrics() == {"requests": 4000, "responses": 4000}
    for c in clients:
        c.socket.close()
    wait_for(lambda: server.figures()["weir_target_open_connections"] == 1)


def test_an_idle_connection_costs_less_than_2_kb(server):
    if "WEIR_SANITIZER" in os.environ:
        pytest.skip("sanitizers keep memory of their own")
    before = server.rss()
    clients = [server.connect() for _ in range(2000)]
    for c in clients:
        assert len(c.ask("/bytes/100000").body) == 100_000
        assert c.ask("/ping").body == PONG
    assert (server.rss() - before) / 2000 < 2000
    for c in clients:
        c.socket.close()


def test_counts_are_exact_when_connections_come_and_go(server):
    def client():
        for i in range(100):
            with server.connect() as c:
                for _ in range(i % 4):
                    assert c.ask("/ping").body == PONG

    clients = [threading.Thread(target=client) for _ in range(8)]
    for t in clients:
        t.start()
    for t in clients:
        t.join()
    assert server.metrics() == {"requests": 1200, "responses": 1200}


# ---- TLS ----


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Paths of a self-signed certificate for localhost and its key."""
    cert, key = (tmp_path_factory.mktemp("tls") / name for name in ("cert.pem", "key.pem"))
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    command = ["openssl", *words.split(), "-out", cert, "-keyout", key]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return cert, key


def test_https(start_target, loop, certificate):
    server = start_target("--tls", *certificate, env=loop)
    assert server.url == f"https://127.0.0.1:{server.port}"
    trusting = ssl.create_default_context(cafile=certificate[0])
    with server.connect(context=trusting) as c:
        assert c.ask("/ping").body == PONG
        assert c.ask("/echo", "POST", b"x" * 1_000_000).body == b"x" * 1_000_000
        assert len(c.ask("/bytes/3000000").body) == 3_000_000
        c.send(request("/ping") * 100)
        assert all(c.response().body == PONG for _ in range(100))
        r = c.ask("/ping", headers=["Connection: close"])
        assert (r.body, c.socket.recv(1)) == (PONG, b"")


def test_plain_http_on_a_tls_port_is_ended(start_target, loop, certificate):
    server = start_target("--tls", *certificate, env=loop)
    with server.connect() as c:
        c.send(request("/ping"))
        while c.more():
            pass
        assert PONG not in c.rest
    with server.connect(context=ssl.create_default_context(cafile=certificate[0])) as c:
        assert c.ask("/ping").body == PONG


def test_files_that_are_no_certificate_are_an_error(start_target, certificate):
    with pytest.raises(TargetFailed) as failed:
        start_target("--tls", certificate[0], "/nowhere/key.pem")
    assert failed.value.status == 1
    assert "cannot use '/nowhere/key.pem'" in failed.value.text
