/* engine/guards.h: the thresholds of a run all along: those over windows and stages take each
 * second (stats/threshold_watch.h), those with `abort` say when the run is to end, and at the end
 * all are judged. Owned by the run's thread. */
#ifndef WEIR_ENGINE_GUARDS_H
#define WEIR_ENGINE_GUARDS_H

#include "engine/sink.h"

struct guards;

/* Do the stages that the threshold names exist in this plan? False with a sentence (ERR_USAGE). */
bool guards_fits(const struct plan *plan, const struct threshold *t, struct err *e);

/* Plan and thresholds, which fit, live longer. */
struct guards *guards_open(const struct plan *plan, const struct threshold *list, unsigned n);
void guards_close(struct guards *g);

/* Is a threshold about a stage of the plan, so that its stages must stay as they are? */
bool guards_need_stages(const struct guards *g);
/* The plan is another one now. */
void guards_changed(struct guards *g);
/* The plan ends then, before its time. */
void guards_stopped(struct guards *g, uint64_t at_ns);

/* A second is complete; `so_far`: everything. The first threshold that ends the run now; NULL:
 * none.
 */
const struct threshold *guards_second(struct guards *g, const struct second *row,
                                      const struct results *so_far);

/* How they stand: of what the last second that came made of them. Results in the arena; how many: 0
 * before the first second. */
unsigned guards_stand(const struct guards *g, const struct results *so_far, struct arena *arena,
                      struct threshold_result **out);

/* It did end the run, then. */
void guards_ended(struct guards *g, const struct threshold *t, uint64_t at_ns);

/* The run is over, its figures are in the summary: judges all thresholds into the verdict. */
void guards_judge(struct guards *g, struct summary *s, struct arena *arena);

#endif
