"""Transactions, on the embedded broker: which records are committed, which aborted, what the books and an audit say."""

import json

import pytest

from broker_process import consume

pytestmark = pytest.mark.exact


@pytest.fixture
def broker(start_broker):
    return start_broker("--topic", "t:3")


def counted(done, name):
    found = [s["sum"] for s in done.summary["series"] if s["name"] == name]
    return sum(found)


def parts(done):
    return {s["name"]: s["outcomes"] for s in done.summary["series"] if s.get("part")}


@pytest.mark.parametrize(
    ("records", "every", "share", "commits", "aborts", "aborted"),
    [
        (1000, 100, "0%", 10, 0, 0),
        (1050, 100, "20%", 9, 2, 200),  # the 5th and the 10th; the last one has 50
        (10, 1, "0.5", 5, 5, 5),
        (99, 100, "100%", 0, 1, 99),
        (1000, 1000, "1%", 1, 0, 0),
    ],
)
def test_each_transaction_has_its_records_and_exact_shares_are_aborted(
    produce, broker, records, every, share, commits, aborts, aborted
):
    done = produce(broker, "-n", records, "--transaction-every", every, "--transaction-abort", share, "--verify")
    assert done.ledger == {"started": records, "ok": records} | ({"aborted": aborted} if aborted else {})
    assert (counted(done, "kafka_commits"), counted(done, "kafka_aborts")) == (commits, aborts)
    assert counted(done, "kafka_committed_records") + counted(done, "kafka_aborted_records") == records
    want = {"t commit": {"ok": commits}, "t abort": {"ok": aborts}}
    assert parts(done) == {name: outcomes for name, outcomes in want.items() if outcomes["ok"]}
    assert done.summary["verdict"]["audits"][0]["passed"]
    text = " ".join(done.out.split())
    assert f"{records:,} acknowledged = {records - aborted:,} committed + {aborted:,} aborted ✓".replace(",", " ") in text
    assert f"{commits} transactions committed, {aborts} aborted" in text
    assert len(consume(broker.address, "t")) == records  # the embedded broker knows no isolation


def test_parts_are_in_no_total_and_tell_how_long_it_took(produce, broker):
    done = produce(broker, "-n", 500, "--transaction-every", 100)
    assert done.summary["total"]["count"] == 500
    commit = done.series("t commit")
    assert commit["count"] == 5 and commit["tags"] == {"protocol": "kafka", "topic": "t", "type": "COMMIT"}
    assert commit["response_time_s"]["min"] >= commit["service_time_s"]["min"] > 0
    kinds = [(s["kind"], s["part"]) for s in done.summary["series"]]
    assert kinds[:2] == [("calls", False), ("calls", True)] and all(k != "calls" for k, _ in kinds[2:])


def test_by_time(produce, broker):
    done = produce(broker, "-r", 1000, "-d", "2s", "--transaction-every", "200ms")
    assert 5 <= counted(done, "kafka_commits") <= 11  # each begins when the last one has ended
    assert counted(done, "kafka_committed_records") == 2000


def test_an_open_load_goes_on_while_a_transaction_ends(produce, start_broker):
    """Ends take a round trip of 100 ms; starts are never late for it, records wait with their clock running."""
    broker = start_broker("--topic", "t:3", "--fault", "rtt 100ms")
    done = produce(broker, "-r", 200, "-d", "2s", "--transaction-every", 50)
    assert done.ledger == {"started": 400, "ok": 400}
    assert done.summary["total"]["response_time_s"]["max"] > 0.15
    assert done.summary["load"]["start_lateness_s"]["p50"] < 0.02


def test_each_producer_has_an_id_of_its_own(produce, broker):
    done = produce(broker, "-n", 400, "--threads", 4, "--transaction-every", 50, "-X", "transactional.id=mine")
    assert done.ledger == {"started": 400, "ok": 400}
    assert counted(done, "kafka_commits") == 8


def test_a_single_user_is_not_in_its_own_way(produce, broker):
    done = produce(broker, "-n", 20, "-c", 1, "--transaction-every", 7)
    assert done.ledger == {"started": 20, "ok": 20} and counted(done, "kafka_commits") == 3


def test_nothing_is_begun_for_nothing(produce, broker):
    done = produce(broker, "-r", 5, "-d", "1s", "--transaction-every", "100ms", "--verify")
    assert counted(done, "kafka_commits") == 5


def test_an_interrupt_commits_what_is_there(start_load, broker):
    load = start_load("-b", broker.address, "-t", "t", "-r", 100, "--transaction-every", "1h", "-d", "1h", command="kafka produce")
    load.wait_until_under_way()
    load.wait_until(lambda: len(consume(broker.address, "t")) > 10)
    load.interrupt()
    done = load.end(130)
    assert counted(done, "kafka_commits") == 1
    assert counted(done, "kafka_committed_records") == done.ledger["ok"]


# ---- trouble ----


def test_a_commit_that_is_refused_is_aborted_and_its_numbers_come_again(produce, consume_load, broker):
    """A record that the broker refuses spoils its transaction; what the embedded broker loses behind it is not weir's."""
    broker.tell("error PRODUCE MSG_SIZE_TOO_LARGE 1")
    done = produce(broker, "-n", 300, "--transaction-every", 100, "-p", 0, "--stamp", "value")
    errors = done.summary["total"]["errors"]
    assert errors.pop("MSG_SIZE_TOO_LARGE (Broker: Message size too large)") == 100 and sum(errors.values()) in (0, 100)
    aborts, commits = counted(done, "kafka_aborts"), counted(done, "kafka_commits")
    assert aborts >= 1 and aborts + commits == 3
    assert parts(done)["t commit"] == {"ok": commits, "error": aborts}
    audit = consume_load(broker, "--from", "beginning", "--until", "end", "--audit")
    assert audit.summary["audit"]["lost"] == 0


