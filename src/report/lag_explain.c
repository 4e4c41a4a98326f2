/* Why a group is not scaled, or why scaling it does not help: the usual causes, of which some hold.
 */
#include <math.h>

#include "base/units.h"
#include "report/lag.h"

enum { FINDINGS_MOST = 8 };

struct explanation {
    struct arena *arena;
    const struct lag_report *report;
    str *list;
    size_t n;
};

__attribute__((format(printf, 2, 3))) static void say(struct explanation *x, const char *format,
                                                      ...)
{
    struct buf text = {0};
    va_list args;
    va_start(args, format);
    buf_vprintf(&text, format, args);
    va_end(args);
    x->list[x->n++] = arena_dup(x->arena, buf_view(&text));
    buf_free(&text);
}

static size_t count_committed(const struct lag_report *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        n += r->rows[i].now.committed >= 0;
    return n;
}

static str names(const struct kafka_lag_group *g, struct arena *arena)
{
    struct buf text = {0};
    for (size_t i = 0; i < g->n_others; i++)
        buf_printf(&text, "%s'" STR_FMT "'", i ? ", " : "", STR_ARG(g->others[i]));
    str all = arena_dup(arena, buf_view(&text));
    buf_free(&text);
    return all;
}

/* The name in a ScaledObject must be the application's. */
static void explain_name(struct explanation *x)
{
    const struct lag_report *r = x->report;
    if (count_committed(r) || r->about->members)
        return;
    if (r->about->n_others)
        say(x,
            "group '%s' has committed nothing here and nobody is in it, but " STR_FMT
            " has: is that the application's? What scales by lag must name the same group",
            r->group, STR_ARG(names(r->about, x->arena)));
    else
        say(x, "group '%s' has committed nothing here: is that the application's name for it?",
            r->group);
}

static void explain_hidden(struct explanation *x)
{
    const struct lag_report *r = x->report;
    if (r->uncommitted)
        say(x,
            "of %zu of %zu partitions nothing was ever committed: their lag is hidden from "
            "whatever scales by it, until the application commits there",
            r->uncommitted, r->n);
}

static void explain_cap(struct explanation *x)
{
    const struct lag_report *r = x->report;
    unsigned members = r->about->members;
    if (!r->about->known || members < r->n || !(r->total.behind > 0))
        return;
    const char *alone =
        r->n == 1 ? " (topics that brokers make by themselves have one as a rule)" : "";
    say(x,
        "partitions are the cap: %u member%s share%s %zu partition%s%s, and a further one would "
        "get none; add partitions, or make each record cheaper",
        members, members == 1 ? "" : "s", members == 1 ? "s" : "", r->n, r->n == 1 ? "" : "s",
        alone);
}

static void explain_nobody(struct explanation *x)
{
    const struct lag_report *r = x->report;
    if (r->about->known && r->about->members == 0 && r->total.behind > 0)
        say(x, "nobody is in the group (its state is %s): nothing is consumed at all",
            r->about->state);
}

/* Lag cannot show what a client took and committed, but has not done. */
static void explain_memory(struct explanation *x)
{
    const struct lag_report *r = x->report;
    if (count_committed(r) == 0 || r->total.behind > 0)
        return;
    if (r->total.produced > 0)
        say(x,
            "nothing is behind although %s records/s come: what comes is committed at once. Work "
            "that waits in the members' memory shows no lag; commit behind the work, not before",
            human_rate(r->total.produced).text);
    else
        say(x, "nothing is behind and nothing comes: there is no work, or it waits in the members' "
               "memory, where lag does not show it");
}

static void explain_unknown(struct explanation *x)
{
    if (!x->report->about->known)
        say(x,
            "these brokers do not say who is in a group (the embedded one does not): whether the "
            "%zu partition%s are the cap is not known",
            x->report->n, x->report->n == 1 ? "" : "s");
}

static void explain_rest(struct explanation *x)
{
    const struct lag_report *r = x->report;
    if (x->n == 0)
        say(x,
            "the lag is visible and up to %zu members could share the partitions; there %s %u: "
            "nothing here keeps more from coming or from helping",
            r->n, r->about->members == 1 ? "is" : "are", r->about->members);
}

void lag_explain(struct lag_report *r, struct arena *arena)
{
    struct explanation x = {.arena = arena, .report = r};
    x.list = arena_alloc(arena, FINDINGS_MOST * sizeof *x.list);
    explain_name(&x);
    explain_hidden(&x);
    explain_cap(&x);
    explain_nobody(&x);
    explain_memory(&x);
    explain_unknown(&x);
    explain_rest(&x);
    r->findings = x.list;
    r->n_findings = x.n;
}
