/* What a user's jar keeps, sends and lets go. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "proto/http_jar.h"

enum { NOW = 1000000000 };

static const struct http_place shop = {{"shop.example.com", 16}, {"/cart/items", 11}, false};

static int make_jar(void **state)
{
    static struct http_jar jar;
    *state = &jar;
    return 0;
}

static int free_jar(void **state)
{
    http_jar_free(*state);
    return 0;
}

static void take(void **state, const char *line)
{
    http_jar_take(*state, &shop, str_from(line), NOW);
}

static void sends_at(void **state, struct http_place to, int64_t now_s, const char *want)
{
    struct buf out = {0};
    buf_str(&out, STR("Cookie: "));
    bool any = http_jar_write(*state, &to, now_s, &out);
    assert_int_equal(any, *want != 0);
    str got = str_skip(buf_view(&out), 8);
    if (!str_eq(got, str_from(want)))
        fail_msg("got '" STR_FMT "', want '%s'", STR_ARG(got), want);
    buf_free(&out);
}

static void sends(void **state, const char *host, const char *path, const char *want)
{
    sends_at(state, (struct http_place){str_from(host), str_from(path), false}, NOW, want);
}

static void a_cookie_goes_back_to_its_host_and_folder(void **state)
{
    take(state, "a=1");
    sends(state, "shop.example.com", "/cart/items", "a=1");
    sends(state, "SHOP.example.com", "/cart", "a=1");
    sends(state, "shop.example.com", "/cartoon", "");
    sends(state, "shop.example.com", "/", "");
    sends(state, "example.com", "/cart", "");
    sends(state, "sub.shop.example.com", "/cart", "");
}

static void a_domain_opens_it_to_names_below(void **state)
{
    take(state, "a=1; Domain=example.com; Path=/");
    sends(state, "shop.example.com", "/", "a=1");
    sends(state, "example.com", "/", "a=1");
    sends(state, "x.y.example.com", "/", "a=1");
    sends(state, "badexample.com", "/", "");
}

static void a_server_speaks_for_its_own_domains_only(void **state)
{
    take(state, "a=1; Domain=other.com");
    take(state, "b=1; Domain=com");
    take(state, "c=1; Domain=below.shop.example.com");
    take(state, "not a cookie");
    sends(state, "shop.example.com", "/cart", "");
    sends(state, "other.com", "/cart", "");
    take(state, "d=1; Domain=shop.example.com; Path=/");
    sends(state, "below.shop.example.com", "/", "d=1");
}

static void secure_cookies_need_tls(void **state)
{
    take(state, "a=1; Secure; Path=/");
    take(state, "b=2; Path=/");
    sends(state, "shop.example.com", "/", "b=2");
    sends_at(state, (struct http_place){shop.host, STR("/"), true}, NOW, "a=1; b=2");
}

static void longer_paths_go_first_then_older_cookies(void **state)
{
    take(state, "a=1; Path=/");
    take(state, "b=2; Path=/cart");
    take(state, "c=3; Path=/");
    take(state, "d=4; Path=/cart/items");
    sends(state, "shop.example.com", "/cart/items", "d=4; b=2; a=1; c=3");
}

static void a_cookie_of_the_same_name_domain_and_path_is_replaced_in_its_place(void **state)
{
    take(state, "a=1; Path=/");
    take(state, "b=2; Path=/");
    take(state, "a=3; Path=/");
    take(state, "A=4; Path=/");
    take(state, "a=5; Path=/cart");
    sends(state, "shop.example.com", "/cart", "a=5; a=3; b=2; A=4");
    take(state, "a=6; Path=/; Domain=SHOP.example.com");
    sends(state, "shop.example.com", "/", "a=6; b=2; A=4");
}

static void cookies_end_when_their_time_is_over(void **state)
{
    take(state, "a=1; Max-Age=60; Path=/");
    take(state, "b=2; Path=/");
    take(state, "c=3; Expires=Thu, 01 Jan 2037 00:00:00 GMT; Path=/");
    sends_at(state, shop, NOW + 59, "a=1; b=2; c=3");
    sends_at(state, shop, NOW + 60, "b=2; c=3");
    sends_at(state, shop, NOW + INT64_C(2000000000), "b=2");
}

static void servers_remove_their_cookies(void **state)
{
    take(state, "a=1; Path=/");
    take(state, "b=2; Path=/");
    take(state, "c=3; Path=/");
    take(state, "a=; Max-Age=0; Path=/");
    take(state, "b=gone; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/");
    take(state, "c=gone; Max-Age=-1; Path=/cart"); /* another one */
    sends(state, "shop.example.com", "/cart", "c=3");
    take(state, "c=; Max-Age=0; Path=/");
    struct http_jar *jar = *state;
    assert_null(jar->first);
}

