/* Signals as events: told, each; and as before when it is over. */
#include "world.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "loop/signals.h"

struct caught {
    struct signals signals;
    unsigned n;
};

static void note(struct signals *s)
{
    CONTAINER_OF(s, struct caught, signals)->n++;
}

static bool is_blocked(int number)
{
    sigset_t mask;
    pthread_sigmask(SIG_BLOCK, NULL, &mask);
    return sigismember(&mask, number);
}

static void each_signal_is_told(void **state)
{
    struct loop *l = kind_loop(state);
    struct caught c = {.signals.came = note};
    struct err e;
    assert_true(signals_open(&c.signals, l, &e));
    kill(getpid(), SIGINT);
    TURN_UNTIL(l, c.n == 1);
    kill(getpid(), SIGINT);
    kill(getpid(), SIGTERM);
    TURN_UNTIL(l, c.n == 3);
    signals_close(&c.signals);
    loop_close(l);
}

static void the_mask_is_as_before_when_it_is_closed(void **state)
{
    struct loop *l = kind_loop(state);
    struct caught c = {.signals.came = note};
    struct err e;
    assert_true(signals_open(&c.signals, l, &e));
    assert_true(is_blocked(SIGINT) && is_blocked(SIGTERM));
    assert_false(is_blocked(SIGHUP));
    signals_close(&c.signals);
    assert_false(is_blocked(SIGINT) || is_blocked(SIGTERM));
    loop_close(l);
}

static void a_closed_pipe_is_an_error_of_the_write(void **state)
{
    struct loop *l = kind_loop(state);
    struct caught c = {.signals.came = note};
    struct err e;
    int ends[2];
    signal(SIGPIPE, SIG_DFL);
    assert_true(signals_open(&c.signals, l, &e));
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    assert_int_equal(write(ends[1], "x", 1), -1);
    close(ends[1]);
    signals_close(&c.signals);
    loop_close(l);
}

static void a_file_that_may_not_grow_is_an_error_of_the_write(void **state)
{
    struct loop *l = kind_loop(state);
    struct caught c = {.signals.came = note};
    struct err e;
    struct rlimit before, none;
    FILE *file = tmpfile();
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = before.rlim_max};
    signal(SIGXFSZ, SIG_DFL);
    assert_true(signals_open(&c.signals, l, &e));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    ssize_t written = write(fileno(file), "x", 1);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(written, -1);
    fclose(file);
    signals_close(&c.signals);
    loop_close(l);
}

static void where_no_descriptor_is_left_it_says_so_and_changes_nothing(void **state)
{
    struct loop *l = kind_loop(state);
    struct caught c = {.signals.came = note};
    struct err e;
    descriptors_left(0);
    assert_false(signals_open(&c.signals, l, &e));
    descriptors_back();
    assert_true(str_starts(str_from(e.text), STR("cannot make a signal descriptor: ")));
    assert_false(is_blocked(SIGINT));
    loop_close(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_signal_is_told),
        cmocka_unit_test(the_mask_is_as_before_when_it_is_closed),
        cmocka_unit_test(a_closed_pipe_is_an_error_of_the_write),
        cmocka_unit_test(a_file_that_may_not_grow_is_an_error_of_the_write),
        cmocka_unit_test(where_no_descriptor_is_left_it_says_so_and_changes_nothing),
    };
    return kinds_run("signals", tests, sizeof tests / sizeof *tests);
}
