/* One worker: a thread that prepares its clients, runs its part of the plan, drains, closes its
 * books, and waits for the exit. The phases follow each other in the order of enum worker_phase. */
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
    w->phase = WORKER_CLOSING;
    loop_timer_disarm(w->loop, &w->drain_timer);
    if (measured)
        report_close(w);
    unsigned n = w->n_open;
    for (unsigned i = 0; i < n; i++) {
        struct client *c = w->clients[i].client;
        ask_whether_degraded(w, c);
        c->protocol->close(c);
    }
}

/* No new arrivals from now on; waits for what is in flight, at most the drain from `since_ns` on.
 */
static void drain(struct worker *w, uint64_t since_ns)
{
    w->phase = WORKER_DRAINING;
    loop_timer_disarm(w->loop, &w->end_timer);
    starts_end(w);
    loop_timer_arm(w->loop, &w->drain_timer, since_ns + w->plan->drain_ns);
}

void worker_look_for_the_end(struct worker *w)
{
    if (w->phase == WORKER_RUNNING && w->plan->count != UINT64_MAX && starts_exhausted(w)) {
        w->end_ns = loop_now(w->loop);
        drain(w, w->end_ns);
    }
    bool nothing_left = w->n_running == 0 && starts_exhausted(w);
    if (w->phase == WORKER_DRAINING && nothing_left)
        close_clients(w);
}

static void plan_ends(struct timer *t)
{
    struct worker *w = CONTAINER_OF(t, struct worker, end_timer);
    drain(w, w->end_ns);
    worker_look_for_the_end(w);
}

/* Everything that is still under way is interrupted. */
static void give_up(struct timer *t)
{
    struct worker *w = CONTAINER_OF(t, struct worker, drain_timer);
    struct list now, *node;
    starts_give_up(w);
    w->given_up = true;
    list_take(&now, &w->running);
    while ((node = list_pop_front(&now))) {
        list_push_back(&w->running, node);
        user_interrupt(CONTAINER_OF(node, struct user, link));
    }
    worker_look_for_the_end(w);
}

/* ---- the boss's mails ---- */

static void start(struct mail *m)
{
    struct worker *w = CONTAINER_OF(m, struct worker, start_mail);
    uint64_t length = profile_duration_ns(&w->plan->profile);
    w->phase = WORKER_RUNNING;
    w->start_ns = w->asked_start_ns;
    w->end_ns = length == UINT64_MAX ? UINT64_MAX : w->start_ns + length;
    w->cut_ns = UINT64_MAX;
    report_open(w);
    if (w->end_ns != UINT64_MAX)
        loop_timer_arm(w->loop, &w->end_timer, w->end_ns);
    starts_open(w);
}

static void stop(struct mail *m)
{
    struct worker *w = CONTAINER_OF(m, struct worker, stop_mail);
    if (w->phase != WORKER_RUNNING)
        return;
    w->end_ns = w->cut_ns = w->asked_stop_ns > w->start_ns ? w->asked_stop_ns : w->start_ns;
    drain(w, w->asked_stop_ns);
    worker_look_for_the_end(w);
}

static void abort_now(struct mail *m)
{
    struct worker *w = CONTAINER_OF(m, struct worker, abort_mail);
    if (w->phase != WORKER_RUNNING && w->phase != WORKER_DRAINING)
        return;
    w->phase = WORKER_DRAINING;
    starts_end(w);
    loop_timer_disarm(w->loop, &w->end_timer);
    loop_timer_disarm(w->loop, &w->drain_timer);
    give_up(&w->drain_timer);
}

static void leave(struct mail *m)
{
    struct worker *w = CONTAINER_OF(m, struct worker, exit_mail);
    w->exit = true;
    if (w->phase <= WORKER_READY)
        close_clients(w);
}

/* ---- preparing ---- */

static void client_ready(struct client *c, const struct err *e)
{
    struct worker *w = c->owner;
    if (e && !w->failure.kind)
        w->failure = *e;
    if (++w->n_ready < w->plan->scenario->n_clients)
        return;
    if (w->phase == WORKER_PREPARING)
        w->phase = WORKER_READY;
    mailbox_post(w->boss, &w->ready_mail);
}

static const struct client_events client_events = {
    .ready = client_ready,
    .done = calls_client_done,
    .closed = client_closed,
};

static void open_clients(struct worker *w)
{
    const struct scenario *s = w->plan->scenario;
    w->clients = mem_array(s->n_clients, sizeof *w->clients);
    for (unsigned i = 0; i < s->n_clients; i++) {
        const struct client_spec *spec = &s->clients[i];
        w->clients[i].client =
            spec->protocol->open(w->loop, w->offload, spec->config, w->share, &client_events, w);
        w->n_open++;
    }
}

static void set_up(struct worker *w)
{
    const struct plan *p = w->plan;
    list_init(&w->running);
    w->most_running =
        p->max_in_flight == UINT64_MAX ? UINT64_MAX : share_of(w->share, p->max_in_flight);
    w->most_iterations = p->count == UINT64_MAX ? UINT64_MAX : share_of(w->share, p->count);
    w->most_shown = (unsigned)share_of(w->share, p->show);
    w->end_timer.fire = plan_ends;
    w->drain_timer.fire = give_up;
    w->start_mail.deliver = start;
    w->stop_mail.deliver = stop;
    w->abort_mail.deliver = abort_now;
    w->exit_mail.deliver = leave;
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
    open_clients(w);
    run_loop(w);
    calls_free_all(w);
    user_free_all(w);
    mem_free(w->queue.items);
    report_free_all(w);
    mem_free(w->clients);
    loop_close(w->loop);
    return NULL;
}
