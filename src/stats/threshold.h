/* stats/threshold.h: what must hold of a run ("response_time.p99 < 250ms"): read once, judged on
 * the results. Pure. The language: [SELECTOR.]FIGURE OP VALUE[UNIT] [over SPAN] [abort]   OP: < <=
 * > >= == ~= SELECTOR: "name", series{tag=value,...} or both, series{...}."name"; without one all
 * calls that are not parts FIGURE:   of threshold_figures.h: response_time.X, service_time.X with
 * the X of stats/figures.h; failed (a count, or % of started), checks, rate, ... SPAN:     30s:
 * every such stretch of the run, sliding by the second; stage 2; each stage; without one the whole
 * run abort:    the run ends as soon as it is missed Of what a script counts: NAME OP VALUE for the
 * sum of a counter, NAME.X for a figure of values, NAME.count; the name in quotes when it is not
 * one word or is like a figure's. */
#ifndef WEIR_STATS_THRESHOLD_H
#define WEIR_STATS_THRESHOLD_H

#include "base/arena.h"
#include "base/err.h"
#include "stats/figures.h"
#include "stats/results.h"

enum threshold_op { OP_LESS, OP_AT_MOST, OP_MORE, OP_AT_LEAST, OP_EQUAL, OP_NOT_EQUAL };

/* What a threshold's value and bound are. */
enum threshold_unit {
    UNIT_SECONDS,
    UNIT_SHARE, /* 0..1 */
    UNIT_COUNT,
    UNIT_RATE,   /* per second */
    UNIT_NUMBER, /* of a script */
};

/* Over which part of the run a threshold must hold. */
enum threshold_span { SPAN_RUN, SPAN_WINDOW, SPAN_STAGE, SPAN_EACH_STAGE };

enum { WINDOW_LONGEST_S = 600 }; /* a threshold keeps each second of its window */

struct threshold_figure;

struct threshold {
    str expr;               /* as the user wrote it */
    str name;               /* of the series; p is NULL: any */
    const struct tag *tags; /* that the series must have */
    unsigned n_tags;
    const struct threshold_figure *figure; /* of the table in threshold.c */
    struct figure of_times;                /* of times and values: which figure of theirs */
    enum threshold_op op;
    enum threshold_unit unit;
    double bound; /* in the unit */
    enum threshold_span span;
    unsigned window_s; /* SPAN_WINDOW: its length, seconds */
    unsigned stage;    /* SPAN_STAGE: which one, from 1 */
    bool abort;        /* the run ends when it is missed */
};

/* All strings are in the arena. `metrics`: a script may count things of its own, whose names come
 * true when it runs. False with a sentence (ERR_USAGE) that quotes the expression. */
bool threshold_parse(str expr, bool metrics, struct arena *arena, struct threshold *out,
                     struct err *e);

/* What is judged: a run after its end, or a part of it. */
struct threshold_input {
    const struct results *results;
    const struct iteration_book *iterations; /* of all loads together */
    double length_s;                         /* of the plan, as rates divide by it */
    double asked_rate;                       /* iterations per second; NAN in the closed model */
    double achieved_rate;                    /* iterations per second */
    bool part; /* calls are under way at its borders: shares are of those that ended in it */
};

struct threshold_result {
    str expr; /* the threshold's */
    enum threshold_unit unit;
    bool has_value; /* false: nothing was measured; then it is not passed */
    double value;   /* in the unit */
    bool passed;
    str why; /* in the arena; without a value: the reason, a sentence; else empty */
    /* Of a span: */
    unsigned parts, missed; /* windows or stages with a value; of them: it did not hold */
    double from_s, to_s;    /* where the value is from, the worst of all; from the plan's start */
    double aborted_s;       /* when it ended the run; 0: it did not */
};

struct threshold_result threshold_judge(const struct threshold *t, const struct threshold_input *in,
                                        struct arena *arena);

#endif
