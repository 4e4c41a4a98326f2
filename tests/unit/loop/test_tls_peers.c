/* TLS with peers that are not what they should be: a sentence for each. Those that need to be odd
 * are OpenSSL's own, blocking, on threads. */
#include "world.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/mem.h"
#include "certs.h"
#include "loop/tls.h"

/* A client guest meets a peer that says `words` and, when told to, ends. */
static const char *meet_a_peer(void **state, const char *words, void (*end)(int fd))
{
    struct loop *l = kind_loop(state);
    struct tls_context *c = cert_client(false);
    struct addr at;
    struct guest g = {0};
    char hello[2000];
    family_address(IPV4, &at);
    int listening = peer_listen(&at, &at, 5);
    guest_connect_tls(&g, l, &at, c, "localhost");
    loop_turn(l, clock_now_ns() + 10 * NS_PER_MS);
    int fd = accept(listening, NULL, NULL);
    turn_for(l, NS_PER_MS);
    assert_true(recv(fd, hello, sizeof hello, 0) > 0);
    if (words)
        peer_write(fd, words, strlen(words));
    if (end)
        end(fd);
    TURN_UNTIL(l, g.told[ENDED]);
    guest_was_told(&g, "ended");
    const char *why = g.why;
    guest_leave(&g, l);
    if (!end)
        close(fd);
    close(listening);
    tls_context_free(c);
    loop_close(l);
    return why ? why : "ended properly";
}

static void end_properly(int fd)
{
    close(fd);
}

static void a_server_that_speaks_plain_text_is_told_apart(void **state)
{
    static const char want[] = "TLS: the other side does not speak TLS on this port";
    static const char *const words[] = {"HTTP/1.1 400 Bad Request\r\n\r\n",
                                        "SSH-2.0-OpenSSH_9.2\r\n", "220 mail.example ESMTP\r\n"};
    for (int i = 0; i < 3; i++) {
        assert_string_equal(meet_a_peer(state, words[i], NULL), want);
        assert_string_equal(meet_a_peer(state, words[i], end_properly), want);
    }
}

/* More of it is there when the handshake has failed: the first reason is the one that counts. */
static void what_comes_behind_a_failure_does_not_change_the_reason(void **state)
{
    enum { SIZE = 50000 };
    char *page = mem_alloc(SIZE + 1);
    memset(page, 'x', SIZE);
    page[SIZE] = 0;
    assert_string_equal(meet_a_peer(state, page, NULL),
                        "TLS: the other side does not speak TLS on this port");
    mem_free(page);
}

static void a_server_that_closes_in_the_handshake_is_told_apart(void **state)
{
    assert_string_equal(meet_a_peer(state, NULL, end_properly),
                        "TLS: the other side closed the connection in the handshake");
    assert_string_equal(meet_a_peer(state, NULL, peer_reset), "connection reset");
}

static void a_client_that_speaks_plain_text_is_told_apart(void **state)
{
    struct loop *l = kind_loop(state);
    struct tls_context *c = cert_server(CERT_GOOD);
    struct guest g = {0};
    int pair[2];
    peer_pair(IPV4, pair);
    guest_take(&g, l, pair[0], c);
    peer_write(pair[1], "GET / HTTP/1.1\r\n\r\n", 18);
    TURN_UNTIL(l, g.told[ENDED]);
    guest_ended_with(&g, "TLS: the other side does not speak TLS on this port");
    guest_was_told(&g, "ended");
    guest_leave(&g, l);
    close(pair[1]);
    tls_context_free(c);
    loop_close(l);
}

/* ---- OpenSSL's own peers ---- */

struct odd {
    int listening; /* or -1: a client of `to` */
    struct addr to;
    int version;                    /* the only one that it speaks; 0: any */
    void (*talk)(SSL *ssl, int fd); /* MAY: behind the handshake */
    bool shaken;                    /* out: the handshake was through */
    int end;                        /* out: SSL_get_error of its last read */
    pthread_t thread;
};

