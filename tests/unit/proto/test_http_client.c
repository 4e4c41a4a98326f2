/* The HTTP client on every kind of loop: origins, definitions, messages, replies that are kept. */
#include "proto/asker.h"

#include <string.h>

/* ---- opening ---- */

static void it_is_ready_with_a_connection_to_each_origin(void **state)
{
    struct asker a;
    asker_open(&a, kind_loop(state));
    asker_start(&a);
    assert_true(a.ready);
    TURN_UNTIL(a.loop, a.origins[0].accepted && a.origins[1].accepted);
    ask(&a, NULL, "GET /", 200);
    origin_was_asked(&a.origins[0], 0, 0, "GET / ");
    assert_int_equal(a.origins[0].accepted, 1);
    asker_close(&a);
}

static void not_ready(struct asker *a, unsigned origin, const char *why)
{
    struct buf want = {0};
    assert_false(a->ready);
    assert_int_equal(a->why.kind, ERR_RUN);
    buf_printf(&want, "cannot connect to %s: %s%c", a->where[origin].addrs[0].text, why, 0);
    assert_string_equal(a->why.text, want.p);
    buf_free(&want);
}

static void an_origin_that_refuses_is_named(void **state)
{
    struct asker a;
    asker_open(&a, kind_loop(state));
    origin_refuse(&a.origins[1]);
    asker_start(&a);
    not_ready(&a, 1, "connection refused; is it running?");
    asker_close(&a);
}

static void an_origin_that_is_silent_is_named(void **state)
{
    struct asker a;
    asker_open(&a, kind_loop(state));
    a.where[1].url.tls = a.config.may_need_tls = true; /* its handshake will not be answered */
    a.config.timeout_ns = 200 * NS_PER_MS;
    asker_start(&a);
    not_ready(&a, 1, "no answer");
    asker_close(&a);
}

static void without_origins_it_is_ready_at_once(void **state)
{
    struct asker a;
    asker_open(&a, kind_loop(state));
    a.config.n_origins = 0;
    asker_start(&a);
    assert_true(a.ready);
    asker_close(&a);
}

static void connections_are_divided_among_origins(void **state)
{
    (void)state;
    unsigned all = http_connections_possible(1);
    assert_in_range(all, 1, 10000);
    assert_int_equal(http_connections_possible(0), all);
    assert_int_equal(http_connections_possible(3), all / 3);
    assert_int_equal(http_connections_possible(20000), 1);
}

/* ---- calls ---- */

static void calls_go_where_their_definition_says(void **state)
{
    struct asker a;
    asker_open(&a, kind_loop(state));
    a.config.n_origins = 1; /* the other one is looked up when it is called */
    asker_start(&a);
    struct ask *q = ask_make(&a, "GET /there", NULL);
    q->definition.elsewhere = &a.where[1].url;
    ask_start(q, NULL);
    ask_wait(q);
    assert_int_equal(q->outcome.fate, FATE_OK);
    ask_free(q);
    ask(&a, NULL, "GET /here", 200);
    origin_was_asked(&a.origins[0], 0, 0, "GET /here ");
    origin_was_asked(&a.origins[1], 0, 0, "GET /there ");
    asker_close(&a);
}

static void a_host_that_is_nowhere_is_an_error_of_the_call(void **state)
{
    struct asker a;
    struct http_url nowhere;
    struct err e = {0};
    asker_open(&a, kind_loop(state));
    asker_start(&a);
    /* a label that no name server is asked for: it is too long */
    str url = arena_printf(&a.arena, "http://%070d.invalid/", 0);
    assert_true(http_url_parse(url, &a.arena, &nowhere, &e));
    struct ask *q = ask_make(&a, "GET /", NULL);
    q->definition.elsewhere = &nowhere;
    ask_start(q, NULL);
    ask_wait(q);
    assert_int_equal(q->outcome.fate, FATE_ERROR);
    assert_string_equal(q->outcome.cause, "the host was not found");
    ask_free(q);
    asker_close(&a);
}

static void each_origin_has_its_own_connections(void **state)
{
    struct asker a;
    asker_open(&a, kind_loop(state));
    asker_start(&a);
    for (unsigned i = 0; i < 4; i++) {
        struct ask *q = ask_make(&a, "GET /x", NULL);
        q->definition.origin = i % ORIGINS;
        ask_start(q, NULL);
        ask_wait(q);
        ask_free(q);
    }
    for (unsigned i = 0; i < 4; i++)
        origin_was_asked(&a.origins[i % ORIGINS], i / ORIGINS, 0, "GET /x ");
    asker_close(&a);
}

