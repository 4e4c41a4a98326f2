/* report/lag.h: what looks at a consumer group (proto/kafka_lag.h) say: how far it is behind, how
 * fast it goes, when it will be done, and why it may look better than it is. Figures are pure. */
#ifndef WEIR_REPORT_LAG_H
#define WEIR_REPORT_LAG_H

#include "base/buf.h"
#include "proto/kafka_lag.h"
#include "report/page.h"

/* Seconds and records; not known: NAN. */
struct lag_figures {
    double behind;   /* records (offsets) from where it has committed to the end */
    double waits_s;  /* since the first of them was written, by the record's own time stamp */
    double consumed; /* per second: what it has committed … */
    double produced; /* … and what has come */
    double drain_s;  /* until nothing is behind, at these rates; INFINITY: never */
};

struct lag_row {
    struct kafka_lag_partition now;
    struct lag_figures figures;
};

/* What the group was like at a look. */
struct lag_moment {
    double at_s;            /* since the first look */
    double behind, waits_s; /* of all partitions */
};

/* Starts as {.group = …}. */
struct lag_report {
    const char *group;
    double seconds; /* between the first look and the last; 0: there was only one */
    int64_t wall_ms;
    struct lag_row *rows; /* of the last look */
    size_t n;
    struct lag_figures total;
    size_t uncommitted;               /* partitions with records, of which nothing was committed */
    uint64_t dropped;                 /* records that retention took away before they were done */
    const struct lag_moment *moments; /* of each look */
    size_t n_moments;
    const struct kafka_lag_group *about; /* NULL: no explanation is wanted */
    const str *findings;                 /* of the explanation: sentences */
    size_t n_findings;
};

/* Sets all down to `dropped`, in the arena. One look alone: `first` and `last` are the same. */
void lag_compare(const struct kafka_lag_look *first, const struct kafka_lag_look *last,
                 struct arena *arena, struct lag_report *out);

/* Finds out, from `about`, why more consumers would not help, or would not come: sets `findings`,
 * in the arena. */
void lag_explain(struct lag_report *r, struct arena *arena);

void lag_text(struct page *p, const struct lag_report *r);
void lag_json(const struct lag_report *r, struct buf *out);

#endif
