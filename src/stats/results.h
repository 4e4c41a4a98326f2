/* stats/results.h: everything a run has measured so far: the merge of all recorders. Owned by the
 * aggregator's thread. */
#ifndef WEIR_STATS_RESULTS_H
#define WEIR_STATS_RESULTS_H

#include "base/map.h"
#include "stats/measures.h"
#include "stats/recorder.h"

struct result {
    const struct series *series;
    struct series_data data;
    struct result *same_name; /* the next with this name and other tags */
};

struct results {
    struct result **list; /* in the order of first use: calls, parts, records, then metrics */
    size_t n, capacity;
    size_t n_calls;               /* of them calls that are not parts: those in front */
    size_t n_timed;               /* calls and parts */
    size_t n_records;             /* records that were read: behind those */
    struct map by_name;           /* the first struct result of each name */
    struct iteration_books books; /* of the plan's loads */
    struct hist lateness, wait, turn;
    struct reply_book replies;
    struct awaited_book awaited;
    struct tally script_errors;
    uint64_t log_lines_lost;
};

/* Starts as {0}. Adds everything that the recorder holds. */
void results_add(struct results *r, const struct recorder *from);

/* Adds only what belongs to that second of the plan: for the recorder's own second its counts, for
 * any other the calls that were due in it. */
void results_add_second(struct results *r, const struct recorder *from, int64_t second);

/* Adds what another one holds. */
void results_merge(struct results *into, const struct results *from);

/* The entry of a series, made when it is not there yet. The series outlives the results. */
struct result *results_get(struct results *r, const struct series *s);

/* A worker does not answer any more: what it had under way, as far as it said, is interrupted and
 * abandoned. `why` lives as long as the plan. */
void results_give_up(struct results *r, str why);

/* Sum over all calls that are not parts; *into starts as {0} and is the caller's. */
void results_total(const struct results *r, struct series_data *into);
/* The same over all records that were read. */
void results_records(const struct results *r, struct series_data *into);

/* Calls that had their reply in time, of the series whose calls wait for replies. */
uint64_t results_answered(const struct results *r);
/* Sum over all series of what clients of that kind ("producer"; "": all) measured under this name;
 * *into likewise. */
void results_measure(const struct results *r, enum measure_id id, str client,
                     struct series_data *into);
/* Of a counter: what it made. */
uint64_t results_counted(const struct results *r, enum measure_id id);

void results_free(struct results *r);

#endif
