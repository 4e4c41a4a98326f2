/* Requests as bytes and back, forms, and what may be shown. */
#include "requests.h"

#include <string.h>

#include "proto/http_form.h"
#include "proto/http_mask.h"
#include "proto/http_request.h"

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

/* ---- templates ---- */

static void templates_pass_unchanged(void **state)
{
    const struct http_header headers[] = {{STR("X-Id"), STR("a ${id} ${vu.id}")},
                                          {STR("host"), STR("${host}")}};
    struct http_request r = {.method = STR("GET"),
                             .url = url_of(state, "h/goods/${sku}?q=${url:word}&${}"),
                             .headers = headers,
                             .header_count = LENGTH(headers)};
    same(prepare(state, &r).bytes,
         STR("GET /goods/${sku}?q=${url:word}&${} HTTP/1.1\r\nHost: ${host}\r\n" AGENT ACCEPT
             "X-Id: a ${id} ${vu.id}\r\n\r\n"));
}

static void a_body_that_comes_later_leaves_a_place_for_its_length(void **state)
{
    static const char *const methods[] = {"POST", "GET", "DELETE"};
    struct http_request r = {.url = url_of(state, "h/x"), .length_later = true};
    for (size_t i = 0; i < LENGTH(methods); i++) {
        r.method = str_from(methods[i]);
        struct http_prepared p = prepare(state, &r);
        assert_true(str_ends(p.bytes, STR("\r\nContent-Length: ${content-length}\r\n\r\n")));
        assert_int_equal(p.head_n, p.bytes.n);
    }
    const struct http_header own = {STR("content-length"), STR("0")};
    r.headers = &own;
    r.header_count = 1;
    refused(state, &r, "leave Content-Length out: weir counts what a body becomes");
}

static void rendered_values_are_checked_alone(void **state)
{
    (void)state;
    struct err e = {0};
    assert_true(http_header_value_check(STR("X"), STR(""), &e));
    assert_true(http_header_value_check(STR("X"), (str){NULL, 0}, &e));
    assert_true(http_header_value_check(STR("X"), STR("a\tb \x01\xff"), &e));
    assert_false(http_header_value_check(STR("X"), STR("a\rb"), &e));
    assert_string_equal(e.text, "the value of header 'X' holds a line break");
    assert_false(http_header_value_check(STR("X"), STR("\nb"), &e));
    assert_false(http_header_value_check(STR("X"), STR("b\0"), &e));
    assert_string_equal(e.text, "the value of header 'X' holds a NUL byte");
}

static void a_head_is_read_back(void **state)
{
    const struct http_header own = {STR("X-A"), STR("1")};
    struct http_url url = *url_of(state, "h/");
    url.target = STR("/a b?c"); /* as a template may render it */
    struct http_request r = {
        .method = STR("PUT"), .url = &url, .headers = &own, .header_count = 1, .body = STR("body")};
    struct http_prepared p = prepare(state, &r);
    struct http_request_head head;
    assert_true(http_request_head_read((str){p.bytes.p, p.head_n}, &head));
    same(head.method, STR("PUT"));
    same(head.target, STR("/a b?c"));
    same(head.fields, STR("Host: h\r\n" AGENT ACCEPT "X-A: 1\r\nContent-Length: 4\r\n"));
    same(http_header_find(head.fields, STR("x-a")), STR("1"));
    assert_true(http_request_head_read(STR("GET / HTTP/1.1\r\n\r\n"), &head));
    same(head.fields, STR(""));
}

static void what_is_no_head_is_not_read(void **state)
{
    static const str cases[] = {{"", 0},
                                {"\r\n\r\n", 4},
                                {"GET / HTTP/1.1\r\n", 16},
                                {"GET / HTTP/1.0\r\n\r\n", 18},
                                {"GET HTTP/1.1\r\n\r\n", 16},
                                {" / HTTP/1.1\r\n\r\n", 15},
                                {"GET * HTTP/1.1\r\n\r\n", 18},
                                {"GET  HTTP/1.1\r\n\r\n", 17},
                                {"G\tT / HTTP/1.1\r\n\r\n", 18}};
    struct http_request_head head;
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++)
        if (http_request_head_read(cases[i], &head))
            fail_msg("read '" STR_FMT "'", STR_ARG(cases[i]));
}

/* ---- forms, secrets ---- */

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
        TEST(templates_pass_unchanged),
        TEST(a_body_that_comes_later_leaves_a_place_for_its_length),
        TEST(rendered_values_are_checked_alone),
        TEST(a_head_is_read_back),
        TEST(what_is_no_head_is_not_read),
        TEST(forms_are_encoded_as_browsers_do),
        TEST(secrets_are_masked),
        TEST(folded_secrets_and_broken_heads_are_masked_too),
    };
    return UNIT_RUN(tests);
}
