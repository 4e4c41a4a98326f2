/* How sockets end, on every kind of loop: properly, reset, while sending, right behind the connect.
 */
#include "world.h"

#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

static void the_end_of_an_idle_peer_is_a_proper_end(void **state)
{
    struct loop *l = kind_loop(state);
    for (enum family f = IPV4; f < FAMILIES; f++) {
        if (!family_is_there(f))
            continue;
        struct guest g = {0};
        close(peer_meet(&g, l, f));
        TURN_UNTIL(l, g.told[ENDED]);
        guest_ended_with(&g, NULL);
        guest_was_told(&g, "connected ended");
        sock_send(&g.sock, "late", 4); /* goes nowhere, harms nobody */
        turn_for(l, NS_PER_MS);
        guest_was_told(&g, "connected ended");
        guest_leave(&g, l);
    }
    loop_close(l);
}

static void a_peer_that_only_stops_sending_has_ended_too(void **state)
{
    struct loop *l = kind_loop(state);
    struct guest g = {0};
    int peer = peer_meet(&g, l, IPV4);
    peer_write(peer, "bye", 3);
    shutdown(peer, SHUT_WR);
    TURN_UNTIL(l, g.told[ENDED]);
    guest_ended_with(&g, NULL);
    assert_int_equal(g.got.n, 3);
    guest_leave(&g, l);
    close(peer);
    loop_close(l);
}

static void a_reset_while_idle_says_so(void **state)
{
    struct loop *l = kind_loop(state);
    for (enum family f = IPV4; f <= IPV6; f++) {
        if (!family_is_there(f))
            continue;
        struct guest g = {0};
        peer_reset(peer_meet(&g, l, f));
        TURN_UNTIL(l, g.told[ENDED]);
        guest_ended_with(&g, "connection reset");
        guest_was_told(&g, "connected ended");
        guest_leave(&g, l);
    }
    loop_close(l);
}

static void a_reset_while_sending_says_so(void **state)
{
    enum { SIZE = 8 << 20 }; /* more than the kernel takes at once */
    struct loop *l = kind_loop(state);
    char *bytes = pattern_make(SIZE);
    for (int round = 0; round < 20; round++) {
        struct guest g = {0};
        int peer = peer_meet(&g, l, IPV4);
        sock_send(&g.sock, bytes, SIZE);
        if (round % 2) /* with room in the queue again, and without */
            peer_read(peer, l, 3 << 20);
        else
            turn_for(l, NS_PER_MS);
        peer_reset(peer);
        TURN_UNTIL(l, g.told[ENDED]);
        guest_ended_with(&g, "connection reset");
        assert_int_equal(g.told[SENT], 0);
        guest_leave(&g, l);
    }
    mem_free(bytes);
    loop_close(l);
}

/* What the peer had said before its reset is lost in TCP; that it was reset must not be. */
static void a_send_into_a_reset_connection_ends_it(void **state)
{
    struct loop *l = kind_loop(state);
    struct guest g = {0};
    int peer = peer_meet(&g, l, IPV4);
    peer_reset(peer); /* the loop has not looked yet */
    clock_sleep_until(clock_now_ns() + 2 * NS_PER_MS);
    sock_send(&g.sock, "x", 1);
    TURN_UNTIL(l, g.told[ENDED]);
    guest_ended_with(&g, "connection reset");
    assert_int_equal(g.told[SENT], 0);
    guest_leave(&g, l);
    loop_close(l);
}

static void an_answer_given_before_the_end_arrives_though_sending_fails(void **state)
{
    enum { SIZE = 8 << 20 }; /* more than the kernel takes at once */
    struct loop *l = kind_loop(state);
    char *bytes = pattern_make(SIZE);
    struct guest g = {0};
    int peer = peer_meet(&g, l, UNIX); /* TCP would throw it away with its reset */
    sock_send(&g.sock, bytes, SIZE);
    turn_for(l, NS_PER_MS);
    peer_write(peer, "413 too large", 13);
    close(peer);
    TURN_UNTIL(l, g.told[ENDED]);
    assert_true(str_eq(buf_view(&g.got), STR("413 too large")));
    guest_leave(&g, l);
    mem_free(bytes);
    loop_close(l);
}

/* Nothing comes from the peer, only the send tells that it does not listen. */
static void a_peer_that_stops_listening_ends_it_at_the_next_send(void **state)
{
    struct loop *l = kind_loop(state);
    struct guest g = {0};
    int peer = peer_meet(&g, l, UNIX);
    shutdown(peer, SHUT_RD);
    sock_send(&g.sock, "x", 1);
    TURN_UNTIL(l, g.told[ENDED]);
    guest_ended_with(&g, "connection reset");
    guest_was_told(&g, "connected ended");
    guest_leave(&g, l);
    close(peer);
    loop_close(l);
}

struct trap {
    int listening;
    int rounds;
};

static void *accept_and_reset(void *arg)
{
    struct trap *t = arg;
    for (int i = 0; i < t->rounds; i++)
        peer_reset(accept(t->listening, NULL, NULL));
    return NULL;
}

static void a_reset_right_behind_the_connect_says_so(void **state)
{
    struct loop *l = kind_loop(state);
    struct addr at;
    pthread_t thread;
    family_address(IPV4, &at);
    struct trap trap = {peer_listen(&at, &at, 5), 200};
    pthread_create(&thread, NULL, accept_and_reset, &trap);
    for (int i = 0; i < trap.rounds; i++) {
        struct guest g = {0};
        guest_connect(&g, l, &at);
        TURN_UNTIL(l, g.told[ENDED]);
        guest_ended_with(&g, "connection reset");
        assert_in_range(g.told[CONNECTED], 0, 1);
        guest_leave(&g, l);
    }
    pthread_join(thread, NULL);
    close(trap.listening);
    loop_close(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_end_of_an_idle_peer_is_a_proper_end),
        cmocka_unit_test(a_peer_that_only_stops_sending_has_ended_too),
        cmocka_unit_test(a_reset_while_idle_says_so),
        cmocka_unit_test(a_reset_while_sending_says_so),
        cmocka_unit_test(a_send_into_a_reset_connection_ends_it),
        cmocka_unit_test(an_answer_given_before_the_end_arrives_though_sending_fails),
        cmocka_unit_test(a_peer_that_stops_listening_ends_it_at_the_next_send),
        cmocka_unit_test(a_reset_right_behind_the_connect_says_so),
    };
    return kinds_run("sock_end", tests, sizeof tests / sizeof *tests);
}
