/* Calls that a user starts and goes on, on a real worker with a protocol and a scenario of the
 * test's own. What happens is written down: "+a" the call a goes to the protocol, "!a" the scenario
 * is told that it is done, "-a" it is settled, "=a" a user waited for it in the plain way, "." a
 * step without a call, "#" a session ends, "x" an iteration is dropped. */
#include "unit.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "engine/fake.h"

enum { CALLS = 4, MANY = 200 };

/* ---- what is seen: written by the worker's thread, read when all is over ---- */

static struct {
    struct buf text;
    uint64_t due_ns[CALLS], done_ns[CALLS], deadline_ns[CALLS]; /* of a to d */
    uint64_t begun_ns;                                          /* due time of the last iteration */
    unsigned done, settled;
} seen;

static void note(char what, char name)
{
    buf_printf(&seen.text, "%c%c ", what, name);
}

/* ---- a protocol: each call takes its time ---- */

struct request {
    char name; /* 'a' to 'd' are remembered */
    uint64_t takes_ns;
    bool silent; /* never ends by itself */
};

struct own {
    struct timer timer;
    struct client *client;
};

static struct loop *loop_of(struct client *c)
{
    return fake_of(c)->loop;
}

static void end(struct timer *t)
{
    struct own *own = CONTAINER_OF(t, struct own, timer);
    fake_done(own->client, call_of_own(own), FATE_OK);
}

extern const struct protocol timed;

static struct client *open_timed(struct loop *l, struct offload *offload, const void *config,
                                 struct share share, const struct client_events *on, void *owner)
{
    (void)offload, (void)share;
    return fake_open(&timed, l, config, on, owner);
}

static void start_timed(struct client *c, struct call *call, void *session)
{
    const struct request *r = call->request;
    struct own *own = call_own(call);
    note('+', r->name);
    if (!session)
        note('?', r->name);
    call->sent_ns = loop_now(loop_of(c));
    own->client = c;
    own->timer.fire = end;
    if (!r->silent)
        loop_timer_arm(loop_of(c), &own->timer, call->sent_ns + r->takes_ns);
}

static void cancel(struct client *c, struct call *call)
{
    struct own *own = call_own(call);
    loop_timer_disarm(loop_of(c), &own->timer);
    end(&own->timer);
}

static void end_session(struct client *c, void *session)
{
    (void)c, (void)session;
    note('#', ' ');
}

const struct protocol timed = {
    .name = "timed",
    .call_size = sizeof(struct own),
    .session_size = 1,
    .open = open_timed,
    .start = start_timed,
    .cancel = cancel,
    .end_session = end_session,
    .close = fake_close,
};

/* ---- a scenario: what a test says ---- */

struct started_call {
    struct started started;
    struct request request;
};

struct vu {
    uint64_t k, due_ns;
    unsigned at; /* step */
    struct started_call calls[MANY];
    struct started *list[MANY];
};

typedef struct step story(struct vu *vu, unsigned at);

static const struct series series = {.name = {"call", 4}};
static const struct prepared_call prepared = {.series = &series, .timeout_ns = 200 * NS_PER_MS};
static const struct prepared_call patient = {
    .series = &series, .series_number = 1, .timeout_ns = 3600 * NS_PER_S};

static struct step call_as(struct vu *vu, const struct prepared_call *p, struct request r,
                           bool start)
{
    struct started_call *c = &vu->calls[r.name - 'a'];
    c->request = r;
    return (struct step){.kind = STEP_CALL,
                         .call = p,
                         .request = &c->request,
                         .started = start ? &c->started : NULL};
}

static struct step start(struct vu *vu, char name, unsigned ms)
{
    return call_as(vu, &prepared, (struct request){name, ms * NS_PER_MS, false}, true);
}

static struct step make(struct vu *vu, char name, unsigned ms)
{
    return call_as(vu, &prepared, (struct request){name, ms * NS_PER_MS, false}, false);
}

