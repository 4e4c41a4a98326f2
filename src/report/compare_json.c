/* A comparison as JSON (docs/compare.md). Seconds, calls per second, shares; what there is not is
 * null. */
#include "report/compare.h"

#include <math.h>

#include "base/clock.h"
#include "report/json_parts.h"
#include "stats/bootstrap.h"

enum { SCHEMA = 1 };

static const char *const outcomes[COMPARE_OUTCOMES] = {
    [COMPARE_NONE] = "none",           [COMPARE_UNJUDGED] = "unjudged", [COMPARE_SAME] = "same",
    [COMPARE_UNDECIDED] = "undecided", [COMPARE_BETTER] = "better",     [COMPARE_WORSE] = "worse",
};

static void put_str(struct json_out *j, str key, str value)
{
    json_out_key(j, key);
    json_out_text(j, value);
}

static void add_run(struct json_out *j, str key, const struct compare_run *r, str load)
{
    static const char *const validities[] = {"valid", "degraded", "invalid"};
    const struct run_info *info = r->recorded.info;
    char started[32];
    clock_rfc3339(info->started_wall_ns, started);
    json_out_line(j);
    put_object(j, key);
    put_text(j, STR("file"), r->recorded.db.path);
    put_text(j, STR("id"), info->id);
    put_text(j, STR("weir"), info->weir);
    put_text(j, STR("started_at"), started);
    put_text(j, STR("command"), info->plan->command);
    put_text(j, STR("target"), info->target);
    put_str(j, STR("load"), load);
    put_number(j, STR("duration_s"), r->length_s);
    put_truth(j, STR("ended"), r->ended);
    json_out_key(j, STR("validity"));
    if (r->ended)
        json_out_text(j, str_from(validities[r->recorded.verdict.validity]));
    else
        json_out_number(j, (double)NAN); /* null */
    put_number(j, STR("period_s"), r->period_s);
    put_number(j, STR("block_s"), (double)r->block * r->period_s);
    json_out_end(j);
}

static void add_method(struct json_out *j, const struct comparison *c)
{
    json_out_line(j);
    put_object(j, STR("method"));
    put_number(j, STR("confidence"), COMPARE_CONFIDENCE);
    put_number(j, STR("smallest_effect"), COMPARE_SMALLEST);
    put_count(j, STR("resamples"), BOOTSTRAP_RUNS);
    put_count(j, STR("comparisons"), c->compared);
    json_out_end(j);
}

static void add_warnings(struct json_out *j, const struct comparison *c)
{
    json_out_line(j);
    put_array(j, STR("warnings"));
    for (unsigned i = 0; i < c->n_warnings; i++)
        json_out_text(j, c->warnings[i]);
    json_out_end(j);
    json_out_line(j);
    put_array(j, STR("settings"));
    for (size_t i = 0; i < c->n_settings; i++) {
        json_out_object(j);
        put_str(j, STR("name"), c->settings[i].name);
        put_str(j, STR("a"), c->settings[i].a);
        put_str(j, STR("b"), c->settings[i].b);
        json_out_end(j);
    }
    json_out_end(j);
}

static void add_series_name(struct json_out *j, const struct series *s)
{
    put_str(j, STR("name"), s->name);
    put_object(j, STR("tags"));
    for (unsigned i = 0; i < s->n_tags; i++)
        put_str(j, s->tags[i].name, s->tags[i].value);
    json_out_end(j);
    put_truth(j, STR("part"), s->part);
}

static void add_figure(struct json_out *j, const struct compare_kind *kind,
                       const struct compare_result *r)
{
    json_out_line(j);
    put_object(j, str_from(kind->name));
    put_number(j, STR("a"), r->a);
    put_number(j, STR("b"), r->b);
    put_number(j, STR("difference"), r->difference);
    put_number(j, STR("low"), r->low);
    put_number(j, STR("high"), r->high);
    put_number(j, STR("p"), r->p);
    put_number(j, STR("adjusted_p"), r->outcome > COMPARE_UNJUDGED ? r->adjusted_p : (double)NAN);
    put_text(j, STR("outcome"), outcomes[r->outcome]);
    json_out_end(j);
}

static void add_pair(struct json_out *j, const struct compare_pair *pair)
{
    json_out_line(j);
    json_out_object(j);
    add_series_name(j, pair->series);
    put_object(j, STR("count"));
    put_count(j, STR("a"), pair->a->started);
    put_count(j, STR("b"), pair->b->started);
    json_out_end(j);
    put_object(j, STR("figures"));
    for (unsigned f = 0; f < COMPARE_FIGURES; f++)
        add_figure(j, &compare_kinds[f], &pair->results[f]);
    json_out_line(j);
    json_out_end(j);
    json_out_end(j);
}

static void add_only(struct json_out *j, str key, const struct series *const *list, size_t n)
{
    json_out_line(j);
    put_array(j, key);
    for (size_t i = 0; i < n; i++) {
        json_out_object(j);
        add_series_name(j, list[i]);
        json_out_end(j);
    }
    json_out_end(j);
}

static enum compare_outcome outcome_of_all(const struct comparison *c)
{
    if (comparison_is_worse(c))
        return COMPARE_WORSE;
    if (c->outcomes[COMPARE_BETTER])
        return COMPARE_BETTER;
    return c->compared && !c->outcomes[COMPARE_UNDECIDED] ? COMPARE_SAME : COMPARE_UNDECIDED;
}

static void add_verdict(struct json_out *j, const struct comparison *c)
{
    bool worse = comparison_is_worse(c);
    json_out_line(j);
    put_object(j, STR("verdict"));
    put_text(j, STR("outcome"), outcomes[outcome_of_all(c)]);
    for (unsigned o = 0; o < COMPARE_OUTCOMES; o++)
        put_count(j, str_from(outcomes[o]), c->outcomes[o]);
    put_count(j, STR("exit_code"), worse ? 3 : 0);
    json_out_end(j);
}

void comparison_json(const struct comparison *c, struct buf *out)
{
    struct json_out j = {.out = out};
    json_out_object(&j);
    put_count(&j, STR("schema"), SCHEMA);
    put_text(&j, STR("weir"), WEIR_VERSION);
    add_run(&j, STR("a"), &c->a, c->load_a);
    add_run(&j, STR("b"), &c->b, c->load_b);
    add_method(&j, c);
    add_verdict(&j, c);
    add_warnings(&j, c);
    json_out_line(&j);
    put_array(&j, STR("series"));
    for (size_t i = 0; i < c->n_pairs; i++)
        add_pair(&j, &c->pairs[i]);
    json_out_line(&j);
    json_out_end(&j);
    add_only(&j, STR("only_a"), c->only_a, c->n_only_a);
    add_only(&j, STR("only_b"), c->only_b, c->n_only_b);
    json_out_line(&j);
    json_out_end(&j);
    buf_char(out, '\n');
}
