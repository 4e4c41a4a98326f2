/* Virtual users: an iteration is begun, stepped until the scenario says done, and booked. */
#include <string.h>

#include "base/mem.h"
#include "engine/worker.h"

/* Calls that nobody waits for, or waits for yet, made in a row: then the loop gets its turn. */
enum { CALLS_IN_A_ROW = 64 };

static const struct scenario_type *type_of(const struct flow *f)
{
    return f->load->scenario->type;
}

static void end_pause(struct user *u)
{
    u->flow->n_pausing--;
    starts_user_free(u);
}

static struct step step_alone(struct user *u)
{
    return u->awaits ? started_step(u) : user_step(u, NULL);
}

/* Goes on after begin, after a sleep and after a call that it does not wait for. */
static void step_and_go_on(struct user *u)
{
    struct step s = step_alone(u);
    user_go_on(u, &s);
}

void user_resume(struct user *u)
{
    u->taken_ns = loop_now(u->flow->worker->loop);
    step_and_go_on(u);
}

static void wake(struct timer *t)
{
    struct user *u = CONTAINER_OF(t, struct user, timer);
    u->taken_ns = loop_now(u->flow->worker->loop);
    if (u->call)
        calls_expire(u->call);
    else if (list_empty(&u->link))
        end_pause(u);
    else
        step_and_go_on(u);
}

struct user *user_take(struct flow *f)
{
    struct user *u = f->parked;
    if (u) {
        f->parked = u->next;
        return u;
    }
    u = pool_take(&f->users);
    memset(u, 0, USER_BYTES + type_of(f)->vu_size);
    u->flow = f;
    u->timer.fire = wake;
    list_init(&u->link);
    return u;
}

void *user_session(struct user *u, unsigned client)
{
    const struct plan *p = u->flow->worker->plan;
    const struct client_spec *spec = &p->clients[client];
    if (!u->sessions)
        u->sessions = mem_array(p->n_clients, sizeof *u->sessions);
    if (!u->sessions[client])
        u->sessions[client] = mem_zero(spec->protocol->session_size);
    return u->sessions[client];
}

static void end_sessions(struct user *u)
{
    const struct worker *w = u->flow->worker;
    for (unsigned i = 0; u->sessions && i < w->plan->n_clients; i++)
        if (u->sessions[i]) {
            struct client *c = w->clients[i].client;
            c->protocol->end_session(c, u->sessions[i]);
            mem_free(u->sessions[i]);
        }
    mem_free(u->sessions);
}

void user_forget(struct user *u)
{
    struct flow *f = u->flow;
    if (u->calls && started_keep_alive(u))
        return;
    if (type_of(f)->forget)
        type_of(f)->forget(f->scene, user_vu(u));
    end_sessions(u);
    mem_free(u->calls);
    pool_give(&f->users, u);
}

/* It has no iteration under way any more. */
static void leave(struct user *u)
{
    if (list_empty(&u->link))
        return;
    list_remove(&u->link);
    u->flow->n_running--;
}

static void enter(struct user *u)
{
    if (!list_empty(&u->link))
        return; /* it went straight on from its last one */
    list_push_back(&u->flow->running, &u->link);
    u->flow->n_running++;
}

static void rest(struct user *u)
{
    u->next = u->flow->parked;
    u->flow->parked = u;
}

void user_park(struct user *u)
{
    struct flow *f = u->flow;
    if (f->load->fresh_users || u->leaving || !flow_is_open(f)) {
        user_dismiss(u);
        return;
    }
    leave(u);
    rest(u);
}

void user_dismiss(struct user *u)
{
    struct flow *f = u->flow;
    uint64_t now = loop_now(f->worker->loop);
    bool goes = f->given_up || u->leaving || !type_of(f)->leave;
    leave(u);
    if (goes || !type_of(f)->leave(f->scene, user_vu(u), now)) {
        user_forget(u);
        return;
    }
    u->leaving = true;
    u->clock_ns = u->taken_ns = now;
    enter(u);
    step_and_go_on(u);
}

void user_free_all(struct flow *f)
{
    while (f->parked) {
        struct user *u = f->parked;
        f->parked = u->next;
        user_forget(u);
    }
}

void user_begin(struct user *u, const struct start *start)
{
    struct flow *f = u->flow;
    u->k = start->k;
    u->clock_ns = start->due_ns;
    u->taken_ns = start->taken_ns;
    u->measured = start->due_ns >= f->worker->start_ns;
    u->waited = false;
    enter(u);
    type_of(f)->begin(f->scene, user_vu(u), (struct iteration){start->k, start->due_ns});
    step_and_go_on(u);
}

void user_begin_next_turn(struct user *u)
{
    leave(u);
    u->flow->n_pausing++;
    loop_timer_arm(u->flow->worker->loop, &u->timer, 0);
}

static void end_iteration(struct user *u, const struct step *last)
{
    struct flow *f = u->flow;
    struct worker *w = f->worker;
    bool failed = last->kind == STEP_ERROR;
    if (u->measured && failed)
        tally_add(&worker_recorder(w)->script_errors, tally_text(str_from(last->why)), 1);
    if (u->starts)
        started_leave(u, false);
    if (u->leaving) {
        user_park(u);
        flow_look_for_the_end(f);
        return;
    }
    f->book->script_error += u->measured && failed;
    f->book->completed += u->measured && !failed;
    starts_user_free(u);
}

