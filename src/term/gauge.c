/* Block elements (Unicode 2581 to 258F), and what stands for them in ASCII. */
#include "term/gauge.h"

#include <math.h>

enum { LEVELS = 8 };

static const char *const heights[2][LEVELS] = {
    {"_", ".", ":", "-", "=", "+", "*", "#"},
    {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
};

static const char *const eighths[2][LEVELS] = {
    {"", ".", ":", ":", "=", "=", "#", "#"},
    {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"},
};

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

double gauge_top(unsigned width, const double *values, unsigned n)
{
    double top = 0;
    for (unsigned i = n - smaller(n, width); i < n; i++)
        if (values[i] > top) /* NAN is not */
            top = values[i];
    return top;
}

static str height_of(bool utf8, double value, double top)
{
    if (isnan(value))
        return STR(" ");
    double level = top > 0 ? ceil(value / top * LEVELS) - 1 : 0;
    level = level < 0 ? 0 : level > LEVELS - 1 ? LEVELS - 1 : level;
    return str_from(heights[utf8][(unsigned)level]);
}

void gauge_line(struct pen *p, enum ink ink, unsigned width, const double *values, unsigned n,
                double top)
{
    width = smaller(width, pen_left(p));
    unsigned shown = smaller(n, width);
    pen_printf(p, PLAIN, "%*s", (int)(width - shown), "");
    for (unsigned i = n - shown; i < n; i++)
        pen_text(p, ink, height_of(p->canvas->utf8, values[i], top));
}

void gauge_bar(struct pen *p, enum ink ink, unsigned width, double share, bool ground)
{
    bool utf8 = p->canvas->utf8;
    width = smaller(width, pen_left(p));
    unsigned end = p->column + width;
    share = share > 1 ? 1 : share > 0 ? share : 0;
    unsigned parts = (unsigned)lround(share * width * LEVELS);
    if (share > 0 && parts == 0)
        parts = 1;
    for (unsigned i = 0; i < parts / LEVELS; i++)
        pen_text(p, ink, str_from(heights[utf8][LEVELS - 1]));
    if (p->column < end)
        pen_text(p, ink, str_from(eighths[utf8][parts % LEVELS]));
    while (p->column < end)
        pen_text(p, DIM, ground ? (utf8 ? STR("░") : STR(".")) : STR(" "));
}
