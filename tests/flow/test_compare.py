"""weir compare: two recorded runs held against each other. The records are made: what differs between them is known."""

import json
import shutil
import subprocess

import pytest

from conftest import ROOT
from made_records import make_record

pytestmark = pytest.mark.exact


@pytest.fixture
def made(tmp_path):
    """Writes a record of a run that never was; its file's name."""

    def make(name, /, **how):
        make_record(tmp_path / name, **how)
        return name

    return make


@pytest.fixture
def compare(weir, tmp_path):
    """Compares, with this exit code; (the text, what is in its JSON)"""

    def run(a, b, code=0):
        done = weir("compare", a, b, "--json", "compare.json")
        assert (done.returncode, done.stderr) == (code, "")
        told = json.loads((tmp_path / "compare.json").read_text())
        assert told["verdict"]["exit_code"] == code
        assert sum(told["verdict"][o] for o in OUTCOMES) == 7 * len(told["series"])
        return done.stdout, told

    return run


OUTCOMES = ("none", "unjudged", "same", "undecided", "better", "worse")


def outcomes(told, series=0):
    return {name: f["outcome"] for name, f in told["series"][series]["figures"].items()}


# What differs


def test_runs_that_are_alike(made, compare):
    text, told = compare(made("a", seed=1, calls=200, seconds=120), made("b", seed=2, calls=200, seconds=120))
    assert set(outcomes(told).values()) <= {"same", "undecided"}
    assert outcomes(told)["p50"] == outcomes(told)["rate"] == outcomes(told)["failed"] == "same"
    assert "no difference that matters (2 % or more) was found" in text.splitlines()[-1]
    assert told["warnings"] == told["settings"] == told["only_a"] == told["only_b"] == []
    assert told["method"] == {"confidence": 0.95, "smallest_effect": 0.02, "resamples": 500, "comparisons": 7}


def test_a_slower_target_is_worse_and_the_other_way_round_better(made, compare):
    made("a", seed=1, calls=100), made("b", seed=2, calls=100, median_us=5500)
    text, told = compare("a", "b", 3)
    assert [outcomes(told)[f] for f in ("mean", "p50", "p90", "p95")] == ["worse"] * 4
    figure = told["series"][0]["figures"]["p50"]
    assert figure["low"] < figure["difference"] < figure["high"]
    assert figure["difference"] == pytest.approx(0.1, abs=0.03)
    assert figure["difference"] == pytest.approx(figure["b"] / figure["a"] - 1)
    assert figure["adjusted_p"] <= 0.05
    low, high = round(100 * figure["low"], 1), round(100 * figure["high"], 1)
    assert f"{low:+.1f} .. {high:+.1f} %  slower" in text
    assert "'GET /ping' p50 is" in text and "% slower (95 % CI" in text
    assert text.splitlines()[-1].startswith("WORSE: of 7 figures B is worse in ")
    text, told = compare("b", "a")
    assert outcomes(told)["p50"] == told["verdict"]["outcome"] == "better"
    assert "% faster (95 % CI" in text and text.splitlines()[-1].startswith("BETTER: ")


def test_more_failures_are_worse(made, compare):
    text, told = compare(made("a", seed=1, calls=100), made("b", seed=2, calls=100, failed=0.05), 3)
    assert {f for f, o in outcomes(told).items() if o == "worse"} == {"failed"}
    figure = told["series"][0]["figures"]["failed"]
    assert figure["a"] == 0 and figure["difference"] == figure["b"] == pytest.approx(0.05, abs=0.01)
    assert "'GET /ping' failed share is" in text and "points higher (95 % CI" in text


def test_one_series_of_many_is_found_and_the_rest_not_shown(made, compare, tmp_path):
    made("a", seed=1, calls=50, series=12), made("b", seed=2, calls=50, series=12)
    made("slow", seed=3, calls=50, series=12, median_us=6000)
    _, told = compare("a", "b")
    assert told["method"]["comparisons"] == 7 * 12
    graft = "ATTACH 'slow' AS s; DELETE FROM measured WHERE series = 5; INSERT INTO measured SELECT * FROM s.measured WHERE series = 5"
    sqlite3_run(tmp_path, "b", graft)
    text, told = compare("a", "b", 3)
    worse = {s["name"] for s in told["series"] if "worse" in {f["outcome"] for f in s["figures"].values()}}
    assert worse == {"GET /ping/4"}
    assert "  GET /ping/4\n" in text and "  GET /ping/5\n" not in text
    assert "and 11 series in which no difference was found" in text


def sqlite3_run(directory, name, sql):
    subprocess.run(["sqlite3", name, sql], cwd=directory, check=True, timeout=30)


