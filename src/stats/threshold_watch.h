/* stats/threshold_watch.h: a threshold over parts of a run (over 30s, over each stage): takes the
 * seconds as they come, judges each part when it is complete, and keeps the worst. Pure; one
 * thread.
 *
 * Windows are of whole seconds and slide by one. A second belongs to the stage in which it begins,
 * and what comes behind the plan's end to its last stage. Parts in which nothing was measured are
 * not judged. What depends on the plan (rates, iterations) is judged within it only. */
#ifndef WEIR_STATS_THRESHOLD_WATCH_H
#define WEIR_STATS_THRESHOLD_WATCH_H

#include "stats/threshold.h"

/* What the plan asks for. */
struct watch_plan {
    const uint64_t *stages_ns; /* where each stage ends, from the start of the plan */
    unsigned n_stages;
    uint64_t length_ns; /* of the plan; UINT64_MAX: not known; may become shorter */
    double (*asked)(const void *owner, uint64_t from_ns, uint64_t to_ns); /* arrivals; NAN: none */
    const void *owner;
};

struct watch_part; /* a second of a window, or a stage */

struct threshold_watch {
    const struct threshold *threshold;
    const struct watch_plan *plan;
    struct watch_part *parts; /* window: by second modulo its length; else by stage */
    unsigned n_parts;
    int64_t newest;      /* second that came; -1: none */
    int64_t judged;      /* all windows that end before this second; all stages before this one */
    unsigned n, missed;  /* parts with a value; of them: it did not hold */
    double worst;        /* value */
    double from_s, to_s; /* where it is from */
    bool meant;          /* there was a series that the threshold means */
};

void watch_init(struct threshold_watch *w, const struct threshold *t,
                const struct watch_plan *plan);

/* A second is complete; a further row of an old one adds to it, but judges no window again. */
void watch_add(struct threshold_watch *w, int64_t second, const struct results *delta);

/* The run is over, the plan's length is known: judges what is left. */
void watch_end(struct threshold_watch *w);

/* After watch_end; `results`: of the whole run. */
struct threshold_result watch_result(const struct threshold_watch *w, const struct results *results,
                                     struct arena *arena);

void watch_free(struct threshold_watch *w);

#endif
