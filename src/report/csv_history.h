/* report/csv_history.h: the rows of PREFIX_history.csv: one for each second and series of calls,
 * from its first second on, also where nothing happened, so that a plot has no holes.
 *
 * Calls that were taken late still start in the second in which they were due: a second is held
 * back for HISTORY_HELD seconds, so that they reach its row. Those that come later than that (a
 * generator that hung; the run is invalid then) start in the oldest second held. So the rows of a
 * series always satisfy in_flight(t) = in_flight(t-1) + started(t) - ended(t), and the last one has
 * 0. */
#ifndef WEIR_REPORT_CSV_HISTORY_H
#define WEIR_REPORT_CSV_HISTORY_H

#include "base/buf.h"
#include "engine/sink.h"

enum { HISTORY_HELD = 10, HISTORY_FIGURES = 6 };

struct history_row {
    uint64_t started, fates[FATES], bytes_sent, bytes_received;
    bool has_figures;
    double figures[HISTORY_FIGURES]; /* ns, of the table in csv_history.c; NAN: no samples */
};

struct history_series {
    const struct series *series;
    int64_t first;                         /* its first second */
    uint64_t in_flight;                    /* after the last row that was written */
    struct history_row rows[HISTORY_HELD]; /* by second modulo HISTORY_HELD */
};

/* Starts as {0}. */
struct history {
    struct history_series **list; /* in the order of first use */
    size_t n, capacity;
    int64_t next; /* the oldest second that is not written */
    int64_t last; /* the newest second that came */
};

void history_header(struct buf *out);

/* Takes what was counted in a second; writes the rows that need not be held any longer. */
void history_add(struct history *h, const struct second *row, uint64_t start_wall_ns,
                 struct buf *out);

/* Writes all other rows. */
void history_end(struct history *h, uint64_t start_wall_ns, struct buf *out);

void history_free(struct history *h);

#endif
