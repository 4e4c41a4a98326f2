/* TLS on sockets of every kind of loop: bytes, certificates, closing. */
#include "world.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "certs.h"
#include "loop/tls.h"

/* A loop with an echoing TLS host and a client's context. */
struct scene {
    struct loop *l;
    struct tls_context *server, *client;
    struct host host;
};

static void scene_open(struct scene *sc, void **state, enum family f, enum cert c, bool insecure)
{
    sc->l = kind_loop(state);
    sc->server = cert_server(c);
    sc->client = cert_client(insecure);
    host_open(&sc->host, sc->l, f, sc->server);
}

static void scene_close(struct scene *sc)
{
    host_close(&sc->host);
    tls_context_free(sc->server);
    tls_context_free(sc->client);
    loop_close(sc->l);
}

/* ---- bytes ---- */

static void everything_sent_comes_back_whatever_its_size(void **state)
{
    static const size_t sizes[] = {1, 100, 16383, 16384, 16385, 65536, 1 << 20, 4 << 20};
    char *bytes = pattern_make(4 << 20);
    for (enum family f = IPV4; f < FAMILIES; f++) {
        struct scene sc;
        if (!family_is_there(f))
            continue;
        scene_open(&sc, state, f, CERT_GOOD, false);
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            struct guest g = {0};
            guest_connect_tls(&g, sc.l, &sc.host.at, sc.client, "localhost");
            TURN_UNTIL(sc.l, g.told[CONNECTED]);
            turn_for(sc.l, NS_PER_MS);
            assert_int_equal(g.told[SENT], 0); /* bytes of the handshake are not the owner's */
            assert_false(sock_sending(&g.sock));
            sock_send(&g.sock, bytes, sizes[i]);
            TURN_UNTIL(sc.l, g.got.n >= sizes[i] && g.told[SENT]);
            turn_for(sc.l, NS_PER_MS);
            assert_int_equal(g.got.n, sizes[i]);
            assert_true(pattern_is(buf_view(&g.got)));
            assert_int_equal(g.told[SENT], 1);
            guest_was_told(&g, "connected received sent");
            guest_leave(&g, sc.l);
        }
        scene_close(&sc);
    }
    mem_free(bytes);
}

static void send_at_once(struct guest *g, enum told what)
{
    if (what == CONNECTED)
        sock_send(&g->sock, g->of, 4 << 20);
}

/* The memory of a TLS send is free at once, and both directions are full. */
static void large_sends_from_both_sides_at_once_all_arrive(void **state)
{
    enum { SIZE = 4 << 20 };
    struct loop *l = kind_loop(state);
    struct tls_context *ours = cert_client(false), *theirs = cert_server(CERT_GOOD);
    char *bytes = pattern_make(SIZE);
    struct guest g = {.then = send_at_once, .of = bytes}, h = {.then = send_at_once, .of = bytes};
    struct addr at;
    family_address(IPV4, &at);
    int listening = peer_listen(&at, &at, 5);
    guest_connect_tls(&g, l, &at, ours, "localhost");
    loop_turn(l, clock_now_ns() + 10 * NS_PER_MS);
    guest_take(&h, l, accept(listening, NULL, NULL), theirs);
    TURN_UNTIL(l, g.got.n >= SIZE && h.got.n >= SIZE && g.told[SENT] && h.told[SENT]);
    assert_int_equal(g.got.n, SIZE);
    assert_int_equal(h.got.n, SIZE);
    assert_true(pattern_is(buf_view(&g.got)) && pattern_is(buf_view(&h.got)));
    guest_was_told(&g, "connected received sent");
    guest_was_told(&h, "connected received sent");
    guest_leave(&g, l);
    TURN_UNTIL(l, h.told[ENDED]);
    guest_leave(&h, l);
    close(listening);
    mem_free(bytes);
    tls_context_free(ours);
    tls_context_free(theirs);
    loop_close(l);
}

struct stream {
    const char *bytes;
    size_t at, size;
};

static void send_ten(struct guest *g, enum told what)
{
    struct stream *s = g->of;
    if ((what != CONNECTED && what != SENT) || s->at == s->size)
        return;
    s->at += 10;
    sock_send(&g->sock, s->bytes + s->at - 10, 10);
}

