/* Life of a call between a user's step and its fate: memory, timeout, completion. */
#include <string.h>

#include "base/mem.h"
#include "engine/worker.h"

static struct worker_client *client_of(struct worker *w, const struct prepared_call *what)
{
    return &w->clients[what->client];
}

static size_t bytes_of(const struct client *c)
{
    return offsetof(struct active_call, call) + CALL_BYTES + c->protocol->call_size;
}

static struct active_call *take_memory(struct worker_client *wc)
{
    struct active_call *c = wc->free_calls;
    if (!c)
        return mem_zero(bytes_of(wc->client));
    wc->free_calls = c->next;
    memset(c, 0, bytes_of(wc->client));
    return c;
}

static void time_out(struct timeout *t)
{
    struct active_call *c = CONTAINER_OF(t, struct active_call, timeout);
    struct worker_client *wc = client_of(c->user->worker, c->what);
    c->settled_early = true;
    c->done_ns = loop_now(c->user->worker->loop);
    c->call.outcome.fate = FATE_TIMEOUT;
    c->call.outcome.cause = c->call.sent_ns ? "no answer (timeout)" : "timeout before send";
    if (c->held)
        calls_client_done(wc->client, &c->call);
    else
        wc->client->protocol->cancel(wc->client, &c->call);
}

void calls_expire(struct active_call *c)
{
    time_out(&c->timeout);
}

void calls_start(struct user *u, const struct prepared_call *what)
{
    struct worker *w = u->worker;
    struct worker_client *wc = client_of(w, what);
    struct active_call *c = take_memory(wc);
    c->user = u;
    c->what = what;
    c->call.request = what->request;
    c->call.due_ns = u->clock_ns;
    c->call.taken_ns = u->taken_ns;
    if (c->call.due_ns >= w->start_ns) {
        recorder_started(worker_recorder(w), what->series_number, what->series,
                         worker_plan_ns(w, c->call.due_ns), c->call.due_ns <= w->end_ns);
        c->call.keep = w->shown < w->most_shown;
        w->shown += c->call.keep;
    }
    u->call = c;
    w->n_calls++;
    list_init(&c->timeout.link);
    c->timeout.fire = time_out;
    c->timeout.due_ns = c->call.due_ns + w->plan->timeout_ns;
    c->held = c->timeout.due_ns <= loop_now(w->loop);
    if (c->held) {
        loop_timer_arm(w->loop, &u->timer, 0);
        return;
    }
    loop_timeout_arm(w->loop, &c->timeout, c->timeout.due_ns);
    wc->client->protocol->start(wc->client, &c->call);
}

void calls_abandon(struct active_call *c)
{
    struct worker_client *wc = client_of(c->user->worker, c->what);
    uint64_t now = loop_now(c->user->worker->loop);
    if (c->settled_early)
        return; /* timed out already, on its way back */
    wheel_disarm(&c->timeout);
    if (c->timeout.due_ns <= now) { /* the wheel would have come a moment later */
        time_out(&c->timeout);
        return;
    }
    c->settled_early = true;
    c->done_ns = now;
    c->call.outcome.fate = FATE_ABANDONED;
    c->call.outcome.cause = "abandoned at the end of the run";
    wc->client->protocol->cancel(wc->client, &c->call);
}

static void give_memory_back(struct worker_client *wc, struct active_call *c)
{
    if (wc->client->protocol->finish)
        wc->client->protocol->finish(&c->call);
    c->next = wc->free_calls;
    wc->free_calls = c;
}

void calls_client_done(struct client *client, struct call *call)
{
    struct active_call *c = CONTAINER_OF(call, struct active_call, call);
    struct user *u = c->user;
    struct worker *w = u->worker;
    struct step next = {.kind = STEP_DONE};
    (void)client;
    wheel_disarm(&c->timeout);
    if (!c->settled_early)
        c->done_ns = loop_now(w->loop);
    w->n_calls--;
    u->call = NULL;
    u->clock_ns = c->done_ns;
    u->taken_ns = loop_now(w->loop);
    bool abandoned = call->outcome.fate == FATE_ABANDONED;
    if (!abandoned)
        next = w->plan->scenario->type->step(w->plan->scenario, u->vu, &call->outcome);
    if (call->due_ns >= w->start_ns)
        report_call(w, c);
    give_memory_back(client_of(w, c->what), c);
    if (abandoned)
        user_interrupt(u);
    else
        user_go_on(u, next);
}

void calls_free_all(struct worker *w)
{
    for (unsigned i = 0; i < w->plan->scenario->n_clients; i++)
        while (w->clients[i].free_calls) {
            struct active_call *c = w->clients[i].free_calls;
            w->clients[i].free_calls = c->next;
            mem_free(c);
        }
}