static void sleep_for(struct user *u, uint64_t ns)
{
    u->waited = true;
    u->clock_ns += ns;
    loop_timer_arm(u->flow->worker->loop, &u->timer, u->clock_ns);
}

/* What comes when its data is there is due then. */
static void wait_for_scene(struct user *u)
{
    struct flow *f = u->flow;
    if (f->state >= FLOW_DRAINING) {
        user_interrupt(u);
        return;
    }
    u->waited = u->hungry = true;
    f->n_hungry++;
}

static void feed(struct user *u)
{
    u->hungry = false;
    u->flow->n_hungry--;
}

void user_wake(struct vu *vu)
{
    struct user *u = user_of_vu(vu);
    struct flow *f = u->flow;
    if (!u->hungry)
        return;
    feed(u);
    u->clock_ns = loop_now(f->worker->loop);
    loop_timer_arm(f->worker->loop, &u->timer, 0);
    if (f->n_hungry == 0)
        starts_fed(f);
}

static void stop_scenario(struct user *u, const struct step *s)
{
    struct flow *f = u->flow;
    struct worker *w = f->worker;
    bool all = s->kind == STEP_STOP_RUN;
    user_interrupt(u);
    flow_ask_stop(f, all, s->why);
    flow_stop(f, loop_now(w->loop));
}

/* ---- final calls ---- */

void user_leave_call(struct user *u)
{
    u->call = NULL;
    leave(u);
    u->flow->n_running++; /* its iteration still is */
    rest(u);
}

void user_end_for(struct active_call *c)
{
    struct flow *f = c->flow;
    struct user *u = user_take(f);
    const struct outcome *o = c->call.outcome;
    f->n_running--;
    enter(u);
    u->k = c->call.number;
    u->clock_ns = o->done_ns > c->call.due_ns ? o->done_ns : c->call.due_ns;
    u->taken_ns = loop_now(f->worker->loop);
    u->measured = worker_measures(f->worker, c);
    u->waited = true;
    bool abandoned = o->fate == FATE_ABANDONED;
    calls_settle(c);
    if (abandoned)
        user_interrupt(u);
    else
        end_iteration(u, &(struct step){.kind = STEP_DONE});
}

void user_ask_again(struct active_call *c, void (*tell)(struct active_call *c))
{
    struct flow *f = c->flow;
    struct user *u = user_take(f);
    type_of(f)->begin(f->scene, user_vu(u), (struct iteration){c->call.number, c->call.due_ns});
    struct step s = user_step(u, NULL);
    c->call.request = s.request ? s.request : call_what(c)->request;
    tell(c);
    c->call.request = NULL;
    rest(u);
}

/* What is neither a call nor waiting for some. */
static void settle_down(struct user *u, const struct step *s)
{
    if (s->kind == STEP_DONE || s->kind == STEP_ERROR)
        end_iteration(u, s);
    else if (s->kind == STEP_STOP || s->kind == STEP_STOP_RUN)
        stop_scenario(u, s);
    else if (u->flow->given_up)
        user_interrupt(u);
    else if (s->kind == STEP_WAIT)
        wait_for_scene(u);
    else
        sleep_for(u, s->sleep_ns);
}

static bool has_calls(const struct step *s)
{
    return s->kind == STEP_CALL || s->kind == STEP_AWAIT;
}

/* Makes the call, or looks at those that it waits for. False: it has to wait. */
static bool goes_on_at_once(struct user *u, const struct step *s)
{
    bool at_once;
    if (s->kind == STEP_CALL) {
        at_once = s->started || s->call->detached;
        calls_start(u, s);
        if (s->last)
            flow_end_with_this(u->flow);
    } else {
        at_once = started_await(u, s);
    }
    u->waited = u->waited || !at_once;
    return at_once;
}

void user_go_on(struct user *u, const struct step *s)
{
    struct flow *f = u->flow;
    struct step next;
    for (int row = 0; has_calls(s) && !f->given_up; row++) {
        if (!goes_on_at_once(u, s))
            return;
        if (row == CALLS_IN_A_ROW) {
            loop_timer_arm(f->worker->loop, &u->timer, 0);
            return;
        }
        next = step_alone(u);
        s = &next;
    }
    if (has_calls(s))
        user_interrupt(u);
    else
        settle_down(u, s);
}

void user_interrupt(struct user *u)
{
    struct flow *f = u->flow;
    loop_timer_disarm(f->worker->loop, &u->timer);
    if (u->hungry)
        feed(u);
    if (u->call) {
        calls_abandon(u->call); /* comes back here when the call is done */
        return;
    }
    if (u->starts)
        started_leave(u, true);
    if (u->measured && !u->leaving)
        f->book->interrupted++;
    if (type_of(f)->drop)
        type_of(f)->drop(f->scene, user_vu(u));
    user_park(u);
    flow_look_for_the_end(f);
}
