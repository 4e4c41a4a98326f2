/* report/check_rows.h: the checks of a run, each of a series with how often it passed and failed.
 */
#ifndef WEIR_REPORT_CHECK_ROWS_H
#define WEIR_REPORT_CHECK_ROWS_H

#include "stats/results.h"

struct check_row {
    str name;
    const struct series *series;
    uint64_t passed, failed;
};

struct check_rows {
    struct check_row *list; /* by series, in the order of their first use */
    size_t n, capacity;
    uint64_t passed, failed; /* of all */
};

/* Views of the results, which stay as they are. */
struct check_rows check_rows_of(const struct results *r);
void check_rows_free(struct check_rows *rows);

#endif
