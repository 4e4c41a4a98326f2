/* Sockets on every kind of loop: connecting, and bytes both ways. */
#include "world.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

/* ---- connecting ---- */

static void connecting_where_nobody_listens_is_refused(void **state)
{
    struct loop *l = kind_loop(state);
    for (enum family f = IPV4; f <= IPV6; f++) {
        if (!family_is_there(f))
            continue;
        struct addr at;
        struct guest g = {0};
        family_address(f, &at);
        close(peer_listen(&at, &at, 5)); /* a port that was free just now */
        guest_connect(&g, l, &at);
        assert_int_equal(g.told[ENDED], 0); /* never from within the call */
        TURN_UNTIL(l, g.told[ENDED]);
        guest_ended_with(&g, "connection refused");
        turn_for(l, NS_PER_MS);
        guest_was_told(&g, "ended");
        guest_leave(&g, l);
    }
    loop_close(l);
}

static void a_unix_path_without_a_listener_says_what_is_wrong(void **state)
{
    struct loop *l = kind_loop(state);
    struct addr at;
    struct guest g = {0};
    family_address(UNIX, &at);
    guest_connect(&g, l, &at);
    TURN_UNTIL(l, g.told[ENDED]);
    guest_ended_with(&g, "no such socket file");
    guest_leave(&g, l);
    close(peer_listen(&at, &at, 5)); /* the file stays, nobody is behind it */
    guest_connect(&g, l, &at);
    TURN_UNTIL(l, g.told[ENDED]);
    guest_ended_with(&g, "connection refused");
    guest_was_told(&g, "ended");
    guest_leave(&g, l);
    address_forget(&at);
    loop_close(l);
}

static void a_full_unix_backlog_refuses_with_its_reason(void **state)
{
    struct loop *l = kind_loop(state);
    struct addr at;
    struct guest g[4] = {0};
    family_address(UNIX, &at);
    int listening = peer_listen(&at, &at, 0);
    for (int i = 0; i < 4; i++)
        guest_connect(&g[i], l, &at);
    TURN_UNTIL(l, g[3].told[ENDED]);
    guest_ended_with(&g[3], "connection refused (the listen queue is full)");
    assert_int_equal(g[0].told[CONNECTED], 1);
    for (int i = 0; i < 4; i++)
        guest_leave(&g[i], l);
    close(listening);
    address_forget(&at);
    loop_close(l);
}

static void an_address_that_cannot_be_reached_says_why(void **state)
{
    struct loop *l = kind_loop(state);
    struct addr at;
    struct guest g = {0};
    family_address(IPV4, &at);
    struct sockaddr_in *in = (struct sockaddr_in *)&at.storage;
    in->sin_addr.s_addr = htonl(INADDR_BROADCAST);
    in->sin_port = htons(9);
    guest_connect(&g, l, &at);
    TURN_UNTIL(l, g.told[ENDED]);
    assert_non_null(g.why);
    guest_was_told(&g, "ended");
    guest_leave(&g, l);
    loop_close(l);
}

static void without_descriptors_left_a_connect_ends_and_the_loop_goes_on(void **state)
{
    struct loop *l = kind_loop(state);
    struct addr at;
    struct guest g = {0}, working = {0};
    int peer = peer_meet(&working, l, IPV4);
    family_address(IPV4, &at);
    int listening = peer_listen(&at, &at, 5);
    descriptors_left(0);
    guest_connect(&g, l, &at);
    TURN_UNTIL(l, g.told[ENDED]);
    descriptors_back();
    guest_ended_with(&g, "no file descriptors left in this process (see ulimit -n)");
    guest_was_told(&g, "ended");
    guest_leave(&g, l);
    peer_write(peer, "on", 2);
    TURN_UNTIL(l, working.got.n == 2);
    guest_connect(&g, l, &at);
    TURN_UNTIL(l, g.told[CONNECTED]);
    guest_leave(&g, l);
    guest_leave(&working, l);
    close(peer);
    close(listening);
    loop_close(l);
}

/* ---- bytes ---- */

