/* Levels of points. A point that is complete is drawn up and added to the next level, whose points
 * are whole multiples of it. */
#include "report/timeline.h"

#include <math.h>

#include "base/clock.h"
#include "base/json_out.h"
#include "base/mem.h"
#include "report/page_shapes.h"

/* Each divides the next. */
static const int64_t widths[TIMELINE_LEVELS] = {1, 2, 10, 20, 60, 120, 240, 480, 960, 3840};

void timeline_init(struct timeline *t, const struct plan *plan)
{
    *t = (struct timeline){.plan = plan, .last = -1};
}

/* ---- drawing up ---- */

static const double percents[TIMELINE_FIGURES - 2] = {50, 75, 90, 95, 99, 99.9};

static double us_of(uint64_t ns)
{
    return (double)ns / 1000;
}

static void draw_figures(struct hist_walk samples, double mean_ns, double *out)
{
    uint64_t ns[TIMELINE_FIGURES - 2];
    for (unsigned i = 0; i < TIMELINE_FIGURES; i++)
        out[i] = (double)NAN;
    if (samples.count == 0)
        return;
    hist_walk_percentiles(samples, percents, TIMELINE_FIGURES - 2, ns);
    for (unsigned i = 0; i < TIMELINE_FIGURES - 2; i++)
        out[i] = us_of(ns[i]);
    out[TIMELINE_FIGURES - 2] = us_of(samples.max);
    out[TIMELINE_FIGURES - 1] = mean_ns / 1000;
}

static struct time_point point_of(const struct time_acc *a, const struct time_counts *counts)
{
    return (struct time_point){
        .start_s = a->start_s, .length_s = (uint64_t)(a->end_s - a->start_s), .counts = *counts};
}

static struct time_point draw_point(const struct time_cell *c, const struct time_acc *a)
{
    struct time_point p = point_of(a, &c->counts);
    draw_figures(hist_list_walk(&c->response), hist_list_mean(&c->response), p.response_us);
    draw_figures(hist_list_walk(&c->service), hist_list_mean(&c->service), p.service_us);
    return p;
}

static struct time_point draw_total(const struct time_acc *a)
{
    const struct time_total *t = &a->total;
    struct time_point p = point_of(a, &t->counts);
    draw_figures(hist_walk(&t->response), hist_mean(&t->response), p.response_us);
    draw_figures(hist_walk(&t->service), hist_mean(&t->service), p.service_us);
    return p;
}

static double p99_us(const struct hist *h)
{
    return h->count ? us_of(hist_percentile(h, 99)) : (double)NAN;
}

static double max_us(const struct hist *h)
{
    return h->count ? us_of(h->max) : (double)NAN;
}

static void draw_causes(const struct time_acc *a, const struct time_names *names, struct buf *out)
{
    struct json_out j = {.out = out};
    json_out_object(&j);
    for (unsigned i = 0; i < names->n_causes; i++)
        if (a->causes[i]) {
            json_out_key(&j, names->causes[i]);
            json_out_count(&j, a->causes[i]);
        }
    json_out_end(&j);
}

/* What the plan asks for in that stretch, on average. */
static void draw_plan(const struct plan *p, struct time_frame *f)
{
    uint64_t from_ns = (uint64_t)f->calls.start_s * NS_PER_S;
    uint64_t length_ns = f->calls.length_s * NS_PER_S, ignored;
    f->asked = f->users = (double)NAN;
    for (unsigned i = 0; i < p->n_loads && !p->reads; i++) {
        const struct profile *profile = &p->loads[i].profile;
        if (profile->model == LOAD_OPEN) {
            double n = profile_arrivals_before(profile, from_ns + length_ns) -
                       (from_ns ? profile_arrivals_before(profile, from_ns) : 0);
            f->asked = (isnan(f->asked) ? 0 : f->asked) + n / (double)f->calls.length_s;
        } else {
            uint64_t users = profile_users(profile, from_ns + length_ns / 2, &ignored);
            f->users = (isnan(f->users) ? 0 : f->users) + (double)users;
        }
    }
}

static struct time_frame draw_frame(const struct timeline *t, const struct time_acc *a)
{
    struct time_frame f = {.calls = draw_total(a), .iterations = a->iterations};
    f.late_p99 = p99_us(&a->lateness);
    f.late_max = max_us(&a->lateness);
    f.wait_p99 = p99_us(&a->wait);
    f.turn_max = max_us(&a->turn);
    draw_plan(t->plan, &f);
    page_cells(&a->total.response, &f.heat);
    draw_causes(a, &t->names, &f.causes);
    return f;
}

/* ---- sets of points ---- */

