/* The crew of one process: a thread per worker, directed by mail. */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/thread.h"
#include "engine/crew.h"
#include "engine/worker.h"

struct local_crew {
    struct crew crew; /* first */
    struct loop *loop;
    struct offload *offload;
    const struct plan *plan;
    struct worker *workers;
    unsigned threads;               /* that were started */
    unsigned born, ready, finished; /* that said so */
    bool told_ready, closing, told_stuck;
    struct arena changes; /* struct change_mail */
    struct timer watch;   /* over steps that do not end */
    struct err failure;   /* the first */
};

static void tell_ready(struct local_crew *c)
{
    if (c->told_ready)
        return;
    c->told_ready = true;
    c->crew.on->ready(c->crew.owner, c->failure.kind ? &c->failure : NULL);
}

/* ---- mails from workers ---- */

static void on_born(struct mail *m)
{
    struct worker *w = CONTAINER_OF(m, struct worker, born_mail);
    struct local_crew *c = w->crew;
    c->born++;
    if (w->loop) {
        c->crew.loop = loop_backend(w->loop);
        return;
    }
    if (!c->failure.kind)
        c->failure = w->failure;
    tell_ready(c);
}

static void on_ready(struct mail *m)
{
    struct worker *w = CONTAINER_OF(m, struct worker, ready_mail);
    struct local_crew *c = w->crew;
    if (w->failure.kind && !c->failure.kind)
        c->failure = w->failure;
    if (++c->ready == c->crew.members || c->failure.kind)
        tell_ready(c);
}

static void on_report(struct mail *m)
{
    struct report *r = CONTAINER_OF(m, struct report, mail);
    struct local_crew *c = r->worker->crew;
    c->crew.on->report(c->crew.owner, r->worker->share.index, &r->recorder);
    report_return(r);
}

static void on_shown(struct mail *m)
{
    struct shown_mail *s = CONTAINER_OF(m, struct shown_mail, mail);
    struct local_crew *c = s->worker->crew;
    c->crew.on->shown(c->crew.owner, &s->call);
    mem_free(s);
}

static void on_call_failed(struct mail *m)
{
    struct shown_mail *s = CONTAINER_OF(m, struct shown_mail, mail);
    struct local_crew *c = s->worker->crew;
    c->crew.on->call_failed(c->crew.owner, &s->call);
    mem_free(s);
}

static void on_calls(struct mail *m)
{
    struct call_batch *b = CONTAINER_OF(m, struct call_batch, mail);
    struct local_crew *c = b->holder;
    c->crew.on->calls(c->crew.owner, b);
}

static void on_ask_stop(struct mail *m)
{
    struct flow *f = CONTAINER_OF(m, struct flow, ask_stop_mail);
    struct local_crew *c = f->worker->crew;
    c->crew.on->stop_asked(c->crew.owner, f->stop_all ? CREW_ALL : f->index, f->stop_at_ns,
                           f->stop_why);
}

static void on_failed(struct mail *m)
{
    struct worker *w = CONTAINER_OF(m, struct worker, failed_mail);
    struct local_crew *c = w->crew;
    c->crew.on->failed(c->crew.owner, &w->broken);
}

static void on_finished(struct mail *m)
{
    struct worker *w = CONTAINER_OF(m, struct worker, finished_mail);
    struct local_crew *c = w->crew;
    if (c->closing)
        return; /* it never started */
    if (w->degraded.kind)
        c->crew.on->degraded(c->crew.owner, &w->degraded);
    if (++c->finished == c->crew.members)
        c->crew.on->finished(c->crew.owner);
}

/* ---- steps that do not end ---- */

#define WATCH_NS     (250 * NS_PER_MS)
#define INTERRUPT_NS NS_PER_S       /* a step has been under way for so long: it is to be ended */
#define STUCK_NS     (5 * NS_PER_S) /* and cannot be */

/* How long the worker's step has been under way, as far as these looks can tell. */
static uint64_t stuck_ns(struct worker *w, uint64_t now)
{
    uint32_t steps = atomic_load_explicit(&w->steps, memory_order_relaxed);
    bool same = steps == w->steps_seen && w->stuck_since_ns;
    w->steps_seen = steps;
    if (!atomic_load_explicit(&w->stepping, memory_order_relaxed))
        w->stuck_since_ns = 0;
    else if (!same)
        w->stuck_since_ns = now;
    return w->stuck_since_ns ? now - w->stuck_since_ns : 0;
}

static void look_at(struct local_crew *c, struct worker *w, uint64_t now)
{
    uint64_t stuck = stuck_ns(w, now);
    const struct flow *f = atomic_load_explicit(&w->stepping, memory_order_relaxed);
    if (!f || stuck < INTERRUPT_NS)
        return;
    const struct scenario_type *type = f->load->scenario->type;
    if (type->interrupt)
        type->interrupt(f->scene);
    if (stuck >= STUCK_NS && !c->told_stuck) {
        c->told_stuck = true;
        c->crew.on->stuck(c->crew.owner, f->index);
    }
}

static void watch(struct timer *t)
{
    struct local_crew *c = CONTAINER_OF(t, struct local_crew, watch);
    uint64_t now = loop_now(c->loop);
    for (unsigned i = 0; i < c->threads; i++)
        look_at(c, &c->workers[i], now);
    loop_timer_arm(c->loop, t, now + WATCH_NS);
}

static bool can_be_stuck(const struct plan *p)
{
    for (unsigned i = 0; i < p->n_loads; i++)
        if (p->loads[i].scenario->type->interrupt)
            return true;
    return false;
}

