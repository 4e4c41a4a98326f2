/* Commands and options that come later. A line goes when its thing comes. */
#include "cli/later.h"

#include <stddef.h>

/* An option of later. */
struct later_option {
    const char *name; /* long name */
    char letter;      /* 0: none */
    const char *of;   /* the command that will have it; NULL: every one that makes load */
};

const char *const later_commands[] = {
    "kafka rr", "orchestrator", "driver", "fleet", "compare", "capacity", NULL,
};

static const struct later_option later_options[] = {
    {"ui", 0, NULL}, {"hold", 0, NULL}, {"tui", 0, NULL}, {"orchestrator", 0, "weir driver"},
    {NULL, 0, NULL},
};

static bool begins(const str *words, size_t n, str name)
{
    str word;
    for (size_t i = 0; str_next(&name, ' ', &word); i++)
        if (i == n || !str_eq(word, words[i]))
            return false;
    return true;
}

bool later_command(const str *words, size_t n, struct err *e)
{
    for (const char *const *c = later_commands; *c; c++)
        if (begins(words, n, str_from(*c))) {
            err_set(e, ERR_USAGE, "weir %s is not in this version; weir help lists what is", *c);
            return true;
        }
    return false;
}

static bool is_called(const struct later_option *o, str flag)
{
    if (str_starts(flag, STR("--")))
        return str_eq(str_skip(flag, 2), str_from(o->name));
    return o->letter && flag.n == 2 && flag.p[1] == o->letter;
}

bool later_flag(str flag, struct err *e)
{
    for (const struct later_option *o = later_options; o->name; o++) {
        if (!is_called(o, flag))
            continue;
        if (o->of)
            err_set(e, ERR_USAGE, STR_FMT " belongs to %s, which is not in this version",
                    STR_ARG(flag), o->of);
        else
            err_set(e, ERR_USAGE, STR_FMT " is not in this version of weir", STR_ARG(flag));
        return true;
    }
    return false;
}

bool later_elsewhere(str name)
{
    for (const struct later_option *o = later_options; o->name; o++)
        if (o->of && str_eq(name, str_from(o->name)))
            return true;
    return false;
}
