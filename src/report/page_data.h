/* report/page_data.h: what the page shows of a run, gathered as the run goes on (or is told again):
 * one JSON object, the page (docs/page.md is its format).
 * Bounded: a timeline of at most so many points, the first failures, events. One thread at a
 * time. */
#ifndef WEIR_REPORT_PAGE_DATA_H
#define WEIR_REPORT_PAGE_DATA_H

#include "engine/sink.h"

struct page_data;

enum page_use {
    PAGE_ALONE,    /* one run in a file */
    PAGE_FOLLOWED, /* by viewers: report/page_live.h */
    PAGE_BESIDE,   /* two runs share a file: half as many points for each */
};

struct page_data *page_data_make(enum page_use use);
void page_data_free(struct page_data *p);

/* Before begin: a setting with its origin; fits args_walk. */
void page_data_setting(void *page_data, str name, str value, str origin);

/* The sink's calls. `info` lives as long as the page's data. */
void page_data_begin(struct page_data *p, const struct run_info *info);
void page_data_second(struct page_data *p, const struct second *row);
void page_data_event(struct page_data *p, const struct run_event *e);
/* A call that failed; secrets are masked, long texts cut. */
void page_data_failure(struct page_data *p, const struct shown_call *call);

/* A run as it is compared: the page with the shapes of what was measured, but without a summary,
 * which it need not have. */
void page_data_compared(struct page_data *p, const struct results *results,
                        const struct series_data *total, struct buf *out);

/* The whole page. `state`: "running", "ended" … . `s`: the summary, also one as things stand; NULL:
 * none. Only after begin. */
void page_data_write(struct page_data *p, const char *state, const struct summary *s,
                     struct buf *out);

#endif
