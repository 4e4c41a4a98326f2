/* Who begins an iteration when. Open model: arrivals are taken off the schedule when they are due,
 * whatever the target does. Closed model: a user begins again when its last iteration ended. */
#include "base/clock.h"
#include "base/mem.h"
#include "engine/worker.h"

enum { STARTS_A_TURN = 256 }; /* spec/measure.md, "Arrivals": after a stall, then I/O */

static bool is_open(const struct worker *w)
{
    return w->plan->profile.model == LOAD_OPEN;
}

/* Into the books, unless it is the warm-up's. */
static void book_start(struct worker *w, struct start s)
{
    struct recorder *r = worker_recorder(w);
    if (s.due_ns < w->start_ns)
        return;
    w->iterations++;
    r->iterations.started++;
    r->iterations.in_plan += s.taken_ns < w->end_ns || s.due_ns == w->end_ns; /* at once, last */
    if (is_open(w))
        hist_record(&r->lateness, s.taken_ns - s.due_ns);
}

/* ---- open model ---- */

static void queue_push(struct start_queue *q, struct start s)
{
    if (q->n == q->capacity) {
        size_t bigger = q->capacity ? q->capacity * 2 : 256;
        struct start *items = mem_array(bigger, sizeof *items);
        for (size_t i = 0; i < q->n; i++)
            items[i] = q->items[(q->first + i) % q->capacity];
        mem_free(q->items);
        *q = (struct start_queue){.items = items, .n = q->n, .capacity = bigger};
    }
    q->items[(q->first + q->n++) % q->capacity] = s;
}

static struct start queue_pop(struct start_queue *q)
{
    struct start s = q->items[q->first];
    q->first = (q->first + 1) % q->capacity;
    q->n--;
    return s;
}

static void take(struct worker *w, struct start s)
{
    bool full = w->n_running >= w->most_running;
    if (full && w->plan->overload == OVERLOAD_SKIP) {
        bool measured = s.due_ns >= w->start_ns;
        worker_recorder(w)->iterations.skipped += measured;
        w->skipped += measured;
        return;
    }
    book_start(w, s);
    if (full)
        queue_push(&w->queue, s);
    else
        user_begin(user_take(w), s);
}

/* Monotonic; UINT64_MAX: nothing is due any more. */
static uint64_t next_due_ns(const struct worker *w)
{
    if (w->next_arrival.due_ns == UINT64_MAX)
        return UINT64_MAX;
    uint64_t due = w->arrivals_base_ns + w->next_arrival.due_ns;
    return due < w->cut_ns ? due : UINT64_MAX;
}

static void begin_arrivals(struct worker *w, const struct profile *profile, uint64_t base_ns,
                           uint64_t limit)
{
    w->arrivals = arrivals_make(profile, w->plan->law, w->plan->seed, limit, w->share);
    w->arrivals_base_ns = base_ns;
    w->next_arrival = arrivals_next(&w->arrivals);
}

static void arm_arrivals(struct worker *w)
{
    if (next_due_ns(w) == UINT64_MAX && w->warming) {
        w->warming = false;
        begin_arrivals(w, &w->plan->profile, w->start_ns, w->plan->count);
    }
    if (next_due_ns(w) == UINT64_MAX)
        worker_look_for_the_end(w);
    else
        loop_timer_arm(w->loop, &w->arrival_timer, next_due_ns(w));
}

static void take_due(struct timer *t)
{
    struct worker *w = CONTAINER_OF(t, struct worker, arrival_timer);
    uint64_t due, now = loop_now(w->loop);
    for (int n = 0; n < STARTS_A_TURN && (due = next_due_ns(w)) <= now; n++) {
        struct start s = {.k = w->next_arrival.k, .due_ns = due, .taken_ns = clock_now_ns()};
        w->next_arrival = arrivals_next(&w->arrivals);
        take(w, s);
    }
    arm_arrivals(w);
}

static void open_arrivals(struct worker *w)
{
    const struct plan *p = w->plan;
    w->arrival_timer.fire = take_due;
    w->warming = p->warmup_ns > 0;
    if (w->warming) {
        double first = profile_first_level(&p->profile);
        w->warmup_stage = (struct stage){.from = first, .to = first, .duration_ns = p->warmup_ns};
        w->warmup_profile = (struct profile){LOAD_OPEN, &w->warmup_stage, 1};
        begin_arrivals(w, &w->warmup_profile, w->start_ns - p->warmup_ns, UINT64_MAX);
    } else {
        begin_arrivals(w, &p->profile, w->start_ns, p->count);
    }
    arm_arrivals(w);
}

/* ---- closed model ---- */

static bool shall_retire(const struct worker *w)
{
    return w->phase >= WORKER_DRAINING || w->n_users > w->users_wanted ||
           w->iterations >= w->most_iterations;
}

static void next_iteration(struct user *u, uint64_t due_ns)
{
    struct worker *w = u->worker;
    if (shall_retire(w)) {
        w->n_users--;
        user_park(u);
        worker_look_for_the_end(w);
        return;
    }
    struct start s = {
        .k = share_element(w->share, w->iterations), .due_ns = due_ns, .taken_ns = clock_now_ns()};
    book_start(w, s);
    user_begin(u, s);
}

