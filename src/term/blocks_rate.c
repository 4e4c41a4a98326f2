/* What was asked for and what came of it, second by second; and how the run stands in a row. */
#include <math.h>

#include "base/units.h"
#include "engine/health.h"
#include "term/blocks.h"
#include "term/gauge.h"

static double newest(const struct model *m, enum track t)
{
    return m->n ? m->tracks[t][m->n - 1] : (double)NAN;
}

static struct human rate(double per_second)
{
    return isnan(per_second) ? (struct human){"-"} : human_rate(per_second);
}

static unsigned one_row(const struct model *m)
{
    (void)m;
    return 1;
}

/* ---- rate ---- */

enum { NARROW = 40, NAME = 6, FIGURE = 12 };

static void draw_rate(struct model *m, struct canvas *c, struct area a)
{
    struct pen p = pen_at(c, a, 0);
    bool wide = a.width >= NARROW;
    double top = gauge_top(a.width, m->tracks[TRACK_ACHIEVED], m->n);
    pen_cell(&p, DIM, LEFT, wide ? NAME : 1, STR(" rate"));
    struct human achieved = rate(newest(m, TRACK_ACHIEVED));
    pen_printf(&p, BOLD, " %s/s", achieved.text);
    if (m->open) {
        top = fmax(top, gauge_top(a.width, m->tracks[TRACK_ASKED], m->n));
        pen_printf(&p, DIM, wide ? " of %s asked" : " of %s", rate(newest(m, TRACK_ASKED)).text);
    }
    pen_text(&p, PLAIN, STR("  "));
    while (p.column < a.column + NAME + 2 * FIGURE + 2 && pen_left(&p) && wide)
        pen_text(&p, PLAIN, STR(" "));
    gauge_line(&p, GREEN, pen_left(&p), m->tracks[TRACK_ACHIEVED], m->n, top);
}

const struct block block_rate = {.rank = 1, .least = 1, .rows = one_row, .draw = draw_rate};

/* ---- times ---- */

static void draw_time(struct model *m, struct pen *p, const char *name, enum track t, double so_far,
                      enum ink ink)
{
    bool wide = pen_left(p) >= NARROW;
    const double *values = m->tracks[t];
    pen_printf(p, DIM, " %-*s", wide ? NAME - 1 : 4, name);
    pen_cell(p, BOLD, RIGHT, wide ? FIGURE - 2 : 8, str_from(block_time(newest(m, t)).text));
    if (wide) {
        pen_text(p, DIM, STR(" all "));
        pen_cell(p, PLAIN, RIGHT, FIGURE - 3, str_from(block_time(so_far).text));
    }
    pen_text(p, PLAIN, STR("  "));
    gauge_line(p, ink, pen_left(p), values, m->n, gauge_top(pen_left(p), values, m->n));
}

static double percentile(const struct hist *h, double percent)
{
    return h->count ? (double)hist_percentile(h, percent) : (double)NAN;
}

/* The most telling one first: in a single row it stands alone. */
static void draw_times(struct model *m, struct canvas *c, struct area a)
{
    static const struct {
        const char *name;
        enum track track;
        double percent;
        enum ink ink;
    } lines[] = {{"p50", TRACK_P50, 50, GREEN},
                 {"p99", TRACK_P99, 99, YELLOW},
                 {"max", TRACK_MAX, 100, RED}};
    for (unsigned i = 0; i < a.height; i++) {
        unsigned which = a.height == 1 ? 1 : i;
        struct pen p = pen_at(c, a, i);
        draw_time(m, &p, lines[which].name, lines[which].track,
                  percentile(&m->total.response, lines[which].percent), lines[which].ink);
    }
}

static unsigned times_rows(const struct model *m)
{
    (void)m;
    return 3;
}

const struct block block_times = {.rank = 2, .least = 1, .rows = times_rows, .draw = draw_times};

/* ---- the state, in a row ---- */

static void add_figure(struct pen *p, const char *name, enum ink ink, const char *value)
{
    pen_printf(p, DIM, " %s ", name);
    pen_printf(p, ink, "%s ", value);
}

static void add_failed(const struct model *m, struct pen *p)
{
    uint64_t failed = m->info->plan->reads ? m->total.read.classes[RECORD_DUPLICATE] +
                                                 m->total.read.classes[RECORD_CORRUPT]
                                           : series_data_failed(&m->total);
    if (m->info->plan->reads)
        add_figure(p, "received", PLAIN, human_count(m->total.started).text);
    if (!m->info->plan->reads || m->total.read.audited)
        add_figure(p, m->info->plan->reads ? "twice, corrupt" : "failed", failed ? RED : GREEN,
                   human_count(failed).text);
}

/* The signs that would spoil the run, as the verdict will judge them. */
static void add_signs(const struct model *m, struct pen *p)
{
    static const enum ink inks[] = {
        [RUN_VALID] = GREEN, [RUN_DEGRADED] = YELLOW, [RUN_INVALID] = RED};
    const struct hist *late = &m->all.lateness, *turn = &m->all.turn;
    uint64_t p50 = hist_percentile(&m->total.response, 50);
    enum validity of_turns = health_of_turns(turn);
    if (late->count)
        add_figure(p, "starts late p99", inks[health_of_lateness(late, p50)],
                   block_time(percentile(late, 99)).text);
    if (of_turns != RUN_VALID)
        add_figure(p, "weir stood still", inks[of_turns], block_time((double)turn->max).text);
}

static void draw_state(struct model *m, struct canvas *c, struct area a)
{
    struct pen p = pen_at(c, a, 0);
    add_failed(m, &p);
    if (!m->info->plan->reads)
        add_figure(&p, "in flight", PLAIN, human_count(model_in_flight(m)).text);
    if (!m->open && !m->info->plan->reads)
        add_figure(&p, m->words->users, PLAIN, human_count(model_users(m)).text);
    add_signs(m, &p);
}

const struct block block_state = {.rank = 3, .least = 1, .rows = one_row, .draw = draw_state};
