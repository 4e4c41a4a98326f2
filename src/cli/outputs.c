/* The sinks that the user asked for, in the order in which they are told: the progress line first,
 * which makes room for the others, files before the summary, so that what it says about them is
 * true. */
#include "cli/outputs.h"

#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/record_path.h"
#include "cli/sinks.h"
#include "engine/guards.h"
#include "report/annotations.h"
#include "report/csv.h"
#include "report/csv_records.h"
#include "report/html.h"
#include "report/json.h"
#include "report/junit.h"
#include "report/log.h"
#include "report/progress.h"
#include "report/record.h"
#include "report/show.h"
#include "report/text.h"
#include "term/tui.h"
#include "web/web.h"

/* Paths as given; NULL: not wanted. */
struct outputs_files {
    const char *log, *csv, *html, *json, *junit;
    enum log_style style;
    bool styled; /* it was said */
    struct record_path record;
};

static void read_log(const struct args *a, struct outputs_files *f, struct arena *arena)
{
    f->log = output_path(a, "log", arena);
    f->style = args_choice(a, "log-style") == 1 ? LOG_LOCUST : LOG_WEIR;
    f->styled = args_given(a, "log-style");
}

int outputs_run(const struct outputs *o, const struct plan *plan, struct run_info *info,
                struct err *e)
{
    const struct run_setup setup = {.plan = plan,
                                    .info = info,
                                    .hold = o->hold,
                                    .sinks = o->sinks,
                                    .thresholds = o->thresholds,
                                    .n_thresholds = o->n_thresholds};
    bool ran;
    return run_execute(&setup, &ran, e);
}

void outputs_close(struct outputs *o)
{
    sinks_close(&o->sinks);
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
    const struct output_wish list[] = {
        {"json", f->json}, {"log", f->log}, {"junit", f->junit}, {"html", f->html}};
    const char *owner;
    if (!output_owner(list, sizeof list / sizeof *list, &owner, e))
        return false;
    *stream = owner ? stderr : stdout;
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
    if (sinks_add(end, record_sink(record->path, &about, e)))
        return true;
    if (!record->chosen)
        return false;
    log_warn("%s: this run has no record", e->text);
    *e = (struct err){0};
    return true;
}

static bool add_html(struct sink ***end, const char *path, const struct args *a, struct err *e)
{
    struct sink *html = html_sink(path, e);
    if (html)
        args_walk(a, html_setting, html);
    return sinks_add(end, html);
}

static bool add_files(struct sink ***end, const struct outputs *o, const struct outputs_files *f,
                      const struct args *a, const struct plan *plan, struct err *e)
{
    return (!f->log || sinks_add(end, log_sink(f->log, f->style, e))) &&
           (!f->csv || sinks_add(end, plan->reads ? csv_records_sink(f->csv, e)
                                                  : csv_sink(f->csv, plan, e))) &&
           (!f->record.path || add_record(end, o, a, &f->record, e)) &&
           (!f->html || add_html(end, f->html, a, e)) &&
           (!f->junit || sinks_add(end, junit_sink(f->junit, e))) &&
           (!f->json || sinks_add(end, json_sink(f->json, e)));
}

/* What goes to files, and what the plan has to do for it. */
static bool read_files(const struct args *a, const struct outputs_wishes *wishes,
                       struct arena *arena, struct plan *plan, struct outputs_files *f,
                       struct err *e)
{
    *f = (struct outputs_files){
        .csv = output_path(a, "csv", arena),
        .json = output_path(a, "json", arena),
    };
    plan->show = args_given(a, "show") ? (unsigned)args_count(a, "show", 0) : wishes->show;
    if (plan->reads) /* it makes no calls that could be logged or judged */
        return true;
    f->junit = output_path(a, "junit", arena);
    f->html = output_path(a, "html", arena);
    read_log(a, f, arena);
    if (wishes->log && !f->log)
        f->log = "-";
    if (f->styled && !f->log)
        return err_set(e, ERR_USAGE, "--log-style is about --log FILE, which is not given");
    if (!record_path_read(a, plan, arena, &f->record, e))
        return false;
    plan->log_calls = f->log != NULL;
    bool wanted = f->record.path || f->html || args_given(a, "ui");
    plan->failures = wanted ? RECORD_FAILURES : 0;
    return true;
}

/* How it goes while it goes: on the whole terminal (*view, which comes last: what others write when
 * they begin stays above it), or in a line. A terminal that is too simple for the former has the
 * latter. */
static bool add_progress(struct sink ***end, const struct outputs_files *f, const struct args *a,
                         struct sink **view, struct err *e)
{
    bool no_color = args_switch(a, "no-color"), quiet = args_switch(a, "quiet");
    if (args_switch(a, "tui")) {
        if (quiet)
            return err_set(e, ERR_USAGE, "--tui and --quiet exclude each other");
        if (is_standard_output(f->log) && isatty(STDOUT_FILENO))
            return err_set(e, ERR_USAGE,
                           "--tui and --log - both want the terminal: give the log a file");
        *view = tui_sink(no_color, e);
        if (*view)
            return true;
        if (e->kind == ERR_USAGE)
            return false;
        if (args_switch(a, "hold") && !args_given(a, "ui"))
            return err_wrap(e, "nobody could start the load");
        log_warn("%s: no --tui there, a line of progress instead", e->text);
        *e = (struct err){0};
    }
    if (!quiet)
        sinks_add(end, progress_sink(paper_of(stderr, no_color)));
    return true;
}

/* The last to be told: others need not wait for who looks at it. */
static bool add_web(struct sink ***end, const struct args *a, struct err *e)
{
    const struct web_options o = {.page = args_text(a, "ui"),
                                  .token = args_text(a, "ui-token"),
                                  .metrics = args_text(a, "prometheus"),
                                  .settings = a};
    return (!o.metrics.p && !o.page.p) || sinks_add(end, web_sink(&o, e));
}

/* `stream`: where people read. False: what was opened stands in *o. */
static bool add_all(struct outputs *o, const struct outputs_files *f, const struct args *a,
                    const struct plan *plan, FILE *stream, struct err *e)
{
    struct sink *view = NULL, **end = &o->sinks;
    bool no_color = args_switch(a, "no-color");
    struct paper people = paper_of(stream, no_color);
    if (!add_progress(&end, f, a, &view, e))
        return false;
    if (!add_files(&end, o, f, a, plan, e)) {
        if (view)
            view->table->close(view);
        return false;
    }
    if (plan->show)
        sinks_add(&end, show_sink(people));
    sinks_add(&end, text_sink(people));
    if (annotations_wanted())
        sinks_add(&end, annotations_sink(stream));
    if (view)
        sinks_add(&end, view);
    return add_web(&end, a, e);
}

bool outputs_open(struct outputs *o, const struct args *a, const struct outputs_wishes *wishes,
                  struct arena *arena, struct plan *plan, struct err *e)
{
    static const struct outputs_wishes none = {.show = 0};
    FILE *stream;
    struct outputs_files files;
    *o = (struct outputs){.hold = args_switch(a, "hold")};
    wishes = wishes ? wishes : &none;
    if (o->hold && !args_given(a, "ui") && !args_switch(a, "tui"))
        return err_set(e, ERR_USAGE,
                       "--hold waits for Start on the page or a key in the view: it needs --ui or "
                       "--tui");
    if (!read_files(a, wishes, arena, plan, &files, e) || !choose_stream(&files, &stream, e) ||
        !read_thresholds(o, a, wishes, plan, arena, e))
        return false;
    if (add_all(o, &files, a, plan, stream, e))
        return true;
    outputs_close(o);
    return false;
}
