/* One Set-Cookie line, and where cookies belong. */
#include "unit.h"

#include "proto/http_cookie.h"

#define LENGTH(a) (sizeof(a) / sizeof *(a))

enum { NOW = 1000000000 };

static void same(str got, const char *want)
{
    if (!str_eq(got, str_from(want)))
        fail_msg("got '" STR_FMT "', want '%s'", STR_ARG(got), want);
}

static struct http_cookie parse(const char *line)
{
    struct http_cookie c;
    if (!http_cookie_parse(str_from(line), NOW, &c))
        fail_msg("'%s' was refused", line);
    return c;
}

static void a_pair_alone_is_a_cookie_of_its_host(void **state)
{
    struct http_cookie c = parse("sid=31d4d96e407aad42");
    (void)state;
    same(c.name, "sid");
    same(c.value, "31d4d96e407aad42");
    assert_int_equal(c.domain.n, 0);
    assert_int_equal(c.path.n, 0);
    assert_true(c.expires_s == HTTP_COOKIE_STAYS);
    assert_false(c.secure);
}

static void attributes_are_read_in_any_case(void **state)
{
    struct http_cookie c = parse(" lang = en-US ; path = /a ;DOMAIN=.Example.com; secure; HttpOnly;"
                                 "SameSite=Lax; unknown=1; Expires=Sun, 06 Nov 1994 08:49:37 GMT");
    (void)state;
    same(c.name, "lang");
    same(c.value, "en-US");
    same(c.path, "/a");
    same(c.domain, "Example.com");
    assert_true(c.secure);
    assert_int_equal(c.expires_s, 784111777);
}

static void values_are_taken_as_they_are(void **state)
{
    (void)state;
    same(parse("a=\"b c\"").value, "\"b c\"");
    same(parse("a=b=c==").value, "b=c==");
    same(parse("a=").value, "");
    same(parse("a=\tb\xff,\x80").value, "b\xff,\x80");
}

static void the_last_attribute_of_a_name_counts(void **state)
{
    struct http_cookie c = parse("a=b; Path=/x; Path=/y; Domain=x.org; Domain=y.org; Max-Age=1; "
                                 "Max-Age=2");
    (void)state;
    same(c.path, "/y");
    same(c.domain, "y.org");
    assert_int_equal(c.expires_s, NOW + 2);
    assert_int_equal(parse("a=b; Path=/x; Path=y").path.n, 0);
    same(parse("a=b; Domain=x.org; Domain=").domain, "x.org");
    assert_int_equal(parse("a=b; Path").path.n, 0);
}

static void max_age_goes_before_expires(void **state)
{
    static const struct {
        const char *line;
        int64_t expires_s;
    } cases[] = {
        {"a=b; Max-Age=60; Expires=Sun, 06 Nov 1994 08:49:37 GMT", NOW + 60},
        {"a=b; Expires=Sun, 06 Nov 1994 08:49:37 GMT; Max-Age=60", NOW + 60},
        {"a=b; Max-Age=0", INT64_MIN},
        {"a=b; Max-Age=-1", INT64_MIN},
        {"a=b; Max-Age=99999999999999999999999", HTTP_COOKIE_STAYS},
        {"a=b; Max-Age=9223372036854775807", HTTP_COOKIE_STAYS},
        {"a=b; Max-Age=1h", HTTP_COOKIE_STAYS},
        {"a=b; Max-Age=-", HTTP_COOKIE_STAYS},
        {"a=b; Max-Age=+5", HTTP_COOKIE_STAYS},
        {"a=b; Max-Age", HTTP_COOKIE_STAYS},
        {"a=b; Max-Age=x; Expires=Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
        {"a=b; Expires=0", HTTP_COOKIE_STAYS},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++)
        if (parse(cases[i].line).expires_s != cases[i].expires_s)
            fail_msg("'%s' expires at %lld", cases[i].line,
                     (long long)parse(cases[i].line).expires_s);
}

static void what_sets_no_cookie_is_refused(void **state)
{
    static const str cases[] = {{"", 0},      {"a", 1},      {"=b", 2},        {" = b", 4},
                                {"; a=b", 5}, {"a; b=c", 6}, {"a=b\r\n c", 8}, {"a=b; x=\n", 9},
                                {"a=\0", 3},  {"a\x7f=b", 4}};
    struct http_cookie c;
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++)
        if (http_cookie_parse(cases[i], NOW, &c))
            fail_msg("'" STR_FMT "' was taken", STR_ARG(cases[i]));
}

static void domains_match_below_a_dot(void **state)
{
    const struct {
        str host, domain;
        bool matches, own;
    } cases[] = {
        {STR("a.example.com"), STR("example.com"), true, true},
        {STR("a.example.com"), STR("EXAMPLE.com"), true, true},
        {STR("b.a.example.com"), STR("example.com"), true, true},
        {STR("example.com"), STR("example.com"), true, true},
        {STR("example.com"), STR("a.example.com"), false, false},
        {STR("badexample.com"), STR("example.com"), false, false},
        {STR("example.com"), STR("com"), true, false},
        {STR("localhost"), STR("localhost"), true, true},
        {STR("127.0.0.1"), STR("127.0.0.1"), true, true},
        {STR("127.0.0.1"), STR("0.0.1"), false, false},
        {STR("::1"), STR("::1"), true, true},
        {STR("::1.2.3.4"), STR("3.4"), false, false},
        {STR("a.example.com"), STR(""), false, false},
        {STR("a."), STR("."), false, false},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++)
        if (http_cookie_domain_matches(cases[i].host, cases[i].domain) != cases[i].matches ||
            http_cookie_domain_is_own(cases[i].host, cases[i].domain) != cases[i].own)
            fail_msg("%s of %s", cases[i].domain.p, cases[i].host.p);
}

static void paths_match_by_folders(void **state)
{
    (void)state;
    assert_true(http_cookie_path_matches(STR("/a/b"), STR("/")));
    assert_true(http_cookie_path_matches(STR("/a/b"), STR("/a")));
    assert_true(http_cookie_path_matches(STR("/a/b"), STR("/a/")));
    assert_true(http_cookie_path_matches(STR("/a"), STR("/a")));
    assert_false(http_cookie_path_matches(STR("/ab"), STR("/a")));
    assert_false(http_cookie_path_matches(STR("/a"), STR("/a/")));
    assert_false(http_cookie_path_matches(STR("/A"), STR("/a")));
}

static void the_folder_of_a_request_is_above_its_last_slash(void **state)
{
    (void)state;
    same(http_cookie_folder(STR("/a/b/c")), "/a/b");
    same(http_cookie_folder(STR("/a/b/")), "/a/b");
    same(http_cookie_folder(STR("/a")), "/");
    same(http_cookie_folder(STR("/")), "/");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pair_alone_is_a_cookie_of_its_host),
        cmocka_unit_test(attributes_are_read_in_any_case),
        cmocka_unit_test(values_are_taken_as_they_are),
        cmocka_unit_test(the_last_attribute_of_a_name_counts),
        cmocka_unit_test(max_age_goes_before_expires),
        cmocka_unit_test(what_sets_no_cookie_is_refused),
        cmocka_unit_test(domains_match_below_a_dot),
        cmocka_unit_test(paths_match_by_folders),
        cmocka_unit_test(the_folder_of_a_request_is_above_its_last_slash),
    };
    return UNIT_RUN(tests);
}
