/* Mail between threads: nothing lost, nothing twice, each sender's order kept, and the receiver is
 * always woken. Meant to run under the thread sanitizer too. */
#include "unit.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/list.h"
#include "base/mem.h"
#include "loop/mailbox.h"

enum { SENDERS = 8, LETTERS = 20000 };

struct letter {
    struct mail mail;
    unsigned sender, number;
};

static struct mailbox box;
static unsigned next_of[SENDERS]; /* receiver: the number that has to come next */
static unsigned arrived;

static void open_box(void)
{
    struct err e = {0};
    assert_true(mailbox_open(&box, &e));
    arrived = 0;
    for (unsigned i = 0; i < SENDERS; i++)
        next_of[i] = 0;
}

static bool rings(int timeout_ms)
{
    struct pollfd p = {.fd = box.fd, .events = POLLIN};
    return poll(&p, 1, timeout_ms) == 1;
}

static void take_letter(struct mail *m)
{
    struct letter *l = CONTAINER_OF(m, struct letter, mail);
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
        mailbox_post(&box, &l->mail);
        if (i % 512 == 0)
            usleep(100); /* so that the box runs empty and has to ring again */
    }
    return NULL;
}

static void many_senders_keep_their_order_and_lose_nothing(void **state)
{
    (void)state;
    pthread_t threads[SENDERS];
    open_box();
    for (uintptr_t i = 0; i < SENDERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, send_letters, (void *)i), 0);
    while (arrived < SENDERS * LETTERS) {
        assert_true(rings(20000)); /* a lost bell would sleep here for ever */
        mailbox_deliver(&box);
    }
    for (unsigned i = 0; i < SENDERS; i++)
        pthread_join(threads[i], NULL);
    mailbox_deliver(&box);
    assert_int_equal(arrived, SENDERS * LETTERS);
    mailbox_close(&box);
}

/* Posts just when the box was emptied: the bell may not be taken for the one that was answered. */
static void *post_into_the_gap(void *arg)
{
    for (unsigned i = 0; i < LETTERS; i++) {
        struct letter *l = mem_zero(sizeof *l);
        *l = (struct letter){{.deliver = take_letter}, 0, i};
        while (atomic_load(&box.newest))
            sched_yield();
        mailbox_post(&box, &l->mail);
    }
    return arg;
}

static void a_mail_posted_while_the_box_is_being_emptied_rings(void **state)
{
    (void)state;
    pthread_t thread;
    open_box();
    assert_int_equal(pthread_create(&thread, NULL, post_into_the_gap, NULL), 0);
    while (arrived < LETTERS) {
        assert_true(rings(20000));
        mailbox_deliver(&box);
    }
    pthread_join(thread, NULL);
    mailbox_close(&box);
}

/* Two threads hand one mail to and fro: what one wrote the other must see. */
enum { BOUNCES = 5000 };
static struct mailbox there, back;
static unsigned long ball; /* belongs to whom the mail was given */

static void catch_ball(struct mail *m)
{
    ball++;
    m->deliver = NULL;
}

static void return_ball(struct mail *m)
{
    ball++;
    m->deliver = catch_ball;
    mailbox_post(&back, m);
}

static void *play(void *arg)
{
    (void)arg;
    struct pollfd p = {.fd = there.fd, .events = POLLIN};
    for (unsigned i = 0; i < BOUNCES; i++) {
        poll(&p, 1, -1);
        mailbox_deliver(&there);
    }
    return NULL;
}

static void what_was_written_before_the_post_is_seen_by_the_receiver(void **state)
{
    (void)state;
    struct err e = {0};
    struct mail m;
    pthread_t thread;
    assert_true(mailbox_open(&there, &e) && mailbox_open(&back, &e));
    assert_int_equal(pthread_create(&thread, NULL, play, NULL), 0);
    struct pollfd p = {.fd = back.fd, .events = POLLIN};
    ball = 0;
    for (unsigned long i = 1; i <= BOUNCES; i++) {
        m.deliver = return_ball;
        mailbox_post(&there, &m);
        assert_int_equal(poll(&p, 1, 20000), 1);
        mailbox_deliver(&back);
        assert_null(m.deliver);
        assert_true(ball == 2 * i);
    }
    pthread_join(thread, NULL);
    mailbox_close(&there);
    mailbox_close(&back);
}

static void an_empty_box_does_not_ring(void **state)
{
    (void)state;
    open_box();
    assert_false(rings(0));
    mailbox_deliver(&box);
    assert_false(rings(0));
    mailbox_close(&box);
    assert_int_equal(box.fd, -1);
    mailbox_close(&box);
}

static void many_mails_ring_once_until_they_are_taken(void **state)
{
    (void)state;
    open_box();
    for (unsigned i = 0; i < 3; i++) {
        struct letter *l = mem_zero(sizeof *l);
        *l = (struct letter){{.deliver = take_letter}, 0, i};
        mailbox_post(&box, &l->mail);
    }
    uint64_t count = 0;
    assert_int_equal(read(box.fd, &count, sizeof count), sizeof count);
    assert_int_equal(count, 1);
    mailbox_deliver(&box);
    assert_int_equal(arrived, 3);
    mailbox_close(&box);
}

static unsigned told;

static void write_again(struct mail *m)
{
    if (++told < 3)
        mailbox_post(&box, m);
}

static void a_mail_posted_while_delivering_comes_with_the_next_delivery(void **state)
{
    (void)state;
    struct mail m = {.deliver = write_again};
    open_box();
    told = 0;
    mailbox_post(&box, &m);
    for (unsigned i = 1; i <= 3; i++) {
        assert_true(rings(0));
        mailbox_deliver(&box);
        assert_int_equal(told, i);
    }
    assert_false(rings(0));
    mailbox_close(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_senders_keep_their_order_and_lose_nothing),
        cmocka_unit_test(a_mail_posted_while_the_box_is_being_emptied_rings),
        cmocka_unit_test(what_was_written_before_the_post_is_seen_by_the_receiver),
        cmocka_unit_test(an_empty_box_does_not_ring),
        cmocka_unit_test(many_mails_ring_once_until_they_are_taken),
        cmocka_unit_test(a_mail_posted_while_delivering_comes_with_the_next_delivery),
    };
    return UNIT_RUN(tests);
}
