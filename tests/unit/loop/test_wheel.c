/* The wheel of call timeouts, in a time of the test's own: never early, at most two ticks late,
 * whatever its owner does meanwhile. */
#include "unit.h"

#include <string.h>

#include "base/clock.h"
#include "base/rng.h"
#include "loop/wheel.h"

#define TICK  (UINT64_C(1) << WHEEL_TICK_SHIFT)
#define TURN  (TICK * WHEEL_SLOTS)
#define START (UINT64_C(987654321) * 1000)

static struct wheel wheel;
static uint64_t now_ns;

struct probe {
    struct timeout timeout;
    uint64_t fired_ns; /* 0: not yet */
    unsigned times;
    struct probe *victim; /* MAY: disarmed by it */
    uint64_t again_ns;    /* MAY: armed again for then */
    unsigned rounds;      /* how often */
};

static void fire(struct timeout *t)
{
    struct probe *p = CONTAINER_OF(t, struct probe, timeout);
    assert_true(list_empty(&t->link));
    assert_true(t->due_ns <= now_ns);
    p->fired_ns = now_ns;
    p->times++;
    if (p->victim)
        wheel_disarm(&p->victim->timeout);
    if (p->rounds) {
        p->rounds--;
        wheel_arm(&wheel, t, p->again_ns);
    }
}

static void arm(struct probe *p, uint64_t due_ns)
{
    if (!p->timeout.fire) {
        p->timeout.fire = fire;
        list_init(&p->timeout.link);
    }
    wheel_arm(&wheel, &p->timeout, due_ns);
}

static void start(uint64_t ns)
{
    now_ns = ns;
    wheel_init(&wheel, ns);
}

static void sweep(uint64_t ns)
{
    now_ns = ns;
    wheel_sweep(&wheel, ns);
}

/* As a loop with nothing else to do: sleeps until the wheel says. Returns how often it woke. */
static unsigned sleep_until(uint64_t end_ns)
{
    unsigned woken = 0;
    while (wheel_next_ns(&wheel) <= end_ns) {
        assert_true(wheel_next_ns(&wheel) > now_ns || woken == 0);
        sweep(wheel_next_ns(&wheel) > now_ns ? wheel_next_ns(&wheel) : now_ns);
        woken++;
    }
    now_ns = end_ns;
    return woken;
}

static void fires_once_in_time_when_slept_as_told(void **state)
{
    (void)state;
    static struct probe probes[5000];
    struct rng r = rng_make(1, 0);
    memset(probes, 0, sizeof probes);
    start(START);
    for (size_t i = 0; i < 5000; i++)
        arm(&probes[i], START + rng_below(&r, 4 * TURN)); /* up to 34 s: over several turns */
    sleep_until(START + 5 * TURN);
    for (size_t i = 0; i < 5000; i++) {
        assert_int_equal(probes[i].times, 1);
        assert_true(probes[i].fired_ns >= probes[i].timeout.due_ns);
        assert_true(probes[i].fired_ns <= probes[i].timeout.due_ns + 2 * TICK);
    }
    assert_true(wheel_next_ns(&wheel) == UINT64_MAX);
}

static void none_is_overdue(const struct probe *probes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (probes[i].timeout.fire && !list_empty(&probes[i].timeout.link))
            assert_true(probes[i].timeout.due_ns + 2 * TICK > now_ns);
}

/* As under load: swept every now and then, armed and disarmed all the time. */
static void is_never_early_or_late_under_random_use(void **state)
{
    (void)state;
    static struct probe probes[1000];
    struct rng r = rng_make(2, 0);
    memset(probes, 0, sizeof probes);
    start(START);
    for (int step = 0; step < 200000; step++) {
        struct probe *p = &probes[rng_below(&r, 1000)];
        if (rng_below(&r, 8) == 0 && p->timeout.fire)
            wheel_disarm(&p->timeout);
        else
            arm(p, now_ns + rng_below(&r, 20 * NS_PER_S));
        bool rest = rng_below(&r, 100) == 0;
        sweep(now_ns + rng_below(&r, rest ? 12 * NS_PER_S : TICK));
        if (step % 16 == 0)
            none_is_overdue(probes, 1000);
    }
    unsigned fired = 0;
    for (size_t i = 0; i < 1000; i++)
        fired += probes[i].times;
    assert_true(fired > 1000);
}

static void wakes_at_the_end_of_the_tick(void **state)
{
    (void)state;
    uint64_t edge = (START / TICK + 10) * TICK;
    struct {
        uint64_t due_ns, wake_ns;
    } cases[] = {{edge, edge + TICK}, {edge - 1, edge}, {edge + 1, edge + TICK}};
    for (size_t i = 0; i < 3; i++) {
        struct probe p = {0};
        start(START);
        arm(&p, cases[i].due_ns);
        assert_true(wheel_next_ns(&wheel) == cases[i].wake_ns);
        sweep(cases[i].wake_ns - 1);
        assert_int_equal(p.times, 0);
        sweep(cases[i].wake_ns);
        assert_int_equal(p.times, 1);
        assert_true(wheel_next_ns(&wheel) == UINT64_MAX);
    }
}

static void what_is_overdue_when_armed_fires_within_a_tick(void **state)
{
    (void)state;
    struct probe p = {0};
    start(START);
    arm(&p, 0);
    assert_true(wheel_next_ns(&wheel) <= START + TICK);
    sleep_until(START + 2 * TICK);
    assert_int_equal(p.times, 1);
}

