/* Listening: who is let in, what a full process does, and how it ends. */
#include "world.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MANY = 1000 };

struct door {
    struct listener listener;
    unsigned came, most; /* closes itself behind `most`; 0: never */
    int fds[MANY];
};

static void let_in(struct listener *li, int fd)
{
    struct door *d = CONTAINER_OF(li, struct door, listener);
    assert_true(d->came < MANY);
    d->fds[d->came++] = fd;
    if (d->came == d->most)
        listener_close(li);
}

static void open_door(struct door *d, struct loop *l, enum family f, struct addr *at)
{
    struct err e = {0};
    uint16_t port;
    family_address(f, at);
    *d = (struct door){.listener.accepted = let_in};
    if (!listener_open(l, &d->listener, at, &port, &e))
        fail_msg("%s", e.text);
    if (f == IPV4)
        ((struct sockaddr_in *)&at->storage)->sin_port = htons(port);
    if (f == IPV6)
        ((struct sockaddr_in6 *)&at->storage)->sin6_port = htons(port);
}

static void close_door(struct door *d, const struct addr *at)
{
    listener_close(&d->listener);
    address_forget(at);
    for (unsigned i = 0; i < d->came; i++)
        close(d->fds[i]);
}

static int knock(const struct addr *at)
{
    int fd = socket(at->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, (const struct sockaddr *)&at->storage, at->length) != 0) {
        close(fd);
        return -errno;
    }
    return fd;
}

static void knock_often(int *fds, unsigned n, const struct addr *at)
{
    for (unsigned i = 0; i < n; i++) {
        fds[i] = knock(at);
        assert_true(fds[i] >= 0);
    }
}

static void close_all(const int *fds, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        close(fds[i]);
}

static void a_thousand_connects_that_wait_are_all_accepted(void **state)
{
    static struct door d;
    static int fds[MANY];
    descriptors_needed(2 * MANY + 100);
    struct loop *l = kind_loop(state);
    for (enum family f = IPV4; f < FAMILIES; f++) {
        struct addr at;
        if (!family_is_there(f))
            continue;
        open_door(&d, l, f, &at);
        knock_often(fds, MANY, &at); /* all before the loop looks */
        TURN_UNTIL(l, d.came == MANY);
        turn_for(l, NS_PER_MS);
        close_all(fds, MANY);
        close_door(&d, &at);
    }
    loop_close(l);
}

static void an_address_in_use_is_an_error_that_names_it(void **state)
{
    static struct door d, second;
    struct loop *l = kind_loop(state);
    struct addr at;
    struct err e = {0};
    uint16_t port = 7;
    char want[200];
    open_door(&d, l, IPV4, &at);
    snprintf(at.text, sizeof at.text, "127.0.0.1:%u",
             ntohs(((struct sockaddr_in *)&at.storage)->sin_port));
    assert_false(listener_open(l, &second.listener, &at, &port, &e));
    snprintf(want, sizeof want, "cannot listen on %s: Address already in use", at.text);
    assert_string_equal(e.text, want);
    assert_int_equal(e.kind, ERR_RUN);
    close_door(&d, &at);
    loop_close(l);
}

static void a_free_port_is_told_and_one_that_was_asked_for_is_taken(void **state)
{
    static struct door d;
    struct loop *l = kind_loop(state);
    struct addr at;
    struct err e = {0};
    uint16_t port = 0, again = 0;
    family_address(IPV4, &at);
    d = (struct door){.listener.accepted = let_in};
    assert_true(listener_open(l, &d.listener, &at, &port, &e));
    assert_true(port > 0);
    listener_close(&d.listener);
    ((struct sockaddr_in *)&at.storage)->sin_port = htons(port);
    assert_true(listener_open(l, &d.listener, &at, &again, &e));
    assert_int_equal(again, port);
    close_door(&d, &at);
    open_door(&d, l, UNIX, &at);
    close_door(&d, &at);
    loop_close(l);
}

