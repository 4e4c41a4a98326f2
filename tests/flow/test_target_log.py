"""weir-target's log: when the kernel got each request. The tests' clock is the same one."""

import ssl
import subprocess
import time

import pytest

from target_process import TargetFailed, request, wait_for

pytestmark = pytest.mark.exact

PONG = b'{"message":"pong"}'
MS = 1_000_000



def test_the_log_has_the_arrival_of_each_request_by_the_kernels_clock(start_target):
    server = start_target("--log", "LOG")
    sent = []
    with server.connect() as c:
        for i in range(50):
            before = time.time_ns()
            c.ask(f"/ping?{i}", "POST" if i % 2 else "GET")
            sent.append((before, time.time_ns()))
    server.metrics()
    lines = server.log_lines()
    assert [(m, t) for _, m, t in lines] == [("POST" if i % 2 else "GET", f"/ping?{i}") for i in range(50)]
    for (before, after), (arrival, _, _) in zip(sent, lines):
        assert before <= arrival <= after
    assert "times in the log" not in server.stderr()


def test_what_arrives_while_it_stands_still_is_logged_with_its_true_time(start_target):
    """Also on connections that nobody has accepted yet; this is why the kernel stamps, not the loop."""
    server = start_target("--log", "LOG")
    old = server.connect()
    old.ask("/ping?old")
    server.fetch("/stall?for=600ms", "POST")
    before = time.time_ns()
    old.send(request("/ping?late"))
    clients = [server.connect() for _ in range(20)]
    for c in clients:
        c.send(request("/ping?new"))
    after = time.time_ns()
    for c in [old, *clients]:
        assert c.response().body == PONG
        c.socket.close()
    (stall,) = server.stalls()
    lines = [ns for ns, _, target in server.log_lines() if target != "/ping?old"]
    assert len(lines) == 21
    assert after < stall["end_wall_ns"]
    assert all(before <= ns <= after for ns in lines)


def test_what_waits_behind_a_delayed_answer_is_logged_with_its_true_time(start_target):
    server = start_target("--log", "LOG")
    with server.connect() as c:
        c.send(request("/ping?delay=400ms"))
        time.sleep(0.1)
        before = time.time_ns()
        c.send(request("/ping?second") + request("/ping?third"))
        after = time.time_ns()
        time.sleep(0.1)
        c.send(request("/ping?fourth"))
        for _ in range(4):
            assert c.response().body == PONG
    times = {target: ns for ns, _, target in server.log_lines()}
    assert before <= times["/ping?second"] == times["/ping?third"] <= after
    assert times["/ping?fourth"] >= after + 100 * MS


def test_a_request_in_pieces_arrives_with_its_first_byte(start_target):
    server = start_target("--log", "LOG")
    with server.connect() as c:
        before = time.time_ns()
        c.send(b"GET /pi")
        after = time.time_ns()
        time.sleep(0.1)
        c.send(b"ng HTTP/1.1\r\nHost: h\r\n\r\n")
        assert c.response().body == PONG
    ((ns, _, _),) = server.log_lines()
    assert before <= ns <= after


def test_the_log_is_written_each_second(start_target):
    server = start_target("--log", "LOG")
    server.fetch("/ping")
    wait_for(lambda: server.log.read_text().endswith(" GET /ping\n"))
    assert server.process.poll() is None


def test_the_log_counts_as_many_as_the_metrics(start_target):
    server = start_target("--log", "LOG", "--error-rate", "10%")
    with server.connect() as c:
        c.send(request("/ping") * 5000 + request("/no") + request("/metrics") + b"nonsense\r\n")
        for _ in range(5002):
            c.response()
    assert server.metrics() == {"requests": 5001, "responses": 5001}
    assert len(server.log_lines()) == 5001


def test_a_log_that_cannot_be_written_is_an_error(start_target, tmp_path):
    with pytest.raises(TargetFailed) as failed:
        start_target("--log", tmp_path / "no" / "log")
    assert failed.value.status == 1
    assert "/no/log': No such file or directory" in failed.value.text


def test_a_full_disk_is_said_once_and_serving_goes_on(start_target):
    server = start_target("--log", "/dev/full")
    with server.connect() as c:
        c.send(request("/ping") * 9000)
        for _ in range(9000):
            assert c.response().body == PONG
    server.stop()
    assert server.stderr().count("cannot write the log: No space left on device") == 1


def test_a_log_over_a_unix_socket_says_whose_times_it_has(start_target, tmp_path):
    server = start_target("--unix", tmp_path / "s", "--log", "LOG")
    before = time.time_ns()
    server.fetch("/ping")
    after = time.time_ns()
    ((ns, _, _),) = server.log_lines()
    assert before <= ns <= after
    assert "unix sockets carry no time stamps" in server.stderr()
    assert "1 times in the log are those of the reading" in server.stderr()


def test_stamps_go_with_tls(start_target, tmp_path):
    words = "req -x509 -newkey rsa:2048 -nodes -subj /CN=x -out cert.pem -keyout key.pem"
    subprocess.run(["openssl", *words.split()], check=True, capture_output=True, cwd=tmp_path, timeout=60)
    server = start_target("--tls", "cert.pem", "key.pem", "--log", "LOG")
    careless = ssl.create_default_context()
    careless.check_hostname = False
    careless.verify_mode = ssl.CERT_NONE
    with server.connect(context=careless) as c:
        for _ in range(3):
            before = time.time_ns()
            assert c.ask("/ping").body == PONG
            after = time.time_ns()
    lines = server.log_lines()
    assert before <= lines[2][0] <= after
    assert "times in the log" not in server.stderr()


def test_another_loop_than_epoll_is_not_obeyed_beside_a_log(start_target):
    server = start_target("--log", "LOG", env={"WEIR_LOOP": "io_uring"})
    assert "--log needs the epoll loop" in server.stderr()
    assert server.fetch("/ping").body == PONG
