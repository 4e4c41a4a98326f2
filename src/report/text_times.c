/* The times: figures in two columns, beside them the shape of the response time. */
#include "report/text_blocks.h"

#include "base/units.h"
#include "report/bars.h"

enum { LABEL = 9, COLUMN = 11, GAP = 6 };

/* One line for each, beside at most as many bars. */
static const struct {
    const char *name, *shown;
    enum ink ink; /* of the response time */
} lines[BARS] = {
    {"mean", "mean", PLAIN}, {"p50", "p50", BOLD}, {"p75", "p75", PLAIN},     {"p90", "p90", PLAIN},
    {"p95", "p95", PLAIN},   {"p99", "p99", BOLD}, {"p99_9", "p99.9", PLAIN}, {"max", "max", PLAIN},
};

static void add_figure(struct page *p, enum ink ink, const struct hist *h, const char *name)
{
    struct figure f;
    figure_parse(str_from(name), &f);
    str text = h->count ? str_from(human_time(figure_seconds(h, &f)).text) : STR("-");
    page_cell(p, ink, RIGHT, COLUMN, text);
}

const struct text_times_words text_times_of_calls = {
    .response = "response",
    .service = "service",
    .drawing = "how many responses took how long",
    .meaning = "response: since the call was due; service: since it was sent",
    .nothing = "nothing came back",
};

static void add_heads(struct page *p, const struct text_times_words *w)
{
    page_printf(p, PLAIN, "%*s", LABEL, "");
    page_cell(p, BOLD, RIGHT, COLUMN, str_from(w->response));
    page_cell(p, DIM, RIGHT, COLUMN, str_from(w->service));
    page_printf(p, PLAIN, "%*s", GAP, "");
    page_printf(p, DIM, "%s\n", w->drawing);
}

static void add_overflow(struct page *p, const struct hist *h)
{
    if (h->overflow)
        page_printf(p, YELLOW, "  %s took longer than an hour; only their maximum is exact\n",
                    human_count(h->overflow).text);
}

void text_times(struct page *p, const struct series_data *total, const struct text_times_words *w)
{
    struct bar bars[BARS];
    unsigned n = bars_of(&total->response, bars);
    if (n == 0) {
        page_printf(p, YELLOW, "  %s: there are no times to show\n\n",
                    total->started ? w->nothing : "no call was made");
        return;
    }
    add_heads(p, w);
    for (unsigned i = 0; i < BARS; i++) {
        page_printf(p, DIM, "  %-*s", LABEL - 2, lines[i].shown);
        add_figure(p, lines[i].ink, &total->response, lines[i].name);
        add_figure(p, DIM, &total->service, lines[i].name);
        if (i < n) {
            page_printf(p, PLAIN, "%*s", GAP, "");
            bar_draw(p, bars, n, i, p->paper.width - LABEL - 2 * COLUMN - GAP);
        }
        page_text(p, PLAIN, STR("\n"));
    }
    add_overflow(p, &total->response);
    page_printf(p, DIM, "  %s\n\n", w->meaning);
}
