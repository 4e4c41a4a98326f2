/* Threads have names, and take no signal but those of their own. */
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/thread.h"

struct seen {
    int named[2]; /* a pipe: closed when the thread has its name */
    char name[64];
    sigset_t mask;
};

static void *look(void *arg)
{
    struct seen *s = arg;
    char unused;
    assert_int_equal(read(s->named[0], &unused, 1), 0);
    pthread_getname_np(pthread_self(), s->name, sizeof s->name);
    pthread_sigmask(SIG_BLOCK, NULL, &s->mask);
    return NULL;
}

static struct seen run(const char *name)
{
    struct seen s = {.name = ""};
    pthread_t thread;
    assert_int_equal(pipe(s.named), 0);
    assert_int_equal(thread_start(&thread, look, &s, "%s", name), 0);
    close(s.named[1]);
    pthread_join(thread, NULL);
    close(s.named[0]);
    return s;
}

static void a_thread_has_its_name(void **state)
{
    (void)state;
    assert_string_equal(run("weir worker 0").name, "weir worker 0");
    assert_string_equal(run("weir worker 1000").name, "weir worker 100"); /* 15 bytes */
}

static void signals_from_outside_are_for_others(void **state)
{
    (void)state;
    sigset_t mine, later;
    pthread_sigmask(SIG_BLOCK, NULL, &mine);
    struct seen s = run("x");
    pthread_sigmask(SIG_BLOCK, NULL, &later);
    static const int outside[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGPIPE};
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        assert_int_equal(sigismember(&s.mask, outside[i]), 1);
        assert_int_equal(sigismember(&mine, outside[i]), 0);
        assert_int_equal(sigismember(&later, outside[i]), 0);
    }
}

/* Blocked, a fault would end the process past every handler: the terminal stayed as it was. */
static void faults_and_what_weir_sends_come_through(void **state)
{
    (void)state;
    struct seen s = run("x");
    const int own[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTRAP, SIGRTMIN};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        assert_int_equal(sigismember(&s.mask, own[i]), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_has_its_name),
        cmocka_unit_test(signals_from_outside_are_for_others),
        cmocka_unit_test(faults_and_what_weir_sends_come_through),
    };
    return UNIT_RUN(tests);
}
