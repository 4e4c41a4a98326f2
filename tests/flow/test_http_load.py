"""Which calls weir http makes, and when they are due: both models, stages, limits, warm-up, drain. The target's own
count and the log's `due` are the witnesses; nothing here depends on how fast the machine is."""

import math
import os

import pytest

from hostile import silent

pytestmark = pytest.mark.exact


def ping(target, query=""):
    return f"{target.url}/ping{query}"


def most_at_once(log):
    """How many calls of a log were in progress together at most, each from its due time to its end."""
    starts = [round(x["due"] * 1e9) for x in log]
    ends = [round(x["due"] * 1e9) + round(x["response_time"] * 1e9) for x in log]
    events = [(ns, 1) for ns in starts] + [(ns, -1) for ns in ends]  # of the same ns, ends go first
    now = most = 0
    for _, step in sorted(events):
        now += step
        most = max(most, now)
    return most


# Closed model


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_n_makes_exactly_so_many_requests_with_any_number_of_threads(load, target, threads):
    done = load(ping(target), "-c", 7, "-n", 100, "--threads", threads)
    assert done.ledger == {"started": 100, "ok": 100}
    assert done.iterations == {"planned": 100, "started": 100, "completed": 100}
    assert done.summary["run"]["threads"] == threads
    assert target.metrics() == {"requests": 100, "responses": 100}


@pytest.mark.parametrize("count", [1, 2, 5])
def test_fewer_iterations_than_users_start_no_more_than_asked(load, target, count):
    done = load(ping(target), "-c", 10, "-n", count, "--threads", 2)
    assert done.ledger == {"started": count, "ok": count}
    assert target.metrics()["requests"] == count


@pytest.mark.parametrize("words, threads", [
    (["-c", 2], 2), (["-r", 100, "-c", 3], 3), (["-r", 100, "--max-in-flight", 1], 1), (["-r", 100], 8),
])  # fmt: skip
def test_there_are_never_more_workers_than_any_cap_leaves_work_for(load, target, words, threads):
    done = load(ping(target), *words, "-n", 10, "--threads", 8)
    assert done.summary["run"]["threads"] == threads
    assert done.ledger == {"started": 10, "ok": 10}


@pytest.mark.parametrize("words, threads", [
    (["-r", "19999"], 1), (["-r", "20k"], os.cpu_count()), (["-c", 100], os.cpu_count()),
])  # fmt: skip
def test_the_number_of_workers_fits_the_load_where_none_is_set(load, target, words, threads):
    assert load(ping(target), *words, "-n", 10).summary["run"]["threads"] == threads


def test_c_users_have_a_connection_each_and_one_call_at_a_time(load, target, loop):
    done = load(ping(target, "?delay=20ms"), "-c", 5, "-d", "300ms", env=loop)
    assert done.summary["run"]["model"] == "closed"
    assert done.summary["generator"]["loop"] == loop["WEIR_LOOP"]
    assert done.ledger["started"] == done.ledger["ok"] == target.metrics()["requests"] >= 10
    assert target.figures()["weir_target_connections_total"] == 5 + 2  # and those that ask for the metrics
    assert most_at_once(done.log) == 5
    assert done.summary["run"]["duration_s"] == 0.3
    assert all(x["due"] < 0.3 for x in done.log)


def test_without_any_load_options_there_are_64_users_for_10_s(start_load, target):
    running = start_load(ping(target, "?delay=50ms"))
    running.wait_until_under_way()
    running.interrupt()
    done = running.end(code=130)
    assert done.out.startswith("closed model: 64 users for 10s, at most 64 connections\n")


def test_a_rate_alone_lasts_10_s(start_load, target):
    running = start_load(ping(target), "-r", 50)
    running.wait_until_under_way()
    running.interrupt()
    assert running.end(code=130).out.startswith("open model: 50 starts/s for 10s, ")


