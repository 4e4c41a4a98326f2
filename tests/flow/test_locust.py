"""The Locust experiment with examples/locust_kafka.lua: what it had to prove. Its fifth point, rows that no two workers
use, is test_ten_thousand_rows_and_three_drivers_worth_of_workers of test_script_feeders.py."""

import json
import re

import pytest

from broker_process import consume, count_stored
from conftest import ROOT

pytestmark = pytest.mark.exact

EXAMPLE = ROOT / "examples" / "locust_kafka.lua"
TOPIC = "test-topic"
OK_KEYS = ["request_type", "name", "result", "response_time", "response_length", "other"]
ERR_KEYS = ["request_type", "name", "result", "response_time", "exception", "other"]


@pytest.fixture
def broker(start_broker):
    return start_broker("--topic", f"{TOPIC}:6")


@pytest.fixture
def start_example(start_load):
    """Starts the example; `settings` are those of its environment."""

    def start(broker, *words, settings=None, **how):
        pairs = {"KAFKA_BROKERS": broker.address, "TASK_DELAY": "1"} | (settings or {})
        set_words = [word for name, value in pairs.items() for word in ("-e", f"{name}={value}")]
        return start_load(EXAMPLE, *set_words, *words, command="run", **how)

    return start


def stored(broker):
    return consume(broker.address, TOPIC)


# 1: acknowledged and stored


def test_after_a_full_drain_what_is_stored_is_what_was_acknowledged(start_example, broker):
    done = start_example(broker, "-c", 10, "-d", "2s", "--threads", 2).end()
    assert done.ledger == {"started": done.ledger["ok"], "ok": len(stored(broker))}
    assert done.ledger["ok"] > 100


def test_stopped_in_mid_burst_nothing_is_uncounted(start_example, broker):
    running = start_example(broker, "-c", 10, "-d", "60s", settings={"TASK_DELAY": "0"})
    running.wait_until(lambda: count_stored(broker.address, TOPIC) > 1000)
    broker.tell("rtt 200ms")  # many are under way
    running.interrupt()
    done = running.end(130)
    broker.tell("rtt 0")
    assert done.ledger["started"] == done.ledger["ok"] == count_stored(broker.address, TOPIC)


def test_with_the_broker_gone_what_is_stored_lies_between_what_is_printed(start_example, broker):
    running = start_example(broker, "-c", 10, "-d", "60s", "--drain", "500ms", settings={"TASK_DELAY": "0"})
    running.wait_until(lambda: count_stored(broker.address, TOPIC) > 1000)
    broker.tell("rtt 200ms")
    broker.tell("down")
    running.interrupt()
    done = running.end(130)
    broker.tell("rtt 0")
    broker.tell("up")
    ledger = done.ledger
    assert ledger["started"] == ledger["ok"] + ledger["abandoned"] and ledger["abandoned"] > 0
    assert ledger["ok"] <= count_stored(broker.address, TOPIC) <= ledger["ok"] + ledger.get("possibly_stored", 0)
    if ledger.get("possibly_stored"):
        assert "of the failed may be stored all the same" in done.out


# 2: users that do not wait


def test_far_away_one_user_still_sends_far_more_than_one_a_round_trip(start_example, broker):
    broker.tell("rtt 100ms")
    done = start_example(broker, "-c", 1, "-d", "2s", settings={"TASK_DELAY": "5"}).end()
    assert done.ledger["started"] == done.ledger["ok"] > 200  # 20 is what waiting would allow
    assert done.summary["total"]["response_time_s"]["min"] >= 0.1


# 3: keys


def test_keyed_records_are_on_one_partition_and_the_others_on_all(start_example, broker):
    start_example(broker, "-c", 4, "-d", "2s", settings={"TASK_DELAY": "2"}).end()
    messages = stored(broker)
    assert {m.key() for m in messages} == {b"key", None}
    assert len({m.partition() for m in messages if m.key()}) == 1
    assert {m.partition() for m in messages if not m.key()} == set(range(6))


def test_tasks_have_equal_weight_and_their_payloads(start_example, broker):
    start_example(broker, "-c", 1, "-n", 100).end()
    messages = stored(broker)
    assert len(messages) == 200
    assert sum(m.key() is not None for m in messages) == 100
    timed = [m.value() for m in messages if b":" in m.value()]
    letters = [m.value() for m in messages if b":" not in m.value()]
    assert len(timed) == len(letters) == 100
    for value in timed:
        found = re.fullmatch(rb"\d{13}:((?:kafka)*k?a?f?k?)", value)
        assert found and 32 <= len(found[1]) <= 128
    assert all(re.fullmatch(rb"[A-Z]{32,128}", value) for value in letters)


# 4: the log


def lines_of(path):
    """Each line as JSON with its keys in order; a line that is none is an error."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def assert_log(lines, ledger):
    for line in lines:
        assert (line["request_type"], line["name"], line["other"]) == ("ENQUEUE", TOPIC, {})
        assert list(line) == (OK_KEYS if line["result"] == "OK" else ERR_KEYS)
        assert isinstance(line["response_time"], (int, float))
    good = sum(line["result"] == "OK" for line in lines)
    assert (good, len(lines)) == (ledger["ok"], ledger["started"])


def test_the_log_is_locusts_and_complete(start_example, broker, tmp_path):
    done = start_example(broker, "-c", 3, "-n", 300, "--log", "log", "--log-style", "locust").end()
    assert_log(lines_of(tmp_path / "log"), done.ledger)
    lengths = sorted(line["response_length"] for line in lines_of(tmp_path / "log"))
    assert lengths == sorted(len(m.value()) for m in stored(broker))


def test_also_while_the_broker_is_killed(start_example, broker, tmp_path):
    words = ["--timeout", "500ms", "--log", "log", "--log-style", "locust"]
    running = start_example(broker, "-c", 10, "-d", "3s", *words)
    running.wait_until(lambda: len(stored(broker)) > 500)
    broker.kill()
    done = running.end()
    lines = lines_of(tmp_path / "log")
    assert_log(lines, done.ledger)
    assert {line["exception"] for line in lines if line["result"] == "ERR"} <= {"no acknowledgement (timeout)", "timeout before send"}
    assert sum(line["result"] == "ERR" for line in lines) > 100


def test_not_quiet_each_record_is_a_line_on_standard_output(start_example, broker):
    done = start_example(broker, "-c", 1, "-n", 5, "--log-style", "locust", settings={"QUIET_MODE": "no"}, log=False).end()
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert len(lines) == 10 and all(list(line) == OK_KEYS for line in lines)
    for quiet in ("1", "true", "YES"):
        done = start_example(broker, "-c", 1, "-n", 5, settings={"QUIET_MODE": quiet}, log=False).end()
        assert "ENQUEUE" not in done.out


def test_settings_come_from_the_environment_too(start_load, start_broker):
    broker = start_broker("--topic", "elsewhere:1")
    env = {"KAFKA_BROKERS": broker.address, "OUTPUT_TOPIC": "elsewhere", "TASK_DELAY": "1"}
    start_load(EXAMPLE, "-c", 1, "-n", 3, command="run", env=env).end()
    assert len(consume(broker.address, "elsewhere")) == 6
