/* Virtual users: an iteration is begun, stepped until the scenario says done, and booked. */
#include "base/mem.h"
#include "engine/worker.h"

static struct step step(struct user *u)
{
    const struct scenario *s = u->worker->plan->scenario;
    return s->type->step(s, u->vu, NULL);
}

static void wake(struct timer *t)
{
    struct user *u = CONTAINER_OF(t, struct user, timer);
    u->taken_ns = loop_now(u->worker->loop);
    if (u->call)
        calls_expire(u->call);
    else if (list_empty(&u->link))
        starts_user_free(u);
    else
        user_go_on(u, step(u));
}

struct user *user_take(struct worker *w)
{
    struct user *u = w->parked;
    if (u) {
        w->parked = u->next;
        return u;
    }
    const size_t align = alignof(max_align_t), head = (sizeof *u + align - 1) / align * align;
    u = mem_zero(head + w->plan->scenario->type->vu_size);
    u->worker = w;
    u->vu = (struct vu *)((char *)u + head);
    u->timer.fire = wake;
    list_init(&u->link);
    return u;
}

void user_park(struct user *u)
{
    u->next = u->worker->parked;
    u->worker->parked = u;
}

void user_free_all(struct worker *w)
{
    while (w->parked) {
        struct user *u = w->parked;
        w->parked = u->next;
        mem_free(u);
    }
}

void user_begin(struct user *u, struct start start)
{
    struct worker *w = u->worker;
    const struct scenario *s = w->plan->scenario;
    u->clock_ns = start.due_ns;
    u->taken_ns = start.taken_ns;
    u->measured = start.due_ns >= w->start_ns;
    u->waited = false;
    list_push_back(&w->running, &u->link);
    w->n_running++;
    s->type->begin(s, u->vu, start.k);
    user_go_on(u, step(u));
}

void user_begin_next_turn(struct user *u)
{
    loop_timer_arm(u->worker->loop, &u->timer, 0);
}

static void leave(struct user *u)
{
    list_remove(&u->link);
    u->worker->n_running--;
}

static void end_iteration(struct user *u, bool by_error)
{
    struct iteration_book *book = &worker_recorder(u->worker)->iterations;
    if (u->measured && by_error)
        book->script_error++;
    else if (u->measured)
        book->completed++;
    leave(u);
    starts_user_free(u);
}

void user_go_on(struct user *u, struct step s)
{
    struct worker *w = u->worker;
    if (s.kind == STEP_DONE || s.kind == STEP_ERROR) {
        end_iteration(u, s.kind == STEP_ERROR);
        return;
    }
    if (w->given_up) {
        user_interrupt(u);
        return;
    }
    u->waited = true;
    if (s.kind == STEP_CALL) {
        calls_start(u, s.call);
        return;
    }
    u->clock_ns += s.sleep_ns;
    loop_timer_arm(w->loop, &u->timer, u->clock_ns);
}

void user_interrupt(struct user *u)
{
    struct worker *w = u->worker;
    loop_timer_disarm(w->loop, &u->timer);
    if (u->call) {
        calls_abandon(u->call); /* comes back here when the call is done */
        return;
    }
    if (u->measured)
        worker_recorder(w)->iterations.interrupted++;
    leave(u);
    user_park(u);
    worker_look_for_the_end(w);
}
