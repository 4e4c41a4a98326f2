/* Calls that a user starts and goes on: in its lists until it waits for them or its iteration ends.
 * What is not done then stays in its book like any call that nobody waits for (flow.left), and
 * keeps its user, whose session it has, from going away. */
#include "base/mem.h"
#include "engine/worker.h"

/* A user's. The lists are of its iteration's (started.link). */
struct open_calls {
    struct list waiting; /* nobody asked for them yet, done or not */
    struct list awaited; /* the user waits for all of them, or is being told that they are done */
    unsigned n_missing;  /* of these: not done yet */
    unsigned n_left;     /* not done when their iteration ended */
    bool gone;           /* the user is: it goes with the last of these */
};

static const struct scenario_type *type_of(const struct active_call *c)
{
    return c->flow->load->scenario->type;
}

static struct active_call *call_in(struct list *link)
{
    return call_of_started(CONTAINER_OF(link, struct started, link));
}

static struct open_calls *open_calls_of(struct user *u)
{
    if (u->calls)
        return u->calls;
    u->calls = mem_zero(sizeof *u->calls);
    list_init(&u->calls->waiting);
    list_init(&u->calls->awaited);
    return u->calls;
}

void started_add(struct user *u, struct active_call *c, struct started *s)
{
    s->call = &c->call;
    s->done = s->awaited = s->left = false;
    c->user = u;
    c->started = s;
    list_push_back(&open_calls_of(u)->waiting, &s->link);
    u->starts = true;
}

static void settle(struct active_call *c)
{
    type_of(c)->settled(c->flow->scene, c->started);
    calls_settle(c);
}

/* ---- the user waits ---- */

bool started_await(struct user *u, const struct step *s)
{
    struct open_calls *o = open_calls_of(u);
    for (unsigned i = 0; i < s->n_awaited; i++) {
        struct started *one = s->awaited[i];
        if (one->awaited)
            continue; /* named twice */
        one->awaited = true;
        list_remove(&one->link);
        list_push_back(&o->awaited, &one->link);
        o->n_missing += !one->done;
    }
    u->awaits = true;
    return o->n_missing == 0;
}

/* The user's clock stands where the last of them was done, unless it is later anyway. */
static void set_clock(struct user *u, const struct list *awaited)
{
    for (struct list *l = awaited->next; l != awaited; l = l->next) {
        uint64_t done_ns = call_in(l)->call.outcome->done_ns;
        if (done_ns > u->clock_ns)
            u->clock_ns = done_ns;
    }
}

struct step started_step(struct user *u)
{
    struct open_calls *o = u->calls;
    struct list *link;
    u->awaits = false;
    set_clock(u, &o->awaited);
    struct step next = user_step(u, NULL);
    while ((link = list_pop_front(&o->awaited)))
        settle(call_in(link));
    u->starts = !list_empty(&o->waiting);
    return next;
}

/* ---- they are done ---- */

/* Its iteration ended before it did. */
static void end_left(struct active_call *c)
{
    struct flow *f = c->flow;
    struct user *u = c->user;
    list_remove(&c->started->link);
    f->n_detached--;
    u->calls->n_left--;
    settle(c);
    if (u->calls->gone && u->calls->n_left == 0)
        user_forget(u);
    if (f->n_detached == 0)
        flow_look_for_the_end(f);
}

void started_done(struct active_call *c)
{
    struct started *s = c->started;
    s->done = true;
    worker_steps_into(c->flow);
    type_of(c)->done(c->flow->scene, s);
    worker_is_back(c->flow->worker);
    if (s->left)
        end_left(c);
    else if (s->awaited && --c->user->calls->n_missing == 0)
        user_resume(c->user);
}

/* ---- nobody waits for them any more ---- */

static void leave(struct user *u, struct list *list, bool abandon)
{
    struct flow *f = u->flow;
    struct list *link;
    while ((link = list_pop_front(list))) {
        struct active_call *c = call_in(link);
        if (c->started->done) {
            settle(c);
            continue;
        }
        c->started->left = true;
        list_push_back(&f->left, link);
        f->n_detached++;
        u->calls->n_left++;
        if (abandon)
            calls_abandon(c);
    }
}

void started_leave(struct user *u, bool abandon)
{
    struct open_calls *o = u->calls;
    u->starts = u->awaits = false;
    o->n_missing = 0;
    leave(u, &o->awaited, abandon);
    leave(u, &o->waiting, abandon);
}

bool started_keep_alive(struct user *u)
{
    u->calls->gone = u->calls->n_left > 0;
    return u->calls->gone;
}
