"""HTTPS that works, and each way in which it does not: the sentence says what is wrong with whom."""

import re
import ssl

import pytest

from certificates import Certificates
from hostile import always, reply, silent

pytestmark = pytest.mark.exact


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def trusting(certificates, loop):
    """The environment in which the authority is trusted."""
    return loop | {"SSL_CERT_FILE": str(certificates.authority)}


@pytest.fixture
def https_target(start_target, certificates):
    return start_target("--tls", *certificates.files())


# Success


@pytest.mark.parametrize("path, length", [("/ping", 18), ("/bytes/10000", 10_000), ("/bytes/1000000", 1_000_000)])
def test_https_brings_bodies_of_any_size(load, https_target, trusting, path, length):
    done = load(https_target.url + path, "-c", 3, "-n", 12, env=trusting)
    assert done.ledger == {"started": 12, "ok": 12}
    assert [x["response_length"] for x in done.log] == [length] * 12
    assert done.summary["total"]["reconnects"] == 0
    assert 12 * length < done.summary["total"]["bytes_received"] < 12 * (length + 300)  # without TLS


def test_https_takes_large_uploads(load, https_target, trusting, tmp_path):
    (tmp_path / "large").write_bytes(b"0123456789" * 200_000)
    done = load(f"{https_target.url}/echo", "-c", 2, "-n", 6, "--body", "@large", env=trusting)
    assert done.ledger == {"started": 6, "ok": 6}
    assert [x["response_length"] for x in done.log] == [2_000_000] * 6


def test_the_name_is_sent_and_verified(load, hostile, certificates, trusting):
    names = []
    context = certificates.server()
    context.sni_callback = lambda _, name, __: names.append(name)
    fake = hostile(always(reply()), context=context)
    assert load(f"https://localhost:{fake.port}/", "-c", 1, "-n", 2, env=trusting).ledger["ok"] == 2
    assert set(names) == {"localhost"}


def test_http_1_1_is_negotiated(load, hostile, certificates, trusting):
    spoken = []
    context = certificates.server()
    context.set_alpn_protocols(["h2", "http/1.1"])

    def script(c):
        spoken.append(c.socket.selected_alpn_protocol())
        always(reply())(c)

    load(hostile(script, context=context).url, "-c", 1, "-n", 2, env=trusting)
    assert set(spoken) == {"http/1.1"}


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_both_versions_of_tls_are_spoken(load, hostile, certificates, trusting, version):
    context = certificates.server()
    context.minimum_version = context.maximum_version = version
    done = load(hostile(always(reply()), context=context).url, "-c", 2, "-n", 6, env=trusting)
    assert done.ledger == {"started": 6, "ok": 6}


def test_plain_http_may_redirect_to_https(load, hostile, certificates, trusting):
    there = hostile(always(reply(b"secret")), context=certificates.server())
    here = hostile(always(reply(status="301 Moved", headers=[f"Location: {there.url}/"])))
    done = load(here.url, "-c", 2, "-n", 4, "--follow", 1, env=trusting)
    assert (done.ledger, done.status) == ({"started": 4, "ok": 4}, {"200": 4})


# Certificates that are not accepted


REFUSED = {
    "self-signed": (dict(name="self-signed", signed=False), "self-signed certificate"),
    "expired": (dict(name="expired", days=0), "certificate has expired"),
    "another host": (dict(name="other", names="DNS:other.example"), "IP address mismatch"),
}


@pytest.mark.parametrize("how, why", REFUSED.values(), ids=REFUSED)
def test_a_certificate_that_is_not_accepted_is_said_and_insecure_accepts_it(
    load, weir, hostile, certificates, trusting, how, why
):
    fake = hostile(always(reply()), context=certificates.server(**how))
    done = weir("http", fake.url, "-n", 1, env=trusting)
    assert done.returncode == 1
    where = f"127.0.0.1:{fake.port}"
    assert done.stderr == (
        f"weir: cannot connect to {where}: TLS: certificate not accepted: {why} (--insecure accepts any)\n"
    )
    assert fake.requests == []
    assert load(fake.url, "-c", 2, "-n", 4, "--insecure", env=trusting).ledger == {"started": 4, "ok": 4}


def test_an_unknown_authority_is_not_accepted(weir, https_target, loop):
    done = weir("http", f"{https_target.url}/ping", "-n", 1, env=loop)
    assert done.returncode == 1
    assert "TLS: certificate not accepted: unable to get local issuer certificate" in done.stderr


def test_another_host_name_is_not_accepted(weir, hostile, certificates, trusting):
    fake = hostile(always(reply()), context=certificates.server(name="other", names="DNS:other.example"))
    done = weir("http", f"https://localhost:{fake.port}/", "-n", 1, env=trusting)
    assert done.returncode == 1
    assert "hostname mismatch" in done.stderr


