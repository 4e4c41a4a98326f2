/* One list of figures, written in two ways. */
#include "cli/help_metrics.h"

#include "base/args.h"
#include "stats/measures.h"
#include "stats/threshold_figures.h"

/* How a figure is written, in which unit it is bounded, what it means. */
struct row {
    struct buf term, unit;
    const char *meaning;
};

typedef void row_writer(const struct row *r, struct buf *out);

static const char *const units[] = {
    [UNIT_SECONDS] = "a time, like 250ms",
    [UNIT_COUNT] = "a count",
    [UNIT_RATE] = "a rate, like 2k or 30/m",
    [UNIT_NUMBER] = "a number",
};

static const char form[] = "[SELECTOR.]FIGURE OP VALUE [over SPAN] [abort]";

/* What selects, and of what. */
static const struct {
    const char *term, *words;
} selectors[] = {
    {"none", "all calls that are not parts of others"},
    {"\"place order\"", "the series of that name, also when it is a part"},
    {"series{topic=orders}", "every call whose series has these tags"},
    {"series{topic=orders}.\"place order\"", "both"},
    {NULL, NULL},
};

/* What stands behind the value. */
static const struct {
    const char *term, *words;
} spans[] = {
    {"over 30s", "in every 30 s of the run, sliding by the second: whole seconds, 1s to 10m"},
    {"over stage 2", "in that stage of the load"},
    {"over each stage", "in all of them"},
    {"abort", "the run ends as soon as it is missed"},
    {NULL, NULL},
};

static const char of_figures[] = "X is one of these, of times or of a script's values";

/* ---- the rows ---- */

static void add_row(row_writer *write, const char *name, const char *behind,
                    const struct threshold_figure *f, struct buf *out)
{
    struct row r = {.meaning = f->meaning};
    buf_printf(&r.term, "%s%s", name, behind);
    buf_str(&r.unit, str_from(units[f->unit]));
    if (f->share)
        buf_printf(&r.unit, ", or %% %s", f->share);
    write(&r, out);
    buf_free(&r.term);
    buf_free(&r.unit);
}

static void add_figures_of(bool run, row_writer *write, struct buf *out)
{
    for (const struct threshold_figure *f = threshold_figures; f->name; f++)
        if (f->of_run == run)
            add_row(write, f->name, f->times ? ".X" : "", f, out);
}

static void add_figures_of_scripts(row_writer *write, struct buf *out)
{
    add_row(write, "NAME", "", &threshold_counter, out);
    add_row(write, "NAME", ".X", &threshold_values, out);
}

/* How a measure is written. */
static void add_measure_term(const struct measure *m, struct buf *out)
{
    buf_printf(out, m->kind == SERIES_COUNTER ? "%s[.rate]" : "%s.X", m->name);
}

/* ---- for people ---- */

static void add_measures(struct buf *out)
{
    struct buf term = {0}, words = {0};
    for (const struct measure *m = measures; m < measures + MEASURES; m++) {
        term.n = words.n = 0;
        add_measure_term(m, &term);
        buf_char(&term, 0);
        buf_printf(&words, "%s, by %s [%s]%c", m->meaning, m->by, m->unit, 0);
        options_item(term.p, words.p, out);
    }
    buf_str(out, STR("\nThe same by the names of Java's clients\n"));
    for (const struct measure_java *j = measures_java; j->name; j++)
        options_item(j->name, j->ours ? j->ours : j->why, out);
    buf_free(&term);
    buf_free(&words);
}

static void add_item(const struct row *r, struct buf *out)
{
    struct buf term = {0}, words = {0};
    buf_printf(&term, STR_FMT "%c", STR_ARG(buf_view(&r->term)), 0);
    buf_printf(&words, "%s [" STR_FMT "]%c", r->meaning, STR_ARG(buf_view(&r->unit)), 0);
    options_item(term.p, words.p, out);
    buf_free(&term);
    buf_free(&words);
}

