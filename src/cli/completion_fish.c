/* Completion for fish: a line for each command and option, with its words from the help. */
#include "cli/completion.h"

/* Do the words typed so far begin with this command? Is it this many words? */
static const char head[] =
    "# Completion of weir for fish. Written by weir help --completion fish.\n"
    "function __weir_is\n"
    "    set -l words (commandline -opc)\n"
    "    string match -q -- \"$argv *\" (string join ' ' -- $words[2..-1])' '\n"
    "end\n"
    "function __weir_after\n"
    "    test (count (commandline -opc)) -eq $argv[1]\n"
    "end\n"
    "complete -c weir -f\n";

static void add_quoted(str text, struct buf *out)
{
    buf_char(out, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\'' || text.p[i] == '\\')
            buf_char(out, '\\');
        buf_char(out, text.p[i]);
    }
    buf_char(out, '\'');
}

static void add_value(const struct option *o, struct buf *out)
{
    struct buf words = {0};
    switch (completion_value(o)) {
    case VALUE_NONE:
        break;
    case VALUE_FILE:
        buf_str(out, STR(" -r -F"));
        break;
    case VALUE_WORDS:
        completion_words(o->argument, &words);
        buf_printf(out, " -x -a '" STR_FMT "'", STR_ARG(buf_view(&words)));
        break;
    case VALUE_ANY:
        buf_str(out, STR(" -x"));
    }
    buf_free(&words);
}

static void add_option(const struct command *c, const struct option *o, struct buf *out)
{
    buf_printf(out, "complete -c weir -n '__weir_is %s' -l %s", c->name, o->name);
    if (o->alias)
        buf_printf(out, " -l %s", o->alias);
    for (const char *letter = o->letters; letter && *letter; letter++)
        buf_printf(out, " -s %c", *letter);
    add_value(o, out);
    buf_str(out, STR(" -d "));
    add_quoted(str_from(o->help), out);
    buf_char(out, '\n');
}

static void add_operands(const struct command *c, struct buf *out)
{
    struct buf words = {0};
    if (c->operands && str_eq(str_from(c->operands), STR("FILE.lua")))
        buf_str(&words, STR("(__fish_complete_suffix .lua)"));
    if (c->operands && str_contains(str_from(c->operands), STR("COMMAND")))
        completion_commands(STR(""), &words);
    if (c->operands)
        completion_words(c->operands, &words);
    if (words.n)
        buf_printf(out, "complete -c weir -n '__weir_is %s' -k -a '" STR_FMT "'\n", c->name,
                   STR_ARG(buf_view(&words)));
    buf_free(&words);
}

/* Its first word, or its second one behind that. */
static void add_name(const struct command *c, struct buf *out)
{
    str first, second;
    if (str_cut(str_from(c->name), ' ', &first, &second)) {
        buf_printf(out, "complete -c weir -n '__weir_after 1' -a " STR_FMT "\n", STR_ARG(first));
        buf_printf(out,
                   "complete -c weir -n '__weir_is " STR_FMT "; and __weir_after 2' -a " STR_FMT,
                   STR_ARG(first), STR_ARG(second));
    } else {
        buf_printf(out, "complete -c weir -n '__weir_after 1' -a %s", c->name);
    }
    buf_str(out, STR(" -d "));
    add_quoted(str_from(c->summary), out);
    buf_char(out, '\n');
}

void completion_fish(struct buf *out)
{
    const struct option *o;
    buf_str(out, str_from(head));
    for (const struct command *const *c = commands; *c; c++) {
        add_name(*c, out);
        add_operands(*c, out);
        for (size_t i = 0; (o = options_at((*c)->tables, i)); i++)
            if (completion_is_flag(o))
                add_option(*c, o, out);
    }
}