static struct step wait_for(struct vu *vu, const char *names)
{
    unsigned n = 0;
    for (; names[n]; n++)
        vu->list[n] = &vu->calls[names[n] - 'a'].started;
    return (struct step){.kind = STEP_AWAIT, .awaited = vu->list, .n_awaited = n};
}

static const struct step is_done = {.kind = STEP_DONE};

static struct step sleep_ms(unsigned ms)
{
    return (struct step){.kind = STEP_SLEEP, .sleep_ns = ms * NS_PER_MS};
}

/* The scene is what the story is. */
struct scene {
    story *tell;
};

static void begin(struct scene *scene, struct vu *vu, struct iteration it)
{
    (void)scene;
    vu->k = it.k;
    vu->due_ns = seen.begun_ns = it.due_ns;
    vu->at = 0;
}

static void remember(const struct call *c)
{
    unsigned i = (unsigned)(((const struct request *)c->request)->name - 'a');
    if (i >= CALLS)
        return;
    seen.due_ns[i] = c->due_ns;
    seen.done_ns[i] = c->outcome->done_ns;
    seen.deadline_ns[i] = c->deadline.due_ns;
}

static struct step step(struct scene *scene, struct vu *vu, struct call *last)
{
    if (last) {
        remember(last);
        note('=', ((const struct request *)last->request)->name);
    } else if (vu->at > 0) {
        note('.', ' ');
    }
    return scene->tell(vu, vu->at++);
}

static void done(struct scene *scene, struct started *s)
{
    (void)scene;
    remember(s->call);
    note('!', ((const struct request *)s->call->request)->name);
    seen.done++;
}

static void settled(struct scene *scene, struct started *s)
{
    (void)scene;
    note(s->done ? '-' : '?', ((const struct request *)s->call->request)->name);
    seen.settled++;
}

static void drop(struct scene *scene, struct vu *vu)
{
    (void)scene, (void)vu;
    note('x', ' ');
}

static const struct scenario_type stories = {
    .vu_size = sizeof(struct vu),
    .open = fake_scene_open,
    .close = fake_scene_close,
    .begin = begin,
    .step = step,
    .done = done,
    .settled = settled,
    .drop = drop,
};

/* ---- a run ---- */

/* One user at a time, `n` iterations, each with a user of its own. */
static struct fake_run run(story *tell, uint64_t n)
{
    struct scene scene = {tell};
    struct scenario scenario = {&stories, &scene};
    struct load load = {.scenario = &scenario,
                        .count = n,
                        .drain_ns = 400 * NS_PER_MS,
                        .timeout_ns = NS_PER_S,
                        .fresh_users = true};
    struct client_spec client = {.protocol = &timed, .sessions = true};
    seen.text.n = 0;
    seen.done = seen.settled = 0;
    return fake_run(&load, &client);
}

/* What was seen, in order; the rest is counted by the books. */
static void was_seen(struct fake_run *r, const char *text)
{
    str all = str_trim(buf_view(&seen.text));
    char got[400];
    assert_true(all.n < sizeof got);
    memcpy(got, all.p, all.n);
    got[all.n] = '\0';
    assert_string_equal(got, text);
    assert_true(call_book_balanced(&r->calls));
    r->book.planned = r->book.started; /* closed model */
    assert_true(iteration_book_balanced(&r->book));
    fake_run_free(r);
    buf_free(&seen.text);
}

/* ---- when the last one was done ---- */

/* "a" is done long before "b", and settled behind it. */
static struct step tell_left_behind(struct vu *vu, unsigned at)
{
    return at == 0 ? start(vu, 'a', 1) : at == 1 ? make(vu, 'b', 50) : is_done;
}

static void what_is_settled_last_need_not_be_done_last(void **state)
{
    (void)state;
    struct fake_run r = run(tell_left_behind, 1);
    assert_true(r.book.last_done_ns >= 50 * NS_PER_MS);
    was_seen(&r, "+a .  +b !a =b -a #");
}