def test_the_figures_are_those_of_the_report(made, compare, weir):
    _, told = compare(made("a", seed=1), made("b", seed=2))
    total = json.loads(weir("report", "a", "--json", "-").stdout)["total"]
    for name in ("mean", "p50", "p90", "p95", "p99"):
        assert told["series"][0]["figures"][name]["a"] == pytest.approx(total["response_time_s"][name], rel=1e-12)
    assert told["series"][0]["count"]["a"] == total["count"]
    assert told["series"][0]["figures"]["rate"]["a"] == total["rate"]


def test_the_same_records_give_the_same_answer(made, compare):
    made("a", seed=1), made("b", seed=2)
    assert compare("a", "b") == compare("a", "b")


def test_minutes_are_compared_with_seconds(made, compare):
    made("a", seed=1, calls=5, seconds=7500), made("b", seed=2, calls=200, seconds=60, median_us=6000)
    _, told = compare("a", "b", 3)
    assert (told["a"]["period_s"], told["a"]["block_s"]) == (60, 60)
    assert (told["b"]["period_s"], told["b"]["block_s"]) == (1, 10)
    assert outcomes(told)["p50"] == "worse"


# What makes them different runs


def test_other_loads_and_commands_are_warned_of_and_rates_not_judged(made, compare):
    text, told = compare(made("a", seed=1), made("b", seed=2, calls=40, rate=200, command="run"))
    assert told["warnings"] == [
        "the commands differ: A is of weir http, B of weir run",
        "the loads differ: what follows may come from that, and rates are shown but not judged",
    ]
    assert outcomes(told)["rate"] == "unjudged"
    assert told["series"][0]["figures"]["rate"]["difference"] == 1
    assert "+100 %" in text and "asked for otherwise" in text
    assert "open model: 200 starts/s for 1m" in text and "weir run" in text


def test_other_machines_are_warned_of_where_both_are_known(made, compare, tmp_path):
    made("a", seed=1), made("b", seed=2)
    set_machine = "DELETE FROM machine; INSERT INTO machine VALUES ('Fast \x1b[31m', %d, 0.5, 8000000000, NULL, 'Linux 6.1')"
    sqlite3_run(tmp_path, "a", set_machine % 2)
    assert compare("a", "b")[1]["warnings"] == []
    sqlite3_run(tmp_path, "b", set_machine % 2)
    assert compare("a", "b")[1]["warnings"] == []
    sqlite3_run(tmp_path, "b", set_machine % 4)
    text, told = compare("a", "b")
    (warning,) = told["warnings"]
    assert warning == "the machines that made the load differ: A on %s 2 %s; B on %s 4 %s" % (
        ("Fast \x1b[31m,", "processors (limit 0.5), 8.00 GB, Linux 6.1") * 2
    )
    assert "the machines that made the load differ" in text and "\x1b" not in text


def test_settings_that_differ_are_listed(made, compare, tmp_path):
    made("a", seed=1), made("b", seed=2)
    sqlite3_run(tmp_path, "b", "UPDATE setting SET value = '400' WHERE name = '--rate'")
    text, told = compare("a", "b")
    assert told["settings"] == [{"name": "--rate", "a": "(none)", "b": "400"}]
    assert "  differ     --rate  (none)  →  400\n" in text


def test_series_of_one_run_only_are_named(made, compare):
    text, told = compare(made("a", seed=1, series=2), made("b", seed=2, series=1))
    assert [s["name"] for s in told["only_a"]] == ["GET /ping/1"] and told["only_b"] == []
    assert "  only in A  GET /ping/1\n" in text


def test_a_killed_run_is_compared_as_far_as_it_is_there(made, compare):
    text, told = compare(made("a", seed=1), made("b", seed=2, seconds=41, cut=1))
    assert (told["b"]["ended"], told["b"]["validity"], told["b"]["duration_s"]) == (False, None, 41)
    assert any(w.startswith("B has no end: its run was killed, or still goes on; what is there of it, 41s") for w in told["warnings"])
    assert told["series"][0]["figures"]["rate"]["b"] == 20
    assert told["series"][0]["count"] == {"a": 1200, "b": 820}
    assert "no end" in text


def test_an_invalid_run_is_warned_of(made, compare, tmp_path):
    made("a", seed=1), made("b", seed=2)
    sqlite3_run(tmp_path, "b", "UPDATE summary SET validity = 'invalid'")
    _, told = compare("a", "b")
    assert told["warnings"] == ["B is INVALID: its figures are not the target's alone (weir report b says why)"]


# Trouble


def refused(weir, code, *words):
    done = weir("compare", *words)
    assert (done.returncode, done.stdout) == (code, "")
    return done.stderr


