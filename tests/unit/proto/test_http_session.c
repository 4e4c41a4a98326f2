/* What users keep between their calls, on every kind of loop: cookies, and connections of their
 * own.
 */
#include "proto/asker.h"

#include "base/mem.h"
#include "proto/http_pool.h"

enum { USERS = 4 };

static void *session_make(void)
{
    return mem_zero(http_protocol.session_size);
}

static void session_end(struct asker *a, void *session)
{
    http_protocol.end_session(a->client, session);
    mem_free(session);
}

static void open_with_cookies(struct asker *a, void **state, const struct answer *answers)
{
    asker_open(a, kind_loop(state));
    a->origins[0].answers = answers;
    a->config.cookies = true;
    asker_start(a);
}

static void sent_cookies(const struct asker *a, unsigned origin, unsigned i, const char *want)
{
    str got = origin_header(&a->origins[origin], i, "Cookie");
    if (!str_eq(got, str_from(want)))
        fail_msg("request %u has '" STR_FMT "', not '%s'", i, STR_ARG(got), want ? want : "");
}

/* ---- cookies ---- */

static const struct answer shop[] = {
    {"/login", "HTTP/1.1 200 OK\r\nset-cookie: sid=1; Path=/\r\nSet-Cookie: lang=en; Path=/a\r\n"
               "Set-Cookie: not one\r\nContent-Length: 0\r\n\r\n"},
    {"/logout", "HTTP/1.1 200 OK\r\nSet-Cookie: sid=; Path=/; Max-Age=0\r\n"
                "Content-Length: 0\r\n\r\n"},
    {"/enter", "HTTP/1.1 303 See Other\r\nSet-Cookie: sid=9; Path=/\r\nLocation: /a?x=1\r\n"
               "Content-Length: 0\r\n\r\n"},
    {NULL, NULL},
};

static void a_user_sends_what_it_was_given(void **state)
{
    struct asker a;
    open_with_cookies(&a, state, shop);
    void *user = session_make();
    ask(&a, user, "GET /a", 200);
    ask(&a, user, "GET /login", 200);
    ask(&a, user, "POST /a?b=c", 200);
    ask(&a, user, "GET /", 200);
    ask(&a, user, "GET /logout", 200);
    ask(&a, user, "GET /", 200);
    sent_cookies(&a, 0, 0, NULL);
    sent_cookies(&a, 0, 1, NULL);
    sent_cookies(&a, 0, 2, "lang=en; sid=1");
    sent_cookies(&a, 0, 3, "sid=1");
    sent_cookies(&a, 0, 4, "sid=1");
    sent_cookies(&a, 0, 5, NULL);
    session_end(&a, user);
    asker_close(&a);
}

static void the_request_is_otherwise_the_same(void **state)
{
    struct asker a;
    open_with_cookies(&a, state, shop);
    void *user = session_make();
    ask(&a, user, "GET /login", 200);
    struct ask *q = ask_make(&a, "PUT /", NULL);
    const str bytes = STR("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody");
    q->message.prepared.bytes = bytes;
    q->message.prepared.head_n = bytes.n - 4;
    ask_start(q, user);
    ask_wait(q);
    assert_true(str_eq(buf_view(&a.origins[0].asked[1].text), bytes)); /* Host is another one */
    ask_free(q);
    q = ask_make(&a, "PUT /", NULL);
    q->message.prepared.bytes =
        STR("PUT / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\n\r\nbody");
    q->message.prepared.head_n = q->message.prepared.bytes.n - 4;
    ask_start(q, user);
    ask_wait(q);
    const str want = STR("PUT / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\n"
                         "Cookie: sid=1\r\n\r\nbody");
    assert_true(str_eq(buf_view(&a.origins[0].asked[2].text), want));
    assert_true(str_eq(q->outcome.request, want));
    assert_int_equal(q->outcome.bytes_sent, want.n);
    ask_free(q);
    session_end(&a, user);
    asker_close(&a);
}

