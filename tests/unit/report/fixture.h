/* fixture.h: a finished run that was never run, for tests of outputs: series, books, a summary. */
#ifndef WEIR_REPORT_FIXTURE_H
#define WEIR_REPORT_FIXTURE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "engine/sink.h"
#include "engine/summary.h"

struct fixture {
    struct stage stage;
    struct load load;
    struct plan plan;
    struct run_info info;
    struct tag tag;
    struct series get, post, part, orders, basket;
    struct results results;
    struct series_data total;
    struct verdict verdict;
    struct summary summary;
    struct arena arena;
};

/* An open run of 500/s for 10 s in which nothing has happened yet. */
static inline void fixture_open(struct fixture *f)
{
    memset(f, 0, sizeof *f);
    f->stage = (struct stage){.from = 500, .to = 500, .duration_ns = 10 * NS_PER_S};
    f->load = (struct load){.profile = {LOAD_OPEN, &f->stage, 1},
                            .law = ARRIVALS_POISSON,
                            .count = UINT64_MAX,
                            .max_in_flight = UINT64_MAX};
    f->plan =
        (struct plan){.command = "http", .loads = &f->load, .n_loads = 1, .seed = 42, .threads = 1};
    f->info = (struct run_info){.plan = &f->plan,
                                .id = "0123456789abcdef",
                                .weir = WEIR_VERSION,
                                .started_wall_ns = UINT64_C(1769860800123000000),
                                .loop = "io_uring",
                                .target = "GET http://127.0.0.1:8081/ping",
                                .connections = 10000};
    f->tag = (struct tag){STR("protocol"), STR("http")};
    f->get = (struct series){.name = STR("GET /ping"), .tags = &f->tag, .n_tags = 1};
    f->post = (struct series){.name = STR("POST /orders"), .tags = &f->tag, .n_tags = 1};
    f->part = (struct series){
        .name = STR("POST /orders send"), .tags = &f->tag, .n_tags = 1, .part = true};
    f->orders = (struct series){.name = STR("orders"), .kind = SERIES_COUNTER};
    f->basket =
        (struct series){.name = STR("basket"), .tags = &f->tag, .n_tags = 1, .kind = SERIES_VALUES};
    f->summary = (struct summary){.info = &f->info,
                                  .results = &f->results,
                                  .total = &f->total,
                                  .verdict = &f->verdict,
                                  .length_s = 10,
                                  .asked_rate = 500,
                                  .balanced = true};
}

/* A call with its iteration, due within the plan. */
static inline void fixture_call(struct fixture *f, const struct series *s, enum fate fate,
                                const char *cause, unsigned status, uint64_t response_ns,
                                uint64_t service_ns)
{
    struct series_data *d = &results_get(&f->results, s)->data;
    d->started++;
    d->started_in_plan++;
    d->fates[fate]++;
    d->bytes_sent += 100;
    if (status) {
        d->bytes_received += 300;
        d->body_bytes += 200;
        tally_add(&d->status, tally_number(status), 1);
    }
    if (cause)
        tally_add(&d->causes, tally_text(str_from(cause)), 1);
    if (fate != FATE_ERROR && fate != FATE_ABANDONED)
        hist_record(&d->response, response_ns);
    if (fate == FATE_OK || fate == FATE_FAILED_CHECK)
        hist_record(&d->service, service_ns);
    if (s->part)
        return;
    struct iteration_book *b = &f->summary.iterations;
    b->planned++;
    b->started++;
    b->in_plan++;
    b->completed++;
}

static inline void fixture_checks(struct fixture *f, const struct series *s, const char *name,
                                  uint64_t passed, uint64_t failed)
{
    struct series_data *d = &results_get(&f->results, s)->data;
    tally_add(&d->checks_passed, tally_text(str_from(name)), passed);
    tally_add(&d->checks_failed, tally_text(str_from(name)), failed);
}

/* What scripts count beside calls: checks of two series, a counter, values, two errors. */
static inline void fixture_script(struct fixture *f)
{
    fixture_checks(f, &f->get, "pong", 12, 0);
    fixture_checks(f, &f->get, "quick", 9, 3);
    fixture_checks(f, &f->get, "never", 0, 1);
    fixture_checks(f, &f->post, "pong", 5, 0);
    struct series_data *d = &results_get(&f->results, &f->orders)->data;
    d->started = 3;
    d->sum = 12.5;
    d = &results_get(&f->results, &f->basket)->data;
    d->started = 2;
    d->sum = 31;
    hist_record(&d->response, 10000);
    hist_record(&d->response, 21000);
    tally_add(&f->results.script_errors, tally_text(STR("shop.lua:7: no token")), 1);
    tally_add(&f->results.script_errors, tally_text(STR("shop.lua:9: \"x\", nil")), 4);
    f->summary.iterations.script_error += 5;
    f->summary.iterations.completed -= 5;
}

/* Ends the run: total and rates are made. */
static inline struct summary *fixture_summary(struct fixture *f)
{
    series_data_free(&f->total);
    results_total(&f->results, &f->total);
    f->summary.achieved_rate = (double)f->summary.iterations.in_plan / f->summary.length_s;
    return &f->summary;
}

static inline void fixture_close(struct fixture *f)
{
    results_free(&f->results);
    series_data_free(&f->total);
    arena_free(&f->arena);
}

/* A new empty directory; the path of a file in it. */
static inline const char *fixture_path(struct fixture *f, const char *name)
{
    char dir[] = "/tmp/weir-test-XXXXXX";
    const char *made = mkdtemp(dir);
    return arena_printf(&f->arena, "%s/%s", made ? made : ".", name).p;
}

/* Removes what fixture_path gave, with its directory. */
static inline void fixture_remove(const char *path)
{
    char dir[256];
    snprintf(dir, sizeof dir, "%s", path);
    *strrchr(dir, '/') = 0;
    remove(path);
    remove(dir);
}

/* The bytes of a file, in the fixture's arena. */
static inline str fixture_read(struct fixture *f, const char *path)
{
    struct buf bytes = {0};
    FILE *file = fopen(path, "r");
    for (int c; file && (c = fgetc(file)) != EOF;)
        buf_char(&bytes, (char)c);
    if (file)
        fclose(file);
    str all = arena_dup(&f->arena, buf_view(&bytes));
    buf_free(&bytes);
    return all;
}

#endif
