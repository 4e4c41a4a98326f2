"""What weir http sends, and how it takes proper replies: methods, bodies, headers, every framing, connections that
stay and that end, IPv6 and unix sockets. Fates and counts, exactly."""

import base64
import socket

import pytest

from hostile import chunk, reply

pytestmark = pytest.mark.exact


@pytest.fixture
def asked(load, hostile):
    """Runs weir with these words against a server that answers 200; gives the one request it got."""

    def ask(*words, path="/", **how):
        def script(c):
            for request in c.requests():
                c.send(reply(b"" if request.method == "HEAD" else b"ok"))

        fake = hostile(script)
        load(fake.url + path, "-c", 1, "-n", 1, *words, **how)
        (request,) = fake.requests
        return request

    return ask


# The request


def test_a_plain_request_has_host_agent_and_accept(asked):
    request = asked(path="/a/b?c=d#fragment")
    assert (request.method, request.target, request.body) == ("GET", "/a/b?c=d", b"")
    assert request.headers["host"].startswith("127.0.0.1:")
    assert request.headers["user-agent"].startswith("weir/")
    assert request.headers["accept"] == "*/*"
    assert set(request.headers) == {"host", "user-agent", "accept"}


@pytest.mark.parametrize("flag", ["-m", "-X", "--method"])
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PURGE"])
def test_a_method_is_sent_as_it_is(asked, flag, method):
    assert asked(flag, method).method == method


def test_a_body_makes_it_a_post(asked):
    request = asked("--body", "hello")
    assert (request.method, request.body, request.headers["content-length"]) == ("POST", b"hello", "5")


def test_a_body_comes_from_a_file_byte_by_byte(asked, tmp_path):
    data = bytes(range(256)) * 2000
    (tmp_path / "body").write_bytes(data)
    assert asked("--data", "@body", "-m", "PUT").body == data


def test_a_body_file_that_is_not_there_is_said_before_the_load(weir, tmp_path):
    done = weir("http", "127.0.0.1:1/", "--body", "@absent")
    assert done.returncode == 1
    assert done.stderr == "weir: cannot read absent: No such file or directory\n"
    assert weir("http", "127.0.0.1:1/", "--body", f"@{tmp_path}").returncode == 1


def test_form_fields_are_encoded(asked):
    request = asked("--form", "a=1 2&3", "--form", "name=Ä=b", "--form", "empty=")
    assert request.body == b"a=1+2%263&name=%C3%84%3Db&empty="
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.method == "POST"


def test_a_body_and_form_fields_exclude_each_other(weir):
    done = weir("http", "127.0.0.1:1/", "--form", "a=1", "--body", "b")
    assert (done.returncode, done.stderr) == (
        2,
        "weir: --body and --form exclude each other: the fields make the body\n",
    )


def test_headers_replace_those_of_weirs_own(asked):
    request = asked("-H", "Host: example.org", "-H", "user-agent: me", "-H", "X-A: 1", "-H", "Accept:text/html")
    assert request.headers == {"host": "example.org", "user-agent": "me", "x-a": "1", "accept": "text/html"}


@pytest.mark.parametrize("words", [["-u", "joe:pa:ss"], ["--user", "joe:pa:ss"]])
def test_credentials_are_sent_as_basic_authentication(asked, words):
    assert asked(*words).headers["authorization"] == "Basic " + base64.b64encode(b"joe:pa:ss").decode()


def test_credentials_of_the_url_are_sent_and_not_shown(load, target):
    done = load(f"http://joe:hush@{target.host}:{target.port}/ping", "-n", 1)
    assert "hush" not in done.out + done.err


@pytest.mark.parametrize("url, sentence", [
    ("", "URL '': the host is missing"), ("ftp://x/", "URL 'ftp://x/': only http and https"),
    ("http://h:99999/", "URL 'http://h:99999/': port '99999' is not a number from 1 to 65535"),
    ("http://[::1/", "URL 'http://[::1/': a '[' without ']'"),
    ("http://joe:hush@a b/", "URL 'http://***@a b/': host 'a b' has a character that no host name has"),
])  # fmt: skip
def test_a_malformed_url_is_a_usage_error(weir, url, sentence):
    done = weir("http", url)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"weir: {sentence}\n")


@pytest.mark.parametrize("header", ["no colon", "A\nB: c", "Transfer-Encoding: chunked", ": x", "A b: c"])
def test_headers_that_cannot_be_sent_are_usage_errors(weir, header):
    done = weir("http", "127.0.0.1:1/", "-H", header)
    assert done.returncode == 2
    assert done.stdout == "" and done.stderr.startswith("weir: ")