static struct time_points *points_at(struct time_set *set, size_t number)
{
    if (number >= set->n_series) {
        set->series = mem_grow(set->series, (number + 1) * sizeof *set->series);
        while (set->n_series <= number)
            set->series[set->n_series++] = (struct time_points){0};
    }
    return &set->series[number];
}

void time_set_push_frame(struct time_set *set, const struct timeline *t, const struct time_acc *a)
{
    set->frames = mem_room(set->frames, set->n_frames, &set->frames_capacity, sizeof *set->frames);
    set->frames[set->n_frames++] = draw_frame(t, a);
}

void time_set_push_points(struct time_set *set, const struct time_acc *a)
{
    for (size_t i = 0; i < a->n_cells; i++) {
        if (!a->cells[i])
            continue;
        struct time_points *p = points_at(set, i);
        p->list = mem_room(p->list, p->n, &p->capacity, sizeof *p->list);
        p->list[p->n++] = draw_point(a->cells[i], a);
        set->n_points++;
    }
}

void time_set_pop_points(struct time_set *set, const struct time_acc *a)
{
    for (size_t i = 0; i < a->n_cells; i++)
        if (a->cells[i]) {
            set->series[i].n--;
            set->n_points--;
        }
}

void time_set_pop_frame(struct time_set *set)
{
    struct time_frame *f = &set->frames[--set->n_frames];
    buf_free(&f->heat);
    buf_free(&f->causes);
}

static void free_frames(struct time_set *set)
{
    while (set->n_frames)
        time_set_pop_frame(set);
    mem_free(set->frames);
    set->frames = NULL;
    set->frames_capacity = 0;
}

static void free_series(struct time_set *set)
{
    for (size_t i = 0; i < set->n_series; i++)
        mem_free(set->series[i].list);
    mem_free(set->series);
    set->series = NULL;
    set->n_series = set->n_points = 0;
}

void time_set_free(struct time_set *set)
{
    free_frames(set);
    free_series(set);
}

/* ---- levels ---- */

static void keep(struct timeline *t, struct timeline_level *l, bool coarsest)
{
    if (!l->frames_over)
        time_set_push_frame(&l->set, t, &l->acc);
    if (!l->series_over)
        time_set_push_points(&l->set, &l->acc);
    size_t part = t->half ? 2 : 1;
    if (coarsest)
        return;
    if (l->set.n_frames > TIMELINE_POINTS / part) {
        free_frames(&l->set);
        l->frames_over = true;
    }
    if (l->set.n_points > TIMELINE_CELLS / part) {
        free_series(&l->set);
        l->series_over = true;
    }
}

/* The point of a level is complete: it becomes a part of the next one's, or begins that. */
static void hand_on(struct time_acc *from, struct time_acc *next, int64_t width)
{
    if (next->open) {
        next->end_s = from->end_s > next->end_s ? from->end_s : next->end_s;
        time_acc_merge(next, from);
        time_acc_free(from);
        return;
    }
    *next = *from;
    *from = (struct time_acc){0};
    next->start_s = next->start_s / width * width;
    if (next->end_s < next->start_s + width)
        next->end_s = next->start_s + width;
}

static void complete(struct timeline *t, unsigned i)
{
    struct timeline_level *l = &t->levels[i];
    bool coarsest = i + 1 == TIMELINE_LEVELS;
    keep(t, l, coarsest);
    if (coarsest)
        time_acc_free(&l->acc);
    else
        hand_on(&l->acc, &t->levels[i + 1].acc, widths[i + 1]);
}

/* All points that end by that second. */
static void complete_until(struct timeline *t, int64_t end_s)
{
    for (unsigned i = 0; i < TIMELINE_LEVELS; i++)
        if (t->levels[i].acc.open && t->levels[i].acc.end_s <= end_s)
            complete(t, i);
}

void timeline_add(struct timeline *t, const struct second *row)
{
    struct time_acc *a = &t->levels[0].acc;
    bool late = row->second <= t->last;
    int64_t end_s = row->second + (int64_t)(row->length_s ? row->length_s : 1);
    if (!late)
        complete_until(t, row->second);
    time_acc_add(a, &t->names, row->delta, t->plan->reads);
    if (late)
        return;
    a->open = true;
    a->start_s = row->second;
    a->end_s = end_s;
    t->last = row->second;
    if (t->follow)
        time_set_push_frame(&t->fresh, t, a);
    complete_until(t, end_s);
}

void timeline_free(struct timeline *t)
{
    for (unsigned i = 0; i < TIMELINE_LEVELS; i++) {
        time_acc_free(&t->levels[i].acc);
        time_set_free(&t->levels[i].set);
    }
    time_set_free(&t->fresh);
    time_names_free(&t->names);
}
