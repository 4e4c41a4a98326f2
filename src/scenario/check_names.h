/* scenario/check_names.h: what checks and their operators are called. Pure. */
#ifndef WEIR_SCENARIO_CHECK_NAMES_H
#define WEIR_SCENARIO_CHECK_NAMES_H

#include "scenario/checks.h"

/* "==", "in", …; false with a sentence (ERR_USAGE). */
bool check_op_read(str text, enum check_op *out, struct err *e);

/* Adds what a check without a name of its own is called: "status is 201", "/state == PAID". */
void check_describe(const struct check *c, struct buf *out);

#endif
