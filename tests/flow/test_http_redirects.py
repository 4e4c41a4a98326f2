"""Redirects: replies unless they are followed, and then parts of one call; what goes along to the next server, and what
does not."""

import time

import pytest

from hostile import always, reply

pytestmark = pytest.mark.exact


def test_redirects_are_replies_unless_they_are_followed(load, target):
    done = load(f"{target.url}/redirect/2", "-c", 1, "-n", 3)
    assert done.ledger == {"started": 3, "ok": 3}
    assert set(done.status) == {"302"}
    assert "--follow" in done.out


def test_a_chain_of_redirects_is_one_call(load, target, loop):
    done = load(f"{target.url}/redirect/3", "-c", 2, "-n", 5, "--follow", 3, env=loop)
    assert (done.ledger, done.status) == ({"started": 5, "ok": 5}, {"200": 5})
    assert target.metrics() == {"requests": 20, "responses": 20}
    assert [x["response_length"] for x in done.log] == [18] * 5


def test_a_followed_call_lasts_from_its_due_time_to_the_last_reply(load, hostile):
    def script(c):
        for request in c.requests():
            time.sleep(0.05)
            c.send(reply() if request.target == "/3" else reply(
                status="302 Found", headers=[f"Location: /{int(request.target[1:] or 0) + 1}"]))  # fmt: skip

    done = load(hostile(script).url, "-c", 1, "-n", 2, "--follow", 9)
    assert all(x["response_time"] >= x["service_time"] >= 4 * 0.05 for x in done.log)


def test_no_more_redirects_are_followed_than_asked(load, target):
    done = load(f"{target.url}/redirect/3", "-c", 1, "-n", 2, "--follow", 2)
    assert (done.ledger, done.status) == ({"started": 2, "ok": 2}, {"302": 2})
    assert target.metrics()["requests"] == 6


def test_a_loop_of_redirects_ends(load, hostile):
    fake = hostile(always(reply(status="301 Moved", headers=["Location: /again"])))
    done = load(fake.url, "-c", 1, "-n", 2, "--follow", 5)
    assert (done.ledger, done.status) == ({"started": 2, "ok": 2}, {"301": 2})
    assert len(fake.requests) == 12


@pytest.mark.parametrize("location, goes_to", [
    ("next", "/a/b/next"), ("../up?x=1", "/a/up?x=1"), ("?q", "/a/b/c?q"), ("/root", "/root"),
    ("//{authority}/other", "/other"), ("http://{authority}/full#part", "/full"),
])  # fmt: skip
def test_locations_may_be_relative(load, hostile, location, goes_to):
    def script(c):
        for request in c.requests():
            where = location.format(authority=request.headers["host"])
            first = request.target == "/a/b/c"
            c.send(reply(status="302 Found", headers=[f"Location: {where}"]) if first else reply())

    fake = hostile(script)
    done = load(f"{fake.url}/a/b/c", "-c", 1, "-n", 1, "--follow", 1)
    assert done.status == {"200": 1}
    assert [r.target for r in fake.requests] == ["/a/b/c", goes_to]


@pytest.mark.parametrize("status, method, body", [("303", "GET", b""), ("302", "GET", b""), ("307", "POST", b"hello")])
def test_what_a_redirect_does_to_method_and_body(load, hostile, status, method, body):
    def script(c):
        for request in c.requests():
            first = request.target == "/"
            c.send(reply(status=f"{status} X", headers=["Location: /next"]) if first else reply())

    fake = hostile(script)
    load(fake.url, "-c", 1, "-n", 1, "--body", "hello", "--follow", 1)
    assert (fake.requests[1].method, fake.requests[1].body) == (method, body)


def test_a_redirect_to_another_origin_takes_no_secrets_along(load, hostile, loop):
    other = hostile(always(reply(b"there")))

    def script(c):
        for _ in c.requests():
            c.send(reply(status="302 Found", headers=[f"Location: {other.url.replace('127.0.0.1', 'localhost')}/x"]))

    first = hostile(script)
    words = ["-u", "joe:hush", "-H", "Cookie: hush", "-H", "X-Plain: yes"]
    done = load(first.url, "-c", 2, "-n", 6, "--follow", 1, *words, env=loop)
    assert (done.ledger, done.status) == ({"started": 6, "ok": 6}, {"200": 6})
    assert (len(first.requests), len(other.requests)) == (6, 6)
    assert all("authorization" in r.headers and r.headers["cookie"] == "hush" for r in first.requests)
    for request in other.requests:
        assert set(request.headers) == {"host", "user-agent", "accept", "x-plain"}
        assert request.headers["host"] == f"localhost:{other.port}"


@pytest.mark.parametrize("location, cause", [
    ("http://no-such-host.invalid/", "the host of a redirect was not found"),
    ("ftp://example.org/", "redirect to an unusable location"),
    ("http://127.0.0.1:1/", "connection refused"),
])  # fmt: skip
def test_redirects_that_lead_nowhere_are_errors(load, hostile, loop, location, cause):
    fake = hostile(always(reply(status="302 Found", headers=[f"Location: {location}"])))
    done = load(fake.url, "-c", 2, "-n", 4, "--follow", 3, env=loop, code=1)
    assert done.ledger == {"started": 4, "error": 4}
    assert done.errors == {cause: 4}


def test_the_body_of_a_redirect_may_come_late(load, hostile, loop):
    body = b"elsewhere " * 2000  # more than the head: what was received before is written over

    def script(c):
        for request in c.requests():
            if request.target != "/":
                c.send(reply())
                continue
            first = reply(body, status="302 Found", headers=["Location: /next"])
            c.send(first[: -len(body)])
            time.sleep(0.05)
            c.send(body)

    fake = hostile(script)
    done = load(fake.url, "-c", 1, "-n", 3, "--follow", 1, env=loop)
    assert (done.ledger, done.status) == ({"started": 3, "ok": 3}, {"200": 3})
    assert [r.target for r in fake.requests] == ["/", "/next"] * 3


def test_a_redirect_without_location_is_a_reply(load, hostile):
    done = load(hostile(always(reply(status="302 Found"))).url, "-c", 1, "-n", 2, "--follow", 3)
    assert (done.ledger, done.status) == ({"started": 2, "ok": 2}, {"302": 2})
