"""Help, mistakes, origins of settings: what the command line says before any load is made."""

import json
import pathlib
import re
import shutil
import subprocess

import pytest

pytestmark = pytest.mark.exact

URL = "http://127.0.0.1:1/"  # nobody listens there; no test here gets so far


def settings(done):
    """--print-config as {name: (value, origin)}; of a repeated option the last."""
    assert done.returncode == 0, done.stderr
    rows = (re.fullmatch(r"(\S+)\s+(.*?)\s{2,}(\S.*)", line) for line in done.stdout.splitlines())
    return {row[1]: (row[2], row[3]) for row in rows}


def assert_usage_error(done, sentence):
    assert done.stderr == f"weir: {sentence}\n"
    assert done.returncode == 2
    assert done.stdout == ""


# Help


def test_without_words_weir_says_what_to_type_first(weir):
    done = weir()
    assert done.returncode == 0
    assert done.stderr == ""
    assert "weir http URL" in done.stdout
    assert "To begin" in done.stdout
    assert done.stdout == weir("--help").stdout == weir("-h").stdout


def test_help_lists_the_exit_codes(weir):
    done = weir("help")
    assert done.returncode == 0
    codes = re.findall(r"^  (\d+) ", done.stdout.split("Exit codes\n")[1], re.M)
    assert codes == ["0", "1", "2", "3", "4", "130"]


def test_help_of_a_command_has_each_option_and_three_examples(weir):
    done = weir("help", "http")
    assert done.returncode == 0
    assert done.stdout == weir("http", "--help").stdout == weir("http", "-h").stdout
    assert done.stdout.count("\n  weir http ") == 3
    for option in """users rate duration count stages gap arrivals seed warmup timeout drain max-in-flight overload
                     threads threshold json csv log quiet no-color config print-config show method header body data
                     form user expect-status follow insecure""".split():
        assert re.search(rf"--{option}\b", done.stdout), option


@pytest.mark.parametrize("words", [["help"], ["help", "http"], ["help", "help"], ["help", "metrics"], []])
def test_help_is_at_most_100_columns_wide(weir, words):
    assert max(map(len, weir(*words).stdout.splitlines())) <= 100


def test_each_figure_that_help_names_is_one_that_thresholds_take(weir):
    text = weir("help", "metrics").stdout
    text_of_figures = text.split("\nOf calls\n")[1].split("\nX is")[0].split("\nThe same by")[0]
    figures = re.findall(r"^  ([a-z0-9_]+(?:\.X)?)(?:\[\.rate\])? ", text_of_figures, re.M)
    numbers = re.findall(r"^  ([a-z_]+\.X) .*\[(?:records|bytes)\]$", text_of_figures.replace("\n" + " " * 32, " "), re.M)
    assert "response_time.X" in figures and "checks" in figures and "achieved_rate" in figures
    of_times = re.findall(r"^  ([a-z0-9_]+) ", text.split("\nX is")[1].split("\nSelectors")[0], re.M)
    for figure in figures:
        value = "1s" if figure.endswith(".X") and figure not in numbers else "1"
        for x in of_times if figure.endswith(".X") else [""]:
            expression = f"{figure.replace('.X', '.' + x)} < {value}"
            done = weir("http", "127.0.0.1:1/", "-n", 1, "--json", "absent/x", "--threshold", expression)
            assert "absent/x" in done.stderr, expression  # the threshold was read, and no load was made


def test_what_is_not_built_is_absent_from_help(weir):
    text = weir("help").stdout + weir("help", "http").stdout
    for later in ("--set", "orchestrator"):
        assert later not in text.lower()


def test_help_is_given_beside_a_mistake(weir):
    done = weir("http", "--help", "--raet")
    assert done.returncode == 0
    assert done.stdout == weir("help", "http").stdout


def test_version_names_the_libraries(weir):
    done = weir("--version")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert re.fullmatch(r"weir \d+\.\d+\.\d+", lines[0])
    assert {line.split()[0] for line in lines[1:]} >= {"jansson", "librdkafka", "liburing", "ncurses", "OpenSSL", "SQLite", "zlib"}


