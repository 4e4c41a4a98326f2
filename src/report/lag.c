/* Figures of two looks at a consumer group. */
#include "report/lag.h"

#include <math.h>

static const double unknown = (double)NAN;

static double drain(const struct lag_figures *f)
{
    double net = f->consumed - f->produced;
    if (isnan(f->behind) || isnan(net))
        return f->behind == 0 ? 0 : unknown;
    if (f->behind == 0)
        return 0;
    return net > 0 ? f->behind / net : (double)INFINITY;
}

static const struct kafka_lag_partition *find(const struct kafka_lag_look *look,
                                              const struct kafka_lag_partition *p)
{
    for (size_t i = 0; i < look->n; i++)
        if (look->list[i].number == p->number && str_eq(look->list[i].topic, p->topic))
            return &look->list[i];
    return NULL;
}

/* A group that was set back has consumed nothing. */
static double rate(int64_t before, int64_t now, double seconds)
{
    if (before < 0 || now < 0 || seconds <= 0)
        return unknown;
    return now > before ? (double)(now - before) / seconds : 0;
}

static struct lag_figures figures_of(const struct kafka_lag_partition *before,
                                     const struct kafka_lag_partition *p, double seconds,
                                     int64_t wall_ms)
{
    struct lag_figures f = {.behind = kafka_lag_behind(p),
                            .waits_s = kafka_lag_waits_s(p, wall_ms),
                            .consumed =
                                rate(before ? before->committed : -1, p->committed, seconds),
                            .produced = rate(before ? before->end : -1, p->end, seconds)};
    f.drain_s = drain(&f);
    return f;
}

static double add(double sum, double one)
{
    return isnan(one) ? sum : isnan(sum) ? one : sum + one;
}

/* What is known of each counts; the slowest partition says when all is done. */
static void add_to_total(struct lag_report *r, const struct lag_row *row)
{
    struct lag_figures *t = &r->total;
    const struct lag_figures *f = &row->figures;
    const struct kafka_lag_partition *p = &row->now;
    t->behind = add(t->behind, f->behind);
    t->consumed = add(t->consumed, f->consumed);
    t->produced = add(t->produced, f->produced);
    t->waits_s = fmax(t->waits_s, f->waits_s); /* of a number and NAN the number */
    t->drain_s = fmax(t->drain_s, f->drain_s);
    r->uncommitted += p->committed < 0 && p->end > p->begin;
    r->dropped +=
        p->committed >= 0 && p->begin > p->committed ? (uint64_t)(p->begin - p->committed) : 0;
}

void lag_compare(const struct kafka_lag_look *first, const struct kafka_lag_look *last,
                 struct arena *arena, struct lag_report *out)
{
    out->seconds = (double)(last->at_ns - first->at_ns) / 1e9;
    out->wall_ms = last->wall_ms;
    out->total = (struct lag_figures){unknown, unknown, unknown, unknown, unknown};
    out->rows = arena_alloc(arena, (last->n + 1) * sizeof *out->rows);
    out->n = last->n;
    for (size_t i = 0; i < last->n; i++) {
        struct lag_row *row = &out->rows[i];
        row->now = last->list[i];
        row->figures = figures_of(find(first, &row->now), &row->now, out->seconds, last->wall_ms);
        add_to_total(out, row);
    }
}
