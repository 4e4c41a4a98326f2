/* What the metrics of a series are, one function each. */
#include "web/metrics_parts.h"

#include "base/clock.h"

static const double second_borders[] = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                        0.01,   0.025,   0.05,   0.1,   0.25,   0.5,
                                        1,      2.5,     5,      10,    30,     60};
const struct expo_bounds metrics_seconds = {
    second_borders, sizeof second_borders / sizeof *second_borders, (double)NS_PER_S};

static const double value_borders[] = {0.01, 0.1, 1,   2,   5,   10,  20,  50,  100, 200,
                                       500,  1e3, 2e3, 5e3, 1e4, 1e5, 1e6, 1e7, 1e9};
static const struct expo_bounds values = {
    value_borders, sizeof value_borders / sizeof *value_borders, SERIES_VALUE_UNITS};

void metrics_push(struct expo_labels *l, str name, str value)
{
    l->list[l->n++] = (struct expo_label){name, value};
}

/* With one label more. */
void metrics_put_with(struct expo *x, struct expo_labels *l, str name, str value, uint64_t n)
{
    metrics_push(l, name, value);
    expo_value(x, l, (double)n);
    l->n--;
}

/* ---- of calls ---- */

void metrics_put_started(struct expo *x, struct expo_labels *l, const struct series_data *d)
{
    expo_value(x, l, (double)d->started);
}

void metrics_put_fates(struct expo *x, struct expo_labels *l, const struct series_data *d)
{
    for (unsigned f = 0; f < FATES; f++)
        metrics_put_with(x, l, STR("fate"), str_from(fate_name((enum fate)f)), d->fates[f]);
}

void metrics_put_in_flight(struct expo *x, struct expo_labels *l, const struct series_data *d)
{
    uint64_t ended = series_data_ended(d);
    expo_value(x, l, d->started > ended ? (double)(d->started - ended) : 0);
}

void metrics_put_causes(struct expo *x, struct expo_labels *l, const struct series_data *d)
{
    for (size_t i = 0; i < d->causes.used; i++)
        metrics_put_with(x, l, STR("cause"), d->causes.rows[i].key.text, d->causes.rows[i].count);
}

void metrics_put_status(struct expo *x, struct expo_labels *l, const struct series_data *d)
{
    for (size_t i = 0; i < d->status.used; i++) {
        struct buf number = {0};
        buf_printf(&number, "%u", d->status.rows[i].key.number);
        metrics_put_with(x, l, STR("status"), buf_view(&number), d->status.rows[i].count);
        buf_free(&number);
    }
}

void metrics_put_checks(struct expo *x, struct expo_labels *l, const struct series_data *d)
{
    const struct tally *both[] = {&d->checks_passed, &d->checks_failed};
    static const char *const results[] = {"passed", "failed"};
    for (unsigned k = 0; k < 2; k++)
        for (size_t i = 0; i < both[k]->used; i++) {
            metrics_push(l, STR("check"), both[k]->rows[i].key.text);
            metrics_put_with(x, l, STR("result"), str_from(results[k]), both[k]->rows[i].count);
            l->n--;
        }
}

void metrics_put_response(struct expo *x, struct expo_labels *l, const struct series_data *d)
{
    expo_hist(x, l, &d->response, &metrics_seconds);
}

void metrics_put_service(struct expo *x, struct expo_labels *l, const struct series_data *d)
{
    expo_hist(x, l, &d->service, &metrics_seconds);
}

void metrics_put_sent(struct expo *x, struct expo_labels *l, const struct series_data *d)
{
    expo_value(x, l, (double)d->bytes_sent);
}

void metrics_put_received(struct expo *x, struct expo_labels *l, const struct series_data *d)
{
    expo_value(x, l, (double)d->bytes_received);
}

void metrics_put_reconnects(struct expo *x, struct expo_labels *l, const struct series_data *d)
{
    expo_value(x, l, (double)d->reconnects);
}

void metrics_put_possibly(struct expo *x, struct expo_labels *l, const struct series_data *d)
{
    expo_value(x, l, (double)d->possibly_stored);
}

/* ---- of records, of a script's own, of clients ---- */

void metrics_put_classes(struct expo *x, struct expo_labels *l, const struct series_data *d)
{
    for (unsigned c = 0; d->read.audited && c < RECORD_CLASSES; c++)
        metrics_put_with(x, l, STR("class"), str_from(record_class_name((enum record_class)c)),
                         d->read.classes[c]);
}

void metrics_put_sum(struct expo *x, struct expo_labels *l, const struct series_data *d)
{
    expo_value(x, l, d->sum);
}

void metrics_put_values(struct expo *x, struct expo_labels *l, const struct series_data *d)
{
    expo_hist(x, l, &d->response, &values);
}

void metrics_put_last(struct expo *x, struct expo_labels *l, const struct series_data *d)
{
    expo_value(x, l, d->last);
}
