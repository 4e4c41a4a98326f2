/* engine/health.h: the generator's honesty: what makes a run DEGRADED or INVALID (spec/measure.md,
 * "Verdict"). Pure: figures in, sentences out. Waiting that the target causes is never held against
 * the generator. */
#ifndef WEIR_ENGINE_HEALTH_H
#define WEIR_ENGINE_HEALTH_H

#include "engine/summary.h"

/* Judges summary->results and the books; writes into summary->verdict, sets summary->balanced. */
void health_judge(struct summary *summary);

/* Exit code of what is known (cli.md, "Exit codes"): 130 > 2 > 1 > 4 > 3 > 0. */
int health_exit_code(const struct summary *summary, bool output_failed);

#endif