# Statuses


@pytest.mark.parametrize("status", [200, 204, 299, 301, 304, 399])
def test_2xx_and_3xx_are_ok(load, target, status):
    done = load(f"{target.url}/status/{status}", "-c", 2, "-n", 6)
    assert done.ledger == {"started": 6, "ok": 6}
    assert done.status == {str(status): 6}


@pytest.mark.parametrize("status", [400, 404, 418, 500, 503, 599])
def test_other_statuses_are_wrong_answers_and_when_none_is_right_the_exit_code_is_1(load, target, status):
    done = load(f"{target.url}/status/{status}", "-c", 2, "-n", 6, code=1)
    assert done.ledger == {"started": 6, "failed_check": 6}
    assert done.errors == {f"wrong answer ({status})": 6}
    assert done.status == {str(status): 6}
    assert f"wrong answer ({status})" in done.out
    assert f"most replies have status {status}" in done.out
    assert done.summary["total"]["service_time_s"]["p50"] > 0  # they are in the percentiles


@pytest.mark.parametrize("path, expected, fate", [
    ("/status/404", "404", "ok"),
    ("/status/404", "200,404", "ok"),
    ("/ping", "201", "failed_check"),
    ("/status/302", "200", "failed_check"),
])  # fmt: skip
def test_the_right_statuses_can_be_named(load, target, path, expected, fate):
    done = load(target.url + path, "-n", 3, "-c", 1, "--expect-status", expected, code=0 if fate == "ok" else 1)
    assert done.ledger == {"started": 3, fate: 3}


def test_some_wrong_answers_are_counted_beside_the_right_ones(load, start_target, loop):
    target = start_target("--error-rate", "25%")
    done = load(f"{target.url}/ping", "-c", 3, "-n", 40, env=loop)
    assert done.ledger == {"started": 40, "ok": 30, "failed_check": 10}
    assert done.status == {"200": 30, "500": 10}
    assert done.errors == {"wrong answer (500)": 10}


# Framing


@pytest.mark.parametrize("path, length", [
    ("/bytes/0", 0), ("/bytes/1", 1), ("/bytes/10000", 10_000), ("/bytes/1000000", 1_000_000),
    ("/chunked/0", 0), ("/chunked/1", 1), ("/chunked/10000", 10_000), ("/chunked/1000000", 1_000_000),
])  # fmt: skip
def test_bodies_of_any_size_and_framing_are_read_to_their_end(load, target, loop, path, length):
    done = load(target.url + path, "-c", 2, "-n", 6, env=loop)
    assert done.ledger == {"started": 6, "ok": 6}
    assert [x["response_length"] for x in done.log] == [length] * 6
    assert done.summary["total"]["bytes_received"] > 6 * length
    assert done.summary["total"]["reconnects"] == 0


def test_head_has_no_body(load, target):
    done = load(f"{target.url}/bytes/10000", "-m", "HEAD", "-c", 1, "-n", 5)
    assert done.ledger == {"started": 5, "ok": 5}
    assert [x["response_length"] for x in done.log] == [0] * 5
    assert target.figures()["weir_target_connections_total"] == 1 + 1


def test_http_1_0_ends_its_connection_unless_it_says_otherwise(load, hostile):
    def closing(c):
        c.request()
        c.send(reply(version="1.0"))

    def staying(c):
        for _ in c.requests():
            c.send(reply(version="1.0", headers=["Connection: keep-alive"]))

    one, other = hostile(closing), hostile(staying)
    done = load(one.url, "-c", 1, "-n", 4)
    assert (done.ledger, done.summary["total"]["reconnects"]) == ({"started": 4, "ok": 4}, 3)
    assert len(one.connections) in (4, 5)  # one may be opened behind the last
    done = load(other.url, "-c", 1, "-n", 4)
    assert (done.ledger, done.summary["total"]["reconnects"]) == ({"started": 4, "ok": 4}, 0)
    assert len(other.connections) == 1


def test_a_body_may_end_with_its_connection(load, hostile, loop):
    def script(c):
        c.request()
        c.send(b"HTTP/1.1 200 OK\r\n\r\nsome")
        c.send(b"thing")

    done = load(hostile(script).url, "-c", 1, "-n", 3, env=loop)
    assert done.ledger == {"started": 3, "ok": 3}
    assert [x["response_length"] for x in done.log] == [9] * 3


