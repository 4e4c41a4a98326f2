/* A group's lag as JSON: seconds and records; what is not known, or never comes, is null. */
#include <math.h>

#include "base/clock.h"
#include "report/json_parts.h"
#include "report/lag.h"

enum { SCHEMA = 1 };

/* Not known: null. */
static void put_whole(struct json_out *j, str key, bool known, uint64_t n)
{
    if (known)
        put_count(j, key, n);
    else
        put_number(j, key, (double)NAN);
}

static void put_offset(struct json_out *j, str key, int64_t offset)
{
    put_whole(j, key, offset >= 0, (uint64_t)offset);
}

static void put_behind(struct json_out *j, double behind)
{
    put_whole(j, STR("behind"), !isnan(behind), isnan(behind) ? 0 : (uint64_t)behind);
}

static void put_figures(struct json_out *j, const struct lag_figures *f)
{
    put_behind(j, f->behind);
    put_number(j, STR("waits_s"), f->waits_s);
    put_number(j, STR("consumed_rate"), f->consumed);
    put_number(j, STR("produced_rate"), f->produced);
    put_number(j, STR("drain_s"), f->drain_s);
}

static void add_partitions(struct json_out *j, const struct lag_report *r)
{
    put_array(j, STR("partitions"));
    for (size_t i = 0; i < r->n; i++) {
        const struct kafka_lag_partition *p = &r->rows[i].now;
        json_out_line(j);
        json_out_object(j);
        json_out_key(j, STR("topic"));
        json_out_text(j, p->topic);
        put_count(j, STR("partition"), (uint64_t)p->number);
        put_offset(j, STR("begin"), p->begin);
        put_offset(j, STR("committed"), p->committed);
        put_offset(j, STR("end"), p->end);
        put_figures(j, &r->rows[i].figures);
        json_out_end(j);
    }
    json_out_line(j);
    json_out_end(j);
}

static void add_looks(struct json_out *j, const struct lag_report *r)
{
    put_array(j, STR("looks"));
    for (size_t i = 0; i < r->n_moments; i++) {
        json_out_line(j);
        json_out_object(j);
        put_number(j, STR("at_s"), r->moments[i].at_s);
        put_behind(j, r->moments[i].behind);
        put_number(j, STR("waits_s"), r->moments[i].waits_s);
        json_out_end(j);
    }
    json_out_line(j);
    json_out_end(j);
}

static void add_explanation(struct json_out *j, const struct lag_report *r)
{
    put_object(j, STR("explain"));
    put_whole(j, STR("members"), r->about->known, r->about->members);
    put_text(j, STR("state"), r->about->state);
    put_array(j, STR("findings"));
    for (size_t i = 0; i < r->n_findings; i++)
        json_out_text(j, r->findings[i]);
    json_out_end(j);
    json_out_end(j);
}

void lag_json(const struct lag_report *r, struct buf *out)
{
    struct json_out j = {.out = out};
    char when[32];
    clock_rfc3339((uint64_t)r->wall_ms * NS_PER_MS, when);
    json_out_object(&j);
    json_out_line(&j);
    put_count(&j, STR("schema"), SCHEMA);
    put_text(&j, STR("weir"), WEIR_VERSION);
    put_text(&j, STR("group"), r->group);
    put_text(&j, STR("at"), when);
    put_number(&j, STR("seconds"), r->seconds);
    json_out_line(&j);
    put_object(&j, STR("total"));
    put_figures(&j, &r->total);
    put_count(&j, STR("uncommitted_partitions"), r->uncommitted);
    put_count(&j, STR("dropped"), r->dropped);
    json_out_end(&j);
    json_out_line(&j);
    add_partitions(&j, r);
    json_out_line(&j);
    add_looks(&j, r);
    if (r->about) {
        json_out_line(&j);
        add_explanation(&j, r);
    }
    json_out_line(&j);
    json_out_end(&j);
    buf_char(out, '\n');
}
