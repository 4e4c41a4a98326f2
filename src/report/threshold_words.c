/* Values in their units. */
#include "report/threshold_words.h"

#include <math.h>

#include "base/clock.h"
#include "base/units.h"

/* With a digit more than elsewhere, because it stands beside a bound that it just missed. */
static void add_time(struct buf *out, double s)
{
    if (s < 1e-3)
        buf_printf(out, "%.4g µs", s * 1e6);
    else if (s < 1)
        buf_printf(out, "%.4g ms", s * 1e3);
    else
        buf_printf(out, "%.4g s", s);
}

static void add_value(const struct threshold_result *t, struct buf *out)
{
    switch (t->unit) {
    case UNIT_SECONDS:
        add_time(out, t->value);
        break;
    case UNIT_COUNT:
        buf_printf(out, "%s", human_count((uint64_t)t->value).text);
        break;
    case UNIT_SHARE:
        buf_printf(out, "%.5g %%", t->value * 100);
        break;
    case UNIT_RATE:
        buf_printf(out, "%s/s", human_rate(t->value).text);
        break;
    case UNIT_NUMBER:
        buf_printf(out, "%.9g", t->value);
        break;
    }
}

static struct human moment(double seconds)
{
    uint64_t ns = (uint64_t)llround(seconds * (double)NS_PER_S);
    return ns ? human_duration(ns) : (struct human){"0s"};
}

static void add_span(const struct threshold_result *t, struct buf *out)
{
    if (t->parts)
        buf_printf(out, " from %s to %s", moment(t->from_s).text, moment(t->to_s).text);
    if (t->parts > 1)
        buf_printf(out, ", the worst of %u", t->parts);
    if (t->parts > 1 && t->missed)
        buf_printf(out, ", %u missed", t->missed);
    if (t->aborted_s > 0)
        buf_printf(out, ", ended the run after %s", human_time(t->aborted_s).text);
}

void threshold_words(const struct threshold_result *t, struct buf *out)
{
    if (t->has_value) {
        add_value(t, out);
        add_span(t, out);
    } else {
        buf_printf(out, "no value: " STR_FMT, STR_ARG(t->why));
    }
}
