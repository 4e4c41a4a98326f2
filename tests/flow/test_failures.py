"""The first calls that failed are in the record in full: what was sent, and what came of it."""

import sqlite3

import pytest

from hostile import always, reply

pytestmark = pytest.mark.exact


@pytest.fixture
def ask(tmp_path):
    """Rows of the record r.weir."""

    def query(sql):
        with sqlite3.connect(f"file:{tmp_path / 'r.weir'}?mode=ro", uri=True) as db:
            return db.execute(sql).fetchall()

    return query


def test_a_failed_check_brings_request_and_reply_over_kafka(story, start_broker, start_responder, ask):
    broker = start_broker("--topic", "t:3", "--topic", "r:3")
    responder = start_responder(broker, "--corrupt", "5%")
    text = """local rpc = kafka:rpc { request = "t", reply = "r", key = "k", value = "request ${vu.iteration}", headers = { a = "1" },
  checks = { weir.is.echo() } }
return weir.scenario { user = function() rpc() end }"""
    done = story(broker, text, "-n", 200, "-c", 1, "--record", "r.weir")
    wrong = responder.stop()["corrupted"]
    assert done.ledger["failed_check"] == wrong == 10
    rows = ask("SELECT fate, cause, status, request, head, body FROM failure")
    assert len(rows) == wrong
    for fate, cause, status, request, head, body in rows:
        assert (fate, cause, status) == ("failed_check", "is the request's body", 500)
        lines, value = request.split(b"\r\n\r\n")
        assert lines.startswith(b"record for t\r\n") and b"\r\na: 1\r\n" in lines and b"\r\ncorrelationId: w" in lines
        (id,) = [line for line in lines.split(b"\r\n") if line.startswith(b"correlationId: ")]
        assert head.startswith(b"key: k\r\n") and id + b"\r\n" in head
        assert value.startswith(b"request ") and body[:-1] == value[:-1] and body != value


def test_a_request_without_a_reply_is_there_too(story, start_broker, ask):
    broker = start_broker("--topic", "t:3", "--topic", "r:3")
    text = """local rpc = kafka:rpc { request = "t", reply = "r", value = "lost", timeout = "200ms" }
return weir.scenario { user = function() rpc() end }"""
    story(broker, text, "-n", 3, "-c", 1, "--record", "r.weir", code=1)
    assert ask("SELECT fate, status, substr(request, -4), head, body FROM failure") == [("timeout", 504, b"lost", None, None)] * 3


def test_over_http_both_are_there_whoever_looked(script, hostile, ask):
    """A declared check, weir.check, and the status alone."""
    server = hostile(always(reply(b"the body", status="201 Created")))
    text = """local http = weir.http { base = weir.env("TARGET"), headers = { Authorization = "Bearer abc" } }
local one = http:post { "/one", name = "one", body = "sent", checks = { weir.is.equals("another") } }
local two = http:get { "/two", name = "two" }
local three = http:get { "/three", name = "three", expect = 200 }
return weir.scenario { user = function() one() weir.check(two(), "by hand", false) three() end }"""
    script(server, text, "-n", 1, "--record", "r.weir", code=1)
    rows = ask("SELECT name, cause, request, head, body FROM failure JOIN series ON id = series ORDER BY due_ns")
    assert [(name, cause, body) for name, cause, _, _, body in rows] == [
        ("one", "equals another", b"the body"), ("two", "by hand", b"the body"), ("three", "wrong answer (201)", b"the body")
    ]  # fmt: skip
    for name, _, request, head, _ in rows:
        assert b" /%s HTTP/1.1\r\n" % name.encode() in request and head.startswith(b"HTTP/1.1 201 Created\r\n")
        assert b"abc" not in request  # secrets are masked
    assert rows[0][2].endswith(b"\r\n\r\nsent")


def test_only_the_first_hundred_and_cut(script, hostile, ask):
    server = hostile(always(reply(b"x" * 100_000)))
    text = """return weir.scenario { user = function() weir.check(http:get "/x", "never", false) end }"""
    script(server, text, "-n", 150, "-c", 4, "--threads", 2, "--record", "r.weir", code=1)
    assert ask("SELECT count(*), min(length(body)), max(length(body)), min(length) FROM failure") == [(100, 65536, 65536, 100_000)]
