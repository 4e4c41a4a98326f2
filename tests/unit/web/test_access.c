/* Who may ask. */
#include "unit.h"

#include <string.h>

#include "web/access.h"
#include "web/address.h"

static void only_this_machine_is_local(void **state)
{
    (void)state;
    static const char *const local[] = {"localhost", "LocalHost:80", "127.0.0.1",  "127.0.0.1:8089",
                                        "127.1.2.3", "[::1]",        "[::1]:8089", " localhost "};
    static const char *const others[] = {"",
                                         "evil.example",
                                         "127.evil.example",
                                         "127.0.0.1.evil.example",
                                         "localhost.evil.example",
                                         "127.0.0",
                                         "127.0.0.256",
                                         "127.0.0.1.1",
                                         "[::2]",
                                         "[::1].evil",
                                         "0.0.0.0",
                                         "127.0.0.x",
                                         "10.0.0.1",
                                         "[::1"};
    for (size_t i = 0; i < sizeof local / sizeof *local; i++)
        assert_true(access_is_local(str_from(local[i])));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (access_is_local(str_from(others[i])))
            fail_msg("%s is no name of this machine", others[i]);
}

static void origin_is_that_of_the_host(void **state)
{
    (void)state;
    str host = STR("127.0.0.1:8089");
    assert_true(access_same_origin(STR("http://127.0.0.1:8089"), host));
    assert_true(access_same_origin(STR("https://127.0.0.1:8089"), host));
    assert_false(access_same_origin(STR("http://127.0.0.1:80"), host));
    assert_false(access_same_origin(STR("http://127.0.0.1:8089.evil.example"), host));
    assert_false(access_same_origin(STR("null"), host));
    assert_false(access_same_origin(STR(""), host));
    assert_false(access_same_origin(STR("http://"), host));
}

static void token_is_right_only_whole(void **state)
{
    (void)state;
    assert_true(access_token_is(STR("abc"), STR("abc")));
    assert_false(access_token_is(STR("ab"), STR("abc")));
    assert_false(access_token_is(STR("abcabc"), STR("abc")));
    assert_false(access_token_is(STR("abd"), STR("abc")));
    assert_false(access_token_is(STR(""), STR("abc")));
    assert_false(access_token_is(STR(""), STR("")));
    assert_false(access_token_is(STR("a"), STR("")));
}

static void cookies_are_found_by_name(void **state)
{
    (void)state;
    str header = STR("a=1; weir_token=t=x ;b=2");
    assert_true(str_eq(access_cookie(header, STR("a")), STR("1")));
    assert_true(str_eq(access_cookie(header, STR("weir_token")), STR("t=x")));
    assert_true(str_eq(access_cookie(header, STR("b")), STR("2")));
    assert_int_equal(access_cookie(header, STR("token")).n, 0);
    assert_int_equal(access_cookie(STR(""), STR("a")).n, 0);
}

static void addresses_are_loopback_unless_they_say_so(void **state)
{
    (void)state;
    struct web_address a;
    struct err e;
    static const struct {
        const char *text, *address;
        bool local;
    } cases[] = {
        {"", "127.0.0.1:8089", true},         {":8080", "127.0.0.1:8080", true},
        {"8080", "127.0.0.1:8080", true},     {"0.0.0.0:1", "0.0.0.0:1", false},
        {"[::1]:80", "[::1]:80", true},       {"[::]:80", "[::]:80", false},
        {"127.0.0.2:5", "127.0.0.2:5", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(web_address_read(str_from(cases[i].text), 8089, &a, &e));
        assert_string_equal(a.addr.text, cases[i].address);
        assert_int_equal(a.local, cases[i].local);
    }
    assert_false(web_address_check(STR("here"), &e));
    assert_int_equal(e.kind, ERR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_this_machine_is_local),
        cmocka_unit_test(origin_is_that_of_the_host),
        cmocka_unit_test(token_is_right_only_whole),
        cmocka_unit_test(cookies_are_found_by_name),
        cmocka_unit_test(addresses_are_loopback_unless_they_say_so),
    };
    return UNIT_RUN(tests);
}
