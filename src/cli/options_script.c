/* Settings of scenario files. */
#include "cli/options_script.h"

#include <string.h>

#include "base/units.h"

static const char scenario[] = "Scenario";

static bool check_setting(str value, struct err *e)
{
    str name, text;
    if (str_cut(value, '=', &name, &text) && name.n)
        return true;
    return err_set(e, ERR_USAGE, "'" STR_FMT "' has no '='; write it like TARGET=http://host",
                   STR_ARG(value));
}

static bool check_memory(str value, struct err *e)
{
    uint64_t bytes;
    if (!units_size(value, &bytes, e))
        return false;
    return bytes >= 1 << 20 || err_set(e, ERR_USAGE, "a scenario needs 1 MB at least");
}

const struct option options_script[] = {
    {
        .name = "set",
        .letters = "e",
        .type = OPTION_TEXT,
        .argument = "KEY=VALUE",
        .check = check_setting,
        .repeats = true,
        .help = "a setting that the file reads by weir.env(\"KEY\")",
        .group = scenario,
    },
    {
        .name = "script-memory",
        .type = OPTION_TEXT,
        .argument = "SIZE",
        .check = check_memory,
        .fallback = "1GiB",
        .help = "what the scripts of one worker may hold at most",
        .group = scenario,
    },
    {.name = NULL},
};