def test_the_reference_in_the_tree_is_that_of_the_tables(weir):
    kept = pathlib.Path(__file__).resolve().parents[2] / "docs" / "options.md"
    assert kept.read_text() == weir("help", "--markdown").stdout, "run: build/weir help --markdown > docs/options.md"


def test_the_reference_has_each_option_in_markdown(weir):
    done = weir("help", "--markdown")
    assert done.returncode == 0
    for line in done.stdout.splitlines():
        if line.startswith("| `-"):
            assert len(re.findall(r"(?<!\\)\|", line)) == 5, line
    assert "| `-r, --rate R` |" in done.stdout
    assert r"`--arrivals uniform\|poisson`" in done.stdout
    assert "`WEIR_MAX_IN_FLIGHT`" in done.stdout
    assert "`WEIR_LOOP`" in done.stdout
    assert "| 130 | interrupted |" in done.stdout


def test_the_man_page_is_well_formed(weir):
    done = weir("help", "--man")
    assert done.returncode == 0
    assert done.stdout.startswith(".TH WEIR 1 ")
    assert "\\fB\\-r, \\-\\-rate R\\fR" in done.stdout
    if shutil.which("groff"):
        checked = subprocess.run(["groff", "-man", "-ww", "-z"], input=done.stdout, capture_output=True, text=True)
        assert checked.stderr == ""


def test_a_full_disk_is_said(weir):
    with open("/dev/full", "w") as full:
        done = weir("help", stdout=full)
    assert done.returncode == 1
    assert done.stderr == "weir: cannot write to standard output: No space left on device\n"


# Commands


def test_an_unknown_command_names_the_nearest(weir):
    assert_usage_error(weir("hlep"), "'hlep' is not a command; did you mean weir help?")
    assert_usage_error(weir("elephant"), "'elephant' is not a command; weir help lists what there is")
    assert_usage_error(weir("help", "htp"), "'htp' is not a command; did you mean weir http?")


def test_a_url_in_place_of_a_command_is_understood(weir):
    assert_usage_error(weir(URL), f"'{URL}' is not a command; to load that URL say: weir http {URL}")


def test_an_option_before_the_command_is_explained(weir):
    assert_usage_error(
        weir("-c", 10, URL), "-c stands before a command; write the command first, as in weir http URL -c"
    )


@pytest.mark.parametrize("command", ["orchestrator", "driver", "fleet", "capacity"])
def test_commands_of_later_say_so(weir, command):
    assert_usage_error(weir(*command.split(), "x"), f"weir {command} is not in this version; weir help lists what is")


def test_the_number_of_operands_is_checked(weir):
    done = weir("http")
    assert done.returncode == 2
    assert done.stderr.startswith("weir: weir http: the URL is missing; for example: weir http ")
    for given, missing in [([], "A"), (["a.weir"], "B")]:
        done = weir("compare", *given)
        assert done.stderr.startswith(f"weir: weir compare: the {missing} is missing; for example: weir compare before.weir ")
    assert_usage_error(weir("http", URL, "b"), "'b' is one too many; write weir http URL [options]")
    assert_usage_error(weir("http", URL, "--", "-x"), "'-x' is one too many; write weir http URL [options]")
    assert_usage_error(weir("http", URL, "b", "--ui"), "'b' is one too many; write weir http URL [options]")
    meant = "'1.2.3.4:0' is one too many; for --ui it is written --ui=1.2.3.4:0"
    assert_usage_error(weir("http", URL, "--ui", "1.2.3.4:0"), meant)
    assert_usage_error(weir("http", URL, "--ui=:80", "1.2.3.4:0"), "'1.2.3.4:0' is one too many; write weir http URL [options]")


# Flags


@pytest.mark.parametrize(
    "words, sentence",
    [
        (["--raet", "5"], "unknown option --raet; did you mean --rate?"),
        (["--elephant"], "unknown option --elephant; weir http --help lists what there is"),
        (["-users", "5"], "-users: long options have two dashes: --users"),
        (["-r", "x"], "-r: 'x' is not a rate; write it like 250, 2k, 1.5M or 30/m"),
        (["-r", "1", "--rate=1"], "--rate is given twice (by -r and --rate)"),
        (["-c0"], "-c: '0' is too small; at least 1"),
        (["-d"], "-d needs a value: -d T"),
        (["--overload", "drop"], "--overload: 'drop' is none of queue|skip"),
        (["--orchestrator"], "--orchestrator belongs to weir driver, which is not in this version"),
    ],
)
def test_wrong_flags_are_said(weir, words, sentence):
    assert_usage_error(weir("http", URL, *words), sentence)