/* ---- waiting ---- */

static struct step tell_together(struct vu *vu, unsigned at)
{
    static const char names[] = "abca"; /* named twice: waited for once */
    static const unsigned ms[] = {60, 20, 40};
    if (at < 3)
        return start(vu, names[at], ms[at]);
    return at == 3 ? wait_for(vu, names) : at == 4 ? make(vu, 'd', 1) : is_done;
}

static void all_are_waited_for_and_the_clock_stands_at_the_latest(void **state)
{
    (void)state;
    struct fake_run r = run(tell_together, 1);
    assert_int_equal(r.calls.fates[FATE_OK], 4);
    assert_int_equal(seen.due_ns[1], seen.due_ns[0]);
    assert_int_equal(seen.due_ns[3], seen.done_ns[0]);
    assert_int_equal(r.book.completed, 1);
    was_seen(&r, "+a .  +b .  +c .  !b !c !a .  -a -b -c +d =d #");
}

static struct step tell_late(struct vu *vu, unsigned at)
{
    switch (at) {
    case 0:
        return start(vu, 'a', 1);
    case 1:
        return sleep_ms(50);
    case 2:
        return wait_for(vu, "a");
    default:
        return at == 3 ? make(vu, 'b', 1) : is_done;
    }
}

static void what_is_done_already_holds_nobody_up_and_moves_no_clock(void **state)
{
    (void)state;
    struct fake_run r = run(tell_late, 1);
    assert_int_equal(seen.due_ns[1] - seen.due_ns[0], 50 * NS_PER_MS);
    was_seen(&r, "+a .  !a .  .  -a +b =b #");
}

static struct step tell_timeout(struct vu *vu, unsigned at)
{
    struct request silent = {'a', 0, true};
    return at == 0 ? call_as(vu, &prepared, silent, true) : at == 1 ? wait_for(vu, "a") : is_done;
}

static void a_timeout_ends_the_waiting(void **state)
{
    (void)state;
    struct fake_run r = run(tell_timeout, 1);
    assert_int_equal(r.calls.fates[FATE_TIMEOUT], 1);
    assert_true(seen.done_ns[0] - seen.due_ns[0] >= prepared.timeout_ns);
    was_seen(&r, "+a .  !a .  -a #");
}

static struct step tell_many(struct vu *vu, unsigned at)
{
    if (at < MANY) {
        struct started_call *c = &vu->calls[at];
        c->request = (struct request){'z', NS_PER_MS, false};
        vu->list[at] = &c->started;
        return (struct step){
            .kind = STEP_CALL, .call = &prepared, .request = &c->request, .started = &c->started};
    }
    return at == MANY ? (struct step){.kind = STEP_AWAIT, .awaited = vu->list, .n_awaited = MANY}
                      : is_done;
}

static void many_in_a_row_let_the_loop_have_its_turns(void **state)
{
    (void)state;
    struct fake_run r = run(tell_many, 3);
    assert_int_equal(r.calls.fates[FATE_OK], 3 * MANY);
    assert_int_equal(seen.done, 3 * MANY);
    assert_int_equal(seen.settled, 3 * MANY);
    assert_int_equal(r.book.completed, 3);
    seen.text.n = 0;
    was_seen(&r, "");
}

static struct step tell_due(struct vu *vu, unsigned at)
{
    struct step s = at == 0 ? start(vu, 'a', 1) : make(vu, 'b', 30);
    s.due_ns = vu->due_ns + 7;
    return at < 2 ? s : is_done;
}

static void a_call_may_be_due_at_another_time_than_its_users(void **state)
{
    (void)state;
    struct fake_run r = run(tell_due, 1);
    assert_int_equal(seen.due_ns[0], seen.begun_ns + 7);
    assert_int_equal(seen.due_ns[1], seen.begun_ns + 7);
    assert_int_equal(seen.deadline_ns[1], seen.due_ns[1] + prepared.timeout_ns);
    was_seen(&r, "+a .  +b !a =b -a #");
}