void help_metrics(struct buf *out)
{
    buf_printf(out, "weir http URL --threshold '%s'    OP: < <= > >= == ~=\n\nOf calls\n", form);
    add_figures_of(false, add_item, out);
    buf_str(out, STR("\nOf iterations, without a selector\n"));
    add_figures_of(true, add_item, out);
    buf_str(out, STR("\nOf what a script counts under a NAME\n"));
    add_figures_of_scripts(add_item, out);
    buf_str(out, STR("\nOf Kafka clients, by themselves (--metrics-every); behind a selector "
                     "series{broker=1}. too\n"));
    add_measures(out);
    buf_printf(out, "\n%s\n", of_figures);
    for (const struct figure *f = figures; f->name; f++)
        options_item(f->name, f->meaning, out);
    options_item("pN", "N % were at most this, for every N: p97, p99_95", out);
    buf_str(out, STR("\nSelectors\n"));
    for (size_t i = 0; selectors[i].term; i++)
        options_item(selectors[i].term, selectors[i].words, out);
    buf_str(out, STR("\nBehind the value; without it the whole run counts\n"));
    for (size_t i = 0; spans[i].term; i++)
        options_item(spans[i].term, spans[i].words, out);
}

/* ---- for the documentation ---- */

static void add_line(const struct row *r, struct buf *out)
{
    buf_printf(out, "| `" STR_FMT "` | %s | " STR_FMT " |\n", STR_ARG(buf_view(&r->term)),
               r->meaning, STR_ARG(buf_view(&r->unit)));
}

static void add_measure_lines(struct buf *out)
{
    buf_str(out, STR("\nWhat Kafka clients measure by themselves, each `--metrics-every`; "
                     "`series{broker=1}.NAME.X` is one of several:\n\n"
                     "| figure | meaning | unit | by |\n|---|---|---|---|\n"));
    for (const struct measure *m = measures; m < measures + MEASURES; m++) {
        buf_str(out, STR("| `"));
        add_measure_term(m, out);
        buf_printf(out, "` | %s | %s | %s |\n", m->meaning, m->unit, m->by);
    }
    buf_str(out, STR("\n| of Java's clients | here |\n|---|---|\n"));
    for (const struct measure_java *j = measures_java; j->name; j++)
        buf_printf(out, j->ours ? "| `%s` | `%s` |\n" : "| `%s` | %s |\n", j->name,
                   j->ours ? j->ours : j->why);
}

void reference_metrics(struct buf *out)
{
    buf_printf(out,
               "\n## Figures of thresholds\n\n`%s`, with OP one of `< <= > >= == ~=`. Figures of a "
               "run's iterations take no selector; NAME is what a script counts.\n\n"
               "| figure | meaning | unit |\n|---|---|---|\n",
               form);
    add_figures_of(false, add_line, out);
    add_figures_of(true, add_line, out);
    add_figures_of_scripts(add_line, out);
    add_measure_lines(out);
    buf_printf(out, "\n%s:\n\n| X | meaning |\n|---|---|\n", of_figures);
    for (const struct figure *f = figures; f->name; f++)
        buf_printf(out, "| `%s` | %s |\n", f->name, f->meaning);
    buf_str(out, STR("| `pN` | N % were at most this, for every N: p97, p99_95 |\n\n"
                     "| selector | calls |\n|---|---|\n"));
    for (size_t i = 0; selectors[i].term; i++)
        buf_printf(out, "| `%s` | %s |\n", selectors[i].term, selectors[i].words);
    buf_str(out,
            STR("\nIn a part of the run, shares are of the calls that ended in it; the value is "
                "that of the worst part.\n\n| behind the value | |\n|---|---|\n"));
    for (size_t i = 0; spans[i].term; i++)
        buf_printf(out, "| `%s` | %s |\n", spans[i].term, spans[i].words);
}
