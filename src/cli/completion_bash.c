/* Completion for bash: what completion_bash.sh reads. Its functions set, in variables of their
 * caller, `second` (the words that may follow a first word), `options` and `operands` of a command
 * and `value` when the word before is an option that takes one: FILE, ANY (anything else) or words.
 */
#include "cli/completion.h"
#include "cli/embedded.h"

/* "--rate|-r". */
static void add_names(const struct option *o, const char *separator, struct buf *out)
{
    buf_printf(out, "--%s", o->name);
    if (o->alias)
        buf_printf(out, "%s--%s", separator, o->alias);
    for (const char *letter = o->letters; letter && *letter; letter++)
        buf_printf(out, "%s-%c", separator, *letter);
}

static void add_options(const struct command *c, struct buf *out)
{
    const struct option *o;
    const char *before = "        options='";
    for (size_t i = 0; (o = options_at(c->tables, i)); i++) {
        if (!completion_is_flag(o))
            continue;
        buf_str(out, str_from(before));
        add_names(o, " ", out);
        before = " ";
    }
    buf_str(out, STR("'\n"));
}

static void add_operands(const struct command *c, struct buf *out)
{
    struct buf words = {0};
    if (!c->operands)
        return;
    if (str_eq(str_from(c->operands), STR("FILE.lua")))
        buf_str(&words, str_from(c->operands));
    if (str_contains(str_from(c->operands), STR("COMMAND")))
        completion_commands(STR(""), &words);
    completion_words(c->operands, &words);
    if (words.n)
        buf_printf(out, "        operands='" STR_FMT "'\n", STR_ARG(buf_view(&words)));
    buf_free(&words);
}

static void add_value(const struct option *o, struct buf *out)
{
    struct buf words = {0};
    switch (completion_value(o)) {
    case VALUE_WORDS:
        completion_words(o->argument, &words);
        break;
    case VALUE_FILE:
        buf_str(&words, STR("FILE"));
        break;
    default:
        buf_str(&words, STR("ANY"));
    }
    buf_str(out, STR("        "));
    add_names(o, "|", out);
    buf_printf(out, ") value='" STR_FMT "' ;;\n", STR_ARG(buf_view(&words)));
    buf_free(&words);
}

static void add_command(const struct command *c, struct buf *out)
{
    const struct option *o;
    buf_printf(out, "    '%s')\n", c->name);
    add_options(c, out);
    add_operands(c, out);
    buf_str(out, STR("        case $2 in\n"));
    for (size_t i = 0; (o = options_at(c->tables, i)); i++)
        if (completion_is_flag(o) && completion_value(o) != VALUE_NONE)
            add_value(o, out);
    buf_str(out, STR("        esac ;;\n"));
}

/* First words, and `second`: what may follow $1. */
static void add_groups(struct buf *out)
{
    struct buf first = {0};
    str rest, word;
    completion_commands(STR(""), &first);
    buf_printf(out, "_weir_commands='" STR_FMT "'\n", STR_ARG(buf_view(&first)));
    buf_str(out, STR("_weir_group() {\n    case $1 in\n"));
    for (rest = buf_view(&first); str_next(&rest, ' ', &word);) {
        struct buf second = {0};
        completion_commands(word, &second);
        if (second.n)
            buf_printf(out, "    " STR_FMT ") second='" STR_FMT "' ;;\n", STR_ARG(word),
                       STR_ARG(buf_view(&second)));
        buf_free(&second);
    }
    buf_str(out, STR("    esac\n}\n\n"));
    buf_free(&first);
}

void completion_bash(struct buf *out)
{
    buf_str(out, STR("# Completion of weir for bash. Written by weir help --completion bash.\n"));
    add_groups(out);
    buf_str(out, STR("_weir_command() {\n    case $1 in\n"));
    for (const struct command *const *c = commands; *c; c++)
        add_command(*c, out);
    buf_str(out, STR("    esac\n}\n"));
    buf_str(out, str_from(embedded_completion));
}
