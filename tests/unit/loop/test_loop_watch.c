/* What wakes a loop from outside: watched descriptors and mail of other threads. */
#include "world.h"

#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/mem.h"

/* ---- watches ---- */

struct bell {
    struct watch watch;
    struct loop *loop;
    unsigned times;
    void (*then)(struct bell *b);
    struct bell *other;
};

static void hear(struct watch *w)
{
    struct bell *b = CONTAINER_OF(w, struct bell, watch);
    b->times++;
    if (b->then)
        b->then(b);
}

static void hang_up_bell(struct loop *l, struct bell *b, void (*then)(struct bell *b))
{
    *b = (struct bell){.loop = l, .then = then};
    b->watch = (struct watch){.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), .readable = hear};
    loop_watch(l, &b->watch);
}

static void strike(struct bell *b)
{
    eventfd_write(b->watch.fd, 1);
}

static void silence(struct bell *b)
{
    eventfd_t rings;
    eventfd_read(b->watch.fd, &rings);
}

static void take_down_bell(struct bell *b)
{
    loop_unwatch(b->loop, &b->watch);
    close(b->watch.fd);
}

static void a_watch_is_called_each_turn_while_it_is_readable(void **state)
{
    struct loop *l = kind_loop(state);
    struct bell b;
    hang_up_bell(l, &b, NULL);
    turn_for(l, 2 * NS_PER_MS);
    assert_int_equal(b.times, 0);
    strike(&b);
    for (unsigned i = 1; i <= 20; i++) {
        unsigned turns = 0;
        for (; b.times < i; turns++)
            loop_turn(l, UINT64_MAX); /* does not sleep: it is readable still */
        assert_in_range(turns, 1, 2);
    }
    silence(&b);
    turn_for(l, 2 * NS_PER_MS);
    assert_in_range(b.times, 20, 21);
    take_down_bell(&b);
    loop_close(l);
}

static void unwatch_in_readable(struct bell *b)
{
    loop_unwatch(b->loop, &b->watch);
}

static void a_watch_may_be_unwatched_from_within_readable(void **state)
{
    struct loop *l = kind_loop(state);
    struct bell b;
    hang_up_bell(l, &b, unwatch_in_readable);
    strike(&b);
    turn_for(l, 5 * NS_PER_MS);
    assert_int_equal(b.times, 1);
    loop_watch(l, &b.watch); /* and watched again, still readable */
    turn_for(l, 5 * NS_PER_MS);
    assert_int_equal(b.times, 2);
    close(b.watch.fd);
    loop_close(l);
}

static void watch_again_in_readable(struct bell *b)
{
    loop_unwatch(b->loop, &b->watch);
    if (b->times < 50)
        loop_watch(b->loop, &b->watch);
}

static void a_watch_may_be_unwatched_and_watched_again_from_within_readable(void **state)
{
    struct loop *l = kind_loop(state);
    struct bell b;
    hang_up_bell(l, &b, watch_again_in_readable);
    strike(&b);
    TURN_UNTIL(l, b.times == 50);
    turn_for(l, 2 * NS_PER_MS);
    assert_int_equal(b.times, 50);
    close(b.watch.fd);
    loop_close(l);
}

/* The first that rings frees the other, whose event is in the same batch, and hangs up a new one
 * that is likely to get the same memory: neither may be called. */
static struct bell *survivor, *newcomer;

static void free_the_other(struct bell *b)
{
    b->then = NULL;
    survivor = b;
    take_down_bell(b->other);
    mem_free(b->other);
    newcomer = mem_zero(sizeof *newcomer);
    hang_up_bell(b->loop, newcomer, NULL);
}

static void a_watch_may_be_unwatched_while_its_event_is_in_the_same_batch(void **state)
{
    struct loop *l = kind_loop(state);
    for (int round = 0; round < 50; round++) {
        struct bell *a = mem_zero(sizeof *a), *b = mem_zero(sizeof *b);
        hang_up_bell(l, a, free_the_other);
        hang_up_bell(l, b, free_the_other);
        a->other = b;
        b->other = a;
        loop_turn(l, 0);
        strike(round % 2 ? a : b);
        strike(round % 2 ? b : a);
        survivor = NULL;
        TURN_UNTIL(l, survivor);
        turn_for(l, NS_PER_MS);
        assert_int_equal(newcomer->times, 0);
        take_down_bell(newcomer);
        take_down_bell(survivor);
        mem_free(newcomer);
        mem_free(survivor);
    }
    loop_close(l);
}

