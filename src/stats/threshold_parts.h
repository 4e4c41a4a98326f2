/* stats/threshold_parts.h: what judging a whole run and judging its parts share. Private to
 * stats/threshold_*.c. */
#ifndef WEIR_STATS_THRESHOLD_PARTS_H
#define WEIR_STATS_THRESHOLD_PARTS_H

#include "base/nearest.h"
#include "stats/measures.h"
#include "stats/threshold.h"

/* Adds the series that are meant to the sum; how many there are. */
size_t threshold_add(const struct threshold *t, const struct results *r, struct series_data *sum);

/* In the unit; NAN: there is none. */
double threshold_value(const struct threshold *t, const struct threshold_input *in,
                       const struct series_data *d);
bool threshold_holds(const struct threshold *t, double value);

/* Reading what is about clients' own measures; false with a sentence. A name of Java's clients
 * becomes the figure that it stands for, in the arena; others stay. */
bool threshold_java(str *expr, struct arena *arena, struct err *e);
/* `figure`: behind the measure's name and a dot, if there is one. */
bool threshold_measure(const struct measure *m, bool dot, str figure, struct threshold *t,
                       struct err *e);
void threshold_near_measure(struct nearest *n, str name);

/* Why nothing is meant. */
str threshold_no_series(const struct threshold *t, const struct results *r, struct arena *arena);

#endif
