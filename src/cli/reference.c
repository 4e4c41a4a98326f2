/* The reference in Markdown. */
#include "cli/reference.h"

#include "cli/command.h"
#include "cli/help.h"
#include "cli/help_metrics.h"
#include "scenario/lua_scenario.h"
#include "web/metrics.h"

/* A cell of a table. */
static void add_cell(str text, bool code, struct buf *out)
{
    buf_str(out, code && text.n ? STR(" `") : STR(" "));
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '|')
            buf_char(out, '\\');
        buf_char(out, text.p[i]);
    }
    buf_str(out, code && text.n ? STR("` |") : STR(" |"));
}

static void add_option(const struct option *o, struct buf *out)
{
    struct buf spelling = {0}, variable = {0};
    option_variable(o, "WEIR_", &variable);
    if (o->from != FROM_ENVIRONMENT)
        option_spelling(o, &spelling);
    buf_char(out, '|');
    add_cell(buf_view(&spelling), true, out);
    buf_char(out, ' ');
    buf_str(out, str_from(o->help));
    buf_str(out, o->repeats ? STR(" (repeatable) |") : STR(" |"));
    add_cell(str_from(option_default(o)), o->fallback != NULL, out);
    add_cell(buf_view(&variable), true, out);
    buf_char(out, '\n');
    buf_free(&spelling);
    buf_free(&variable);
}

static void add_options(const struct option *const *tables, struct buf *out)
{
    const struct option *first, *o;
    for (size_t i = 0; (first = options_at(tables, i)); i++) {
        if (!options_opens_group(tables, i))
            continue;
        buf_printf(out,
                   "\n### %s\n\n| option | meaning | default | variable |\n|---|---|---|---|\n",
                   first->group);
        for (size_t k = i; (o = options_at(tables, k)); k++)
            if (str_eq(str_from(o->group), str_from(first->group)))
                add_option(o, out);
    }
}

static void add_command(const struct command *c, struct buf *out)
{
    buf_str(out, STR("\n## "));
    help_usage(c, out);
    buf_printf(out, "\n\n%s\n\n```sh\n", c->summary);
    for (const struct example *e = c->examples; e->line; e++)
        buf_printf(out, "# %s\n%s\n", e->words, e->line);
    buf_str(out, STR("```\n"));
    add_options(c->tables, out);
}

void reference_markdown(struct buf *out)
{
    buf_str(out,
            STR("# Commands and options\n\nWritten by `weir help --markdown` from the tables in "
                "`src/cli`; change it there.\n\nOrigin of a setting: flag, else environment, else "
                "the file of `--config`, else the default.\n"));
    for (const struct command *const *c = commands; *c; c++)
        add_command(*c, out);
    reference_metrics(out);
    buf_str(out, STR("\n## Metrics for Prometheus\n\nWhat `--prometheus` serves (docs/live.md). "
                     "Times are in seconds. Parts of calls have the label `part=\"true\"`.\n\n"));
    metrics_reference(out);
    lua_reference_markdown(out);
    buf_str(out, STR("\n## Exit codes\n\n| code | meaning |\n|---|---|\n"));
    for (const struct exit_code *x = exit_codes; x->words; x++)
        buf_printf(out, "| %d | %s |\n", x->code, x->words);
    buf_str(out, STR("\nWhen several hold: 130, 2, 1, 4, 3.\n"));
}
