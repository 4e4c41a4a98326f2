/* recording.h: a record of a run that was never run, for tests of records. */
#ifndef WEIR_REPORT_RECORDING_H
#define WEIR_REPORT_RECORDING_H

#include <sqlite3.h>

#include "base/args.h"
#include "report/fixture.h"
#include "report/json.h"
#include "report/record.h"
#include "report/record_read.h"
#include "report/text.h"

struct recording {
    struct fixture f;
    struct args args;
    const char *path;
    struct sink *sink;
    struct threshold thresholds[2];
    unsigned n_thresholds;
};

static const struct option recording_options[] = {
    {.name = "rate", .type = OPTION_RATE, .argument = "R", .help = "the rate", .group = "Load"},
    {.name = NULL},
};
static const struct option *const recording_tables[] = {recording_options, NULL};
static const struct args_grammar recording_grammar = {
    .command = "weir http", .prefix = "WEIR_", .operand = "URL", .tables = recording_tables};

static inline void recording_open(struct recording *r)
{
    static char *words[] = {"http://h/", "--rate", "500"};
    struct err e;
    memset(r, 0, sizeof *r);
    fixture_open(&r->f);
    args_open(&r->args, &recording_grammar);
    assert_true(args_flags(&r->args, 3, words, &e));
    r->path = fixture_path(&r->f, "run.weir");
}

static inline void recording_threshold(struct recording *r, const char *expr)
{
    struct err e;
    assert_true(
        threshold_parse(str_from(expr), false, &r->f.arena, &r->thresholds[r->n_thresholds++], &e));
}

static inline void recording_begin(struct recording *r)
{
    struct err e = {0};
    const struct record_about about = {
        .settings = &r->args, .thresholds = r->thresholds, .n_thresholds = r->n_thresholds};
    r->sink = record_sink(r->path, &about, &e);
    if (!r->sink)
        fail_msg("%s", e.text);
    r->sink->table->begin(r->sink, &r->f.info);
}

/* What has been counted since the fixture's results were as `before`. */
static inline void recording_second(struct recording *r, int64_t second,
                                    const struct results *delta)
{
    r->sink->table->second(r->sink, &(struct second){.second = second, .delta = delta});
}

/* n calls of GET that took 1, 2, ... n ms, in a second of their own and in the whole. */
static inline void recording_calls(struct recording *r, int64_t second, unsigned n)
{
    struct results delta = {0};
    struct series_data *d = &results_get(&delta, &r->f.get)->data;
    d->started = d->started_in_plan = d->fates[FATE_OK] = n;
    d->bytes_sent = 10 * n;
    for (unsigned i = 1; i <= n; i++)
        hist_record(&d->response, i * NS_PER_MS);
    tally_add(&d->status, tally_number(200), n);
    struct iteration_book *b = iteration_books_at(&delta.books, 0);
    b->started = b->in_plan = b->completed = n;
    iteration_book_add(&r->f.summary.iterations, b);
    hist_record_n(&delta.turn, 1000, n);
    results_merge(&r->f.results, &delta);
    recording_second(r, second, &delta);
    results_free(&delta);
}

static inline bool recording_end(struct recording *r, struct err *e)
{
    struct summary *s = fixture_summary(&r->f);
    *iteration_books_at(&r->f.results.books, 0) = s->iterations;
    if (r->sink->table->doubt)
        r->sink->table->doubt(r->sink, s);
    bool good = r->sink->table->finish(r->sink, s, e);
    r->sink->table->close(r->sink);
    r->sink = NULL;
    return good;
}

static inline void recording_close(struct recording *r)
{
    if (r->sink)
        r->sink->table->close(r->sink);
    fixture_remove(r->path);
    args_close(&r->args);
    fixture_close(&r->f);
}

/* The first column of the first row, by the stock library. */
static inline int64_t recording_ask(const struct recording *r, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *s;
    int64_t n = -1;
    assert_int_equal(sqlite3_open_v2(r->path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    if (sqlite3_step(s) == SQLITE_ROW)
        n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    sqlite3_close(db);
    return n;
}

/* Changes the file behind its back. */
static inline void recording_change(const struct recording *r, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open_v2(r->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_close(db);
}

#endif
