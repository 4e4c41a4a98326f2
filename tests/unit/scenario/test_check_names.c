/* What operators and checks are called. */
#include "unit.h"

#include "check_values.h"
#include "scenario/check_names.h"

static void operators_have_names(void **state)
{
    (void)state;
    static const char *const texts[] = {"==", "~=", "<", "<=", ">", ">=", "in", "exists", "count"};
    enum check_op op;
    struct err e;
    for (unsigned i = 0; i < 9; i++) {
        assert_true(check_op_read(str_from(texts[i]), &op, &e));
        assert_int_equal(op, i);
    }
    assert_false(check_op_read(STR("!="), &op, &e));
    assert_int_equal(e.kind, ERR_USAGE);
    assert_string_equal(e.text, "'!=' is no comparison; there are == ~= < <= > >= in exists count");
    assert_false(check_op_read(STR(""), &op, &e));
}

static void assert_called(struct check c, const char *want)
{
    struct buf name = {0};
    check_describe(&c, &name);
    buf_char(&name, 0);
    assert_string_equal(name.p, want);
    buf_free(&name);
}

static void checks_without_a_name_say_what_they_are(void **state)
{
    (void)state;
    struct check_value one = number(201), list[] = {number(200), number(201.5)},
                       mixed[] = {text("a"), word(VALUE_TRUE), word(VALUE_FALSE), word(VALUE_NULL)};
    struct json_pointer pointer = {.text = STR("/state")};
    assert_called((struct check){.kind = CHECK_STATUS, .values = &one, .n_values = 1},
                  "status is 201");
    assert_called(
        (struct check){.kind = CHECK_STATUS, .op = CHECK_IN, .values = list, .n_values = 2},
        "status is 200, 201.5");
    assert_called(
        (struct check){
            .kind = CHECK_JSON, .op = CHECK_IN, .pointer = pointer, .values = mixed, .n_values = 4},
        "/state in a, true, false, null");
    assert_called((struct check){.kind = CHECK_JSON, .op = CHECK_EXISTS, .pointer = pointer},
                  "/state exists");
    assert_called(
        (struct check){.kind = CHECK_JSON, .op = CHECK_COUNT, .values = &one, .n_values = 1},
        "body count 201");
    assert_called((struct check){.kind = CHECK_HEADER,
                                 .text = STR("ETag"),
                                 .op = CHECK_NE,
                                 .values = mixed,
                                 .n_values = 1},
                  "header ETag ~= a");
    assert_called((struct check){.kind = CHECK_SIZE, .op = CHECK_LE, .values = &one, .n_values = 1},
                  "size <= 201");
    assert_called((struct check){.kind = CHECK_CONTAINS, .text = STR("x y")}, "contains x y");
    assert_called((struct check){.kind = CHECK_EQUALS, .text = STR("")}, "equals ");
    assert_called((struct check){.kind = CHECK_NOT_EMPTY}, "not empty");
    assert_called((struct check){.kind = CHECK_MATCHES, .text = STR("^a")}, "matches ^a");
    assert_called((struct check){.kind = CHECK_ECHO}, "is the request's body");
    assert_called((struct check){.kind = CHECK_CONTAINS_REQUEST}, "contains the request's body");
    assert_called((struct check){.kind = CHECK_JSON_SAME, .pointer = pointer},
                  "/state is the request's body");
    assert_called((struct check){.kind = CHECK_FUNCTION, .number = 1}, "check 2");
}

static void conditions_are_part_of_the_name(void **state)
{
    (void)state;
    struct check_value paid = text("PAID");
    struct check exists = {.kind = CHECK_KEY, .op = CHECK_EXISTS};
    struct check equals = {.kind = CHECK_EQUALS};
    struct check is = {.kind = CHECK_KEY, .op = CHECK_EQ, .values = &paid, .n_values = 1};
    struct check inner = {.kind = CHECK_WHEN, .condition = &is, .then = &equals};
    struct check outer = {.kind = CHECK_WHEN, .condition = &exists, .then = &inner};
    struct buf name = {0};
    check_describe(&outer, &name);
    assert_true(str_eq(buf_view(&name), STR("when key exists: when key == PAID: equals null")));
    buf_free(&name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators_have_names),
        cmocka_unit_test(checks_without_a_name_say_what_they_are),
        cmocka_unit_test(conditions_are_part_of_the_name),
    };
    return UNIT_RUN(tests);
}
