/* Settings of scenario files. */
#include "cli/options_script.h"

#include <ctype.h>
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

/* Is the value of a setting called so nobody else's business? */
static bool is_secret(str key)
{
    static const char *const parts[] = {"password", "passwd", "passphrase", "secret",
                                        "token",    "apikey", "api_key",    "credential"};
    struct buf lower = {0};
    bool found = false;
    for (size_t i = 0; i < key.n; i++)
        buf_char(&lower, (char)tolower((unsigned char)key.p[i]));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        found = found || str_contains(buf_view(&lower), str_from(parts[i]));
    buf_free(&lower);
    return found;
}

static void mask_setting(str text, struct buf *out)
{
    str key, value;
    if (str_cut(text, '=', &key, &value) && is_secret(key))
        buf_printf(out, STR_FMT "=***", STR_ARG(key));
    else
        buf_str(out, text);
}

const struct option options_script[] = {
    {
        .name = "set",
        .letters = "e",
        .type = OPTION_TEXT,
        .argument = "KEY=VALUE",
        .check = check_setting,
        .mask = mask_setting,
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
