/* A group's lag in words and as a table. */
#include <inttypes.h>
#include <math.h>

#include "base/units.h"
#include "base/utf8.h"
#include "report/lag.h"

/* ---- figures in words ---- */

static struct human count_of(double n)
{
    return isnan(n) ? (struct human){"-"} : human_count((uint64_t)llround(n));
}

static struct human offset_of(int64_t n)
{
    return n < 0 ? (struct human){"-"} : human_count((uint64_t)n);
}

static struct human time_of(double seconds)
{
    if (isnan(seconds))
        return (struct human){"-"};
    return isinf(seconds) ? (struct human){"never"} : human_time(seconds);
}

static struct human rate_of(double per_second)
{
    return isnan(per_second) ? (struct human){"-"} : human_rate(per_second);
}

/* ---- the group ---- */

static void add_behind(struct page *p, const struct lag_report *r)
{
    const struct lag_figures *t = &r->total;
    page_label(p, "behind");
    if (isnan(t->behind)) {
        page_text(p, YELLOW, STR("not known: nothing was committed\n"));
        return;
    }
    page_printf(p, t->behind > 0 ? BOLD_YELLOW : BOLD_GREEN, "%s record%s",
                count_of(t->behind).text, t->behind == 1 ? "" : "s");
    if (t->behind > 0 && !isnan(t->waits_s))
        page_printf(p, PLAIN, ", the oldest waits for %s", time_of(t->waits_s).text);
    page_text(p, PLAIN, STR("\n"));
}

static void add_rates(struct page *p, const struct lag_report *r)
{
    const struct lag_figures *t = &r->total;
    if (isnan(t->consumed) || r->seconds <= 0)
        return;
    page_label(p, "rate");
    page_printf(p, PLAIN, "%s/s consumed, %s/s produced, within %s\n", rate_of(t->consumed).text,
                rate_of(t->produced).text, time_of(r->seconds).text);
}

static void add_drain(struct page *p, const struct lag_report *r)
{
    const struct lag_figures *t = &r->total;
    if (!(t->behind > 0) || isnan(t->drain_s))
        return;
    page_label(p, "drained");
    if (!isinf(t->drain_s))
        page_printf(p, PLAIN, "in %s at these rates\n", time_of(t->drain_s).text);
    else if (t->consumed > 0)
        page_text(p, YELLOW, STR("never at these rates: not faster than records come\n"));
    else
        page_printf(p, YELLOW, "never: nothing was committed within %s\n",
                    time_of(r->seconds).text);
}

static void add_note(struct page *p, struct buf *text)
{
    page_label(p, "note");
    page_wrapped(p, YELLOW, STR(" "), buf_view(text));
    buf_free(text);
}

static void add_notes(struct page *p, const struct lag_report *r)
{
    struct buf text = {0};
    if (r->uncommitted) {
        buf_printf(&text, "nothing was committed of %zu of %zu partitions: they are in no figure",
                   r->uncommitted, r->n);
        add_note(p, &text);
    }
    if (r->dropped) {
        buf_printf(&text,
                   "%s records were dropped by retention before the group read them; they count "
                   "as behind until it goes on",
                   human_count(r->dropped).text);
        add_note(p, &text);
    }
}

/* Names of groups are others'. */
static void add_findings(struct page *p, const struct lag_report *r)
{
    for (size_t i = 0; i < r->n_findings; i++) {
        struct buf clean = {0};
        page_clean(&clean, r->findings[i]);
        page_label(p, i ? "" : "why");
        page_wrapped(p, PLAIN, STR(" "), buf_view(&clean));
        buf_free(&clean);
    }
}

/* ---- the table ---- */

enum { NUMBER = 9, OFFSET = 14, RATE = 12, TIME = 10 };

static unsigned widest_topic(const struct lag_report *r)
{
    size_t widest = 5;
    for (size_t i = 0; i < r->n; i++)
        if (utf8_count(r->rows[i].now.topic) > widest)
            widest = utf8_count(r->rows[i].now.topic);
    return (unsigned)widest;
}

static void add_head(struct page *p, unsigned width)
{
    page_cell(p, DIM, LEFT, width, STR("topic"));
    page_cell(p, DIM, RIGHT, NUMBER + 2, STR("partition"));
    page_cell(p, DIM, RIGHT, OFFSET, STR("committed"));
    page_cell(p, DIM, RIGHT, OFFSET, STR("end"));
    page_cell(p, DIM, RIGHT, OFFSET, STR("behind"));
    page_cell(p, DIM, RIGHT, TIME, STR("waits"));
    page_cell(p, DIM, RIGHT, RATE, STR("consumed/s"));
    page_cell(p, DIM, RIGHT, RATE, STR("produced/s"));
    page_cell(p, DIM, RIGHT, TIME, STR("drained"));
    page_text(p, PLAIN, STR("\n"));
}

static void add_cell(struct page *p, enum ink ink, unsigned width, struct human h)
{
    page_cell(p, ink, RIGHT, width, str_from(h.text));
}

static void add_row(struct page *p, const struct lag_row *row, unsigned width)
{
    const struct lag_figures *f = &row->figures;
    struct human number;
    snprintf(number.text, sizeof number.text, "%" PRId32, row->now.number);
    page_cell(p, PLAIN, LEFT, width, row->now.topic);
    add_cell(p, PLAIN, NUMBER + 2, number);
    add_cell(p, row->now.committed < 0 ? YELLOW : PLAIN, OFFSET, offset_of(row->now.committed));
    add_cell(p, PLAIN, OFFSET, offset_of(row->now.end));
    add_cell(p, f->behind > 0 ? YELLOW : PLAIN, OFFSET, count_of(f->behind));
    add_cell(p, PLAIN, TIME, time_of(f->waits_s));
    add_cell(p, PLAIN, RATE, rate_of(f->consumed));
    add_cell(p, PLAIN, RATE, rate_of(f->produced));
    add_cell(p, isinf(f->drain_s) ? YELLOW : PLAIN, TIME, time_of(f->drain_s));
    page_text(p, PLAIN, STR("\n"));
}

void lag_text(struct page *p, const struct lag_report *r)
{
    unsigned width = widest_topic(r);
    add_head(p, width);
    for (size_t i = 0; i < r->n; i++)
        add_row(p, &r->rows[i], width);
    page_text(p, PLAIN, STR("\n"));
    add_behind(p, r);
    add_rates(p, r);
    add_drain(p, r);
    add_notes(p, r);
    add_findings(p, r);
}
