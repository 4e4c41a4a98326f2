/* report/compare.h: two recorded runs held against each other: series that are in both, figure by
 * figure, and what of it is no chance (stats/compare.h). docs/compare.md says it in words. One
 * thread. */
#ifndef WEIR_REPORT_COMPARE_H
#define WEIR_REPORT_COMPARE_H

#include "report/compare_read.h"
#include "report/page.h"
#include "stats/compare.h"

/* A series that is in both runs. */
struct compare_pair {
    const struct series *series;
    const struct series_data *a, *b;
    struct compare_result results[COMPARE_FIGURES];
};

/* A setting that both runs have, with other values. */
struct compare_setting {
    str name, a, b;
};

enum { COMPARE_OUTCOMES = COMPARE_WORSE + 1, COMPARE_WARNINGS = 16 };

struct comparison {
    struct compare_run a, b;
    struct compare_pair *pairs;
    size_t n_pairs;
    const struct series **only_a, **only_b; /* series that the other one has not */
    size_t n_only_a, n_only_b;
    struct compare_setting *settings;
    size_t n_settings;
    str load_a, load_b; /* what was asked for, in words */
    str warnings[COMPARE_WARNINGS];
    unsigned n_warnings;
    size_t compared;                   /* figures over which the verdict is */
    size_t outcomes[COMPARE_OUTCOMES]; /* how many figures have each */
    struct arena arena;
};

/* Reads both and compares them. False: *e: a file cannot be read (ERR_RUN), both are the same run
 * (ERR_USAGE), a run is too short, there is no series that both have. */
bool comparison_open(struct comparison *c, const char *path_a, const char *path_b, struct err *e);
void comparison_close(struct comparison *c); /* also when it could not be opened */

/* Is b worse in some figure (exit code 3)? */
bool comparison_is_worse(const struct comparison *c);

/* compare_json.c */
void comparison_json(const struct comparison *c, struct buf *out);

/* compare_html.c: both runs and the comparison in one page for a browser. Reads the records once
 * more. False: *e. */
struct output;
bool comparison_html(struct comparison *c, struct output *out, struct err *e);

/* text_compare.c */
void comparison_text(struct page *p, const struct comparison *c);

#endif
