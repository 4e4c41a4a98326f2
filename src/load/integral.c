/* The integral of a linear rate is a quadratic; its inverse is written in the form that subtracts
 * nothing (Press et al., "Numerical Recipes", 5.6), seen from the end where the rate is lower. */
#include "load/integral.h"

#include <assert.h>
#include <float.h>
#include <math.h>

static_assert(LDBL_MANT_DIG >= 64, "due times need a long double wider than a double");

static long double whole_if_near(long double v)
{
    long double whole = roundl(v);
    return fabsl(v - whole) <= v * 0x1p-50L ? whole : v;
}

long double integral_after(const struct stage *s, long double before)
{
    if (s->at_once)
        return before + (long double)s->at_once;
    long double twice_mean = (long double)s->from + s->to;
    return whole_if_near(before + twice_mean * (long double)s->duration_ns / 2e9L);
}

/* ns that a rate which is `low` and grows by `growth` in `duration_ns` takes to make x arrivals. */
static long double rising_ns(long double low, long double growth, long double duration_ns,
                             long double x)
{
    if (x <= 0)
        return 0;
    return 2e9L * x / (low + sqrtl(low * low + 2e9L * growth * x / duration_ns));
}

static uint64_t inside(long double t, uint64_t duration_ns)
{
    if (t <= 0)
        return 0;
    return t >= (long double)(duration_ns - 1) ? duration_ns - 1 : (uint64_t)(t + 0.5L);
}

uint64_t integral_time_ns(const struct stage *s, long double before, long double after,
                          long double at)
{
    long double from = s->from, to = s->to, duration = (long double)s->duration_ns, t;
    if (s->at_once)
        return 0;
    if (from == to)
        t = (at - before) * 1e9L / from;
    else if (from < to)
        t = rising_ns(from, to - from, duration, at - before);
    else
        t = duration - rising_ns(to, from - to, duration, after - at);
    return inside(t, s->duration_ns);
}