def test_authorities_that_cannot_be_read_are_no_reason_to_speak_plainly(weir, hostile, loop):
    fake = hostile(always(reply()))
    words = ["http", f"https://127.0.0.1:{fake.port}/", "-n", 1, "--timeout", "300ms"]
    assert weir(*words, env=loop | {"SSL_CERT_FILE": "/nowhere"}).returncode == 1
    assert fake.requests == []


# Servers that speak something else


def test_a_server_of_plain_text_is_recognised(weir, hostile, trusting):
    def script(c):
        c.more()
        c.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    fake = hostile(script)
    done = weir("http", f"https://127.0.0.1:{fake.port}/", "-n", 1, env=trusting)
    assert done.returncode == 1
    assert done.stderr == (
        f"weir: cannot connect to 127.0.0.1:{fake.port}: TLS: the other side does not speak TLS on this port; "
        "try http://\n"
    )


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_an_old_protocol_is_not_spoken(weir, hostile, certificates, trusting):
    context = certificates.server()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    fake = hostile(always(reply()), context=context)
    done = weir("http", fake.url, "-n", 1, env=trusting)
    assert done.returncode == 1
    assert "TLS: no common protocol version (1.2 and 1.3 are offered)" in done.stderr


def hang_up(c):
    c.more()


def reset(c):
    c.more()
    c.reset()


@pytest.mark.parametrize("script, why", [
    (hang_up, "TLS: the other side closed the connection in the handshake"), (reset, "connection reset"),
    (lambda c: [c.more(), c.send(b"\x15\x03\x03\x00\x02\x02\x28")], "handshake failure"),
    (lambda c: [c.more(), c.send(b"\x16\x03\x03\x00\x05hello")], "TLS: "),
], ids=["closed", "reset", "alert", "nonsense"])  # fmt: skip
def test_what_goes_wrong_in_the_handshake_is_said(weir, hostile, trusting, script, why):
    fake = hostile(script)
    done = weir("http", f"https://127.0.0.1:{fake.port}/", "-n", 1, env=trusting)
    assert done.returncode == 1
    assert f"weir: cannot connect to 127.0.0.1:{fake.port}: " in done.stderr and why in done.stderr, done.stderr


def test_a_handshake_without_an_answer_ends_at_the_timeout(weir, hostile, trusting):
    fake = hostile(silent)
    done = weir("http", f"https://127.0.0.1:{fake.port}/", "-n", 1, "--timeout", "300ms", env=trusting)
    assert done.returncode == 1
    assert done.stderr == f"weir: cannot connect to 127.0.0.1:{fake.port}: no answer\n"


# In the middle of a run


def test_handshakes_that_fail_later_are_errors_of_their_calls(load, hostile, certificates, trusting):
    context = certificates.server()

    def script(c):
        if c.number % 2 == 0:
            c.socket = context.wrap_socket(c.socket, server_side=True)
            c.request()
            c.send(reply(headers=["Connection: close"]))
        else:
            hang_up(c)

    fake = hostile(script)
    done = load(f"https://127.0.0.1:{fake.port}/", "-c", 1, "-n", 6, env=trusting)
    assert done.ledger == {"started": 6, "ok": 3, "error": 3}
    assert done.errors == {"TLS: the other side closed the connection in the handshake": 3}


def test_a_server_that_wants_a_certificate_of_ours_is_understood(load, hostile, certificates, trusting):
    context = certificates.server()
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(certificates.authority)
    done = load(hostile(always(reply()), context=context).url, "-c", 1, "-n", 3, env=trusting, code=1)
    assert done.ledger == {"started": 3, "error": 3}
    assert all(re.search("certificate required|connection reset", cause) for cause in done.errors), done.errors


def test_a_broken_record_is_an_error_of_its_call(load, hostile, certificates, trusting):
    context = certificates.server()

    def script(c):
        raw = c.socket.dup()
        c.socket = context.wrap_socket(c.socket, server_side=True)
        for _ in c.requests():
            if len(c.server.requests) % 2:
                c.send(reply())
            else:
                raw.sendall(b"\x17\x03\x03\x00\x20" + b"?" * 32)

    fake = hostile(script)
    done = load(f"https://127.0.0.1:{fake.port}/", "-c", 1, "-n", 6, env=trusting)
    assert done.ledger == {"started": 6, "ok": 3, "error": 3}
    assert all(cause.startswith("TLS: ") for cause in done.errors), done.errors


def test_a_body_that_ends_with_its_connection_needs_the_proper_end_of_tls(load, hostile, certificates, trusting):
    """RFC 9112, section 9.8: without it somebody on the way may have cut the reply."""

    def script(c):
        c.request()
        c.send(b"HTTP/1.1 200 OK\r\n\r\nsome body")
        if len(c.server.requests) % 2:
            c.socket.unwrap()

    done = load(hostile(script, context=certificates.server()).url, "-c", 1, "-n", 4, env=trusting)
    assert done.ledger == {"started": 4, "ok": 2, "error": 2}
    assert done.errors == {"TLS: the connection was cut off": 2}
