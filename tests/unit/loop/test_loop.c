/* The turns of a loop: how it is chosen, timers and timeouts, on each kind. */
#include "world.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "loop/backend.h"

/* ---- how it is chosen ---- */

static void an_unknown_backend_is_an_error_that_names_the_known(void **state)
{
    (void)state;
    struct loop_options o = {.backend = "kqueue"};
    struct err e = {0};
    assert_null(loop_open(&o, &e));
    assert_int_equal(e.kind, ERR_USAGE);
    assert_string_equal(
        e.text, loop_backends[1] ? "WEIR_LOOP='kqueue': this build's loops are epoll and io_uring"
                                 : "WEIR_LOOP='kqueue': this build's loops are epoll");
}

static void the_environment_chooses_the_backend(void **state)
{
    struct err e = {0};
    loop_close(kind_loop(state));
    setenv("WEIR_LOOP", kind_options(state).backend, 1);
    struct loop *l = loop_open(NULL, &e);
    assert_non_null(l);
    assert_string_equal(loop_backend(l), kind_options(state).backend);
    loop_close(l);
    setenv("WEIR_LOOP", "", 1); /* an empty variable counts as unset: the best that works */
    l = loop_open(NULL, &e);
    assert_non_null(l);
    assert_int_equal(e.kind, ERR_NONE);
    loop_close(l);
    unsetenv("WEIR_LOOP");
}

/* ---- timers ---- */

struct alarm {
    struct timer timer;
    struct loop *loop;
    uint64_t due_ns, fired_ns;
    unsigned times, order;
    struct alarm *victim; /* MAY: disarmed by it */
    bool again;           /* arms itself for the past */
};

static unsigned order_n;

static void ring(struct timer *t)
{
    struct alarm *a = CONTAINER_OF(t, struct alarm, timer);
    assert_true(loop_now(a->loop) >= a->due_ns);
    assert_true(clock_now_ns() >= a->due_ns); /* never early */
    a->fired_ns = loop_now(a->loop);
    a->order = order_n++;
    a->times++;
    if (a->victim)
        loop_timer_disarm(a->loop, &a->victim->timer);
    if (a->again)
        loop_timer_arm(a->loop, t, 1);
}

static void set_alarm(struct loop *l, struct alarm *a, uint64_t due_ns)
{
    a->timer.fire = ring;
    a->loop = l;
    a->due_ns = due_ns;
    loop_timer_arm(l, &a->timer, due_ns);
}

static void timers_fire_in_order_and_never_early(void **state)
{
    static struct alarm alarms[300];
    struct loop *l = kind_loop(state);
    struct rng r = rng_make(3, 0);
    uint64_t start = clock_now_ns();
    memset(alarms, 0, sizeof alarms);
    order_n = 0;
    for (unsigned i = 0; i < 300; i++)
        set_alarm(l, &alarms[i], start + rng_below(&r, 60 * NS_PER_MS));
    TURN_UNTIL(l, order_n == 300);
    for (unsigned i = 0; i < 300; i++)
        for (unsigned k = 0; k < 300; k++)
            if (alarms[i].due_ns < alarms[k].due_ns)
                assert_true(alarms[i].order < alarms[k].order);
    loop_close(l);
}

static void a_sleeping_loop_wakes_for_each_timer_alone(void **state)
{
    struct loop *l = kind_loop(state);
    struct alarm a = {0};
    for (unsigned i = 1; i <= 20; i++) {
        set_alarm(l, &a, clock_now_ns() + NS_PER_MS);
        unsigned turns = 0;
        for (; a.times < i; turns++)
            loop_turn(l, UINT64_MAX);
        assert_in_range(turns, 1, 3); /* it sleeps, it does not poll the clock */
    }
    loop_close(l);
}

static void a_timer_that_arms_itself_for_the_past_fires_once_a_turn(void **state)
{
    struct loop *l = kind_loop(state);
    struct alarm a = {.again = true};
    set_alarm(l, &a, 1);
    for (unsigned turn = 1; turn <= 1000; turn++) {
        loop_turn(l, UINT64_MAX);
        assert_int_equal(a.times, turn);
    }
    loop_timer_disarm(l, &a.timer);
    loop_turn(l, 0);
    assert_int_equal(a.times, 1000);
    loop_close(l);
}

