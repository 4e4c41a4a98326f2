/* report/time_acc.h: what was counted in a stretch of time, as the page needs it: of each series,
 * and of all together. Accumulators add up exactly, so that seconds become minutes before any
 * percentile is taken. Owned by its timeline; one thread. */
#ifndef WEIR_REPORT_TIME_ACC_H
#define WEIR_REPORT_TIME_ACC_H

#include "base/arena.h"
#include "base/map.h"
#include "engine/sink.h"
#include "stats/hist_list.h"

enum { TIME_CAUSES = 64 }; /* kinds of causes that are told apart; the rest is "other" */

/* The series and causes of a run, by number. Starts as {0}. */
struct time_names {
    struct time_series {
        const struct series *series; /* lives as long as the plan */
        unsigned number;             /* from 0, in the order of first use */
        struct time_series *same_name;
    } * *list;
    size_t n, capacity;
    struct map by_name; /* the first of each name */
    str causes[TIME_CAUSES];
    unsigned n_causes;
    struct arena arena; /* of the causes' texts */
};

/* NULL: a script's metric, which has no calls. */
struct time_series *time_names_series(struct time_names *names, const struct series *s);
void time_names_free(struct time_names *names);

struct time_counts {
    uint64_t started, fates[FATES], bytes_sent, bytes_received;
};

struct time_cell {
    struct time_counts counts;
    struct hist_list response, service;
};

struct time_total {
    struct time_counts counts;
    struct hist response, service;
};

/* Starts as {0}. */
struct time_acc {
    bool open; /* its start is known */
    int64_t start_s, end_s;
    struct time_cell **cells; /* by number of the series; NULL: nothing */
    size_t n_cells;
    struct time_total total; /* of all calls that are not parts */
    uint64_t causes[TIME_CAUSES];
    struct iteration_book iterations;
    struct hist lateness, wait, turn;
};

/* Adds a row; `reads`: the total is of records, not of calls. */
void time_acc_add(struct time_acc *a, struct time_names *names, const struct results *delta,
                  bool reads);
void time_acc_merge(struct time_acc *into, const struct time_acc *from);
/* Of one series alone. */
void time_acc_merge_cell(struct time_acc *into, const struct time_acc *from, size_t number);
void time_acc_free(struct time_acc *a); /* as {0} again */

#endif