def test_the_load_may_come_from_a_file_and_the_environment(load, target, tmp_path):
    (tmp_path / "c.json").write_text('{"rate": "100", "count": 50, "timeout": "3s", "header": ["X-A: b"]}')
    done = load(ping(target), "--config", "c.json", "--seed", 4, env={"WEIR_COUNT": "20"})
    assert done.dues == [round(k * 0.01, 9) for k in range(20)]
    assert done.summary["run"]["seed"] == 4


@pytest.mark.parametrize("words, sentence", [
    (["-r", 5, "--gap", "1s"], "-r and --gap exclude each other: each is a load of its own"),
    (["-r", 5, "--stages", "5 for 1s"], "-r and --stages exclude each other: each is a load of its own"),
    (["-d", 5, "--stages", "5 for 1s"], "-d and --stages exclude each other: the stages have their durations"),
    (["-c", 5, "--stages", "5 users for 1s"],
     "-c and --stages exclude each other: the stages say how many users there are"),
    (["-c", 5, "--max-in-flight", 3],
     "--max-in-flight is for the open model (-r, --gap, --stages without users): here each user waits for its own "
     "reply"),
    (["-r", 5, "--overload", "skip"], "--overload says what happens at --max-in-flight, which is not set"),
    (["--stages", "5 apples"], "--stages: stage 1 '5 apples': not understood; write it like 1k for 2m, 0..1k over 30s, "
                               "pause 10s, 100 at once or 50 users for 5m"),
    (["--stages", "5 for 1s, 5 users for 1s"], None),
    (["-r", 0], "-r: a rate of '0' is not possible"),
])  # fmt: skip
def test_loads_that_cannot_be_are_usage_errors(weir, words, sentence):
    done = weir("http", "127.0.0.1:1/", *words)
    assert done.returncode == 2
    assert done.stderr == f"weir: {sentence}\n" if sentence else done.stderr.startswith("weir: --stages: stage 2 ")


def test_d_and_n_end_with_whichever_is_first(load, target):
    assert load(ping(target), "-c", 2, "-d", "30s", "-n", 20).ledger["started"] == 20
    done = load(ping(target, "?delay=20ms"), "-c", 2, "-d", "200ms", "-n", 100_000)
    assert 2 <= done.ledger["started"] < 100
    assert load(ping(target), "-r", 200, "-d", "30s", "-n", 20).dues == pytest.approx([k / 200 for k in range(20)])
    assert load(ping(target), "-r", 200, "-d", "100ms", "-n", 1000).ledger["started"] == 20


def test_a_closed_count_divides_by_the_time_of_its_last_reply(load, target):
    done = load(ping(target, "?delay=50ms"), "-c", 1, "-n", 4)
    length = done.summary["run"]["duration_s"]
    last = done.log[-1]
    assert length == pytest.approx(last["due"] + last["response_time"], abs=1e-6)
    assert done.summary["load"]["achieved_rate"] == pytest.approx(4 / length)
    assert done.summary["total"]["rate"] == pytest.approx(4 / length)


def test_in_the_closed_model_a_call_is_due_when_the_last_one_ended(load, target):
    done = load(ping(target, "?delay=5ms"), "-c", 1, "-n", 20)
    for before, after in zip(done.log, done.log[1:]):
        assert after["due"] == pytest.approx(before["due"] + before["response_time"], abs=2e-9)


def test_stages_of_users_add_and_retire_them(load, target):
    spec = "1..4 users over 400ms, 4 users for 200ms, 1 users for 300ms"
    done = load(ping(target, "?delay=20ms"), "--stages", spec)
    assert done.summary["run"] | {"model": "closed", "duration_s": 0.9} == done.summary["run"]
    within = {name: [x for x in done.log if low <= x["due"] < high] for name, low, high in
              [("first", 0, 0.05), ("middle", 0.42, 0.58), ("last", 0.65, 0.9)]}  # fmt: skip
    assert most_at_once(within["first"]) == 1
    assert most_at_once(within["middle"]) == 4
    assert most_at_once(within["last"]) == 1
    assert done.ledger["ok"] == done.ledger["started"] == target.metrics()["requests"]


