/* What a redirect does to the request: method, body, secrets, and where it goes. */
#include "requests.h"

#include "proto/http_redirect.h"

/* The request that follows r, which was answered by `status` and a location; *to is where. */
static struct http_prepared follow(void **state, const struct http_request *r, unsigned status,
                                   const char *location, struct http_url *to)
{
    struct http_prepared sent, next;
    struct err e = {0};
    if (!http_request_prepare(r, *state, &sent, &e))
        fail_msg("%s", e.text);
    struct http_url origin = *r->url;
    origin.target = STR("/is/not/looked/at");
    struct http_redirect redirect = {&sent, &origin, status, str_from(location)};
    if (!http_redirect_follow(&redirect, *state, to, &next, &e))
        fail_msg("%s", e.text);
    return next;
}

static void methods_change_by_status(void **state)
{
    struct {
        unsigned status;
        str method, becomes;
        bool keeps_body;
    } cases[] = {
        {301, STR("GET"), STR("GET"), true},       {301, STR("POST"), STR("GET"), false},
        {301, STR("PUT"), STR("PUT"), true},       {302, STR("POST"), STR("GET"), false},
        {302, STR("DELETE"), STR("DELETE"), true}, {302, STR("HEAD"), STR("HEAD"), true},
        {303, STR("POST"), STR("GET"), false},     {303, STR("PUT"), STR("GET"), false},
        {303, STR("GET"), STR("GET"), false},      {303, STR("HEAD"), STR("HEAD"), true},
        {307, STR("POST"), STR("POST"), true},     {308, STR("POST"), STR("POST"), true},
        {307, STR("GET"), STR("GET"), true},       {308, STR("PUT"), STR("PUT"), true},
    };
    const struct http_header headers[] = {{STR("Content-Type"), STR("text/plain")},
                                          {STR("X-Correlation"), STR("1")},
                                          {STR("content-length"), STR("4")},
                                          {STR("Contents"), STR("2")}};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct http_request r = {.method = cases[i].method,
                                 .url = url_of(state, "h/a"),
                                 .headers = headers,
                                 .header_count = LENGTH(headers),
                                 .body = STR("body")};
        struct http_url to;
        struct http_prepared next = follow(state, &r, cases[i].status, "b?c", &to);
        const char *form = cases[i].keeps_body
                               ? STR_FMT " /b?c HTTP/1.1\r\nHost: h\r\n" AGENT ACCEPT
                                         "Content-Type: text/plain\r\nX-Correlation: 1\r\n"
                                         "content-length: 4\r\nContents: 2\r\n\r\nbody"
                               : STR_FMT " /b?c HTTP/1.1\r\nHost: h\r\n" AGENT ACCEPT
                                         "X-Correlation: 1\r\nContents: 2\r\n\r\n";
        same(next.bytes, arena_printf(*state, form, STR_ARG(cases[i].becomes)));
        assert_int_equal(next.head_n, next.bytes.n - (cases[i].keeps_body ? 4 : 0));
        assert_int_equal(next.is_head, str_eq(cases[i].becomes, STR("HEAD")));
        same(to.target, STR("/b?c"));
    }
}

static void only_five_statuses_redirect(void **state)
{
    (void)state;
    unsigned found = 0;
    for (unsigned status = 100; status < 1000; status++)
        found += http_is_redirect(status);
    assert_int_equal(found, 5);
    assert_true(http_is_redirect(301) && http_is_redirect(302) && http_is_redirect(303));
    assert_true(http_is_redirect(307) && http_is_redirect(308));
}

