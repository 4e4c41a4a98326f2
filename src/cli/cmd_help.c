/* weir help [COMMAND|metrics]: the overview, one command, the figures of thresholds, or the whole
 * reference for the documentation. */
#include "cli/cmd_help.h"

#include <stdio.h>

#include "cli/completion.h"
#include "cli/help.h"
#include "cli/help_metrics.h"
#include "cli/later.h"
#include "cli/reference.h"
#include "scenario/lua_scenario.h"

static int run(const struct args *settings, struct err *e);

static const struct option options_help_command[] = {
    {
        .name = "markdown",
        .type = OPTION_SWITCH,
        .from = FROM_FLAG,
        .help = "the reference of all commands and options in Markdown",
        .group = "Reference",
    },
    {
        .name = "man",
        .type = OPTION_SWITCH,
        .from = FROM_FLAG,
        .help = "the same as a man page",
        .group = "Reference",
    },
    {
        .name = "lua",
        .type = OPTION_SWITCH,
        .from = FROM_FLAG,
        .help = "what scenarios can use, as annotations for editors (LuaLS)",
        .group = "Reference",
    },
    {
        .name = "completion",
        .type = OPTION_CHOICE,
        .argument = "bash|fish|zsh",
        .from = FROM_FLAG,
        .help = "completion for a shell, which reads it",
        .group = "Reference",
    },
    {
        .name = "help",
        .letters = "h",
        .type = OPTION_SWITCH,
        .from = FROM_FLAG,
        .help = "show this, then stop",
        .group = "Reference",
    },
    {.name = NULL},
};

static const struct option *const tables[] = {options_help_command, NULL};

const struct command cmd_help = {
    .name = "help",
    .summary = "what there is, or all about one command",
    .operands = "[COMMAND|metrics]",
    .most = 2,
    .examples =
        {
            {"all about a command", "weir help http"},
            {"what thresholds can be about", "weir help metrics"},
            {"read the reference as a man page", "weir help --man | man -l -"},
            {"complete commands and options in this shell",
             "source <(weir help --completion bash)"},
        },
    .tables = tables,
    .run = run,
};

/* About the command with this name, of one or two words. */
static bool write_one(const str *words, size_t n, struct buf *out, struct err *e)
{
    size_t used;
    const struct command *c = command_find(words, n, &used);
    if (c && used == n)
        help_command(c, out);
    else if (n == 1 && command_is_group(words[0]))
        help_group(words[0], out);
    else if (c)
        return err_set(e, ERR_USAGE, "'" STR_FMT "' is one too many; write weir help [COMMAND]",
                       STR_ARG(words[used]));
    else
        return command_unknown(words, n, e);
    return true;
}

/* In the order of the option's words. */
static void (*const complete[])(struct buf *out) = {completion_bash, completion_fish,
                                                    completion_zsh};

static bool write_help(const struct args *settings, struct buf *out, struct err *e)
{
    if (args_switch(settings, "markdown")) {
        reference_markdown(out);
    } else if (args_switch(settings, "man")) {
        reference_man(out);
    } else if (args_switch(settings, "lua")) {
        lua_reference_annotations(out);
    } else if (args_given(settings, "completion")) {
        complete[args_choice(settings, "completion")](out);
    } else if (settings->n_operands == 0) {
        help_overview(out);
        help_exit_codes(out);
    } else if (str_eq(settings->operands[0], STR("metrics"))) {
        help_metrics(out);
    } else {
        return write_one(settings->operands, settings->n_operands, out, e);
    }
    return true;
}

static int run(const struct args *settings, struct err *e)
{
    struct buf out = {0};
    if (write_help(settings, &out, e))
        fwrite(out.p, 1, out.n, stdout);
    buf_free(&out);
    return 0;
}
