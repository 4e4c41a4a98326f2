/* URLs as people type them, and references as servers send them. */
#include "unit.h"

#include <string.h>

#include "base/mem.h"
#include "proto/http_url.h"

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

static void same(str got, const char *want)
{
    if (!str_eq(got, str_from(want)))
        fail_msg("got '" STR_FMT "', want '%s'", STR_ARG(got), want);
}

/* The text has memory of its own exact size and is gone when the URL is looked at. */
static struct http_url parse(void **state, const char *text)
{
    struct http_url url;
    struct err e = {0};
    size_t n = strlen(text);
    char *copy = mem_alloc(n + (n == 0));
    memcpy(copy, text, n);
    if (!http_url_parse((str){copy, n}, *state, &url, &e))
        fail_msg("%s", e.text);
    memset(copy, '!', n);
    mem_free(copy);
    assert_int_equal(e.kind, ERR_NONE);
    return url;
}

static void refused(void **state, const char *text, const char *sentence)
{
    struct http_url url = {.port = 7};
    struct err e = {0};
    assert_false(http_url_parse(str_from(text), *state, &url, &e));
    assert_string_equal(e.text, sentence);
    assert_int_equal(e.kind, ERR_USAGE);
    assert_int_equal(url.port, 7);
}

static void cuts_a_full_url(void **state)
{
    struct http_url url = parse(state, "https://Example.COM:8443/a/b?x=1&y=2#part");
    assert_true(url.tls);
    assert_int_equal(url.port, 8443);
    same(url.host, "example.com");
    same(url.authority, "example.com:8443");
    same(url.target, "/a/b?x=1&y=2");
    assert_null(url.credentials.p);
    assert_int_equal(url.unix_path.n, 0);
}

