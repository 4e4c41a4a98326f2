/* One worker: a thread that prepares its clients, runs its part of the plan, drains, closes its
 * books, and waits for the exit. The phases follow each other in the order of enum worker_phase;
 * what happens in a load's time is its flow's (flow.c). */
#include "engine/worker.h"

#include "base/clock.h"
#include "base/mem.h"

#define BUSY_AGAIN_NS (5 * NS_PER_MS)

/* ---- the end ---- */

static void say_finished(struct worker *w)
{
    w->phase = WORKER_FINISHED;
    report_last(w);
    mailbox_post(w->boss, &w->finished_mail);
}

static void client_closed(struct client *c)
{
    struct worker *w = c->owner;
    if (--w->n_open == 0)
        say_finished(w);
}

/* Keeps the first limit that a client had to make calls wait for. */
static void ask_whether_degraded(struct worker *w, const struct client *c)
{
    if (!w->degraded.kind && c->protocol->degraded)
        c->protocol->degraded(c, &w->degraded);
}

static void close_clients(struct worker *w)
{
    bool measured = w->phase > WORKER_READY;
    unsigned n = w->n_open;
    w->phase = WORKER_CLOSING;
    loop_timer_disarm(w->loop, &w->begin_timer);
    for (unsigned i = 0; i < w->plan->n_loads; i++)
        user_free_all(&w->flows[i]);
    if (measured)
        report_close(w);
    if (n == 0)
        say_finished(w);
    for (unsigned i = 0; i < n; i++) {
        struct client *c = w->clients[i].client;
        ask_whether_degraded(w, c);
        c->protocol->close(c);
    }
}

/* Also a client that has no calls may: replies for others come to it. */
static bool busy(struct worker *w)
{
    bool any = false, over = loop_now(w->loop) >= w->drain_ends_ns;
    for (unsigned i = 0; i < w->n_open; i++) {
        struct client *c = w->clients[i].client;
        if (c->protocol->busy)
            any = c->protocol->busy(c, over) || any;
    }
    return any;
}

static void look_whether_busy(struct timer *t)
{
    struct worker *w = CONTAINER_OF(t, struct worker, rest_timer);
    if (busy(w))
        loop_timer_arm(w->loop, t, loop_now(w->loop) + BUSY_AGAIN_NS);
    else
        close_clients(w);
}

/* In a turn of its own: the last call may have ended within a client. */
void worker_flow_over(struct worker *w)
{
    if (--w->n_flowing == 0)
        loop_timer_arm(w->loop, &w->rest_timer, 0);
}

/* ---- clients that read ---- */

/* What they read before t = 0 would be in no second. */
static void begin_reading(struct timer *t)
{
    struct worker *w = CONTAINER_OF(t, struct worker, begin_timer);
    for (unsigned i = 0; i < w->n_open; i++) {
        struct client *c = w->clients[i].client;
        if (c->protocol->begin)
            c->protocol->begin(c);
    }
}

static void client_records(struct client *c, const struct record_batch *b)
{
    report_records(c->owner, b);
}

static void client_acknowledged(struct client *c, const void *as, const struct call *call)
{
    const struct prepared_call *what = as;
    if (what->part)
        report_part(c->owner, what->part, call);
}

static void client_reply(struct client *c, enum reply_class class, uint64_t due_ns,
                         uint64_t late_ns)
{
    report_reply(c->owner, class, due_ns, late_ns);
}

static struct call *client_adopt(struct client *c, const void *as, uint64_t due_ns)
{
    return calls_adopt(c->owner, as, due_ns);
}

static void client_awaited(struct client *c, unsigned seen, unsigned taken)
{
    report_awaited(c->owner, seen, taken);
}

static void client_shown(struct client *c, const struct shown_record *r)
{
    report_shown_record(c->owner, r);
}

static void client_measured(struct client *c, const struct measured *m)
{
    measured_add(c->owner, m);
}

static void client_part(struct client *c, const struct client_part *p)
{
    measured_part(c->owner, p);
}

/* Its flows end here, not on other workers. */
static void client_exhausted(struct client *c)
{
    struct worker *w = c->owner;
    for (unsigned i = 0; i < w->plan->n_loads; i++)
        flow_is_fed_up(&w->flows[i]);
}

static void client_failed(struct client *c, const struct err *e)
{
    struct worker *w = c->owner;
    if (w->broken.kind)
        return;
    w->broken = *e;
    mailbox_post(w->boss, &w->failed_mail);
}