@pytest.mark.parametrize("code", ["PRODUCER_FENCED", "INVALID_PRODUCER_EPOCH"])
@pytest.mark.parametrize("request_", ["END_TXN", "ADD_PARTITIONS_TO_TXN"])
def test_a_producer_that_was_fenced_off_says_so(produce, broker, request_, code):
    broker.tell(f"error {request_} {code} 1")
    done = produce(broker, "-n", 300, "--transaction-every", 100, "-X", "transactional.id=mine", code=1)
    sentence = "another producer with transactional.id 'mine-0' took over: this one is fenced off and can produce no more"
    assert done.summary["verdict"]["reasons"][0] == sentence
    # The run ends at once: what waited for the next transaction may see that first.
    assert sum(done.ledger.get(fate, 0) for fate in ("ok", "error", "abandoned")) == 300 and done.ledger["error"] >= 100


def test_a_producer_that_cannot_go_on_says_why(produce, broker):
    broker.tell("error END_TXN INVALID_TXN_STATE 1")
    done = produce(broker, "-n", 300, "--transaction-every", 100, "-X", "transactional.id=mine", code=1)
    assert "transactional.id 'mine-0' can produce no more: " in done.summary["verdict"]["reasons"][0]
    assert "100 acknowledged = 0 committed + 0 aborted + 100 undecided" in " ".join(done.out.split())


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--transaction-abort", "10%"], "--transaction-abort is about transactions: --transaction-every N says how many records are in each"),
        (["-X", "transactional.id=x"], "-X transactional.id is about transactions: --transaction-every N says how many records are in each"),
        (["--transaction-every", "0"], "--transaction-every: '0' is neither records nor a time; write it like 1000, 10k or 500ms"),
        (["--transaction-every", "5", "--acks", "1"], "transactions need --acks all"),
        (["--transaction-every", "5", "--warmup", "1s"], "--warmup would end within a transaction: leave it out beside --transaction-every"),
        (["--transaction-duration-ms", "100"], "--transaction-duration-ms 100: weir says --transaction-every 100ms"),
    ],
    ids=str,
)  # fmt: skip
def test_wrong_words_are_sentences(weir, words, why):
    done = weir("kafka", "produce", "-b", "127.0.0.1:1", "-t", "t", *words)
    assert (done.returncode, done.stderr) == (2, f"weir: {why}\n")


# ---- stamps ----


def test_an_audit_of_all_records_knows_those_aborted_on_purpose(produce, consume_load, broker):
    produce(broker, "-n", 1000, "--transaction-every", 100, "--transaction-abort", "30%", "--stamp", "value")
    done = consume_load(broker, "--from", "beginning", "--until", "end", "--audit")
    assert done.audit == "all 1 000 records came once, unchanged and in order"
    first = sorted((p.get("aborted", False), p["worker"], p["first"]) for p in done.summary["audit"]["producers"])
    assert first == [(False, 0, 700), (True, 0, 300)]
    assert "worker 0, aborted on purpose: 300 first" in " ".join(done.out.split())


def test_the_record_tells_it_again(produce, weir, broker):
    done = produce(broker, "-n", 100, "--transaction-every", 10, "--transaction-abort", "10%", "--record", "r.weir")
    again = json.loads(weir("report", "r.weir", "--json", "-").stdout)
    assert again["ledger"] == done.summary["ledger"] and again["series"] == done.summary["series"]


# ---- scenarios ----

STORY = """
local k = weir.kafka {{ brokers = weir.env("KAFKA_BROKERS"), producers = {producers}, transaction = {{ {transaction} }} }}
local a = k:send {{ topic = "t", value = "x" }}
local b = k:send {{ topic = "u", value = "y" }}
return weir.scenario {{ user = function() a() b() end }}
"""


def test_a_scenario_sends_in_transactions(story, start_broker):
    broker = start_broker("--topic", "t:2", "--topic", "u:2")
    text = STORY.format(producers=1, transaction='every = 10, abort = "25%"')
    done = story(broker, text, "-n", 200, "-c", 4)
    assert done.ledger == {"started": 400, "ok": 400, "aborted": 100}
    assert parts(done) == {"transaction commit": {"ok": 30}, "transaction abort": {"ok": 10}}


def test_each_producer_of_a_scenario_has_its_own(story, start_broker):
    broker = start_broker("--topic", "t:2", "--topic", "u:2")
    text = STORY.format(producers=3, transaction='every = "50ms"')
    done = story(broker, text, "-r", 200, "-d", "1s")
    assert counted(done, "kafka_committed_records") == 400 and counted(done, "kafka_commits") >= 6


@pytest.mark.parametrize(
    ("transaction", "why"),
    [
        ("abort = 0.1", "transaction needs 'every'"),
        ("every = 0", "'every' is a number of records from 1, or a time like"),
        ('every = "soon"', "soon"),
        ("every = 5, abort = 2", "'abort' is a share"),
        ("every = 5, often = true", "often"),
    ],
)
def test_wrong_keys_are_sentences(start_story, broker, transaction, why):
    load = start_story(broker, STORY.format(producers=1, transaction=transaction), "-n", 1)
    assert why in load.end(2).err