static void fills_in_what_is_left_out(void **state)
{
    struct {
        const char *text;
        bool tls;
        uint16_t port;
        const char *host, *authority, *target;
    } cases[] = {
        {"http://h", false, 80, "h", "h", "/"},
        {"http://h/", false, 80, "h", "h", "/"},
        {"https://h", true, 443, "h", "h", "/"},
        {"HTTPS://h", true, 443, "h", "h", "/"},
        {"http://h:80/x", false, 80, "h", "h", "/x"},
        {"https://h:443/x", true, 443, "h", "h", "/x"},
        {"https://h:80/x", true, 80, "h", "h:80", "/x"},
        {"http://h:443/x", false, 443, "h", "h:443", "/x"},
        {"http://h:/x", false, 80, "h", "h", "/x"},
        {"http://h:0080", false, 80, "h", "h", "/"},
        {"127.0.0.1:8081/ping", false, 8081, "127.0.0.1", "127.0.0.1:8081", "/ping"},
        {"localhost/x", false, 80, "localhost", "localhost", "/x"},
        {"localhost:8081/x?u=http://y", false, 8081, "localhost", "localhost:8081",
         "/x?u=http://y"},
        {"localhost:8081", false, 8081, "localhost", "localhost:8081", "/"},
        {"unix:8081/x", false, 8081, "unix", "unix:8081", "/x"},
        {"my_host.a-b~c.", false, 80, "my_host.a-b~c.", "my_host.a-b~c.", "/"},
        {"http://h?x=/y", false, 80, "h", "h", "/?x=/y"},
        {"http://h#top", false, 80, "h", "h", "/"},
        {"http://h/x?#top", false, 80, "h", "h", "/x?"},
        {"http://azAZ09", false, 80, "azaz09", "azaz09", "/"},
        {"h:65535", false, 65535, "h", "h:65535", "/"},
        {"h:1", false, 1, "h", "h:1", "/"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http_url url = parse(state, cases[i].text);
        assert_int_equal(url.tls, cases[i].tls);
        assert_int_equal(url.port, cases[i].port);
        same(url.host, cases[i].host);
        same(url.authority, cases[i].authority);
        same(url.target, cases[i].target);
    }
}

static void an_ipv6_address_stands_in_brackets(void **state)
{
    struct http_url url = parse(state, "http://[::1]:8081/x");
    same(url.host, "::1");
    same(url.authority, "[::1]:8081");
    assert_int_equal(url.port, 8081);
    url = parse(state, "[FE80::A]");
    same(url.host, "fe80::a");
    same(url.authority, "[fe80::a]");
    same(url.target, "/");
    refused(state, "http://::1/",
            "URL 'http://::1/': an IPv6 address needs brackets, like [::1]:8080");
    refused(state, "[::1", "URL '[::1': a '[' without ']'");
    refused(state, "[::1]8081", "URL '[::1]8081': '8081' behind ']' is not a port");
    refused(state, "[localhost]", "URL '[localhost]': '[localhost]' is not an IPv6 address");
    refused(state, "[]", "URL '[]': '[]' is not an IPv6 address");
}

static void keeps_user_and_password_apart(void **state)
{
    struct http_url url = parse(state, "http://joe:se%63ret@h:81/x");
    same(url.credentials, "joe:secret");
    same(url.authority, "h:81");
    same(parse(state, "joe@h").credentials, "joe:");
    same(parse(state, "http://@h").credentials, ":");
    same(parse(state, "http://a:b:c@h").credentials, "a:b:c");
    same(parse(state, "http://a:p@ss@h").credentials, "a:p@ss");
    same(parse(state, "http://a:100%@h").credentials, "a:100%");
    same(parse(state, "http://a:%4@h").credentials, "a:%4");
    same(parse(state, "http://a:%zz%2f%aA@h").credentials, "a:%zz/\xaa");
    same(parse(state, "http://a:%c3%BC@h").credentials, "a:\xc3\xbc");
    assert_null(parse(state, "http://h/a@b").credentials.p);
    same(parse(state, "http://h/a@b").host, "h");
    str decoded = parse(state, "http://a:%00b@h").credentials;
    assert_int_equal(decoded.n, 4);
    assert_memory_equal(decoded.p, "a:\0b", 4);
}

static void the_target_stays_as_it_was_written(void **state)
{
    same(parse(state, "h/a%20b/{id}|x\"<>").target, "/a%20b/{id}|x\"<>");
    same(parse(state, "h/a/../b/./c").target, "/a/../b/./c");
    same(parse(state, "h/100%").target, "/100%");
    same(parse(state, "h/caf\xc3\xa9?\xff").target, "/caf%C3%A9?%FF");
    same(parse(state, "h/\x80").target, "/%80");
}

static void unix_sockets_are_written_as_in_nginx(void **state)
{
    struct http_url url = parse(state, "unix:/run/My.sock:/ping?x#y");
    same(url.unix_path, "/run/My.sock");
    same(url.target, "/ping?x");
    same(url.authority, "localhost");
    same(url.host, "localhost");
    assert_int_equal(url.port, 0);
    assert_false(url.tls);
    url = parse(state, "unix:/run/a b#c.sock");
    same(url.unix_path, "/run/a b#c.sock");
    same(url.target, "/");
    url = parse(state, "https://unix:/x.sock:/a:b");
    assert_true(url.tls);
    same(url.unix_path, "/x.sock");
    same(url.target, "/a:b");
    same(parse(state, "http://unix:/x.sock:").target, "/");
    same(parse(state, "unix:///x.sock").unix_path, "///x.sock");
    struct err e = {0};
    assert_false(http_url_parse(STR("unix:/a\0b"), *state, &url, &e));
    assert_string_equal(e.text, "URL 'unix:/a': a NUL byte in the path of the unix socket");
}

static void errors_are_sentences(void **state)
{
    refused(state, "", "URL '': the host is missing");
    refused(state, "/ping", "URL '/ping': the host is missing");
    refused(state, "http:///x", "URL 'http:///x': the host is missing");
    refused(state, "http://:80/x", "URL 'http://:80/x': the host is missing");
    refused(state, "http://joe@/x", "URL 'http://***@/x': the host is missing");
    refused(state, "ftp://h/x", "URL 'ftp://h/x': only http and https");
    refused(state, "kafka+ssl://h", "URL 'kafka+ssl://h': only http and https");
    refused(state, "azAZ09+-.://h", "URL 'azAZ09+-.://h': only http and https");
    refused(state, "://h", "URL '://h': the host is missing");
    refused(state, "http:/h/x", "URL 'http:/h/x': '//' is missing behind 'http:'");
    refused(state, "https:h", "URL 'https:h': '//' is missing behind 'https:'");
    refused(state, "h:0", "URL 'h:0': port '0' is not a number from 1 to 65535");
    refused(state, "h:65536", "URL 'h:65536': port '65536' is not a number from 1 to 65535");
    refused(state, "h:99999999999999999999",
            "URL 'h:99999999999999999999': port '99999999999999999999' is not a number from 1 to "
            "65535");
    refused(state, "h:80a", "URL 'h:80a': port '80a' is not a number from 1 to 65535");
    refused(state, "h:-1", "URL 'h:-1': port '-1' is not a number from 1 to 65535");
    refused(state, "a b/x", "URL 'a b/x': host 'a b' has a character that no host name has");
    refused(state, "a%41", "URL 'a%41': host 'a%41' has a character that no host name has");
    refused(state,
            "b\xc3\xbc"
            "cher.de",
            "URL 'b\xc3\xbc"
            "cher.de': host 'b\xc3\xbc"
            "cher.de' is not ASCII; write its form that begins with xn--");
    refused(state, "h/a b", "URL 'h/a b': a space in the path or query; write %20");
    refused(state, "h/a\tb", "URL 'h/a?b': a control character in the path or query; write %09");
    refused(state, "h/\r\n", "URL 'h/\?\?': a control character in the path or query; write %0D");
    refused(state, "h/\x7f", "URL 'h/?': a control character in the path or query; write %7F");
    struct http_url url;
    struct err e = {0};
    assert_false(http_url_parse(STR("h/\0x"), *state, &url, &e));
    assert_string_equal(e.text, "URL 'h/': a control character in the path or query; write %00");
    assert_false(http_url_parse(STR("h\0x"), *state, &url, &e));
}

static void errors_show_no_password_no_control_bytes_no_endless_text(void **state)
{
    refused(state, "http://joe:secret@h:99999/x",
            "URL 'http://***@h:99999/x': port '99999' is not a number from 1 to 65535");
    refused(state, "joe:secret@h:99999",
            "URL '***@h:99999': port '99999' is not a number from 1 to 65535");
    refused(state, "h\x1b[31m/",
            "URL 'h?[31m/': host 'h?[31m' has a character that no host name has");
    refused(state, "h:\x7f", "URL 'h:?': port '?' is not a number from 1 to 65535");
    char text[2000];
    struct http_url url;
    struct err e = {0};
    memset(text, 'x', sizeof text);
    memcpy(text, "ftp://", 6);
    assert_false(http_url_parse((str){text, sizeof text}, *state, &url, &e));
    char *end = strstr(e.text, "xx...': only http and https");
    assert_non_null(end);
    assert_int_equal(strcspn(e.text, "."), 5 + 200);
}

static void resolves(void **state, const char *base, const char *reference, const char *authority,
                     const char *target)
{
    struct http_url from = parse(state, base), url;
    struct err e = {0};
    if (!http_url_resolve(&from, str_from(reference), *state, &url, &e))
        fail_msg("%s", e.text);
    same(url.authority, authority);
    same(url.target, target);
}

/* RFC 3986 sections 5.4.1 and 5.4.2, with the fragments dropped. */
static void resolves_the_examples_of_the_rfc(void **state)
{
    static const char *const cases[][2] = {
        {"g", "/b/c/g"},
        {"./g", "/b/c/g"},
        {"g/", "/b/c/g/"},
        {"/g", "/g"},
        {"?y", "/b/c/d;p?y"},
        {"g?y", "/b/c/g?y"},
        {"#s", "/b/c/d;p?q"},
        {"g#s", "/b/c/g"},
        {"g?y#s", "/b/c/g?y"},
        {";x", "/b/c/;x"},
        {"g;x", "/b/c/g;x"},
        {"g;x?y#s", "/b/c/g;x?y"},
        {"", "/b/c/d;p?q"},
        {".", "/b/c/"},
        {"./", "/b/c/"},
        {"..", "/b/"},
        {"../", "/b/"},
        {"../g", "/b/g"},
        {"../..", "/"},
        {"../../", "/"},
        {"../../g", "/g"},
        {"../../../g", "/g"},
        {"../../../../g", "/g"},
        {"/./g", "/g"},
        {"/../g", "/g"},
        {"g.", "/b/c/g."},
        {".g", "/b/c/.g"},
        {"g..", "/b/c/g.."},
        {"..g", "/b/c/..g"},
        {"./../g", "/b/g"},
        {"./g/.", "/b/c/g/"},
        {"g/./h", "/b/c/g/h"},
        {"g/../h", "/b/c/h"},
        {"g;x=1/./y", "/b/c/g;x=1/y"},
        {"g;x=1/../y", "/b/c/y"},
        {"g?y/./x", "/b/c/g?y/./x"},
        {"g?y/../x", "/b/c/g?y/../x"},
        {"g#s/./x", "/b/c/g"},
        {"/a//../b", "/a/b"},
        {"/a/b//", "/a/b//"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        resolves(state, "http://a/b/c/d;p?q", cases[i][0], "a", cases[i][1]);
    resolves(state, "http://a/b/c/d;p?q", "//g", "g", "/");
    resolves(state, "http://a/b/c/d;p?q", "//g?y", "g", "/?y");
}

static void resolves_across_hosts_and_schemes(void **state)
{
    struct http_url base = parse(state, "https://joe:pw@a:8443/x/y?z"), url;
    struct err e = {0};
    assert_true(http_url_resolve(&base, STR("//b/p/../q"), *state, &url, &e));
    assert_true(url.tls);
    assert_int_equal(url.port, 443);
    same(url.target, "/q");
    assert_null(url.credentials.p);
    assert_true(http_url_resolve(&base, STR("http://c:81"), *state, &url, &e));
    assert_false(url.tls);
    same(url.authority, "c:81");
    same(url.target, "/");
    assert_true(http_url_resolve(&base, STR("caf\xc3\xa9"), *state, &url, &e));
    assert_true(url.tls);
    same(url.authority, "a:8443");
    same(url.target, "/x/caf%C3%A9");
    same(url.credentials, "joe:pw");
}

static void a_location_that_leads_nowhere_is_an_error_of_the_run(void **state)
{
    static const char *const cases[][2] = {
        {"ftp://h/x", "Location 'ftp://h/x': only http and https"},
        {"mailto:joe", "Location 'mailto:joe': only http and https"},
        {"unix:/run/docker.sock:/x", "Location 'unix:/run/docker.sock:/x': only http and https"},
        {"http:/x", "Location 'http:/x': '//' is missing behind 'http:'"},
        {"http:///x", "Location 'http:///x': the host is missing"},
        {"/a b", "Location '/a b': a space in the path or query; write %20"},
        {"//u:p@h:0/", "Location '//***@h:0/': port '0' is not a number from 1 to 65535"},
    };
    struct http_url base = parse(state, "http://a/b"), url;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err e = {0};
        assert_false(http_url_resolve(&base, str_from(cases[i][0]), *state, &url, &e));
        assert_string_equal(e.text, cases[i][1]);
        assert_int_equal(e.kind, ERR_RUN);
    }
    struct err e = {0};
    assert_false(http_url_resolve(&base, STR("x\0y"), *state, &url, &e));
}

static void a_redirect_stays_on_its_unix_socket_or_leaves_it(void **state)
{
    struct http_url base = parse(state, "unix:/x.sock:/a/b"), url;
    struct err e = {0};
    assert_true(http_url_resolve(&base, STR("c"), *state, &url, &e));
    same(url.unix_path, "/x.sock");
    same(url.target, "/a/c");
    assert_true(http_url_same_origin(&base, &url));
    assert_true(http_url_resolve(&base, STR("http://h/c"), *state, &url, &e));
    assert_int_equal(url.unix_path.n, 0);
    assert_false(http_url_same_origin(&base, &url));
    assert_true(http_url_resolve(&base, STR("http://unix:/y.sock:/c"), *state, &url, &e));
    assert_int_equal(url.unix_path.n, 0);
    same(url.host, "unix");
}

static void origins_differ_in_scheme_host_or_port(void **state)
{
    struct http_url a = parse(state, "http://h/x"), b;
    b = parse(state, "http://u:p@H:80/y");
    assert_true(http_url_same_origin(&a, &b));
    b = parse(state, "https://h:80/x");
    assert_false(http_url_same_origin(&a, &b));
    b = parse(state, "http://h:81/x");
    assert_false(http_url_same_origin(&a, &b));
    b = parse(state, "http://i/x");
    assert_false(http_url_same_origin(&a, &b));
    a = parse(state, "unix:/a.sock");
    b = parse(state, "unix:/b.sock");
    assert_false(http_url_same_origin(&a, &b));
}

static void values_are_percent_encoded(void **state)
{
    static const struct {
        str value;
        const char *stay, *want;
    } cases[] = {
        {{"azAZ09-._~", 10}, HTTP_UNRESERVED, "azAZ09-._~"},
        {{"a b/c?d&e=f#g", 13}, HTTP_UNRESERVED, "a%20b%2Fc%3Fd%26e%3Df%23g"},
        {{"a b/c?", 6}, HTTP_UNRESERVED "/", "a%20b/c%3F"},
        {{"\xc3\xa9\0\xff%+", 6}, HTTP_UNRESERVED, "%C3%A9%00%FF%25%2B"},
        {{"`{@[:", 5}, "", "%60%7B%40%5B%3A"},
        {{NULL, 0}, "", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out = {0};
        http_percent_add(&out, cases[i].value, cases[i].stay);
        same(buf_view(&out), cases[i].want);
        buf_free(&out);
    }
}

static void templates_stay_as_they_were_written(void **state)
{
    same(parse(state, "h/a/${sku}/b?q=${url:x}&c=${vu.id}").target,
         "/a/${sku}/b?q=${url:x}&c=${vu.id}");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_arena, free_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(cuts_a_full_url),
        TEST(fills_in_what_is_left_out),
        TEST(an_ipv6_address_stands_in_brackets),
        TEST(keeps_user_and_password_apart),
        TEST(the_target_stays_as_it_was_written),
        TEST(unix_sockets_are_written_as_in_nginx),
        TEST(errors_are_sentences),
        TEST(errors_show_no_password_no_control_bytes_no_endless_text),
        TEST(resolves_the_examples_of_the_rfc),
        TEST(resolves_across_hosts_and_schemes),
        TEST(a_location_that_leads_nowhere_is_an_error_of_the_run),
        TEST(a_redirect_stays_on_its_unix_socket_or_leaves_it),
        TEST(origins_differ_in_scheme_host_or_port),
        TEST(values_are_percent_encoded),
        TEST(templates_stay_as_they_were_written),
    };
    return UNIT_RUN(tests);
}