static void each_user_has_its_own(void **state)
{
    struct asker a;
    open_with_cookies(&a, state, shop);
    void *one = session_make(), *other = session_make();
    ask(&a, one, "GET /login", 200);
    ask(&a, other, "GET /", 200);
    ask(&a, NULL, "GET /", 200);
    ask(&a, one, "GET /", 200);
    sent_cookies(&a, 0, 1, NULL);
    sent_cookies(&a, 0, 2, NULL);
    sent_cookies(&a, 0, 3, "sid=1");
    session_end(&a, one);
    session_end(&a, other);
    asker_close(&a);
}

static void the_users_own_header_wins(void **state)
{
    struct asker a;
    open_with_cookies(&a, state, shop);
    void *user = session_make();
    ask(&a, user, "GET /login", 200);
    struct ask *q = ask_make(&a, "GET /", "cookie: mine=1\n");
    ask_start(q, user);
    ask_wait(q);
    sent_cookies(&a, 0, 1, "mine=1");
    ask_free(q);
    session_end(&a, user);
    asker_close(&a);
}

static void cookies_cross_redirects(void **state)
{
    struct asker a;
    open_with_cookies(&a, state, shop);
    void *user = session_make();
    ask(&a, user, "GET /login", 200);
    ask(&a, user, "POST /enter", 200);
    sent_cookies(&a, 0, 1, "sid=1");
    origin_was_asked(&a.origins[0], 2, 0, "GET /a?x=1 ");
    sent_cookies(&a, 0, 2, "lang=en; sid=9"); /* once, and the new one */
    session_end(&a, user);
    asker_close(&a);
}

/* Cookies do not know ports (RFC 6265 section 8.5), but names. */
static void another_host_does_not_get_them(void **state)
{
    struct asker a;
    asker_open(&a, kind_loop(state));
    struct buf away = {0};
    buf_printf(
        &away,
        "HTTP/1.1 302 Found\r\nSet-Cookie: a=1; Path=/\r\nLocation: http://localhost:%u/x\r\n"
        "Content-Length: 0\r\n\r\n%c",
        a.where[1].url.port, 0);
    const struct answer answers[] = {{"/away", away.p}, {NULL, NULL}};
    a.origins[0].answers = answers;
    a.config.cookies = true;
    asker_start(&a);
    void *user = session_make();
    ask(&a, user, "GET /away", 200);
    assert_int_equal(a.origins[1].n_asked, 1);
    sent_cookies(&a, 1, 0, NULL);
    ask(&a, user, "GET /", 200);
    sent_cookies(&a, 0, 1, "a=1");
    session_end(&a, user);
    buf_free(&away);
    asker_close(&a);
}

static void without_the_setting_there_are_none(void **state)
{
    struct asker a;
    asker_open(&a, kind_loop(state));
    a.origins[0].answers = shop;
    asker_start(&a);
    struct http_session *user = session_make();
    ask(&a, user, "GET /login", 200);
    ask(&a, user, "GET /", 200);
    sent_cookies(&a, 0, 1, NULL);
    assert_null(user->jar.first);
    session_end(&a, user);
    asker_close(&a);
}

static void a_session_is_small(void **state)
{
    (void)state;
    assert_in_range(http_protocol.session_size, 1, 32);
}

/* ---- connections ---- */

static void open_with_connections(struct asker *a, void **state, unsigned most,
                                  const struct answer *answers)
{
    asker_open(a, kind_loop(state));
    a->origins[0].answers = answers;
    a->config.connections_per_user = true;
    a->config.connections = most;
    asker_start(a);
}

static void open_users(void *users[USERS])
{
    for (unsigned i = 0; i < USERS; i++)
        users[i] = session_make();
}

static void end_users(struct asker *a, void *users[USERS])
{
    for (unsigned i = 0; i < USERS; i++)
        session_end(a, users[i]);
}

static void users_stay_on_their_connections(void **state)
{
    struct asker a;
    void *users[USERS];
    open_with_connections(&a, state, 16, NULL);
    open_users(users);
    for (unsigned i = 0; i < 5 * USERS; i++) {
        unsigned who = i % 5 == 4 ? USERS - 1 - i / 5 : i % 5;
        ask(&a, users[who], "GET /", 200);
        origin_was_asked(&a.origins[0], i, who, "GET / ");
    }
    assert_int_equal(a.origins[0].accepted, USERS); /* the probe's is the first user's */
    end_users(&a, users);
    asker_close(&a);
}

