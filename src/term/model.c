/* Sums, and tracks of seconds. */
#include "term/model.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"

void model_open(struct model *m, const struct run_info *info)
{
    *m = (struct model){
        .info = info,
        .words = run_words(info),
        .open = plan_is_open(info->plan),
        .newest = -1,
    };
}

void model_close(struct model *m)
{
    results_free(&m->all);
    series_data_free(&m->total);
    series_data_free(&m->last);
    standing_free(&m->standing);
}

/* ---- seconds ---- */

static double asked_in(const struct model *m, int64_t second)
{
    const struct plan *p = m->info->plan;
    uint64_t from_ns = (uint64_t)second * NS_PER_S;
    double sum = 0;
    for (unsigned i = 0; i < p->n_loads; i++) {
        const struct profile *profile = &p->loads[i].profile;
        if (profile->model == LOAD_OPEN)
            sum += profile_arrivals_before(profile, from_ns + NS_PER_S) -
                   profile_arrivals_before(profile, from_ns);
    }
    return sum;
}

/* A second more, of which nothing is known yet but what was asked for. */
static void push(struct model *m, int64_t second)
{
    if (m->n == HISTORY) {
        for (int i = 0; i < TRACKS; i++)
            memmove(m->tracks[i], m->tracks[i] + 1, (HISTORY - 1) * sizeof **m->tracks);
        m->n--;
    }
    for (int i = 0; i < TRACKS; i++)
        m->tracks[i][m->n] = (double)NAN;
    m->tracks[TRACK_ASKED][m->n] = asked_in(m, second);
    m->tracks[TRACK_ACHIEVED][m->n] = 0;
    m->n++;
}

static void fill_newest(struct model *m, uint64_t starts)
{
    const struct hist *h = &m->last.response;
    unsigned i = m->n - 1;
    m->tracks[TRACK_ACHIEVED][i] = (double)starts;
    if (h->count == 0)
        return;
    m->tracks[TRACK_P50][i] = (double)hist_percentile(h, 50);
    m->tracks[TRACK_P99][i] = (double)hist_percentile(h, 99);
    m->tracks[TRACK_MAX][i] = (double)h->max;
}

static void advance_to(struct model *m, int64_t second)
{
    int64_t first = m->newest + 1;
    if (second - first >= HISTORY)
        first = second - HISTORY + 1;
    for (int64_t s = first; s <= second; s++)
        push(m, s);
    m->newest = second;
}

/* A further row of an old second tells of late starts only: it is in the sums and in no track. */
void model_second(struct model *m, const struct second *row)
{
    bool reads = m->info->plan->reads;
    struct series_data all = {0};
    (reads ? results_records : results_total)(row->delta, &all);
    results_merge(&m->all, row->delta);
    series_data_merge(&m->total, &all);
    if (row->second > m->newest) {
        advance_to(m, row->second);
        series_data_clear(&m->last);
        series_data_merge(&m->last, &all);
        fill_newest(m, reads ? all.started : iteration_books_total(&row->delta->books).started);
    }
    series_data_free(&all);
}

/* ---- lines ---- */

/* Bytes of the paint at the beginning: ESC [ digits and ; m. */
static size_t paint_length(str s)
{
    size_t sum = 0;
    while (str_starts(s, STR("\x1b["))) {
        size_t n = 2;
        while (n < s.n && ((s.p[n] >= '0' && s.p[n] <= '9') || s.p[n] == ';'))
            n++;
        if (n == s.n || s.p[n] != 'm')
            break;
        s = str_skip(s, n + 1);
        sum += n + 1;
    }
    return sum;
}

void lines_add(struct lines *l, uint64_t at_ns, str text)
{
    if (l->n == EVENTS) {
        memmove(l->list, l->list + 1, (EVENTS - 1) * sizeof *l->list);
        l->n--;
    }
    struct line *line = &l->list[l->n++];
    size_t n = 0;
    line->at_ns = at_ns;
    while (text.n && n < LINE_MOST - 1) {
        text = str_skip(text, paint_length(text));
        if (text.n)
            line->text[n++] = *text.p;
        text = str_skip(text, 1);
    }
    line->text[n] = 0;
}

/* ---- as it stands ---- */

uint64_t model_in_flight(const struct model *m)
{
    uint64_t ended = series_data_ended(&m->total);
    return m->total.started > ended ? m->total.started - ended : 0;
}

uint64_t model_users(const struct model *m)
{
    const struct plan *p = m->info->plan;
    uint64_t sum = 0, ignored;
    for (unsigned i = 0; i < p->n_loads && m->now.phase == CONTROL_RUNNING; i++)
        if (p->loads[i].profile.model == LOAD_CLOSED)
            sum += profile_users(&p->loads[i].profile, m->now.at_ns, &ignored);
    return sum;
}
