/* One load on one worker: runs, ends when its time, its count, its data or the user say so, drains,
 * and is over when nothing of it is in flight. */
#include "base/mem.h"
#include "engine/worker.h"

/* ---- users that wait for their scene ---- */

static void each_hungry(struct flow *f, void (*act)(struct user *u))
{
    struct list now, *node;
    list_take(&now, &f->running);
    while ((node = list_pop_front(&now))) {
        struct user *u = CONTAINER_OF(node, struct user, link);
        list_push_back(&f->running, node);
        if (u->hungry)
            act(u);
    }
}

static void wake(struct user *u)
{
    user_wake(user_vu(u));
}

/* ---- the end ---- */

/* No new arrivals from now on; waits for what is in flight, at most the drain from `since_ns` on,
 * but not for data.
 */
static void drain(struct flow *f, uint64_t since_ns)
{
    struct loop *l = f->worker->loop;
    f->state = FLOW_DRAINING;
    loop_timer_disarm(l, &f->end_timer);
    starts_end(f);
    loop_timer_arm(l, &f->drain_timer, since_ns + f->load->drain_ns);
    if (f->worker->drain_ends_ns < since_ns + f->load->drain_ns)
        f->worker->drain_ends_ns = since_ns + f->load->drain_ns;
    if (f->n_hungry)
        each_hungry(f, user_interrupt);
}

/* Its users that rest will not be called again. */
static void dismiss_parked(struct flow *f)
{
    struct user *u = f->parked;
    f->parked = NULL;
    for (struct user *next; u; u = next) {
        next = u->next;
        user_dismiss(u);
    }
}

void flow_look_for_the_end(struct flow *f)
{
    if (f->state == FLOW_RUNNING && f->load->count != UINT64_MAX && starts_exhausted(f)) {
        f->end_ns = loop_now(f->worker->loop);
        drain(f, f->end_ns);
    }
    if (f->state == FLOW_DRAINING && f->load->scenario->type->leave && starts_exhausted(f))
        dismiss_parked(f);
    bool nothing_left = f->n_running + f->n_pausing + f->n_detached == 0 && starts_exhausted(f);
    if (f->state != FLOW_DRAINING || !nothing_left)
        return;
    f->state = FLOW_OVER;
    loop_timer_disarm(f->worker->loop, &f->drain_timer);
    worker_flow_over(f->worker);
}

static void load_ends(struct timer *t)
{
    struct flow *f = CONTAINER_OF(t, struct flow, end_timer);
    drain(f, f->end_ns);
    flow_look_for_the_end(f);
}

static void interrupt_users(struct flow *f)
{
    struct list now, *node;
    list_take(&now, &f->running);
    while ((node = list_pop_front(&now))) {
        list_push_back(&f->running, node);
        user_interrupt(CONTAINER_OF(node, struct user, link));
    }
}

static void abandon_detached(struct flow *f)
{
    struct list now, *node;
    list_take(&now, &f->detached);
    while ((node = list_pop_front(&now))) {
        list_push_back(&f->detached, node);
        calls_abandon(CONTAINER_OF(node, struct active_call, link));
    }
    list_take(&now, &f->left);
    while ((node = list_pop_front(&now))) {
        list_push_back(&f->left, node);
        calls_abandon(call_of_started(CONTAINER_OF(node, struct started, link)));
    }
}

/* Everything that is still under way is interrupted. */
static void give_up(struct timer *t)
{
    struct flow *f = CONTAINER_OF(t, struct flow, drain_timer);
    starts_give_up(f);
    f->given_up = true;
    interrupt_users(f);
    abandon_detached(f);
    flow_look_for_the_end(f);
}

void flow_stop(struct flow *f, uint64_t at_ns)
{
    uint64_t start_ns = f->worker->start_ns;
    if (f->state != FLOW_RUNNING)
        return;
    f->end_ns = f->cut_ns = at_ns > start_ns ? at_ns : start_ns;
    drain(f, at_ns);
    flow_look_for_the_end(f);
}

void flow_is_fed_up(struct flow *f)
{
    each_hungry(f, wake);
    flow_stop(f, loop_now(f->worker->loop));
}

void flow_end_with_this(struct flow *f)
{
    flow_ask_stop(f, false, NULL);
    flow_stop(f, loop_now(f->worker->loop));
}

void flow_abort(struct flow *f)
{
    struct loop *l = f->worker->loop;
    if (f->state != FLOW_RUNNING && f->state != FLOW_DRAINING)
        return;
    f->state = FLOW_DRAINING;
    starts_end(f);
    loop_timer_disarm(l, &f->end_timer);
    loop_timer_disarm(l, &f->drain_timer);
    give_up(&f->drain_timer);
}

void flow_ask_stop(struct flow *f, bool all, const char *why)
{
    if (f->asked_stop)
        return;
    f->asked_stop = true;
    f->stop_why = why;
    f->stop_all = all;
    f->stop_at_ns = loop_now(f->worker->loop);
    mailbox_post(f->worker->boss, &f->ask_stop_mail);
}

/* ---- opening and closing ---- */

static void stop(struct mail *m)
{
    struct flow *f = CONTAINER_OF(m, struct flow, stop_mail);
    flow_stop(f, f->stop_mail_at_ns);
}

bool flow_open(struct flow *f, struct worker *w, unsigned load, struct err *e)
{
    const struct load *l = &w->plan->loads[load];
    const struct share share = w->share;
    f->worker = w;
    f->load = l;
    f->index = load;
    pool_init(&f->users, USER_BYTES + l->scenario->type->vu_size);
    list_init(&f->running);
    list_init(&f->detached);
    list_init(&f->left);
    f->most_running =
        l->max_in_flight == UINT64_MAX ? UINT64_MAX : share_of(share, l->max_in_flight);
    f->most_iterations = l->count == UINT64_MAX ? UINT64_MAX : share_of(share, l->count);
    f->end_timer.fire = load_ends;
    f->drain_timer.fire = give_up;
    f->stop_mail.deliver = stop;
    f->ask_stop_mail.deliver = w->deliver_ask_stop;
    f->scene = l->scenario->type->open(l->scenario, &w->host, e);
    return f->scene != NULL;
}

/* As its profile has it. */
static void set_end(struct flow *f)
{
    struct worker *w = f->worker;
    uint64_t length = profile_duration_ns(&f->profile);
    loop_timer_disarm(w->loop, &f->end_timer);
    f->end_ns = length == UINT64_MAX ? UINT64_MAX : w->start_ns + length;
    if (f->end_ns != UINT64_MAX)
        loop_timer_arm(w->loop, &f->end_timer, f->end_ns);
}

/* Until at_ns both profiles ask for the same, so it does not matter that the mail is early. */
void flow_deliver_change(struct mail *m)
{
    const struct change_mail *change = CONTAINER_OF(m, struct change_mail, mail);
    struct flow *f = change->flow;
    if (f->state != FLOW_RUNNING)
        return;
    f->profile = change->profile;
    set_end(f);
    starts_change(f);
}

void flow_start(struct flow *f)
{
    f->state = FLOW_RUNNING;
    f->profile = f->load->profile;
    f->cut_ns = UINT64_MAX;
    set_end(f);
    starts_open(f);
}

void flow_close(struct flow *f)
{
    mem_free(f->queue.items);
    pool_free(&f->users);
    if (f->scene)
        f->load->scenario->type->close(f->scene);
}
