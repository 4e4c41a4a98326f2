/* load/integral.h: the integral of the asked rate over one stage of an open plan, and its inverse.
 * Arrival k is due where the integral, summed from the start of the plan, is about to exceed k
 * (spec/measure.md, "Arrivals"). Pure. In long double (64 bits of fraction or more): a time stays
 * exact to the ns after a year, a number of arrivals after 1e10 of them. */
#ifndef WEIR_LOAD_INTEGRAL_H
#define WEIR_LOAD_INTEGRAL_H

#include "load/profile.h"

/* The integral at the end of `s`, when it is `before` at its start. A sum within the rounding of
 * the rates (they are doubles: 6/m is 0.1000…0055 per second) of a whole number is that number, so
 * that 6/m for 10m are 60 arrivals and not 61. */
long double integral_after(const struct stage *s, long double before);

/* When the integral reaches `at`: ns from the start of `s`, nearest, always inside the stage.
 * `before` <= at < `after`, the integral at its start and end. */
uint64_t integral_time_ns(const struct stage *s, long double before, long double after,
                          long double at);

#endif
