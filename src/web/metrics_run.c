/* The metrics of a run as a whole, one function each. */
#include "web/metrics_parts.h"

void metrics_put_build(struct expo *x, const struct metrics_run *run)
{
    struct expo_labels l = {.n = 0};
    metrics_push(&l, STR("version"), str_from(run->info->weir));
    expo_value(x, &l, 1);
}

void metrics_put_run(struct expo *x, const struct metrics_run *run)
{
    const struct run_info *info = run->info;
    struct expo_labels l = {.n = 0};
    metrics_push(&l, STR("run"), str_from(info->id));
    metrics_push(&l, STR("command"), str_from(info->plan->command));
    metrics_push(&l, STR("target"), str_from(info->target));
    metrics_push(&l, STR("model"),
                 info->plan->reads          ? STR("reader")
                 : plan_is_open(info->plan) ? STR("open")
                                            : STR("closed"));
    expo_value(x, &l, 1);
}

void metrics_put_phase(struct expo *x, const struct metrics_run *run)
{
    for (unsigned p = 0; p < CONTROL_PHASES; p++) {
        struct expo_labels l = {.n = 0};
        metrics_push(&l, STR("phase"), str_from(control_phase_name((enum control_phase)p)));
        expo_value(x, &l, p == run->phase);
    }
}

static struct expo_labels of_load(const struct metrics_run *run, unsigned i)
{
    struct expo_labels l = {.n = 0};
    str name = run->info->plan->loads[i].name;
    if (name.n)
        metrics_push(&l, STR("scenario"), name);
    return l;
}

static void put_asked(struct expo *x, const struct metrics_run *run, enum load_model model)
{
    const struct plan *plan = run->info->plan;
    for (unsigned i = 0; i < plan->n_loads; i++) {
        struct expo_labels l = of_load(run, i);
        if (plan->loads[i].profile.model == model && !plan->reads)
            expo_value(x, &l, run->asked[i]);
    }
}

void metrics_put_asked_rate(struct expo *x, const struct metrics_run *run)
{
    put_asked(x, run, LOAD_OPEN);
}

void metrics_put_asked_users(struct expo *x, const struct metrics_run *run)
{
    put_asked(x, run, LOAD_CLOSED);
}

void metrics_put_iterations(struct expo *x, const struct metrics_run *run)
{
    const struct iteration_books *books = &run->results->books;
    for (unsigned i = 0; i < books->n; i++) {
        struct expo_labels l = of_load(run, i);
        expo_value(x, &l, (double)books->list[i].started);
    }
}

void metrics_put_iteration_ends(struct expo *x, const struct metrics_run *run)
{
    const struct iteration_books *books = &run->results->books;
    for (unsigned i = 0; i < books->n; i++) {
        struct expo_labels l = of_load(run, i);
        metrics_put_with(x, &l, STR("result"), STR("completed"), books->list[i].completed);
        metrics_put_with(x, &l, STR("result"), STR("script_error"), books->list[i].script_error);
        metrics_put_with(x, &l, STR("result"), STR("interrupted"), books->list[i].interrupted);
    }
}

void metrics_put_skipped(struct expo *x, const struct metrics_run *run)
{
    const struct iteration_books *books = &run->results->books;
    for (unsigned i = 0; i < books->n; i++) {
        struct expo_labels l = of_load(run, i);
        expo_value(x, &l, (double)books->list[i].skipped);
    }
}

void metrics_put_script_errors(struct expo *x, const struct metrics_run *run)
{
    const struct tally *errors = &run->results->script_errors;
    struct expo_labels l = {.n = 0};
    for (size_t i = 0; i < errors->used; i++)
        metrics_put_with(x, &l, STR("cause"), errors->rows[i].key.text, errors->rows[i].count);
}

static bool has_replies(const struct results *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->list[i]->series->replies)
            return true;
    return false;
}

void metrics_put_replies(struct expo *x, const struct metrics_run *run)
{
    const struct reply_book *b = &run->results->replies;
    struct expo_labels l = {.n = 0};
    for (unsigned c = 0; has_replies(run->results) && c < REPLY_CLASSES; c++)
        metrics_put_with(x, &l, STR("class"), str_from(reply_class_name((enum reply_class)c)),
                         b->classes[c]);
}

void metrics_put_late(struct expo *x, const struct metrics_run *run)
{
    if (has_replies(run->results))
        expo_hist(x, &(struct expo_labels){.n = 0}, &run->results->replies.late, &metrics_seconds);
}

static void put_hist(struct expo *x, const struct hist *h)
{
    expo_hist(x, &(struct expo_labels){.n = 0}, h, &metrics_seconds);
}

void metrics_put_lateness(struct expo *x, const struct metrics_run *run)
{
    put_hist(x, &run->results->lateness);
}

void metrics_put_wait(struct expo *x, const struct metrics_run *run)
{
    put_hist(x, &run->results->wait);
}

void metrics_put_turn(struct expo *x, const struct metrics_run *run)
{
    put_hist(x, &run->results->turn);
}

void metrics_put_lost(struct expo *x, const struct metrics_run *run)
{
    expo_value(x, &(struct expo_labels){.n = 0}, (double)run->results->log_lines_lost);
}

void metrics_put_cpu(struct expo *x, const struct metrics_run *run)
{
    expo_value(x, &(struct expo_labels){.n = 0}, run->cpu_s);
}

void metrics_put_rss(struct expo *x, const struct metrics_run *run)
{
    expo_value(x, &(struct expo_labels){.n = 0}, run->rss_bytes);
}

void metrics_put_begun(struct expo *x, const struct metrics_run *run)
{
    expo_value(x, &(struct expo_labels){.n = 0}, run->begun_s);
}
