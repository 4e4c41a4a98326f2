/* The sinks that the user asked for, in the order in which they are told: the progress line first,
 * which makes room for the others, files before the summary, so that what it says about them is
 * true. */
#include "cli/outputs.h"

#include <stdio.h>

#include "report/csv.h"
#include "report/json.h"
#include "report/log.h"
#include "report/progress.h"
#include "report/show.h"
#include "report/text.h"

/* Appends a sink; false: it could not be opened. */
static bool add(struct sink ***end, struct sink *s)
{
    if (!s)
        return false;
    **end = s;
    *end = &s->next;
    return true;
}

static const char *path_of(const struct args *a, const char *option, struct arena *arena)
{
    return args_given(a, option) ? arena_z(arena, args_text(a, option)) : NULL;
}

static void close_all(struct sink *s)
{
    for (struct sink *next; s; s = next) {
        next = s->next;
        s->table->close(s);
    }
}

static bool read_thresholds(struct outputs *o, const struct args *a, const struct plan *plan,
                            struct arena *arena, struct err *e)
{
    size_t n = args_times(a, "threshold");
    o->thresholds = arena_alloc(arena, (n + 1) * sizeof *o->thresholds);
    for (; o->n_thresholds < n; o->n_thresholds++)
        if (!threshold_parse(args_item(a, "threshold", o->n_thresholds), plan->scripted, arena,
                             &o->thresholds[o->n_thresholds], e))
            return false;
    return true;
}

static bool is_standard_output(const struct args *a, const char *option)
{
    return str_eq(args_text(a, option), STR("-"));
}

/* Where people read: standard error when an output owns standard output. */
static bool choose_stream(const struct args *a, FILE **stream, struct err *e)
{
    bool json = is_standard_output(a, "json"), log = is_standard_output(a, "log");
    *stream = json || log ? stderr : stdout;
    if (json && log)
        return err_set(e, ERR_USAGE,
                       "--json - and --log - would mix on standard output: give one of "
                       "them a file");
    return true;
}

static bool add_files(struct sink ***end, const struct args *a, const struct plan *plan,
                      struct arena *arena, struct err *e)
{
    enum log_style style = args_choice(a, "log-style") == 1 ? LOG_LOCUST : LOG_WEIR;
    const char *log = path_of(a, "log", arena), *csv = path_of(a, "csv", arena);
    const char *json = path_of(a, "json", arena);
    if (args_given(a, "log-style") && !log)
        return err_set(e, ERR_USAGE, "--log-style is about --log FILE, which is not given");
    return (!log || add(end, log_sink(log, style, e))) &&
           (!csv || add(end, csv_sink(csv, plan->scripted, e))) &&
           (!json || add(end, json_sink(json, e)));
}

bool outputs_open(struct outputs *o, const struct args *a, struct arena *arena, struct plan *plan,
                  struct err *e)
{
    FILE *stream;
    struct sink **end = &o->sinks;
    *o = (struct outputs){0};
    if (!choose_stream(a, &stream, e) || !read_thresholds(o, a, plan, arena, e))
        return false;
    bool no_color = args_switch(a, "no-color");
    struct paper people = paper_of(stream, no_color);
    plan->log_calls = args_given(a, "log");
    plan->show = (unsigned)args_count(a, "show", 0);
    if (!args_switch(a, "quiet"))
        add(&end, progress_sink(paper_of(stderr, no_color)));
    if (!add_files(&end, a, plan, arena, e)) {
        close_all(o->sinks);
        return false;
    }
    if (plan->show)
        add(&end, show_sink(people));
    return add(&end, text_sink(people));
}