static void the_oldest_goes_when_the_jar_is_full(void **state)
{
    char line[64];
    for (int i = 0; i < HTTP_JAR_MOST + 2; i++) {
        snprintf(line, sizeof line, "n%d=%d; Path=%s", i, i, i % 2 ? "/" : "/cart");
        take(state, line);
    }
    take(state, "n2=again; Path=/cart"); /* as old as it was */
    struct buf out = {0};
    assert_true(http_jar_write(*state, &shop, NOW, &out));
    str rest = buf_view(&out), piece;
    unsigned n = 0;
    while (str_next(&rest, ';', &piece))
        n++;
    assert_int_equal(n, HTTP_JAR_MOST);
    assert_true(str_starts(buf_view(&out), STR("n2=again; n4=4; ")));
    assert_true(str_contains(buf_view(&out), STR("; n3=3; n5=5; ")));
    assert_false(str_contains(buf_view(&out), STR("n0=")));
    assert_false(str_contains(buf_view(&out), STR("n1=")));
    buf_free(&out);
}

static void those_that_are_over_make_room_first(void **state)
{
    char line[64];
    take(state, "first=1; Path=/");
    take(state, "short=1; Path=/; Max-Age=5");
    for (int i = 2; i < HTTP_JAR_MOST; i++) {
        snprintf(line, sizeof line, "n%d=1; Path=/", i);
        take(state, line);
    }
    http_jar_take(*state, &shop, STR("new=1; Path=/"), NOW + 5);
    struct buf out = {0};
    assert_true(http_jar_write(*state, &shop, NOW, &out));
    assert_true(str_starts(buf_view(&out), STR("first=1; n2=1; ")));
    assert_true(str_ends(buf_view(&out), STR("; new=1")));
    buf_free(&out);
}

static void a_cookie_that_is_too_large_is_not_kept(void **state)
{
    struct buf line = {0};
    buf_str(&line, STR("a="));
    /* beside the name there are the host and the path */
    while (line.n < 2 + HTTP_COOKIE_MOST - 1 - shop.host.n - strlen("/cart"))
        buf_char(&line, 'x');
    http_jar_take(*state, &shop, buf_view(&line), NOW);
    struct buf out = {0};
    assert_true(http_jar_write(*state, &shop, NOW, &out));
    assert_true(str_eq(buf_view(&out), buf_view(&line)));
    buf_char(&line, 'x');
    memcpy(line.p, "b", 1);
    http_jar_take(*state, &shop, buf_view(&line), NOW);
    out.n = 0;
    assert_true(http_jar_write(*state, &shop, NOW, &out));
    assert_true(str_starts(buf_view(&out), STR("a=")));
    assert_int_equal(out.n, line.n - 1);
    buf_free(&out);
    buf_free(&line);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_jar, free_jar)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_cookie_goes_back_to_its_host_and_folder),
        TEST(a_domain_opens_it_to_names_below),
        TEST(a_server_speaks_for_its_own_domains_only),
        TEST(secure_cookies_need_tls),
        TEST(longer_paths_go_first_then_older_cookies),
        TEST(a_cookie_of_the_same_name_domain_and_path_is_replaced_in_its_place),
        TEST(cookies_end_when_their_time_is_over),
        TEST(servers_remove_their_cookies),
        TEST(the_oldest_goes_when_the_jar_is_full),
        TEST(those_that_are_over_make_room_first),
        TEST(a_cookie_that_is_too_large_is_not_kept),
    };
    return UNIT_RUN(tests);
}
