/* The page as one JSON object: of a run that is over, or of one that is compared. */
#include "report/json.h"
#include "report/json_parts.h"
#include "report/page_inside.h"
#include "report/page_live.h"
#include "report/page_run.h"
#include "report/page_shapes.h"
#include "report/threshold_words.h"

enum { PAGE_VERSION = 1 };

/* ---- lists ---- */

static str without_comma(str s)
{
    return (str){s.p, s.n ? s.n - 1 : 0};
}

void page_put_list(struct json_out *j, str key, str members)
{
    put_array(j, key);
    if (members.n)
        json_out_raw(j, without_comma(members));
    json_out_end(j);
}

/* ---- shapes ---- */

void page_put_shape(struct json_out *j, const struct series_data *d)
{
    struct buf list = {0};
    const struct {
        str key;
        const struct hist *hist;
        void (*put)(const struct hist *h, struct buf *out);
    } parts[] = {
        {STR("response"), &d->response, page_spectrum},
        {STR("service"), &d->service, page_spectrum},
        {STR("response_cells"), &d->response, page_cells},
        {STR("service_cells"), &d->service, page_cells},
    };
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++) {
        list.n = 0;
        parts[i].put(parts[i].hist, &list);
        json_out_key(j, parts[i].key);
        json_out_raw(j, buf_view(&list));
    }
    buf_free(&list);
}

static void put_shapes(struct page_data *p, struct json_out *j, const struct results *results,
                       const struct series_data *total)
{
    json_out_key(j, STR("shapes"));
    json_out_object(j);
    put_object(j, STR("total"));
    page_put_shape(j, total);
    json_out_end(j);
    put_array(j, STR("series"));
    for (size_t i = 0; i < results->n; i++) {
        const struct result *r = results->list[i];
        const struct time_series *t = time_names_series(&p->timeline.names, r->series);
        if (!t)
            continue;
        json_out_object(j);
        put_count(j, STR("series"), t->number);
        page_put_shape(j, &r->data);
        json_out_end(j);
    }
    json_out_end(j);
    json_out_end(j);
    page_add_series(p);
}

/* ---- the page ---- */

void page_put_thresholds(struct json_out *j, const struct verdict *v)
{
    put_array(j, STR("thresholds"));
    for (unsigned i = 0; i < v->n_thresholds; i++) {
        struct buf words = {0};
        threshold_words(&v->thresholds[i], &words);
        json_out_text(j, buf_view(&words));
        buf_free(&words);
    }
    json_out_end(j);
}

static void put_summary(struct page_data *p, struct json_out *j, const struct summary *s)
{
    struct buf summary = {0};
    json_summary(s, &summary);
    json_out_key(j, STR("summary"));
    json_out_raw(j, str_trim(buf_view(&summary)));
    buf_free(&summary);
    page_put_thresholds(j, s->verdict);
    put_shapes(p, j, s->results, s->total);
}

/* Members that were written without a json_out. */
static void put_members(struct json_out *j, const struct buf *members)
{
    if (members->n)
        json_out_raw(j, buf_view(members));
}

void page_begin(struct page_data *p, struct json_out *j, const char *state, bool of_series)
{
    struct buf time = {0}, settings = {0};
    (of_series ? timeline_json : timeline_time_json)(&p->timeline, &time);
    json_out_object(j);
    put_count(j, STR("page"), PAGE_VERSION);
    put_text(j, STR("state"), state);
    json_out_key(j, STR("run"));
    buf_char(&settings, '[');
    buf_str(&settings, without_comma(buf_view(&p->settings.text)));
    buf_char(&settings, ']');
    page_run_put(j, p->info, buf_view(&settings));
    put_members(j, &time);
    buf_free(&time);
    buf_free(&settings);
}

void page_end(struct page_data *p, struct json_out *j)
{
    page_put_list(j, STR("series"), buf_view(&p->series.text));
    page_put_list(j, STR("events"), buf_view(&p->events.text));
    page_put_list(j, STR("failures"), buf_view(&p->failures.text));
    json_out_end(j);
}

static void put_no_summary(struct json_out *j)
{
    json_out_key(j, STR("summary"));
    json_out_raw(j, STR("null"));
}

static void write_page(struct page_data *p, const char *state, const struct summary *s,
                       bool of_series, struct buf *out)
{
    struct json_out j = {.out = out};
    page_begin(p, &j, state, of_series);
    if (s)
        put_summary(p, &j, s);
    else
        put_no_summary(&j);
    page_end(p, &j);
}

void page_data_write(struct page_data *p, const char *state, const struct summary *s,
                     struct buf *out)
{
    write_page(p, state, s, true, out);
}

void page_live_end(struct page_data *p, const struct summary *s, struct buf *out)
{
    write_page(p, "ended", s, false, out);
}

void page_data_compared(struct page_data *p, const struct results *results,
                        const struct series_data *total, struct buf *out)
{
    struct json_out j = {.out = out};
    page_begin(p, &j, "ended", true);
    put_no_summary(&j);
    put_shapes(p, &j, results, total);
    page_end(p, &j);
}