def test_users_in_stages_pause(load, target):
    done = load(ping(target, "?delay=5ms"), "--stages", "2 users for 100ms, pause 200ms, 2 users for 100ms")
    assert not [due for due in done.dues if 0.101 < due < 0.3]
    assert [due for due in done.dues if due < 0.1] and [due for due in done.dues if due >= 0.3]


# Open model


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_an_open_rate_is_due_at_exact_times(load, target, loop, threads):
    done = load(ping(target), "-r", 200, "-d", "500ms", "--threads", threads, env=loop)
    assert done.dues == [round(k * 0.005, 9) for k in range(100)]
    assert done.iterations == {"planned": 100, "started": 100, "completed": 100}
    assert done.summary["load"]["asked_rate"] == 200
    assert target.metrics() == {"requests": 100, "responses": 100}


@pytest.mark.parametrize(
    "rate, length, planned",
    [("250", "10ms", 3), ("30/m", "1s", 1), ("1k", "0.05", 50), ("7", "1s", 7), ("333.3", "100ms", 34)],
)
def test_a_plan_of_integral_l_has_its_ceiling_of_arrivals(load, target, rate, length, planned):
    done = load(ping(target), "-r", rate, "-d", length)
    assert done.iterations == {"planned": planned, "started": planned, "completed": planned}
    assert done.dues[0] == 0
    assert target.metrics()["requests"] == planned


@pytest.mark.parametrize("threads", [1, 3])
def test_an_open_count_makes_exactly_so_many(load, target, threads):
    done = load(ping(target), "-r", 2000, "-n", 101, "--threads", threads)
    assert done.dues == pytest.approx([k / 2000 for k in range(101)], abs=1e-9)
    assert done.summary["run"]["duration_s"] == pytest.approx(101 / 2000)
    assert target.metrics()["requests"] == 101


def test_a_worker_without_further_starts_waits_for_the_others(load, target):
    done = load(ping(target), "-r", 10, "-n", 4, "--threads", 2, "--drain", "20ms")
    assert done.ledger == {"started": 4, "ok": 4}


def test_a_gap_is_exact(load, target):
    done = load(ping(target), "--gap", "10ms", "-n", 20)
    assert done.dues == [round(k * 0.01, 9) for k in range(20)]
    assert done.summary["load"]["asked_rate"] == pytest.approx(100)


def test_stages_follow_each_other(load, target):
    done = load(ping(target), "--stages", "5 at once, 100 for 200ms, pause 300ms, 50 for 100ms, 7 at once")
    expected = [0] * 5 + [k / 100 for k in range(20)] + [0.5 + k / 50 for k in range(5)] + [0.6] * 7
    assert done.dues == pytest.approx(expected, abs=2e-9)
    assert done.iterations == {"planned": 37, "started": 37, "completed": 37}
    assert done.summary["run"]["duration_s"] == 0.6
    assert done.summary["load"]["asked_rate"] == pytest.approx(37 / 0.6)
    assert target.metrics()["requests"] == 37


def test_ramps_are_due_where_their_integral_reaches_each_number(load, target):
    done = load(ping(target), "--stages", "0..200 over 500ms, 200..0 over 500ms")
    up = [math.sqrt(k / 200) for k in range(50)]
    down = [1 - math.sqrt((100 - k) / 200) for k in range(50, 100)]
    assert done.dues == pytest.approx(up + down, abs=1e-6)
    assert done.iterations["planned"] == 100


@pytest.mark.parametrize("threads", [1, 2])
def test_all_at_once_are_due_at_once(load, target, threads):
    done = load(ping(target), "--stages", "200 at once", "--threads", threads)
    assert done.dues == [0] * 200
    assert target.metrics()["requests"] == 200


