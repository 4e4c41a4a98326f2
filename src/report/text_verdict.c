/* The books, thresholds, notes, and the verdict, which stands last. */
#include "base/units.h"
#include "base/utf8.h"
#include "report/text_blocks.h"
#include "report/threshold_words.h"

enum { EXPRESSION = 36 }; /* columns of a threshold's text */

/* ---- books ---- */

static void add_call_book(struct page *p, const struct series_data *d,
                          const struct run_words *words)
{
    const struct text_addend calls[] = {
        {d->fates[FATE_OK], words->ok, false},
        {d->fates[FATE_FAILED_CHECK], "wrong", false},
        {d->fates[FATE_ERROR], "error", false},
        {d->fates[FATE_TIMEOUT], "timeout", false},
        {d->fates[FATE_ABANDONED], "abandoned", false},
        {.what = NULL},
    };
    text_equation(p, STR(""), d->started, words->calls, calls);
}

/* What became of acknowledged records in transactions; nothing where there were none. */
static void add_transactions(struct page *p, const struct summary *s)
{
    const struct results *r = s->results;
    uint64_t commits = results_counted(r, MEASURE_COMMITS);
    uint64_t aborts = results_counted(r, MEASURE_ABORTS);
    uint64_t committed = results_counted(r, MEASURE_COMMITTED_RECORDS);
    uint64_t aborted = results_counted(r, MEASURE_ABORTED_RECORDS);
    uint64_t known = committed + aborted, all = s->total->fates[FATE_OK];
    const struct text_addend records[] = {
        {committed, "committed", false},
        {aborted, "aborted", false},
        {all > known ? all - known : 0, "undecided", true},
        {.what = NULL},
    };
    if (!map_get(&r->by_name, str_from(measures[MEASURE_COMMITS].name)))
        return;
    page_label(p, "");
    text_equation(p, STR(""), all, "acknowledged", records);
    page_label(p, "");
    page_printf(p, DIM, "%s transactions committed, %s aborted\n", human_count(commits).text,
                human_count(aborts).text);
}

/* `name`: what stands before the first equation; the second is below it. */
static void add_iterations(struct page *p, str name, const struct iteration_book *b)
{
    const struct text_addend planned[] = {
        {b->started, "started", false},
        {b->skipped, "skipped", false},
        {b->unaccounted, "unaccounted", true},
        {.what = NULL},
    };
    const struct text_addend started[] = {
        {b->completed, "completed", false},
        {b->script_error, "script error", true},
        {b->interrupted, "interrupted", false},
        {.what = NULL},
    };
    text_equation(p, name, b->planned, "planned", planned);
    page_label(p, "");
    text_equation(p, name.n ? STR("  ") : name, b->started, "started", started);
}

static void add_scenario(struct page *p, const struct load *l, const struct iteration_book *b)
{
    struct buf name = {0};
    page_clean(&name, l->name);
    buf_str(&name, STR(": "));
    add_iterations(p, buf_view(&name), b);
    buf_free(&name);
}

static void add_reply_book(struct page *p, const struct reply_book *b)
{
    const struct text_addend classes[] = {
        {b->classes[REPLY_IN_TIME], "matched", false},
        {b->classes[REPLY_TOO_LATE], "late", false},
        {b->classes[REPLY_AGAIN], "duplicate", false},
        {b->classes[REPLY_ORPHAN], "orphan", false},
        {b->classes[REPLY_MALFORMED], "malformed", true},
        {.what = NULL},
    };
    page_label(p, "");
    text_equation(p, STR(""), reply_book_received(b), "replies", classes);
}

static void add_awaited_book(struct page *p, const struct awaited_book *b)
{
    const struct text_addend parts[] = {
        {b->taken, "taken", false},
        {awaited_book_unclaimed(b), "unclaimed", false},
        {.what = NULL},
    };
    page_label(p, "");
    text_equation(p, STR(""), b->seen, "events", parts);
}

/* Some series' calls wait for replies, or replies came. */
static bool has_replies(const struct results *r)
{
    bool has = reply_book_received(&r->replies) > 0;
    for (size_t i = 0; i < r->n_calls; i++)
        has = has || r->list[i]->series->replies;
    return has;
}

void text_books(struct page *p, const struct summary *s)
{
    const struct plan *plan = s->info->plan;
    const struct iteration_books *books = &s->results->books;
    text_generator(p, s, s->total->started, "a call");
    text_client(p, s);
    page_label(p, "books");
    add_iterations(p, STR(""), &s->iterations);
    page_label(p, "");
    add_call_book(p, s->total, run_words(s->info));
    if (has_replies(s->results))
        add_reply_book(p, &s->results->replies);
    add_transactions(p, s);
    if (s->results->awaited.seen > 0)
        add_awaited_book(p, &s->results->awaited);
    for (unsigned i = 0; plan->n_loads > 1 && i < books->n; i++) {
        page_label(p, i == 0 ? "scenarios" : "");
        add_scenario(p, &plan->loads[i], &books->list[i]);
    }
}

/* ---- thresholds ---- */