static void closing_the_loop_with_live_watches_ends_and_leaks_nothing(void **state)
{
    struct loop *l = kind_loop(state);
    struct bell bells[3];
    for (int i = 0; i < 3; i++)
        hang_up_bell(l, &bells[i], NULL);
    strike(&bells[1]); /* one has its event on the way */
    loop_turn(l, 0);
    strike(&bells[2]);
    loop_unwatch(l, &bells[0].watch); /* one is on its way back */
    loop_close(l);
    for (int i = 0; i < 3; i++)
        close(bells[i].watch.fd);
}

static void a_loop_that_never_turned_can_be_closed(void **state)
{
    for (int i = 0; i < 10; i++)
        loop_close(kind_loop(state));
}

/* ---- mail ---- */

enum { SENDERS = 4, LETTERS = 300 };

struct letter {
    struct mail mail;
    unsigned sender, number;
};

static struct loop *post_loop;
static pthread_t receiver;
static unsigned arrived, next_of[SENDERS];

static void take_letter(struct mail *m)
{
    struct letter *l = CONTAINER_OF(m, struct letter, mail);
    assert_true(pthread_equal(pthread_self(), receiver));
    assert_int_equal(l->number, next_of[l->sender]);
    next_of[l->sender]++;
    arrived++;
    mem_free(l);
}

static void *send_letters(void *arg)
{
    for (unsigned i = 0; i < LETTERS; i++) {
        struct letter *l = mem_zero(sizeof *l);
        *l = (struct letter){{.deliver = take_letter}, (unsigned)(uintptr_t)arg, i};
        mailbox_post(loop_mailbox(post_loop), &l->mail);
        if (i % 16 == 0)
            usleep(300); /* the loop sleeps meanwhile */
    }
    return NULL;
}

static void mail_of_other_threads_wakes_a_sleeping_loop(void **state)
{
    pthread_t threads[SENDERS];
    post_loop = kind_loop(state);
    receiver = pthread_self();
    arrived = 0;
    memset(next_of, 0, sizeof next_of);
    for (uintptr_t i = 0; i < SENDERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, send_letters, (void *)i), 0);
    while (arrived < SENDERS * LETTERS)
        loop_turn(post_loop, UINT64_MAX); /* only mail can wake it; a lost bell hangs here */
    for (unsigned i = 0; i < SENDERS; i++)
        pthread_join(threads[i], NULL);
    loop_close(post_loop);
}

static bool stop;

static void stop_loop(struct mail *m)
{
    (void)m;
    stop = true;
}

static void *post_stop(void *mail)
{
    usleep(2000);
    mailbox_post(loop_mailbox(post_loop), mail);
    return NULL;
}

static void loop_run_turns_until_it_is_stopped(void **state)
{
    struct mail m = {.deliver = stop_loop};
    pthread_t thread;
    post_loop = kind_loop(state);
    stop = false;
    assert_int_equal(pthread_create(&thread, NULL, post_stop, &m), 0);
    loop_run(post_loop, &stop);
    pthread_join(thread, NULL);
    assert_true(stop);
    loop_close(post_loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_watch_is_called_each_turn_while_it_is_readable),
        cmocka_unit_test(a_watch_may_be_unwatched_from_within_readable),
        cmocka_unit_test(a_watch_may_be_unwatched_and_watched_again_from_within_readable),
        cmocka_unit_test(a_watch_may_be_unwatched_while_its_event_is_in_the_same_batch),
        cmocka_unit_test(a_loop_that_never_turned_can_be_closed),
        cmocka_unit_test(mail_of_other_threads_wakes_a_sleeping_loop),
        cmocka_unit_test(loop_run_turns_until_it_is_stopped),
        cmocka_unit_test(closing_the_loop_with_live_watches_ends_and_leaks_nothing),
    };
    return kinds_run("loop_watch", tests, sizeof tests / sizeof *tests);
}