@pytest.mark.parametrize(
    "words, sentence",
    [
        (["-z", "10s"], "-z 10s: weir says -d 10s"),
        (["-z10s"], "-z 10s: weir says -d 10s"),
        (["-q", "200"], "-q 200: for a rate say -r 200 (in all; hey's is per worker)"),
        (["-t4"], "-t 4: weir says --threads 4 (wrk), --timeout 4 (hey, oha) or -d 4 (ab, Locust)"),
        (["-rate=50/1s"], "-rate 50/1s: weir says -r 50/s"),
        (["--vus", "10"], "--vus 10: weir says -c 10"),
        (["--stage", "30s:100"], "--stage 30s:100: weir says --stages '0..100 users over 30s'"),
        (["-u", "100"], "-u 100: weir says -c 100"),
        (["--run-time", "1m"], "--run-time 1m: weir says -d 1m"),
        (["-d", '{"a": 1}'], """-d '{"a": 1}': for a body say --body '{"a": 1}'"""),
        (["--no-tui"], "--no-tui: not needed: weir shows that only with --tui"),
    ],
)
def test_flags_of_other_tools_are_answered_with_weirs(weir, words, sentence):
    assert_usage_error(weir("http", URL, *words), sentence)
    assert_usage_error(weir("http", *words, URL), sentence)


# Origins


def test_each_setting_is_printed_with_its_origin(weir, tmp_path):
    file = tmp_path / "c.json"
    file.write_text(json.dumps({"rate": 1, "drain": "3s", "threads": 2, "header": ["A: b", "C: d"], "insecure": True}))
    done = weir(
        *("http", URL, "-r", "5", "--config", file, "--print-config"),
        env={"WEIR_RATE": "2", "WEIR_THREADS": "3", "WEIR_LOOP": "epoll", "NO_COLOR": "1"},
    )
    rows = settings(done)
    assert rows["URL"] == (URL, "argument")
    assert rows["--rate"] == ("5", "flag -r")
    assert rows["--threads"] == ("3", "environment WEIR_THREADS")
    assert rows["--drain"] == ("3s", f"file {file}")
    assert rows["--timeout"] == ("10s", "default")
    assert rows["--insecure"] == ("true", f"file {file}")
    assert rows["--no-color"] == ("true", "environment NO_COLOR")
    assert rows["WEIR_LOOP"] == ("epoll", "environment WEIR_LOOP")
    assert rows["--config"] == (str(file), "flag --config")
    assert re.findall(r"^--header +(.*?)  +file", done.stdout, re.M) == ["A: b", "C: d"]
    assert done.stderr == ""


def test_each_option_is_in_the_printed_settings(weir):
    rows = settings(weir("http", "--print-config"))
    reference = weir("help", "--markdown").stdout.split("## weir http")[1].split("\n## ")[0]
    options = re.findall(r"^\| `(?:-., )*--([a-z-]+)", reference, re.M)
    assert len(options) > 25 and {f"--{o}" for o in options} <= set(rows)


def test_a_wrong_value_names_its_variable_or_file(weir, tmp_path):
    (tmp_path / "c.json").write_text('{"duration": "10 apples"}')
    assert_usage_error(
        weir("http", URL, env={"WEIR_RATE": "x"}),
        "--rate: 'x' is not a rate; write it like 250, 2k, 1.5M or 30/m (from WEIR_RATE)",
    )
    assert_usage_error(
        weir("http", URL, env={"WEIR_CONFIG": "c.json"}),
        "--duration: '10 apples' is not a duration; write it like 500ms, 10s, 2m or 1h (from c.json)",
    )
    assert_usage_error(weir("http", URL, env={"WEIR_LOOP": "select"}), "WEIR_LOOP: 'select' is none of epoll|io_uring")


