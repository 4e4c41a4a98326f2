/* Histograms for charts. */
#include "report/page_shapes.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>

enum {
    CELLS_PER_DOUBLING = 8,
    CELLS = 42 * CELLS_PER_DOUBLING,
    SPECTRUM_MOST = 2 * 66, /* of 2^64 samples */
};

static unsigned cell_of(uint64_t ns)
{
    double cell = ns > 1 ? CELLS_PER_DOUBLING * log2((double)ns) : 0;
    return cell < CELLS ? (unsigned)cell : CELLS - 1;
}

static void close_list(struct buf *out)
{
    if (out->p[out->n - 1] == ',')
        out->n--;
    buf_char(out, ']');
}

static void put_cell(struct buf *out, unsigned cell, uint64_t count)
{
    if (count)
        buf_printf(out, "%u,%" PRIu64 ",", cell, count);
}

void page_cells(const struct hist *h, struct buf *out)
{
    unsigned cell = 0;
    uint64_t count = 0;
    buf_char(out, '[');
    for (unsigned b = hist_next(h, 0); b < HIST_BUCKETS; b = hist_next(h, b + 1)) {
        unsigned at = cell_of(hist_bucket_middle(b));
        if (at != cell)
            put_cell(out, cell, count);
        count = (at == cell ? count : 0) + hist_bucket_count(h, b);
        cell = at;
    }
    put_cell(out, cell, count);
    put_cell(out, CELLS - 1, h->overflow);
    close_list(out);
}

/* Shares of samples in %, each with 1/√2 as many samples above it as the one before; how many. */
static unsigned spectrum_percents(uint64_t count, double percents[SPECTRUM_MOST])
{
    double rest = 1; /* share of the samples that are longer */
    unsigned n = 0;
    while (n < SPECTRUM_MOST && rest * (double)count > 0.5) {
        rest = pow(2, -0.5 * n);
        percents[n++] = 100 * (1 - rest);
    }
    return n;
}

void page_spectrum(const struct hist *h, struct buf *out)
{
    double percents[SPECTRUM_MOST];
    uint64_t ns[SPECTRUM_MOST + 1];
    unsigned n = spectrum_percents(h->count, percents);
    hist_walk_percentiles(hist_walk(h), percents, n, ns);
    if (h->count)
        ns[n++] = h->max;
    buf_char(out, '[');
    for (unsigned i = 0; i < n; i++) {
        page_put_us(out, (double)ns[i] / 1000);
        buf_char(out, ',');
    }
    close_list(out);
}

void page_put_us(struct buf *out, double us)
{
    double a = fabs(us);
    if (!isfinite(us)) {
        buf_str(out, STR("null"));
        return;
    }
    if (a < 1000) {
        buf_printf(out, "%.4g", a < 1e-4 ? 0 : us);
        return;
    }
    double step = pow(10, floor(log10(a)) - 3);
    buf_printf(out, "%.0f", round(us / step) * step);
}