static void a_user_has_one_for_each_origin(void **state)
{
    struct asker a;
    void *users[USERS];
    open_with_connections(&a, state, 16, NULL);
    open_users(users);
    for (unsigned i = 0; i < 12; i++) {
        struct ask *q = ask_make(&a, "GET /", NULL);
        q->definition.origin = i / 2 % ORIGINS;
        ask_start(q, users[i % 2]);
        ask_wait(q);
        ask_free(q);
        struct origin *o = &a.origins[i / 2 % ORIGINS];
        origin_was_asked(o, o->n_asked - 1, i % 2, "GET / ");
    }
    end_users(&a, users);
    asker_close(&a);
}

static void at_the_limit_the_one_that_rested_longest_is_taken(void **state)
{
    struct asker a;
    void *users[USERS];
    open_with_connections(&a, state, 2, NULL);
    open_users(users);
    static const struct {
        unsigned user, conn;
    } steps[] = {
        {0, 0}, {1, 1}, {0, 0}, /* both are somebody's */
        {2, 1}, {0, 0}, {2, 1}, /* the first user kept its own */
        {1, 0}, {2, 1}, {0, 0}, {2, 1},
    };
    for (unsigned i = 0; i < sizeof steps / sizeof *steps; i++) {
        ask(&a, users[steps[i].user], "GET /", 200);
        origin_was_asked(&a.origins[0], i, steps[i].conn, "GET / ");
    }
    assert_int_equal(a.origins[0].accepted, 2);
    end_users(&a, users);
    asker_close(&a);
}

static void when_all_are_busy_calls_wait_in_their_order(void **state)
{
    const struct answer answers[] = {{"/wait", NULL}, {NULL, NULL}};
    struct asker a;
    void *users[USERS];
    struct ask *calls[USERS];
    open_with_connections(&a, state, 1, answers);
    open_users(users);
    for (unsigned i = 0; i < USERS; i++) {
        calls[i] = ask_make(&a, i ? "GET /next" : "GET /wait", NULL);
        ask_start(calls[i], users[i]);
    }
    TURN_UNTIL(a.loop, a.origins[0].n_asked == 1);
    turn_for(a.loop, NS_PER_MS);
    assert_int_equal(a.origins[0].n_asked, 1);
    origin_answer(&a.origins[0], 0, "HTTP/1.1 204 No Content\r\n\r\n");
    for (unsigned i = 0; i < USERS; i++) {
        ask_wait(calls[i]);
        for (unsigned j = i + 1; j < USERS; j++)
            assert_true(calls[j]->outcome.fate == FATE_OK || !calls[j]->done);
        ask_free(calls[i]);
    }
    assert_int_equal(a.origins[0].accepted, 1);
    struct err why;
    assert_true(http_protocol.degraded(a.client, &why));
    end_users(&a, users);
    asker_close(&a);
}

/* The first user's connection becomes free while the second one's is being opened. */
static void a_free_connection_is_not_given_away_below_the_limit(void **state)
{
    const struct answer answers[] = {{"/wait", NULL}, {NULL, NULL}};
    struct asker a;
    void *users[USERS];
    open_with_connections(&a, state, 16, answers);
    open_users(users);
    struct ask *first = ask_make(&a, "GET /wait", NULL), *second = ask_make(&a, "GET /", NULL);
    ask_start(first, users[0]);
    TURN_UNTIL(a.loop, a.origins[0].n_asked == 1);
    origin_answer(&a.origins[0], 0, "HTTP/1.1 204 No Content\r\n\r\n");
    ask_start(second, users[1]); /* connects; epoll tells of the answer first */
    ask_wait(first);
    ask_wait(second);
    origin_was_asked(&a.origins[0], 1, 1, "GET / ");
    ask_free(first);
    ask_free(second);
    end_users(&a, users);
    asker_close(&a);
}