static void a_disarmed_timeout_never_fires_and_wakes_once_at_most(void **state)
{
    (void)state;
    static struct probe probes[10000];
    memset(probes, 0, sizeof probes);
    start(START);
    for (size_t i = 0; i < 10000; i++)
        arm(&probes[i], START + NS_PER_S);
    for (size_t i = 0; i < 10000; i++)
        wheel_disarm(&probes[i].timeout);
    wheel_disarm(&probes[0].timeout);
    assert_true(sleep_until(START + 3 * TURN) <= 1);
    for (size_t i = 0; i < 10000; i++)
        assert_int_equal(probes[i].times, 0);
    assert_true(wheel_next_ns(&wheel) == UINT64_MAX);
}

static void arming_again_moves_it(void **state)
{
    (void)state;
    struct probe p = {0};
    start(START);
    arm(&p, START + NS_PER_S);
    arm(&p, START + 5 * NS_PER_S);
    sleep_until(START + 4 * NS_PER_S);
    assert_int_equal(p.times, 0);
    arm(&p, START + 4500 * NS_PER_MS);
    sleep_until(START + 9 * NS_PER_S);
    assert_int_equal(p.times, 1);
    assert_in_range(p.fired_ns, START + 4500 * NS_PER_MS, START + 4500 * NS_PER_MS + 2 * TICK);
}

static void one_that_fires_may_disarm_its_neighbour(void **state)
{
    (void)state;
    struct probe a = {0}, b = {0};
    start(START);
    a.victim = &b;
    b.victim = &a;
    arm(&a, START + NS_PER_S);
    arm(&b, START + NS_PER_S); /* the same slot */
    sleep_until(START + TURN);
    assert_int_equal(a.times + b.times, 1);
}

static void one_that_arms_itself_in_the_past_does_not_hold_up_the_sweep(void **state)
{
    (void)state;
    struct probe p = {.again_ns = 1, .rounds = 1000000};
    start(START);
    arm(&p, START);
    sweep(START + 100 * TICK);
    assert_in_range(p.times, 1, 101);
    assert_true(wheel_next_ns(&wheel) <= now_ns + TICK);
}

static void after_a_long_rest_all_that_is_due_fires_at_once(void **state)
{
    (void)state;
    static struct probe probes[4 * 60];
    memset(probes, 0, sizeof probes);
    start(START);
    for (size_t i = 0; i < 240; i++)
        arm(&probes[i], START + i * 250 * NS_PER_MS);
    sweep(START + 45 * NS_PER_S + 2 * TICK); /* stopped by a debugger, say */
    for (size_t i = 0; i < 240; i++)
        assert_int_equal(probes[i].times, i * 250 <= 45000);
    sleep_until(START + 70 * NS_PER_S);
    for (size_t i = 0; i < 240; i++)
        assert_int_equal(probes[i].times, 1);
}

static void works_after_an_idle_time_of_any_length(void **state)
{
    (void)state;
    for (uint64_t idle = 0; idle < 3 * TURN; idle += TURN / 7) {
        struct probe near = {0}, far = {0};
        start(START);
        uint64_t t = START + idle;
        now_ns = t; /* nothing armed: nobody sweeps */
        arm(&near, t + 6 * NS_PER_S);
        arm(&far, t + 10 * NS_PER_S);
        sleep_until(t + 20 * NS_PER_S);
        assert_int_equal(near.times, 1);
        assert_int_equal(far.times, 1);
        assert_in_range(near.fired_ns - t, 6 * NS_PER_S, 6 * NS_PER_S + 2 * TICK);
        assert_in_range(far.fired_ns - t, 10 * NS_PER_S, 10 * NS_PER_S + 2 * TICK);
    }
}

static void a_timeout_of_an_hour_wakes_once_a_turn_of_the_wheel(void **state)
{
    (void)state;
    struct probe p = {0};
    start(START);
    arm(&p, START + 3600 * NS_PER_S);
    unsigned woken = sleep_until(START + 3601 * NS_PER_S);
    assert_int_equal(p.times, 1);
    assert_in_range(woken, 1, 3600 * NS_PER_S / TURN + 2);
}

static void a_timeout_of_never_does_not_wake_at_once(void **state)
{
    (void)state;
    struct probe p = {0};
    start(START);
    arm(&p, UINT64_MAX);
    assert_true(wheel_next_ns(&wheel) > START + TICK);
    sleep_until(START + 10 * TURN);
    assert_int_equal(p.times, 0);
    assert_true(wheel_next_ns(&wheel) > now_ns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_once_in_time_when_slept_as_told),
        cmocka_unit_test(is_never_early_or_late_under_random_use),
        cmocka_unit_test(wakes_at_the_end_of_the_tick),
        cmocka_unit_test(what_is_overdue_when_armed_fires_within_a_tick),
        cmocka_unit_test(a_disarmed_timeout_never_fires_and_wakes_once_at_most),
        cmocka_unit_test(arming_again_moves_it),
        cmocka_unit_test(one_that_fires_may_disarm_its_neighbour),
        cmocka_unit_test(one_that_arms_itself_in_the_past_does_not_hold_up_the_sweep),
        cmocka_unit_test(after_a_long_rest_all_that_is_due_fires_at_once),
        cmocka_unit_test(works_after_an_idle_time_of_any_length),
        cmocka_unit_test(a_timeout_of_an_hour_wakes_once_a_turn_of_the_wheel),
        cmocka_unit_test(a_timeout_of_never_does_not_wake_at_once),
    };
    return UNIT_RUN(tests);
}
