/* What became of the calls or records, why not all went well, and how long they took. */
#include "base/mem.h"
#include "base/units.h"
#include "report/bars.h"
#include "report/rows.h"
#include "term/blocks.h"
#include "term/gauge.h"

enum { COUNT = 12, SHARE = 9, NAME = 14, MOST_CAUSES = 8 };

/* ---- fates ---- */

static void draw_count(struct pen *p, const char *name, enum ink ink, uint64_t n, uint64_t all)
{
    pen_printf(p, PLAIN, " %-*s", NAME - 1, name);
    pen_cell(p, n ? ink : DIM, RIGHT, COUNT, str_from(human_count(n).text));
    pen_cell(p, PLAIN, RIGHT, SHARE, str_from(bar_share(n, all).text));
    pen_text(p, PLAIN, STR("  "));
    if (all)
        gauge_bar(p, ink, pen_left(p), (double)n / (double)all, false);
}

static unsigned kinds_of(const struct model *m)
{
    return m->info->plan->reads ? RECORD_CLASSES : FATES;
}

static uint64_t count_of(const struct model *m, unsigned kind)
{
    return m->info->plan->reads ? m->total.read.classes[kind] : m->total.fates[kind];
}

static const char *name_of(const struct model *m, unsigned kind)
{
    if (m->info->plan->reads)
        return record_class_name((enum record_class)kind);
    return kind == FATE_OK             ? m->words->ok
           : kind == FATE_FAILED_CHECK ? "failed check"
                                       : fate_name((enum fate)kind);
}

/* The good ones stand there from the start, the others when there are some. */
static unsigned fates_rows(const struct model *m)
{
    unsigned n = 2;
    if (m->info->plan->reads && !m->total.read.audited)
        return 0;
    for (unsigned i = 1; i < kinds_of(m); i++)
        n += count_of(m, i) > 0;
    return n + (m->total.status.used > 0);
}

static void draw_statuses(const struct model *m, struct pen p)
{
    const struct tally *t = &m->total.status;
    struct tally_row *rows = rows_by_count(t);
    struct buf text = {0};
    for (size_t i = 0; i < t->used; i++)
        buf_printf(&text, "%s%u × %s", i ? ", " : "", rows[i].key.number,
                   human_count(rows[i].count).text);
    pen_printf(&p, DIM, " %-*s", NAME - 1, "status");
    pen_rest(&p, PLAIN, buf_view(&text));
    buf_free(&text);
    mem_free(rows);
}

static void draw_fates(struct model *m, struct canvas *c, struct area a)
{
    uint64_t all = m->info->plan->reads ? m->total.started : series_data_ended(&m->total);
    struct area body = block_body(a);
    unsigned line = 0;
    block_title(c, a, m->info->plan->reads ? "Records" : "Fates");
    for (unsigned i = 0; i < kinds_of(m); i++) {
        uint64_t n = count_of(m, i);
        struct pen p = pen_at(c, body, line);
        if (i && !n)
            continue;
        draw_count(&p, name_of(m, i), i ? RED : GREEN, n, all);
        line++;
    }
    if (m->total.status.used)
        draw_statuses(m, pen_at(c, body, line));
}

const struct block block_fates = {
    .side = SIDE_RIGHT, .rank = 6, .least = 2, .rows = fates_rows, .draw = draw_fates};

/* ---- causes ---- */

static unsigned causes_rows(const struct model *m)
{
    size_t n = m->total.causes.used + m->all.script_errors.used;
    return n ? 1 + (unsigned)(n < MOST_CAUSES ? n : MOST_CAUSES) : 0;
}

static unsigned draw_tally(struct canvas *c, struct area a, unsigned line, const struct tally *t)
{
    struct tally_row *rows = rows_by_count(t);
    for (size_t i = 0; i < t->used; i++) {
        struct pen p = pen_at(c, a, line++);
        pen_cell(&p, RED, RIGHT, COUNT, str_from(human_count(rows[i].count).text));
        pen_text(&p, PLAIN, STR("  "));
        pen_rest(&p, PLAIN, rows[i].key.text);
    }
    mem_free(rows);
    return line;
}

static void draw_causes(struct model *m, struct canvas *c, struct area a)
{
    block_title(c, a, "Errors");
    unsigned line = draw_tally(c, block_body(a), 0, &m->total.causes);
    draw_tally(c, block_body(a), line, &m->all.script_errors);
}

const struct block block_causes = {
    .side = SIDE_RIGHT, .rank = 8, .least = 2, .rows = causes_rows, .draw = draw_causes};

/* ---- distribution ---- */

static unsigned distribution_rows(const struct model *m)
{
    struct bar bars[BARS];
    unsigned n = bars_of(&m->total.response, bars);
    return n ? n + 1 : 0;
}

static void draw_distribution(struct model *m, struct canvas *c, struct area a)
{
    enum { EDGE = 10 };
    struct bar bars[BARS];
    unsigned n = bars_of(&m->total.response, bars);
    uint64_t most = 0;
    for (unsigned i = 0; i < n; i++)
        most = bars[i].count > most ? bars[i].count : most;
    block_title(c, a, m->info->plan->reads ? "End to end" : "Response time");
    for (unsigned i = 0; i < n; i++) {
        struct pen p = pen_at(c, block_body(a), i);
        pen_text(&p, DIM, bars[i].until_ns == UINT64_MAX ? STR(" > ") : STR(" ≤ "));
        pen_cell(&p, PLAIN, RIGHT, EDGE - 3, str_from(bar_edge(bars, i).text));
        pen_text(&p, PLAIN, STR(" "));
        unsigned room = pen_left(&p) > SHARE ? pen_left(&p) - SHARE : 0;
        gauge_bar(&p, GREEN, room, (double)bars[i].count / (double)most, false);
        pen_cell(&p, PLAIN, RIGHT, SHARE,
                 str_from(bar_share(bars[i].count, m->total.response.count).text));
    }
}

const struct block block_distribution = {
    .side = SIDE_LEFT, .rank = 7, .least = 4, .rows = distribution_rows, .draw = draw_distribution};
