/* The turn of a loop, its timers and its mailbox; what both backends have in common. */
#include <stdlib.h>
#include <sys/prctl.h>

#include "base/clock.h"
#include "loop/backend.h"

static struct loop *try_backends(const struct loop_options *o, str wanted, struct err *e)
{
    for (unsigned i = 0; loop_backends[i]; i++) {
        if (wanted.n && !str_eq(wanted, str_from(loop_backends[i]->name)))
            continue;
        struct loop *l = loop_backends[i]->open(o, e);
        if (l) {
            l->backend = loop_backends[i];
            *e = (struct err){0}; /* of a better one, perhaps */
            return l;
        }
        if (wanted.n)
            return NULL;
    }
    if (wanted.n)
        err_set(e, ERR_USAGE, "WEIR_LOOP='" STR_FMT "': this build's loops are epoll%s",
                STR_ARG(wanted), loop_backends[1] ? " and io_uring" : "");
    return NULL;
}

static void take_mail(struct watch *w)
{
    struct loop *l = CONTAINER_OF(w, struct loop, box_watch);
    mailbox_deliver(&l->box);
}

struct loop *loop_open(const struct loop_options *options, struct err *e)
{
    struct loop_options o = options ? *options : (struct loop_options){0};
    str wanted = str_from(o.backend ? o.backend : getenv("WEIR_LOOP"));
    struct loop *l = try_backends(&o, wanted, e);
    if (!l)
        return NULL;
    list_init(&l->todo);
    l->now_ns = clock_now_ns();
    wheel_init(&l->timeouts, l->now_ns);
    if (!mailbox_open(&l->box, e)) {
        l->backend->close(l);
        return NULL;
    }
    l->box_watch = (struct watch){.fd = l->box.fd, .readable = take_mail};
    loop_watch(l, &l->box_watch);
    prctl(PR_SET_TIMERSLACK, 1UL); /* wake this thread when asked to, not 50 us later */
    return l;
}

void loop_close(struct loop *l)
{
    loop_unwatch(l, &l->box_watch);
    mailbox_close(&l->box);
    heap_free(&l->timers);
    l->backend->close(l);
}

const char *loop_backend(const struct loop *l)
{
    return l->backend->name;
}

uint64_t loop_now(const struct loop *l)
{
    return l->now_ns;
}

uint64_t loop_last_busy_ns(const struct loop *l)
{
    return l->busy_ns;
}

static uint64_t earliest(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

void loop_turn(struct loop *l, uint64_t wake_ns)
{
    uint64_t before = clock_now_ns();
    l->busy_ns = before - l->now_ns;
    wake_ns = earliest(wake_ns, earliest(heap_next_ns(&l->timers), wheel_next_ns(&l->timeouts)));
    if (!list_empty(&l->todo))
        wake_ns = 0;
    l->backend->wait(l, before, wake_ns);
    l->now_ns = clock_now_ns();
    for (struct timer *t; (t = heap_pop_due(&l->timers, l->now_ns));)
        t->fire(t);
    l->backend->deliver(l);
    wheel_sweep(&l->timeouts,
                l->now_ns); /* after the completions: a reply that is here came in time */
    sock_do_todo(l);
}

void loop_run(struct loop *l, const bool *stop)
{
    while (!*stop)
        loop_turn(l, UINT64_MAX);
}

void loop_timer_arm(struct loop *l, struct timer *t, uint64_t due_ns)
{
    if (due_ns <= l->now_ns)
        due_ns = l->now_ns + 1; /* next turn: a timer that arms itself must not hold up this one */
    heap_arm(&l->timers, t, due_ns);
}

void loop_timer_disarm(struct loop *l, struct timer *t)
{
    heap_disarm(&l->timers, t);
}

void loop_timeout_arm(struct loop *l, struct timeout *t, uint64_t due_ns)
{
    wheel_arm(&l->timeouts, t, due_ns);
}

void loop_watch(struct loop *l, struct watch *w)
{
    l->backend->watch(w, l);
}

void loop_unwatch(struct loop *l, struct watch *w)
{
    l->backend->unwatch(w, l);
}

struct mailbox *loop_mailbox(struct loop *l)
{
    return &l->box;
}