def test_secrets_are_masked_when_printed(weir, tmp_path):
    (tmp_path / "c.json").write_text('{"header": ["Authorization: Bearer hush", "Cookie: a=hush"]}')
    done = weir(
        *("http", "http://joe:hush@h/", "--config", "c.json", "--print-config"), env={"WEIR_USER": "joe:hush"}
    )
    assert done.returncode == 0
    assert "hush" not in done.stdout + done.stderr
    assert "http://joe:***@h/" in done.stdout
    assert "Authorization: ***" in done.stdout


def test_an_empty_variable_counts_as_unset(weir):
    rows = settings(weir("http", "--print-config", env={"WEIR_TIMEOUT": "", "WEIR_CONFIG": "", "NO_COLOR": ""}))
    assert rows["--timeout"] == ("10s", "default")
    assert rows["--no-color"] == ("false", "default")


def test_a_repeated_option_has_a_value_a_line_in_its_variable(weir):
    done = weir("http", "--print-config", env={"WEIR_THRESHOLD": "failed < 1%\nachieved_rate > 99%\n"})
    values = re.findall(r"^--threshold +(.*?)  +environment WEIR_THRESHOLD$", done.stdout, re.M)
    assert values == ["failed < 1%", "achieved_rate > 99%"]


def test_an_unknown_variable_is_one_warning(weir):
    done = weir("http", "--print-config", env={"WEIR_RAET": "5", "WEIR_ELEPHANT": "1"})
    assert done.returncode == 0
    assert sorted(done.stderr.splitlines()) == [
        "weir: warning: WEIR_ELEPHANT has no effect: no setting is called so",
        "weir: warning: WEIR_RAET has no effect; did you mean WEIR_RATE?",
    ]


def test_what_a_cluster_injects_and_what_other_commands_read_is_silent(weir):
    done = weir(
        *("http", "--print-config"),
        env={
            "WEIR_PORT": "tcp://10.0.0.1:8089",
            "WEIR_SERVICE_HOST": "10.0.0.1",
            "WEIR_SERVICE_PORT": "8089",
            "WEIR_API_SERVICE_HOST": "10.0.0.1",
            "WEIR_API_SERVICE_PORT_HTTP": "8089",
            "WEIR_API_PORT_8089_TCP": "tcp://10.0.0.1:8089",
            "WEIR_API_PORT_8089_TCP_PROTO": "tcp",
            "WEIR_BROKERS": "k:9092",
            "WEIR_ORCHESTRATOR": "10.0.0.1:8089",
            "WEIR_LOOP": "epoll",
        },
    )
    assert (done.returncode, done.stderr) == (0, "")


# The file


@pytest.mark.parametrize(
    "text, sentence",
    [
        ('{"raet": 1}', "c.json: 'raet': no setting is called so; did you mean 'rate'?"),
        ('{"rate": 1,\n "users" 2}', "c.json:2:10: ':' expected near '2'"),
        ('{"rate": true}', "c.json: 'rate': a string or a number is wanted"),
        ('{"vus": 10}', "c.json: 'vus': --vus 10: weir says -c 10"),
        ('{"print-config": true}', "c.json: 'print-config': no setting is called so; keys are the long options of weir http"),
        ("[]", 'c.json: an object is wanted, like {"rate": "2k"}'),
    ],
)
def test_mistakes_in_the_file_are_said(weir, tmp_path, text, sentence):
    (tmp_path / "c.json").write_text(text)
    assert_usage_error(weir("http", URL, "--config", "c.json"), sentence)


def test_a_file_may_hold_settings_of_other_commands(weir, tmp_path):
    (tmp_path / "c.json").write_text('{"brokers": "k:9092", "orchestrator": "o:8089", "rate": "2k"}')
    rows = settings(weir("http", "--config", "c.json", "--print-config"))
    assert rows["--rate"] == ("2k", "file c.json")
    assert rows["--brokers"] == ("(not used by this command)", "file c.json")
    assert rows["--orchestrator"] == ("(not used by this command)", "file c.json")


def test_a_missing_file_is_no_usage_error(weir):
    done = weir("http", URL, "--config", "absent.json")
    assert done.returncode == 1
    assert done.stderr == "weir: cannot read absent.json: No such file or directory\n"
