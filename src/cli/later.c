/* Commands and options that come later. A line goes when its thing comes. */
#include "cli/later.h"

#include <stddef.h>

/* An option of later. */
struct later_option {
    const char *flag;
    const char *of;  /* the command that will have it; NULL: one that is here … */
    const char *why; /* … and this is the sentence */
};

const char *const later_commands[] = {
    "orchestrator", "driver", "fleet", "capacity", NULL,
};

static const struct later_option later_options[] = {
    {"--orchestrator", "weir driver", NULL},
    {"--resume", NULL,
     "--resume goes on with the requests in a journal, which weir kafka rr does; scenarios cannot "
     "go on in this version"},
    {.flag = NULL},
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

bool later_flag(str flag, struct err *e)
{
    for (const struct later_option *o = later_options; o->flag; o++) {
        if (!str_eq(flag, str_from(o->flag)))
            continue;
        if (o->of)
            err_set(e, ERR_USAGE, "%s belongs to %s, which is not in this version", o->flag, o->of);
        else
            err_set(e, ERR_USAGE, "%s", o->why);
        return true;
    }
    return false;
}

bool later_elsewhere(str name)
{
    for (const struct later_option *o = later_options; o->flag; o++)
        if (o->of && str_eq(name, str_skip(str_from(o->flag), 2)))
            return true;
    return false;
}