def test_interim_replies_are_skipped(load, hostile, loop):
    interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"

    def script(c):
        for _ in c.requests():
            c.send(interim + reply(b"final", "201 Created"))

    done = load(hostile(script).url, "-c", 1, "-n", 5, env=loop)
    assert (done.ledger, done.status) == ({"started": 5, "ok": 5}, {"201": 5})
    assert [x["response_length"] for x in done.log] == [5] * 5
    assert done.summary["total"]["bytes_received"] == 5 * len(interim + reply(b"final", "201 Created"))


def test_chunks_may_have_extensions_and_trailers(load, hostile):
    body = b"5;name=value\r\nhello\r\n" + chunk(b" world") + b"0\r\nX-Sum: 1\r\n\r\n"

    def script(c):
        for _ in c.requests():
            c.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body)

    done = load(hostile(script).url, "-c", 1, "-n", 5)
    assert done.ledger == {"started": 5, "ok": 5}
    assert [x["response_length"] for x in done.log] == [11] * 5
    assert done.summary["total"]["reconnects"] == 0


def test_bytes_are_counted_as_they_go_over_the_wire(load, hostile):
    sent = []

    def script(c):
        for _ in range(3):
            sent.append(c.head())
            c.send(reply(b"12345"))

    done = load(hostile(script).url, "-c", 1, "-n", 3)
    assert done.summary["total"]["bytes_sent"] == sum(map(len, sent))
    assert done.summary["total"]["bytes_received"] == 3 * len(reply(b"12345"))


# Connections


def test_connections_are_kept(load, target):
    done = load(f"{target.url}/ping", "-c", 3, "-n", 60, "--threads", 1)
    assert done.summary["total"]["reconnects"] == 0
    assert target.figures()["weir_target_connections_total"] == 3 + 1  # and the one that asks


def test_connections_that_end_properly_are_replaced_and_counted(load, start_target, loop):
    target = start_target("--close-after", 5)
    done = load(f"{target.url}/ping", "-c", 1, "-n", 20, env=loop)
    assert done.ledger == {"started": 20, "ok": 20}
    assert done.summary["total"]["reconnects"] == 3


def test_a_request_that_says_close_ends_its_connection(load, target):
    done = load(f"{target.url}/ping", "-c", 1, "-n", 4, "-H", "Connection: close")
    assert done.ledger == {"started": 4, "ok": 4}
    assert done.summary["total"]["reconnects"] == 3


def test_a_call_whose_connection_is_dropped_is_never_sent_twice(load, start_target, loop):
    target = start_target("--drop-after", 4)
    done = load(f"{target.url}/ping", "-c", 2, "-n", 60, env=loop)
    assert done.ledger["started"] == 60
    assert done.ledger["ok"] == target.metrics()["responses"]
    assert target.metrics()["requests"] <= 60
    assert set(done.errors) <= {"connection closed before the reply", "connection reset"}


def test_an_idle_connection_that_ended_is_replaced_without_an_error(load, start_target, loop):
    target = start_target("--drop-after", 1)
    done = load(f"{target.url}/ping", "--gap", "100ms", "-n", 5, env=loop)
    assert done.ledger == {"started": 5, "ok": 5}
    assert done.summary["total"]["reconnects"] == 4


@pytest.mark.parametrize("url", ["http://[::1]:{port}/ping", "[::1]:{port}/ping"])
def test_ipv6(load, start_target, url):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError as why:
        pytest.skip(f"no IPv6 here: {why}")
    target = start_target("--host", "::1")
    done = load(url.format(port=target.port), "-c", 2, "-n", 10)
    assert done.ledger == {"started": 10, "ok": 10}
    assert f"[::1]:{target.port}" in done.out


def test_a_name_with_several_addresses_finds_the_one_that_listens(load, target):
    done = load(f"localhost:{target.port}/ping", "-c", 2, "-n", 10)
    assert done.ledger == {"started": 10, "ok": 10}


@pytest.mark.parametrize("url", ["unix:{path}:/ping?a=b", "http://unix:{path}:/ping?a=b"])
def test_unix_sockets(load, start_target, tmp_path, loop, url):
    target = start_target("--unix", tmp_path / "s.sock")
    done = load(url.format(path=tmp_path / "s.sock"), "-c", 2, "-n", 20, env=loop)
    assert done.ledger == {"started": 20, "ok": 20}
    assert target.metrics()["requests"] == 20
    assert done.log[0]["name"] == "/ping?a=b"
