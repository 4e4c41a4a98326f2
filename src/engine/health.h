/* engine/health.h: the generator's honesty: what makes a run DEGRADED or INVALID (spec/measure.md,
 * "Verdict"). Pure: figures in, sentences out. Waiting that the target causes is never held against
 * the generator. */
#ifndef WEIR_ENGINE_HEALTH_H
#define WEIR_ENGINE_HEALTH_H

#include "engine/summary.h"

/* Judges summary->results and the books; writes into summary->verdict, sets summary->balanced. */
void health_judge(struct summary *summary);
/* Of a run that goes on: all but the books, which are not closed. */
void health_judge_so_far(struct summary *summary);

/* Two of its signs alone, as they stand: lateness of starts, which is seen beside the median
 * response time (0: not known), and the longest turn of a loop. */
enum validity health_of_lateness(const struct hist *late, uint64_t response_p50);
enum validity health_of_turns(const struct hist *turn);

/* Exit code of what is known (cli.md, "Exit codes"): 130 > 2 > 1 > 4 > 3 > 0. */
int health_exit_code(const struct summary *summary, bool output_failed);

#endif
