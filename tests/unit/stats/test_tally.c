/* Counting by key: numbers and texts, the same text in two places, merging. */
#include "unit.h"

#include <stdio.h>

#include "base/rng.h"
#include "stats/tally.h"

static void assert_row(const struct tally *t, size_t row, struct tally_key key, uint64_t count)
{
    assert_true(row < t->used);
    assert_int_equal(t->rows[row].key.number, key.number);
    assert_true(str_eq(t->rows[row].key.text, key.text));
    assert_int_equal(t->rows[row].count, count);
}

static void keys_are_counted_in_the_order_of_their_first_use(void **state)
{
    (void)state;
    struct tally t = {0};
    tally_add(&t, tally_number(503), 1);
    tally_add(&t, tally_number(200), 1);
    tally_add(&t, tally_number(200), 1);
    tally_add(&t, tally_number(503), 1);
    tally_add(&t, tally_number(200), 5);
    assert_int_equal(t.used, 2);
    assert_row(&t, 0, tally_number(503), 2);
    assert_row(&t, 1, tally_number(200), 7);
    assert_int_equal(tally_total(&t), 9);
    tally_free(&t);
    assert_int_equal(tally_total(&t), 0);
}

static void the_same_text_in_two_places_is_one_key(void **state)
{
    (void)state;
    char here[] = "connection refused", there[] = "connection refused";
    struct tally t = {0};
    tally_add(&t, tally_text(str_from(here)), 1);
    tally_add(&t, tally_text(STR("connection reset")), 1);
    tally_add(&t, tally_text(str_from(there)), 1);
    tally_add(&t, tally_text(str_from(here)), 1);
    assert_int_equal(t.used, 2);
    assert_row(&t, 0, tally_text(STR("connection refused")), 3);
    assert_row(&t, 1, tally_text(STR("connection reset")), 1);
    tally_free(&t);
}

static void a_text_that_begins_another_is_another_key(void **state)
{
    (void)state;
    const char *text = "timeout before send";
    struct tally t = {0};
    tally_add(&t, tally_text((str){text, 7}), 1);
    tally_add(&t, tally_text((str){text, 19}), 1);
    assert_int_equal(t.used, 2);
    tally_free(&t);
}

static void numbers_and_texts_do_not_meet(void **state)
{
    (void)state;
    struct tally t = {0};
    tally_add(&t, tally_text(STR("0")), 1);
    tally_add(&t, tally_number(0), 2);
    tally_add(&t, tally_text(STR("0")), 4);
    tally_add(&t, tally_number(UINT32_MAX), 8);
    assert_int_equal(t.used, 3);
    assert_row(&t, 0, tally_text(STR("0")), 5);
    assert_row(&t, 1, tally_number(0), 2);
    assert_row(&t, 2, tally_number(UINT32_MAX), 8);
    tally_free(&t);
}

static void adding_nothing_makes_no_row(void **state)
{
    (void)state;
    struct tally t = {0};
    tally_add(&t, tally_number(200), 0);
    assert_int_equal(t.used, 0);
    tally_free(&t);
}

static void merging_adds_row_by_row(void **state)
{
    (void)state;
    char here[] = "refused", there[] = "refused";
    struct tally a = {0}, b = {0}, empty = {0};
    tally_add(&a, tally_number(200), 10);
    tally_add(&a, tally_text(str_from(here)), 1);
    tally_add(&b, tally_text(STR("reset")), 3);
    tally_add(&b, tally_text(str_from(there)), 4);
    tally_add(&b, tally_number(200), 5);
    tally_merge(&a, &b);
    tally_merge(&a, &empty);
    tally_merge(&empty, &a);
    for (int round = 0; round < 2; round++) {
        const struct tally *t = round ? &empty : &a;
        assert_int_equal(t->used, 3);
        assert_row(t, 0, tally_number(200), 15);
        assert_row(t, 1, tally_text(STR("refused")), 5);
        assert_row(t, 2, tally_text(STR("reset")), 3);
    }
    assert_int_equal(b.used, 3);
    tally_free(&a);
    tally_free(&b);
    tally_free(&empty);
}

static void a_cleared_tally_starts_anew_in_its_old_memory(void **state)
{
    (void)state;
    struct tally t = {0};
    tally_add(&t, tally_number(200), 1);
    tally_add(&t, tally_number(404), 1);
    struct tally_row *rows = t.rows;
    tally_clear(&t);
    assert_int_equal(t.used, 0);
    tally_add(&t, tally_number(404), 1);
    assert_int_equal(t.used, 1);
    assert_row(&t, 0, tally_number(404), 1);
    assert_ptr_equal(t.rows, rows);
    tally_free(&t);
    assert_int_equal(t.used, 0);
    assert_null(t.rows);
}

static void many_keys_agree_with_an_array_of_counters(void **state)
{
    (void)state;
    struct rng r = rng_make(31, 0);
    uint64_t want[500] = {0}, total = 0;
    struct tally t = {0};
    for (int i = 0; i < 20000; i++) {
        uint32_t number = (uint32_t)(rng_below(&r, 500) * rng_below(&r, 500) / 500);
        uint64_t times = rng_below(&r, 4);
        tally_add(&t, tally_number(number), times);
        want[number] += times;
    }
    for (size_t i = 0; i < t.used; i++) {
        assert_int_equal(t.rows[i].count, want[t.rows[i].key.number]);
        want[t.rows[i].key.number] = 0;
    }
    for (size_t i = 0; i < 500; i++)
        total += want[i];
    assert_int_equal(total, 0);
    tally_free(&t);
}

/* As many as a script may make up, of both kinds, in another order; then after a clear. */
static void thousands_of_keys_are_found_again(void **state)
{
    (void)state;
    enum { MANY = 20000 };
    static char texts[MANY][16];
    struct tally t = {0}, other = {0};
    for (int i = 0; i < MANY; i++) {
        snprintf(texts[i], sizeof texts[i], "check %d", i);
        tally_add(&t, tally_text(str_from(texts[i])), 1);
    }
    for (int i = 0; i < MANY; i++) {
        tally_add(&other, tally_number((uint32_t)i), 1);
        tally_add(&other, tally_text(str_from(texts[MANY - 1 - i])), 2);
    }
    tally_merge(&t, &other);
    assert_int_equal(t.used, 2 * MANY);
    for (size_t i = 0; i < MANY; i++)
        assert_row(&t, i, tally_text(str_from(texts[i])), 3);
    assert_int_equal(tally_total(&t), 4 * MANY);
    tally_clear(&t);
    tally_add(&t, tally_text(str_from(texts[7])), 1);
    assert_int_equal(t.used, 1);
    assert_row(&t, 0, tally_text(str_from(texts[7])), 1);
    tally_free(&t);
    tally_free(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_counted_in_the_order_of_their_first_use),
        cmocka_unit_test(the_same_text_in_two_places_is_one_key),
        cmocka_unit_test(a_text_that_begins_another_is_another_key),
        cmocka_unit_test(numbers_and_texts_do_not_meet),
        cmocka_unit_test(adding_nothing_makes_no_row),
        cmocka_unit_test(merging_adds_row_by_row),
        cmocka_unit_test(a_cleared_tally_starts_anew_in_its_old_memory),
        cmocka_unit_test(many_keys_agree_with_an_array_of_counters),
        cmocka_unit_test(thousands_of_keys_are_found_again),
    };
    return UNIT_RUN(tests);
}
