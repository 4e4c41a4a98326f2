/* Addresses: what the resolver finds and how it is shown. */
#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

#include "loop/addr.h"

static void an_ipv4_address_is_itself(void **state)
{
    (void)state;
    struct addr a[ADDR_MOST];
    struct err e = {0};
    unsigned n = 99;
    assert_true(addr_resolve(STR("127.0.0.1"), 8081, a, &n, &e));
    assert_int_equal(n, 1);
    assert_string_equal(a[0].text, "127.0.0.1:8081");
    const struct sockaddr_in *in = (const struct sockaddr_in *)&a[0].storage;
    assert_int_equal(a[0].length, sizeof *in);
    assert_int_equal(in->sin_family, AF_INET);
    assert_int_equal(ntohs(in->sin_port), 8081);
    assert_int_equal(ntohl(in->sin_addr.s_addr), INADDR_LOOPBACK);
}

static void an_ipv6_address_is_shown_in_brackets(void **state)
{
    (void)state;
    struct addr a[ADDR_MOST];
    struct err e = {0};
    unsigned n = 0;
    assert_true(addr_resolve(STR("::1"), 65535, a, &n, &e));
    assert_int_equal(n, 1);
    assert_int_equal(a[0].storage.ss_family, AF_INET6);
    assert_string_equal(a[0].text, "[::1]:65535");
    assert_true(addr_resolve(STR("2001:db8:1111:2222:3333:4444:5555:6666"), 1, a, &n, &e));
    assert_string_equal(a[0].text, "[2001:db8:1111:2222:3333:4444:5555:6666]:1");
}

static void a_name_is_cut_where_its_length_says(void **state)
{
    (void)state;
    struct addr a[ADDR_MOST];
    struct err e = {0};
    unsigned n = 0;
    str url = STR("127.0.0.1:80/path");
    assert_true(addr_resolve((str){url.p, 9}, 80, a, &n, &e));
    assert_string_equal(a[0].text, "127.0.0.1:80");
}

static void localhost_is_this_machine_each_address_once(void **state)
{
    (void)state;
    struct addr a[ADDR_MOST];
    struct err e = {0};
    unsigned n = 0;
    assert_true(addr_resolve(STR("localhost"), 80, a, &n, &e));
    assert_in_range(n, 1, ADDR_MOST);
    for (unsigned i = 0; i < n; i++) {
        assert_true(!strcmp(a[i].text, "127.0.0.1:80") || !strcmp(a[i].text, "[::1]:80"));
        for (unsigned k = 0; k < i; k++)
            assert_string_not_equal(a[i].text, a[k].text);
    }
}

static void an_unknown_name_is_an_error_that_names_it(void **state)
{
    (void)state;
    static const char start[] = "cannot find host 'no-such-host.invalid': ";
    struct addr a[ADDR_MOST];
    struct err e = {0};
    unsigned n = 0;
    assert_false(addr_resolve(STR("no-such-host.invalid"), 80, a, &n, &e));
    assert_int_equal(e.kind, ERR_RUN);
    assert_memory_equal(e.text, start, sizeof start - 1);
    const char *why = e.text + sizeof start - 1; /* by whether this machine has a name server */
    assert_true(!strcmp(why, "no such name") || !strcmp(why, "the name server does not answer"));
}

static void a_name_that_is_too_long_is_an_error(void **state)
{
    (void)state;
    struct addr a[ADDR_MOST];
    struct err e = {0};
    unsigned n = 0;
    char name[300];
    memset(name, 'a', sizeof name);
    assert_false(addr_resolve((str){name, 256}, 80, a, &n, &e));
    assert_string_equal(e.text, "the host name is longer than 255 bytes");
    assert_false(addr_resolve(STR(""), 80, a, &n, &e));
    assert_int_equal(e.kind, ERR_RUN);
}

static void a_unix_path_has_1_to_107_bytes(void **state)
{
    (void)state;
    struct addr a;
    struct err e = {0};
    char path[108];
    memset(path, 'p', sizeof path);
    assert_true(addr_unix((str){path, 107}, &a, &e));
    const struct sockaddr_un *un = (const struct sockaddr_un *)&a.storage;
    assert_int_equal(un->sun_family, AF_UNIX);
    assert_memory_equal(un->sun_path, path, 107);
    assert_int_equal(un->sun_path[107], 0);
    assert_int_equal(a.length, sizeof *un);
    assert_int_equal(strlen(a.text), strlen("unix:") + 107);
    assert_false(addr_unix((str){path, 108}, &a, &e));
    assert_int_equal(e.kind, ERR_USAGE);
    assert_string_equal(e.text, "a unix socket's path has 1 to 107 bytes, this one 108");
    assert_false(addr_unix(STR(""), &a, &e));
    assert_true(addr_unix(STR("/run/x.sock"), &a, &e));
    assert_string_equal(a.text, "unix:/run/x.sock");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ipv4_address_is_itself),
        cmocka_unit_test(an_ipv6_address_is_shown_in_brackets),
        cmocka_unit_test(a_name_is_cut_where_its_length_says),
        cmocka_unit_test(localhost_is_this_machine_each_address_once),
        cmocka_unit_test(an_unknown_name_is_an_error_that_names_it),
        cmocka_unit_test(a_name_that_is_too_long_is_an_error),
        cmocka_unit_test(a_unix_path_has_1_to_107_bytes),
    };
    return UNIT_RUN(tests);
}
