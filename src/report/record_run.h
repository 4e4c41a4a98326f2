/* report/record_run.h: what a record says of the run as a whole: before it starts (run, settings,
 * plan, thresholds) and when its books are closed (summary, verdict). One thread, that of the
 * file. */
#ifndef WEIR_REPORT_RECORD_RUN_H
#define WEIR_REPORT_RECORD_RUN_H

#include "base/args.h"
#include "engine/summary.h"
#include "report/record_db.h"

/* ---- record_run.c: before ---- */

void record_write_settings(struct record_db *db, const struct args *a);
void record_write_thresholds(struct record_db *db, const struct threshold *list, unsigned n);
void record_write_run(struct record_db *db, const struct run_info *info);
/* A load's plan, instead of the one that is there. */
void record_write_stages(struct record_db *db, unsigned load, const struct profile *p);
/* When the load has begun: the exact time. */
void record_write_start(struct record_db *db, uint64_t started_wall_ns);

/* Makes info, with its plan and words, in the arena; what no output shows is left out (scenarios,
 * clients). A plan that cannot be is a failure of db. */
struct run_info *record_read_run(struct record_db *db, struct arena *arena);

/* The expressions of the thresholds, which are read again. */
struct threshold *record_read_thresholds(struct record_db *db, bool metrics, struct arena *arena,
                                         unsigned *n);

/* ---- record_end.c: after ---- */

void record_write_end(struct record_db *db, const struct summary *s, bool repaired);

/* Is there an end? */
bool record_has_end(struct record_db *db);

/* Fills the summary's own figures and its verdict, from the arena. */
void record_read_end(struct record_db *db, struct arena *arena, struct summary *s);

/* record_machine.c. That of a record that does not know it: all zero. */
void record_write_machine(struct record_db *db, const struct machine *m);
void record_read_machine(struct record_db *db, struct arena *arena, struct machine *m);

#endif