static void add_threshold(struct page *p, const struct threshold_result *t)
{
    struct buf expr = {0}, words = {0};
    page_clean(&expr, t->expr);
    page_text(p, t->passed ? GREEN : RED, t->passed ? STR("✓ ") : STR("✗ "));
    page_text(p, PLAIN, buf_view(&expr));
    for (size_t n = utf8_count(buf_view(&expr)); n < EXPRESSION; n++)
        page_text(p, PLAIN, STR(" "));
    page_text(p, PLAIN, STR("  "));
    if (t->has_value) {
        threshold_words(t, &words);
        page_printf(p, t->passed ? PLAIN : RED, STR_FMT "\n", STR_ARG(buf_view(&words)));
    } else {
        page_clean(&words, t->why);
        page_text(p, RED, STR("no value\n"));
        page_label(p, "");
        page_wrapped(p, RED, STR(" "), buf_view(&words));
    }
    buf_free(&expr);
    buf_free(&words);
}

static void add_thresholds(struct page *p, const struct verdict *v)
{
    for (unsigned i = 0; i < v->n_thresholds; i++) {
        page_label(p, i == 0 ? "thresholds" : "");
        add_threshold(p, &v->thresholds[i]);
    }
}

static void add_audits(struct page *p, const struct verdict *v)
{
    for (unsigned i = 0; i < v->n_audits; i++) {
        const struct audit_result *a = &v->audits[i];
        struct buf text = {0};
        buf_str(&text, a->passed ? STR("✓ ") : STR("✗ "));
        page_clean(&text, str_from(a->text));
        page_label(p, a->name);
        page_wrapped(p, a->passed ? GREEN : RED, STR(" "), buf_view(&text));
        buf_free(&text);
    }
}

/* ---- the verdict ---- */

static void add_sentences(struct page *p, const char *label, enum ink ink, char (*list)[240],
                          unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        struct buf text = {0};
        page_clean(&text, str_from(list[i]));
        page_label(p, label);
        page_wrapped(p, ink, STR(" "), buf_view(&text));
        buf_free(&text);
    }
}

/* Nothing was made, and nothing was read. */
static bool nothing_happened(const struct summary *s)
{
    bool read = false;
    for (size_t i = 0; i < s->results->n_records; i++)
        read = read || s->results->list[s->results->n_timed + i]->data.started;
    return s->total->started == 0 && !read;
}

/* Calls were made, and all of them failed. */
static bool all_failed(const struct summary *s)
{
    return s->total->started > 0 && s->total->fates[FATE_OK] == 0;
}

static bool has_failed(const struct summary *s)
{
    return s->verdict->n_missed || s->verdict->n_audits_failed || all_failed(s) || s->failed;
}

static enum ink verdict_ink(const struct summary *s)
{
    const struct verdict *v = s->verdict;
    if (v->validity == RUN_INVALID || has_failed(s))
        return BOLD_RED;
    bool doubtful = v->validity == RUN_DEGRADED || s->interrupted || nothing_happened(s);
    return doubtful ? BOLD_YELLOW : BOLD_GREEN;
}

/* "FAILED, DEGRADED" */
static void add_words(struct page *p, const struct summary *s, enum ink ink)
{
    static const char *const validity[] = {"VALID", "DEGRADED", "INVALID"};
    const struct verdict *v = s->verdict;
    bool failed = has_failed(s);
    if (failed || v->n_thresholds || v->n_audits)
        page_text(p, ink, failed ? STR("FAILED, ") : STR("PASSED, "));
    page_text(p, ink, str_from(validity[v->validity]));
}

static void add_explanation(struct page *p, const struct summary *s)
{
    static const char *const validity[] = {
        "the figures are the target's own",
        "the generator had trouble, the figures may be off",
        "the generator spoiled this run, its figures say nothing about the target",
    };
    const struct verdict *v = s->verdict;
    page_text(p, PLAIN, STR(": "));
    if (s->interrupted)
        page_printf(p, PLAIN, "interrupted after %s; ", human_time(s->length_s).text);
    if (all_failed(s))
        page_printf(p, PLAIN, "not one call succeeded; ");
    if (v->n_missed)
        page_printf(p, PLAIN, "%u of %u thresholds missed; ", v->n_missed, v->n_thresholds);
    else if (v->n_thresholds)
        page_text(p, PLAIN, STR("all thresholds hold; "));
    for (unsigned i = 0; i < v->n_audits; i++)
        if (!v->audits[i].passed)
            page_printf(p, PLAIN, "%s failed; ", v->audits[i].name);
    const char *nothing = s->info->plan->reads ? "no record came" : "no call was made";
    page_printf(p, PLAIN, "%s\n", nothing_happened(s) ? nothing : validity[v->validity]);
}

void text_verdict(struct page *p, const struct summary *s)
{
    struct verdict *v = s->verdict;
    enum ink ink = verdict_ink(s);
    add_thresholds(p, v);
    add_audits(p, v);
    add_sentences(p, "note", PLAIN, v->notes, v->n_notes);
    add_sentences(p, "because", v->validity == RUN_INVALID ? RED : YELLOW, v->reasons,
                  v->n_reasons);
    page_text(p, PLAIN, STR("\n"));
    add_words(p, s, ink);
    add_explanation(p, s);
}
