/* The table of series, those with the most calls first; it can be scrolled. */
#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/units.h"
#include "term/blocks.h"

/* A column behind the name, and from which width on it is there. */
struct column {
    const char *title;
    unsigned width, from;
    void (*write)(const struct model *m, const struct series_data *d, struct pen *p,
                  unsigned width);
};

/* ---- columns ---- */

static void write_count(const struct model *m, const struct series_data *d, struct pen *p,
                        unsigned width)
{
    (void)m;
    pen_cell(p, PLAIN, RIGHT, width, str_from(human_count(d->started).text));
}

static void write_rate(const struct model *m, const struct series_data *d, struct pen *p,
                       unsigned width)
{
    double seconds = (double)(m->newest + 1);
    struct human rate = human_rate((double)d->started_in_plan / (seconds > 0 ? seconds : 1));
    pen_cell(p, PLAIN, RIGHT, width, str_from(rate.text));
}

static void write_failed(const struct model *m, const struct series_data *d, struct pen *p,
                         unsigned width)
{
    uint64_t failed = series_data_failed(d);
    (void)m;
    pen_cell(p, failed ? RED : PLAIN, RIGHT, width, str_from(human_count(failed).text));
}

static void write_time(const struct series_data *d, double percent, struct pen *p, unsigned width)
{
    const struct hist *h = &d->response;
    double ns = h->count ? (double)hist_percentile(h, percent) : (double)NAN;
    pen_cell(p, PLAIN, RIGHT, width, str_from(block_time(ns).text));
}

static void write_p50(const struct model *m, const struct series_data *d, struct pen *p,
                      unsigned width)
{
    (void)m;
    write_time(d, 50, p, width);
}

static void write_p99(const struct model *m, const struct series_data *d, struct pen *p,
                      unsigned width)
{
    (void)m;
    write_time(d, 99, p, width);
}

static void write_max(const struct model *m, const struct series_data *d, struct pen *p,
                      unsigned width)
{
    (void)m;
    write_time(d, 100, p, width);
}

static const struct column columns[] = {
    {"count", 12, 24, write_count}, {"per s", 10, 90, write_rate}, {"failed", 9, 60, write_failed},
    {"p50", 10, 70, write_p50},     {"p99", 10, 40, write_p99},    {"max", 10, 80, write_max},
};

enum { COLUMNS = sizeof columns / sizeof *columns };

static unsigned name_width(unsigned width)
{
    unsigned left = width;
    for (unsigned i = 0; i < COLUMNS; i++)
        if (width >= columns[i].from)
            left -= columns[i].width;
    return left > 2 ? left - 2 : 0;
}

/* ---- rows ---- */

/* Calls and their parts; of a plan that reads: records. */
static size_t first_of(const struct model *m)
{
    return m->info->plan->reads ? m->all.n_timed : 0;
}

static size_t count_of(const struct model *m)
{
    return m->info->plan->reads ? m->all.n_records : m->all.n_timed;
}

static int compare(const void *a, const void *b)
{
    const struct result *x = *(const struct result *const *)a,
                        *y = *(const struct result *const *)b;
    return (x->data.started < y->data.started) - (x->data.started > y->data.started);
}

static const struct result **sorted(const struct model *m)
{
    size_t n = count_of(m);
    const struct result **list = mem_array(n, sizeof *list);
    for (size_t i = 0; i < n; i++)
        list[i] = m->all.list[first_of(m) + i];
    qsort(list, n, sizeof *list, compare);
    return list;
}

/* Everybody sees the protocol in the name. */
static void add_name(const struct series *s, struct buf *out)
{
    if (s->part)
        buf_str(out, STR("  "));
    page_clean(out, s->name);
    for (unsigned i = 0; i < s->n_tags; i++)
        if (!str_eq(s->tags[i].name, STR("protocol"))) {
            buf_char(out, ' ');
            page_clean(out, s->tags[i].name);
            buf_char(out, '=');
            page_clean(out, s->tags[i].value);
        }
}

static void draw_row(const struct model *m, const struct result *r, struct pen *p, unsigned width)
{
    struct buf name = {0};
    add_name(r->series, &name);
    pen_text(p, PLAIN, STR(" "));
    pen_cell(p, r->series->part ? DIM : PLAIN, LEFT, name_width(width), buf_view(&name));
    pen_text(p, PLAIN, STR(" "));
    for (unsigned i = 0; i < COLUMNS; i++)
        if (width >= columns[i].from)
            columns[i].write(m, &r->data, p, columns[i].width);
    buf_free(&name);
}

static void draw_titles(struct pen *p, unsigned width, unsigned first, unsigned shown, size_t n)
{
    struct buf name = {0};
    if (shown < n)
        buf_printf(&name, "%u to %u of %zu", first + 1, first + shown, n);
    pen_text(p, PLAIN, STR(" "));
    pen_cell(p, DIM, LEFT, name_width(width), buf_view(&name));
    pen_text(p, PLAIN, STR(" "));
    for (unsigned i = 0; i < COLUMNS; i++)
        if (width >= columns[i].from)
            pen_cell(p, DIM, RIGHT, columns[i].width, str_from(columns[i].title));
    buf_free(&name);
}

static unsigned series_rows(const struct model *m)
{
    size_t n = count_of(m);
    return n > 1 ? 2 + (unsigned)(n < 1000 ? n : 1000) : 0;
}

static void draw_series(struct model *m, struct canvas *c, struct area a)
{
    const struct result **list = sorted(m);
    size_t n = count_of(m);
    unsigned room = a.height - 2, most = n > room ? (unsigned)n - room : 0;
    m->scroll = m->scroll < most ? m->scroll : most;
    unsigned shown = n < room ? (unsigned)n : room;
    block_title(c, a, "Series");
    struct pen p = pen_at(c, a, 1);
    draw_titles(&p, a.width, m->scroll, shown, n);
    for (unsigned i = 0; i < shown; i++) {
        p = pen_at(c, a, 2 + i);
        draw_row(m, list[m->scroll + i], &p, a.width);
    }
    mem_free(list);
}

const struct block block_series = {.rank = 9, .least = 3, .rows = series_rows, .draw = draw_series};