static void many_small_messages_keep_their_order(void **state)
{
    enum { SIZE = 50000 };
    struct scene sc;
    scene_open(&sc, state, IPV4, CERT_GOOD, false);
    char *bytes = pattern_make(SIZE);
    struct stream stream = {bytes, 0, SIZE};
    struct guest g = {.then = send_ten, .of = &stream};
    guest_connect_tls(&g, sc.l, &sc.host.at, sc.client, "localhost");
    TURN_UNTIL(sc.l, g.got.n == SIZE);
    assert_true(pattern_is(buf_view(&g.got)));
    assert_int_equal(g.told[SENT], SIZE / 10);
    guest_leave(&g, sc.l);
    mem_free(bytes);
    scene_close(&sc);
}

/* ---- a relay that hands on one byte at a time ---- */

struct relay {
    int listening;
    struct addr to;
};

static bool hand_on(int from, int to)
{
    char byte;
    return recv(from, &byte, 1, 0) == 1 && send(to, &byte, 1, MSG_NOSIGNAL) == 1;
}

static void *run_relay(void *arg)
{
    struct relay *r = arg;
    int one = 1, a = accept(r->listening, NULL, NULL), b = socket(AF_INET, SOCK_STREAM, 0);
    connect(b, (struct sockaddr *)&r->to.storage, r->to.length);
    setsockopt(a, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(b, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct pollfd p[2] = {{.fd = a, .events = POLLIN}, {.fd = b, .events = POLLIN}};
    bool open = true;
    while (open && poll(p, 2, -1) > 0)
        open = (!p[0].revents || hand_on(a, b)) && (!p[1].revents || hand_on(b, a));
    close(a);
    close(b);
    return NULL;
}

static void bytes_that_come_one_at_a_time_are_understood(void **state)
{
    struct scene sc;
    struct addr at;
    pthread_t thread;
    scene_open(&sc, state, IPV4, CERT_GOOD, false);
    family_address(IPV4, &at);
    struct relay relay = {peer_listen(&at, &at, 5), sc.host.at};
    pthread_create(&thread, NULL, run_relay, &relay);
    char *bytes = pattern_make(3000);
    struct guest g = {0};
    guest_connect_tls(&g, sc.l, &at, sc.client, "localhost");
    TURN_UNTIL(sc.l, g.told[CONNECTED]);
    sock_send(&g.sock, bytes, 3000);
    TURN_UNTIL(sc.l, g.got.n >= 3000);
    assert_int_equal(g.got.n, 3000);
    assert_true(pattern_is(buf_view(&g.got)));
    guest_leave(&g, sc.l);
    pthread_join(thread, NULL);
    close(relay.listening);
    mem_free(bytes);
    scene_close(&sc);
}

/* ---- verification ---- */

static const char *try_to_connect(void **state, enum cert c, bool insecure, const char *name)
{
    struct scene sc;
    struct guest g = {0};
    scene_open(&sc, state, IPV4, c, insecure);
    guest_connect_tls(&g, sc.l, &sc.host.at, sc.client, name);
    TURN_UNTIL(sc.l, g.told[CONNECTED] || g.told[ENDED]);
    const char *why = g.told[CONNECTED] ? "connected" : g.why;
    guest_was_told(&g, g.told[CONNECTED] ? "connected" : "ended");
    guest_leave(&g, sc.l);
    scene_close(&sc);
    return why ? why : "ended properly";
}

static void a_bad_certificate_ends_with_the_reason(void **state)
{
    static const struct {
        enum cert c;
        const char *name, *why;
    } cases[] = {
        {CERT_GOOD, "localhost", "connected"},
        {CERT_GOOD, "127.0.0.1", "connected"},
        {CERT_GOOD, "::1", "connected"},
        {CERT_GOOD, NULL, "connected"}, /* no name to verify */
        {CERT_OTHER, "other.example", "connected"},
        {CERT_SELF, "localhost", "TLS: certificate not accepted: self-signed certificate"},
        {CERT_EXPIRED, "localhost", "TLS: certificate not accepted: certificate has expired"},
        {CERT_OTHER, "localhost", "TLS: certificate not accepted: hostname mismatch"},
        {CERT_OTHER, "127.0.0.1", "TLS: certificate not accepted: IP address mismatch"},
        {CERT_GOOD, "127.0.0.2", "TLS: certificate not accepted: IP address mismatch"},
        {CERT_GOOD, "example", "TLS: certificate not accepted: hostname mismatch"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(try_to_connect(state, cases[i].c, false, cases[i].name), cases[i].why);
}

static void insecure_accepts_any_certificate(void **state)
{
    for (enum cert c = CERT_GOOD; c < CERTS; c++)
        assert_string_equal(try_to_connect(state, c, true, "localhost"), "connected");
}

static void the_same_reason_is_the_same_text(void **state)
{
    const char *first = try_to_connect(state, CERT_SELF, false, "localhost");
    assert_ptr_equal(first, try_to_connect(state, CERT_SELF, false, "localhost"));
}

static void a_context_names_the_file_that_it_cannot_use(void **state)
{
    struct err e = {0};
    (void)state;
    assert_null(tls_server_context("/nonexistent.pem", cert_key_file(CERT_GOOD), &e));
    assert_int_equal(e.kind, ERR_RUN);
    assert_non_null(strstr(e.text, "cannot use '/nonexistent.pem': "));
    assert_null(tls_server_context(cert_file(CERT_GOOD), "/nonexistent.key", &e));
    assert_non_null(strstr(e.text, "cannot use '/nonexistent.key': "));
    assert_null(tls_server_context(cert_file(CERT_GOOD), cert_key_file(CERT_OTHER), &e));
    assert_non_null(strstr(e.text, "key values mismatch"));
    tls_context_free(NULL);
}

/* ---- closing ---- */

static void close_at(struct guest *g, enum told what)
{
    if (what == *(enum told *)g->of)
        sock_close(&g->sock);
}

static void a_socket_may_be_closed_from_within_each_callback(void **state)
{
    char *bytes = pattern_make(100000);
    for (enum told at = CONNECTED; at < CLOSED; at++) {
        struct scene sc;
        struct guest g = {.then = close_at, .of = &at};
        scene_open(&sc, state, IPV4, at == ENDED ? CERT_SELF : CERT_GOOD, false);
        guest_connect_tls(&g, sc.l, &sc.host.at, sc.client, "localhost");
        if (at == RECEIVED || at == SENT) {
            TURN_UNTIL(sc.l, g.told[CONNECTED]);
            sock_send(&g.sock, bytes, 100000);
        }
        TURN_UNTIL(sc.l, g.told[CLOSED]);
        turn_for(sc.l, NS_PER_MS);
        assert_int_equal(g.told[at], 1); /* nothing behind it, though more records were there */
        guest_forget(&g);
        scene_close(&sc);
    }
    mem_free(bytes);
}

static void closing_at_any_turn_of_a_handshake_is_fine(void **state)
{
    for (int turns = 0; turns < 8; turns++) {
        struct scene sc;
        struct guest g = {0};
        scene_open(&sc, state, IPV4, CERT_GOOD, false);
        guest_connect_tls(&g, sc.l, &sc.host.at, sc.client, "localhost");
        for (int i = 0; i < turns; i++)
            loop_turn(sc.l, clock_now_ns() + NS_PER_MS);
        guest_leave(&g, sc.l);
        TURN_UNTIL(sc.l, sc.host.open == 0);
        scene_close(&sc);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_sent_comes_back_whatever_its_size),
        cmocka_unit_test(large_sends_from_both_sides_at_once_all_arrive),
        cmocka_unit_test(many_small_messages_keep_their_order),
        cmocka_unit_test(bytes_that_come_one_at_a_time_are_understood),
        cmocka_unit_test(a_bad_certificate_ends_with_the_reason),
        cmocka_unit_test(insecure_accepts_any_certificate),
        cmocka_unit_test(the_same_reason_is_the_same_text),
        cmocka_unit_test(a_context_names_the_file_that_it_cannot_use),
        cmocka_unit_test(a_socket_may_be_closed_from_within_each_callback),
        cmocka_unit_test(closing_at_any_turn_of_a_handshake_is_fine),
    };
    certs_make();
    int failed = kinds_run("tls", tests, sizeof tests / sizeof *tests);
    certs_remove();
    return failed;
}
