/* The sinks that the user asked for, in the order in which they are told: the progress line first,
 * which makes room for the others, files before the summary, so that what it says about them is
 * true. */
#include "cli/outputs.h"

#include <stdio.h>

#include "base/log.h"
#include "cli/record_path.h"
#include "engine/guards.h"
#include "report/annotations.h"
#include "report/csv.h"
#include "report/csv_records.h"
#include "report/json.h"
#include "report/junit.h"
#include "report/log.h"
#include "report/progress.h"
#include "report/record.h"
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

/* Paths as given; NULL: not wanted. */
struct outputs_files {
    const char *log, *csv, *json, *junit;
    enum log_style style;
    bool styled; /* it was said */
    struct record_path record;
};

static const char *path_of(const struct args *a, const char *option, struct arena *arena)
{
    return args_given(a, option) ? arena_z(arena, args_text(a, option)) : NULL;
}

static void read_log(const struct args *a, struct outputs_files *f, struct arena *arena)
{
    f->log = path_of(a, "log", arena);
    f->style = args_choice(a, "log-style") == 1 ? LOG_LOCUST : LOG_WEIR;
    f->styled = args_given(a, "log-style");
}

int outputs_run(const struct outputs *o, const struct plan *plan, struct run_info *info,
                struct err *e)
{
    const struct run_setup setup = {.plan = plan,
                                    .info = info,
                                    .sinks = o->sinks,
                                    .thresholds = o->thresholds,
                                    .n_thresholds = o->n_thresholds};
    bool ran;
    return run_execute(&setup, &ran, e);
}

void outputs_close(struct outputs *o)
{
    for (struct sink *next, *s = o->sinks; s; s = next) {
        next = s->next;
        s->table->close(s);
    }
    o->sinks = NULL;
}

static bool add_threshold(struct outputs *o, const struct plan *plan, str text, struct arena *arena,
                          struct err *e)
{
    struct threshold *t = &o->thresholds[o->n_thresholds++];
    return threshold_parse(text, plan->scripted, arena, t, e) && guards_fits(plan, t, e);
}

static bool read_thresholds(struct outputs *o, const struct args *a,
                            const struct outputs_wishes *wishes, const struct plan *plan,
                            struct arena *arena, struct err *e)
{
    size_t n = args_times(a, "threshold");
    o->thresholds = arena_alloc(arena, (wishes->n_thresholds + n + 1) * sizeof *o->thresholds);
    for (size_t i = 0; i < wishes->n_thresholds; i++)
        if (!add_threshold(o, plan, wishes->thresholds[i], arena, e))
            return false;
    for (size_t i = 0; i < n; i++)
        if (!add_threshold(o, plan, args_item(a, "threshold", i), arena, e))
            return false;
    return true;
}

static bool is_standard_output(const char *path)
{
    return path && str_eq(str_from(path), STR("-"));
}

/* Where people read: standard error when an output owns standard output. */
static bool choose_stream(const struct outputs_files *f, FILE **stream, struct err *e)
{
    const char *const paths[] = {f->json, f->log, f->junit};
    static const char *const names[] = {"--json", "--log", "--junit"};
    const char *owner = NULL;
    *stream = stdout;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        if (!is_standard_output(paths[i]))
            continue;
        if (owner)
            return err_set(e, ERR_USAGE,
                           "%s - and %s - would mix on standard output: give one of them a file",
                           owner, names[i]);
        owner = names[i];
        *stream = stderr;
    }
    return true;
}

/* One that nobody asked for may fail. */
static bool add_record(struct sink ***end, const struct outputs *o, const struct args *a,
                       const struct record_path *record, struct err *e)
{
    const struct record_about about = {
        .settings = a,
        .thresholds = o->thresholds,
        .n_thresholds = o->n_thresholds,
        .tell = record->chosen && !args_switch(a, "quiet"),
    };
    if (add(end, record_sink(record->path, &about, e)))
        return true;
    if (!record->chosen)
        return false;
    log_warn("%s: this run has no record", e->text);
    *e = (struct err){0};
    return true;
}

static bool add_files(struct sink ***end, const struct outputs *o, const struct outputs_files *f,
                      const struct args *a, const struct plan *plan, struct err *e)
{
    return (!f->log || add(end, log_sink(f->log, f->style, e))) &&
           (!f->csv || add(end, plan->reads ? csv_records_sink(f->csv, e)
                                            : csv_sink(f->csv, plan->scripted, e))) &&
           (!f->record.path || add_record(end, o, a, &f->record, e)) &&
           (!f->junit || add(end, junit_sink(f->junit, e))) &&
           (!f->json || add(end, json_sink(f->json, e)));
}

/* What goes to files, and what the plan has to do for it. */
static bool read_files(const struct args *a, const struct outputs_wishes *wishes,
                       struct arena *arena, struct plan *plan, struct outputs_files *f,
                       struct err *e)
{
    *f = (struct outputs_files){
        .csv = path_of(a, "csv", arena),
        .json = path_of(a, "json", arena),
    };
    plan->show = args_given(a, "show") ? (unsigned)args_count(a, "show", 0) : wishes->show;
    if (plan->reads) /* it makes no calls that could be logged or judged */
        return true;
    f->junit = path_of(a, "junit", arena);
    read_log(a, f, arena);
    if (wishes->log && !f->log)
        f->log = "-";
    if (f->styled && !f->log)
        return err_set(e, ERR_USAGE, "--log-style is about --log FILE, which is not given");
    if (!record_path_read(a, plan, arena, &f->record, e))
        return false;
    plan->log_calls = f->log != NULL;
    plan->failures = f->record.path ? RECORD_FAILURES : 0;
    return true;
}

/* `stream`: where people read. False: what was opened stands in *o. */
static bool add_all(struct outputs *o, const struct outputs_files *f, const struct args *a,
                    const struct plan *plan, FILE *stream, struct err *e)
{
    struct sink **end = &o->sinks;
    bool no_color = args_switch(a, "no-color");
    struct paper people = paper_of(stream, no_color);
    if (!args_switch(a, "quiet"))
        add(&end, progress_sink(paper_of(stderr, no_color)));
    if (!add_files(&end, o, f, a, plan, e))
        return false;
    if (plan->show)
        add(&end, show_sink(people));
    add(&end, text_sink(people));
    if (annotations_wanted())
        add(&end, annotations_sink(stream));
    return true;
}

bool outputs_open(struct outputs *o, const struct args *a, const struct outputs_wishes *wishes,
                  struct arena *arena, struct plan *plan, struct err *e)
{
    static const struct outputs_wishes none = {.show = 0};
    FILE *stream;
    struct outputs_files files;
    *o = (struct outputs){0};
    wishes = wishes ? wishes : &none;
    if (!read_files(a, wishes, arena, plan, &files, e) || !choose_stream(&files, &stream, e) ||
        !read_thresholds(o, a, wishes, plan, arena, e))
        return false;
    if (add_all(o, &files, a, plan, stream, e))
        return true;
    outputs_close(o);
    return false;
}