static SSL_CTX *odd_context(const struct odd *o)
{
    SSL_CTX *c = SSL_CTX_new(TLS_method());
    if (o->version) {
        SSL_CTX_set_min_proto_version(c, o->version);
        SSL_CTX_set_max_proto_version(c, o->version);
        SSL_CTX_set_cipher_list(c, "DEFAULT:@SECLEVEL=0"); /* or TLS 1.1 is refused at home */
    }
    SSL_CTX_use_certificate_file(c, cert_file(CERT_GOOD), SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(c, cert_key_file(CERT_GOOD), SSL_FILETYPE_PEM);
    return c;
}

static int odd_meets(const struct odd *o)
{
    if (o->listening >= 0)
        return accept(o->listening, NULL, NULL);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    connect(fd, (const struct sockaddr *)&o->to.storage, o->to.length);
    return fd;
}

static void *run_odd(void *arg)
{
    struct odd *o = arg;
    char bytes[1000];
    SSL_CTX *c = odd_context(o);
    int fd = odd_meets(o), n = 0;
    SSL *ssl = SSL_new(c);
    SSL_set_fd(ssl, fd);
    o->shaken = (o->listening >= 0 ? SSL_accept(ssl) : SSL_connect(ssl)) == 1;
    if (o->shaken && o->talk)
        o->talk(ssl, fd);
    while (o->shaken && (n = SSL_read(ssl, bytes, sizeof bytes)) > 0)
        SSL_write(ssl, bytes, n);
    o->end = o->shaken ? SSL_get_error(ssl, n) : 0;
    SSL_free(ssl);
    SSL_CTX_free(c);
    close(fd);
    ERR_clear_error();
    return NULL;
}

struct meeting {
    struct loop *l;
    struct tls_context *c;
    struct guest g;
    struct odd odd;
};

/* A client guest and an odd server. */
static void meet_odd(struct meeting *m, void **state, int version, void (*talk)(SSL *ssl, int fd))
{
    struct addr at;
    *m = (struct meeting){.l = kind_loop(state), .c = cert_client(false)};
    family_address(IPV4, &at);
    m->odd = (struct odd){.listening = peer_listen(&at, &at, 5), .version = version, .talk = talk};
    pthread_create(&m->odd.thread, NULL, run_odd, &m->odd);
    guest_connect_tls(&m->g, m->l, &at, m->c, "localhost");
    TURN_UNTIL(m->l, m->g.told[CONNECTED] || m->g.told[ENDED]);
}

static void leave_odd(struct meeting *m)
{
    guest_leave(&m->g, m->l);
    pthread_join(m->odd.thread, NULL);
    close(m->odd.listening);
    tls_context_free(m->c);
    loop_close(m->l);
}

static void versions_1_2_and_1_3_are_spoken(void **state)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    for (int i = 0; i < 2; i++) {
        struct meeting m;
        meet_odd(&m, state, versions[i], NULL);
        assert_int_equal(m.g.told[CONNECTED], 1);
        sock_send(&m.g.sock, "hello", 5);
        TURN_UNTIL(m.l, m.g.got.n == 5);
        leave_odd(&m);
    }
}

static void a_server_of_an_old_version_ends_with_the_reason(void **state)
{
    struct meeting m;
    meet_odd(&m, state, TLS1_1_VERSION, NULL);
    guest_ended_with(&m.g, "TLS: no common protocol version (1.2 and 1.3 are offered)");
    guest_was_told(&m.g, "ended");
    leave_odd(&m);
    assert_false(m.odd.shaken);
}

static void a_client_of_an_old_version_ends_with_the_reason(void **state)
{
    struct loop *l = kind_loop(state);
    struct tls_context *c = cert_server(CERT_GOOD);
    struct addr at;
    struct guest g = {0};
    family_address(IPV4, &at);
    int listening = peer_listen(&at, &at, 5);
    struct odd odd = {.listening = -1, .to = at, .version = TLS1_1_VERSION};
    pthread_create(&odd.thread, NULL, run_odd, &odd);
    guest_take(&g, l, accept(listening, NULL, NULL), c);
    TURN_UNTIL(l, g.told[ENDED]);
    guest_ended_with(&g, "TLS: no common protocol version (1.2 and 1.3 are offered)");
    guest_leave(&g, l);
    pthread_join(odd.thread, NULL);
    assert_false(odd.shaken);
    close(listening);
    tls_context_free(c);
    loop_close(l);
}

static void say_bye(SSL *ssl, int fd)
{
    (void)fd;
    SSL_write(ssl, "last words", 10);
    SSL_shutdown(ssl); /* close_notify; the connection stays open */
}

static void close_notify_is_a_proper_end_before_that_of_the_connection(void **state)
{
    struct meeting m;
    meet_odd(&m, state, 0, say_bye);
    TURN_UNTIL(m.l, m.g.told[ENDED]);
    guest_ended_with(&m.g, NULL);
    assert_true(str_eq(buf_view(&m.g.got), STR("last words")));
    leave_odd(&m);
}

static void hang_up(SSL *ssl, int fd)
{
    SSL_write(ssl, "last words", 10);
    shutdown(fd, SHUT_WR); /* as anybody on the way could */
}

static void an_end_without_close_notify_is_a_cut(void **state)
{
    struct meeting m;
    meet_odd(&m, state, 0, hang_up);
    TURN_UNTIL(m.l, m.g.told[ENDED]);
    guest_ended_with(&m.g, "TLS: the connection was cut off");
    assert_true(str_eq(buf_view(&m.g.got), STR("last words")));
    leave_odd(&m);
}

