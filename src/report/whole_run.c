/* issued = the sum of all fates, matched = ok + failed check, of the whole run; and what both have
 * grown by since it was resumed is what this process has in its own books. Anything else means that
 * the store cannot be trusted: the run is invalid. */
#include "report/whole_run.h"

#include "base/buf.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/units.h"

struct whole_run {
    struct sink sink;
    const struct kafka_rpc_whole *whole;
};

static uint64_t ended(const struct requests_counts *c)
{
    uint64_t sum = 0;
    for (int f = 0; f < FATES; f++)
        sum += c->ended[f];
    return sum;
}

/* Requests may wait still where a run was ended before it took them over. */
static bool is_balanced(const struct requests_counts *c, bool whole)
{
    bool all = whole ? c->issued == ended(c) : c->issued >= ended(c);
    return all && c->matched + c->late <= c->issued &&
           c->matched == c->ended[FATE_OK] + c->ended[FATE_FAILED_CHECK];
}

/* An error may have come before the call was a request. */
static bool is_ours(const struct kafka_rpc_whole *w, const struct summary *s)
{
    const struct requests_counts *a = &w->after, *b = &w->before;
    const uint64_t *replies = s->results->replies.classes, *fates = s->total->fates;
    for (int f = 0; f < FATES; f++) {
        uint64_t here = a->ended[f] - b->ended[f];
        if (f == FATE_ERROR ? here > fates[f] : here != fates[f])
            return false;
    }
    return a->matched - b->matched == replies[REPLY_IN_TIME] &&
           a->late - b->late == replies[REPLY_TOO_LATE] &&
           a->duplicate - b->duplicate == replies[REPLY_AGAIN];
}

static void tell(const struct requests_counts *c, struct buf *out)
{
    const char *before = "=";
    buf_printf(out, "%s requests", human_count(c->issued).text);
    for (int f = 0; f < FATES; f++) {
        if (c->ended[f] == 0)
            continue;
        buf_printf(out, " %s %s " STR_FMT, before, human_count(c->ended[f]).text,
                   STR_ARG(str_from(fate_name((enum fate)f))));
        before = "+";
    }
    if (c->issued > ended(c))
        buf_printf(out, " %s %s waiting", before, human_count(c->issued - ended(c)).text);
    buf_printf(out, "; replies: %s matched", human_count(c->matched).text);
    buf_printf(out, " + %s late", human_count(c->late).text);
    buf_printf(out, " + %s duplicate", human_count(c->duplicate).text);
    buf_char(out, 0);
}

static void settle(struct sink *sink, struct summary *s)
{
    const struct whole_run *r = CONTAINER_OF(sink, struct whole_run, sink);
    const struct requests_counts *c = &r->whole->after;
    bool good = is_balanced(c, !s->interrupted && !s->failed) && is_ours(r->whole, s);
    struct buf text = {0};
    if (!r->whole->closed) /* its worker did not answer, which is said elsewhere */
        return;
    tell(c, &text);
    verdict_audit(s->verdict, "whole run", good, (double)c->issued, "%s", text.p);
    if (!good)
        verdict_reason(s->verdict, RUN_INVALID,
                       "the store of requests in flight contradicts the books: %s", text.p);
    buf_free(&text);
}

static void close_whole(struct sink *s)
{
    mem_free(CONTAINER_OF(s, struct whole_run, sink));
}

static const struct sink_table whole_run_table = {
    .name = "whole run", .settle = settle, .close = close_whole};

struct sink *whole_run_sink(const struct kafka_rpc_whole *whole)
{
    struct whole_run *r = mem_zero(sizeof *r);
    r->sink.table = &whole_run_table;
    r->whole = whole;
    return &r->sink;
}