/* ---- the table ---- */

static bool start_worker(struct local_crew *c, unsigned i)
{
    struct worker *w = &c->workers[i];
    w->crew = c;
    w->boss = loop_mailbox(c->loop);
    w->plan = c->plan;
    w->offload = c->offload;
    w->share = (struct share){i, c->crew.members};
    w->born_mail.deliver = on_born;
    w->ready_mail.deliver = on_ready;
    w->failed_mail.deliver = on_failed;
    w->finished_mail.deliver = on_finished;
    w->deliver_report = on_report;
    w->deliver_calls = on_calls;
    w->deliver_shown = on_shown;
    w->deliver_failed = on_call_failed;
    w->deliver_ask_stop = on_ask_stop;
    w->flows = mem_array(c->plan->n_loads, sizeof *w->flows);
    int code = thread_start(&w->thread, worker_main, w, "weir worker %u", i);
    if (code == 0)
        return true;
    return err_set(&c->failure, ERR_RUN, "cannot start worker %u of %u: %s", i + 1, c->crew.members,
                   strerror(code));
}

static void local_prepare(struct crew *crew)
{
    struct local_crew *c = (struct local_crew *)crew;
    c->offload = offload_open("weir offload", &c->failure);
    if (c->offload)
        while (c->threads < crew->members && start_worker(c, c->threads))
            c->threads++;
    if (c->threads < crew->members)
        tell_ready(c);
}

static void local_start(struct crew *crew, uint64_t start_ns)
{
    struct local_crew *c = (struct local_crew *)crew;
    for (unsigned i = 0; i < c->threads; i++) {
        c->workers[i].asked_start_ns = start_ns;
        mailbox_post(loop_mailbox(c->workers[i].loop), &c->workers[i].start_mail);
    }
    c->watch.fire = watch;
    if (can_be_stuck(c->plan))
        loop_timer_arm(c->loop, &c->watch, loop_now(c->loop) + WATCH_NS);
}

static void stop_flow(struct worker *w, struct flow *f, uint64_t at_ns)
{
    if (f->stop_posted)
        return;
    f->stop_posted = true;
    f->stop_mail_at_ns = at_ns;
    mailbox_post(loop_mailbox(w->loop), &f->stop_mail);
}

static void local_stop(struct crew *crew, unsigned load, uint64_t at_ns)
{
    struct local_crew *c = (struct local_crew *)crew;
    for (unsigned i = 0; i < c->threads; i++)
        for (unsigned f = 0; f < c->plan->n_loads; f++)
            if (load == CREW_ALL || load == f)
                stop_flow(&c->workers[i], &c->workers[i].flows[f], at_ns);
}

/* Each is told by a mail of its own: the one before may not have been read. */
static void local_change(struct crew *crew, unsigned load, const struct profile *p, uint64_t at_ns)
{
    struct local_crew *c = (struct local_crew *)crew;
    for (unsigned i = 0; i < c->threads; i++) {
        struct worker *w = &c->workers[i];
        struct change_mail *m = arena_alloc(&c->changes, sizeof *m);
        *m = (struct change_mail){.mail.deliver = flow_deliver_change,
                                  .flow = &w->flows[load],
                                  .profile = *p,
                                  .at_ns = at_ns};
        mailbox_post(loop_mailbox(w->loop), &m->mail);
    }
}

static void local_abort(struct crew *crew)
{
    struct local_crew *c = (struct local_crew *)crew;
    for (unsigned i = 0; i < c->threads; i++)
        mailbox_post(loop_mailbox(c->workers[i].loop), &c->workers[i].abort_mail);
}

static void local_close(struct crew *crew)
{
    struct local_crew *c = (struct local_crew *)crew;
    c->closing = true;
    loop_timer_disarm(c->loop, &c->watch);
    while (c->born < c->threads) /* a worker's loop must be there before it can be told to leave */
        loop_turn(c->loop, UINT64_MAX);
    if (c->finished == c->crew.members) { /* no client is left: what still blocks is for nobody */
        offload_close(c->offload);        /* before the boxes go that it replies to */
        c->offload = NULL;
    }
    for (unsigned i = 0; i < c->threads; i++)
        if (c->workers[i].loop)
            mailbox_post(loop_mailbox(c->workers[i].loop), &c->workers[i].exit_mail);
    for (unsigned i = 0; i < c->threads; i++)
        pthread_join(c->workers[i].thread, NULL);
    mailbox_deliver(loop_mailbox(c->loop)); /* the last mails lie in the workers' memory */
    offload_close(c->offload);
    for (unsigned i = 0; i < c->crew.members; i++) {
        measured_free(&c->workers[i]);
        mem_free(c->workers[i].flows);
    }
    mem_free(c->workers);
    arena_free(&c->changes);
    mem_free(c);
}

static const struct crew_table local_crew = {
    .name = "local",
    .prepare = local_prepare,
    .start = local_start,
    .stop = local_stop,
    .change = local_change,
    .abort = local_abort,
    .close = local_close,
};

struct crew *crew_local_open(const struct plan *plan, struct loop *l, const struct crew_events *on,
                             void *owner)
{
    struct local_crew *c = mem_zero(sizeof *c);
    c->crew =
        (struct crew){.table = &local_crew, .on = on, .owner = owner, .members = plan->threads};
    c->loop = l;
    c->plan = plan;
    c->workers = mem_array(plan->threads, sizeof *c->workers);
    return &c->crew;
}
