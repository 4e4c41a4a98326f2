"""weir kafka rr: round trips, whose books are held against what the responder says it did."""

import json
import sqlite3

import pytest

from books import assert_sound
from broker_process import consume

pytestmark = pytest.mark.exact

TOPICS = ("--topic", "t:3", "--topic", "r:3")


@pytest.fixture
def broker(start_broker):
    return start_broker(*TOPICS)


@pytest.fixture
def rr(weir, tmp_path):
    """Runs weir kafka rr with these words; its summary, and what it printed."""

    def run(where, *words, code=0, **how):
        out = tmp_path / "summary.json"
        out.unlink(missing_ok=True)
        done = weir("kafka", "rr", "-b", where.address, "--request", "t", "--reply", "r", "--json", out, *words, **how)
        assert done.returncode == code, done.stdout + done.stderr
        summary = json.loads(out.read_text())
        assert_sound(summary)
        summary["stdout"], summary["stderr"] = done.stdout, done.stderr
        return summary

    return run


def replies(summary):
    """Those that are not 0."""
    return {k: n for k, n in summary["ledger"]["replies"].items() if isinstance(n, int) and n}


def fates(summary):
    return summary["total"]["outcomes"]


# ---- the truth of the responder ----


def test_the_warmup_is_in_no_series(broker, start_responder, rr):
    start_responder(broker)
    summary = rr(broker, "-c", 10, "-n", 200, "--warmup", "500ms")
    assert {s["name"]: s["outcomes"] for s in summary["series"]} == {"t": {"ok": 200}, "t send": {"ok": 200}}


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_the_ledger_equals_what_the_responder_did(broker, start_responder, rr, threads):
    n = 4000
    responder = start_responder(
        broker, *"--drop 1% --duplicate 1% --delay 1%:2s --corrupt 1% --foreign 1% --shuffle 50".split()
    )
    summary = rr(broker, "-c", 400, "-n", n, "--timeout", "1s", "--drain", "4s", "--threads", threads)
    did = responder.stop()
    each = n // 100
    assert did["received"] == n
    assert {did[k] for k in ("dropped", "duplicated", "delayed", "corrupted", "foreign")} == {each}
    assert fates(summary) == {"ok": n - 2 * each, "timeout": 2 * each}
    assert replies(summary) == {
        "received": did["replies"],
        "matched": n - 2 * each,
        "late": each,
        "duplicate": each,
        "orphan": each,
    }
    late = summary["ledger"]["replies"]["late_time_s"]
    assert 2 <= late["p50"] <= 4
    assert summary["total"]["status"] == {"200": n - 2 * each, "504": 2 * each}


def test_all_is_well(broker, start_responder, rr):
    responder = start_responder(broker)
    summary = rr(broker, "-n", 3000, "-c", 100)
    assert fates(summary) == {"ok": 3000} and replies(summary) == {"received": 3000, "matched": 3000}
    assert responder.stop()["received"] == 3000
    rpc, send = (s for s in summary["series"] if s["kind"] == "calls")  # a slow run has its client's measures too
    assert (rpc["name"], rpc["part"], send["name"], send["part"]) == ("t", False, "t send", True)
    assert rpc["tags"] == {"protocol": "kafka", "topic": "t", "type": "RPC"}
    assert send["outcomes"] == {"ok": 3000}
    assert "3 000 replies = 3 000 matched + 0 late + 0 duplicate + 0 orphan ✓" in summary["stdout"]


