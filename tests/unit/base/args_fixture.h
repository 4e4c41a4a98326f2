/* args_fixture.h: the grammar of an invented tool, for the tests of settings. */
#ifndef WEIR_UNIT_ARGS_FIXTURE_H
#define WEIR_UNIT_ARGS_FIXTURE_H

#include <string.h>

#include "base/args.h"

static bool check_even(str value, struct err *e)
{
    if ((value.p[value.n - 1] - '0') % 2 == 0)
        return true;
    return err_set(e, ERR_USAGE, "'" STR_FMT "' is odd", STR_ARG(value));
}

static void mask_all(str value, struct buf *out)
{
    (void)value;
    buf_str(out, STR("***"));
}

static const struct option own[] = {
    {.name = "users",
     .letters = "c",
     .type = OPTION_COUNT,
     .argument = "N",
     .least = 1,
     .help = "how many",
     .group = "Load",
     .otherwise = "as many as fit"},
    {.name = "rate",
     .letters = "r",
     .type = OPTION_RATE,
     .argument = "R",
     .help = "how fast",
     .group = "Load"},
    {.name = "method",
     .letters = "mX",
     .type = OPTION_TEXT,
     .argument = "METHOD",
     .help = "what is asked",
     .group = "Request",
     .fallback = "GET"},
    {.name = "body",
     .alias = "data",
     .type = OPTION_TEXT,
     .argument = "TEXT",
     .mask = mask_all,
     .help = "what is sent",
     .group = "Request"},
    {.name = "header",
     .letters = "H",
     .type = OPTION_TEXT,
     .argument = "LINE",
     .repeats = true,
     .help = "a line",
     .group = "Request"},
    {.name = NULL},
};

static const struct option shared[] = {
    {.name = "wait",
     .letters = "w",
     .type = OPTION_DURATION,
     .argument = "T",
     .least = 1,
     .help = "how long",
     .group = "Load",
     .fallback = "10s"},
    {.name = "law",
     .type = OPTION_CHOICE,
     .argument = "uniform|poisson",
     .help = "how spread",
     .group = "Load",
     .fallback = "uniform"},
    {.name = "page",
     .type = OPTION_TEXT,
     .argument = "[[HOST]:PORT]",
     .implied = ":80",
     .help = "where to look",
     .group = "Results"},
    {.name = "quiet",
     .letters = "q",
     .type = OPTION_SWITCH,
     .help = "say little",
     .group = "Results"},
    {.name = "no-color",
     .type = OPTION_SWITCH,
     .variable = "PLAIN",
     .help = "no colors",
     .group = "Results"},
    {.name = "even",
     .type = OPTION_TEXT,
     .argument = "N",
     .check = check_even,
     .variable = "OTHER_EVEN",
     .help = "an even one",
     .group = "Results"},
    {.name = "help",
     .letters = "h",
     .type = OPTION_SWITCH,
     .from = FROM_FLAG,
     .help = "this",
     .group = "Results"},
    {.name = "loop",
     .type = OPTION_CHOICE,
     .argument = "a|b",
     .from = FROM_ENVIRONMENT,
     .help = "which loop",
     .group = "Results"},
    {.name = NULL},
};

static const struct option *const tables[] = {own, shared, NULL};

/* Refuses "-z" and "-zone", and a switch "-q" before a number, as another tool's. */
static bool refuse(const struct args_grammar *g, str flag, str value, bool known, struct err *e)
{
    bool foreign = str_eq(flag, STR("-z")) || str_eq(flag, STR("-zone")) ||
                   (str_eq(flag, STR("-q")) && str_eq(value, STR("200")));
    if (foreign)
        err_set(e, ERR_USAGE, "%u " STR_FMT " [" STR_FMT "] %d", g->family, STR_ARG(flag),
                STR_ARG(value), known);
    return foreign;
}

static bool elsewhere(str name, enum arg_origin from)
{
    return from == ARG_ENVIRONMENT && str_eq(name, STR("brokers"));
}

static const struct args_grammar grammar = {
    .command = "tool act",
    .prefix = "TOOL_",
    .operand = "URL",
    .family = 7,
    .tables = tables,
    .mask_operand = mask_all,
    .refuse = refuse,
    .elsewhere = elsewhere,
};

/* Reads words that end with NULL. */
static inline bool read_words(struct args *a, char *const *words, struct err *e)
{
    int n = 0;
    while (words[n])
        n++;
    args_open(a, &grammar);
    return args_flags(a, n, words, e);
}

#define WORDS(...)                                                                                 \
    (char *[])                                                                                     \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

static inline void says(const char *sentence, char *const *words)
{
    struct args a;
    struct err e = {0};
    assert_false(read_words(&a, words, &e) && args_check(&a, &e));
    assert_string_equal(e.text, sentence);
    assert_int_equal(e.kind, ERR_USAGE);
    args_close(&a);
}

#endif
