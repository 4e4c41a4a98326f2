/* Telling the sinks, each what it wants to hear. */
#include "base/log.h"
#include "engine/run_inside.h"

#define EACH_SINK(run, s) for (struct sink *s = (run)->setup->sinks; s; s = s->next)

void run_tell_prepared(struct run *r)
{
    EACH_SINK(r, s)
    if (s->table->prepared)
        s->table->prepared(s, r->setup->info, &r->control);
}

void run_tell_begin(struct run *r)
{
    EACH_SINK(r, s)
    if (s->table->begin)
        s->table->begin(s, r->setup->info);
}

void run_tell_event(void *run, uint64_t at_ns, const char *kind, const char *text)
{
    EACH_SINK((struct run *)run, s)
    if (s->table->event)
        s->table->event(s, &(struct run_event){at_ns, kind, text});
}

void run_tell_second(struct run *r, const struct second *row)
{
    EACH_SINK(r, s)
    if (s->table->second)
        s->table->second(s, row);
}

void run_tell_conclude(struct run *r, struct summary *summary)
{
    EACH_SINK(r, s)
    if (s->table->conclude)
        s->table->conclude(s, summary, &r->results);
}

void run_ask_doubts(const struct run *r, struct summary *summary)
{
    EACH_SINK(r, s)
    if (s->table->doubt)
        s->table->doubt(s, summary);
}

void run_tell_end(struct run *r, struct summary *summary)
{
    struct err e;
    run_ask_doubts(r, summary);
    EACH_SINK(r, s)
    if (s->table->settle)
        s->table->settle(s, summary);
    r->verdict.exit_code = health_exit_code(summary, false);
    EACH_SINK(r, s)
    if (s->table->finish && !s->table->finish(s, summary, &e)) {
        log_note("%s", e.text);
        r->verdict.exit_code = health_exit_code(summary, true);
    }
}

void run_tell_changed(struct run *r)
{
    EACH_SINK(r, s)
    if (s->table->changed)
        s->table->changed(s);
}

void run_tell_calls(struct run *r, struct call_batch *batch)
{
    EACH_SINK(r, s)
    if (s->table->calls) {
        s->table->calls(s, batch);
        return;
    }
    batch->done(batch);
}

void run_tell_shown(struct run *r, const struct shown_call *call)
{
    EACH_SINK(r, s)
    if (s->table->shown)
        s->table->shown(s, call);
}

void run_tell_failed(struct run *r, const struct shown_call *call)
{
    EACH_SINK(r, s)
    if (s->table->failed)
        s->table->failed(s, call);
}

void run_tell_vanish(struct run *r)
{
    EACH_SINK(r, s)
    if (s->table->vanish)
        s->table->vanish(s);
}

void run_close_sinks(struct run *r)
{
    for (struct sink *next, *s = r->setup->sinks; s; s = next) {
        next = s->next;
        s->table->close(s);
    }
}
