/* Families in whatever format, and which one a scraper wants. */
#include "web/expo.h"

#include <assert.h>

/* The header is a list by comma, its parameters by semicolon (RFC 9110, 12.5.1). Prometheus lists
 * what it likes best first, with falling weights: the first that is known is taken. */
const struct expo_format *expo_accepted(str accept)
{
    str one, type, rest;
    while (str_next(&accept, ',', &one)) {
        str_cut(one, ';', &type, &rest);
        type = str_trim(type);
        if (str_eq_nocase(type, STR("application/vnd.google.protobuf")) &&
            str_contains(rest, STR("io.prometheus.client.MetricFamily")) &&
            str_contains(rest, STR("delimited")))
            return &expo_protobuf;
        if (str_eq_nocase(type, STR("application/openmetrics-text")))
            return &expo_openmetrics;
        if (str_eq_nocase(type, STR("text/plain")))
            return &expo_text;
    }
    return &expo_text;
}

static void end_family(struct expo *x)
{
    if (x->begun && x->format->family_end)
        x->format->family_end(x);
    x->begun = false;
}

void expo_family(struct expo *x, const struct expo_family *f)
{
    end_family(x);
    x->now = f;
}

static void begin_family(struct expo *x)
{
    if (!x->begun)
        x->format->family(x);
    x->begun = true;
}

void expo_value(struct expo *x, const struct expo_labels *l, double v)
{
    assert(x->now->type != EXPO_HISTOGRAM);
    begin_family(x);
    x->format->value(x, l, v);
}

void expo_hist(struct expo *x, const struct expo_labels *l, const struct hist *h,
               const struct expo_bounds *b)
{
    assert(x->now->type == EXPO_HISTOGRAM && b->n <= EXPO_BOUNDS);
    begin_family(x);
    x->format->hist(x, l, h, b);
}

void expo_end(struct expo *x)
{
    end_family(x);
    if (x->format->end)
        x->format->end(x);
}
