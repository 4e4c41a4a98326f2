/* Bytes of a keyboard. */
#include "unit.h"

#include "term/keys.h"

static void assert_keys(const char *bytes, const enum press *want)
{
    struct keys k = {0};
    keys_add(&k, str_from(bytes));
    do
        assert_int_equal(keys_next(&k), *want);
    while (*want++ != PRESS_NONE);
    assert_int_equal(k.n, 0);
}

static void letters(void **state)
{
    (void)state;
    assert_keys("sqQp+=-m?hjkgG x\x0c",
                (const enum press[]){PRESS_START, PRESS_STOP, PRESS_STOP, PRESS_PAUSE, PRESS_MORE,
                                     PRESS_MORE, PRESS_LESS, PRESS_MARK, PRESS_HELP, PRESS_HELP,
                                     PRESS_DOWN, PRESS_UP, PRESS_FIRST, PRESS_LAST, PRESS_PAGE_DOWN,
                                     PRESS_OTHER, PRESS_REDRAW, PRESS_NONE});
}

static void arrows_of_both_kinds(void **state)
{
    (void)state;
    assert_keys("\x1b[A\x1bOB\x1b[5~\x1b[6~\x1b[H\x1bOF\x1b[1~\x1b[4~",
                (const enum press[]){PRESS_UP, PRESS_DOWN, PRESS_PAGE_UP, PRESS_PAGE_DOWN,
                                     PRESS_FIRST, PRESS_LAST, PRESS_FIRST, PRESS_LAST, PRESS_NONE});
}

/* Not one of their letters is taken for a key. */
static void unknown_sequences_are_one_key(void **state)
{
    (void)state;
    assert_keys(
        "\x1b[1;5q\x1bOq\x1bq\x1b",
        (const enum press[]){PRESS_OTHER, PRESS_OTHER, PRESS_OTHER, PRESS_OTHER, PRESS_NONE});
}

static void a_sequence_may_come_in_pieces(void **state)
{
    (void)state;
    struct keys k = {0};
    keys_add(&k, STR("\x1b["));
    assert_int_equal(keys_next(&k), PRESS_NONE);
    keys_add(&k, STR("5"));
    assert_int_equal(keys_next(&k), PRESS_NONE);
    keys_add(&k, STR("~q"));
    assert_int_equal(keys_next(&k), PRESS_PAGE_UP);
    assert_int_equal(keys_next(&k), PRESS_STOP);
    assert_int_equal(keys_next(&k), PRESS_NONE);
}

static void one_without_end_is_given_up(void **state)
{
    (void)state;
    struct keys k = {0};
    keys_add(&k, STR("\x1b[111111111111111111111111111111111111111111"));
    assert_int_equal(keys_next(&k), PRESS_OTHER);
    assert_int_equal(keys_next(&k), PRESS_NONE);
    keys_add(&k, STR("q"));
    assert_int_equal(keys_next(&k), PRESS_STOP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters),
        cmocka_unit_test(arrows_of_both_kinds),
        cmocka_unit_test(unknown_sequences_are_one_key),
        cmocka_unit_test(a_sequence_may_come_in_pieces),
        cmocka_unit_test(one_without_end_is_given_up),
    };
    return UNIT_RUN(tests);
}
