/* Sameness of values: what order and spelling may differ in, and what not. */
#include "unit.h"

#include <string.h>

#include "base/buf.h"
#include "codec/json_same.h"

static void assert_same(const char *a, const char *b, bool want)
{
    if (json_same(str_from(a), str_from(b)) != want || json_same(str_from(b), str_from(a)) != want)
        fail_msg("%s and %s", a, b);
}

static void scalars_are_the_same_by_what_they_mean(void **state)
{
    (void)state;
    assert_same("1", "1", true);
    assert_same("1", "1.0", true);
    assert_same("100", "1e2", true);
    assert_same("0.1", "1e-1", true);
    assert_same("0", "-0", true);
    assert_same("0", "0.0", true);
    assert_same("1", "2", false);
    assert_same("1", "\"1\"", false);
    assert_same("true", "false", false);
    assert_same("null", "false", false);
    assert_same("\"a\\n\"", "\"\\u0061\\u000a\"", true);
    assert_same("\"a\"", "\"b\"", false);
    assert_same("[]", "{}", false);
    assert_same("0", "[]", false);
}

static void long_numbers_are_not_rounded_together(void **state)
{
    (void)state;
    assert_same("9007199254740993", "9007199254740992", false);
    assert_same("1234567890123456789", "1234567890123456788", false);
    assert_same("1234567890123456789", "1234567890123456789", true);
}

static void order_counts_in_arrays_and_not_in_objects(void **state)
{
    (void)state;
    assert_same("[1,2]", "[ 1 , 2 ]", true);
    assert_same("[1,2]", "[2,1]", false);
    assert_same("[1,2]", "[1]", false);
    assert_same("{\"a\":1,\"b\":{\"c\":[2],\"d\":3}}",
                "{\"b\":{\"d\":3.0,\"c\":[2]},\"\\u0061\":1}", true);
    assert_same("{\"a\":1}", "{\"b\":1}", false);
    assert_same("{\"a\":1}", "{\"a\":1,\"b\":2}", false);
    assert_same("{\"a\":1,\"b\":2}", "{\"a\":2,\"b\":1}", false);
    assert_same("{\"a\":[{\"x\":1}]}", "{\"a\":[{\"x\":2}]}", false);
}

static void a_key_that_is_there_twice_is_twice_on_both_sides(void **state)
{
    (void)state;
    assert_same("{\"a\":1,\"a\":2}", "{\"a\":1, \"a\":2}", true);
    assert_same("{\"a\":1,\"a\":2}", "{\"a\":2,\"a\":1}", false);
    assert_same("{\"a\":1,\"a\":1}", "{\"a\":1}", false);
}

static void nesting_needs_no_stack(void **state)
{
    (void)state;
    struct buf a = {0}, b = {0};
    for (int i = 0; i < JSON_DEEPEST; i++) {
        buf_str(&a, STR("["));
        buf_str(&b, STR("[ "));
    }
    for (int i = 0; i < JSON_DEEPEST; i++) {
        buf_str(&a, STR("]"));
        buf_str(&b, STR("]"));
    }
    assert_true(json_same(buf_view(&a), buf_view(&b)));
    buf_free(&a);
    buf_free(&b);
}

/* Reversed keys would take minutes if each were looked for from the start. */
static void many_members_in_another_order_are_found_in_time(void **state)
{
    (void)state;
    enum { MANY = 100000 };
    struct buf a = {0}, b = {0};
    for (int i = 0; i < MANY; i++) {
        buf_printf(&a, "%c\"key %d\":%d", i ? ',' : '{', i, i);
        buf_printf(&b, "%c\"key %d\":%d", i ? ',' : '{', MANY - 1 - i, MANY - 1 - i);
    }
    buf_char(&a, '}');
    buf_char(&b, '}');
    assert_true(json_same(buf_view(&a), buf_view(&b)));
    buf_free(&a);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_are_the_same_by_what_they_mean),
        cmocka_unit_test(long_numbers_are_not_rounded_together),
        cmocka_unit_test(order_counts_in_arrays_and_not_in_objects),
        cmocka_unit_test(a_key_that_is_there_twice_is_twice_on_both_sides),
        cmocka_unit_test(nesting_needs_no_stack),
        cmocka_unit_test(many_members_in_another_order_are_found_in_time),
    };
    return UNIT_RUN(tests);
}
