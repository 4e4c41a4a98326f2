/* What scripts count beside calls goes into the worker's recorder, the warm-up's excepted. */
#include "base/list.h"
#include "engine/worker.h"

static struct worker *of(struct host *h)
{
    return CONTAINER_OF(h, struct worker, host);
}

/* NULL: it belongs to the warm-up. */
static struct series_data *data_at(struct worker *w, struct numbered_series s, uint64_t at_ns)
{
    if (at_ns < w->start_ns)
        return NULL;
    return recorder_data(worker_recorder(w), s.number, s.series);
}

static void check(struct host *h, struct numbered_series s, str name, bool passed, uint64_t due_ns)
{
    struct series_data *d = data_at(of(h), s, due_ns);
    if (d)
        tally_add(passed ? &d->checks_passed : &d->checks_failed, tally_text(name), 1);
}

static void failing(struct host *h, struct call *call)
{
    (void)h;
    calls_failing(call);
}

static void count(struct host *h, struct numbered_series s, double n, uint64_t at_ns)
{
    struct series_data *d = data_at(of(h), s, at_ns);
    if (!d)
        return;
    d->started++;
    d->sum += n;
}

static void value(struct host *h, struct numbered_series s, double v, uint64_t at_ns)
{
    struct series_data *d = data_at(of(h), s, at_ns);
    if (!d)
        return;
    d->started++;
    d->sum += v;
    hist_record(&d->response, (uint64_t)(v * SERIES_VALUE_UNITS + 0.5));
}

/* The time that a block of the script took. A block is ok: what went wrong in it, its calls tell.
 */
static void part(struct host *h, struct numbered_series s, uint64_t begun_ns, uint64_t took_ns)
{
    struct series_data *d = data_at(of(h), s, begun_ns);
    if (!d)
        return;
    d->started++;
    d->started_in_plan++;
    d->fates[FATE_OK]++;
    hist_record(&d->response, took_ns);
    hist_record(&d->service, took_ns);
}

static void span_begun(struct host *h, struct numbered_series s, uint64_t due_ns)
{
    struct worker *w = of(h);
    if (due_ns >= w->start_ns)
        recorder_started(worker_recorder(w), s.number, s.series, worker_plan_ns(w, due_ns), true);
}

static void span_ended(struct host *h, const struct span *s)
{
    struct series_data *d = data_at(of(h), s->of, s->due_ns);
    if (!d)
        return;
    report_span(of(h), s);
    d->fates[s->fate]++;
    if (s->cause)
        tally_add(&d->causes, tally_text(str_from(s->cause)), 1);
    if (s->fate != FATE_OK && s->fate != FATE_FAILED_CHECK)
        return;
    hist_record(&d->response, s->done_ns - s->due_ns);
    hist_record(&d->service, s->done_ns - s->due_ns);
}

static void wake(struct host *h, struct vu *vu)
{
    (void)h;
    user_wake(vu);
}

static const struct host_table table = {
    .check = check,
    .failing = failing,
    .count = count,
    .value = value,
    .part = part,
    .span_begun = span_begun,
    .span_ended = span_ended,
    .wake = wake,
};

void host_open(struct worker *w)
{
    w->host = (struct host){.table = &table, .share = w->share, .box = loop_mailbox(w->loop)};
}
