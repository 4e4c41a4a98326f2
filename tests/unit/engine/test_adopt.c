/* Calls that were made before the process was, on a real worker: a client of the test's own hands
 * them over when it begins, and ends them as it likes. */
#include "unit.h"

#include "base/clock.h"
#include "engine/fake.h"

enum { CALLS = 8 };

#define TIMEOUT_NS (10 * NS_PER_S)

/* ---- a protocol that only adopts ---- */

/* One of those; silent ones never end by themselves. */
struct old {
    uint64_t age_ns, takes_ns;
    bool silent;
    struct call *call; /* while it is under way */
    uint64_t left_ns;  /* of its time, when it was adopted */
    struct timer timer;
    struct client *client;
};

struct own {
    struct old *old;
};

/* What the plan's client is opened with. */
struct config {
    struct old calls[CALLS];
    struct prepared_call as;
};

static void done(struct old *o, enum fate fate)
{
    struct call *call = o->call;
    o->call = NULL;
    fake_done(o->client, call, fate);
}

static void end(struct timer *t)
{
    done(CONTAINER_OF(t, struct old, timer), FATE_OK);
}

extern const struct protocol adopting;

static struct client *open_adopting(struct loop *l, struct offload *offload, const void *config,
                                    struct share share, const struct client_events *on, void *owner)
{
    (void)offload, (void)share;
    return fake_open(&adopting, l, config, on, owner);
}

static void adopt(struct fake_client *c, struct old *o)
{
    uint64_t now = loop_now(c->loop);
    o->client = &c->client;
    o->call = c->client.on->adopt(&c->client, &((struct config *)c->config)->as, now - o->age_ns);
    assert_non_null(o->call);
    ((struct own *)call_own(o->call))->old = o;
    assert_true(o->call->detached && now - o->call->due_ns == o->age_ns);
    o->left_ns = o->call->deadline.due_ns - now;
    o->timer.fire = end;
    if (o->left_ns == 0)
        done(o, FATE_TIMEOUT);
    else if (!o->silent)
        loop_timer_arm(c->loop, &o->timer, now + o->takes_ns);
}

static void adopt_all(struct client *client)
{
    struct config *f = fake_of(client)->config;
    for (int i = 0; i < CALLS && f->calls[i].age_ns; i++)
        adopt(fake_of(client), &f->calls[i]);
}

static void start_none(struct client *c, struct call *call, void *session)
{
    (void)c, (void)call, (void)session;
    fail();
}

static void cancel(struct client *client, struct call *call)
{
    struct old *o = ((struct own *)call_own(call))->old;
    loop_timer_disarm(fake_of(client)->loop, &o->timer);
    done(o, FATE_OK);
}

const struct protocol adopting = {
    .name = "adopting",
    .call_size = sizeof(struct own),
    .open = open_adopting,
    .begin = adopt_all,
    .start = start_none,
    .cancel = cancel,
    .close = fake_close,
};

/* ---- a scenario that does nothing for a moment ---- */

struct vu {
    bool slept;
};

struct scene {
    int nothing;
};

static void begin(struct scene *scene, struct vu *vu, struct iteration it)
{
    (void)scene, (void)it;
    vu->slept = false;
}

static struct step step(struct scene *scene, struct vu *vu, struct call *last)
{
    (void)scene, (void)last;
    bool slept = vu->slept;
    vu->slept = true;
    return slept ? (struct step){.kind = STEP_DONE}
                 : (struct step){.kind = STEP_SLEEP, .sleep_ns = 20 * NS_PER_MS};
}

static const struct scenario_type idle = {.vu_size = sizeof(struct vu),
                                          .open = fake_scene_open,
                                          .close = fake_scene_close,
                                          .begin = begin,
                                          .step = step};

/* ---- a run ---- */

