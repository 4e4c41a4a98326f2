/* weir report FILE: a recorded run once more, through the outputs of a run that goes on. */
#include "cli/cmd_report.h"

#include <stdio.h>

#include "base/mem.h"
#include "cli/options_common.h"
#include "cli/sinks.h"
#include "report/csv.h"
#include "report/html.h"
#include "report/json.h"
#include "report/junit.h"
#include "report/record_read.h"
#include "report/text.h"

static int run(const struct args *settings, struct err *e);

static const char results[] = "Results";

static const struct option options[] = {
    {
        .name = "json",
        .type = OPTION_TEXT,
        .argument = "FILE",
        .help = "the summary as JSON; - is standard output",
        .group = results,
    },
    {
        .name = "csv",
        .type = OPTION_TEXT,
        .argument = "PREFIX",
        .help = "the tables that --csv of a run writes",
        .group = results,
    },
    {
        .name = "html",
        .type = OPTION_TEXT,
        .argument = "FILE",
        .help =
            "the report as one page for a browser, which needs no network; - is standard output",
        .group = results,
    },
    {
        .name = "junit",
        .type = OPTION_TEXT,
        .argument = "FILE",
        .help = "thresholds, checks and the verdict as JUnit test cases; - is standard output",
        .group = results,
    },
    {
        .name = "text",
        .type = OPTION_SWITCH,
        .help = "the summary for people, also beside the others",
        .otherwise = "when no other is asked for",
        .group = results,
    },
    {
        .name = "repair",
        .type = OPTION_SWITCH,
        .help = "close the books of a run that was killed, at the last second of its record",
        .group = "Record",
    },
    {.name = NULL},
};

static const struct option *const tables[] = {options, options_color, options_help_only, NULL};

const struct command cmd_report = {
    .name = "report",
    .summary = "show a recorded run again, in any form",
    .operands = "FILE",
    .least = 1,
    .most = 1,
    .examples =
        {
            {"what the run printed", "weir report run.weir"},
            {"the same for machines", "weir report run.weir --json summary.json --csv tables"},
            {"a page to look at and to pass on", "weir report run.weir --html run.html"},
            {"a run that was killed", "weir report run.weir --repair"},
        },
    .tables = tables,
    .run = run,
};

/* The option whose output owns standard output. */
static bool find_owner(const struct args *a, struct arena *arena, const char **owner, struct err *e)
{
    static const char *const names[] = {"json", "junit", "html"};
    enum { NAMES = sizeof names / sizeof *names };
    struct output_wish list[NAMES];
    for (size_t i = 0; i < NAMES; i++)
        list[i] = (struct output_wish){names[i], output_path(a, names[i], arena)};
    return output_owner(list, NAMES, owner, e);
}

static bool add_html(struct sink ***end, const char *path, struct recorded *r, struct err *e)
{
    struct sink *html = html_sink(path, e);
    if (html)
        recorded_settings(r, html_setting, html);
    return sinks_add(end, html);
}

/* What is not wanted has no path. */
static bool add_files(struct sink ***end, const struct args *a, struct arena *arena,
                      struct recorded *r, struct err *e)
{
    const char *csv = output_path(a, "csv", arena), *json = output_path(a, "json", arena);
    const char *junit = output_path(a, "junit", arena), *html = output_path(a, "html", arena);
    return (!csv || sinks_add(end, csv_sink(csv, r->info->plan, e))) &&
           (!junit || sinks_add(end, junit_sink(junit, e))) &&
           (!html || add_html(end, html, r, e)) && (!json || sinks_add(end, json_sink(json, e)));
}

static bool open_sinks(const struct args *a, struct arena *arena, struct recorded *r,
                       struct sink **sinks, struct err *e)
{
    struct sink **end = sinks;
    const char *owner;
    if (!find_owner(a, arena, &owner, e) || !add_files(&end, a, arena, r, e))
        return false;
    if (args_switch(a, "text") || !*sinks)
        sinks_add(&end, text_sink(paper_of(owner ? stderr : stdout, args_switch(a, "no-color"))));
    return true;
}

static bool has_end(const struct args *a, struct recorded *r, struct err *e)
{
    if (recorded_has_end(r))
        return true;
    if (args_switch(a, "repair"))
        return recorded_repair(r, e);
    return err_set(e, ERR_RUN,
                   "the run in '%s' has not ended: it was killed, or still goes on; weir report %s "
                   "--repair closes its books",
                   r->db.path, r->db.path);
}

static int run(const struct args *a, struct err *e)
{
    struct recorded *r = mem_alloc(sizeof *r);
    struct arena arena = {0}; /* paths */
    struct sink *sinks = NULL;
    bool good = false;
    if (recorded_open(r, arena_z(&arena, a->operands[0]), e)) {
        good =
            has_end(a, r, e) && open_sinks(a, &arena, r, &sinks, e) && recorded_play(r, sinks, e);
        sinks_close(&sinks);
        recorded_close(r);
    }
    arena_free(&arena);
    mem_free(r);
    return good ? 0 : 1;
}
