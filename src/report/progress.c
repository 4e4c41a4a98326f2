/* Progress: the last second, or the last ten, in one line. */
#include "report/progress.h"

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/units.h"

enum { SECONDS_A_LINE = 10 }; /* where lines cannot be rewritten */

struct progress {
    struct sink sink;
    struct page page;
    const struct plan *plan;         /* may change while it runs */
    uint64_t length_ns;              /* of it; UINT64_MAX: without end */
    bool reads;                      /* records, instead of making calls */
    struct series_data since;        /* what came since the last line */
    int64_t last;                    /* the newest second that came */
    int64_t shown;                   /* the last line's */
    uint64_t started, ended, failed; /* all so far */
    bool on_screen;                  /* an unfinished line */
};

static void wipe(struct progress *g)
{
    struct err ignored;
    if (!g->on_screen)
        return;
    page_text(&g->page, PLAIN, STR("\r\x1b[K"));
    page_write(&g->page, &ignored);
    g->on_screen = false;
    log_over_line(false);
}

static void add_percentile(struct page *p, const struct hist *h, const char *name, double percent)
{
    struct human time = human_time((double)hist_percentile(h, percent) / (double)NS_PER_S);
    page_printf(p, DIM, "  %s ", name);
    page_cell(p, PLAIN, LEFT, 7, h->count ? str_from(time.text) : STR("-"));
}

static void add_calls(struct progress *g)
{
    struct page *p = &g->page;
    page_printf(p, DIM, "  in flight ");
    page_printf(p, PLAIN, "%s", human_count(g->started - g->ended).text);
    page_printf(p, DIM, "  errors ");
    page_printf(p, g->failed ? RED : PLAIN, "%s", human_count(g->failed).text);
}

static void add_records(struct progress *g)
{
    struct page *p = &g->page;
    page_printf(p, DIM, "  received ");
    page_printf(p, PLAIN, "%s", human_count(g->started).text);
    if (!g->since.read.audited)
        return;
    page_printf(p, DIM, "  twice, corrupt ");
    page_printf(p, g->failed ? RED : PLAIN, "%s", human_count(g->failed).text);
}

static void compose(struct progress *g)
{
    struct page *p = &g->page;
    double seconds = (double)(g->last - g->shown);
    uint64_t n = g->reads ? g->since.started : series_data_ended(&g->since);
    double rate = (double)n / seconds;
    uint64_t begun_ns = (uint64_t)g->last * NS_PER_S; /* the second that is shown */
    page_printf(p, BOLD, "%s", human_duration(begun_ns + NS_PER_S).text);
    if (begun_ns >= g->length_ns)
        page_text(p, DIM, STR(" draining"));
    else if (g->length_ns != UINT64_MAX)
        page_printf(p, DIM, " of %s", human_duration(g->length_ns).text);
    page_printf(p, PLAIN, "  %s/s", human_rate(rate).text);
    add_percentile(p, &g->since.response, "p50", 50);
    add_percentile(p, &g->since.response, "p99", 99);
    if (g->reads)
        add_records(g);
    else
        add_calls(g);
}

static void show_line(struct progress *g)
{
    struct err ignored;
    wipe(g);
    g->length_ns = plan_length_ns(g->plan);
    compose(g);
    g->on_screen = g->page.paper.terminal;
    if (!g->on_screen)
        page_text(&g->page, PLAIN, STR("\n"));
    page_write(&g->page, &ignored);
    log_over_line(g->on_screen);
    g->shown = g->last;
    series_data_clear(&g->since);
}

static void begin(struct sink *s, const struct run_info *info)
{
    struct progress *g = CONTAINER_OF(s, struct progress, sink);
    g->plan = info->plan;
    g->reads = info->plan->reads;
}

/* A further row of an old second only tells of late starts: no reason for a new line. */
static void second(struct sink *s, const struct second *row)
{
    struct progress *g = CONTAINER_OF(s, struct progress, sink);
    struct series_data all = {0};
    if (g->reads)
        results_records(row->delta, &all);
    else
        results_total(row->delta, &all);
    g->started += all.started;
    g->ended += series_data_ended(&all);
    g->failed += series_data_failed(&all) + all.read.classes[RECORD_DUPLICATE] +
                 all.read.classes[RECORD_CORRUPT];
    series_data_merge(&g->since, &all);
    series_data_free(&all);
    if (row->second > g->last)
        g->last = row->second;
    if (g->last - g->shown >= (g->page.paper.terminal ? 1 : SECONDS_A_LINE))
        show_line(g);
}

static void shown(struct sink *s, const struct shown_call *call)
{
    (void)call;
    wipe(CONTAINER_OF(s, struct progress, sink));
}

static void settle(struct sink *s, struct summary *summary)
{
    (void)summary;
    wipe(CONTAINER_OF(s, struct progress, sink));
}

static void close_progress(struct sink *s)
{
    struct progress *g = CONTAINER_OF(s, struct progress, sink);
    wipe(g);
    series_data_free(&g->since);
    buf_free(&g->page.text);
    mem_free(g);
}

static const struct sink_table progress_table = {
    .name = "progress",
    .begin = begin,
    .second = second,
    .shown = shown,
    .settle = settle,
    .close = close_progress,
};

struct sink *progress_sink(struct paper paper)
{
    struct progress *g = mem_zero(sizeof *g);
    g->sink.table = &progress_table;
    g->page.paper = paper;
    g->length_ns = UINT64_MAX;
    g->last = g->shown = -1;
    return &g->sink;
}
