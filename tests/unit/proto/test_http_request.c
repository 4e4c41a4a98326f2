/* Requests as bytes, redirects, forms, and what may be shown. */
#include "unit.h"

#include <string.h>

#include "proto/http_form.h"
#include "proto/http_mask.h"
#include "proto/http_request.h"

#define AGENT  "User-Agent: weir/" WEIR_VERSION "\r\n"
#define ACCEPT "Accept: */*\r\n"

#define LENGTH(a) (sizeof(a) / sizeof *(a))

static int make_arena(void **state)
{
    static struct arena arena;
    *state = &arena;
    return 0;
}

static int free_arena(void **state)
{
    arena_free(*state);
    return 0;
}

static void same(str got, str want)
{
    if (!str_eq(got, want))
        fail_msg("got '" STR_FMT "', want '" STR_FMT "'", STR_ARG(got), STR_ARG(want));
}

static const struct http_url *url_of(void **state, const char *text)
{
    struct http_url *url = arena_alloc(*state, sizeof *url);
    struct err e = {0};
    if (!http_url_parse(str_from(text), *state, url, &e))
        fail_msg("%s", e.text);
    return url;
}

static struct http_prepared prepare(void **state, const struct http_request *r)
{
    struct http_prepared p;
    struct err e = {0};
    if (!http_request_prepare(r, *state, &p, &e))
        fail_msg("%s", e.text);
    return p;
}

static void refused(void **state, const struct http_request *r, const char *sentence)
{
    struct http_prepared p;
    struct err e = {0};
    assert_false(http_request_prepare(r, *state, &p, &e));
    assert_string_equal(e.text, sentence);
    assert_int_equal(e.kind, ERR_USAGE);
}

static void a_get_has_the_usual_headers(void **state)
{
    struct http_request r = {.method = STR("GET"), .url = url_of(state, "h:8081/ping?x=1")};
    struct http_prepared p = prepare(state, &r);
    same(p.bytes, STR("GET /ping?x=1 HTTP/1.1\r\nHost: h:8081\r\n" AGENT ACCEPT "\r\n"));
    assert_int_equal(p.head_n, p.bytes.n);
    assert_false(p.is_head);
    assert_false(p.closes);
    r.method = STR("HEAD");
    assert_true(prepare(state, &r).is_head);
    r.method = STR("head");
    assert_false(prepare(state, &r).is_head);
}

static void a_body_has_its_length(void **state)
{
    struct http_request r = {
        .method = STR("POST"), .url = url_of(state, "https://h/x"), .body = STR("a\0b\r\n")};
    struct http_prepared p = prepare(state, &r);
    same(p.bytes,
         STR("POST /x HTTP/1.1\r\nHost: h\r\n" AGENT ACCEPT "Content-Length: 5\r\n\r\na\0b\r\n"));
    assert_int_equal(p.head_n, p.bytes.n - 5);
    r.method = STR("GET");
    same(prepare(state, &r).bytes,
         STR("GET /x HTTP/1.1\r\nHost: h\r\n" AGENT ACCEPT "Content-Length: 5\r\n\r\na\0b\r\n"));
}

static void some_methods_say_that_their_body_is_empty(void **state)
{
    static const str with[] = {{"POST", 4}, {"PUT", 3}, {"PATCH", 5}};
    static const str without[] = {{"GET", 3}, {"DELETE", 6}, {"OPTIONS", 7}, {"HEAD", 4}};
    struct http_request r = {.url = url_of(state, "h")};
    for (size_t i = 0; i < LENGTH(with); i++) {
        r.method = with[i];
        assert_true(str_ends(prepare(state, &r).bytes, STR("\r\nContent-Length: 0\r\n\r\n")));
    }
    for (size_t i = 0; i < LENGTH(without); i++) {
        r.method = without[i];
        assert_false(str_contains(prepare(state, &r).bytes, STR("Content-Length")));
    }
}

static void the_users_headers_replace_the_defaults(void **state)
{
    const struct http_header headers[] = {
        {STR("X-A"), STR("1")},   {STR("user-agent"), STR("me")},    {STR("HOST"), STR("other")},
        {STR("accept"), STR("")}, {STR("content-LENGTH"), STR("2")}, {STR("X-A"), STR("2")}};
    struct http_request r = {.method = STR("PUT"),
                             .url = url_of(state, "h/x"),
                             .headers = headers,
                             .header_count = LENGTH(headers),
                             .body = STR("xy")};
    same(prepare(state, &r).bytes,
         STR("PUT /x HTTP/1.1\r\nHost: other\r\nX-A: 1\r\nuser-agent: me\r\naccept: \r\n"
             "content-LENGTH: 2\r\nX-A: 2\r\n\r\nxy"));
}

static void ipv6_and_unix_sockets_have_a_host_header(void **state)
{
    struct http_request r = {.method = STR("GET"), .url = url_of(state, "[::1]:81/")};
    assert_true(str_contains(prepare(state, &r).bytes, STR("\r\nHost: [::1]:81\r\n")));
    r.url = url_of(state, "unix:/x.sock:/y");
    assert_true(
        str_starts(prepare(state, &r).bytes, STR("GET /y HTTP/1.1\r\nHost: localhost\r\n")));
}

