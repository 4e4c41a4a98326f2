/* What became of the calls, what went over the wire, and the table of series. */
#include "base/mem.h"
#include "base/units.h"
#include "report/rows.h"
#include "report/text_blocks.h"

enum { MOST_REASONS = 10, MOST_SERIES = 50, WIDE = 100 };

/* ---- fates ---- */

static void add_reason(struct page *p, const struct tally_row *row)
{
    struct buf reason = {0};
    page_clean(&reason, row->key.text);
    page_label(p, "");
    page_cell(p, RED, RIGHT, 11, str_from(human_count(row->count).text));
    page_printf(p, PLAIN, "  " STR_FMT "\n", STR_ARG(buf_view(&reason)));
    buf_free(&reason);
}

void text_reasons(struct page *p, const struct tally *reasons)
{
    struct tally_row *rows = rows_by_count(reasons);
    for (size_t i = 0; i < reasons->used && i < MOST_REASONS; i++)
        add_reason(p, &rows[i]);
    if (reasons->used > MOST_REASONS) {
        page_label(p, "");
        page_printf(p, PLAIN, "%11s  and %zu other reasons\n", "", reasons->used - MOST_REASONS);
    }
    mem_free(rows);
}

static void add_absent(struct page *p, const struct series_data *d)
{
    uint64_t absent = d->fates[FATE_ERROR] + d->fates[FATE_ABANDONED];
    if (absent == 0)
        return;
    page_label(p, "");
    page_printf(p, YELLOW, "%s %s not in the percentiles\n", human_count(absent).text,
                absent == 1 ? "error is" : "errors are");
}

/* Failed for the client, and there all the same. */
static void add_possibly_stored(struct page *p, const struct series_data *d)
{
    if (d->possibly_stored == 0)
        return;
    page_label(p, "");
    page_printf(p, YELLOW, "%s of the failed may be stored all the same\n",
                human_count(d->possibly_stored).text);
}

void text_calls(struct page *p, const struct summary *s)
{
    const struct series_data *d = s->total;
    const struct run_words *words = run_words(s->info);
    uint64_t failed = series_data_failed(d);
    page_label(p, words->calls);
    page_printf(p, d->fates[FATE_OK] ? GREEN : PLAIN, "%s %s", human_count(d->fates[FATE_OK]).text,
                words->ok);
    page_text(p, PLAIN, STR(", "));
    page_printf(p, failed ? RED : PLAIN, "%s failed", human_count(failed).text);
    if (failed)
        page_printf(p, RED, " (%.3g %%)", 100 * (double)failed / (double)d->started);
    page_text(p, PLAIN, STR("\n"));
    text_reasons(p, &d->causes);
    add_possibly_stored(p, d);
    add_absent(p, d);
}

/* ---- traffic ---- */

static void add_statuses(struct page *p, const struct tally *status)
{
    if (status->used < 2)
        return;
    struct buf text = {0};
    struct tally_row *rows = rows_by_count(status);
    for (size_t i = 0; i < status->used; i++) {
        struct human count = human_count(rows[i].count);
        buf_printf(&text, "%s%u × %s", i ? ", " : "", rows[i].key.number, count.text);
    }
    page_label(p, "status");
    page_wrapped(p, PLAIN, STR(", "), buf_view(&text));
    buf_free(&text);
    mem_free(rows);
}

static void add_bytes(struct buf *text, double bytes, double length_s, const char *verb)
{
    buf_printf(text, "%s %s", human_bytes(bytes).text, verb);
    if (length_s > 0)
        buf_printf(text, " (%s/s)", human_bytes(bytes / length_s).text);
}

void text_traffic(struct page *p, const struct summary *s)
{
    const struct series_data *d = s->total;
    struct buf text = {0};
    add_statuses(p, &d->status);
    if (d->bytes_sent + d->bytes_received == 0)
        return;
    add_bytes(&text, (double)d->bytes_sent, s->length_s, "sent");
    if (d->bytes_received || d->fates[FATE_OK] == 0) { /* not all protocols count them */
        buf_str(&text, STR(", "));
        add_bytes(&text, (double)d->bytes_received, s->length_s, "received");
    }
    if (d->reconnects)
        buf_printf(&text, ", %s %s opened again", human_count(d->reconnects).text,
                   d->reconnects == 1 ? "connection" : "connections");
    page_label(p, "traffic");
    page_wrapped(p, PLAIN, STR(", "), buf_view(&text));
    buf_free(&text);
}

/* ---- series ---- */

static void add_time(struct page *p, const struct hist *h, double percent)
{
    struct human time = human_time((double)hist_percentile(h, percent) / 1e9);
    page_cell(p, PLAIN, RIGHT, 10, h->count ? str_from(time.text) : STR("-"));
}

/* Whoever reads sees the protocol in the name. */
static bool tells(const struct tag *t)
{
    return !str_eq(t->name, STR("protocol"));
}

void text_series_name(struct page *p, const struct series *s, unsigned width)
{
    struct buf name = {0};
    buf_str(&name, s->part ? STR("  ") : STR(""));
    page_clean(&name, s->name);
    for (unsigned i = 0; i < s->n_tags; i++)
        if (tells(&s->tags[i])) {
            buf_char(&name, ' ');
            page_clean(&name, s->tags[i].name);
            buf_char(&name, '=');
            page_clean(&name, s->tags[i].value);
        }
    page_cell(p, s->part ? DIM : PLAIN, LEFT, width, buf_view(&name));
    buf_free(&name);
}

static void add_row(struct page *p, const struct result *r, double length_s, unsigned name_width)
{
    const struct series_data *d = &r->data;
    uint64_t failed = series_data_failed(d);
    bool wide = p->paper.width >= WIDE;
    page_text(p, PLAIN, STR("  "));
    text_series_name(p, r->series, name_width);
    page_cell(p, PLAIN, RIGHT, 12, str_from(human_count(d->started).text));
    struct human rate = {"-"}; /* a plan without length has none */
    if (length_s > 0)
        rate = human_rate((double)d->started_in_plan / length_s);
    if (wide)
        page_cell(p, PLAIN, RIGHT, 9, str_from(rate.text));
    page_cell(p, failed ? RED : PLAIN, RIGHT, 9, str_from(human_count(failed).text));
    add_time(p, &d->response, 50);
    if (wide)
        add_time(p, &d->response, 95);
    add_time(p, &d->response, 99);
    add_time(p, &d->response, 100);
    page_text(p, PLAIN, STR("\n"));
}

void text_series(struct page *p, const struct summary *s)
{
    bool wide = p->paper.width >= WIDE;
    unsigned name_width = p->paper.width - 2 - 51 - (wide ? 19 : 0);
    const struct results *r = s->results;
    if (r->n_timed < 2)
        return;
    page_text(p, PLAIN, STR("  "));
    page_cell(p, DIM, LEFT, name_width, STR("series"));
    page_printf(p, DIM, "%12s%s%9s%10s%s%10s%10s\n", run_words(s->info)->calls,
                wide ? "    per s" : "", "failed", "p50", wide ? "       p95" : "", "p99", "max");
    for (size_t i = 0; i < r->n_timed && i < MOST_SERIES; i++)
        add_row(p, r->list[i], s->length_s, name_width);
    if (r->n_timed > MOST_SERIES)
        page_printf(p, DIM, "  and %zu more: --json has them all\n", r->n_timed - MOST_SERIES);
    page_text(p, PLAIN, STR("\n"));
}
