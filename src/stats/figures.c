/* The one table of a histogram's figures. */
#include "stats/figures.h"

#include <assert.h>
#include <stdio.h>

#include "base/clock.h"

const struct figure figures[FIGURES + 1] = {
    {"min", FIGURE_MIN, 0, "the least"},
    {"mean", FIGURE_MEAN, 0, "the arithmetic mean"},
    {"stddev", FIGURE_STDDEV, 0, "the standard deviation"},
    {"mode", FIGURE_MODE, 0, "the most frequent, at two digits"},
    {"p50", FIGURE_PERCENTILE, 50, "half were at most this: the median"},
    {"p75", FIGURE_PERCENTILE, 75, "75 % were at most this"},
    {"p90", FIGURE_PERCENTILE, 90, "90 % were at most this"},
    {"p95", FIGURE_PERCENTILE, 95, "95 % were at most this"},
    {"p99", FIGURE_PERCENTILE, 99, "99 % were at most this"},
    {"p99_9", FIGURE_PERCENTILE, 99.9, "99.9 % were at most this"},
    {"p99_99", FIGURE_PERCENTILE, 99.99, "99.99 % were at most this"},
    {"max", FIGURE_MAX, 0, "the most"},
    {.name = NULL},
};

static bool is_digits(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n > 0;
}

/* "99_9" and "99.9" as 99.9. */
static bool percent_of(str text, double *percent)
{
    enum { MOST = 10 };
    char number[2 * MOST + 2];
    str whole, decimals;
    bool has_decimals =
        str_cut(text, '_', &whole, &decimals) || str_cut(text, '.', &whole, &decimals);
    if (!has_decimals)
        decimals = STR("0");
    if (!is_digits(whole) || !is_digits(decimals) || whole.n > MOST || decimals.n > MOST)
        return false;
    int n = snprintf(number, sizeof number, STR_FMT "." STR_FMT, STR_ARG(whole), STR_ARG(decimals));
    return str_double((str){number, (size_t)n}, percent) && *percent > 0 && *percent <= 100;
}

static const struct figure *same_figure(const struct figure *wanted)
{
    for (const struct figure *f = figures; f->name; f++)
        if (f->kind == wanted->kind && f->percent == wanted->percent)
            return f;
    return NULL;
}

bool figure_parse(str name, struct figure *out)
{
    for (const struct figure *f = figures; f->name; f++)
        if (str_eq(str_from(f->name), name)) {
            *out = *f;
            return true;
        }
    struct figure percentile = {.kind = FIGURE_PERCENTILE, .meaning = "that share of all"};
    if (!str_starts(name, STR("p")) || !percent_of(str_skip(name, 1), &percentile.percent))
        return false;
    const struct figure *known = same_figure(&percentile);
    *out = known ? *known : percentile;
    return true;
}

static double figure_units(const struct hist *h, const struct figure *f)
{
    switch (f->kind) {
    case FIGURE_MIN:
        return (double)h->min;
    case FIGURE_MEAN:
        return hist_mean(h);
    case FIGURE_STDDEV:
        return hist_stddev(h);
    case FIGURE_MODE:
        return (double)hist_mode(h);
    case FIGURE_PERCENTILE:
        return (double)hist_percentile(h, f->percent);
    case FIGURE_MAX:
        return (double)h->max;
    }
    assert(!"a figure of no kind");
    return 0;
}

double figure_value(const struct hist *h, const struct figure *f, double units)
{
    return figure_units(h, f) / units;
}

double figure_seconds(const struct hist *h, const struct figure *f)
{
    return figure_value(h, f, (double)NS_PER_S);
}

void figures_all(const struct hist *h, double units, double values[FIGURES])
{
    double percents[FIGURES];
    uint64_t ns[FIGURES];
    unsigned n = 0;
    for (unsigned i = 0; i < FIGURES; i++)
        if (figures[i].kind == FIGURE_PERCENTILE)
            percents[n++] = figures[i].percent;
    hist_walk_percentiles(hist_walk(h), percents, n, ns);
    n = 0;
    for (unsigned i = 0; i < FIGURES; i++)
        values[i] = figures[i].kind == FIGURE_PERCENTILE ? (double)ns[n++] / units
                                                         : figure_value(h, &figures[i], units);
}
