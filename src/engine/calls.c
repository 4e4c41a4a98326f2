/* Life of a call between a user's step and its fate: memory, timeout, completion. */
#include <string.h>

#include "base/mem.h"
#include "engine/worker.h"

static struct worker_client *client_of(const struct active_call *c)
{
    return &c->flow->worker->clients[call_what(c)->client];
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
    memset(c, 0, wc->call_bytes);
    return c;
}

/* Where the reply of a call goes. */
static struct reply *reply_of(const struct active_call *c)
{
    if (!call_has_user(c))
        return NULL;
    return c->started ? c->started->reply : c->user->reply;
}

struct outcome *calls_outcome(struct client *client, struct call *call)
{
    struct active_call *c = CONTAINER_OF(call, struct active_call, call);
    struct worker *w = client->owner;
    struct ending *e = pool_take(&w->endings);
    *e = (struct ending){.outcome = {.reply = reply_of(c), .partition = -1, .offset = -1}};
    return call->outcome = &e->outcome;
}

static struct ending *need_ending(struct active_call *c)
{
    call_outcome(client_of(c)->client, &c->call);
    return call_ending(c);
}

/* The engine's word about a call that the protocol has not ended. */
static void cancel(struct active_call *c, enum fate fate, const char *cause)
{
    struct client *client = client_of(c)->client;
    struct ending *e = need_ending(c);
    e->cancelled = true;
    e->outcome.done_ns = loop_now(c->flow->worker->loop);
    e->outcome.fate = fate;
    e->outcome.cause = cause;
    if (c->call.held)
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
    calls_expire(CONTAINER_OF(t, struct active_call, call.deadline));
}

static struct active_call *make(struct user *u, const struct step *s)
{
    struct worker *w = u->flow->worker;
    const struct prepared_call *what = s->call;
    struct active_call *c = take_memory(&w->clients[what->client]);
    uint64_t timeout_ns = what->timeout_ns ? what->timeout_ns : u->flow->load->timeout_ns;
    c->flow = u->flow;
    c->call.as = what;
    c->call.number = u->k;
    c->call.request = s->request ? s->request : what->request;
    c->call.detached = what->detached;
    c->call.final = s->final;
    if (s->reply)
        s->reply->bytes.n = s->reply->head_n = 0;
    c->call.due_ns = s->due_ns ? s->due_ns : u->clock_ns;
    c->call.taken_ns = u->taken_ns;
    c->call.deadline.due_ns = c->call.due_ns + timeout_ns;
    return c;
}

/* For --show. */
static void keep_reply(struct active_call *c)
{
    struct ending *e = need_ending(c);
    e->shown = mem_zero(sizeof *e->shown);
    e->shown->reply.most = SHOWN_MOST;
    if (!e->outcome.reply)
        e->outcome.reply = &e->shown->reply;
}

static void keep(struct buf *kept, str text)
{
    buf_add(kept, text.p, text.n < SHOWN_MOST ? text.n : SHOWN_MOST);
}

static void keep_request(struct shown_texts *shown, str text)
{
    shown->request_bytes = text.n;
    keep(&shown->request, text);
}

/* Of a protocol whose requests and heads are no text. */
static void describe(struct active_call *c, bool request, bool head)
{
    struct shown_texts *shown = call_ending(c)->shown;
    struct buf sent = {0}, came = {0};
    const struct client *client = client_of(c)->client;
    client->protocol->describe(client, &c->call, request ? &sent : NULL, head ? &came : NULL);
    if (request)
        keep_request(shown, buf_view(&sent));
    keep(&shown->head, buf_view(&came));
    buf_free(&sent);
    buf_free(&came);
}

static void describe_whole(struct active_call *c)
{
    describe(c, true, true);
}

