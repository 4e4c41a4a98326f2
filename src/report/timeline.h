/* report/timeline.h: the course of a run as points of a chart, bounded however long it is: the same
 * rows are added up to points of 1 s, 2 s, 10 s … an hour, each level on its own; a level that
 * has too many points is forgotten, and the finest that is left is shown. One thread. */
#ifndef WEIR_REPORT_TIMELINE_H
#define WEIR_REPORT_TIMELINE_H

#include "base/buf.h"
#include "report/time_acc.h"

enum {
    TIMELINE_LEVELS = 10,
    TIMELINE_POINTS = 1200, /* of all calls together, at most */
    TIMELINE_CELLS = 24000, /* points of all series together, at most */
    TIMELINE_FIGURES = 8,   /* of response and of service times */
};

/* A series in a stretch of time. */
struct time_point {
    int64_t start_s;
    uint64_t length_s;
    struct time_counts counts;
    double response_us[TIMELINE_FIGURES], service_us[TIMELINE_FIGURES]; /* NAN: no samples */
};

/* All calls in a stretch of time. */
struct time_frame {
    struct time_point calls;
    double asked, users; /* starts per second, users that the plan asks for; NAN: none of that */
    struct iteration_book iterations;
    double late_p99, late_max, wait_p99, turn_max; /* µs; NAN: none */
    struct buf heat, causes;                       /* JSON */
};

/* Points of one width, in order. Starts as {0}. */
struct time_set {
    struct time_frame *frames;
    size_t n_frames, frames_capacity;
    struct time_points {
        struct time_point *list;
        size_t n, capacity;
    } * series;                /* by number */
    size_t n_series, n_points; /* of all series together */
};

struct timeline_level {
    struct time_acc acc; /* the point that is being counted */
    struct time_set set;
    bool frames_over, series_over; /* there were too many: forgotten */
};

struct timeline {
    const struct plan *plan;
    struct time_names names;
    struct timeline_level levels[TIMELINE_LEVELS];
    int64_t last;          /* the newest second that came; -1: none */
    bool half;             /* of all limits: two runs share a page */
    bool follow;           /* keep what comes for timeline_fresh_json, too */
    struct time_set fresh; /* frames of 1 s */
};

void timeline_init(struct timeline *t, const struct plan *plan);
void timeline_free(struct timeline *t);

/* A row of a second that is over; those of older seconds, which tell of late starts, are counted in
 * the next point. */
void timeline_add(struct timeline *t, const struct second *row);

/* ---- timeline.c, for timeline_json.c ---- */

/* Adds what `a` holds as a frame, as points of its series; and takes the last ones back. */
void time_set_push_frame(struct time_set *set, const struct timeline *t, const struct time_acc *a);
void time_set_pop_frame(struct time_set *set);
void time_set_push_points(struct time_set *set, const struct time_acc *a);
void time_set_pop_points(struct time_set *set, const struct time_acc *a);
void time_set_free(struct time_set *set); /* as {0} again */

/* ---- timeline_json.c ---- */

/* "time": {...}, "of_series": [...], as members of an object: all points, and what is being
 * counted as one that may still grow. */
void timeline_json(struct timeline *t, struct buf *out);

/* "time": {...} alone. */
void timeline_time_json(struct timeline *t, struct buf *out);
/* The same of the points of 1 s that came since the last time; nothing when none did. */
void timeline_fresh_json(struct timeline *t, struct buf *out);

/* One of "of_series", as an object: its points that end behind `after_s`. The first of them may be
 * wider than one of an earlier answer, but holds whole ones of those. */
void timeline_one_json(struct timeline *t, size_t number, int64_t after_s, struct buf *out);
/* "of_series": [...] of the series from that number on, until there are enough points for one
 * message; the number of the next one, 0 when there is none left. */
size_t timeline_some_json(struct timeline *t, size_t number, struct buf *out);

#endif
