/* The options that several commands share. Meaning of each figure: the load plan and
 * the life of a run; here only names, forms and defaults. */
#include "cli/options_common.h"

#include "load/profile.h"
#include "web/web.h"

static const char load[] = "Load";
static const char limits[] = "Limits";
static const char results[] = "Results";
static const char settings[] = "Settings";

static bool check_stages(str value, struct err *e)
{
    struct arena arena = {0};
    struct profile ignored;
    bool good = profile_parse(value, &arena, &ignored, e);
    arena_free(&arena);
    return good;
}

/* Seeds are shown in JSON, where larger whole numbers lose digits (RFC 8259, 6). */
static bool check_seed(str value, struct err *e)
{
    uint64_t seed;
    if (str_u64(value, &seed) && seed <= UINT64_C(1) << 53)
        return true;
    return err_set(e, ERR_USAGE, "'" STR_FMT "' is not a seed; a seed is a whole number up to 2^53",
                   STR_ARG(value));
}

static bool check_not_empty(str value, struct err *e)
{
    return value.n || err_set(e, ERR_USAGE, "the name is empty");
}

/* It travels in links and cookies. */
static bool check_token(str value, struct err *e)
{
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              c == '-' || c == '_'))
            return err_set(e, ERR_USAGE, "a token has letters, digits, - and _ only");
    }
    return value.n >= 16 || err_set(e, ERR_USAGE, "a token has at least 16 characters");
}

static void mask_token(str value, struct buf *out)
{
    (void)value;
    buf_str(out, STR("***"));
}

const struct option options_load[] = {
    {
        .name = "users",
        .letters = "c",
        .type = OPTION_COUNT,
        .argument = "N",
        .least = 1,
        .help = "closed model: N users (connections, records in flight), each starts its next "
                "iteration when its last has ended; beside -r a cap on concurrency",
        .otherwise = "without -r 64 users, or 100 000 records in flight",
        .group = load,
    },
    {
        .name = "rate",
        .letters = "r",
        .type = OPTION_RATE,
        .argument = "R",
        .help =
            "open model: R iterations per second (250, 2k, 1.5M, 30/m), whatever the replies do",
        .group = load,
    },
    {
        .name = "gap",
        .type = OPTION_DURATION,
        .argument = "T",
        .least = 1,
        .help = "open model with a fixed gap between starts: the rate is 1/T",
        .group = load,
    },
    {
        .name = "duration",
        .letters = "d",
        .type = OPTION_DURATION,
        .argument = "T",
        .least = 1,
        .help = "length of the run: 500ms, 10s, 2m, 1h; a bare number is seconds",
        .otherwise = "10s without -d, -n, --stages",
        .group = load,
    },
    {
        .name = "count",
        .letters = "n",
        .type = OPTION_COUNT,
        .argument = "N",
        .least = 1,
        .help = "N iterations; with -d, whichever ends first",
        .group = load,
    },
    {
        .name = "stages",
        .type = OPTION_TEXT,
        .argument = "SPEC",
        .check = check_stages,
        .help =
            "'0..1k over 30s, 1k for 2m, 5k for 10s, pause 10s, 100 at once'; with the word users "
            "('0..50 users over 1m') the closed model",
        .group = load,
    },
    {
        .name = "arrivals",
        .type = OPTION_CHOICE,
        .argument = "uniform|poisson",
        .fallback = "uniform",
        .help = "how the starts of the open model are spread",
        .group = load,
    },
    {
        .name = "seed",
        .type = OPTION_COUNT,
        .argument = "N",
        .check = check_seed,
        .help = "makes a run repeatable",
        .otherwise = "drawn and printed",
        .group = load,
    },
    {
        .name = "warmup",
        .type = OPTION_DURATION,
        .argument = "T",
        .fallback = "0s",
        .help = "load before the plan that is not measured",
        .group = load,
    },
    {
        .name = "timeout",
        .type = OPTION_DURATION,
        .argument = "T",
        .least = 1,
        .fallback = "10s",
        .help = "longest time for a call, from when it was due",
        .group = limits,
    },
    {
        .name = "drain",
        .type = OPTION_DURATION,
        .argument = "T",
        .help = "longest wait at the end for what is in flight",
        .otherwise = "the timeout",
        .group = limits,
    },
    {
        .name = "max-in-flight",
        .type = OPTION_COUNT,
        .argument = "N",
        .least = 1,
        .help = "a cap on iterations in progress",
        .otherwise = "none",
        .group = limits,
    },
    {
        .name = "overload",
        .type = OPTION_CHOICE,
        .argument = "queue|skip",
        .fallback = "queue",
        .help =
            "what a start does at that cap: wait with its clock running, or be counted as skipped",
        .group = limits,
    },
    {
        .name = "threads",
        .type = OPTION_COUNT,
        .argument = "N",
        .least = 1,
        .help = "workers, never more than users",
        .otherwise = "1 below 20k/s and for Kafka, else the processors",
        .group = limits,
    },
    {.name = NULL},
};

