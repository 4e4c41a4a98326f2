/* The list of commands, in the order in which the help shows them. */
#include "cli/command.h"

#include <string.h>

#include "base/nearest.h"
#include "cli/cmd_broker.h"
#include "cli/cmd_check.h"
#include "cli/cmd_compare.h"
#include "cli/cmd_demo.h"
#include "cli/cmd_help.h"
#include "cli/cmd_http.h"
#include "cli/cmd_kafka_consume.h"
#include "cli/cmd_kafka_lag.h"
#include "cli/cmd_kafka_produce.h"
#include "cli/cmd_kafka_rr.h"
#include "cli/cmd_kafka_topics.h"
#include "cli/cmd_new.h"
#include "cli/cmd_report.h"
#include "cli/cmd_run.h"
#include "cli/later.h"

const struct command *const commands[] = {
    &cmd_http,         &cmd_kafka_produce, &cmd_kafka_consume, &cmd_kafka_rr, &cmd_kafka_lag,
    &cmd_kafka_topics, &cmd_run,           &cmd_check,         &cmd_new,      &cmd_report,
    &cmd_compare,      &cmd_broker,        &cmd_demo,          &cmd_help,     NULL,
};

static bool is_called(const struct command *c, const str *words, size_t n, size_t *used)
{
    str rest = str_from(c->name), word;
    for (*used = 0; str_next(&rest, ' ', &word); ++*used)
        if (*used == n || !str_eq(word, words[*used]))
            return false;
    return true;
}

const struct command *command_find(const str *words, size_t n, size_t *used)
{
    for (const struct command *const *c = commands; *c; c++)
        if (is_called(*c, words, n, used))
            return *c;
    return NULL;
}

bool command_is_group(str word)
{
    str first, second;
    for (const struct command *const *c = commands; *c; c++)
        if (str_cut(str_from((*c)->name), ' ', &first, &second) && str_eq(first, word))
            return true;
    return false;
}

static bool looks_like_url(str word)
{
    return str_contains(word, STR("://")) || (word.n && memchr(word.p, ':', word.n)) ||
           (word.n && memchr(word.p, '/', word.n));
}

/* "kafka" needs a second word, and that is none of its commands. */
static bool group_unknown(str group, str word, struct err *e)
{
    struct nearest nearest = {0};
    str first, second;
    for (const struct command *const *c = commands; *c; c++)
        if (str_cut(str_from((*c)->name), ' ', &first, &second) && str_eq(first, group))
            nearest_try(&nearest, word, second);
    if (nearest.best.n)
        return err_set(e, ERR_USAGE,
                       "'" STR_FMT " " STR_FMT "' is not a command; did you mean weir " STR_FMT
                       " " STR_FMT "?",
                       STR_ARG(group), STR_ARG(word), STR_ARG(group), STR_ARG(nearest.best));
    return err_set(e, ERR_USAGE,
                   "'" STR_FMT " " STR_FMT "' is not a command; weir help " STR_FMT
                   " lists what there is",
                   STR_ARG(group), STR_ARG(word), STR_ARG(group));
}

static bool nearest_command(str word, struct err *e)
{
    struct nearest nearest = {0};
    for (const struct command *const *c = commands; *c; c++) {
        str first, second;
        str_cut(str_from((*c)->name), ' ', &first, &second);
        nearest_try(&nearest, word, first);
    }
    if (nearest.best.n)
        err_set(e, ERR_USAGE, "'" STR_FMT "' is not a command; did you mean weir " STR_FMT "?",
                STR_ARG(word), STR_ARG(nearest.best));
    return nearest.best.n > 0;
}

bool command_unknown(const str *words, size_t n, struct err *e)
{
    str word = words[0];
    if (later_command(words, n, e))
        return false;
    if (str_starts(word, STR("-")))
        return err_set(e, ERR_USAGE,
                       STR_FMT " stands before a command; write the command first, as in "
                               "weir http URL " STR_FMT,
                       STR_ARG(word), STR_ARG(word));
    if (command_is_group(word))
        return group_unknown(word, n > 1 ? words[1] : STR(""), e);
    if (nearest_command(word, e))
        return false;
    if (looks_like_url(word))
        return err_set(e, ERR_USAGE,
                       "'" STR_FMT "' is not a command; to load that URL say: weir http " STR_FMT,
                       STR_ARG(word), STR_ARG(word));
    return err_set(e, ERR_USAGE, "'" STR_FMT "' is not a command; weir help lists what there is",
                   STR_ARG(word));
}
