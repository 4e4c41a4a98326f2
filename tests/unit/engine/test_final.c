/* Calls that complete their iteration and go on without their user, on a real worker with a
 * protocol and a scenario of the test's own: the books, who is a user meanwhile, what is shown. */
#include "unit.h"

#include <string.h>

#include "base/clock.h"
#include "engine/fake.h"

/* ---- a protocol: each call is handed over in the next turn, if at all, and takes its time ---- */

struct config {
    bool hands_over;
    bool silent; /* calls never end by themselves */
    uint64_t takes_ns;
    enum fate fate;
};

struct own {
    struct timer timer;
    struct client *client;
};

static struct loop *loop_of(struct client *c)
{
    return fake_of(c)->loop;
}

static const struct config *config_of(struct client *c)
{
    return fake_of(c)->config;
}

static void end(struct timer *t)
{
    struct own *own = CONTAINER_OF(t, struct own, timer);
    struct call *call = call_of_own(own);
    enum fate fate = config_of(own->client)->fate;
    struct outcome *o = call_outcome(own->client, call);
    if (!o->cause && fate != FATE_OK) {
        o->fate = fate;
        o->cause = "as the test wants it";
    }
    fake_done(own->client, call, FATE_OK);
}

static void hand_over(struct timer *t)
{
    struct own *own = CONTAINER_OF(t, struct own, timer);
    struct client *c = own->client;
    const struct config *config = config_of(c);
    if (config->hands_over)
        c->on->handed_over(c, call_of_own(own));
    t->fire = end;
    if (!config->silent)
        loop_timer_arm(loop_of(c), t, loop_now(loop_of(c)) + config->takes_ns);
}

extern const struct protocol leaving;

static struct client *open_leaving(struct loop *l, struct offload *offload, const void *config,
                                   struct share share, const struct client_events *on, void *owner)
{
    (void)offload, (void)share;
    return fake_open(&leaving, l, config, on, owner);
}

static void start(struct client *client, struct call *call, void *session)
{
    struct own *own = call_own(call);
    assert_null(session);
    call->sent_ns = loop_now(loop_of(client));
    own->client = client;
    own->timer.fire = hand_over;
    loop_timer_arm(loop_of(client), &own->timer, 0);
}

static void cancel(struct client *client, struct call *call)
{
    struct own *own = call_own(call);
    loop_timer_disarm(loop_of(client), &own->timer);
    end(&own->timer);
}

static void describe(const struct client *client, const struct call *call, struct buf *request,
                     struct buf *head)
{
    (void)client, (void)head;
    if (request)
        buf_printf(request, "%llu", (unsigned long long)*(const uint64_t *)call->request);
}

const struct protocol leaving = {
    .name = "leaving",
    .call_size = sizeof(struct own),
    .open = open_leaving,
    .start = start,
    .cancel = cancel,
    .describe = describe,
    .close = fake_close,
};

/* ---- a scenario: one final call, whose request is the iteration's number ---- */

/* Written by the worker's thread and the run's, read when all is over. */
static struct {
    unsigned users; /* that there have been, ever */
    unsigned told;  /* of calls that were done */
    unsigned begun; /* iterations, also those that ask again */
    unsigned dropped;
    unsigned n_failed;
    bool failed[FAKE_FAILURES]; /* the call of this iteration was told, with its request */
} seen;

struct vu {
    uint64_t k;
    bool known;
};

static const struct series series = {.name = {"call", 4}};
static const struct prepared_call prepared = {.series = &series, .timeout_ns = 200 * NS_PER_MS};

static void begin(struct scene *scene, struct vu *vu, struct iteration it)
{
    (void)scene;
    seen.users += !vu->known;
    seen.begun++;
    vu->known = true;
    vu->k = it.k;
}

static struct step step(struct scene *scene, struct vu *vu, struct call *last)
{
    (void)scene;
    seen.told += last != NULL;
    if (last)
        return (struct step){.kind = STEP_DONE};
    return (struct step){.kind = STEP_CALL, .call = &prepared, .request = &vu->k, .final = true};
}

static void drop(struct scene *scene, struct vu *vu)
{
    (void)scene, (void)vu;
    seen.dropped++;
}

static const struct scenario_type single = {
    .vu_size = sizeof(struct vu),
    .open = fake_scene_open,
    .close = fake_scene_close,
    .begin = begin,
    .step = step,
    .drop = drop,
};

/* ---- a run ---- */

static void on_failed(const struct shown_call *c)
{
    uint64_t k;
    assert_true(str_u64(c->request, &k) && k < FAKE_FAILURES && !seen.failed[k]);
    seen.failed[k] = true;
    seen.n_failed++;
}