# ---- where the id stands ----


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(
    "words",
    [
        ["--correlate", "header:trace"],
        ["--correlate", "key"],
        ["--correlate", "key", "-k", "sequence"],
        ["--correlate", "json:/a/id", "--value", '{"x": 1, "a": {"id": "${correlation_id}"}, "again": "${correlation_id}"}'],
        ["--correlate", "$.id", "--value", '{"id": "${correlation_id}"}'],
        ["--correlate", "bytes:3,28", "--value", "abc${correlation_id}def"],
        ["--correlate", "regex:id=([^;]*);", "--value", "x=1;id=${correlation_id};y=2"],
        ["--correlate", "header:trace", "-H", "other=1", "-k", "the same"],
    ],
)
def test_ids_are_found_wherever_they_stand(broker, start_responder, rr, words, threads):
    start_responder(broker)
    summary = rr(broker, "-n", 600, "-c", 50, "--threads", threads, *words)
    assert fates(summary) == {"ok": 600}
    assert replies(summary) == {"received": 600, "matched": 600}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (
            ["--correlate", "key", "-k", "same"],
            "with --correlate key the key is the correlation id: requests with the same key could not be told apart; "
            "leave -k out, or say -k sequence",
        ),
        (
            ["--correlate", "json:/id", "--value", "{}"],
            "--correlate json:/id needs the id in the value: --value '… ${correlation_id} …'",
        ),
        (
            ["--reply-partition", "1", "-g", "group"],
            "--reply-partition and -g exclude each other: a group says who reads which partition",
        ),
        (
            ["-X", "transactional.id=x"],
            "-X transactional.id is about transactions, which requests are not sent in: an application would see them only "
            "when theirs ends; leave it out",
        ),
        (["--correlate", "cookie:x"], None),
        (["--store", "redis://x"], None),
    ],
)
def test_what_cannot_be_told_apart_is_refused(weir, words, why):
    done = weir("kafka", "rr", "-b", "127.0.0.1:1", "--request", "t", "--reply", "r", *words)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert why is None or done.stderr == f"weir: {why}\n"


def test_a_request_is_not_taken_for_its_own_reply(weir):
    done = weir("kafka", "rr", "-b", "127.0.0.1:1", "--request", "t", "--reply", "t")
    assert done.returncode == 2 and done.stderr.startswith("weir: --request and --reply are the same topic: each request would be ")
    for same in (["--reply-partition", "1"], ["--reply-partition", "1", "-p", "1"]):  # requests go there, too
        done = weir("kafka", "rr", "-b", "127.0.0.1:1", "--request", "t", "--reply", "t", *same)
        assert done.returncode == 2 and "or a --reply-partition beside another -p" in done.stderr
    for own in (["--reply-partition", "1", "-p", "0"], ["--correlate-reply", "header:answers"]):
        done = weir("kafka", "rr", "-b", "127.0.0.1:1", "--request", "t", "--reply", "t", *own)
        assert done.returncode == 1 and "cannot reach broker" in done.stderr


def test_both_topics_are_needed(weir):
    done = weir("kafka", "rr", "-b", "127.0.0.1:1", "--request", "t")
    assert (done.returncode, done.stderr) == (2, "weir: --reply says where the replies come: --reply TOPIC\n")


# ---- nothing matches ----


@pytest.mark.parametrize(
    ("words", "answers", "why"),
    [
        ([], None, "nothing came to r: does the application run, read t and answer to r?"),
        (
            ["--correlate-reply", "header:other", "-H", "trace=1"],
            [],
            "came to r, with the headers trace, correlationId; looked for the id in header:other, which none of them has",
        ),
        (
            ["--correlate-reply", "header:trace", "-H", "trace=abc"],
            [],
            "looked for the id in header:trace, found 'abc' first, which is the id of no request of this run",
        ),
        (["--correlate-reply", "json:/id"], [], "which cannot be read there: the values have another form"),
    ],
)
def test_one_line_says_why_nothing_matches(broker, start_responder, rr, words, answers, why):
    if answers is not None:
        start_responder(broker, *answers)
    summary = rr(broker, "-c", 20, "-d", "6s", "--timeout", "1s", "--drain", "1s", *words, code=1)
    lines = [line for line in summary["stderr"].splitlines() if "no reply matches so far" in line]
    assert len(lines) == 1 and why in lines[0]
    assert "matched" not in replies(summary)


# ---- trouble ----


def test_requests_that_are_too_large_fail_to_be_sent(broker, start_responder, rr):
    start_responder(broker)
    summary = rr(broker, "-n", 20, "--size", 3000, "-X", "producer.message.max.bytes=2000", code=1)
    assert fates(summary) == {"error": 20} and summary["total"]["status"] == {"500": 20}
    assert replies(summary) == {}