static bool wants_users(const struct worker *w)
{
    return w->n_users < w->users_wanted && w->iterations < w->most_iterations;
}

/* Starts users until as many are there as the plan wants at this moment of it. */
static void change_users(struct worker *w, uint64_t due_ns)
{
    for (int n = 0; n < STARTS_A_TURN && wants_users(w); n++) {
        w->n_users++;
        next_iteration(user_take(w), due_ns);
    }
    w->users_due_ns = due_ns;
    if (wants_users(w))
        loop_timer_arm(w->loop, &w->more_users_timer, 0);
}

static void more_users(struct timer *t)
{
    struct worker *w = CONTAINER_OF(t, struct worker, more_users_timer);
    change_users(w, w->users_due_ns);
}

static void users_due(struct timer *t)
{
    struct worker *w = CONTAINER_OF(t, struct worker, users_timer);
    uint64_t change_ns, due_ns = w->start_ns + w->users_change_ns;
    w->users_wanted =
        share_of(w->share, profile_users(&w->plan->profile, w->users_change_ns, &change_ns));
    w->users_change_ns = change_ns;
    if (change_ns != UINT64_MAX)
        loop_timer_arm(w->loop, t, w->start_ns + change_ns);
    change_users(w, due_ns);
    worker_look_for_the_end(w); /* -n may leave nothing for this worker */
}

static void warm_up_users(struct timer *t)
{
    struct worker *w = CONTAINER_OF(t, struct worker, users_timer);
    t->fire = users_due;
    loop_timer_arm(w->loop, t, w->start_ns);
    w->users_wanted = share_of(w->share, (uint64_t)(profile_first_level(&w->plan->profile) + 0.5));
    change_users(w, w->start_ns - w->plan->warmup_ns);
}

static void open_users(struct worker *w)
{
    w->more_users_timer.fire = more_users;
    w->users_timer.fire = w->plan->warmup_ns ? warm_up_users : users_due;
    loop_timer_arm(w->loop, &w->users_timer, w->start_ns - w->plan->warmup_ns);
}

/* ---- both ---- */

void starts_open(struct worker *w)
{
    if (is_open(w))
        open_arrivals(w);
    else
        open_users(w);
}

void starts_user_free(struct user *u)
{
    struct worker *w = u->worker;
    if (!is_open(w)) {
        if (u->waited)
            next_iteration(u, u->clock_ns);
        else
            user_begin_next_turn(u); /* an iteration without a wait must not hold up the turn */
        u->waited = true;
    } else if (w->queue.n) {
        user_begin(u, queue_pop(&w->queue));
    } else {
        user_park(u);
        worker_look_for_the_end(w);
    }
}

bool starts_exhausted(const struct worker *w)
{
    if (is_open(w))
        return !w->warming && w->queue.n == 0 && next_due_ns(w) == UINT64_MAX;
    return w->phase >= WORKER_DRAINING || w->iterations >= w->most_iterations;
}

void starts_end(struct worker *w)
{
    loop_timer_disarm(w->loop, &w->users_timer);
    loop_timer_disarm(w->loop, &w->more_users_timer);
    if (w->warming) { /* stopped before t = 0 */
        w->warming = false;
        w->next_arrival.due_ns = UINT64_MAX;
        loop_timer_disarm(w->loop, &w->arrival_timer);
    }
}

/* Arrivals that are due before the end and were never taken. */
static uint64_t owed(const struct worker *w)
{
    const struct plan *p = w->plan;
    if (!is_open(w) || next_due_ns(w) == UINT64_MAX)
        return 0;
    uint64_t until = w->cut_ns == UINT64_MAX ? w->cut_ns : worker_plan_ns(w, w->cut_ns);
    uint64_t all = arrivals_count(&p->profile, p->law, p->seed, p->count, until);
    return share_of(w->share, all) - w->iterations - w->skipped;
}

/* A start that was queued to the end. When that took its call's whole time, the call is a timeout
 * like those that had a user. */
static void give_up_queued(struct worker *w, struct start s)
{
    if (s.due_ns < w->start_ns)
        return;
    if (s.due_ns + w->plan->timeout_ns > loop_now(w->loop)) {
        worker_recorder(w)->iterations.interrupted++;
        return;
    }
    struct user *u = user_take(w);
    user_begin(u, s);
    if (!list_empty(&u->link))
        user_interrupt(u);
}

void starts_give_up(struct worker *w)
{
    struct start_queue queue = w->queue; /* so that users who become free go to rest */
    w->queue = (struct start_queue){0};
    worker_recorder(w)->iterations.skipped += owed(w);
    w->next_arrival.due_ns = UINT64_MAX;
    loop_timer_disarm(w->loop, &w->arrival_timer);
    while (queue.n)
        give_up_queued(w, queue_pop(&queue));
    mem_free(queue.items);
}
