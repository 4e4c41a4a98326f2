/* What is kept of checks owns its texts, values and pointers. */
#include "unit.h"

#include "check_values.h"
#include "scenario/check_keep.h"

static void kept_checks_own_what_they_hold(void **state)
{
    (void)state;
    struct arena arena = {0}, scratch = {0};
    struct names names;
    struct err e;
    char wanted[] = "PAID", own[] = "is paid", inside[] = "x";
    names_init(&names, 100);
    struct check_value value = text(wanted);
    struct check checks[] = {
        {.kind = CHECK_JSON, .values = &value, .n_values = 1},
        {.kind = CHECK_CONTAINS, .text = str_from(inside)},
    };
    assert_true(json_pointer_parse(STR("/state"), &scratch, &checks[0].pointer, &e));
    str named[] = {{NULL, 0}, str_from(own)};
    struct check_parts parts = {checks, named, {.n = 2, .n_functions = 3, .n_expressions = 4}};
    const struct check_list *kept = checks_keep(&parts, &names, &arena);
    arena_free(&scratch);
    wanted[0] = own[0] = inside[0] = '?';
    assert_int_equal(kept->n, 2);
    assert_int_equal(kept->n_functions, 3);
    assert_int_equal(kept->n_expressions, 4);
    assert_string_equal(kept->checks[0].name->text.p, "/state == PAID");
    assert_string_equal(kept->checks[1].name->text.p, "is paid");
    static const char paid[] = "{\"state\":\"PAID\"}";
    struct outcome o = {.body = {paid, sizeof paid - 1}};
    struct buf room = {0};
    assert_true(check_passes(&kept->checks[0], &(struct checked){.outcome = &o}, NULL, &room));
    buf_free(&room);
    assert_true(str_eq(kept->checks[1].text, STR("x")));
    parts.list.n = 0;
    assert_null(checks_keep(&parts, &names, &arena));
    names_free(&names);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept_checks_own_what_they_hold),
    };
    return UNIT_RUN(tests);
}
