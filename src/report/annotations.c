/* Workflow commands: docs.github.com, "Workflow commands for GitHub Actions"; escapes as its own
 * toolkit makes them (actions/toolkit, packages/core/src/command.ts). */
#include "report/annotations.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/mem.h"
#include "report/threshold_words.h"

struct annotations {
    struct sink sink;
    FILE *out;
};

bool annotations_wanted(void)
{
    return str_eq(str_from(getenv("GITHUB_ACTIONS")), STR("true"));
}

/* A line's end would end the command, and what follows could be one of its own. */
static void add_escaped(struct buf *out, str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] == '%' || text.p[i] == '\r' || text.p[i] == '\n')
            buf_printf(out, "%%%02X", text.p[i]);
        else
            buf_char(out, text.p[i]);
}

/* level: "error", "warning"; title: static text without ':' and ','. */
static void add(struct buf *out, const char *level, const char *title, str text)
{
    buf_printf(out, "::%s title=weir %s::", level, title);
    add_escaped(out, text);
    buf_char(out, '\n');
}

static void add_threshold(struct buf *out, const struct threshold_result *t)
{
    struct buf text = {0};
    buf_printf(&text, STR_FMT " is missed: ", STR_ARG(t->expr));
    threshold_words(t, &text);
    add(out, "error", "threshold", buf_view(&text));
    buf_free(&text);
}

/* Empty when all is well. */
static void add_all(const struct summary *s, struct buf *out)
{
    const struct verdict *v = s->verdict;
    for (unsigned i = 0; i < v->n_thresholds; i++)
        if (!v->thresholds[i].passed)
            add_threshold(out, &v->thresholds[i]);
    for (unsigned i = 0; i < v->n_audits; i++)
        if (!v->audits[i].passed)
            add(out, "error", v->audits[i].name, str_from(v->audits[i].text));
    for (unsigned i = 0; i < v->n_reasons; i++)
        add(out, v->validity == RUN_INVALID ? "error" : "warning",
            v->validity == RUN_INVALID ? "invalid run" : "degraded run", str_from(v->reasons[i]));
    if (s->total->started && !s->total->fates[FATE_OK])
        add(out, "error", "calls", STR("not one call succeeded"));
}

static bool finish(struct sink *s, const struct summary *summary, struct err *e)
{
    struct annotations *a = CONTAINER_OF(s, struct annotations, sink);
    struct buf text = {0};
    add_all(summary, &text);
    bool written = fwrite(text.p, 1, text.n, a->out) == text.n && fflush(a->out) == 0;
    buf_free(&text);
    return written || err_set(e, ERR_RUN, "cannot write the annotations: %s", strerror(errno));
}

static void close_annotations(struct sink *s)
{
    mem_free(CONTAINER_OF(s, struct annotations, sink));
}

static const struct sink_table annotations_table = {
    .name = "annotations", .finish = finish, .close = close_annotations};

struct sink *annotations_sink(FILE *out)
{
    struct annotations *a = mem_zero(sizeof *a);
    a->sink.table = &annotations_table;
    a->out = out;
    return &a->sink;
}