/* Before its user goes on, who checks the whole of it. */
static void keep_texts(struct active_call *c)
{
    const struct outcome *o = c->call.outcome;
    struct shown_texts *shown = call_ending(c)->shown;
    if (c->call.alone) {
        user_ask_again(c, describe_whole);
    } else if (client_of(c)->protocol->describe) {
        describe(c, !c->call.detached, true);
    } else {
        keep_request(shown, o->request);
        keep(&shown->head, o->head);
    }
    keep(&shown->body, o->body);
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
    if (!worker_measures(w, c))
        return;
    recorder_started(worker_recorder(w), call_what(c)->series_number, call_what(c)->series,
                     worker_due_ns(w, c), !c->call.adopted && c->call.due_ns <= c->flow->end_ns);
    if (w->n_shown < w->most_shown) {
        w->n_shown++;
        keep_reply(c);
    }
}

static void arm(struct active_call *c)
{
    c->call.deadline.fire = time_out;
    list_init(&c->call.deadline.link);
    loop_timeout_arm(c->flow->worker->loop, &c->call.deadline, c->call.deadline.due_ns);
}

/* Arms the call's timeout. False: its time is over already, it is not sent at all. */
static bool arm_timeout(struct active_call *c)
{
    struct loop *l = c->flow->worker->loop;
    if (client_of(c)->protocol->own_timeouts)
        return true;
    c->call.held = c->call.deadline.due_ns <= loop_now(l);
    if (c->call.held && call_has_user(c) && !c->started) {
        list_init(&c->call.deadline.link);
        loop_timer_arm(l, &c->user->timer, 0);
        return false;
    }
    arm(c);
    return !c->call.held;
}

/* Nobody waits for it but its flow. */
static void detach(struct active_call *c)
{
    list_push_back(&c->flow->detached, &c->link);
    c->flow->n_detached++;
}

static void *session_of(const struct active_call *c, struct user *u)
{
    unsigned client = call_what(c)->client;
    bool has_one = u->flow->worker->plan->clients[client].sessions;
    return has_one && !c->call.detached ? user_session(u, client) : NULL;
}

void calls_start(struct user *u, const struct step *s)
{
    struct active_call *c = make(u, s);
    struct client *client = client_of(c)->client;
    if (s->started) {
        s->started->reply = s->reply;
        started_add(u, c, s->started);
    } else if (s->call->detached) {
        detach(c);
    } else {
        c->user = u;
        u->call = c;
        u->reply = s->reply;
    }
    book(c);
    if (c->call.detached && call_ending(c) && client->protocol->describe)
        describe(c, true, false); /* its bytes are somebody else's behind start */
    void *session = session_of(c, u);
    if (arm_timeout(c))
        client->protocol->start(client, &c->call, session);
}

/* Only its age is to be trusted, due_ns may be behind `now`. When it was sent nobody knows: at
 * once, let us say. */
struct call *calls_adopt(struct worker *w, const struct prepared_call *as, uint64_t due_ns)
{
    struct flow *f = &w->flows[0];
    struct loop *l = w->loop;
    uint64_t now = loop_now(l), age_ns = now - due_ns;
    uint64_t timeout_ns = as->timeout_ns ? as->timeout_ns : f->load->timeout_ns;
    if ((f->state != FLOW_RUNNING && f->state != FLOW_DRAINING) || f->given_up)
        return NULL;
    struct active_call *c = take_memory(&w->clients[as->client]);
    c->flow = f;
    c->call.as = as;
    c->call.request = as->request;
    c->call.adopted = c->call.detached = true;
    c->call.due_ns = c->call.taken_ns = c->call.sent_ns = due_ns;
    c->call.deadline.due_ns = now + (timeout_ns > age_ns ? timeout_ns - age_ns : 0);
    book(c);
    detach(c);
    if (c->call.deadline.due_ns > now && !client_of(c)->protocol->own_timeouts)
        arm(c);
    else
        list_init(&c->call.deadline.link);
    return &c->call;
}

static void disarm_timeout(struct active_call *c, const struct client *client)
{
    if (!client->protocol->own_timeouts)
        wheel_disarm(&c->call.deadline);
}