def test_poisson_is_repeated_by_its_seed_with_any_number_of_threads(load, target):
    words = [ping(target), "-r", 400, "-d", "300ms", "--arrivals", "poisson"]
    one, two, three = (load(*words, "--seed", 7, "--threads", n) for n in (1, 2, 3))
    assert one.dues == two.dues == three.dues
    assert one.summary["run"]["seed"] == 7
    assert one.iterations["planned"] == one.ledger["started"]
    gaps = [b - a for a, b in zip(one.dues, one.dues[1:])]
    assert min(gaps) < 0.0005 and max(gaps) > 0.005  # not uniform; the seed is fixed
    assert load(*words, "--seed", 8).dues != one.dues


def test_a_seed_is_drawn_and_given_out_where_none_is_set(load, target):
    words = [ping(target), "-r", 400, "-d", "100ms", "--arrivals", "poisson"]
    first = load(*words)
    seed = first.summary["run"]["seed"]
    assert f"seed {seed}" in first.out
    assert load(*words, "--seed", seed).dues == first.dues


def test_a_seed_of_zero_can_be_asked_for(load, target):
    words = [ping(target), "-r", 400, "-d", "100ms", "--arrivals", "poisson", "--seed", 0]
    assert load(*words).dues == load(*words).dues


# Warm-up and drain


@pytest.mark.parametrize("threads", [1, 2])
def test_an_open_warm_up_is_load_that_is_not_measured(load, target, loop, threads):
    done = load(ping(target), "-r", 100, "-d", "300ms", "--warmup", "200ms", "--threads", threads, env=loop)
    assert done.dues == [round(k * 0.01, 9) for k in range(30)]
    assert done.iterations == {"planned": 30, "started": 30, "completed": 30}
    assert target.metrics() == {"requests": 50, "responses": 50}


def test_a_closed_warm_up_is_load_that_is_not_measured(load, target):
    done = load(ping(target, "?delay=10ms"), "-c", 3, "-n", 20, "--warmup", "150ms")
    assert done.ledger == {"started": 20, "ok": 20}
    assert target.metrics()["requests"] >= 20 + 3
    assert done.dues[0] < 0.1  # the users went on where the warm-up ended


def test_calls_of_the_warm_up_that_end_later_are_not_measured_either(load, target):
    done = load(ping(target, "?delay=150ms"), "-r", 100, "-d", "100ms", "--warmup", "100ms")
    assert done.ledger == {"started": 10, "ok": 10}
    assert target.metrics()["requests"] == 20


def test_what_is_in_flight_at_the_end_is_waited_for(load, target):
    done = load(ping(target, "?delay=400ms"), "-r", 50, "-d", "100ms")
    assert done.ledger == {"started": 5, "ok": 5}
    assert done.summary["run"]["duration_s"] == 0.1
    assert done.summary["load"]["achieved_rate"] == pytest.approx(50, rel=0.2)


def test_what_the_drain_does_not_see_end_is_abandoned(load, hostile, loop):
    fake = hostile(silent)
    done = load(fake.url, "-r", 50, "-d", "100ms", "--drain", "200ms", env=loop, code=1)
    assert done.ledger == {"started": 5, "abandoned": 5}
    assert done.iterations == {"planned": 5, "started": 5, "interrupted": 5}
    assert done.errors == {"abandoned at the end of the run": 5}
    assert done.summary["total"]["response_time_s"]["p50"] is None


def test_a_closed_user_that_waits_at_the_end_of_the_drain_is_interrupted(load, hostile):
    done = load(hostile(silent).url, "-c", 3, "-d", "100ms", "--drain", "100ms", code=1)
    assert done.ledger == {"started": 3, "abandoned": 3}
    assert done.iterations == {"planned": 3, "started": 3, "interrupted": 3}


# Timeout


