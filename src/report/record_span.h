/* report/record_span.h: what was counted in a stretch of time, as rows of a run record: exactly,
 * there and back. One thread, that of the file. */
#ifndef WEIR_REPORT_RECORD_SPAN_H
#define WEIR_REPORT_RECORD_SPAN_H

#include "report/record_db.h"
#include "stats/results.h"

/* A series of the record, and the next with its name and other tags. */
struct record_number {
    const struct series *series;
    uint64_t number; /* from 1 */
    struct record_number *same_name;
};

/* All of them. Starts as {0}. */
struct record_series {
    struct record_number **list; /* number i + 1 */
    size_t n, capacity;
    struct map by_name; /* the first struct record_number of each name */
};

/* What the process of the generator had used by the end of a span. */
struct record_process {
    uint64_t cpu_ns; /* since the load began */
    uint64_t rss_bytes;
};

#define RECORD_WHOLE UINT64_C(0) /* the number of the span that is the whole run */

/* A row for a span; its number. */
uint64_t record_span_make(struct record_db *db, int64_t start_s, uint64_t length_s);
void record_span_make_whole(struct record_db *db);

/* Writes rows in the place of those that the span has. New series are written too; they live as
 * long as *series. */
void record_span_write(struct record_db *db, struct record_series *series, uint64_t span,
                       const struct results *r, struct record_process process);

/* Adds the span's rows to *r, whose texts then live as long as the arena, and gives what the
 * process had used (the more, of both). */
void record_span_read(struct record_db *db, const struct record_series *series, uint64_t span,
                      struct arena *arena, struct results *r, struct record_process *process);

void record_span_remove(struct record_db *db, uint64_t span);

/* All series that the record has, made in the arena. */
void record_series_read(struct record_db *db, struct arena *arena, struct record_series *series);
/* The number of one, which is written when it is new. */
uint64_t record_series_number(struct record_db *db, struct record_series *series,
                              const struct series *s);
/* 0: it has none. */
uint64_t record_series_find(const struct record_series *series, const struct series *s);
/* NULL with a failure: there is no such number. */
const struct series *record_series_at(struct record_db *db, const struct record_series *series,
                                      uint64_t number);
void record_series_free(struct record_series *series);

#endif
