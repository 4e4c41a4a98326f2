/* Checks as words: kinds, values, refusals. */
#include "unit.h"

#include "scenario/check_words.h"

static struct arena arena;

static struct check read(const char *text)
{
    struct check c;
    struct err e = {0};
    if (!check_words_read(str_from(text), &arena, &c, &e))
        fail_msg("%s: %s", text, e.text);
    return c;
}

static int forget(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static void words_have_their_kinds(void **state)
{
    (void)state;
    assert_int_equal(read("echo").kind, CHECK_ECHO);
    assert_int_equal(read("not_empty").kind, CHECK_NOT_EMPTY);
    struct check c = read("contains two words");
    assert_int_equal(c.kind, CHECK_CONTAINS);
    assert_true(str_eq(c.text, STR("two words")));
    c = read("header a-b exists");
    assert_int_equal(c.kind, CHECK_HEADER);
    assert_int_equal(c.op, CHECK_EXISTS);
    assert_true(str_eq(c.text, STR("a-b")));
    c = read("json_same /a /b/0");
    assert_int_equal(c.pointer.n, 1);
    assert_int_equal(c.of_request.n, 2);
}

static void values_are_what_they_read_as(void **state)
{
    (void)state;
    struct check c = read("json /a == 12.5");
    assert_int_equal(c.values[0].kind, VALUE_NUMBER);
    assert_true(c.values[0].number == 12.5);
    assert_int_equal(read("json /a == true").values[0].kind, VALUE_TRUE);
    assert_int_equal(read("json /a ~= null").values[0].kind, VALUE_NULL);
    c = read("json /a == \"true\"");
    assert_int_equal(c.values[0].kind, VALUE_TEXT);
    assert_true(str_eq(c.values[0].text, STR("true")));
    c = read("key in a, 2,c");
    assert_int_equal(c.n_values, 3);
    assert_int_equal(c.values[1].kind, VALUE_NUMBER);
    assert_true(str_eq(c.values[2].text, STR("c")));
    assert_true(read("size <= 10").values[0].number == 10);
}

static void what_is_no_check_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",          "size",     "size <",       "size < x",
                                        "echo x",    "json",     "json a ==",    "json /a",
                                        "matches [", "contains", "json_same /a", "key"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct check c;
        struct err e = {0};
        if (check_words_read(str_from(wrong[i]), &arena, &c, &e))
            fail_msg("'%s' was taken", wrong[i]);
        assert_int_equal(e.kind, ERR_USAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(words_have_their_kinds, forget),
        cmocka_unit_test_teardown(values_are_what_they_read_as, forget),
        cmocka_unit_test_teardown(what_is_no_check_is_refused, forget),
    };
    return UNIT_RUN(tests);
}
