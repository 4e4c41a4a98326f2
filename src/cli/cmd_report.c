/* weir report FILE: a recorded run once more, through the outputs of a run that goes on. */
#include "cli/cmd_report.h"

#include <stdio.h>

#include "base/mem.h"
#include "cli/options_common.h"
#include "report/csv.h"
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
    {
        .name = "no-color",
        .type = OPTION_SWITCH,
        .variable = "NO_COLOR",
        .help = "plain text on a terminal, too (NO_COLOR is obeyed)",
        .group = results,
    },
    {.name = NULL},
};

static const struct option *const tables[] = {options, options_help_only, NULL};

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
            {"a run that was killed", "weir report run.weir --repair"},
        },
    .tables = tables,
    .run = run,
};

/* Appends a sink when it could be opened. */
static bool add(struct sink ***end, struct sink *s)
{
    if (!s)
        return false;
    **end = s;
    *end = &s->next;
    return true;
}

static bool is_standard_output(const char *path)
{
    return path && str_eq(str_from(path), STR("-"));
}

static const char *path_of(const struct args *a, const char *option, struct arena *arena)
{
    return args_given(a, option) ? arena_z(arena, args_text(a, option)) : NULL;
}

static bool open_sinks(const struct args *a, struct arena *arena, struct recorded *r,
                       struct sink **sinks, struct err *e)
{
    struct sink **end = sinks;
    const char *csv = path_of(a, "csv", arena), *json = path_of(a, "json", arena);
    const char *junit = path_of(a, "junit", arena);
    bool owned = is_standard_output(json) || is_standard_output(junit);
    if (is_standard_output(json) && is_standard_output(junit))
        return err_set(e, ERR_USAGE,
                       "--json - and --junit - would mix on standard output: give one of them a "
                       "file");
    if ((csv && !add(&end, csv_sink(csv, r->info->plan->scripted, e))) ||
        (junit && !add(&end, junit_sink(junit, e))) || (json && !add(&end, json_sink(json, e))))
        return false;
    if (args_switch(a, "text") || (!csv && !json && !junit))
        add(&end, text_sink(paper_of(owned ? stderr : stdout, args_switch(a, "no-color"))));
    return true;
}

static void close_sinks(struct sink *sinks)
{
    for (struct sink *next, *s = sinks; s; s = next) {
        next = s->next;
        s->table->close(s);
    }
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
        close_sinks(sinks);
        recorded_close(r);
    }
    arena_free(&arena);
    mem_free(r);
    return good ? 0 : 1;
}
