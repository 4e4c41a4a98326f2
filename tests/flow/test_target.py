"""weir-target: every path, the counters, how it starts and ends. The client is Python's own http.client."""

import errno
import http.client
import signal
import socket
import string
import threading
import time

import pytest

from target_process import TargetFailed, wait_for

pytestmark = pytest.mark.exact

PONG = b'{"message":"pong"}'


@pytest.fixture(params=["epoll", "io_uring"])
def server(request, start_target):
    """weir-target on each kind of loop."""
    try:
        return start_target(env={"WEIR_LOOP": request.param})
    except TargetFailed as failed:
        if "io_uring" not in failed.text:
            raise
        pytest.skip(failed.text)


def connect(target):
    return http.client.HTTPConnection(target.host, target.port, timeout=20)


def ask(target, path, method="GET", **more):
    c = connect(target)
    c.request(method, path, **more)
    r = c.getresponse()
    body = r.read()
    c.close()
    return r, body


def letters(n):
    return (string.ascii_lowercase * (n // 26 + 1))[:n].encode()


def test_ping_is_answered_with_pong(server):
    r, body = ask(server, "/ping")
    assert (r.status, r.reason, body) == (200, "OK", PONG)
    assert r.getheaders() == [("Content-Type", "application/json"), ("Content-Length", "18")]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "STRANGE"])
def test_ping_answers_every_method(target, method):
    assert ask(target, "/ping", method)[1] == PONG
    assert ask(target, "/ping", method, body=b"x" * 1000)[1] == PONG


@pytest.mark.parametrize("path", ["/ping", "/status/503", "/bytes/100000", "/chunked/100", "/metrics", "/echo", "/no"])
def test_head_is_answered_with_the_same_head_and_no_body(target, path):
    with target.connect() as c:
        get = c.ask(path)
        head = c.ask(path, method="HEAD")
        assert head.status == get.status
        assert head.headers == get.headers
        assert c.ask("/ping").body == PONG


@pytest.mark.parametrize("status", [200, 201, 299, 302, 404, 418, 429, 500, 503, 599])
def test_status_answers_with_that_status(server, status):
    r, body = ask(server, f"/status/{status}")
    assert r.status == status
    assert body == b'{"status":%d}\n' % status


@pytest.mark.parametrize("status", [204, 304])
def test_answers_that_have_no_body_have_none(target, status):
    with target.connect() as c:
        r = c.ask(f"/status/{status}")
        assert (r.status, r.headers) == (status, {})
        assert c.ask("/ping").body == PONG


@pytest.mark.parametrize(
    "path",
    ["/status/", "/status/100", "/status/600", "/status/2x", "/bytes/", "/bytes/x", "/bytes/-1", "/bytes/20GB"]
    + ["/chunked/x", "/redirect/0", "/redirect/", "/slow-body", "/slow-body?size=5", "/slow-body?size=5&for=x"],
)
def test_a_value_that_cannot_be_is_a_400_with_a_sentence(target, path):
    r = target.fetch(path)
    assert r.status == 400
    assert len(r.json()["error"]) > 20


@pytest.mark.parametrize("n", [0, 1, 26, 10_000, 65_536, 3_000_001])
def test_bytes_are_as_many_as_asked(server, n):
    r, body = ask(server, f"/bytes/{n}")
    assert r.getheader("Content-Length") == str(n)
    assert body == letters(n)


def test_sizes_have_units(target):
    assert len(target.fetch("/bytes/10kB").body) == 10_000
    assert len(target.fetch("/bytes/64KiB").body) == 65_536