static void a_lost_connection_is_replaced_by_a_new_one(void **state)
{
    struct asker a;
    void *users[USERS];
    open_with_connections(&a, state, 16, NULL);
    open_users(users);
    ask(&a, users[0], "GET /", 200);
    ask(&a, users[1], "GET /", 200);
    origin_hang_up(&a.origins[0], 0);
    TURN_UNTIL(a.loop, a.origins[0].open == 1);
    turn_for(a.loop, NS_PER_MS);
    struct ask *q = ask_make(&a, "GET /", NULL);
    ask_start(q, users[0]);
    ask_wait(q);
    assert_int_equal(q->outcome.reconnects, 1);
    ask_free(q);
    origin_was_asked(&a.origins[0], 2, 2, "GET / ");
    ask(&a, users[1], "GET /", 200);
    origin_was_asked(&a.origins[0], 3, 1, "GET / ");
    end_users(&a, users);
    asker_close(&a);
}

static void what_a_forgotten_user_had_is_closed(void **state)
{
    struct asker a;
    open_with_connections(&a, state, 2, NULL);
    for (unsigned i = 0; i < 6; i++) {
        void *user = session_make();
        ask(&a, user, "GET /", 200);
        ask(&a, user, "GET /", 200);
        session_end(&a, user);
        origin_was_asked(&a.origins[0], 2 * i, i, "GET / ");
        origin_was_asked(&a.origins[0], 2 * i + 1, i, "GET / ");
    }
    assert_int_equal(a.origins[0].accepted, 6);
    asker_close(&a);
}

static void a_waiting_call_may_be_cancelled(void **state)
{
    const struct answer answers[] = {{"/wait", NULL}, {NULL, NULL}};
    struct asker a;
    void *users[USERS];
    open_with_connections(&a, state, 1, answers);
    open_users(users);
    struct ask *busy = ask_make(&a, "GET /wait", NULL), *waiting = ask_make(&a, "GET /", NULL);
    ask_start(busy, users[0]);
    ask_start(waiting, users[1]);
    http_protocol.cancel(a.client, waiting->call);
    assert_true(waiting->done);
    TURN_UNTIL(a.loop, a.origins[0].n_asked == 1);
    http_protocol.cancel(a.client, busy->call);
    ask_wait(busy);
    ask(&a, users[0], "GET /", 200);
    origin_was_asked(&a.origins[0], 1, 1, "GET / "); /* a new one: the cancelled call's is closed */
    ask_free(busy);
    ask_free(waiting);
    end_users(&a, users);
    asker_close(&a);
}

static void a_user_that_never_called_ends_quietly(void **state)
{
    struct asker a;
    void *users[USERS];
    open_with_connections(&a, state, 16, NULL);
    open_users(users);
    end_users(&a, users);
    asker_close(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_user_sends_what_it_was_given),
        cmocka_unit_test(the_request_is_otherwise_the_same),
        cmocka_unit_test(each_user_has_its_own),
        cmocka_unit_test(the_users_own_header_wins),
        cmocka_unit_test(cookies_cross_redirects),
        cmocka_unit_test(another_host_does_not_get_them),
        cmocka_unit_test(without_the_setting_there_are_none),
        cmocka_unit_test(a_session_is_small),
        cmocka_unit_test(users_stay_on_their_connections),
        cmocka_unit_test(a_user_has_one_for_each_origin),
        cmocka_unit_test(at_the_limit_the_one_that_rested_longest_is_taken),
        cmocka_unit_test(when_all_are_busy_calls_wait_in_their_order),
        cmocka_unit_test(a_free_connection_is_not_given_away_below_the_limit),
        cmocka_unit_test(a_lost_connection_is_replaced_by_a_new_one),
        cmocka_unit_test(what_a_forgotten_user_had_is_closed),
        cmocka_unit_test(a_waiting_call_may_be_cancelled),
        cmocka_unit_test(a_user_that_never_called_ends_quietly),
    };
    return kinds_run("http_session", tests, sizeof tests / sizeof *tests);
}
