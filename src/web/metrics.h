/* web/metrics.h: a run as metrics for Prometheus. Names, types and units stand in one table, from
 * which the documentation is written too. Pure. */
#ifndef WEIR_WEB_METRICS_H
#define WEIR_WEB_METRICS_H

#include "engine/control.h"
#include "engine/summary.h"
#include "web/expo.h"

/* What is told of. */
struct metrics_run {
    const struct run_info *info;
    const struct results *results; /* so far */
    enum control_phase phase;
    const double *asked; /* of each load at this moment: starts/s or users */
    double begun_s;      /* when this process began, of the wall clock */
    double cpu_s;        /* of this process */
    double rss_bytes;
};

void metrics_write(const struct metrics_run *run, const struct expo_format *format,
                   struct buf *out);

/* All of them as a table of Markdown. */
void metrics_reference(struct buf *out);
/* Calls `tell` for each family in its order. */
void metrics_list(void (*tell)(void *owner, const struct expo_family *f), void *owner);

/* The labels of a series: its name as `series`, `part` where it is one, its tags. Tag names become
 * label names; where one is taken, or is none, a name with "tag_" before it or a number behind. In
 * the arena. */
void metrics_labels(const struct series *s, struct arena *arena, struct expo_labels *out);

#endif
