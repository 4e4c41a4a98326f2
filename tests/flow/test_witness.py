"""The load as the target's kernel saw it, which stamps each request's arrival: nothing is lost or doubled, the starts
come when the plan wants them, and `sent` in weir's figures is when the bytes went out."""

import statistics

import books
import pytest

pytestmark = pytest.mark.timing

MS = 1e-3


def sent_and_stamped(load, start_target, loop, *words):
    """The run; when its requests were sent by weir's log, and when they came by the target's; seconds, ascending."""
    target = start_target("--log", "LOG")
    done = load(f"{target.url}/ping", *words, env=loop)
    sent = sorted(x["due"] + x["response_time"] - x["service_time"] for x in done.log)
    lines = target.log_lines()
    assert {(method, path) for _, method, path in lines} == {("GET", "/ping")}
    stamped = sorted(ns for ns, _, _ in lines)
    return done, sent, [(ns - stamped[0]) / 1e9 for ns in stamped]


def test_each_request_comes_once_and_when_it_is_due(load, start_target, loop):
    done, sent, stamped = sent_and_stamped(load, start_target, loop, "-r", 1000, "-d", "4s")
    assert len(stamped) == len(sent) == done.ledger["started"] == 4000
    shift = statistics.median(s - due for s, due in zip(stamped, done.dues))
    late = sorted(abs(s - shift - due) for s, due in zip(stamped, done.dues))
    assert books.nearest_rank(late, 50) < 1 * MS
    assert books.nearest_rank(late, 99) < 20 * MS
    gaps = sorted(b - a for a, b in zip(stamped, stamped[1:]))
    assert books.nearest_rank(gaps, 50) == pytest.approx(1 * MS, rel=0.1)
    assert books.nearest_rank(gaps, 99) < 20 * MS


def test_sent_is_when_the_kernel_has_it(load, start_target, loop):
    _, sent, stamped = sent_and_stamped(load, start_target, loop, "-r", 1000, "-d", "2s")
    assert len(sent) == len(stamped)
    shift = statistics.median(b - a for a, b in zip(sent, stamped))
    apart = sorted(abs(b - shift - a) for a, b in zip(sent, stamped))
    assert books.nearest_rank(apart, 50) < 0.1 * MS
    assert books.nearest_rank(apart, 99) < 5 * MS


@pytest.mark.parametrize("words", [["-c", 10, "-n", 3000, "--threads", 2], ["--stages", "500 at once"]])
def test_each_request_comes_once_however_fast(load, start_target, loop, words):
    done, sent, stamped = sent_and_stamped(load, start_target, loop, *words)
    assert len(stamped) == len(sent) == done.ledger["ok"] == done.ledger["started"]


def test_a_poisson_load_comes_as_it_was_drawn(load, start_target):
    words = ["-r", 500, "-d", "3s", "--arrivals", "poisson", "--seed", 11]
    done, _, stamped = sent_and_stamped(load, start_target, {}, *words)
    shift = statistics.median(s - due for s, due in zip(stamped, done.dues))
    late = sorted(abs(s - shift - due) for s, due in zip(stamped, done.dues))
    assert books.nearest_rank(late, 90) < 1 * MS