static void closing_says_close_notify(void **state)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    for (int i = 0; i < 2; i++) {
        struct meeting m;
        meet_odd(&m, state, versions[i], NULL);
        sock_send(&m.g.sock, "hello", 5);
        TURN_UNTIL(m.l, m.g.got.n == 5);
        leave_odd(&m);
        assert_int_equal(m.odd.end, SSL_ERROR_ZERO_RETURN);
    }
}

static void change_keys(SSL *ssl, int fd)
{
    (void)fd;
    for (int i = 0; i < 3; i++) {
        SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED);
        SSL_write(ssl, "new key", 7);
    }
}

static void new_keys_are_taken_and_given(void **state)
{
    struct meeting m;
    meet_odd(&m, state, TLS1_3_VERSION, change_keys);
    TURN_UNTIL(m.l, m.g.got.n == 21);
    sock_send(&m.g.sock, "hello", 5);
    TURN_UNTIL(m.l, m.g.got.n == 26);
    leave_odd(&m);
}

static void start_again(SSL *ssl, int fd)
{
    char byte;
    (void)fd;
    SSL_clear_mode(ssl, SSL_MODE_AUTO_RETRY);
    SSL_renegotiate(ssl);
    SSL_do_handshake(ssl);
    while (SSL_renegotiate_pending(ssl))
        SSL_peek(ssl, &byte, 1);
    SSL_set_mode(ssl, SSL_MODE_AUTO_RETRY);
    SSL_write(ssl, "done", 4);
}

static void a_server_may_renegotiate_between_messages(void **state)
{
    struct meeting m;
    meet_odd(&m, state, TLS1_2_VERSION, start_again);
    TURN_UNTIL(m.l, m.g.got.n == 4);
    sock_send(&m.g.sock, "hello", 5);
    TURN_UNTIL(m.l, m.g.got.n == 9);
    leave_odd(&m);
}

static void speak_rubbish(SSL *ssl, int fd)
{
    (void)ssl;
    char record[] = "\x17\x03\x03\x00\x20not what was agreed upon, really";
    send(fd, record, sizeof record - 1, MSG_NOSIGNAL);
}

static void rubbish_behind_the_handshake_ends_with_a_reason(void **state)
{
    struct meeting m;
    meet_odd(&m, state, 0, speak_rubbish);
    TURN_UNTIL(m.l, m.g.told[ENDED]);
    guest_ended_with(&m.g, "TLS: decryption failed or bad record mac");
    leave_odd(&m);
}

static void speak_plainly(SSL *ssl, int fd)
{
    (void)ssl;
    send(fd, "HTTP/1.1 200 OK\r\n\r\n", 19, MSG_NOSIGNAL);
}

static void plain_text_behind_the_handshake_is_a_protocol_error(void **state)
{
    struct meeting m;
    meet_odd(&m, state, 0, speak_plainly);
    TURN_UNTIL(m.l, m.g.told[ENDED]);
    guest_ended_with(&m.g, "TLS: wrong version number");
    leave_odd(&m);
}

static void closing_while_a_large_send_is_under_way_is_fine(void **state)
{
    enum { SIZE = 8 << 20 };
    struct meeting m;
    char *bytes = pattern_make(SIZE);
    meet_odd(&m, state, 0, NULL); /* it reads only what it has echoed: both sides get stuck */
    sock_send(&m.g.sock, bytes, SIZE);
    memset(bytes, 0x55, SIZE); /* encrypted already: the memory is free */
    turn_for(m.l, NS_PER_MS);
    assert_true(sock_sending(&m.g.sock));
    assert_true(pattern_is(buf_view(&m.g.got)));
    leave_odd(&m);
    mem_free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_that_speaks_plain_text_is_told_apart),
        cmocka_unit_test(what_comes_behind_a_failure_does_not_change_the_reason),
        cmocka_unit_test(a_server_that_closes_in_the_handshake_is_told_apart),
        cmocka_unit_test(a_client_that_speaks_plain_text_is_told_apart),
        cmocka_unit_test(versions_1_2_and_1_3_are_spoken),
        cmocka_unit_test(a_server_of_an_old_version_ends_with_the_reason),
        cmocka_unit_test(a_client_of_an_old_version_ends_with_the_reason),
        cmocka_unit_test(close_notify_is_a_proper_end_before_that_of_the_connection),
        cmocka_unit_test(an_end_without_close_notify_is_a_cut),
        cmocka_unit_test(closing_says_close_notify),
        cmocka_unit_test(new_keys_are_taken_and_given),
        cmocka_unit_test(a_server_may_renegotiate_between_messages),
        cmocka_unit_test(rubbish_behind_the_handshake_ends_with_a_reason),
        cmocka_unit_test(plain_text_behind_the_handshake_is_a_protocol_error),
        cmocka_unit_test(closing_while_a_large_send_is_under_way_is_fine),
    };
    signal(SIGPIPE, SIG_IGN); /* of the odd peers */
    certs_make();
    int failed = kinds_run("tls_peers", tests, sizeof tests / sizeof *tests);
    certs_remove();
    return failed;
}