@pytest.mark.parametrize("show", [[], ["--show", 5]])
def test_requests_without_an_answer_are_shown_as_they_were_sent(broker, rr, tmp_path, show):
    words = ["--key", "sequence", "--value", "order ${correlation_id} of ${correlation_id}", "--correlate", "bytes:6,28"]
    summary = rr(broker, "-n", 20, "-r", 1000, "--timeout", "500ms", *words, "--record", "run.weir", *show, code=1)
    assert fates(summary) == {"timeout": 20}
    sent = {(m.key().decode(), m.value().decode()) for m in consume(broker.address, "t")}
    assert len(sent) == 20
    if show:
        text = summary["stdout"] + summary["stderr"]
        assert sum(f"key: {key}\n" in text and value in text for key, value in sent) == 5
    with sqlite3.connect(tmp_path / "run.weir") as db:
        told = [request.decode() for (request,) in db.execute("SELECT request FROM failure")]
    expected = {f"record for t\r\nkey: {key}\r\n\r\n{value}" for key, value in sent}
    assert len(told) == 20 and set(told) == expected


def test_a_topic_of_replies_that_is_not_there(weir, broker):
    done = weir("kafka", "rr", "-b", broker.address, "--request", "t", "--reply", "gone", "-n", 1, timeout=60)
    assert done.returncode in (0, 1)  # the embedded broker makes topics by itself; a real one is in test_rr_real.py


def test_thresholds_know_replies(broker, start_responder, rr):
    start_responder(broker, "--duplicate", "10%", "--drop", "10%")
    words = ["--threshold", "replies.duplicate == 0", "--threshold", "replies.late < 1%", "--threshold", "replies.matched > 80%"]
    summary = rr(broker, "-n", 100, "-c", 10, "--timeout", "1s", *words, code=3)
    assert [t["passed"] for t in summary["verdict"]["thresholds"]] == [False, True, True]
    assert summary["verdict"]["thresholds"][0]["value"] == 10


# ---- the record of the run ----


def test_a_record_tells_the_same_again(broker, start_responder, rr, weir, tmp_path):
    start_responder(broker, *"--drop 2% --duplicate 2% --delay 2%:1500ms --foreign 2%".split())
    summary = rr(
        broker, "-c", 100, "-n", 1000, "--timeout", "1s", "--drain", "3s", "--record", "run.weir", "--threshold", "replies.late < 1%",
        code=3,
    )  # fmt: skip
    assert replies(summary)["late"] == replies(summary)["orphan"] == 20
    done = weir("report", "run.weir", "--json", "again.json")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "summary.json").read_bytes()
    done = weir("report", "run.weir")
    assert done.stdout in summary["stdout"]
    # The seconds alone, as after a kill: the book is that of the run, the whole row gone.
    with sqlite3.connect(tmp_path / "run.weir") as db:
        whole = db.execute("SELECT matched, late, duplicate, orphan, malformed FROM replies WHERE span = 0").fetchone()
        sums = "sum(matched), sum(late), sum(duplicate), sum(orphan), sum(malformed)"
        assert db.execute(f"SELECT {sums} FROM replies WHERE span <> 0").fetchone() == whole


# ---- checks ----


CHECKS = [
    (["--check", "echo"], True),
    (["--check", "echo", "--check", "size == 100", "--check", "not_empty"], True),
    (["--check", "size > 100"], False),
    (["--check", "header correlationId exists", "--check", "key == k", "-k", "k"], True),
    (["--check", "key exists"], False),
    (["--check", "json /a == 1", "--check", "json_same /b /b", "--value", '{"a": 1, "b": "x"}'], True),
    (["--check", 'json /a == "1"', "--value", '{"a": 1}'], False),
    (["--check", "json /a in 1, 2, x", "--value", '{"a": "x"}'], True),
    (["--check", "matches ^a+b$", "--check", "contains aab", "--check", "equals aaab", "--value", "aaab"], True),
    (["--check", "matches ^a+b$", "--value", "aabb"], False),
]


