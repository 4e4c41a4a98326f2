"""weir kafka produce --lines: each line of a file or of a pipe once, however it comes."""

import os
import random
import subprocess
import time

import pytest

from broker_process import consume

pytestmark = pytest.mark.exact


@pytest.fixture
def broker(start_broker):
    return start_broker("--topic", "t:2")


def records(broker):
    return sorted((m.key() or b"", m.value()) for m in consume(broker.address, "t"))


def values(broker):
    return [value for _, value in records(broker)]


@pytest.mark.parametrize("end", ["\n", ""], ids=["ended", "cut off"])
def test_each_line_of_a_file_is_a_record(produce, broker, tmp_path, end):
    lines = ["one", "", "drei und vier", "\ttab\r", "one"]
    (tmp_path / "lines").write_bytes(("\n".join(lines) + end).encode())
    done = produce(broker, "--lines", "lines")
    assert done.ledger == {"started": 5, "ok": 5}
    assert done.iterations == {"planned": 5, "started": 5, "completed": 5}
    assert values(broker) == sorted(line.encode() for line in lines)
    assert done.reasons == []


def test_a_large_file_is_read_to_the_last_line_each_once(produce, broker, tmp_path):
    draw = random.Random(1)
    lines = [b"%d " % i + b"x" * draw.randrange(0, 90) for i in range(50_000)]
    lines[777] = lines[777].ljust(600_000, b"y")  # longer than a block
    (tmp_path / "lines").write_bytes(b"\n".join(lines))
    done = produce(broker, "--lines", "lines", "-c", 5000)
    assert done.ledger == {"started": 50_000, "ok": 50_000}
    assert done.summary["total"]["bytes_sent"] == sum(map(len, lines))
    assert values(broker) == sorted(lines)


def test_a_file_without_a_line_makes_no_call(produce, broker, tmp_path):
    (tmp_path / "empty").write_bytes(b"")
    done = produce(broker, "--lines", "empty")
    assert done.ledger == {}
    assert "no call was made" in done.out


def test_keys_stand_before_the_delimiter(produce, broker, tmp_path):
    (tmp_path / "lines").write_text("a::1\nb::2::3\nno key\n::empty\n")
    produce(broker, "--lines", "lines", "-K", "::")
    found = sorted(((m.key(), m.value()) for m in consume(broker.address, "t")), key=str)
    assert found == sorted([(b"a", b"1"), (b"b", b"2::3"), (None, b"no key"), (b"", b"empty")], key=str)


def test_a_tab_can_be_typed(produce, broker, tmp_path):
    (tmp_path / "lines").write_text("a\t1\n")
    produce(broker, "--lines", "lines", "-K", r"\t")
    assert records(broker) == [(b"a", b"1")]


def test_keys_may_be_made_beside_lines(produce, broker, tmp_path):
    (tmp_path / "lines").write_text("x\ny\n")
    produce(broker, "--lines", "lines", "-k", "sequence")
    assert [key for key, _ in records(broker)] == [b"0", b"1"]


def test_standard_input_is_read_when_it_is_a_pipe_and_nothing_else_is_said(weir, broker):
    words = ["kafka", "produce", "-b", broker.address, "-t", "t", "-q"]
    done = weir(*words, input="a\nb\nc")
    assert done.returncode == 0, done.stderr
    assert "3 acknowledged" in done.stdout
    done = weir(*words, "--value", "other", "-n", 1, input="not read\n")
    assert "1 acknowledged" in done.stdout
    assert values(broker) == [b"a", b"b", b"c", b"other"]


def test_lines_go_as_they_come(start_load, broker):
    reading, writing = os.pipe()
    load = start_load("-b", broker.address, "-t", "t", command="kafka produce", stdin=reading)
    os.close(reading)
    with open(writing, "wb", buffering=0) as pipe:
        for i in range(3):
            pipe.write(b"line %d\n" % i)
            load.wait_until(lambda: len(values(broker)) == i + 1)  # noqa: B023
        pipe.write(b"cut")
        time.sleep(1)
        assert len(values(broker)) == 3
        pipe.write(b" off")
    done = load.end()
    assert values(broker) == [b"cut off", b"line 0", b"line 1", b"line 2"]
    assert done.ledger == {"started": 4, "ok": 4}
    assert done.iterations["completed"] == 4
    assert done.summary["total"]["response_time_s"]["max"] < 0.9  # no waiting for a line is in it


def test_lines_can_have_a_rate(produce, broker, tmp_path):
    (tmp_path / "lines").write_text("".join(f"{i}\n" for i in range(100)))
    done = produce(broker, "--lines", "lines", "-r", 200)
    assert done.ledger == {"started": 100, "ok": 100}
    assert done.summary["run"]["model"] == "open"
    assert done.dues == pytest.approx([i / 200 for i in range(100)])


@pytest.mark.parametrize("limit", [["-n", 10], ["-d", "300ms"]], ids=["count", "duration"])
def test_another_limit_may_come_first(produce, broker, tmp_path, limit):
    (tmp_path / "lines").write_text("x\n" * 1000)
    done = produce(broker, "--lines", "lines", "-r", 100, *limit)
    assert 10 <= done.ledger["ok"] <= 31
    assert done.ledger["ok"] == len(values(broker))


def test_an_idle_pipe_holds_up_neither_the_end_nor_an_interrupt(start_load, broker):
    for words, code in ((["-d", "500ms"], 0), ([], 130)):
        reading, writing = os.pipe()
        load = start_load("-b", broker.address, "-t", "t", *words, command="kafka produce", stdin=reading)
        os.close(reading)
        with open(writing, "wb", buffering=0) as pipe:
            pipe.write(b"only one\n")
            load.wait_until_under_way()
            begin = time.monotonic()
            if code == 130:
                time.sleep(0.3)
                load.interrupt()
            done = load.end(code)
            assert time.monotonic() - begin < 5  # the drain could take 10
        assert done.ledger == {"started": 1, "ok": 1}


def test_one_worker_reads(produce, broker, tmp_path):
    (tmp_path / "lines").write_text("x\n" * 100)
    done = produce(broker, "--lines", "lines", "--threads", 4)
    assert done.summary["run"]["threads"] == 1
    assert done.ledger["ok"] == 100


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["--lines", "missing"], 1, "cannot read missing: No such file or directory"),
        (["--lines", "."], 1, "cannot read .: it is a directory"),
        (["--lines", "x", "--size", 5], 2, "--size and --lines exclude each other: each says what the values are"),
        (["--size", 5, "--value", "x"], 2, "--size and --value exclude each other: each says what the values are"),
        (["--value", "x", "-K", ":"], 2, "-K is for lines: --lines FILE"),
        (["--lines", "x", "-K", ":", "-k", "y"], 2, "-k and -K exclude each other: each says what the keys are"),
        (["--lines", ""], 2, "--lines: the name is empty"),
        (["--value", "@missing"], 1, "cannot read missing: No such file or directory"),
    ],
    ids=str,
)
def test_wrong_words_are_sentences(weir, words, code, why):
    done = weir("kafka", "produce", "-b", "127.0.0.1:1", "-t", "t", *words)
    assert (done.returncode, done.stderr) == (code, f"weir: {why}\n")


def test_a_pipe_of_the_shell_is_a_file_too(broker, tmp_path):
    import conftest

    words = f"{conftest.BUILD}/weir kafka produce -q -b {broker.address} -t t --lines <(seq 5)"
    done = subprocess.run(["bash", "-c", words], capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert done.returncode == 0, done.stderr
    assert values(broker) == [b"1", b"2", b"3", b"4", b"5"]
