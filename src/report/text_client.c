/* What Kafka clients measured, in a line, and the groups that were watched: the rest is in JSON and
 * the record. */
#include "base/units.h"
#include "report/text_blocks.h"

/* "round trip 30 µs, at most 385 µs · " */
static void add_times(const struct results *r, const char *what, str client,
                      enum measure_id average, enum measure_id most, struct buf *text)
{
    struct series_data a = {0}, b = {0};
    results_measure(r, average, client, &a);
    results_measure(r, most, client, &b);
    if (a.started && b.response.count)
        buf_printf(text, "%s %s, at most %s · ", what, human_time(a.sum / (double)a.started).text,
                   human_time((double)b.response.max / 1e9).text);
    series_data_free(&a);
    series_data_free(&b);
}

static void add_count(const struct results *r, const char *what, enum measure_id id,
                      struct buf *text)
{
    struct series_data d = {0};
    results_measure(r, id, STR(""), &d);
    if (d.started)
        buf_printf(text, "%s %s · ", human_count((uint64_t)d.sum).text, what);
    series_data_free(&d);
}

static void add_lag(const struct results *r, struct buf *text)
{
    struct series_data d = {0};
    results_measure(r, MEASURE_LAG, STR(""), &d);
    if (d.response.count)
        buf_printf(text, "at most %s records behind in a partition · ",
                   human_count((uint64_t)((double)d.response.max / SERIES_VALUE_UNITS)).text);
    series_data_free(&d);
}

/* "group g, topic t: 120 records behind on average, at most 4 500; the oldest for up to 2.1 s" */
static void add_group(struct page *p, const struct results *r, const struct result *lag)
{
    struct buf text = {0};
    for (unsigned i = 1; i < lag->series->n_tags; i++) { /* behind the protocol */
        buf_printf(&text, "%s" STR_FMT " ", i > 1 ? ", " : "", STR_ARG(lag->series->tags[i].name));
        page_clean(&text, lag->series->tags[i].value);
    }
    buf_printf(&text, ": %s records behind on average, at most %s",
               human_count((uint64_t)(lag->data.sum / (double)lag->data.started)).text,
               human_count((uint64_t)((double)lag->data.response.max / SERIES_VALUE_UNITS)).text);
    struct result *wait = map_get(&r->by_name, str_from(measures[MEASURE_GROUP_WAIT].name));
    for (; wait; wait = wait->same_name)
        if (series_same_tags(wait->series, lag->series) && wait->data.response.count)
            buf_printf(&text, "; the oldest waited for up to %s",
                       human_time((double)wait->data.response.max / 1e9).text);
    page_label(p, "lag");
    page_wrapped(p, PLAIN, STR(" "), buf_view(&text));
    buf_free(&text);
}

static void add_groups(struct page *p, const struct results *r)
{
    struct result *lag = map_get(&r->by_name, str_from(measures[MEASURE_GROUP_LAG].name));
    for (; lag; lag = lag->same_name)
        if (lag->series->kind == SERIES_VALUES && lag->data.started)
            add_group(p, r, lag);
}

void text_client(struct page *p, const struct summary *s)
{
    const struct results *r = s->results;
    const str between = STR(" · ");
    struct buf text = {0};
    add_times(r, "round trip", STR("producer"), MEASURE_RTT_AVG, MEASURE_RTT_MAX, &text);
    add_times(r, "own queue", STR("producer"), MEASURE_QUEUE_AVG, MEASURE_QUEUE_MAX, &text);
    /* A broker keeps it until there is something to read. */
    add_times(r, "fetch with its wait for records", STR("consumer"), MEASURE_RTT_AVG,
              MEASURE_RTT_MAX, &text);
    add_lag(r, &text);
    add_count(r, "requests", MEASURE_REQUESTS, &text);
    add_count(r, "repeated", MEASURE_RETRIES, &text);
    if (text.n > between.n) {
        page_label(p, "client");
        page_wrapped(p, DIM, between, (str){text.p, text.n - between.n});
    }
    buf_free(&text);
    add_groups(p, r);
}