/* All arrive at once; or ten users. */
static struct fake_run run(const struct config *config, struct load load)
{
    struct stage stage = {.from = 1e6, .to = 1e6, .duration_ns = UINT64_MAX};
    struct scenario scenario = {.type = &single, .program = &seen};
    if (load.profile.model == LOAD_CLOSED)
        stage.from = stage.to = 10;
    load.profile.stages = &stage;
    load.profile.n = 1;
    load.scenario = &scenario;
    struct client_spec client = {.protocol = &leaving, .config = config};
    memset(&seen, 0, sizeof seen);
    return fake_run_telling(&load, &client, on_failed);
}

static void close_run(struct fake_run *r)
{
    assert_true(call_book_balanced(&r->calls));
    r->book.planned = r->book.started + r->book.skipped;
    assert_true(iteration_book_balanced(&r->book));
    fake_run_free(r);
}

static struct load load(enum load_model model, uint64_t n, uint64_t most)
{
    return (struct load){.profile = {.model = model},
                         .count = n,
                         .drain_ns = 50 * NS_PER_MS,
                         .timeout_ns = NS_PER_S,
                         .max_in_flight = most};
}

enum { N = 50 };

/* ---- without their users ---- */

static void calls_that_were_handed_over_need_no_user(void **state)
{
    (void)state;
    const struct config c = {.hands_over = true, .takes_ns = 20 * NS_PER_MS};
    struct fake_run r = run(&c, load(LOAD_OPEN, N, UINT64_MAX));
    assert_int_equal(r.calls.fates[FATE_OK], N);
    assert_int_equal(r.book.completed, N);
    assert_int_equal(seen.told, 0);
    assert_true(seen.users <= N && seen.begun == N);
    close_run(&r);
}

static void those_that_were_not_keep_them(void **state)
{
    (void)state;
    const struct config c = {.takes_ns = 20 * NS_PER_MS};
    struct fake_run r = run(&c, load(LOAD_OPEN, N, UINT64_MAX));
    assert_int_equal(r.book.completed, N);
    assert_int_equal(seen.told, N);
    assert_int_equal(seen.users, N);
    close_run(&r);
}

/* All ten begin in one turn, and all are known then. */
static void users_of_the_closed_model_begin_again(void **state)
{
    (void)state;
    const struct config c = {.hands_over = true, .takes_ns = NS_PER_MS};
    struct fake_run r = run(&c, load(LOAD_CLOSED, N, UINT64_MAX));
    assert_int_equal(r.calls.fates[FATE_OK], N);
    assert_int_equal(r.book.completed, N);
    assert_int_equal(seen.users, 10);
    assert_int_equal(seen.told, 0);
    close_run(&r);
}

/* One iteration at a time, though its call has no user: five of 20 ms cannot be over before. */
static void they_count_as_in_flight(void **state)
{
    (void)state;
    const struct config c = {.hands_over = true, .takes_ns = 20 * NS_PER_MS};
    struct fake_run r = run(&c, load(LOAD_OPEN, 5, 1));
    assert_int_equal(r.book.completed, 5);
    assert_int_equal(seen.users, 1);
    assert_true(r.book.last_done_ns >= 5 * 20 * NS_PER_MS);
    close_run(&r);
}

/* ---- that do not go well ---- */

static void the_request_of_one_that_failed_is_made_again(void **state)
{
    (void)state;
    const struct config c = {.hands_over = true, .takes_ns = NS_PER_MS, .fate = FATE_ERROR};
    struct fake_run r = run(&c, load(LOAD_OPEN, N, UINT64_MAX));
    assert_int_equal(r.calls.fates[FATE_ERROR], N);
    assert_int_equal(seen.n_failed, N);
    assert_int_equal(r.book.completed, N);
    assert_int_equal(seen.begun, 2 * N);
    close_run(&r);
}

static void one_without_an_answer_is_a_timeout(void **state)
{
    (void)state;
    const struct config c = {.hands_over = true, .silent = true};
    struct load l = load(LOAD_OPEN, N, UINT64_MAX);
    l.drain_ns = 10 * NS_PER_S;
    struct fake_run r = run(&c, l);
    assert_int_equal(r.calls.fates[FATE_TIMEOUT], N);
    assert_int_equal(r.book.completed, N);
    assert_int_equal(seen.n_failed, N);
    close_run(&r);
}

static void the_end_of_the_drain_interrupts_their_iterations(void **state)
{
    (void)state;
    const struct config c = {.hands_over = true, .silent = true};
    struct fake_run r = run(&c, load(LOAD_OPEN, N, UINT64_MAX));
    assert_int_equal(r.calls.fates[FATE_ABANDONED], N);
    assert_int_equal(r.book.interrupted, N);
    assert_int_equal(seen.dropped, N);
    close_run(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_that_were_handed_over_need_no_user),
        cmocka_unit_test(those_that_were_not_keep_them),
        cmocka_unit_test(users_of_the_closed_model_begin_again),
        cmocka_unit_test(they_count_as_in_flight),
        cmocka_unit_test(the_request_of_one_that_failed_is_made_again),
        cmocka_unit_test(one_without_an_answer_is_a_timeout),
        cmocka_unit_test(the_end_of_the_drain_interrupts_their_iterations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
