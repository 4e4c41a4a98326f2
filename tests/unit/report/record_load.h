/* record_load.h: seconds of a run with many series that was never run, for what a record costs: the
 * same for each seed. */
#ifndef WEIR_REPORT_RECORD_LOAD_H
#define WEIR_REPORT_RECORD_LOAD_H

#include "base/rng.h"
#include "report/recording.h"
#include "report/record_write.h"

enum { RECORD_LOAD_MOST = 400 };

struct record_load {
    struct fixture f;
    struct args args;
    struct record_writer writer;
    struct rng rng;
    struct series series[RECORD_LOAD_MOST];
    unsigned n_series, calls; /* of each series in a second */
};

/* Then the fixture may be changed, before it is started. */
static inline void record_load_prepare(struct record_load *l, unsigned n_series, unsigned calls)
{
    memset(l, 0, sizeof *l);
    fixture_open(&l->f);
    args_open(&l->args, &recording_grammar);
    l->rng = rng_make(1, 0);
    l->n_series = n_series;
    l->calls = calls;
    for (unsigned i = 0; i < n_series; i++)
        l->series[i] = (struct series){.name = arena_printf(&l->f.arena, "GET /path/of/%u", i),
                                       .tags = &l->f.tag,
                                       .n_tags = 1};
}

static inline void record_load_start(struct record_load *l, const char *path)
{
    struct err e;
    const struct record_about about = {.settings = &l->args};
    if (!record_writer_open(&l->writer, path, &about, &e))
        fail_msg("%s", e.text);
    record_writer_begin(&l->writer, &l->f.info);
}

static inline void record_load_open(struct record_load *l, const char *path, unsigned n_series,
                                    unsigned calls)
{
    record_load_prepare(l, n_series, calls);
    record_load_start(l, path);
}

/* A server's times: 2 ms, then an exponential tail of 3; what a call waits before is short. One of
 * a hundred fails a check. */
static inline void record_load_call(struct record_load *l, struct series_data *d)
{
    uint64_t service = (uint64_t)(2e6 + 3e6 * rng_exp(&l->rng));
    bool failed = rng_below(&l->rng, 100) == 0;
    d->started++;
    d->started_in_plan++;
    d->fates[failed ? FATE_FAILED_CHECK : FATE_OK]++;
    d->bytes_sent += 90;
    d->bytes_received += 310;
    d->body_bytes += 120;
    hist_record(&d->service, service);
    hist_record(&d->response, service + 20000 + rng_below(&l->rng, 30000));
    tally_add(&d->status, tally_number(failed ? 503 : 200), 1);
    if (failed)
        tally_add(&d->causes, tally_text(STR("wrong answer (503)")), 1);
    tally_add(failed ? &d->checks_failed : &d->checks_passed, tally_text(STR("status is 200")), 1);
}

static inline void record_load_fill(struct record_load *l, struct results *r, unsigned calls)
{
    uint64_t all = (uint64_t)l->n_series * calls;
    for (unsigned i = 0; i < l->n_series; i++)
        for (unsigned k = 0; k < calls; k++)
            record_load_call(l, &results_get(r, &l->series[i])->data);
    struct iteration_book *b = iteration_books_at(&r->books, 0);
    b->started = b->in_plan = b->completed = all;
    for (uint64_t k = 0; k < all; k++) {
        hist_record(&r->lateness, (uint64_t)(20e3 * rng_exp(&l->rng)));
        hist_record(&r->wait, (uint64_t)(5e3 * rng_exp(&l->rng)));
        hist_record(&r->turn, (uint64_t)(15e3 * rng_exp(&l->rng)));
    }
}

static inline void record_load_second(struct record_load *l, int64_t second)
{
    struct results delta = {0};
    record_load_fill(l, &delta, l->calls);
    record_writer_second(&l->writer, second, &delta, 1);
    record_writer_commit(&l->writer);
    results_free(&delta);
}

/* The file is complete: its bytes. */
static inline double record_load_close(struct record_load *l)
{
    struct err e;
    const char *path = l->writer.db.path;
    if (!record_writer_close(&l->writer, &e))
        fail_msg("%s", e.text);
    FILE *f = fopen(path, "r");
    fseek(f, 0, SEEK_END);
    double bytes = (double)ftell(f);
    fclose(f);
    args_close(&l->args);
    fixture_close(&l->f);
    return bytes;
}

#endif