static struct step tell_over(struct vu *vu, unsigned at)
{
    struct step s = start(vu, 'a', 1);
    if (at == 0)
        return sleep_ms(250);
    s.due_ns = vu->due_ns;
    return at == 1 ? s : at == 2 ? wait_for(vu, "a") : is_done;
}

static void one_whose_time_is_over_already_is_not_sent(void **state)
{
    (void)state;
    struct fake_run r = run(tell_over, 1);
    assert_int_equal(r.calls.fates[FATE_TIMEOUT], 1);
    was_seen(&r, ".  .  !a .  -a #");
}

/* ---- nobody waits ---- */

static struct step tell_left(struct vu *vu, unsigned at)
{
    if (vu->k > 0)
        return is_done;
    return at == 0   ? start(vu, 'a', 100)
           : at == 1 ? start(vu, 'b', 1)
           : at == 2 ? sleep_ms(30)
                     : is_done;
}

static void what_is_under_way_when_its_iteration_ends_is_settled_when_it_is_done(void **state)
{
    (void)state;
    struct fake_run r = run(tell_left, 2);
    assert_int_equal(r.calls.fates[FATE_OK], 2);
    assert_int_equal(r.book.completed, 2);
    assert_true(seen.done_ns[0] - seen.due_ns[0] >= 100 * NS_PER_MS);
    was_seen(&r, "+a .  +b .  !b .  -b !a -a #"); /* and its user's session after it */
}

static struct step tell_interrupted(struct vu *vu, unsigned at)
{
    switch (at) {
    case 0:
        return call_as(vu, &patient, (struct request){'a', 0, true}, true);
    case 1:
        return start(vu, 'b', 1);
    default:
        return at == 2 ? wait_for(vu, "ba") : is_done;
    }
}

static void the_end_of_the_drain_abandons_what_is_under_way_and_settles_what_is_done(void **state)
{
    (void)state;
    struct fake_run r = run(tell_interrupted, 1);
    assert_int_equal(r.calls.fates[FATE_OK], 1);
    assert_int_equal(r.calls.fates[FATE_ABANDONED], 1);
    assert_int_equal(r.book.interrupted, 1);
    was_seen(&r, "+a .  +b .  !b -b !a -a x  #");
}

static struct step tell_left_for_ever(struct vu *vu, unsigned at)
{
    return at == 0 ? call_as(vu, &patient, (struct request){'a', 0, true}, true) : is_done;
}

static void so_it_does_where_the_iteration_has_ended(void **state)
{
    (void)state;
    struct fake_run r = run(tell_left_for_ever, 1);
    assert_int_equal(r.calls.fates[FATE_ABANDONED], 1);
    assert_int_equal(r.book.completed, 1);
    was_seen(&r, "+a .  !a -a #");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_settled_last_need_not_be_done_last),
        cmocka_unit_test(all_are_waited_for_and_the_clock_stands_at_the_latest),
        cmocka_unit_test(what_is_done_already_holds_nobody_up_and_moves_no_clock),
        cmocka_unit_test(a_timeout_ends_the_waiting),
        cmocka_unit_test(many_in_a_row_let_the_loop_have_its_turns),
        cmocka_unit_test(a_call_may_be_due_at_another_time_than_its_users),
        cmocka_unit_test(one_whose_time_is_over_already_is_not_sent),
        cmocka_unit_test(what_is_under_way_when_its_iteration_ends_is_settled_when_it_is_done),
        cmocka_unit_test(the_end_of_the_drain_abandons_what_is_under_way_and_settles_what_is_done),
        cmocka_unit_test(so_it_does_where_the_iteration_has_ended),
    };
    return UNIT_RUN(tests);
}
