/* stats/bootstrap.h: how much the figures of a series would scatter if its run were made again:
 * moving blocks of periods (Künsch, 1989) are drawn until a run is as long as the real one, many
 * times. Neighbouring seconds are alike, blocks keep them together. Pure: the same seed gives the
 * same numbers. */
#ifndef WEIR_STATS_BOOTSTRAP_H
#define WEIR_STATS_BOOTSTRAP_H

#include "base/rng.h"
#include "stats/compare.h"

enum { BOOTSTRAP_RUNS = 500 };

/* Variances of the figures (struct compare_side), with the factor k / (k - 1) for k whole blocks,
 * for from few blocks too small ones come out. A figure that some drawn runs have not (no calls):
 * of the others. block: periods, at most as many as there are. */
void bootstrap_variances(const struct periods *p, size_t block, struct rng *rng, double *variances);

#endif
