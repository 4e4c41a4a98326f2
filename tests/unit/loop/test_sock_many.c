/* Many sockets on one loop: none is forgotten, and none that floods it holds up the others. */
#include "world.h"

#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

/* ---- floods ---- */

enum { HOSES = 6, BLOCK = 256 * 1024 };

struct hose {
    struct guest guest; /* first */
    int fd;
    pthread_t thread;
};

static size_t flooded; /* bytes, of all hoses */

/* A peer that never stops; ends when the guest has closed. */
static void *pour(void *arg)
{
    static const char block[BLOCK];
    struct hose *h = arg;
    while (send(h->fd, block, sizeof block, MSG_NOSIGNAL) > 0)
        ;
    close(h->fd);
    return NULL;
}

static void drink(struct guest *g, enum told what)
{
    if (what != RECEIVED)
        return;
    flooded += g->got.n;
    g->got.n = 0;
}

static void open_hoses(struct hose *hoses, struct loop *l)
{
    flooded = 0;
    for (int i = 0; i < HOSES; i++) {
        hoses[i] = (struct hose){.guest.then = drink};
        hoses[i].fd = peer_meet(&hoses[i].guest, l, IPV4);
        assert_int_equal(pthread_create(&hoses[i].thread, NULL, pour, &hoses[i]), 0);
    }
    for (int i = 0; i < HOSES; i++)
        TURN_UNTIL(l, hoses[i].guest.told[RECEIVED]);
}

static void close_hoses(struct hose *hoses, struct loop *l)
{
    for (int i = 0; i < HOSES; i++)
        guest_leave(&hoses[i].guest, l);
    for (int i = 0; i < HOSES; i++)
        pthread_join(hoses[i].thread, NULL);
}

/* Bytes arrive from a peer that waits for its turn; counts turns, not seconds. */
static void a_flood_does_not_hold_up_another_socket(void **state)
{
    enum { ROUNDS = 200 };
    static struct hose hoses[HOSES];
    struct loop *l = kind_loop(state);
    struct guest quiet = {0};
    open_hoses(hoses, l);
    int peer = peer_meet(&quiet, l, IPV4);
    unsigned turns = 0;
    for (size_t n = 1; n <= ROUNDS; n++) {
        peer_write(peer, "x", 1);
        for (uint64_t stop = clock_now_ns() + 20 * NS_PER_S; quiet.got.n < n; turns++)
            turn_before(l, stop, 50 * NS_PER_MS);
    }
    assert_in_range(turns, 1, ROUNDS * (HOSES + 2)); /* the small ring: each hose has its turn */
    guest_leave(&quiet, l);
    close(peer);
    close_hoses(hoses, l);
    loop_close(l);
}

static void every_flood_gets_its_share(void **state)
{
    static struct hose hoses[HOSES];
    struct loop *l = kind_loop(state);
    open_hoses(hoses, l);
    for (int i = 0; i < HOSES; i++) {
        unsigned before = hoses[i].guest.told[RECEIVED];
        TURN_UNTIL(l, hoses[i].guest.told[RECEIVED] > before + 20);
    }
    close_hoses(hoses, l);
    loop_close(l);
}

/* Timers fire once a turn: a turn must end however much comes in. */
static void a_flood_does_not_stretch_a_turn_without_limit(void **state)
{
    static struct hose hoses[HOSES];
    struct loop *l = kind_loop(state);
    open_hoses(hoses, l);
    for (int turn = 0; turn < 300; turn++) {
        size_t before = flooded;
        loop_turn(l, clock_now_ns() + NS_PER_MS);
        assert_true(flooded - before <= (size_t)HOSES * (3 << 20));
    }
    close_hoses(hoses, l);
    loop_close(l);
}

/* ---- crowds ---- */

enum { CROWD = 2000 };

static void two_thousand_sockets_at_once_all_get_their_echo(void **state)
{
    static struct guest guests[CROWD];
    descriptors_needed(2 * CROWD + 100);
    struct loop *l = kind_loop(state);
    struct host h;
    char *bytes = pattern_make(5000);
    memset(guests, 0, sizeof guests);
    host_open(&h, l, IPV4, NULL);
    for (int i = 0; i < CROWD; i++)
        guest_connect(&guests[i], l, &h.at);
    for (int i = 0; i < CROWD; i++)
        TURN_UNTIL(l, guests[i].told[CONNECTED]);
    for (int round = 1; round <= 3; round++) {
        for (int i = 0; i < CROWD; i++)
            sock_send(&guests[i].sock, bytes, 5000);
        for (int i = 0; i < CROWD; i++) {
            TURN_UNTIL(l, guests[i].got.n == 5000);
            assert_true(pattern_is(buf_view(&guests[i].got)));
            guests[i].got.n = 0;
        }
    }
    assert_int_equal(h.open, CROWD);
    for (int i = 0; i < CROWD; i++)
        sock_close(&guests[i].sock);
    for (int i = 0; i < CROWD; i++)
        TURN_UNTIL(l, guests[i].told[CLOSED]);
    for (int i = 0; i < CROWD; i++)
        guest_forget(&guests[i]);
    TURN_UNTIL(l, h.open == 0);
    host_close(&h);
    mem_free(bytes);
    loop_close(l);
}

/* ---- loops that spin ---- */

static void answer(struct guest *g, enum told what)
{
    if (what == RECEIVED && g->told[RECEIVED] < 1000)
        sock_send(&g->sock, "x", 1);
}

/* Turns that never sleep must look into the kernel as well: connects, bytes, mail. */
static void a_loop_that_never_sleeps_hears_everything(void **state)
{
    struct loop *l = kind_loop(state);
    struct host h;
    host_open(&h, l, IPV4, NULL);
    struct guest g = {.then = answer};
    guest_connect(&g, l, &h.at);
    for (uint64_t stop = clock_now_ns() + 20 * NS_PER_S; !g.told[CONNECTED];)
        turn_before(l, stop, 0);
    sock_send(&g.sock, "x", 1);
    for (uint64_t stop = clock_now_ns() + 20 * NS_PER_S; g.got.n < 1000;)
        turn_before(l, stop, 0);
    sock_close(&g.sock);
    for (uint64_t stop = clock_now_ns() + 20 * NS_PER_S; !g.told[CLOSED] || h.open;)
        turn_before(l, stop, 0);
    guest_forget(&g);
    host_close(&h);
    loop_close(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flood_does_not_hold_up_another_socket),
        cmocka_unit_test(every_flood_gets_its_share),
        cmocka_unit_test(a_flood_does_not_stretch_a_turn_without_limit),
        cmocka_unit_test(two_thousand_sockets_at_once_all_get_their_echo),
        cmocka_unit_test(a_loop_that_never_sleeps_hears_everything),
    };
    return kinds_run("sock_many", tests, sizeof tests / sizeof *tests);
}