static void behind_a_closed_listener_connects_are_refused(void **state)
{
    static struct door d;
    struct loop *l = kind_loop(state);
    struct addr at;
    open_door(&d, l, IPV4, &at);
    int waiting = knock(&at);
    listener_close(&d.listener);
    turn_for(l, NS_PER_MS);
    assert_int_equal(d.came, 0);
    assert_int_equal(knock(&at), -ECONNREFUSED);
    close(waiting);
    loop_close(l);
}

static void a_listener_is_closed_at_once_and_its_port_free(void **state)
{
    static struct door d;
    struct loop *l = kind_loop(state);
    struct addr at;
    struct err e = {0};
    uint16_t port;
    for (enum family f = IPV4; f < FAMILIES; f++) {
        if (!family_is_there(f))
            continue;
        open_door(&d, l, f, &at);
        turn_for(l, NS_PER_MS);
        listener_close(&d.listener);
        assert_int_equal(knock(&at), -ECONNREFUSED);
        address_forget(&at);
        assert_true(listener_open(l, &d.listener, &at, &port, &e));
        close_door(&d, &at);
    }
    loop_close(l);
}

static void a_listener_may_be_closed_from_within_accepted(void **state)
{
    static struct door d;
    struct loop *l = kind_loop(state);
    struct addr at;
    int fds[5];
    open_door(&d, l, IPV4, &at);
    d.most = 2;
    knock_often(fds, 5, &at);
    TURN_UNTIL(l, d.came);
    turn_for(l, NS_PER_MS);
    assert_int_equal(d.came, 2);
    close_all(fds, 5);
    close_all(d.fds, d.came);
    loop_close(l);
}

/* Without descriptors the connects wait in the backlog; the loop does not spin on them, goes on
 * with everything else, and lets them in when there are descriptors again. */
static void without_descriptors_left_connects_wait_and_the_loop_sleeps(void **state)
{
    static struct door d;
    struct loop *l = kind_loop(state);
    struct addr at;
    struct guest g = {0};
    int fds[10];
    int peer = peer_meet(&g, l, IPV4);
    open_door(&d, l, IPV4, &at);
    knock_often(fds, 10, &at);
    descriptors_left(2);
    unsigned turns = 0;
    for (uint64_t end = clock_now_ns() + 250 * NS_PER_MS; clock_now_ns() < end; turns++)
        loop_turn(l, end);
    assert_int_equal(d.came, 2);
    assert_true(turns < 20);
    peer_write(peer, "on", 2);
    TURN_UNTIL(l, g.got.n == 2);
    descriptors_back();
    TURN_UNTIL(l, d.came == 10);
    guest_leave(&g, l);
    close(peer);
    close_all(fds, 10);
    close_door(&d, &at);
    loop_close(l);
}

static void a_listener_that_rests_can_be_closed(void **state)
{
    static struct door d;
    struct loop *l = kind_loop(state);
    struct addr at;
    open_door(&d, l, IPV4, &at);
    int waiting = knock(&at);
    descriptors_left(0);
    turn_for(l, 10 * NS_PER_MS);
    close_door(&d, &at);
    descriptors_back();
    turn_for(l, 150 * NS_PER_MS); /* it would have tried again by now */
    assert_int_equal(d.came, 0);
    close(waiting);
    loop_close(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thousand_connects_that_wait_are_all_accepted),
        cmocka_unit_test(an_address_in_use_is_an_error_that_names_it),
        cmocka_unit_test(a_free_port_is_told_and_one_that_was_asked_for_is_taken),
        cmocka_unit_test(behind_a_closed_listener_connects_are_refused),
        cmocka_unit_test(a_listener_is_closed_at_once_and_its_port_free),
        cmocka_unit_test(a_listener_may_be_closed_from_within_accepted),
        cmocka_unit_test(without_descriptors_left_connects_wait_and_the_loop_sleeps),
        cmocka_unit_test(a_listener_that_rests_can_be_closed),
    };
    return kinds_run("listener", tests, sizeof tests / sizeof *tests);
}