static void the_definition_says_what_is_expected(void **state)
{
    const struct answer answers[] = {
        {"/missing", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"}, {NULL, NULL}};
    const uint16_t expect[] = {404, 410};
    struct asker a;
    asker_open(&a, kind_loop(state));
    a.origins[0].answers = answers;
    asker_start(&a);
    for (unsigned n = 0; n <= 2; n++) {
        struct ask *q = ask_make(&a, "GET /missing", NULL);
        q->definition.expect = n ? expect + n - 1 : NULL;
        q->definition.n_expect = n ? 1 : 0;
        ask_start(q, NULL);
        ask_wait(q);
        assert_int_equal(q->outcome.fate, n == 1 ? FATE_OK : FATE_FAILED_CHECK);
        ask_free(q);
    }
    asker_close(&a);
}

/* Its bytes are written over as soon as it has started, while it waits for a connection. */
static void a_detached_calls_message_may_go_when_it_has_started(void **state)
{
    const struct answer answers[] = {{"/wait", NULL}, {NULL, NULL}};
    struct asker a;
    asker_open(&a, kind_loop(state));
    a.origins[0].answers = answers;
    a.config.connections = 1;
    asker_start(&a);
    struct ask *first = ask_make(&a, "GET /wait", NULL), *q = ask_make(&a, "GET /later", NULL);
    q->call->detached = true;
    ask_start(first, NULL);
    ask_start(q, NULL);
    memset((void *)(uintptr_t)q->message.prepared.bytes.p, '!', q->message.prepared.bytes.n);
    memset(&q->message, 0xa5, sizeof q->message);
    TURN_UNTIL(a.loop, a.origins[0].n_asked == 1);
    origin_answer(&a.origins[0], 0, "HTTP/1.1 204 No Content\r\n\r\n");
    ask_wait(q);
    origin_was_asked(&a.origins[0], 1, 0, "GET /later ");
    assert_true(str_starts(q->outcome.request, STR("GET /later ")));
    ask_free(first);
    ask_free(q);
    asker_close(&a);
}

/* ---- replies ---- */

static struct ask *keep(struct asker *a, const char *line, size_t most)
{
    struct ask *q = ask_make(a, line, NULL);
    q->reply.most = most;
    q->outcome.reply = &q->reply;
    q->definition.follow = 1;
    ask_start(q, NULL);
    ask_wait(q);
    return q;
}

static void a_reply_that_is_cut_has_its_true_length(void **state)
{
    const struct answer answers[] = {
        {"/ten", "HTTP/1.1 200 OK\r\nx-id:  7 \r\nContent-Length: 10\r\n\r\n0123456789"},
        {"/chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "4\r\n0123\r\n6\r\n456789\r\n0\r\n\r\n"},
        {"/away", "HTTP/1.1 302 Found\r\nX-First: 1\r\nLocation: /ten\r\n"
                  "Content-Length: 14\r\n\r\nnot this, away"},
        {NULL, NULL}};
    static const char *const lines[] = {"GET /ten", "GET /chunks", "GET /away"};
    struct asker a;
    asker_open(&a, kind_loop(state));
    a.origins[0].answers = answers;
    asker_start(&a);
    for (unsigned i = 0; i < 3; i++)
        for (size_t most = 0; most <= 12; most += 3) {
            struct ask *q = keep(&a, lines[i], most);
            const struct outcome *o = &q->outcome;
            assert_int_equal(o->length, 10);
            assert_true(str_eq(o->body, (str){"0123456789", most < 10 ? most : 10}));
            assert_true(str_starts(o->head, STR("HTTP/1.1 200 OK\r\n")));
            assert_true(str_ends(o->head, STR("\r\n\r\n")));
            assert_null(http_header_find(o->head, STR("X-First")).p);
            if (i != 1)
                assert_true(str_eq(http_header_find(o->head, STR("X-ID")), STR("7")));
            ask_free(q);
        }
    asker_close(&a);
}

static void nobody_reads_a_reply_that_is_not_asked_for(void **state)
{
    struct asker a;
    asker_open(&a, kind_loop(state));
    asker_start(&a);
    struct ask *q = ask_make(&a, "GET /", NULL);
    ask_start(q, NULL);
    ask_wait(q);
    assert_int_equal(q->outcome.length, 2);
    assert_int_equal(q->outcome.head.n + q->outcome.body.n, 0);
    ask_free(q);
    asker_close(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_ready_with_a_connection_to_each_origin),
        cmocka_unit_test(an_origin_that_refuses_is_named),
        cmocka_unit_test(an_origin_that_is_silent_is_named),
        cmocka_unit_test(without_origins_it_is_ready_at_once),
        cmocka_unit_test(connections_are_divided_among_origins),
        cmocka_unit_test(calls_go_where_their_definition_says),
        cmocka_unit_test(a_host_that_is_nowhere_is_an_error_of_the_call),
        cmocka_unit_test(each_origin_has_its_own_connections),
        cmocka_unit_test(the_definition_says_what_is_expected),
        cmocka_unit_test(a_detached_calls_message_may_go_when_it_has_started),
        cmocka_unit_test(a_reply_that_is_cut_has_its_true_length),
        cmocka_unit_test(nobody_reads_a_reply_that_is_not_asked_for),
    };
    return kinds_run("http_client", tests, sizeof tests / sizeof *tests);
}
