/* What the books of all kinds of runs have in common. */
#include "base/units.h"
#include "report/text_blocks.h"

void text_equation(struct page *p, str before, uint64_t sum, const char *what,
                   const struct text_addend *addends)
{
    struct buf text = {0};
    uint64_t added = 0;
    buf_printf(&text, STR_FMT "%s %s = ", STR_ARG(before), human_count(sum).text, what);
    for (const struct text_addend *a = addends; a->what; a++) {
        added += a->n;
        if (a->n || !a->optional)
            buf_printf(&text, "%s%s %s", a == addends ? "" : " + ", human_count(a->n).text,
                       a->what);
    }
    buf_str(&text, added == sum ? STR(" ✓") : STR(" ✗"));
    page_wrapped(p, added == sum ? DIM : BOLD_RED, STR(" + "), buf_view(&text));
    buf_free(&text);
}

static void add_figures(struct buf *text, const char *name, const struct hist *h)
{
    if (h->count == 0)
        return;
    struct human p50 = human_time((double)hist_percentile(h, 50) / 1e9);
    struct human p99 = human_time((double)hist_percentile(h, 99) / 1e9);
    buf_printf(text, "%s p50 %s p99 %s · ", name, p50.text, p99.text);
}

void text_generator(struct page *p, const struct summary *s, uint64_t n, const char *each)
{
    struct buf text = {0};
    add_figures(&text, "starts late", &s->results->lateness);
    add_figures(&text, "wait before sending", &s->results->wait);
    buf_printf(&text, "CPU %s", human_time(s->cpu_s).text);
    if (n)
        buf_printf(&text, " (%s %s)", human_time(s->cpu_s / (double)n).text, each);
    buf_printf(&text, " · %s", human_bytes((double)s->rss_bytes).text);
    page_label(p, "generator");
    page_wrapped(p, DIM, STR(" · "), buf_view(&text));
    buf_free(&text);
}
