/* The tables of options: complete, free of clashes, with defaults that pass their own checks; and
 * the forms of values that weir http has for itself. */
#include "unit.h"

#include <string.h>

#include "cli/command.h"
#include "cli/options_common.h"
#include "cli/options_http.h"

static const struct option *const tables[] = {options_http,  options_load, options_results,
                                              options_color, options_log,  options_settings,
                                              NULL};
static const struct args_grammar grammar = {
    .command = "weir http", .prefix = "WEIR_", .tables = tables};

static void each_option_is_complete(void **state)
{
    (void)state;
    const struct option *o;
    for (size_t i = 0; (o = options_at(tables, i)); i++) {
        assert_non_null(o->help);
        assert_non_null(o->group);
        assert_true((o->argument == NULL) == (o->type == OPTION_SWITCH));
        assert_false(o->fallback && o->otherwise);
        assert_false(o->repeats && o->fallback);
        assert_true(strspn(o->name, "abcdefghijklmnopqrstuvwxyz-") == strlen(o->name));
    }
}

static void no_two_options_share_a_name(void **state)
{
    (void)state;
    const struct option *a, *b;
    for (size_t i = 0; (a = options_at(tables, i)); i++)
        for (size_t k = 0; k < i; k++) {
            b = options_at(tables, k);
            assert_string_not_equal(a->name, b->name);
            if (a->alias)
                assert_string_not_equal(a->alias, b->name);
            if (b->alias)
                assert_string_not_equal(a->name, b->alias);
            if (a->letters && b->letters)
                assert_null(strpbrk(a->letters, b->letters));
        }
}

static void the_defaults_pass_their_checks(void **state)
{
    (void)state;
    struct args a;
    struct err e = {0};
    args_open(&a, &grammar);
    assert_true(args_check(&a, &e));
    assert_int_equal(args_duration(&a, "timeout", 0), UINT64_C(10000000000));
    assert_int_equal(args_choice(&a, "arrivals"), 0);
    assert_int_equal(args_choice(&a, "overload"), 0);
    assert_int_equal(args_count(&a, "follow", 9), 0);
    args_close(&a);
}

/* The sentence for one option with one value; "" when it is right. */
static const char *said(const char *option, const char *value)
{
    static struct err e;
    struct args a;
    e = (struct err){0};
    args_open(&a, &grammar);
    assert_true(args_flags(&a, 2, (char *[]){(char *)option, (char *)value}, &e));
    args_check(&a, &e);
    args_close(&a);
    return e.text;
}

static void wrong_values_are_said(void **state)
{
    (void)state;
    assert_string_equal(said("-m", "PATCH"), "");
    assert_string_equal(said("-X", "GET /"),
                        "-X: 'GET /' is not a method; write it like GET or POST");
    assert_string_equal(said("-H", "Accept: text/html"), "");
    assert_string_equal(said("-H", "Empty:"), "");
    assert_string_equal(said("-H", "Accept"),
                        "-H: 'Accept' has no colon; write it like 'Accept: text/html'");
    assert_string_not_equal(said("-H", "A b: c"), "");
    assert_string_not_equal(said("-H", "A: b\r\nC: d"), "");
    assert_string_equal(said("--form", "a=b"), "");
    assert_string_equal(said("--form", "a"), "--form: 'a' has no '='; write it like name=value");
    assert_string_equal(said("-u", "joe:"), "");
    assert_string_equal(said("-u", "secret"),
                        "-u: there is no ':'; write it like name:password (users are -c N)");
    assert_string_equal(said("--expect-status", "200, 404"), "");
    assert_string_equal(said("--expect-status", "200,"),
                        "--expect-status: '200,' is not a list of status codes; write it like "
                        "200,201 (from 200 to 599)");
    assert_string_not_equal(said("--expect-status", "100"), "");
    assert_string_not_equal(said("--expect-status", "600"), "");
    assert_string_not_equal(said("--expect-status", ""), "");
    assert_string_equal(said("--stages", "0..1k over 30s, 1k for 2m, pause 10s, 100 at once"), "");
    assert_string_not_equal(said("--stages", "1k for ever"), "");
    assert_string_equal(said("--seed", "9007199254740992"), "");
    assert_string_equal(said("--seed", "9007199254740993"),
                        "--seed: '9007199254740993' is not a seed; a seed is a whole number up to "
                        "2^53");
    assert_string_not_equal(said("--json", ""), "");
    assert_string_equal(said("--warmup", "0"), "");
    assert_string_not_equal(said("--timeout", "0"), "");
}

static void a_list_of_statuses_is_read(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct err e = {0};
    uint16_t *list;
    unsigned n;
    assert_true(http_statuses_read(STR("200,404, 599"), &arena, &list, &n, &e));
    assert_int_equal(n, 3);
    assert_int_equal(list[0], 200);
    assert_int_equal(list[1], 404);
    assert_int_equal(list[2], 599);
    arena_free(&arena);
}

static void a_header_is_taken_apart(void **state)
{
    (void)state;
    str name, value;
    struct err e = {0};
    assert_true(http_header_read(STR("A:  b: c "), &name, &value, &e));
    assert_true(str_eq(name, STR("A")));
    assert_true(str_eq(value, STR("b: c")));
    assert_true(http_header_read(STR("A:"), &name, &value, &e));
    assert_int_equal(value.n, 0);
}

typedef void mask_function(str value, struct buf *out);

static void masked(mask_function *mask, const char *value, const char *shown)
{
    struct buf out = {0};
    mask(str_from(value), &out);
    buf_char(&out, 0);
    assert_string_equal(out.p, shown);
    buf_free(&out);
}

static mask_function *mask_of(const char *name)
{
    const struct option *o;
    for (size_t i = 0; (o = options_at(tables, i)); i++)
        if (strcmp(o->name, name) == 0)
            return o->mask;
    return NULL;
}

static void secrets_are_masked(void **state)
{
    (void)state;
    masked(mask_of("user"), "joe:secret", "joe:***");
    masked(mask_of("header"), "authorization: Bearer x", "authorization: ***");
    masked(mask_of("header"), "Accept: text/html", "Accept: text/html");
    masked(http_mask_url, "http://joe:se@cret@h:80/a?b", "http://joe:***@h:80/a?b");
    masked(http_mask_url, "joe:secret@h", "joe:***@h");
    masked(http_mask_url, "http://h:80/a@b:c", "http://h:80/a@b:c");
    masked(http_mask_url, "http://joe@h/", "http://joe@h/");
    masked(http_mask_url, "h:80?x=a:b@c", "h:80?x=a:b@c");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_option_is_complete),
        cmocka_unit_test(no_two_options_share_a_name),
        cmocka_unit_test(the_defaults_pass_their_checks),
        cmocka_unit_test(wrong_values_are_said),
        cmocka_unit_test(a_list_of_statuses_is_read),
        cmocka_unit_test(a_header_is_taken_apart),
        cmocka_unit_test(secrets_are_masked),
    };
    return UNIT_RUN(tests);
}