def test_a_call_without_an_answer_ends_as_a_timeout(load, target, loop):
    done = load(ping(target, "?delay=5s"), "-r", 100, "-d", "50ms", "--timeout", "200ms", env=loop, code=1)
    assert done.ledger == {"started": 5, "timeout": 5}
    assert done.errors == {"no answer (timeout)": 5}
    assert all(0.2 <= x["response_time"] < 1 for x in done.log)
    assert done.summary["total"]["response_time_s"]["min"] >= 0.2
    assert done.summary["total"]["service_time_s"]["max"] is None
    assert "no answer (timeout)" in done.out


def test_a_call_that_gets_no_connection_in_time_says_so(load, hostile, loop):
    done = load(hostile(silent).url, "--stages", "5 at once", "-c", 1, "--timeout", "300ms", env=loop, code=1)
    assert done.ledger == {"started": 5, "timeout": 5}
    assert done.errors == {"timeout before send": 4, "no answer (timeout)": 1}
    assert [x["service_time"] is None for x in done.log].count(True) == 4
    assert all(0.3 <= x["response_time"] < 1.5 for x in done.log)


def test_a_call_that_was_queued_for_too_long_is_not_sent_at_all(load, target, loop):
    words = ["--stages", "50 at once", "--max-in-flight", 1, "--timeout", "400ms"]
    done = load(ping(target, "?delay=150ms"), *words, env=loop)
    assert done.iterations == {"planned": 50, "started": 50, "completed": 50}
    sent = target.metrics()["requests"]
    assert sent <= 3
    assert done.errors["timeout before send"] == 50 - sent
    assert done.ledger["ok"] + done.errors.get("no answer (timeout)", 0) == sent
    assert all(x["service_time"] is None for x in done.log if x.get("exception") == "timeout before send")


def test_a_timeout_closes_its_connection_and_the_next_call_opens_another(load, target):
    done = load(ping(target, "?delay=300ms"), "-c", 1, "-n", 3, "--timeout", "100ms", code=1)
    assert done.ledger == {"started": 3, "timeout": 3}
    assert done.summary["total"]["reconnects"] == 2
    assert target.figures()["weir_target_connections_total"] == 3 + 1  # and the one that asks


# Limits


def test_at_the_cap_starts_queue_with_their_clock_running(load, target):
    done = load(ping(target, "?delay=50ms"), "-r", 100, "-d", "200ms", "--max-in-flight", 2)
    assert done.iterations == {"planned": 20, "started": 20, "completed": 20}
    assert done.dues == [round(k * 0.01, 9) for k in range(20)]
    assert target.figures()["weir_target_connections_total"] <= 2 + 1
    slowest = max(x["response_time"] for x in done.log)
    assert slowest >= 10 * 0.05 - 0.19  # ten rounds of 50 ms, the last one due after 190 ms
    assert all(x["response_time"] >= x["service_time"] for x in done.log)
    assert done.reasons == []


@pytest.mark.parametrize("threads", [1, 2])
def test_at_the_cap_starts_are_skipped_when_asked_to(load, target, threads):
    done = load(
        *(ping(target, "?delay=2s"), "-r", 100, "-d", "200ms", "--threads", threads),
        *("--max-in-flight", 4, "--overload", "skip"),
    )
    assert done.iterations == {"planned": 20, "started": 4, "skipped": 16, "completed": 4}
    assert target.metrics()["requests"] == 4
    assert done.reasons == []


def test_c_beside_r_is_a_cap_on_connections(load, target, loop):
    done = load(ping(target, "?delay=50ms"), "-r", 100, "-d", "200ms", "-c", 2, env=loop)
    assert done.ledger == {"started": 20, "ok": 20}
    assert target.figures()["weir_target_connections_total"] == 2 + 1
    assert max(x["response_time"] for x in done.log) >= 10 * 0.05 - 0.19
    assert done.summary["load"]["wait_s"]["max"] > 0.1
    assert done.reasons == []
    assert "at most 2 connections" in done.out