static void everything_sent_comes_back_whatever_its_size(void **state)
{
    static const size_t sizes[] = {1,     2,     100,   8191,    8192,   8193,
                                   65535, 65536, 65537, 1 << 20, 4 << 20};
    struct loop *l = kind_loop(state);
    char *bytes = pattern_make(4 << 20);
    for (enum family f = IPV4; f < FAMILIES; f++) {
        if (!family_is_there(f))
            continue;
        struct host h;
        host_open(&h, l, f, NULL);
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            struct guest g = {0};
            guest_connect(&g, l, &h.at);
            TURN_UNTIL(l, g.told[CONNECTED]);
            sock_send(&g.sock, bytes, sizes[i]);
            TURN_UNTIL(l, g.got.n >= sizes[i] && g.told[SENT]);
            assert_int_equal(g.got.n, sizes[i]);
            assert_true(pattern_is(buf_view(&g.got)));
            assert_int_equal(g.told[SENT], 1);
            assert_false(sock_sending(&g.sock));
            guest_was_told(&g, "connected received sent");
            guest_leave(&g, l);
        }
        host_close(&h);
    }
    mem_free(bytes);
    loop_close(l);
}

static void sending_nothing_does_nothing(void **state)
{
    struct loop *l = kind_loop(state);
    struct guest g = {0};
    int peer = peer_meet(&g, l, IPV4);
    sock_send(&g.sock, "", 0);
    assert_false(sock_sending(&g.sock));
    turn_for(l, 2 * NS_PER_MS);
    guest_was_told(&g, "connected");
    guest_leave(&g, l);
    close(peer);
    loop_close(l);
}

/* The peer does not read: the kernel takes a part, the rest waits until there is room. */
static void a_short_send_is_resumed_when_the_peer_reads(void **state)
{
    enum { SIZE = 8 << 20 }; /* more than the kernel takes at once */
    struct loop *l = kind_loop(state);
    char *bytes = pattern_make(SIZE);
    for (enum family f = IPV4; f < FAMILIES; f++) {
        if (!family_is_there(f))
            continue;
        struct guest g = {0};
        int peer = peer_meet(&g, l, f);
        sock_send(&g.sock, bytes, SIZE);
        turn_for(l, 5 * NS_PER_MS);
        assert_true(sock_sending(&g.sock));
        assert_int_equal(g.told[SENT], 0);
        assert_int_equal(peer_read(peer, l, SIZE), SIZE);
        TURN_UNTIL(l, g.told[SENT]);
        assert_false(sock_sending(&g.sock));
        assert_int_equal(g.told[SENT], 1);
        guest_leave(&g, l);
        close(peer);
    }
    mem_free(bytes);
    loop_close(l);
}

static void reading_goes_on_while_a_send_is_stuck(void **state)
{
    enum { SIZE = 8 << 20 }; /* more than the kernel takes at once */
    struct loop *l = kind_loop(state);
    char *bytes = pattern_make(SIZE);
    struct guest g = {0};
    int peer = peer_meet(&g, l, IPV4);
    sock_send(&g.sock, bytes, SIZE);
    for (size_t n = 0; n < 100; n++) {
        peer_write(peer, bytes + n, 1);
        TURN_UNTIL(l, g.got.n == n + 1);
    }
    assert_true(pattern_is(buf_view(&g.got)));
    assert_true(sock_sending(&g.sock));
    guest_leave(&g, l);
    close(peer);
    mem_free(bytes);
    loop_close(l);
}

struct stream {
    const char *bytes;
    size_t at, size, piece;
};

static void send_piece(struct guest *g, enum told what)
{
    struct stream *s = g->of;
    if ((what != CONNECTED && what != SENT) || s->at == s->size)
        return;
    size_t n = s->size - s->at < s->piece ? s->size - s->at : s->piece;
    s->at += n;
    sock_send(&g->sock, s->bytes + s->at - n, n);
}

static void many_small_messages_keep_their_order(void **state)
{
    enum { SIZE = 200000 };
    struct loop *l = kind_loop(state);
    struct host h;
    char *bytes = pattern_make(SIZE);
    struct stream stream = {bytes, 0, SIZE, 10};
    struct guest g = {.then = send_piece, .of = &stream};
    host_open(&h, l, IPV4, NULL);
    guest_connect(&g, l, &h.at);
    TURN_UNTIL(l, g.got.n == SIZE);
    assert_true(pattern_is(buf_view(&g.got)));
    assert_int_equal(g.told[SENT], SIZE / 10);
    guest_leave(&g, l);
    host_close(&h);
    mem_free(bytes);
    loop_close(l);
}

