/* engine/conclude.h: the figures of a run that follow from its plan and its end: length, planned
 * iterations, rates (spec/measure.md, "Time line of a run"). Pure. */
#ifndef WEIR_ENGINE_CONCLUDE_H
#define WEIR_ENGINE_CONCLUDE_H

#include "engine/summary.h"

#define CONCLUDE_NOT_STOPPED UINT64_MAX

/* Sets `planned` in the results' books and summary's iterations, length_s, asked_rate and
 * achieved_rate. stopped_ns: of each load, when something ended it before its time, ns from the
 * start of the plan (0: before it began). */
void conclude(const struct plan *plan, const uint64_t *stopped_ns, struct results *results,
              struct summary *summary);

/* The plan's length as far as it is known before it runs: until its stages or -n end it
 * (UINT64_MAX: in the closed model -n ends it when it does). */
uint64_t conclude_expected_ns(const struct plan *plan);

/* A worker did not answer: what the plan wanted and nobody told of is unaccounted. */
void conclude_unanswered(struct results *results, struct summary *summary);

#endif
