/* cli/demo_stall.h: what tools report of a target that stands still for two seconds. */
#ifndef WEIR_CLI_DEMO_STALL_H
#define WEIR_CLI_DEMO_STALL_H

#include "base/arena.h"
#include "base/err.h"

/* Runs weir, then each other tool that is installed, against a target with the same freeze, and
 * prints what they report beside the truth. The exit code. */
int demo_stall(struct arena *arena, struct err *e);

/* The percentile that a tool's text reports, in seconds; NAN when it is not there. Understands the
 * summaries of wrk ("90%  1.2ms"), hey ("90% in 0.0012 secs"), oha ("90.00% in 0.0012 sec") and k6
 * ("p(90)=1.2ms"). Pure. */
double demo_reported(str output, unsigned percent);

#endif