static void credentials_become_basic_authentication(void **state)
{
    const struct http_header own = {STR("authorization"), STR("Bearer x")};
    struct http_request r = {.method = STR("GET"), .url = url_of(state, "http://joe:pw@h/")};
    same(prepare(state, &r).bytes,
         STR("GET / HTTP/1.1\r\nHost: h\r\n" AGENT ACCEPT "Authorization: Basic am9lOnB3\r\n\r\n"));
    r.credentials = STR("Aladdin:open sesame");
    assert_true(str_contains(prepare(state, &r).bytes,
                             STR("\r\nAuthorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n")));
    assert_false(str_contains(prepare(state, &r).bytes, STR("am9l")));
    r.headers = &own;
    r.header_count = 1;
    same(prepare(state, &r).bytes,
         STR("GET / HTTP/1.1\r\nHost: h\r\n" AGENT ACCEPT "authorization: Bearer x\r\n\r\n"));
}

static void the_users_close_is_seen(void **state)
{
    const struct http_header cases[] = {{STR("connection"), STR("Close")},
                                        {STR("Connection"), STR("x, close")},
                                        {STR("Connection"), STR("keep-alive")},
                                        {STR("X-Connection"), STR("close")}};
    struct http_request r = {.method = STR("GET"), .url = url_of(state, "h"), .header_count = 1};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        r.headers = &cases[i];
        assert_int_equal(prepare(state, &r).closes, i < 2);
    }
}

static void one_header(void **state, str name, str value, const char *sentence)
{
    struct http_header header = {name, value};
    struct http_request r = {
        .method = STR("GET"), .url = url_of(state, "h"), .headers = &header, .header_count = 1};
    refused(state, &r, sentence);
}

static void what_would_break_the_request_is_refused(void **state)
{
    one_header(state, STR("X"), STR("a\r\nEvil: b"), "the value of header 'X' holds a line break");
    one_header(state, STR("X"), STR("a\n"), "the value of header 'X' holds a line break");
    one_header(state, STR("X"), STR("\r"), "the value of header 'X' holds a line break");
    one_header(state, STR("X"), STR("a\0"), "the value of header 'X' holds a NUL byte");
    one_header(state, STR(""), STR("a"),
               "'' is not a header's name; write it like 'X-Name: value'");
    one_header(state, STR("X A"), STR("a"),
               "'X A' is not a header's name; write it like 'X-Name: value'");
    one_header(state, STR("X:"), STR("a"),
               "'X:' is not a header's name; write it like 'X-Name: value'");
    one_header(state, STR("transfer-encoding"), STR("chunked"),
               "Transfer-Encoding cannot be set: weir sends bodies with their Content-Length");
    one_header(state, STR("Content-Length"), STR("5"),
               "Content-Length: 5 does not fit the body of 0 bytes; leave it out, weir counts");
    one_header(state, STR("Content-Length"), STR("x"),
               "Content-Length: x does not fit the body of 0 bytes; leave it out, weir counts");
    const struct http_header hosts[] = {{STR("Host"), STR("a")}, {STR("host"), STR("a")}};
    struct http_request r = {
        .method = STR("GET"), .url = url_of(state, "h"), .headers = hosts, .header_count = 2};
    refused(state, &r, "there can be only one Host header");
    r.header_count = 0;
    r.method = STR("GE T");
    refused(state, &r, "'GE T' is not a method; write it like GET or POST");
    r.method = STR("");
    refused(state, &r, "'' is not a method; write it like GET or POST");
    r.method = STR("CONNECT");
    refused(state, &r, "CONNECT makes tunnels, which weir does not");
}

static void other_bytes_may_stand_in_values(void **state)
{
    (void)state;
    struct err e = {0};
    assert_false(http_header_check(STR("X-\xc3"), STR(""), &e));
    assert_true(http_header_check(STR("X"), STR("\t\x01\x7f\xff"), &e));
}

static void redirects_change_the_method_by_status(void **state)
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
    const struct http_url *from = url_of(state, "h/a"), *to = url_of(state, "h/b");
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct http_request r = {.method = cases[i].method,
                                 .url = from,
                                 .headers = headers,
                                 .header_count = LENGTH(headers),
                                 .body = STR("body")};
        struct http_request next = http_request_redirect(&r, cases[i].status, to, *state);
        same(next.method, cases[i].becomes);
        assert_ptr_equal(next.url, to);
        assert_int_equal(next.body.n, cases[i].keeps_body ? 4 : 0);
        assert_int_equal(next.header_count, cases[i].keeps_body ? 4 : 2);
        prepare(state, &next);
        assert_int_equal(r.header_count, 4);
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