/* One iteration of 20 ms, and what was there before; the drain takes 300 ms at most. */
static struct fake_run run(struct config *config)
{
    static const struct series series = {.name = {"call", 4}};
    static struct scene scene;
    struct scenario scenario = {&idle, &scene};
    struct load load = {
        .scenario = &scenario, .count = 1, .drain_ns = 300 * NS_PER_MS, .timeout_ns = TIMEOUT_NS};
    struct client_spec client = {.protocol = &adopting, .config = config};
    config->as = (struct prepared_call){.series = &series};
    return fake_run(&load, &client);
}

/* ---- what is to hold ---- */

/* Into the book, not into the rate. */
static void assert_booked(const struct fake_run *r, uint64_t n)
{
    assert_true(call_book_balanced(&r->calls));
    assert_int_equal(r->calls.started, n);
    assert_int_equal(r->calls.started_in_plan, 0);
    assert_int_equal(r->book.completed, 1);
    assert_true(r->book.last_done_ns < 20 * NS_PER_S);
}

static void their_time_counts_from_when_they_were_due(void **state)
{
    (void)state;
    struct config c = {.calls = {{.age_ns = 3 * NS_PER_S, .takes_ns = 100 * NS_PER_MS},
                                 {.age_ns = 9 * NS_PER_S, .takes_ns = NS_PER_MS}}};
    struct fake_run r = run(&c);
    assert_booked(&r, 2);
    assert_int_equal(c.calls[0].left_ns, 7 * NS_PER_S);
    assert_int_equal(c.calls[1].left_ns, NS_PER_S);
    assert_int_equal(r.calls.fates[FATE_OK], 2);
    assert_in_range(r.calls.response.min, 3100 * NS_PER_MS, 8 * NS_PER_S);
    assert_in_range(r.calls.response.max, 9001 * NS_PER_MS, 19 * NS_PER_S);
    fake_run_free(&r);
}

static void a_time_that_is_over_ends_them_at_once(void **state)
{
    (void)state;
    struct config c = {.calls = {{.age_ns = 11 * NS_PER_S}, {.age_ns = TIMEOUT_NS}}};
    struct fake_run r = run(&c);
    assert_booked(&r, 2);
    assert_int_equal(r.calls.fates[FATE_TIMEOUT], 2);
    assert_in_range(r.calls.response.max, 11 * NS_PER_S, 20 * NS_PER_S);
    fake_run_free(&r);
}

static void what_is_left_of_it_is_all_they_have(void **state)
{
    (void)state;
    struct config c = {.calls = {{.age_ns = TIMEOUT_NS - 100 * NS_PER_MS, .silent = true}}};
    struct fake_run r = run(&c);
    assert_booked(&r, 1);
    assert_int_equal(r.calls.fates[FATE_TIMEOUT], 1);
    assert_in_range(r.calls.response.max, TIMEOUT_NS, TIMEOUT_NS + 5 * NS_PER_S);
    fake_run_free(&r);
}

static void the_drain_waits_for_them_and_no_longer(void **state)
{
    (void)state;
    struct config c = {.calls = {{.age_ns = NS_PER_S, .silent = true}}};
    struct fake_run r = run(&c);
    assert_booked(&r, 1);
    assert_int_equal(r.calls.fates[FATE_ABANDONED], 1);
    fake_run_free(&r);
}

/* Then their due time lies before the clock's zero. */
static void they_may_be_older_than_the_machines_clock(void **state)
{
    (void)state;
    uint64_t age = clock_now_ns() + 1000 * NS_PER_S;
    struct config c = {.calls = {{.age_ns = age}}};
    struct fake_run r = run(&c);
    assert_booked(&r, 1);
    assert_int_equal(r.calls.fates[FATE_TIMEOUT], 1);
    assert_in_range(r.calls.response.max, age, age + 20 * NS_PER_S);
    fake_run_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(their_time_counts_from_when_they_were_due),
        cmocka_unit_test(a_time_that_is_over_ends_them_at_once),
        cmocka_unit_test(what_is_left_of_it_is_all_they_have),
        cmocka_unit_test(the_drain_waits_for_them_and_no_longer),
        cmocka_unit_test(they_may_be_older_than_the_machines_clock),
    };
    return UNIT_RUN(tests);
}