void calls_abandon(struct active_call *c)
{
    uint64_t now = loop_now(c->flow->worker->loop);
    if (call_ending(c) && call_ending(c)->cancelled)
        return; /* timed out already, on its way back */
    disarm_timeout(c, client_of(c)->client);
    if (c->call.deadline.due_ns <= now) /* the wheel would have come a moment later */
        calls_expire(c);
    else
        cancel(c, FATE_ABANDONED, "abandoned at the end of the run");
}

static void give_memory_back(struct active_call *c)
{
    struct worker_client *wc = client_of(c);
    struct ending *e = call_ending(c);
    if (wc->protocol->finish)
        wc->protocol->finish(wc->client, &c->call);
    if (e->shown)
        free_texts(e->shown);
    pool_give(&c->flow->worker->endings, e);
    pool_give(&wc->calls, c);
}

void calls_settle(struct active_call *c)
{
    struct worker *w = c->flow->worker;
    if (worker_measures(w, c))
        report_call(w, c);
    give_memory_back(c);
}

static void end_detached(struct active_call *c)
{
    struct flow *f = c->flow;
    list_remove(&c->link);
    f->n_detached--;
    calls_settle(c);
    if (f->n_detached == 0)
        flow_look_for_the_end(f);
}

/* As detached ones, but its iteration is under way. */
void calls_handed_over(struct client *client, struct call *call)
{
    struct active_call *c = CONTAINER_OF(call, struct active_call, call);
    (void)client;
    if (!c->call.final)
        return;
    user_leave_call(c->user);
    c->call.request = NULL;
    c->call.alone = true;
    detach(c);
}

static void end_alone(struct active_call *c)
{
    list_remove(&c->link);
    c->flow->n_detached--;
    user_end_for(c);
}

/* Steps the user that waited for it, settles its fate, and lets the user go on. */
static void end_awaited(struct active_call *c)
{
    struct user *u = c->user;
    struct flow *f = u->flow;
    u->call = NULL;
    if (c->call.outcome->done_ns > u->clock_ns) /* it may have come before the user asked */
        u->clock_ns = c->call.outcome->done_ns;
    u->taken_ns = loop_now(f->worker->loop);
    if (c->call.outcome->fate == FATE_ABANDONED) {
        calls_settle(c);
        user_interrupt(u);
        return;
    }
    struct step next = user_step(u, &c->call);
    calls_settle(c);
    user_go_on(u, &next);
}

/* The first ones are kept in full, while what they sent and got is there. */
static void keep_failure(struct active_call *c)
{
    struct worker *w = c->flow->worker;
    struct ending *e = call_ending(c);
    if (e->shown || !worker_measures(w, c) || w->n_failed >= w->most_failed)
        return;
    w->n_failed++;
    e->failing = true;
    e->shown = mem_zero(sizeof *e->shown);
    keep_texts(c);
}

void calls_failing(struct call *call)
{
    keep_failure(CONTAINER_OF(call, struct active_call, call));
}

void calls_client_done(struct client *client, struct call *call)
{
    struct active_call *c = CONTAINER_OF(call, struct active_call, call);
    const struct ending *e = call_ending(c);
    disarm_timeout(c, client);
    if (!e->outcome.done_ns)
        call->outcome->done_ns = loop_now(c->flow->worker->loop);
    if (e->shown)
        keep_texts(c);
    else if (e->outcome.fate != FATE_OK)
        keep_failure(c);
    if (c->call.alone)
        end_alone(c);
    else if (c->call.detached)
        end_detached(c);
    else if (c->started)
        started_done(c);
    else
        end_awaited(c);
}

void calls_free_all(struct worker *w)
{
    for (unsigned i = 0; w->clients && i < w->plan->n_clients; i++)
        pool_free(&w->clients[i].calls);
    if (w->clients)
        pool_free(&w->endings);
}
