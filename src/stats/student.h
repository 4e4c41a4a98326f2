/* stats/student.h: Student's t distribution, for differences whose spread was estimated from few
 * blocks. Pure. Accurate to about 1e-10. */
#ifndef WEIR_STATS_STUDENT_H
#define WEIR_STATS_STUDENT_H

/* P(T > t); freedom: degrees, > 0, need not be whole. */
double student_tail(double t, double freedom);

/* The t for which P(|T| <= t) is `share`, 0 < share < 1. */
double student_within(double share, double freedom);

#endif