/* A second sock_send follows the first within one turn: `sent` may not come while it is under way,
 * or its owner would free bytes that the kernel still reads. (The guest checks it at each `sent`.)
 */
static void sent_speaks_of_the_last_send(void **state)
{
    enum { SIZE = 8 << 20 }; /* more than the kernel takes at once */
    struct loop *l = kind_loop(state);
    char *bytes = pattern_make(SIZE);
    struct guest g = {0};
    int peer = peer_meet(&g, l, IPV4);
    sock_send(&g.sock, bytes, 10);
    TURN_UNTIL(l, !sock_sending(&g.sock));
    sock_send(&g.sock, bytes + 10, SIZE - 10);
    turn_for(l, 2 * NS_PER_MS);
    assert_true(sock_sending(&g.sock));
    assert_int_equal(peer_read(peer, l, SIZE), SIZE);
    TURN_UNTIL(l, !sock_sending(&g.sock));
    turn_for(l, 2 * NS_PER_MS);
    assert_in_range(g.told[SENT], 1, 2);
    guest_leave(&g, l);
    close(peer);
    mem_free(bytes);
    loop_close(l);
}

static void bytes_and_the_end_of_a_hasty_peer_all_arrive(void **state)
{
    enum { SIZE = 100000 };
    struct loop *l = kind_loop(state);
    char *bytes = pattern_make(SIZE);
    for (enum family f = IPV4; f < FAMILIES; f++) {
        if (!family_is_there(f))
            continue;
        struct guest g = {0};
        int pair[2];
        peer_pair(f, pair);
        peer_write(pair[1], bytes, SIZE);
        close(pair[1]); /* all of it before the loop looks for the first time */
        guest_take(&g, l, pair[0], NULL);
        TURN_UNTIL(l, g.told[ENDED]);
        guest_ended_with(&g, NULL);
        assert_int_equal(g.got.n, SIZE);
        assert_true(pattern_is(buf_view(&g.got)));
        guest_was_told(&g, "received ended");
        guest_leave(&g, l);
    }
    mem_free(bytes);
    loop_close(l);
}

static void stamps_are_the_wall_time_at_which_the_kernel_got_the_bytes(void **state)
{
    struct loop *l = kind_loop(state);
    if (strcmp(loop_backend(l), "epoll") == 0) {
        struct guest g = {0};
        int pair[2];
        peer_pair(IPV4, pair);
        guest_take(&g, l, pair[0], NULL);
        sock_stamps(&g.sock);
        for (unsigned i = 1, stamped = 0; stamped < 3; i++) {
            uint64_t before = clock_wall_ns();
            peer_write(pair[1], "x", 1);
            uint64_t after = clock_wall_ns();
            clock_sleep_until(clock_now_ns() + 3 * NS_PER_MS);
            TURN_UNTIL(l, g.told[RECEIVED] == i);
            if (g.sock.stamp_ns == 0 && i < 1000)
                continue; /* the kernel begins to stamp a while after it was asked */
            assert_in_range(g.sock.stamp_ns, before, after + NS_PER_MS);
            stamped++;
        }
        guest_leave(&g, l);
        close(pair[1]);
    }
    loop_close(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connecting_where_nobody_listens_is_refused),
        cmocka_unit_test(a_unix_path_without_a_listener_says_what_is_wrong),
        cmocka_unit_test(a_full_unix_backlog_refuses_with_its_reason),
        cmocka_unit_test(an_address_that_cannot_be_reached_says_why),
        cmocka_unit_test(without_descriptors_left_a_connect_ends_and_the_loop_goes_on),
        cmocka_unit_test(everything_sent_comes_back_whatever_its_size),
        cmocka_unit_test(sending_nothing_does_nothing),
        cmocka_unit_test(a_short_send_is_resumed_when_the_peer_reads),
        cmocka_unit_test(reading_goes_on_while_a_send_is_stuck),
        cmocka_unit_test(many_small_messages_keep_their_order),
        cmocka_unit_test(sent_speaks_of_the_last_send),
        cmocka_unit_test(bytes_and_the_end_of_a_hasty_peer_all_arrive),
        cmocka_unit_test(stamps_are_the_wall_time_at_which_the_kernel_got_the_bytes),
    };
    return kinds_run("sock", tests, sizeof tests / sizeof *tests);
}
