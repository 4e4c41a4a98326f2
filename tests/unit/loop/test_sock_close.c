/* Closing: from everywhere, at any time; nothing comes behind it but `closed`, once, and then the
 * kernel has let go of the memory. Meant to run under the address sanitizer. */
#include "world.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rng.h"

/* Turns until closed and a little more; the guest itself checks that nothing comes in between. */
static void expect_closed(struct guest *g, struct loop *l, const char *told)
{
    assert_int_equal(g->told[CLOSED], 0); /* never from within sock_close */
    TURN_UNTIL(l, g->told[CLOSED]);
    turn_for(l, NS_PER_MS);
    assert_int_equal(g->told[CLOSED], 1);
    guest_was_told(g, told);
    guest_forget(g);
}

static void close_at(struct guest *g, enum told what)
{
    if (what != *(enum told *)g->of || g->sock.state == SOCK_CLOSING)
        return;
    sock_close(&g->sock);
    assert_int_equal(g->told[CLOSED], 0);
}

static void a_socket_may_be_closed_from_within_each_callback(void **state)
{
    static const char *told[] = {"connected closed", "connected received closed",
                                 "connected received ended sent closed", "connected sent closed"};
    struct loop *l = kind_loop(state);
    for (enum family f = IPV4; f < FAMILIES; f++) {
        for (enum told at = CONNECTED; at < CLOSED && family_is_there(f); at++) {
            struct guest g = {.then = close_at, .of = &at};
            int peer = peer_meet(&g, l, f);
            if (at == RECEIVED || at == ENDED)
                peer_write(peer, "hello", 5);
            if (at == ENDED || at == SENT)
                sock_send(&g.sock, "x", 1);
            if (at == ENDED) {
                TURN_UNTIL(l, g.told[SENT] && g.told[RECEIVED]);
                char x;
                assert_int_equal(recv(peer, &x, 1, 0), 1);
                close(peer);
            }
            TURN_UNTIL(l, g.told[at]);
            TURN_UNTIL(l, g.told[CLOSED]);
            turn_for(l, NS_PER_MS);
            guest_was_told(&g, told[at]);
            guest_forget(&g);
            if (at != ENDED)
                close(peer);
        }
    }
    loop_close(l);
}

static void closing_twice_is_closing_once(void **state)
{
    struct loop *l = kind_loop(state);
    struct guest g = {0};
    int peer = peer_meet(&g, l, IPV4);
    sock_close(&g.sock);
    sock_close(&g.sock);
    loop_turn(l, 0);
    if (!g.told[CLOSED])
        sock_close(&g.sock);
    TURN_UNTIL(l, g.told[CLOSED]);
    assert_int_equal(g.told[CLOSED], 1);
    guest_forget(&g);
    close(peer);
    loop_close(l);
}

static void a_socket_may_be_closed_before_the_loop_has_turned(void **state)
{
    struct loop *l = kind_loop(state);
    for (enum family f = IPV4; f < FAMILIES; f++) {
        if (!family_is_there(f))
            continue;
        struct guest g = {0};
        struct host h;
        int pair[2];
        host_open(&h, l, f, NULL);
        guest_connect(&g, l, &h.at);
        sock_close(&g.sock);
        expect_closed(&g, l, "closed");
        host_close(&h);

        peer_pair(f, pair);
        peer_write(pair[1], "hello", 5);
        guest_take(&g, l, pair[0], NULL);
        sock_close(&g.sock);
        expect_closed(&g, l, "closed");
        close(pair[1]);
    }
    loop_close(l);
}