@pytest.mark.parametrize(("words", "passes"), CHECKS)
def test_checks_of_replies(broker, start_responder, rr, words, passes):
    start_responder(broker)
    summary = rr(broker, "-n", 50, "-c", 10, *words, code=0 if passes else 1)
    assert fates(summary) == ({"ok": 50} if passes else {"failed_check": 50})
    assert replies(summary) == {"received": 50, "matched": 50}
    made = [word for flag, word in zip(words, words[1:]) if flag == "--check"]
    assert [c["name"] for c in summary["checks"]] == made
    assert all(c["passed"] + c["failed"] == 50 for c in summary["checks"])


def test_corrupted_replies_fail_their_check_and_the_first_pairs_are_kept(broker, start_responder, rr, tmp_path):
    start_responder(broker, "--corrupt", "10%", "--shuffle", 20)
    summary = rr(broker, "-n", 200, "-c", 50, "--check", "echo", "--record", "run.weir")
    assert fates(summary) == {"ok": 180, "failed_check": 20}
    assert summary["total"]["status"] == {"200": 180, "500": 20}
    with sqlite3.connect(tmp_path / "run.weir") as db:
        pairs = db.execute("SELECT request, body, cause FROM failure").fetchall()
    assert len(pairs) == 20 and {cause for _, _, cause in pairs} == {"echo"}
    for request, body, _ in pairs:
        sent = request.rpartition(b"\r\n\r\n")[2]
        assert len(sent) == len(body) == 100 and sent[:-1] == body[:-1] and sent != body


@pytest.mark.parametrize(
    ("check", "why"),
    [
        ("sise < 3", "there is no check 'sise'; there are echo, contains_request, json_same, json, header, key, size, contains, "
         "equals, matches, not_empty"),
        ("size < many", "'size < many' is not a check; write it like: size OPERATOR BYTES"),
        ("json /a = 1", "'=' is no comparison; there are == ~= < <= > >= in exists count"),
        ("echo twice", "'echo twice' is not a check; write it like: echo"),
        ("matches (", None),
    ],
)  # fmt: skip
def test_checks_that_are_none_are_refused(weir, check, why):
    done = weir("kafka", "rr", "-b", "127.0.0.1:1", "--request", "t", "--reply", "r", "--check", check)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert why is None or done.stderr == f"weir: --check: {why}\n"


# ---- where replies come ----


@pytest.mark.parametrize("threads", [1, 2])
def test_requests_can_say_where_their_replies_are_wanted(broker, start_responder, rr, threads):
    start_responder(broker, replies=None)
    summary = rr(broker, "-n", 100, "-c", 10, "--reply-partition", 2, "--threads", threads)
    assert fates(summary) == {"ok": 100}
    assert {m.partition() for m in consume(broker.address, "r")} == {2}


def test_a_partition_that_is_not_there(weir, broker):
    done = weir("kafka", "rr", "-b", broker.address, "--request", "t", "--reply", "r", "--reply-partition", 7)
    assert done.returncode == 1 and done.stderr == "weir: topic 'r' has no partition 7: there are 3, from 0 on\n"


def test_what_was_asked_in_the_warm_up_is_in_no_book(broker, start_responder, rr):
    """Its users are gone when the replies come, some of them behind the warm-up's end."""
    responder = start_responder(broker, "--delay", "100%:300ms")
    summary = rr(broker, "-r", 200, "-d", "1s", "--warmup", "1s")
    assert responder.stop()["received"] == 400
    assert fates(summary) == {"ok": 200}
    assert summary["iterations"]["started"] == summary["iterations"]["completed"] == 200


@pytest.mark.parametrize("store", ["memory", "file:journal"])
def test_the_stores_time_is_a_part_when_it_is_asked_for(broker, start_responder, rr, store):
    start_responder(broker)
    summary = rr(broker, "-n", 100, "-c", 10, "--store", store, "--measure-store")
    assert [(s["name"], s["part"], s["count"]) for s in summary["series"] if s["kind"] == "calls"] == [
        ("t", False, 100),
        ("t send", True, 100),
        ("t store", True, 100),
    ]
    assert "t store" not in str(rr(broker, "-n", 5)["series"])
