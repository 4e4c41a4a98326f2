/* The summary for people: its order, its first lines, and the sink. */
#include "report/text.h"

#include <inttypes.h>

#include "base/list.h"
#include "base/mem.h"
#include "base/units.h"
#include "report/text_blocks.h"

struct text_file {
    struct sink sink;
    struct page page;
    struct err failure; /* of the first lines */
};

/* ---- before the run ---- */

static void add_limits(struct page *p, const struct load *load, uint64_t connections)
{
    static const char *const laws[] = {[ARRIVALS_UNIFORM] = "uniform",
                                       [ARRIVALS_POISSON] = "poisson",
                                       [ARRIVALS_BY_STAGE] = "uniform and poisson"};
    if (load->count != UINT64_MAX)
        page_printf(p, PLAIN, ", at most %s iteration%s", human_count(load->count).text,
                    load->count == 1 ? "" : "s");
    if (load->profile.model == LOAD_OPEN)
        page_printf(p, PLAIN, ", %s", laws[load->law]);
    if (load->max_in_flight != UINT64_MAX)
        page_printf(p, PLAIN, ", at most %s in progress%s", human_count(load->max_in_flight).text,
                    load->overload == OVERLOAD_SKIP ? " (others are skipped)" : "");
    if (connections)
        page_printf(p, PLAIN, ", at most %s connections", human_count(connections).text);
    if (load->warmup_ns)
        page_printf(p, PLAIN, ", after %s of warm-up", human_duration(load->warmup_ns).text);
}

static void add_target(struct page *p, const struct run_info *info)
{
    struct buf target = {0};
    page_clean(&target, str_from(info->target));
    page_text(p, PLAIN, buf_view(&target));
    buf_free(&target);
    if (!info->plan->reads)
        page_printf(p, DIM, " · seed %" PRIu64, info->plan->seed);
    page_printf(p, DIM, " · %u %s, %s\n", info->plan->threads,
                info->plan->threads == 1 ? "thread" : "threads", info->loop);
}

static void add_machine(struct page *p, const struct machine *m)
{
    struct buf words = {0}, clean = {0};
    machine_words(m, &words);
    page_clean(&clean, buf_view(&words));
    if (clean.n)
        page_printf(p, DIM, "on " STR_FMT "\n", STR_ARG(buf_view(&clean)));
    buf_free(&words);
    buf_free(&clean);
}

void text_load(struct page *p, const struct load *load, const struct run_info *info)
{
    struct buf words = {0};
    profile_describe(&load->profile, run_words(info)->user, run_words(info)->users, &words);
    if (load->name.n)
        page_printf(p, PLAIN, STR_FMT ": ", STR_ARG(load->name));
    page_text(p, BOLD, load->profile.model == LOAD_OPEN ? STR("open model") : STR("closed model"));
    page_printf(p, PLAIN, ": %s" STR_FMT, load->as_needed ? "as fast as it goes, at most " : "",
                STR_ARG(buf_view(&words)));
    buf_free(&words);
    add_limits(p, load, info->connections);
    page_text(p, PLAIN, STR("\n"));
}

/* What is read, of a plan that makes no load. */
static void add_reading(struct page *p, const struct run_info *info)
{
    page_text(p, BOLD, STR("reading"));
    page_printf(p, PLAIN, ": %s\n", info->reading);
}

void text_opening(struct page *p, const struct run_info *info)
{
    if (info->plan->reads)
        add_reading(p, info);
    for (unsigned i = 0; !info->plan->reads && i < info->plan->n_loads; i++)
        text_load(p, &info->plan->loads[i], info);
    add_target(p, info);
    add_machine(p, &info->machine);
}

/* ---- after the run ---- */

static void add_rate(struct page *p, const struct summary *s)
{
    double share = s->achieved_rate / s->asked_rate;
    page_label(p, "rate");
    page_printf(p, BOLD, "%s starts/s", human_rate(s->achieved_rate).text);
    if (s->asked_rate > 0) {
        page_printf(p, PLAIN, " of %s asked (", human_rate(s->asked_rate).text);
        page_printf(p, share > 0.99 ? PLAIN : YELLOW, "%.4g %%", share * 100);
        page_text(p, PLAIN, STR(")"));
    }
    page_text(p, PLAIN, STR("\n"));
}

static void add_starts(struct page *p, const struct summary *s)
{
    const struct iteration_book *b = &s->iterations;
    page_label(p, "started");
    page_printf(p, PLAIN, "%s", human_count(b->started).text);
    if (plan_is_open(s->info->plan))
        page_printf(p, PLAIN, " of %s planned", human_count(b->planned).text);
    page_printf(p, PLAIN, ", in %s\n", human_time(s->length_s).text);
}

void text_summary(struct page *p, const struct summary *s)
{
    page_text(p, PLAIN, STR("\n"));
    if (s->info->plan->reads) {
        text_records(p, s);
        text_verdict(p, s);
        return;
    }
    if (s->length_s > 0)
        add_rate(p, s);
    add_starts(p, s);
    text_calls(p, s);
    text_script_errors(p, s);
    text_checks(p, s);
    text_traffic(p, s);
    page_text(p, PLAIN, STR("\n"));
    text_times(p, s->total, &text_times_of_calls);
    text_series(p, s);
    text_metrics(p, s);
    text_books(p, s);
    text_verdict(p, s);
}

/* ---- the sink ---- */

static void begin(struct sink *s, const struct run_info *info)
{
    struct text_file *f = CONTAINER_OF(s, struct text_file, sink);
    text_opening(&f->page, info);
    page_write(&f->page, &f->failure);
}

static bool finish(struct sink *s, const struct summary *summary, struct err *e)
{
    struct text_file *f = CONTAINER_OF(s, struct text_file, sink);
    text_summary(&f->page, summary);
    if (!page_write(&f->page, e))
        return false;
    *e = f->failure;
    return !f->failure.kind;
}

static void close_text(struct sink *s)
{
    struct text_file *f = CONTAINER_OF(s, struct text_file, sink);
    buf_free(&f->page.text);
    mem_free(f);
}

static const struct sink_table text_table = {
    .name = "text",
    .begin = begin,
    .finish = finish,
    .close = close_text,
};

struct sink *text_sink(struct paper paper)
{
    struct text_file *f = mem_zero(sizeof *f);
    f->sink.table = &text_table;
    f->page.paper = paper;
    return &f->sink;
}