/* A backlog of one is full: further connects hang, their first packets are dropped. */
static void a_connect_that_hangs_can_be_closed(void **state)
{
    enum { CROWD = 4 };
    struct loop *l = kind_loop(state);
    struct addr at;
    struct guest g = {0};
    int crowd[CROWD];
    family_address(IPV4, &at);
    int listening = peer_listen(&at, &at, 0);
    for (int i = 0; i < CROWD; i++) {
        crowd[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        connect(crowd[i], (struct sockaddr *)&at.storage, at.length);
    }
    guest_connect(&g, l, &at);
    turn_for(l, 20 * NS_PER_MS);
    guest_was_told(&g, "");
    uint64_t before = clock_now_ns();
    sock_close(&g.sock);
    expect_closed(&g, l, "closed");
    assert_true(clock_now_ns() - before < NS_PER_S / 2); /* and not after a second try of TCP */
    for (int i = 0; i < CROWD; i++)
        close(crowd[i]);
    close(listening);
    loop_close(l);
}

static void a_refused_connect_can_be_closed_before_it_is_told(void **state)
{
    struct loop *l = kind_loop(state);
    struct addr at;
    for (int turns = 0; turns < 2; turns++) {
        struct guest g = {0};
        family_address(turns ? IPV4 : UNIX, &at);
        guest_connect(&g, l, &at); /* port 0: refused at once */
        sock_close(&g.sock);
        expect_closed(&g, l, "closed");
    }
    loop_close(l);
}

/* The bytes of a send under way are spoilt at `closed`: the kernel must not read them any more. */
static void closing_takes_the_bytes_of_a_send_back_from_the_kernel(void **state)
{
    enum { SIZE = 8 << 20 };
    struct loop *l = kind_loop(state);
    for (enum family f = IPV4; f < FAMILIES; f++) {
        if (!family_is_there(f))
            continue;
        struct guest g = {0};
        char *bytes = pattern_make(SIZE);
        int peer = peer_meet(&g, l, f);
        sock_send(&g.sock, bytes, SIZE);
        turn_for(l, NS_PER_MS);
        assert_true(sock_sending(&g.sock));
        sock_close(&g.sock);
        expect_closed(&g, l, "connected closed");
        memset(bytes, 0x55, SIZE);
        mem_free(bytes);
        size_t got = peer_read(peer, l, SIZE); /* all pattern, to the end of the stream */
        assert_in_range(got, 1, SIZE - 1);
        close(peer);
    }
    loop_close(l);
}

static void closing_right_behind_a_send_is_no_error(void **state)
{
    struct loop *l = kind_loop(state);
    struct guest g = {0};
    int peer = peer_meet(&g, l, IPV4);
    sock_send(&g.sock, "x", 1);
    sock_close(&g.sock);
    expect_closed(&g, l, "connected closed");
    close(peer);
    loop_close(l);
}

static void close_the_other(struct guest *g, enum told what)
{
    struct guest *other = g->of;
    if (what == RECEIVED && other->sock.state == SOCK_OPEN)
        sock_close(&other->sock);
}

/* Both have bytes in the same batch of events; the first that hears of it closes the other. */
static void a_socket_may_be_closed_while_its_event_is_in_the_same_batch(void **state)
{
    struct loop *l = kind_loop(state);
    for (int round = 0; round < 50; round++) {
        struct guest *pair[2];
        int peers[2];
        for (int i = 0; i < 2; i++) {
            pair[i] = mem_zero(sizeof **pair);
            pair[i]->then = close_the_other;
            peers[i] = peer_meet(pair[i], l, round % 3 ? IPV4 : UNIX);
        }
        pair[0]->of = pair[1];
        pair[1]->of = pair[0];
        for (int i = 0; i < 2; i++) {
            peer_write(peers[(i + round) % 2], "hello", 5);
            if (round % 5 == 0)
                shutdown(peers[(i + round) % 2], SHUT_WR);
        }
        TURN_UNTIL(l, pair[0]->told[CLOSED] || pair[1]->told[CLOSED]);
        turn_for(l, NS_PER_MS);
        assert_int_equal(pair[0]->told[RECEIVED] + pair[1]->told[RECEIVED], 1);
        for (int i = 0; i < 2; i++) {
            if (!pair[i]->told[CLOSED])
                guest_leave(pair[i], l);
            guest_forget(pair[i]);
            mem_free(pair[i]);
            close(peers[i]);
        }
    }
    loop_close(l);
}

static struct loop *again_loop;

static void connect_again(struct guest *g, enum told what)
{
    const struct addr *to = g->of;
    if (what == CONNECTED && to)
        sock_close(&g->sock);
    if (what != CLOSED || !to)
        return;
    guest_forget(g);
    g->of = NULL; /* once is enough */
    guest_connect(g, again_loop, to);
}

static void the_memory_may_be_used_again_from_within_closed(void **state)
{
    struct loop *l = again_loop = kind_loop(state);
    struct host h;
    host_open(&h, l, IPV4, NULL);
    struct guest g = {.then = connect_again, .of = &h.at};
    guest_connect(&g, l, &h.at);
    TURN_UNTIL(l, !g.of && g.told[CONNECTED]);
    sock_send(&g.sock, "again", 5);
    TURN_UNTIL(l, g.got.n == 5);
    guest_leave(&g, l);
    host_close(&h);
    loop_close(l);
}

/* The descriptor was duplicated (or inherited by a child): closing it does not take it out of an
 * epoll set, and its events would name freed memory. */
static void a_socket_whose_descriptor_lives_on_elsewhere_is_let_go_too(void **state)
{
    struct loop *l = kind_loop(state);
    struct guest *g = mem_zero(sizeof *g);
    int pair[2];
    peer_pair(IPV4, pair);
    int copy = dup(pair[0]);
    guest_take(g, l, pair[0], NULL);
    turn_for(l, NS_PER_MS);
    guest_leave(g, l);
    mem_free(g);
    peer_write(pair[1], "hello", 5);
    loop_turn(l, clock_now_ns() + 2 * NS_PER_MS);
    char bytes[8];
    assert_int_equal(recv(copy, bytes, sizeof bytes, MSG_DONTWAIT), 5); /* nobody took them */
    close(copy);
    close(pair[1]);
    loop_close(l);
}

static void a_descriptor_that_is_no_socket_ends_at_once(void **state)
{
    struct loop *l = kind_loop(state);
    struct guest g = {0};
    guest_take(&g, l, open("/proc/self/exe", O_RDONLY | O_CLOEXEC), NULL);
    TURN_UNTIL(l, g.told[ENDED]);
    assert_non_null(g.why);
    guest_leave(&g, l);
    loop_close(l);
}

/* ---- descriptors used again and again ---- */

enum { VISITORS = 250, VISITS = 10000, TIMEOUTS = 10000 };

struct visitor {
    struct guest guest; /* first */
    struct street *street;
    struct timer patience; /* closes it after a random time */
    char message[64];
};

struct street {
    struct loop *loop;
    struct host hosts[FAMILIES];
    struct addr nobody; /* refuses */
    struct rng rng;
    struct timeout timeouts[TIMEOUTS];
    unsigned visits, there, echoed;
};

static void expire(struct timeout *t)
{
    (void)t;
    fail_msg("a timeout of an hour has fired");
}

/* Arms and disarms some of many timeouts, as calls do. */
static void use_timeouts(struct street *st)
{
    for (int i = 0; i < 20; i++) {
        struct timeout *t = &st->timeouts[rng_below(&st->rng, TIMEOUTS)];
        if (list_empty(&t->link))
            loop_timeout_arm(st->loop, t, loop_now(st->loop) + 3600 * NS_PER_S);
        else
            wheel_disarm(t);
    }
}

static void lose_patience(struct timer *t)
{
    sock_close(&CONTAINER_OF(t, struct visitor, patience)->guest.sock);
}

static void visit(struct guest *g, enum told what)
{
    struct visitor *v = (struct visitor *)g;
    struct street *st = v->street;
    use_timeouts(st);
    switch (what) {
    case CONNECTED:
        if (rng_below(&st->rng, 8) == 0)
            sock_close(&g->sock);
        else
            sock_send(&g->sock, v->message, sizeof v->message);
        break;
    case RECEIVED: /* its own words and nobody else's */
        assert_true(g->got.n <= sizeof v->message);
        assert_memory_equal(g->got.p, v->message, g->got.n);
        if (g->got.n == sizeof v->message) {
            st->echoed++;
            sock_close(&g->sock);
        }
        break;
    case ENDED:
        sock_close(&g->sock);
        break;
    case CLOSED:
        loop_timer_disarm(st->loop, &v->patience);
        guest_forget(g);
        st->there--;
        memset(v, 0xEE, sizeof *v);
        mem_free(v);
        break;
    default:
        break;
    }
}

static void send_visitor(struct street *st)
{
    struct visitor *v = mem_zero(sizeof *v);
    unsigned f = (unsigned)rng_below(&st->rng, FAMILIES + 1);
    const struct addr *to = f < FAMILIES && family_is_there(f) ? &st->hosts[f].at : &st->nobody;
    *v = (struct visitor){.guest.then = visit, .street = st, .patience.fire = lose_patience};
    for (size_t i = 0; i < sizeof v->message; i++)
        v->message[i] = (char)rng_below(&st->rng, 256);
    st->visits++;
    st->there++;
    if (rng_below(&st->rng, 3) == 0)
        loop_timer_arm(st->loop, &v->patience,
                       loop_now(st->loop) + rng_below(&st->rng, 2 * NS_PER_MS));
    guest_connect(&v->guest, st->loop, to);
    if (rng_below(&st->rng, 20) == 0)
        sock_close(&v->guest.sock);
}

static void ten_thousand_sockets_come_and_go_among_ten_thousand_timeouts(void **state)
{
    static struct street st;
    st = (struct street){.loop = kind_loop(state), .rng = rng_make(11, 0)};
    for (size_t i = 0; i < TIMEOUTS; i++) {
        st.timeouts[i].fire = expire;
        list_init(&st.timeouts[i].link);
        if (i % 2)
            loop_timeout_arm(st.loop, &st.timeouts[i], loop_now(st.loop) + 3600 * NS_PER_S);
    }
    for (enum family f = IPV4; f < FAMILIES; f++)
        if (family_is_there(f))
            host_open(&st.hosts[f], st.loop, f, NULL);
    family_address(IPV4, &st.nobody);
    close(peer_listen(&st.nobody, &st.nobody, 5));
    for (uint64_t stop = clock_now_ns() + 60 * NS_PER_S; st.visits < VISITS || st.there;) {
        unsigned wave = st.there < VISITORS / 2 ? VISITORS - st.there : 0;
        for (unsigned i = 0; i < wave && st.visits < VISITS; i++)
            send_visitor(&st);
        turn_before(st.loop, stop, 50 * NS_PER_MS);
    }
    assert_in_range(st.echoed, VISITS / 4, VISITS);
    for (enum family f = IPV4; f < FAMILIES; f++)
        if (family_is_there(f))
            host_close(&st.hosts[f]);
    loop_close(st.loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_socket_may_be_closed_from_within_each_callback),
        cmocka_unit_test(closing_twice_is_closing_once),
        cmocka_unit_test(a_socket_may_be_closed_before_the_loop_has_turned),
        cmocka_unit_test(a_connect_that_hangs_can_be_closed),
        cmocka_unit_test(a_refused_connect_can_be_closed_before_it_is_told),
        cmocka_unit_test(closing_takes_the_bytes_of_a_send_back_from_the_kernel),
        cmocka_unit_test(closing_right_behind_a_send_is_no_error),
        cmocka_unit_test(a_socket_may_be_closed_while_its_event_is_in_the_same_batch),
        cmocka_unit_test(the_memory_may_be_used_again_from_within_closed),
        cmocka_unit_test(a_socket_whose_descriptor_lives_on_elsewhere_is_let_go_too),
        cmocka_unit_test(a_descriptor_that_is_no_socket_ends_at_once),
        cmocka_unit_test(ten_thousand_sockets_come_and_go_among_ten_thousand_timeouts),
    };
    return kinds_run("sock_close", tests, sizeof tests / sizeof *tests);
}
