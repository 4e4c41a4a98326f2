/* Few bars, round edges: the finest ladder of preferred numbers that needs no more than BARS steps.
 */
#include "report/bars.h"

#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/units.h"

/* Edges in one decade, finest first; each ends with 0. */
static const double ladders[][25] = {
    {1,   1.1, 1.2, 1.3, 1.4, 1.6, 1.8, 2, 2.2, 2.5, 2.8, 3,
     3.5, 4,   4.5, 5,   5.5, 6,   6.5, 7, 7.5, 8,   9},
    {1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8},
    {1, 1.5, 2, 3, 5, 7},
    {1, 2, 5},
    {1, 3},
    {1},
};

enum { LADDERS = sizeof ladders / sizeof *ladders, LABEL = 10, SHARE = 9 };

/* A place on a ladder. */
struct step {
    const double *ladder;
    unsigned i;
    double decade; /* ns */
};

static uint64_t edge_of(struct step s)
{
    return (uint64_t)llround(s.ladder[s.i] * s.decade);
}

/* To the next edge; below 10 ns some of a fine ladder's are the same whole number. */
static struct step next_step(struct step s)
{
    uint64_t before = edge_of(s);
    while (edge_of(s) == before)
        if (s.ladder[++s.i] == 0) {
            s.i = 0;
            s.decade *= 10;
        }
    return s;
}

/* The first edge at or above ns. */
static struct step first_step(const double *ladder, uint64_t ns)
{
    struct step s = {.ladder = ladder, .decade = 1};
    while (s.decade * 10 <= (double)ns)
        s.decade *= 10;
    while (edge_of(s) < ns)
        s = next_step(s);
    return s;
}

/* Beyond 31 years there are no edges. */
static uint64_t percentile(const struct hist *h, double percent)
{
    const uint64_t longest = NS_PER_S * NS_PER_S;
    uint64_t ns = hist_percentile(h, percent);
    return ns < longest ? ns : longest;
}

/* Bars on this ladder, as far as there is room: true when all samples are in them. */
static bool fill(const struct hist *h, const double *ladder, struct bar *bars, unsigned *n)
{
    uint64_t low = percentile(h, 0.1), high = percentile(h, 99.9), before = 0;
    struct step s = first_step(ladder, low);
    for (*n = 0; *n < BARS; s = next_step(s)) {
        uint64_t edge = edge_of(s), until = hist_count_until(h, edge);
        bars[(*n)++] = (struct bar){edge, until - before};
        before = until;
        if (before == h->count)
            return true;
        if (edge >= high)
            break;
    }
    if (*n == BARS)
        return false;
    bars[(*n)++] = (struct bar){UINT64_MAX, h->count - before};
    return true;
}

unsigned bars_of(const struct hist *h, struct bar *bars)
{
    unsigned n = 0;
    if (h->count == 0)
        return 0;
    for (unsigned i = 0; i < LADDERS; i++)
        if (fill(h, ladders[i], bars, &n))
            return n;
    uint64_t seen = 0; /* eight decades were not enough: the last bar takes the rest */
    for (unsigned i = 0; i + 1 < n; i++)
        seen += bars[i].count;
    bars[n - 1] = (struct bar){UINT64_MAX, h->count - seen};
    return n;
}

static struct human round_time(uint64_t ns)
{
    struct human h;
    const char *unit = ns < NS_PER_US ? "ns" : ns < NS_PER_MS ? "µs" : ns < NS_PER_S ? "ms" : "s";
    double in = ns < NS_PER_US ? 1 : ns < NS_PER_MS ? 1e3 : ns < NS_PER_S ? 1e6 : 1e9;
    snprintf(h.text, sizeof h.text, "%g %s", (double)ns / in, unit);
    return h;
}

struct human bar_edge(const struct bar *bars, unsigned i)
{
    bool rest = bars[i].until_ns == UINT64_MAX;
    return round_time(bars[i - (rest && i)].until_ns);
}

struct human bar_share(uint64_t count, uint64_t all)
{
    struct human h = {""};
    double percent = 100 * (double)count / (double)all;
    if (count)
        snprintf(h.text, sizeof h.text, percent < 0.05 ? "<0.1 %%" : "%.1f %%", percent);
    return h;
}

static void draw_edge(struct page *p, const struct bar *bars, unsigned i)
{
    page_text(p, DIM, bars[i].until_ns == UINT64_MAX ? STR("> ") : STR("≤ "));
    page_cell(p, PLAIN, RIGHT, LABEL - 3, str_from(bar_edge(bars, i).text));
    page_text(p, PLAIN, STR(" "));
}

/* Eighths of a column; whatever has a sample is seen. */
static void draw_length(struct page *p, uint64_t count, uint64_t most, unsigned width)
{
    static const char *const parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    unsigned eighths = (unsigned)llround((double)count / (double)most * width * 8);
    if (count && !eighths)
        eighths = 1;
    struct buf bar = {0};
    for (unsigned i = 0; i < eighths / 8; i++)
        buf_str(&bar, STR("█"));
    buf_str(&bar, str_from(parts[eighths % 8]));
    page_cell(p, GREEN, LEFT, width, buf_view(&bar));
    buf_free(&bar);
}

void bar_draw(struct page *p, const struct bar *bars, unsigned n, unsigned i, unsigned width)
{
    uint64_t most = 0, all = 0;
    for (unsigned j = 0; j < n; j++) {
        all += bars[j].count;
        most = bars[j].count > most ? bars[j].count : most;
    }
    draw_edge(p, bars, i);
    draw_length(p, bars[i].count, most, width - LABEL - SHARE);
    page_cell(p, PLAIN, RIGHT, SHARE, str_from(bar_share(bars[i].count, all).text));
}
