/* What scripts say about themselves: errors, checks, metrics. */
#include <math.h>
#include <stdio.h>

#include "base/units.h"
#include "report/check_rows.h"
#include "report/text_blocks.h"
#include "stats/measures.h"

enum { MOST_CHECKS = 50, MOST_METRICS = 50, COUNTS = 34, WIDE = 100 };

/* ---- errors ---- */

void text_script_errors(struct page *p, const struct summary *s)
{
    const struct tally *why = &s->results->script_errors;
    uint64_t n = s->iterations.script_error;
    if (n == 0 && why->used == 0)
        return;
    page_label(p, "script");
    if (n)
        page_printf(p, RED, "%s %s ended by an error of the script\n", human_count(n).text,
                    n == 1 ? "iteration was" : "iterations were");
    else
        page_text(p, RED, STR("errors of users that were leaving (on_stop)\n"));
    text_reasons(p, why);
}

/* ---- checks ---- */

static void add_check(struct page *p, const struct check_row *c)
{
    struct buf text = {0};
    page_clean(&text, c->series->name);
    buf_str(&text, STR(": "));
    page_clean(&text, c->name);
    page_label(p, "");
    page_text(p, c->failed ? RED : GREEN, c->failed ? STR("✗ ") : STR("✓ "));
    page_cell(p, PLAIN, LEFT, p->paper.width - PAGE_INDENT - 2 - COUNTS, buf_view(&text));
    page_printf(p, PLAIN, "%10s passed", human_count(c->passed).text);
    if (c->failed)
        page_printf(p, RED, "%10s failed", human_count(c->failed).text);
    page_text(p, PLAIN, STR("\n"));
    buf_free(&text);
}

void text_checks(struct page *p, const struct summary *s)
{
    struct check_rows rows = check_rows_of(s->results);
    if (rows.n == 0)
        return;
    page_label(p, "checks");
    page_printf(p, rows.passed ? GREEN : PLAIN, "%s passed", human_count(rows.passed).text);
    page_printf(p, rows.failed ? RED : PLAIN, ", %s failed", human_count(rows.failed).text);
    if (rows.failed)
        page_printf(p, RED, " (%.3g %%)",
                    100 * (double)rows.failed / (double)(rows.passed + rows.failed));
    page_text(p, PLAIN, STR("\n"));
    for (size_t i = 0; i < rows.n && i < MOST_CHECKS; i++)
        add_check(p, &rows.list[i]);
    if (rows.n > MOST_CHECKS) {
        page_label(p, "");
        page_printf(p, DIM, "and %zu more: --json has them all\n", rows.n - MOST_CHECKS);
    }
    check_rows_free(&rows);
}

/* ---- metrics ---- */

/* Figures of values; narrow paper has no room for the last. */
static const char *const shown[] = {"mean", "p50", "p99", "max"};

enum { COUNT = 11, SUM = 12, FIGURE = 11 };

static unsigned figures_shown(const struct page *p)
{
    return p->paper.width >= WIDE ? 4 : 3;
}

static unsigned name_width(const struct page *p)
{
    return p->paper.width - 2 - COUNT - SUM - FIGURE * figures_shown(p);
}

static void add_number(struct page *p, unsigned width, double v)
{
    struct human text;
    if (v >= 1e4 && v < 1e15)
        text = human_count((uint64_t)llround(v));
    else
        snprintf(text.text, sizeof text.text, "%.5g", v);
    page_cell(p, PLAIN, RIGHT, width, str_from(text.text));
}

static void add_figure(struct page *p, const char *name, const struct result *r)
{
    struct figure f;
    const struct hist *h = &r->data.response;
    if (r->series->kind == SERIES_VALUES && h->count && figure_parse(str_from(name), &f))
        add_number(p, FIGURE, figure_value(h, &f, SERIES_VALUE_UNITS));
    else
        page_cell(p, DIM, RIGHT, FIGURE, STR("-"));
}

static void add_metric(struct page *p, const struct result *r)
{
    page_text(p, PLAIN, STR("  "));
    text_series_name(p, r->series, name_width(p));
    page_cell(p, PLAIN, RIGHT, COUNT, str_from(human_count(r->data.started).text));
    add_number(p, SUM, r->data.sum);
    for (unsigned i = 0; i < figures_shown(p); i++)
        add_figure(p, shown[i], r);
    page_text(p, PLAIN, STR("\n"));
}

static void add_heads(struct page *p)
{
    page_text(p, PLAIN, STR("  "));
    page_cell(p, DIM, LEFT, name_width(p), STR("metric"));
    page_printf(p, DIM, "%*s%*s", COUNT, "count", SUM, "sum");
    for (unsigned i = 0; i < figures_shown(p); i++)
        page_printf(p, DIM, "%*s", FIGURE, shown[i]);
    page_text(p, PLAIN, STR("\n"));
}

/* What Kafka clients measure is not of the script. */
static bool is_of_script(const struct series *s)
{
    return !measure_find(s->name);
}

void text_metrics(struct page *p, const struct summary *s)
{
    const struct results *r = s->results;
    size_t n = 0;
    for (size_t i = r->n_timed + r->n_records; i < r->n; i++) {
        if (!is_of_script(r->list[i]->series))
            continue;
        if (n == 0)
            add_heads(p);
        if (n++ < MOST_METRICS)
            add_metric(p, r->list[i]);
    }
    if (n == 0)
        return;
    if (n > MOST_METRICS)
        page_printf(p, DIM, "  and %zu more: --json has them all\n", n - MOST_METRICS);
    page_text(p, PLAIN, STR("\n"));
}