/* ---- the boss's mails ---- */

static void start(struct mail *m)
{
    struct worker *w = CONTAINER_OF(m, struct worker, start_mail);
    w->phase = WORKER_RUNNING;
    w->start_ns = w->host.start_ns = w->asked_start_ns;
    w->n_flowing = w->plan->n_loads;
    report_open(w);
    for (unsigned i = 0; i < w->plan->n_loads; i++)
        flow_start(&w->flows[i]);
    loop_timer_arm(w->loop, &w->begin_timer, w->start_ns);
}

static void abort_now(struct mail *m)
{
    struct worker *w = CONTAINER_OF(m, struct worker, abort_mail);
    if (w->phase != WORKER_RUNNING)
        return;
    w->drain_ends_ns = 0;
    for (unsigned i = 0; i < w->plan->n_loads; i++)
        flow_abort(&w->flows[i]);
}

static void leave(struct mail *m)
{
    struct worker *w = CONTAINER_OF(m, struct worker, exit_mail);
    w->exit = true;
    if (w->phase <= WORKER_READY)
        close_clients(w);
}

/* ---- preparing ---- */

static void say_ready(struct worker *w)
{
    if (w->phase == WORKER_PREPARING)
        w->phase = WORKER_READY;
    mailbox_post(w->boss, &w->ready_mail);
}

static void client_ready(struct client *c, const struct err *e)
{
    struct worker *w = c->owner;
    if (e && !w->failure.kind)
        w->failure = *e;
    if (++w->n_ready == w->plan->n_clients)
        say_ready(w);
}

static const struct client_events client_events = {
    .ready = client_ready,
    .done = calls_client_done,
    .closed = client_closed,
    .outcome = calls_outcome,
    .handed_over = calls_handed_over,
    .acknowledged = client_acknowledged,
    .reply = client_reply,
    .adopt = client_adopt,
    .awaited = client_awaited,
    .records = client_records,
    .shown = client_shown,
    .exhausted = client_exhausted,
    .failed = client_failed,
    .measured = client_measured,
    .part = client_part,
};

static bool open_flows(struct worker *w)
{
    for (unsigned i = 0; i < w->plan->n_loads; i++)
        if (!flow_open(&w->flows[i], w, i, &w->failure))
            return false;
    return true;
}

static void open_clients(struct worker *w)
{
    const struct plan *p = w->plan;
    w->clients = mem_array(p->n_clients, sizeof *w->clients);
    pool_init(&w->endings, sizeof(struct ending));
    for (unsigned i = 0; i < p->n_clients; i++) {
        const struct client_spec *spec = &p->clients[i];
        w->clients[i].client =
            spec->protocol->open(w->loop, w->offload, spec->config, w->share, &client_events, w);
        calls_open(&w->clients[i]);
        w->n_open++;
    }
}

static void set_up(struct worker *w)
{
    w->most_shown = (unsigned)share_of(w->share, w->plan->show);
    w->begin_timer.fire = begin_reading;
    w->rest_timer.fire = look_whether_busy;
    w->most_failed = (unsigned)share_of(w->share, w->plan->failures);
    w->start_mail.deliver = start;
    w->abort_mail.deliver = abort_now;
    w->exit_mail.deliver = leave;
}

/* Once, on the worker's thread: ends with ready_mail. */
static void prepare(struct worker *w)
{
    host_open(w);
    if (open_flows(w) && w->plan->n_clients > 0)
        open_clients(w);
    else
        say_ready(w);
}

static void run_loop(struct worker *w)
{
    while (!w->exit || w->phase != WORKER_FINISHED) {
        loop_turn(w->loop, UINT64_MAX);
        if (w->report)
            hist_record(&worker_recorder(w)->turn, loop_last_busy_ns(w->loop));
    }
}

void *worker_main(void *worker)
{
    struct worker *w = worker;
    set_up(w);
    w->loop = loop_open(NULL, &w->failure); /* here: io_uring wants the thread that uses it */
    mailbox_post(w->boss, &w->born_mail);
    if (!w->loop)
        return NULL;
    prepare(w);
    run_loop(w);
    calls_free_all(w);
    for (unsigned i = 0; i < w->plan->n_loads; i++)
        flow_close(&w->flows[i]);
    report_free_all(w);
    mem_free(w->clients);
    loop_close(w->loop);
    return NULL;
}
