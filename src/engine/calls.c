/* Life of a call between a user's step and its fate: memory, timeout, completion. */
#include <string.h>

#include "base/mem.h"
#include "engine/worker.h"

static struct worker_client *client_of(const struct active_call *c)
{
    return &c->flow->worker->clients[c->what->client];
}

void calls_open(struct worker_client *wc)
{
    wc->protocol = wc->client->protocol;
    wc->call_bytes = offsetof(struct active_call, call) + CALL_BYTES + wc->protocol->call_size;
    pool_init(&wc->calls, wc->call_bytes);
}

static struct active_call *take_memory(struct worker_client *wc)
{
    struct active_call *c = pool_take(&wc->calls);
    memset(&c->cancelled, 0, wc->call_bytes - offsetof(struct active_call, cancelled));
    return c;
}

/* The engine's word about a call that the protocol has not ended. */
static void cancel(struct active_call *c, enum fate fate, const char *cause)
{
    struct client *client = client_of(c)->client;
    c->cancelled = true;
    c->call.done_ns = loop_now(c->flow->worker->loop);
    c->call.outcome.fate = fate;
    c->call.outcome.cause = cause;
    if (c->held)
        calls_client_done(client, &c->call);
    else
        client->protocol->cancel(client, &c->call);
}

void calls_expire(struct active_call *c)
{
    cancel(c, FATE_TIMEOUT, c->call.sent_ns ? "no answer (timeout)" : "timeout before send");
}

static void time_out(struct timeout *t)
{
    calls_expire(CONTAINER_OF(t, struct active_call, timeout));
}

static struct active_call *make(struct user *u, const struct step *s)
{
    struct worker *w = u->flow->worker;
    const struct prepared_call *what = s->call;
    struct active_call *c = take_memory(&w->clients[what->client]);
    uint64_t timeout_ns = what->timeout_ns ? what->timeout_ns : u->flow->load->timeout_ns;
    c->flow = u->flow;
    c->what = what;
    c->call.number = u->k;
    c->call.request = s->request ? s->request : what->request;
    if (w->plan->clients[what->client].sessions && !what->detached) /* it may outlive its user */
        c->call.session = user_session(u, what->client);
    c->call.detached = what->detached;
    c->call.reply = s->reply;
    c->call.outcome.partition = -1;
    c->call.outcome.offset = -1;
    if (s->reply)
        s->reply->bytes.n = s->reply->head_n = 0;
    c->call.due_ns = u->clock_ns;
    c->call.taken_ns = u->taken_ns;
    c->call.deadline_ns = u->clock_ns + timeout_ns;
    return c;
}

/* For --show. */
static void keep_reply(struct active_call *c)
{
    c->shown = mem_zero(sizeof *c->shown);
    c->shown->reply.most = SHOWN_MOST;
    if (!c->call.reply)
        c->call.reply = &c->shown->reply;
}

static void keep(struct buf *kept, str text)
{
    buf_add(kept, text.p, text.n < SHOWN_MOST ? text.n : SHOWN_MOST);
}

/* Before its user goes on, who checks the whole of it. */
static void keep_texts(struct active_call *c)
{
    const struct outcome *o = &c->call.outcome;
    c->shown->request_bytes = o->request.n;
    keep(&c->shown->request, o->request);
    keep(&c->shown->head, o->head);
    keep(&c->shown->body, o->body);
}

static void free_texts(struct shown_texts *t)
{
    buf_free(&t->reply.bytes);
    buf_free(&t->request);
    buf_free(&t->head);
    buf_free(&t->body);
    mem_free(t);
}

static void book(struct active_call *c)
{
    struct worker *w = c->flow->worker;
    if (c->call.due_ns < w->start_ns)
        return;
    recorder_started(worker_recorder(w), c->what->series_number, c->what->series,
                     worker_plan_ns(w, c->call.due_ns), c->call.due_ns <= c->flow->end_ns);
    if (w->n_shown < w->most_shown) {
        w->n_shown++;
        keep_reply(c);
    }
}

/* Arms the call's timeout. False: its time is over already, it is not sent at all. */
static bool arm_timeout(struct active_call *c)
{
    struct loop *l = c->flow->worker->loop;
    if (client_of(c)->client->protocol->own_timeouts)
        return true;
    c->timeout.fire = time_out;
    list_init(&c->timeout.link);
    c->held = c->call.deadline_ns <= loop_now(l);
    if (c->held && c->user)
        loop_timer_arm(l, &c->user->timer, 0);
    else
        loop_timeout_arm(l, &c->timeout, c->call.deadline_ns);
    return !c->held;
}

void calls_start(struct user *u, const struct step *s)
{
    struct active_call *c = make(u, s);
    struct client *client = client_of(c)->client;
    book(c);
    if (s->call->detached) {
        list_push_back(&c->flow->detached, &c->link);
        c->flow->n_detached++;
    } else {
        c->user = u;
        u->call = c;
    }
    if (arm_timeout(c))
        client->protocol->start(client, &c->call);
}

static void disarm_timeout(struct active_call *c, const struct client *client)
{
    if (!client->protocol->own_timeouts)
        wheel_disarm(&c->timeout);
}

void calls_abandon(struct active_call *c)
{
    uint64_t now = loop_now(c->flow->worker->loop);
    if (c->cancelled)
        return; /* timed out already, on its way back */
    disarm_timeout(c, client_of(c)->client);
    if (c->call.deadline_ns <= now) /* the wheel would have come a moment later */
        calls_expire(c);
    else
        cancel(c, FATE_ABANDONED, "abandoned at the end of the run");
}

static void give_memory_back(struct active_call *c)
{
    struct worker_client *wc = client_of(c);
    if (wc->protocol->finish)
        wc->protocol->finish(&c->call);
    if (c->shown)
        free_texts(c->shown);
    pool_give(&wc->calls, c);
}

static void report_and_free(struct active_call *c)
{
    struct worker *w = c->flow->worker;
    if (c->call.due_ns >= w->start_ns)
        report_call(w, c);
    give_memory_back(c);
}

static void end_detached(struct active_call *c)
{
    struct flow *f = c->flow;
    list_remove(&c->link);
    f->n_detached--;
    report_and_free(c);
    if (f->n_detached == 0)
        flow_look_for_the_end(f);
}

/* Steps the user that waited for it, settles its fate, and lets the user go on. */
static void end_awaited(struct active_call *c)
{
    struct user *u = c->user;
    struct flow *f = u->flow;
    u->call = NULL;
    u->clock_ns = c->call.done_ns;
    u->taken_ns = loop_now(f->worker->loop);
    if (c->call.outcome.fate == FATE_ABANDONED) {
        report_and_free(c);
        user_interrupt(u);
        return;
    }
    struct step next = user_step(u, &c->call);
    report_and_free(c);
    user_go_on(u, &next);
}

void calls_client_done(struct client *client, struct call *call)
{
    struct active_call *c = CONTAINER_OF(call, struct active_call, call);
    disarm_timeout(c, client);
    if (!call->done_ns)
        call->done_ns = loop_now(c->flow->worker->loop);
    if (c->shown)
        keep_texts(c);
    if (c->user)
        end_awaited(c);
    else
        end_detached(c);
}

void calls_free_all(struct worker *w)
{
    for (unsigned i = 0; w->clients && i < w->plan->n_clients; i++)
        pool_free(&w->clients[i].calls);
}