@pytest.mark.parametrize("n", [0, 1, 999, 1_000, 1_001, 500_000])
def test_chunked_bodies_come_in_chunks(server, n):
    with server.connect() as c:
        c.send(b"GET /chunked/%d HTTP/1.1\r\nHost: h\r\n\r\n" % n)
        status, headers = c.head()
        assert (status, headers) == (200, {"Content-Type": "text/plain", "Transfer-Encoding": "chunked"})
        chunks = c.chunks()
        assert [len(x) for x in chunks] == [1000] * (n // 1000) + [n % 1000] * (n % 1000 > 0)
        assert b"".join(chunks) == letters(n)
        assert c.ask("/ping").body == PONG


def test_redirects_lead_to_ping(server):
    path, seen = "/redirect/3", []
    with server.connect() as c:
        while (r := c.ask(path)).status == 302:
            assert r.body == b""
            path = r.headers["Location"]
            seen.append(path)
    assert seen == ["/redirect/2", "/redirect/1", "/ping"]
    assert r.body == PONG


@pytest.mark.parametrize("n", [0, 1, 70_000, 2_000_000])
def test_echo_gives_back_body_and_type(server, n):
    r, body = ask(server, "/echo", "POST", body=letters(n), headers={"Content-Type": "text/x; a=b"})
    assert (r.status, r.getheader("Content-Type"), body) == (200, "text/x; a=b", letters(n))


def test_echo_of_chunks_and_without_a_type(server):
    r, body = ask(server, "/echo", "PUT", body=iter([b"one", b"two" * 1000, b"3"]), encode_chunked=True)
    assert body == b"one" + b"two" * 1000 + b"3"
    assert r.getheaders() == [("Content-Length", "3004")]


def test_more_than_16_mib_are_not_echoed(server):
    with server.connect() as c:
        n = 16 * 1024 * 1024
        c.send(b"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % (n + 2))
        c.send(bytes(n + 1))
        r = c.response()
        assert r.status == 413
        assert r.headers["Connection"] == "close"
    assert len(server.fetch("/echo", "POST", bytes(n)).body) == n


def test_a_slow_body_takes_its_time_and_comes_in_pieces(server):
    with server.connect() as c:
        begin = time.monotonic()
        c.send(b"GET /slow-body?size=1000&for=500ms HTTP/1.1\r\nHost: h\r\n\r\n")
        status, headers = c.head()
        assert (status, headers["Content-Length"]) == (200, "1000")
        assert len(c.rest) < 1000
        assert c.take(1000) == letters(1000)
        assert time.monotonic() - begin >= 0.5
        assert c.ask("/ping").body == PONG


def test_any_other_path_says_what_there_is(target):
    for path in ["/", "/pin", "/pingg", "/ping/", "/Status/200", "*", "/echo/x"]:
        r = target.fetch(path)
        assert r.status == 404
        for there in ["/ping", "/status/503", "/bytes/10000", "/chunked/10000", "/slow-body", "/redirect/3"]:
            assert there in r.json()["error"]


# ---- counters ----


def test_metrics_as_json_are_exactly_two_numbers(server):
    for _ in range(3):
        r = server.fetch("/metrics", headers=["Accept: application/json"])
        assert (r.body, r.headers["Content-Type"]) == (b'{"requests":0,"responses":0}\n', "application/json")
    server.fetch("/ping")
    server.fetch("/nothing")
    server.fetch("/stall", "POST")
    assert server.metrics() == {"requests": 2, "responses": 2}


def test_metrics_for_prometheus(server):
    for path in ["/ping", "/ping", "/status/503", "/no"]:
        server.fetch(path)
    server.fetch("/ping", "POST", b"12345")
    wait_for(lambda: server.figures()["weir_target_open_connections"] == 1)
    asked = server.figures()["weir_target_connections_total"]
    assert server.figures() == {
        "weir_target_requests_total": 5,
        "weir_target_responses_total": 5,
        'weir_target_responses_by_status_total{status="200"}': 3,
        'weir_target_responses_by_status_total{status="404"}': 1,
        'weir_target_responses_by_status_total{status="503"}': 1,
        "weir_target_refused_total": 0,
        "weir_target_request_body_bytes_total": 5,
        "weir_target_connections_total": asked + 1,
        "weir_target_open_connections": 1,
    }
    text = server.fetch("/metrics")
    assert text.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    names = [line.split()[2] for line in text.body.decode().splitlines() if line.startswith("# TYPE")]
    assert len(names) == len(set(names)) == 7


def test_counts_are_exact_under_eight_clients(server):
    def client():
        c = connect(server)
        for _ in range(250):
            c.request("GET", "/ping")
            assert c.getresponse().read() == PONG
        c.close()

    clients = [threading.Thread(target=client) for _ in range(8)]
    for t in clients:
        t.start()
    for t in clients:
        t.join()
    assert server.metrics() == {"requests": 2000, "responses": 2000}


# ---- start and end ----


def test_the_ready_line_names_the_port(server, start_target):
    assert server.ready == f"listening on http://127.0.0.1:{server.port}\n"
    server.stop()
    socket.create_server((server.host, server.port)).close()  # it is free at once
    second = start_target("--port", server.port)
    assert second.port == server.port
    assert second.fetch("/ping").body == PONG


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_one_line_of_counts(server, how):
    with server.connect() as open_one:
        for _ in range(3):
            open_one.ask("/ping")
        assert server.stop(how) == "weir-target: 3 requests, 3 responses, 1 connections"
        assert server.stderr().count("\n") == 1
        assert open_one.is_at_end()


def test_it_listens_on_ipv6(start_target):
    try:
        six = start_target("--host", "::1")
    except TargetFailed as failed:
        pytest.skip(failed.text)
    assert six.url == f"http://[::1]:{six.port}"
    assert six.fetch("/ping").body == PONG


def test_a_port_in_use_is_an_error(target, start_target):
    with pytest.raises(TargetFailed) as failed:
        start_target("--port", target.port)
    assert failed.value.status == 1
    assert f"cannot listen on 127.0.0.1:{target.port}: Address already in use" in failed.value.text


@pytest.mark.parametrize(
    "args, sentence",
    [
        (["--prot", "1"], "unknown option --prot; did you mean --port?"),
        (["--port", "65536"], "--port: '65536' is not a port; a port is 0 to 65535"),
        (["--delay", "x"], "--delay: 'x' is not a duration; write it like 500ms, 10s, 2m or 1h"),
        (["--error-rate", "101%"], "--error-rate: '101%' is not a share; write it like 1%, 0.5% or 0.01"),
        (["--body-size", "17"], "--body-size: '17' is less than the 18 bytes of the shortest body"),
        (["--stall", "3s"], "--stall: '3s' is no stall; write AT:FOR, 3s:2s stops 3 s after"),
        (["--close-after", "0"], "--close-after: '0' is too small; at least 1"),
        (["--close-after", "1", "--drop-after", "1"], "--close-after and --drop-after exclude each other"),
        (["--unix", "x", "--host", "y"], "--unix is instead of --host and --port"),
        (["--tls", "x"], "--tls needs two files: --tls CERT KEY"),
        (["surplus"], "unexpected 'surplus'; weir-target --help lists what there is"),
        (["--tls", "a", "b", "c"], "unexpected 'c'; weir-target --help lists what there is"),
    ],
)
def test_wrong_usage_is_exit_2_with_a_sentence(start_target, args, sentence):
    with pytest.raises(TargetFailed) as failed:
        start_target(*args)
    assert failed.value.status == 2
    assert failed.value.text.startswith(f"weir-target: {sentence}")
    assert failed.value.text.count("\n") == 1


def test_help_lists_the_flags(run_target):
    done = run_target("--help")
    assert done.returncode == 0
    assert done.stderr == ""
    for flag in "host port unix tls delay jitter error-rate body-size stall close-after drop-after seed log".split():
        assert f"  --{flag} " in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100


# ---- unix sockets ----


def test_a_unix_socket_serves_and_is_removed_at_the_end(tmp_path, start_target):
    path = tmp_path / "target.sock"
    on_unix = start_target("--unix", path)
    assert on_unix.url == f"http://unix:{path}"
    assert on_unix.fetch("/ping").body == PONG
    assert on_unix.metrics() == {"requests": 1, "responses": 1}
    on_unix.stop()
    assert not path.exists()


def refuses(path):
    """The kernel has let go of a killed server's socket (with io_uring a little after its death)."""
    with socket.socket(socket.AF_UNIX) as s:
        return s.connect_ex(str(path)) == errno.ECONNREFUSED


def test_a_socket_file_left_behind_is_replaced_one_in_use_is_not(tmp_path, start_target):
    path = tmp_path / "target.sock"
    killed = start_target("--unix", path)
    killed.kill()
    wait_for(lambda: refuses(path))
    second = start_target("--unix", path)
    with pytest.raises(TargetFailed) as failed:
        start_target("--unix", path)
    assert failed.value.status == 1
    assert "Address already in use" in failed.value.text
    assert second.fetch("/ping").body == PONG


def test_a_file_that_is_no_socket_is_left_alone(tmp_path, start_target):
    path = tmp_path / "precious"
    path.write_text("data")
    with pytest.raises(TargetFailed):
        start_target("--unix", path)
    assert path.read_text() == "data"
