/* report/compare_read.h: a record as it is compared: what each series did in equally long periods,
 * and in all. One thread. */
#ifndef WEIR_REPORT_COMPARE_READ_H
#define WEIR_REPORT_COMPARE_READ_H

#include "report/record_read.h"
#include "stats/periods.h"

enum {
    COMPARE_BLOCK_S = 10, /* length of the blocks that are drawn; longer where there are minutes */
    COMPARE_SHORTEST_S = 30,  /* what must be there of a run, and of a series in it */
    COMPARE_SECONDS_S = 7200, /* runs up to that long, and without minutes, are read by seconds */
    COMPARE_PERIODS = 2000,   /* of longer ones, at most */
    COMPARE_FINE = 2000000,   /* seconds of all series, at most; beyond, blocks do not overlap */
    COMPARE_MOST = 10000000,  /* periods of all series that are read */
};

struct compare_run {
    struct recorded recorded; /* its results: of the whole run */
    bool ended;               /* no: killed, or it still goes on */
    double length_s;          /* of the plan, or of what is there of it */
    double period_s;          /* 1, 10, or whole minutes */
    size_t block;             /* periods in a block */
    size_t n_periods;
    struct periods *periods; /* of each series, by its number less one */
};

/* False: it cannot be read, or is too short to say how much its figures scatter; *e. */
bool compare_run_open(struct compare_run *r, const char *path, struct err *e);
void compare_run_close(struct compare_run *r);

/* Of a series of the record; one that was not counted is empty. */
const struct series_data *compare_run_data(struct compare_run *r, const struct series *s);
const struct periods *compare_run_periods(const struct compare_run *r, const struct series *s);

#endif