const struct option options_results[] = {
    {
        .name = "threshold",
        .type = OPTION_TEXT,
        .argument = "EXPR",
        .repeats = true,
        .help = "what must hold, else exit code 3: 'response_time.p99 < 250ms', 'failed < 0.1%', "
                "'achieved_rate > 99%'; weir help metrics lists what there is",
        .group = results,
    },
    {
        .name = "json",
        .type = OPTION_TEXT,
        .argument = "FILE",
        .check = check_not_empty,
        .help = "the summary as JSON; - is standard output",
        .group = results,
    },
    {
        .name = "csv",
        .type = OPTION_TEXT,
        .argument = "PREFIX",
        .check = check_not_empty,
        .help = "PREFIX_requests.csv, PREFIX_distribution.csv and PREFIX_history.csv; of a script "
                "_checks, _metrics and _exceptions too; of consumed records PREFIX_records.csv and "
                "PREFIX_records_history.csv",
        .group = results,
    },
    {
        .name = "show",
        .type = OPTION_COUNT,
        .argument = "N",
        .fallback = "0",
        .help = "the first N calls or consumed records in full, bodies cut, secrets masked",
        .group = results,
    },
    {
        .name = "tui",
        .type = OPTION_SWITCH,
        .help = "show the run on the whole terminal while it goes on; q stops it, ? shows all keys",
        .group = results,
    },
    {
        .name = "ui",
        .type = OPTION_TEXT,
        .argument = "[[HOST]:PORT]",
        .implied = ":8089",
        .check = web_check_address,
        .help = "a page to watch and direct the run, at http://127.0.0.1:8089 or --ui=HOST:PORT; "
                "without HOST for this machine only, else with a token (WEIR_UI_TOKEN or drawn)",
        .group = results,
    },
    {
        .name = "hold",
        .type = OPTION_SWITCH,
        .help = "prepares all, then waits for Start on the page, or the key s in the view",
        .group = results,
    },
    {
        .name = "ui-token",
        .type = OPTION_TEXT,
        .argument = "TOKEN",
        .from = FROM_ENVIRONMENT,
        .check = check_token,
        .mask = mask_token,
        .help = "what the page asks strangers for",
        .otherwise = "drawn where the page is not for this machine only",
        .group = results,
    },
    {
        .name = "prometheus",
        .type = OPTION_TEXT,
        .argument = "[HOST]:PORT",
        .check = web_check_address,
        .help = "serves metrics at http://HOST:PORT/metrics while the run lives; without HOST for "
                "this machine only",
        .group = results,
    },
    {
        .name = "quiet",
        .letters = "q",
        .type = OPTION_SWITCH,
        .help = "no progress, the summary only",
        .group = results,
    },
    {.name = NULL},
};

const struct option options_color[] = {
    {
        .name = "no-color",
        .type = OPTION_SWITCH,
        .variable = "NO_COLOR",
        .help = "plain text on a terminal, too (NO_COLOR is obeyed)",
        .group = results,
    },
    {.name = NULL},
};

const struct option options_log[] = {
    {
        .name = "log",
        .type = OPTION_TEXT,
        .argument = "FILE",
        .check = check_not_empty,
        .help = "every call as a line of JSON; - is standard output",
        .group = results,
    },
    {
        .name = "html",
        .type = OPTION_TEXT,
        .argument = "FILE",
        .check = check_not_empty,
        .help =
            "the report as one page for a browser, which needs no network; - is standard output",
        .group = results,
    },
    {
        .name = "junit",
        .type = OPTION_TEXT,
        .argument = "FILE",
        .check = check_not_empty,
        .help = "thresholds, checks and the verdict as JUnit test cases; - is standard output",
        .group = results,
    },
    {
        .name = "record",
        .type = OPTION_TEXT,
        .argument = "FILE",
        .check = check_not_empty,
        .help = "everything that is measured, each second, as an SQLite file: weir report shows it "
                "again",
        .otherwise = "on a terminal a new file under runs/",
        .group = results,
    },
    {
        .name = "no-record",
        .type = OPTION_SWITCH,
        .help = "no record, on a terminal neither",
        .group = results,
    },
    {
        .name = "log-style",
        .type = OPTION_CHOICE,
        .argument = "weir|locust",
        .fallback = "weir",
        .help =
            "the fields of such a line: weir's, in seconds, or those of Locust's request event, "
            "in milliseconds",
        .group = results,
    },
    {.name = NULL},
};

const struct option options_settings[] = {
    {
        .name = "config",
        .type = OPTION_TEXT,
        .argument = "FILE",
        .from = FROM_FLAG | FROM_ENVIRONMENT,
        .help = "settings from a JSON file, keys are the long options: {\"rate\":\"2k\"}",
        .group = settings,
    },
    {
        .name = "print-config",
        .type = OPTION_SWITCH,
        .from = FROM_FLAG,
        .help = "show each setting and where it came from, then stop",
        .group = settings,
    },
    {
        .name = "help",
        .letters = "h",
        .type = OPTION_SWITCH,
        .from = FROM_FLAG,
        .help = "show this, then stop",
        .group = settings,
    },
    {
        .name = "loop",
        .type = OPTION_CHOICE,
        .argument = "epoll|io_uring",
        .from = FROM_ENVIRONMENT,
        .help = "epoll or io_uring: forces the event loop",
        .otherwise = "the faster that works here",
        .group = settings,
    },
    {.name = NULL},
};

const struct option options_help_only[] = {
    {
        .name = "help",
        .letters = "h",
        .type = OPTION_SWITCH,
        .from = FROM_FLAG,
        .help = "show this, then stop",
        .group = settings,
    },
    {.name = NULL},
};