static void secrets_stay_with_their_origin(void **state)
{
    const struct http_header headers[] = {{STR("authorization"), STR("Bearer x")},
                                          {STR("Cookie"), STR("a=b")},
                                          {STR("X-A"), STR("1")},
                                          {STR("Host"), STR("virtual")},
                                          {STR("Proxy-Authorization"), STR("y")},
                                          {STR("Cookies"), STR("2")}};
    struct http_request r = {.method = STR("GET"),
                             .url = url_of(state, "http://h/a"),
                             .headers = headers,
                             .header_count = LENGTH(headers)};
    static const struct {
        const char *location;
        str host;
    } elsewhere[] = {
        {"http://i/b", {"i", 1}}, {"https://h/b", {"h", 1}}, {"http://h:81/b", {"h:81", 4}}};
    struct http_url to;
    for (size_t i = 0; i < LENGTH(elsewhere); i++)
        same(follow(state, &r, 302, elsewhere[i].location, &to).bytes,
             arena_printf(*state,
                          "GET /b HTTP/1.1\r\nHost: " STR_FMT "\r\n" AGENT ACCEPT
                          "X-A: 1\r\nCookies: 2\r\n\r\n",
                          STR_ARG(elsewhere[i].host)));
    same(follow(state, &r, 302, "http://H:80/b", &to).bytes,
         STR("GET /b HTTP/1.1\r\nHost: virtual\r\n" AGENT ACCEPT
             "authorization: Bearer x\r\nCookie: a=b\r\nX-A: 1\r\nProxy-Authorization: y\r\n"
             "Cookies: 2\r\n\r\n"));
}

static void credentials_stay_with_their_origin(void **state)
{
    struct http_request r = {.method = STR("GET"), .url = url_of(state, "http://u:p@h/a")};
    static const struct {
        const char *location, *sends;
    } cases[] = {
        {"/b", "Basic dTpw"}, {"http://h/b", "Basic dTpw"},     {"http://a:b@h/b", "Basic dTpw"},
        {"http://i/b", NULL}, {"http://a:b@i/b", "Basic YTpi"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct http_url to;
        struct http_prepared next = follow(state, &r, 302, cases[i].location, &to);
        struct http_request_head head;
        assert_true(http_request_head_read(next.bytes, &head));
        same(http_header_find(head.fields, STR("Authorization")), str_from(cases[i].sends));
        same(http_header_find(head.fields, STR("Host")), to.authority);
    }
}

static void a_chain_ends_where_its_last_location_says(void **state)
{
    struct http_request r = {
        .method = STR("POST"), .url = url_of(state, "h/a/b"), .body = STR("x")};
    struct http_url first, second;
    struct http_prepared next, last;
    struct err e = {0};
    next = follow(state, &r, 307, "http://i:81/c/d", &first);
    struct http_redirect again = {&next, &first, 303, STR("../e?f=1#g")};
    assert_true(http_redirect_follow(&again, *state, &second, &last, &e));
    same(last.bytes, STR("GET /e?f=1 HTTP/1.1\r\nHost: i:81\r\n" AGENT ACCEPT "\r\n"));
    assert_true(http_url_same_origin(&first, &second));
}

static void close_and_rendered_bytes_go_along(void **state)
{
    const str rendered = STR("POST /a?x=1 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                             "Content-Length: 11\r\n\r\n{\"id\": 123}");
    struct http_prepared sent = {.bytes = rendered, .head_n = rendered.n - 11}, next;
    struct http_redirect redirect = {&sent, url_of(state, "h"), 308, STR("/b")};
    struct http_url to;
    struct err e = {0};
    assert_true(http_redirect_follow(&redirect, *state, &to, &next, &e));
    same(next.bytes, STR("POST /b HTTP/1.1\r\nHost: h\r\n" AGENT ACCEPT "Connection: close\r\n"
                         "Content-Length: 11\r\n\r\n{\"id\": 123}"));
    assert_true(next.closes);
}

static void what_cannot_be_followed_is_a_sentence(void **state)
{
    const str bytes = STR("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    struct http_prepared sent = {.bytes = bytes, .head_n = bytes.n}, next;
    struct http_redirect redirect = {&sent, url_of(state, "h"), 302, STR("ftp://h/")};
    struct http_url to;
    struct err e = {0};
    assert_false(http_redirect_follow(&redirect, *state, &to, &next, &e));
    assert_string_equal(e.text, "Location 'ftp://h/': only http and https");
    redirect.location = STR("/");
    sent.head_n--;
    assert_false(http_redirect_follow(&redirect, *state, &to, &next, &e));
    assert_string_equal(e.text, "the request that was redirected cannot be read back");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_arena, free_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(methods_change_by_status),
        TEST(only_five_statuses_redirect),
        TEST(secrets_stay_with_their_origin),
        TEST(credentials_stay_with_their_origin),
        TEST(a_chain_ends_where_its_last_location_says),
        TEST(close_and_rendered_bytes_go_along),
        TEST(what_cannot_be_followed_is_a_sentence),
    };
    return UNIT_RUN(tests);
}
