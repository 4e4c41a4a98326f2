/* What clients measure by themselves goes into the worker's recorder, the warm-up's excepted. They
 * tell the same figures again and again in the same order, so the one that is looked for is nearly
 * always the one behind the last. */
#include "base/clock.h"
#include "base/mem.h"
#include "engine/worker.h"

static bool is_it(const struct series *s, const struct series *wanted)
{
    return s->kind == wanted->kind && series_same(s, wanted);
}

static const struct series *keep(struct arena *arena, const struct series *s)
{
    struct series *kept = arena_alloc(arena, sizeof *kept);
    struct tag *tags = arena_alloc(arena, (s->n_tags + 1) * sizeof *tags);
    for (unsigned i = 0; i < s->n_tags; i++)
        tags[i] =
            (struct tag){arena_dup(arena, s->tags[i].name), arena_dup(arena, s->tags[i].value)};
    *kept = *s;
    kept->name = arena_dup(arena, s->name);
    kept->tags = tags;
    return kept;
}

/* Its number among the worker's. */
static unsigned find(struct worker_measures *m, const struct series *wanted)
{
    for (unsigned i = 0; i < m->n; i++) {
        unsigned at = (m->next + i) % m->n;
        if (is_it(m->list[at], wanted)) {
            m->next = at + 1;
            return at;
        }
    }
    m->list = mem_room(m->list, m->n, &m->capacity, sizeof(const struct series *));
    m->list[m->n] = keep(&m->arena, wanted);
    return m->n++;
}

static void add(struct series_data *d, enum series_kind kind, double value)
{
    double units = kind == SERIES_TIMES ? (double)NS_PER_S : SERIES_VALUE_UNITS;
    d->started++;
    d->sum += value;
    d->last = value;
    if (kind != SERIES_COUNTER)
        hist_record(&d->response, (uint64_t)(value * units + 0.5));
}

void measured_add(struct worker *w, const struct measured *m)
{
    struct worker_measures *all = &w->measures;
    const struct series wanted = {.name = str_from(m->measure->name),
                                  .tags = m->tags,
                                  .n_tags = m->n_tags,
                                  .kind = m->measure->kind};
    if (!w->report || loop_now(w->loop) < w->start_ns)
        return;
    unsigned i = find(all, &wanted);
    add(recorder_measured(worker_recorder(w), i, all->list[i]), wanted.kind, m->value);
}

void measured_part(struct worker *w, const struct client_part *p)
{
    struct worker_measures *all = &w->measures;
    if (!w->report || p->due_ns < w->start_ns)
        return;
    unsigned i = find(all, p->series);
    struct series_data *d = recorder_measured(worker_recorder(w), i, all->list[i]);
    d->started++;
    d->started_in_plan += p->due_ns <= w->flows[0].end_ns;
    d->fates[p->fate]++;
    if (p->cause)
        tally_add(&d->causes, tally_text(str_from(p->cause)), 1);
    if (p->fate != FATE_OK)
        return;
    hist_record(&d->response, p->done_ns - p->due_ns);
    hist_record(&d->service, p->done_ns - p->sent_ns);
}

void measured_free(struct worker *w)
{
    mem_free(w->measures.list);
    arena_free(&w->measures.arena);
}