def test_runs_that_are_too_short_are_refused(made, weir):
    made("a", seed=1), made("b", seed=2, seconds=29)
    assert refused(weir, 1, "a", "b") == (
        "weir: 'b' is too short to be compared: 29s of its run are there, and less than 30s do not tell how much figures "
        "scatter by chance\n"
    )


def test_two_wrong_records_are_both_named(made, weir):
    made("a", seed=1, seconds=29)
    said = refused(weir, 1, "a", "b")
    assert said.startswith("weir: 'a' is too short to be compared") and said.count("\n") == 1
    assert said.endswith("; and cannot open the record 'b': No such file or directory\n")


def test_series_with_few_calls_are_not_judged(made, compare, tmp_path):
    made("a", seed=1), made("b", seed=2, median_us=9000)
    sqlite3_run(tmp_path, "b", "DELETE FROM measured WHERE span BETWEEN 1 AND 31")
    text, told = compare("a", "b")
    assert set(outcomes(told).values()) == {"none"}
    assert told["verdict"]["outcome"] == "undecided"
    assert text.splitlines()[-1] == "NOT WORSE: no series has enough calls to tell"


def test_the_same_run_twice_is_wrong_usage(made, weir, tmp_path):
    made("a", seed=1)
    (tmp_path / "link").symlink_to("a")
    shutil.copy(tmp_path / "a", tmp_path / "copy")
    for name in ("a", "link"):
        assert f"weir: 'a' and '{name}' are the same file; a comparison is of two runs\n" in refused(weir, 2, "a", name)
    assert "weir: 'a' and 'copy' are records of the same run\n" in refused(weir, 2, "a", "copy")


def test_files_that_are_no_records_are_refused(made, weir, tmp_path):
    made("a", seed=1), made("b", seed=2)
    (tmp_path / "text").write_text("no record" * 1000)
    whole = (tmp_path / "b").read_bytes()
    (tmp_path / "half").write_bytes(whole[: len(whole) // 2])
    made("newer", seed=3)
    sqlite3_run(tmp_path, "newer", "PRAGMA user_version = 9")
    for words, sentence in (
        (("a", "absent"), "cannot open the record 'absent': No such file or directory"),
        (("text", "a"), "'text' is not a run record of weir's"),
        (("a", "newer"), "the record 'newer' was written by a newer weir"),
        (("a", "half"), "the record 'half' is damaged: "),
    ):
        assert refused(weir, 1, *words).startswith(f"weir: {sentence}")
    assert not (tmp_path / "absent").exists()


def test_runs_without_a_series_in_common_are_refused(made, weir):
    made("a", seed=1), made("b", seed=2, name="GET /other")
    assert refused(weir, 1, "a", "b") == (
        "weir: there is nothing to compare: no series is in both records; 'a' has 'GET /ping', 'b' has 'GET /other'\n"
    )


def test_names_cannot_harm_a_terminal(made, compare):
    text, _ = compare(made("a", seed=1, name="\x1b[31mred\u202e"), made("b", seed=2, name="\x1b[31mred\u202e"))
    assert "\x1b" not in text and "\u202e" not in text and r"\x1b[31mred" in text


def test_json_on_standard_output_leaves_it_alone(made, weir):
    done = weir("compare", made("a", seed=1), made("b", seed=2), "--json", "-")
    assert json.loads(done.stdout)["schema"] == 1
    assert "NOT WORSE: " in done.stderr or "SAME: " in done.stderr


def test_usage(made, weir):
    made("a", seed=1), made("b", seed=2)
    assert weir("compare", "a").returncode == 2
    assert weir("compare", "a", "b", "c").returncode == 2
    done = weir("compare", "a", "b", "--jason", "x")
    assert done.returncode == 2 and "--json" in done.stderr
    done = weir("compare", "a", "b", "--json", "absent/x")
    assert (done.returncode, done.stdout) == (1, "")
    assert weir("compare", "a", "b", "--json", "/dev/full").returncode == 1


def test_its_documentation_names_each_key(made, compare):
    _, told = compare(made("a", seed=1), made("b", seed=2))
    text = (ROOT / "docs" / "compare.md").read_text()

    def keys(value):
        if isinstance(value, dict):
            for key, inner in value.items():
                yield key
                yield from keys(inner) if key != "tags" else ()
        elif isinstance(value, list):
            for inner in value:
                yield from keys(inner)

    for key in set(keys(told)) - set(OUTCOMES):
        assert f"`{key}`" in text, key
    for outcome in OUTCOMES:
        assert outcome in text


def test_a_page_and_json_do_not_mix_on_standard_output(made, weir):
    done = weir("compare", made("a", seed=1), made("b", seed=2), "--json", "-", "--html", "-")
    assert done.returncode == 2
    assert "--json - and --html - would mix on standard output: give one of them a file" in done.stderr