static void a_timer_may_disarm_one_that_is_due_in_the_same_turn(void **state)
{
    struct loop *l = kind_loop(state);
    struct alarm a = {0}, b = {0};
    a.victim = &b;
    set_alarm(l, &a, loop_now(l) + 10);
    set_alarm(l, &b, loop_now(l) + 20);
    turn_for(l, 2 * NS_PER_MS);
    assert_int_equal(a.times, 1);
    assert_int_equal(b.times, 0);
    loop_close(l);
}

static void a_turn_ends_at_its_wake_time_when_nothing_happens(void **state)
{
    struct loop *l = kind_loop(state);
    for (int i = 0; i < 10; i++) {
        uint64_t wake = clock_now_ns() + 5 * NS_PER_MS;
        unsigned turns = 0;
        for (; clock_now_ns() < wake; turns++)
            loop_turn(l, wake);
        assert_in_range(turns, 1, 3);
        assert_true(loop_now(l) >= wake);
        assert_true(loop_now(l) < wake + NS_PER_S);
    }
    uint64_t before = clock_now_ns();
    for (int i = 0; i < 100; i++)
        loop_turn(l, 0); /* a time in the past: no sleep */
    assert_true(clock_now_ns() - before < NS_PER_S);
    loop_close(l);
}

static void the_busy_time_is_that_of_the_work_not_of_the_sleep(void **state)
{
    struct loop *l = kind_loop(state);
    loop_turn(l, 0);
    clock_sleep_until(clock_now_ns() + 3 * NS_PER_MS); /* the caller's work belongs to the turn */
    loop_turn(l, clock_now_ns() + 30 * NS_PER_MS);
    assert_true(loop_last_busy_ns(l) >= 3 * NS_PER_MS);
    loop_turn(l, 0);
    assert_true(loop_last_busy_ns(l) < 20 * NS_PER_MS); /* the 30 ms were slept */
    loop_close(l);
}

struct limit {
    struct timeout timeout;
    uint64_t fired_ns;
};

static struct loop *limit_loop;

static void expire(struct timeout *t)
{
    CONTAINER_OF(t, struct limit, timeout)->fired_ns = loop_now(limit_loop);
}

static void timeouts_wake_the_loop_and_are_never_early(void **state)
{
    static struct limit limits[100];
    struct loop *l = limit_loop = kind_loop(state);
    uint64_t start = clock_now_ns();
    for (unsigned i = 0; i < 100; i++) {
        limits[i] = (struct limit){.timeout.fire = expire};
        list_init(&limits[i].timeout.link);
        loop_timeout_arm(l, &limits[i].timeout, start + i * NS_PER_MS);
    }
    wheel_disarm(&limits[99].timeout);
    unsigned turns = 0;
    for (; !limits[98].fired_ns; turns++)
        loop_turn(l, UINT64_MAX);
    assert_in_range(turns, 1, 100);
    for (unsigned i = 0; i < 99; i++)
        assert_true(limits[i].fired_ns >= start + i * NS_PER_MS);
    turn_for(l, 20 * NS_PER_MS);
    assert_true(limits[99].fired_ns == 0);
    loop_close(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_backend_is_an_error_that_names_the_known),
        cmocka_unit_test(the_environment_chooses_the_backend),
        cmocka_unit_test(timers_fire_in_order_and_never_early),
        cmocka_unit_test(a_sleeping_loop_wakes_for_each_timer_alone),
        cmocka_unit_test(a_timer_that_arms_itself_for_the_past_fires_once_a_turn),
        cmocka_unit_test(a_timer_may_disarm_one_that_is_due_in_the_same_turn),
        cmocka_unit_test(a_turn_ends_at_its_wake_time_when_nothing_happens),
        cmocka_unit_test(the_busy_time_is_that_of_the_work_not_of_the_sleep),
        cmocka_unit_test(timeouts_wake_the_loop_and_are_never_early),
    };
    return kinds_run("loop", tests, sizeof tests / sizeof *tests);
}
