/* One worker: a thread that prepares its clients, runs its part of the plan, drains, closes its
 * books, and waits for the exit. The phases follow each other in the order of enum worker_phase;
 * what happens in a load's time is its flow's (flow.c). */
#include "engine/worker.h"

#include "base/mem.h"

/* ---- the end ---- */

static void say_finished(struct worker *w)
{
    w->phase = WORKER_FINISHED;
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

void worker_flow_over(struct worker *w)
{
    if (--w->n_flowing == 0)
        close_clients(w);
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

static void client_shown(struct client *c, const struct shown_record *r)
{
    report_shown_record(c->owner, r);
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
    .records = client_records,
    .shown = client_shown,
    .exhausted = client_exhausted,
    .failed = client_failed,
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
