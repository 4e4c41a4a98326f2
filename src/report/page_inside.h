/* report/page_inside.h: what the page's data are made of, for the files that gather them
 * (page_data.c) and those that write them. Private to src/report/page_*.c. */
#ifndef WEIR_REPORT_PAGE_INSIDE_H
#define WEIR_REPORT_PAGE_INSIDE_H

#include "report/page_data.h"
#include "report/timeline.h"

struct page_list {
    struct buf text; /* members, a comma behind each */
    size_t told;     /* of it, by page_data_more */
};

struct page_data {
    enum page_use use;
    const struct run_info *info;
    struct timeline timeline;
    struct page_list settings, series, events, failures;
    unsigned n_events, n_failures;
    size_t n_series;    /* of the timeline's, in that list */
    size_t texts_bytes; /* of failures */
    uint64_t *told;     /* of each series: what page_live_summary counted when it told of it */
    size_t n_told;
};

/* page_data.c. Series that are new in the timeline go into the list. */
void page_add_series(struct page_data *p);

/* ---- page_write.c ---- */

void page_put_list(struct json_out *j, str key, str members); /* with a comma behind each */
/* The page up to what it has beside the course; `of_series`: with that of each series. */
void page_begin(struct page_data *p, struct json_out *j, const char *state, bool of_series);
void page_end(struct page_data *p, struct json_out *j);
/* "thresholds": what was found of each, as the terminal says it. */
void page_put_thresholds(struct json_out *j, const struct verdict *v);
/* The members of a shape, into an object. */
void page_put_shape(struct json_out *j, const struct series_data *d);

#endif
