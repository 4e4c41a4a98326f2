/* weir compare A B: two recorded runs held against each other. */
#include "cli/cmd_compare.h"

#include <stdio.h>

#include "base/mem.h"
#include "cli/options_common.h"
#include "cli/sinks.h"
#include "report/compare.h"
#include "report/output.h"
#include "report/page_file.h"

static int run(const struct args *settings, struct err *e);

static const char results[] = "Results";

static const struct option options[] = {
    {
        .name = "json",
        .type = OPTION_TEXT,
        .argument = "FILE",
        .help = "all figures of all series as JSON; - is standard output",
        .group = results,
    },
    {
        .name = "html",
        .type = OPTION_TEXT,
        .argument = "FILE",
        .help =
            "both runs laid over each other, as one page for a browser, which needs no network; "
            "- is standard output",
        .group = results,
    },
    {.name = NULL},
};

static const struct option *const tables[] = {options, options_color, options_help_only, NULL};

const struct command cmd_compare = {
    .name = "compare",
    .summary = "tell whether a recorded run is slower than another, or only looks so",
    .operands = "A B",
    .least = 2,
    .most = 2,
    .examples =
        {
            {"before and after a change", "weir compare before.weir after.weir"},
            {"the same for machines", "weir compare before.weir after.weir --json compare.json"},
            {"a page to look at and to pass on",
             "weir compare before.weir after.weir --html compare.html"},
        },
    .tables = tables,
    .run = run,
};

static bool json_of(struct comparison *c, struct output *out, struct err *e)
{
    struct buf text = {0};
    comparison_json(c, &text);
    bool good = output_write(out, buf_view(&text), e);
    buf_free(&text);
    return good;
}

/* Without a path: nothing. */
static bool write_file(struct comparison *c, const char *path,
                       bool (*write)(struct comparison *c, struct output *out, struct err *e),
                       struct err *e)
{
    struct output out;
    struct err ignored;
    if (!path)
        return true;
    if (!output_open(&out, "comparison", path, e))
        return false;
    bool good = write(c, &out, e);
    return output_close(&out, good ? e : &ignored) && good;
}

static bool write_text(const struct comparison *c, const struct args *a, bool owned, struct err *e)
{
    struct page p = {.paper = paper_of(owned ? stderr : stdout, args_switch(a, "no-color"))};
    comparison_text(&p, c);
    bool good = page_write(&p, e);
    buf_free(&p.text);
    return good;
}

/* Can all be written that is wanted? Before the work is done. */
static bool can_write(const char *json, const char *html, const char **owner, struct err *e)
{
    const struct output_wish list[] = {{"json", json}, {"html", html}};
    return output_owner(list, 2, owner, e) && (!html || page_file_is_there(e));
}

static int run(const struct args *a, struct err *e)
{
    struct arena arena = {0}; /* paths */
    struct comparison *c = mem_zero(sizeof *c);
    const char *json = output_path(a, "json", &arena), *html = output_path(a, "html", &arena);
    const char *owner;
    int code = 1;
    if (can_write(json, html, &owner, e) &&
        comparison_open(c, arena_z(&arena, a->operands[0]), arena_z(&arena, a->operands[1]), e) &&
        write_file(c, json, json_of, e) && write_file(c, html, comparison_html, e) &&
        write_text(c, a, owner != NULL, e))
        code = comparison_is_worse(c) ? 3 : 0;
    comparison_close(c);
    mem_free(c);
    arena_free(&arena);
    return code;
}
