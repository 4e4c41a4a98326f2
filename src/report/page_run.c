/* The run and its plan as JSON. */
#include "report/page_run.h"

#include <math.h>

#include "base/clock.h"
#include "report/json_parts.h"

/* Seconds; NAN, which is null, when there is no end. */
static double seconds_of(uint64_t ns)
{
    return ns == UINT64_MAX ? (double)NAN : (double)ns / (double)NS_PER_S;
}

static void put_stage(struct json_out *j, const struct stage *s)
{
    json_out_object(j);
    put_number(j, STR("from"), s->from);
    put_number(j, STR("to"), s->to);
    put_number(j, STR("duration_s"), seconds_of(s->duration_ns));
    put_count(j, STR("at_once"), s->at_once);
    json_out_end(j);
}

static void put_load(struct json_out *j, const struct load *l)
{
    bool capped = l->max_in_flight != UINT64_MAX;
    json_out_object(j);
    json_out_key(j, STR("name"));
    json_out_text(j, l->name);
    put_text(j, STR("model"), l->profile.model == LOAD_OPEN ? "open" : "closed");
    put_number(j, STR("warmup_s"), seconds_of(l->warmup_ns));
    put_number(j, STR("drain_s"), seconds_of(l->drain_ns));
    put_number(j, STR("timeout_s"), seconds_of(l->timeout_ns));
    put_number(j, STR("max_in_flight"), capped ? (double)l->max_in_flight : (double)NAN);
    put_array(j, STR("stages"));
    for (unsigned i = 0; i < l->profile.n; i++)
        put_stage(j, &l->profile.stages[i]);
    json_out_end(j);
    json_out_end(j);
}

static void put_words(struct json_out *j, const struct run_words *w)
{
    put_object(j, STR("words"));
    put_text(j, STR("user"), w->user);
    put_text(j, STR("users"), w->users);
    put_text(j, STR("calls"), w->calls);
    put_text(j, STR("ok"), w->ok);
    json_out_end(j);
}

void page_run_put(struct json_out *j, const struct run_info *info, str settings)
{
    const struct plan *p = info->plan;
    char started[32];
    clock_rfc3339(info->started_wall_ns, started);
    json_out_object(j);
    put_text(j, STR("id"), info->id);
    put_text(j, STR("weir"), info->weir);
    put_text(j, STR("command"), p->command);
    put_text(j, STR("target"), info->target);
    put_text(j, STR("started_at"), started);
    put_text(j, STR("loop"), info->loop);
    json_put_machine(j, &info->machine);
    put_count(j, STR("seed"), p->seed);
    put_count(j, STR("threads"), p->threads);
    put_count(j, STR("connections"), info->connections);
    put_truth(j, STR("scripted"), p->scripted);
    json_out_key(j, STR("model"));
    if (p->reads)
        json_out_raw(j, STR("null"));
    else
        json_out_text(j, plan_is_open(p) ? STR("open") : STR("closed"));
    put_number(j, STR("length_s"), seconds_of(plan_length_ns(p)));
    put_words(j, run_words(info));
    put_array(j, STR("loads"));
    for (unsigned i = 0; i < p->n_loads; i++)
        put_load(j, &p->loads[i]);
    json_out_end(j);
    json_out_key(j, STR("settings"));
    json_out_raw(j, settings);
    json_out_end(j);
}
