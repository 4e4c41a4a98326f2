/* Gathering a run for the page. Lists grow as JSON text, one member behind the other; what is new
 * in them is the text behind a mark. */

#include <math.h>

#include "base/clock.h"
#include "base/mem.h"
#include "proto/http_mask.h"
#include "report/json_parts.h"
#include "report/page_inside.h"

enum {
    EVENTS_MOST = 1000, /* later ones are left out */
    FAILURES_MOST = 200,
    TEXT_MOST = 8 * 1024,    /* of a failure's request, head or body */
    TEXTS_MOST = 256 * 1024, /* of all failures together: later ones go without */
};

struct page_data *page_data_make(enum page_use use)
{
    struct page_data *p = mem_zero(sizeof *p);
    p->use = use;
    return p;
}

void page_data_free(struct page_data *p)
{
    timeline_free(&p->timeline);
    buf_free(&p->settings.text);
    buf_free(&p->series.text);
    buf_free(&p->events.text);
    buf_free(&p->failures.text);
    mem_free(p->told);
    mem_free(p);
}

/* ---- gathering ---- */

void page_data_setting(void *page_data, str name, str value, str origin)
{
    struct page_data *p = page_data;
    struct json_out j = {.out = &p->settings.text};
    json_out_array(&j);
    json_out_text(&j, name);
    json_out_text(&j, value);
    json_out_text(&j, origin);
    json_out_end(&j);
    buf_char(&p->settings.text, ',');
}

void page_data_begin(struct page_data *p, const struct run_info *info)
{
    p->info = info;
    timeline_init(&p->timeline, info->plan);
    p->timeline.follow = p->use == PAGE_FOLLOWED;
    p->timeline.half = p->use == PAGE_BESIDE;
}

static void add_series(struct page_data *p, const struct time_series *t)
{
    static const char *const kinds[] = {[SERIES_CALLS] = "calls", [SERIES_RECORDS] = "records"};
    struct json_out j = {.out = &p->series.text};
    json_out_object(&j);
    put_count(&j, STR("id"), t->number);
    json_out_key(&j, STR("name"));
    json_out_text(&j, t->series->name);
    put_object(&j, STR("tags"));
    for (unsigned i = 0; i < t->series->n_tags; i++) {
        json_out_key(&j, t->series->tags[i].name);
        json_out_text(&j, t->series->tags[i].value);
    }
    json_out_end(&j);
    put_truth(&j, STR("part"), t->series->part);
    put_text(&j, STR("kind"), kinds[t->series->kind]);
    json_out_end(&j);
    buf_char(&p->series.text, ',');
}

void page_add_series(struct page_data *p)
{
    const struct time_names *names = &p->timeline.names;
    for (; p->n_series < names->n; p->n_series++)
        add_series(p, names->list[p->n_series]);
}

void page_data_second(struct page_data *p, const struct second *row)
{
    timeline_add(&p->timeline, row);
    page_add_series(p);
}

void page_data_event(struct page_data *p, const struct run_event *e)
{
    struct json_out j = {.out = &p->events.text};
    if (++p->n_events > EVENTS_MOST)
        return;
    json_out_object(&j);
    put_number(&j, STR("at_s"), (double)e->at_ns / (double)NS_PER_S);
    put_text(&j, STR("kind"), e->kind);
    put_text(&j, STR("text"), e->text);
    json_out_end(&j);
    buf_char(&p->events.text, ',');
}

/* As much of it as there is room for; null: it was not shown. */
static void put_sample(struct page_data *p, struct json_out *j, str key, str text)
{
    json_out_key(j, key);
    if (text.n > TEXT_MOST)
        text.n = TEXT_MOST;
    if (text.n == 0 || p->texts_bytes + text.n > TEXTS_MOST) {
        json_out_raw(j, STR("null"));
        return;
    }
    p->texts_bytes += text.n;
    json_out_text(j, text);
}

static void put_time_us(struct json_out *j, str key, uint64_t ns)
{
    put_number(j, key, ns ? (double)ns / 1000 : (double)NAN);
}

void page_data_failure(struct page_data *p, const struct shown_call *call)
{
    const struct call_record *r = &call->record;
    const struct time_series *t = time_names_series(&p->timeline.names, r->series);
    struct arena arena = {0};
    struct json_out j = {.out = &p->failures.text};
    if (++p->n_failures > FAILURES_MOST)
        return;
    page_add_series(p);
    json_out_object(&j);
    put_count(&j, STR("series"), t ? t->number : 0);
    put_text(&j, STR("fate"), fate_name((enum fate)r->fate));
    put_text(&j, STR("cause"), r->cause ? r->cause : "");
    put_number(&j, STR("at_s"), (double)r->due_ns / (double)NS_PER_S);
    put_time_us(&j, STR("response_us"), r->response_ns);
    put_time_us(&j, STR("service_us"), r->service_ns);
    put_count(&j, STR("status"), r->status);
    put_count(&j, STR("length"), r->length);
    put_sample(p, &j, STR("request"), http_mask_secrets(call->request, &arena));
    put_sample(p, &j, STR("head"), http_mask_secrets(call->head, &arena));
    put_sample(p, &j, STR("body"), call->body);
    json_out_end(&j);
    buf_char(&p->failures.text, ',');
    arena_free(&arena);
}
