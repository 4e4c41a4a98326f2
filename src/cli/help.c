/* Help for people at a terminal. */
#include "cli/help.h"

const char help_tagline[] = "puts a known load on a system and reports what really happened";

const struct exit_code exit_codes[] = {
    {0, "passed"},
    {1, "could not run, no call succeeded, or an output could not be written completely"},
    {2, "wrong usage or configuration"},
    {3, "a threshold failed"},
    {4, "the run is invalid: the load was not the one that was asked for"},
    {130, "interrupted"},
    {0, NULL},
};

void help_usage(const struct command *c, struct buf *out)
{
    buf_printf(out, "weir %s", c->name);
    if (c->operands)
        buf_printf(out, " %s", c->operands);
    if (c->tables[0])
        buf_str(out, STR(" [options]"));
}

static void add_example(const struct example *e, struct buf *out)
{
    buf_printf(out, "  # %s\n  %s\n", e->words, e->line);
}

/* The commands whose names begin so, then what to type first. */
static void add_commands(str beginning, struct buf *out)
{
    for (const struct command *const *c = commands; *c; c++) {
        struct buf term = {0};
        if (!str_starts(str_from((*c)->name), beginning))
            continue;
        buf_printf(&term, "weir %s %s", (*c)->name, (*c)->operands ? (*c)->operands : "");
        buf_char(&term, 0);
        options_item(term.p, (*c)->summary, out);
        buf_free(&term);
    }
    buf_str(out, STR("\nTo begin\n"));
    for (const struct command *const *c = commands; *c; c++)
        if (str_starts(str_from((*c)->name), beginning))
            add_example(&(*c)->examples[0], out);
}

void help_overview(struct buf *out)
{
    buf_printf(out, "weir " WEIR_VERSION ": %s\n\nCommands\n", help_tagline);
    add_commands(STR(""), out);
}

void help_group(str word, struct buf *out)
{
    struct buf beginning = {0};
    buf_printf(&beginning, STR_FMT " ", STR_ARG(word));
    buf_printf(out, "weir " STR_FMT "\n\nCommands\n", STR_ARG(word));
    add_commands(buf_view(&beginning), out);
    buf_free(&beginning);
}

void help_exit_codes(struct buf *out)
{
    buf_str(out, STR("\nExit codes\n"));
    for (const struct exit_code *x = exit_codes; x->words; x++) {
        struct buf term = {0};
        buf_printf(&term, "%d", x->code);
        buf_char(&term, 0);
        options_item(term.p, x->words, out);
        buf_free(&term);
    }
}

void help_command(const struct command *c, struct buf *out)
{
    help_usage(c, out);
    buf_printf(out, "\n%s\n\nExamples\n", c->summary);
    for (const struct example *e = c->examples; e->line; e++)
        add_example(e, out);
    options_help(c->tables, "WEIR_", out);
}
