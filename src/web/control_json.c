/* The control object: in which phase the run is, what its loads ask for now, which orders make
 * sense. */
#include <math.h>

#include "base/clock.h"
#include "report/json_parts.h"
#include "web/inside.h"

const char *control_page_state(const struct web *w)
{
    static const char *const names[CONTROL_PHASES] = {
        [CONTROL_PREPARING] = "waiting", [CONTROL_HELD] = "waiting",
        [CONTROL_WARMUP] = "running",    [CONTROL_RUNNING] = "running",
        [CONTROL_PAUSED] = "paused",     [CONTROL_DRAINING] = "draining",
        [CONTROL_OVER] = "ended"};
    struct control_state s;
    control_look(w->control, &s);
    return names[s.phase];
}

static double seconds_of(uint64_t ns)
{
    return ns == UINT64_MAX ? (double)NAN : (double)ns / (double)NS_PER_S;
}

static void put_run(const struct web *w, struct json_out *j, const struct control_state *s)
{
    char started[32];
    bool open = plan_is_open(s->plan);
    put_object(j, STR("run"));
    put_text(j, STR("id"), w->info->id);
    put_text(j, STR("weir"), w->info->weir);
    put_text(j, STR("command"), s->plan->command);
    put_text(j, STR("target"), w->info->target);
    put_text(j, STR("model"), open ? "open" : "closed");
    put_count(j, STR("threads"), s->plan->threads);
    put_text(j, STR("loop"), w->info->loop);
    json_out_key(j, STR("started_at"));
    if (s->phase > CONTROL_HELD) {
        clock_rfc3339(w->info->started_wall_ns, started);
        json_out_text(j, str_from(started));
    } else {
        json_out_number(j, (double)NAN);
    }
    json_out_end(j);
}

static void put_load(const struct web *w, struct json_out *j, const struct control_state *s,
                     unsigned i)
{
    const struct load *l = &s->plan->loads[i];
    const struct run_words *words = run_words(w->info);
    struct buf text = {0};
    bool goes = s->phase == CONTROL_RUNNING || s->phase == CONTROL_PAUSED;
    profile_describe(&l->profile, words->user, words->users, &text);
    json_out_object(j);
    put_count(j, STR("index"), i);
    json_out_key(j, STR("name"));
    json_out_text(j, l->name);
    put_text(j, STR("model"), l->profile.model == LOAD_OPEN ? "open" : "closed");
    put_number(j, STR("level"),
               goes                         ? profile_level_at(&l->profile, s->at_ns)
               : s->phase < CONTROL_RUNNING ? profile_first_level(&l->profile)
                                            : 0);
    put_number(j, STR("highest"), profile_highest_level(&l->profile));
    json_out_key(j, STR("plan"));
    json_out_text(j, buf_view(&text));
    json_out_end(j);
    buf_free(&text);
}

void control_put(const struct web *w, struct json_out *j)
{
    static const char *const orders[ORDERS] = {"start",  "stop",   "pause",
                                               "resume", "change", "mark"};
    struct control_state s;
    control_look(w->control, &s);
    json_out_object(j);
    put_text(j, STR("phase"), control_phase_name(s.phase));
    put_run(w, j, &s);
    put_number(j, STR("time_s"), s.phase > CONTROL_HELD ? seconds_of(s.at_ns) : (double)NAN);
    put_number(j, STR("length_s"), seconds_of(s.length_ns));
    put_array(j, STR("loads"));
    for (unsigned i = 0; i < s.plan->n_loads; i++)
        put_load(w, j, &s, i);
    json_out_end(j);
    put_object(j, STR("can"));
    for (unsigned k = 0; k < ORDERS; k++)
        put_truth(j, str_from(orders[k]), s.can[k]);
    json_out_end(j);
    json_out_end(j);
}
