/* The list of commands, in the order in which the help shows them. */
#include "cli/command.h"

#include <string.h>

#include "base/nearest.h"
#include "cli/cmd_broker.h"
#include "cli/cmd_demo.h"
#include "cli/cmd_help.h"
#include "cli/cmd_http.h"
#include "cli/later.h"

const struct command *const commands[] = {
    &cmd_http, &cmd_broker, &cmd_demo, &cmd_help, NULL,
};

const struct command *command_find(str name)
{
    for (const struct command *const *c = commands; *c; c++)
        if (str_eq(name, str_from((*c)->name)))
            return *c;
    return NULL;
}

static bool looks_like_url(str word)
{
    return str_contains(word, STR("://")) || (word.n && memchr(word.p, ':', word.n)) ||
           (word.n && memchr(word.p, '/', word.n));
}

bool command_unknown(str word, struct err *e)
{
    struct nearest nearest = {0};
    if (later_command(word, e))
        return false;
    if (str_starts(word, STR("-")))
        return err_set(e, ERR_USAGE,
                       STR_FMT " stands before a command; write the command first, as in "
                               "weir http URL " STR_FMT,
                       STR_ARG(word), STR_ARG(word));
    for (const struct command *const *c = commands; *c; c++)
        nearest_try(&nearest, word, str_from((*c)->name));
    if (nearest.best.n)
        return err_set(e, ERR_USAGE,
                       "'" STR_FMT "' is not a command; did you mean weir " STR_FMT "?",
                       STR_ARG(word), STR_ARG(nearest.best));
    if (looks_like_url(word))
        return err_set(e, ERR_USAGE,
                       "'" STR_FMT "' is not a command; to load that URL say: weir http " STR_FMT,
                       STR_ARG(word), STR_ARG(word));
    return err_set(e, ERR_USAGE, "'" STR_FMT "' is not a command; weir help lists what there is",
                   STR_ARG(word));
}
