/* What viewers of a run that goes on are told each second: little, though there may be hundreds of
 * series. A row of a table for each that has changed; the course, the shape and all figures of one
 * only to who looks at it. */
#include "report/page_live.h"

#include "base/clock.h"
#include "base/mem.h"
#include "report/json.h"
#include "report/json_parts.h"
#include "report/page_inside.h"

/* ---- rows of the table of series ---- */

struct rows {
    struct page_data *page;
    bool all; /* or only those that changed since they were told last */
};

/* Grows whenever a figure changes. */
static uint64_t happened(const struct series_data *d)
{
    return d->started + series_data_ended(d);
}

static bool is_news(struct page_data *p, size_t number, const struct series_data *d)
{
    if (number >= p->n_told) {
        p->told = mem_grow(p->told, (number + 1) * sizeof *p->told);
        while (p->n_told <= number)
            p->told[p->n_told++] = 0;
    }
    bool news = p->told[number] != happened(d);
    p->told[number] = happened(d);
    return news;
}

/* p50, p95, p99 and the longest; brief: p99 alone. */
static void put_times(struct json_out *j, str key, const struct hist *h, bool brief)
{
    static const double percents[] = {50, 95, 99};
    static const char *const names[] = {"p50", "p95", "p99"};
    enum { PERCENTS = 3 };
    unsigned first = brief ? PERCENTS - 1 : 0;
    uint64_t ns[PERCENTS];
    put_object(j, key);
    hist_walk_percentiles(hist_walk(h), percents + first, PERCENTS - first, ns);
    for (unsigned i = first; h->count && i < PERCENTS; i++)
        put_number(j, str_from(names[i]), (double)ns[i - first] / (double)NS_PER_S);
    if (h->count && !brief)
        put_number(j, STR("max"), (double)h->max / (double)NS_PER_S);
    json_out_end(j);
}

static void put_row(struct json_out *j, const struct summary *s, const struct result *r,
                    void *owner)
{
    struct rows *rows = owner;
    const struct series_data *d = &r->data;
    const struct time_series *t = time_names_series(&rows->page->timeline.names, r->series);
    bool records = r->series->kind == SERIES_RECORDS;
    if (!t) { /* a metric: there are few */
        json_put_row(j, s, r, NULL);
        return;
    }
    if (!rows->all && !is_news(rows->page, t->number, d))
        return;
    json_out_object(j);
    put_count(j, STR("series"), t->number);
    put_count(j, STR("count"), d->started);
    put_number(j, STR("rate"), (double)d->started_in_plan / s->length_s);
    json_put_outcomes(j, d);
    json_put_reasons(j, STR("errors"), &d->causes);
    put_times(j, records ? STR("end_to_end_s") : STR("response_time_s"), &d->response, false);
    put_times(j, records ? STR("since_sent_s") : STR("service_time_s"), &d->service, true);
    json_out_end(j);
}

static void put_summary(struct page_data *p, struct json_out *j, const struct summary *s, bool all)
{
    struct rows rows = {p, all};
    struct buf summary = {0};
    json_summary_with(s, put_row, &rows, &summary);
    json_out_key(j, STR("summary"));
    json_out_raw(j, str_trim(buf_view(&summary)));
    buf_free(&summary);
    page_put_thresholds(j, s->verdict);
    put_object(j, STR("shapes"));
    put_object(j, STR("total"));
    page_put_shape(j, s->total);
    json_out_end(j);
    json_out_end(j);
    page_add_series(p);
}

void page_live_summary(struct page_data *p, const struct summary *s, struct buf *out)
{
    struct json_out j = {.out = out};
    json_out_object(&j);
    put_summary(p, &j, s, false);
    json_out_end(&j);
}

/* ---- the page and what is new of it ---- */

void page_live_write(struct page_data *p, const char *state, const struct summary *s,
                     struct buf *out)
{
    struct json_out j = {.out = out};
    page_begin(p, &j, state, false);
    put_summary(p, &j, s, true);
    page_end(p, &j);
}

/* Only when there is something new. */
static void put_fresh(struct json_out *j, str key, struct page_list *l)
{
    str members = str_skip(buf_view(&l->text), l->told);
    if (members.n)
        page_put_list(j, key, members);
    l->told = l->text.n;
}

void page_live_more(struct page_data *p, struct buf *out)
{
    struct json_out j = {.out = out};
    struct buf time = {0};
    timeline_fresh_json(&p->timeline, &time);
    json_out_object(&j);
    if (time.n)
        json_out_raw(&j, buf_view(&time));
    put_fresh(&j, STR("series"), &p->series);
    put_fresh(&j, STR("events"), &p->events);
    put_fresh(&j, STR("failures"), &p->failures);
    json_out_end(&j);
    buf_free(&time);
}

/* ---- series ---- */

static const struct result *result_of(const struct results *results, const struct series *s)
{
    for (size_t i = 0; i < results->n; i++)
        if (series_same(results->list[i]->series, s))
            return results->list[i];
    return NULL;
}

bool page_live_series(struct page_data *p, size_t number, int64_t after_s, const struct summary *s,
                      struct buf *out)
{
    struct buf course = {0};
    struct json_out j = {.out = out};
    if (number >= p->timeline.names.n)
        return false;
    const struct result *r = result_of(s->results, p->timeline.names.list[number]->series);
    timeline_one_json(&p->timeline, number, after_s, &course);
    json_out_object(&j);
    json_out_key(&j, STR("course"));
    json_out_raw(&j, buf_view(&course));
    if (r) {
        json_out_key(&j, STR("figures"));
        json_put_row(&j, s, r, NULL);
        put_object(&j, STR("shape"));
        page_put_shape(&j, &r->data);
        json_out_end(&j);
    }
    json_out_end(&j);
    buf_free(&course);
    return true;
}

size_t page_live_courses(struct page_data *p, size_t number, struct buf *out)
{
    buf_char(out, '{');
    number = timeline_some_json(&p->timeline, number, out);
    buf_char(out, '}');
    return number;
}
