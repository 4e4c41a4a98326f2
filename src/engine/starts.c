/* Who begins an iteration when. Open model: arrivals are taken off the schedule when they are due,
 * whatever the target does. Closed model: a user begins again when its last iteration ended. */
#include "base/clock.h"
#include "base/mem.h"
#include "engine/worker.h"

/* spec/measure.md, "Arrivals": after a stall, then I/O. Taking an arrival that then waits for a
 * user costs next to nothing: many of these may come at once. */
enum { STARTS_A_TURN = 256, TAKEN_A_TURN = 64 * 1024 };

/* Into the books, unless it is the warm-up's. */
static void book_start(struct flow *f, const struct start *s)
{
    struct iteration_book *book = f->book;
    if (s->due_ns < f->worker->start_ns)
        return;
    f->iterations++;
    book->started++;
    book->in_plan += s->taken_ns < f->end_ns || s->due_ns == f->end_ns; /* at once, last */
    if (flow_is_open(f))
        hist_record(&worker_recorder(f->worker)->lateness, s->taken_ns - s->due_ns);
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

/* Does it begin an iteration now? */
static bool take(struct flow *f, struct start s)
{
    bool full = f->n_running >= f->most_running;
    if (full && f->load->overload == OVERLOAD_SKIP) {
        bool measured = s.due_ns >= f->worker->start_ns;
        f->book->skipped += measured;
        f->skipped += measured;
        return false;
    }
    book_start(f, &s);
    if (full)
        queue_push(&f->queue, s);
    else
        user_begin(user_take(f), &s);
    return !full;
}

/* Monotonic; UINT64_MAX: nothing is due any more. */
static uint64_t next_due_ns(const struct flow *f)
{
    if (f->next_arrival.due_ns == UINT64_MAX)
        return UINT64_MAX;
    uint64_t due = f->arrivals_base_ns + f->next_arrival.due_ns;
    return due < f->cut_ns ? due : UINT64_MAX;
}

static void go_to_next(struct flow *f)
{
    f->before_next = f->arrivals;
    f->next_arrival = arrivals_next(&f->arrivals);
}

static void begin_arrivals(struct flow *f, const struct profile *profile, uint64_t base_ns,
                           uint64_t limit)
{
    f->arrivals = arrivals_make(profile, f->load->law, f->load->seed, limit, f->worker->share);
    f->arrivals_base_ns = base_ns;
    go_to_next(f);
}

static void arm_arrivals(struct flow *f)
{
    if (next_due_ns(f) == UINT64_MAX && f->warming) {
        f->warming = false;
        begin_arrivals(f, &f->profile, f->worker->start_ns, f->load->count);
    }
    if (next_due_ns(f) == UINT64_MAX)
        flow_look_for_the_end(f);
    else
        loop_timer_arm(f->worker->loop, &f->arrival_timer, next_due_ns(f));
}

static void take_due(struct timer *t)
{
    struct flow *f = CONTAINER_OF(t, struct flow, arrival_timer);
    uint64_t due, now = loop_now(f->worker->loop);
    int taken = 0, begun = 0;
    while (begun < STARTS_A_TURN && taken < TAKEN_A_TURN && (due = next_due_ns(f)) <= now) {
        struct start s = {.k = f->next_arrival.k, .due_ns = due, .taken_ns = clock_now_ns()};
        go_to_next(f);
        begun += take(f, s);
        taken++;
    }
    arm_arrivals(f);
}

static void open_arrivals(struct flow *f)
{
    const struct load *p = f->load;
    f->arrival_timer.fire = take_due;
    f->warming = p->warmup_ns > 0;
    if (f->warming) {
        double first = profile_first_level(&p->profile);
        f->warmup_stage = (struct stage){.from = first, .to = first, .duration_ns = p->warmup_ns};
        f->warmup_profile = (struct profile){LOAD_OPEN, &f->warmup_stage, 1};
        begin_arrivals(f, &f->warmup_profile, f->worker->start_ns - p->warmup_ns, UINT64_MAX);
    } else {
        begin_arrivals(f, &f->profile, f->worker->start_ns, p->count);
    }
    arm_arrivals(f);
}

static void change_arrivals(struct flow *f)
{
    if (f->warming) /* it comes to them with the profile that is now */
        return;
    f->arrivals = f->before_next;
    arrivals_follow(&f->arrivals, &f->profile);
    go_to_next(f);
    loop_timer_disarm(f->worker->loop, &f->arrival_timer);
    arm_arrivals(f);
}

/* ---- closed model ---- */

static bool shall_retire(const struct flow *f)
{
    return f->state >= FLOW_DRAINING || f->n_users > f->users_wanted ||
           f->iterations >= f->most_iterations;
}

static void next_iteration(struct user *u, uint64_t due_ns, uint64_t now)
{
    struct flow *f = u->flow;
    bool over = shall_retire(f) || due_ns >= f->end_ns; /* the timer of the end may fire after it */
    if (over || f->n_hungry) {                          /* one that waits for data is enough */
        f->n_users--;
        user_park(u);
        flow_look_for_the_end(f);
        return;
    }
    struct start s = {.k = share_element(f->worker->share, f->iterations),
                      .due_ns = due_ns,
                      .taken_ns = due_ns > now ? due_ns : now};
    book_start(f, &s);
    user_begin(u, &s);
}

/* Its iteration is over. Fresh users leave then, and others come in their place. */
static void begin_again(struct user *u)
{
    struct flow *f = u->flow;
    uint64_t due_ns = u->clock_ns, now = u->taken_ns;
    if (f->load->fresh_users && !shall_retire(f)) {
        user_dismiss(u);
        u = user_take(f);
    }
    next_iteration(u, due_ns, now);
}

static bool wants_users(const struct flow *f)
{
    return f->n_users < f->users_wanted && f->iterations < f->most_iterations && f->n_hungry == 0 &&
           f->state < FLOW_DRAINING;
}

/* Starts users until as many are there as the plan wants at this moment of it. */
static void change_users(struct flow *f, uint64_t due_ns)
{
    uint64_t now = loop_now(f->worker->loop);
    for (int n = 0; n < STARTS_A_TURN && wants_users(f); n++) {
        f->n_users++;
        next_iteration(user_take(f), due_ns, now);
    }
    f->users_due_ns = due_ns;
    f->users_asked = f->iterations;
    if (wants_users(f))
        loop_timer_arm(f->worker->loop, &f->more_users_timer, 0);
}

static void more_users(struct timer *t)
{
    struct flow *f = CONTAINER_OF(t, struct flow, more_users_timer);
    bool busy = f->users_asked != f->iterations; /* some have ended since, others began */
    f->users_asked = f->iterations;
    if (f->load->as_needed && busy)
        loop_timer_arm(f->worker->loop, t, 0);
    else
        change_users(f, f->load->as_needed ? loop_now(f->worker->loop) : f->users_due_ns);
}

void starts_fed(struct flow *f)
{
    if (flow_is_open(f) || f->state >= FLOW_DRAINING)
        return;
    f->users_due_ns = loop_now(f->worker->loop);
    loop_timer_arm(f->worker->loop, &f->more_users_timer, 0);
}

static void users_due(struct timer *t)
{
    struct flow *f = CONTAINER_OF(t, struct flow, users_timer);
    uint64_t change_ns, due_ns = f->worker->start_ns + f->users_change_ns;
    f->users_wanted =
        share_of(f->worker->share, profile_users(&f->profile, f->users_change_ns, &change_ns));
    f->users_change_ns = change_ns;
    if (change_ns != UINT64_MAX)
        loop_timer_arm(f->worker->loop, t, f->worker->start_ns + change_ns);
    change_users(f, due_ns);
    flow_look_for_the_end(f); /* -n may leave nothing for this worker */
}

static void warm_up_users(struct timer *t)
{
    struct flow *f = CONTAINER_OF(t, struct flow, users_timer);
    t->fire = users_due;
    loop_timer_arm(f->worker->loop, t, f->worker->start_ns);
    f->users_wanted =
        share_of(f->worker->share, (uint64_t)(profile_first_level(&f->load->profile) + 0.5));
    change_users(f, f->worker->start_ns - f->load->warmup_ns);
}

/* Users that the new profile wants at this moment. */
static void change_to_users(struct flow *f)
{
    struct worker *w = f->worker;
    uint64_t now = loop_now(w->loop);
    if (now < w->start_ns)
        return; /* at t = 0 the profile that is then is read */
    loop_timer_disarm(w->loop, &f->users_timer);
    f->users_change_ns = worker_plan_ns(w, now);
    users_due(&f->users_timer);
}

static void open_users(struct flow *f)
{
    f->more_users_timer.fire = more_users;
    f->users_timer.fire = f->load->warmup_ns ? warm_up_users : users_due;
    loop_timer_arm(f->worker->loop, &f->users_timer, f->worker->start_ns - f->load->warmup_ns);
}

/* ---- both ---- */

void starts_open(struct flow *f)
{
    if (flow_is_open(f))
        open_arrivals(f);
    else
        open_users(f);
}

void starts_change(struct flow *f)
{
    if (flow_is_open(f))
        change_arrivals(f);
    else
        change_to_users(f);
}

void starts_user_free(struct user *u)
{
    struct flow *f = u->flow;
    if (!flow_is_open(f)) {
        if (u->waited) {
            begin_again(u);
        } else {
            u->waited = true;
            user_begin_next_turn(u); /* an iteration without a wait must not hold up the turn */
        }
    } else if (f->queue.n) {
        struct start s = queue_pop(&f->queue);
        user_begin(u, &s);
    } else {
        user_park(u);
        flow_look_for_the_end(f);
    }
}

bool starts_exhausted(const struct flow *f)
{
    if (flow_is_open(f))
        return !f->warming && f->queue.n == 0 && next_due_ns(f) == UINT64_MAX;
    return f->state >= FLOW_DRAINING || f->iterations >= f->most_iterations;
}

void starts_end(struct flow *f)
{
    loop_timer_disarm(f->worker->loop, &f->users_timer);
    loop_timer_disarm(f->worker->loop, &f->more_users_timer);
    if (f->warming) { /* stopped before t = 0 */
        f->warming = false;
        f->next_arrival.due_ns = UINT64_MAX;
        loop_timer_disarm(f->worker->loop, &f->arrival_timer);
    }
}

/* Arrivals that are due before the end and were never taken. */
static uint64_t owed(const struct flow *f)
{
    const struct load *p = f->load;
    if (!flow_is_open(f) || next_due_ns(f) == UINT64_MAX)
        return 0;
    uint64_t until = f->cut_ns == UINT64_MAX ? f->cut_ns : worker_plan_ns(f->worker, f->cut_ns);
    uint64_t all = arrivals_count(&f->profile, p->law, p->seed, p->count, until);
    return share_of(f->worker->share, all) - f->iterations - f->skipped;
}

/* A start that was queued to the end. When that took its call's whole time, the call is a timeout
 * like those that had a user. */
static void give_up_queued(struct flow *f, struct start s)
{
    if (s.due_ns < f->worker->start_ns)
        return;
    if (s.due_ns + f->load->timeout_ns > loop_now(f->worker->loop)) {
        f->book->interrupted++;
        return;
    }
    struct user *u = user_take(f);
    uint64_t running = f->n_running;
    user_begin(u, &s);
    if (f->n_running > running) /* else it is done with everything, and may be gone */
        user_interrupt(u);
}

void starts_give_up(struct flow *f)
{
    struct start_queue queue = f->queue; /* so that users who become free go to rest */
    f->queue = (struct start_queue){0};
    f->book->skipped += owed(f);
    f->next_arrival.due_ns = UINT64_MAX;
    loop_timer_disarm(f->worker->loop, &f->arrival_timer);
    while (queue.n)
        give_up_queued(f, queue_pop(&queue));
    mem_free(queue.items);
}
