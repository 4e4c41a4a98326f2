/* stats/recorder.h: what one worker counted in one second. The worker owns it, fills it without a
 * lock, and hands the full one over when the second of a completion changes; it gets it back empty.
 */
#ifndef WEIR_STATS_RECORDER_H
#define WEIR_STATS_RECORDER_H

#include "stats/awaited.h"
#include "stats/books.h"
#include "stats/replies.h"

/* Calls that are due in another second than the recorder's: their second was over when they were
 * taken, or nothing was done yet in their second. */
struct other_start {
    int64_t second;
    unsigned series; /* the worker's number of it */
    uint64_t calls, calls_in_plan;
};

/* What clients measure by themselves. */
struct recorder_measure {
    const struct series *series;
    struct series_data data;
};

struct recorder {
    int64_t second;               /* of the plan: floor of seconds since its start */
    const struct series **series; /* what data[i] counts; the worker's numbering */
    struct series_data **data;    /* NULL where nothing was ever counted */
    unsigned n, capacity;
    struct iteration_books books; /* of the plan's loads; `planned` is left to the run */
    struct other_start *others;   /* starts of other seconds, in none of data[].started */
    size_t n_others, others_capacity;
    struct recorder_measure *measured; /* by a numbering of their own */
    unsigned n_measured, measured_capacity;
    struct hist lateness;      /* taken - due of iterations, ns, open model */
    struct hist wait;          /* sent - taken of calls, ns */
    struct hist turn;          /* busy time of loop turns, ns */
    struct reply_book replies; /* that came, by when they did */
    struct awaited_book awaited;
    struct tally script_errors; /* why iterations ended by an error, in words */
    uint64_t log_lines_lost;    /* of the per-call log: the writer could not keep up */
};

struct series_data *recorder_first_use(struct recorder *r, unsigned i, const struct series *s);

/* Starts as {0}. The data of series number i, made when first asked for. */
static inline struct series_data *recorder_data(struct recorder *r, unsigned i,
                                                const struct series *s)
{
    return i < r->n && r->data[i] ? r->data[i] : recorder_first_use(r, i, s);
}

/* The data of measure number i, likewise; valid until another one is asked for. */
struct series_data *recorder_measured(struct recorder *r, unsigned i, const struct series *s);

/* Notes a call that started: its due time, ns from the start of the plan, and whether that is
 * before the end of the plan. */
void recorder_started(struct recorder *r, unsigned i, const struct series *s, uint64_t due_ns,
                      bool in_plan);

void recorder_clear(struct recorder *r); /* empty again, keeps its memory and its second */
void recorder_free(struct recorder *r);

#endif
