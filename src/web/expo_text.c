/* The two text formats, which differ in little: how a counter's family is called, units, the end.
 */
#include <math.h>

#include "base/decimal.h"
#include "base/utf8.h"
#include "web/expo.h"

static bool is_open(const struct expo *x)
{
    return x->format == &expo_openmetrics;
}

/* A family's name: OpenMetrics has the one without _total. */
static str family_name(const struct expo *x)
{
    str name = str_from(x->now->name);
    if (is_open(x) && x->now->type == EXPO_COUNTER)
        name.n -= sizeof "_total" - 1;
    return name;
}

static void family(struct expo *x)
{
    static const char *const types[] = {"counter", "gauge", "histogram"};
    str name = family_name(x);
    buf_printf(x->out, "# HELP " STR_FMT " %s\n", STR_ARG(name), x->now->help);
    buf_printf(x->out, "# TYPE " STR_FMT " %s\n", STR_ARG(name), types[x->now->type]);
    if (is_open(x) && x->now->unit)
        buf_printf(x->out, "# UNIT " STR_FMT " %s\n", STR_ARG(name), x->now->unit);
}

static void add_escaped(struct buf *out, str value)
{
    while (value.n) {
        size_t n = utf8_char(value);
        if (n == 0)
            buf_str(out, STR("\xef\xbf\xbd"));
        else if (value.p[0] == '\n')
            buf_str(out, STR("\\n"));
        else if (value.p[0] == '"' || value.p[0] == '\\')
            buf_printf(out, "\\%c", value.p[0]);
        else
            buf_add(out, value.p, n);
        value = str_skip(value, n ? n : 1);
    }
}

static void add_label(struct buf *out, char before, str name, str value)
{
    buf_char(out, before);
    buf_str(out, name);
    buf_str(out, STR("=\""));
    add_escaped(out, value);
    buf_char(out, '"');
}

/* The name with its labels, and perhaps a border. */
static void add_name(struct expo *x, const char *ending, const struct expo_labels *l, str le)
{
    buf_printf(x->out, "%s%s", x->now->name, ending);
    for (unsigned i = 0; i < l->n; i++)
        add_label(x->out, i ? ',' : '{', l->list[i].name, l->list[i].value);
    if (le.n)
        add_label(x->out, l->n ? ',' : '{', STR("le"), le);
    if (l->n || le.n)
        buf_char(x->out, '}');
    buf_char(x->out, ' ');
}

static void value(struct expo *x, const struct expo_labels *l, double v)
{
    add_name(x, "", l, (str){NULL, 0});
    decimal_add(x->out, v);
    buf_char(x->out, '\n');
}

/* OpenMetrics wants a point in it. */
static void add_border(const struct expo *x, struct buf *out, double upper)
{
    out->n = 0;
    decimal_add(out, upper);
    if (is_open(x) && upper == floor(upper))
        buf_str(out, STR(".0"));
}

static void hist(struct expo *x, const struct expo_labels *l, const struct hist *h,
                 const struct expo_bounds *b)
{
    uint64_t counts[EXPO_BOUNDS];
    struct buf border = {0};
    expo_classic(h, b, counts);
    for (unsigned i = 0; i < b->n; i++) {
        add_border(x, &border, b->upper[i]);
        add_name(x, "_bucket", l, buf_view(&border));
        buf_printf(x->out, "%llu\n", (unsigned long long)counts[i]);
    }
    buf_free(&border);
    add_name(x, "_bucket", l, STR("+Inf"));
    buf_printf(x->out, "%llu\n", (unsigned long long)h->count);
    add_name(x, "_sum", l, (str){NULL, 0});
    decimal_add(x->out, (double)h->sum / b->units);
    buf_char(x->out, '\n');
    add_name(x, "_count", l, (str){NULL, 0});
    buf_printf(x->out, "%llu\n", (unsigned long long)h->count);
}

static void end_open(struct expo *x)
{
    buf_str(x->out, STR("# EOF\n"));
}

const struct expo_format expo_text = {
    .content_type = "text/plain; version=0.0.4; charset=utf-8",
    .family = family,
    .value = value,
    .hist = hist,
};

const struct expo_format expo_openmetrics = {
    .content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8",
    .family = family,
    .value = value,
    .hist = hist,
    .end = end_open,
};