static void secrets_do_not_follow_to_another_origin(void **state)
{
    const struct http_header headers[] = {{STR("authorization"), STR("Bearer x")},
                                          {STR("Cookie"), STR("a=b")},
                                          {STR("X-A"), STR("1")},
                                          {STR("Host"), STR("virtual")},
                                          {STR("Proxy-Authorization"), STR("y")},
                                          {STR("Cookies"), STR("2")}};
    struct http_request r = {.method = STR("GET"),
                             .url = url_of(state, "http://u:p@h/a"),
                             .headers = headers,
                             .header_count = LENGTH(headers),
                             .credentials = STR("joe:pw")};
    static const char *const elsewhere[] = {"http://i/b", "https://h/b", "http://h:81/b",
                                            "unix:/x.sock"};
    for (size_t i = 0; i < LENGTH(elsewhere); i++) {
        struct http_request next =
            http_request_redirect(&r, 302, url_of(state, elsewhere[i]), *state);
        assert_int_equal(next.header_count, 2);
        same(next.headers[0].name, STR("X-A"));
        same(next.headers[1].name, STR("Cookies"));
        assert_null(next.credentials.p);
        assert_false(str_contains(prepare(state, &next).bytes, STR("uthorization")));
    }
    struct http_request next =
        http_request_redirect(&r, 302, url_of(state, "http://H:80/b"), *state);
    assert_int_equal(next.header_count, 6);
    same(next.credentials, STR("joe:pw"));
    next = http_request_redirect(&r, 302, url_of(state, "http://a:b@i/"), *state);
    assert_true(
        str_contains(prepare(state, &next).bytes, STR("\r\nAuthorization: Basic YTpi\r\n")));
}

static void forms_are_encoded_as_browsers_do(void **state)
{
    (void)state;
    struct buf out = {0};
    http_form_add(&out, STR("name"), STR("Joe Average"));
    http_form_add(&out, STR("a&b=c"), STR("100%+~*-._"));
    http_form_add(&out, STR("\xc3\xa9"), STR("\r\n\0"));
    http_form_add(&out, STR(""), STR(""));
    http_form_add(&out, STR("azAZ09"), STR("`{@[/:"));
    same(buf_view(&out), STR("name=Joe+Average&a%26b%3Dc=100%25%2B%7E*-._&%C3%A9=%0D%0A%00&=&"
                             "azAZ09=%60%7B%40%5B%2F%3A"));
    buf_free(&out);
}

static void secrets_are_masked(void **state)
{
    same(http_mask_secrets(STR("GET / HTTP/1.1\r\nHost: h\r\nauthorization:Basic am9l\r\n"
                               "Proxy-Authorization: x\r\nCookie: a=b; c=d\r\nCookies: 3\r\n"
                               "X-Authorization: y\r\n\r\n"),
                           *state),
         STR("GET / HTTP/1.1\r\nHost: h\r\nauthorization: ***\r\n"
             "Proxy-Authorization: ***\r\nCookie: ***\r\nCookies: 3\r\n"
             "X-Authorization: y\r\n\r\n"));
    same(http_mask_secrets(STR("HTTP/1.1 200 OK\r\nSet-Cookie: sid = 12=3; Path=/\r\n"
                               "set-cookie: odd\r\nSet-Cookie:\r\n\r\n"),
                           *state),
         STR("HTTP/1.1 200 OK\r\nSet-Cookie: sid =***\r\nset-cookie: ***\r\nSet-Cookie: "
             "***\r\n\r\n"));
}

static void folded_secrets_and_broken_heads_are_masked_too(void **state)
{
    same(http_mask_secrets(STR("X\nCookie: a=b;\n c=d\n\te=f\nA: b\n g\n\n"), *state),
         STR("X\nCookie: ***\nA: b\n g\n\n"));
    same(http_mask_secrets(STR("X\r\nSet-Cookie:\r\n a=b\r\n\r\n"), *state),
         STR("X\r\nSet-Cookie: a=***\r\n\r\n"));
    same(http_mask_secrets(STR("Cookie : a=b"), *state), STR("Cookie : ***"));
    same(http_mask_secrets(STR("Cookie: a=b\r\n c"), *state), STR("Cookie: ***"));
    same(http_mask_secrets(STR(""), *state), STR(""));
    same(http_mask_secrets(STR("A: b\r\n\r\nCookie: body\r\n"), *state),
         STR("A: b\r\n\r\nCookie: body\r\n"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_arena, free_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_get_has_the_usual_headers),
        TEST(a_body_has_its_length),
        TEST(some_methods_say_that_their_body_is_empty),
        TEST(the_users_headers_replace_the_defaults),
        TEST(ipv6_and_unix_sockets_have_a_host_header),
        TEST(credentials_become_basic_authentication),
        TEST(the_users_close_is_seen),
        TEST(what_would_break_the_request_is_refused),
        TEST(other_bytes_may_stand_in_values),
        TEST(redirects_change_the_method_by_status),
        TEST(only_five_statuses_redirect),
        TEST(secrets_do_not_follow_to_another_origin),
        TEST(forms_are_encoded_as_browsers_do),
        TEST(secrets_are_masked),
        TEST(folded_secrets_and_broken_heads_are_masked_too),
    };
    return UNIT_RUN(tests);
}
