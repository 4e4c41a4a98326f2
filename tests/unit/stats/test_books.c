/* The books: each equation fails when any one of its numbers is off by one. */
#include "unit.h"

#include "stats/books.h"

static const struct iteration_book balanced = {.planned = 100,
                                               .started = 90,
                                               .in_plan = 88,
                                               .skipped = 7,
                                               .completed = 80,
                                               .script_error = 6,
                                               .interrupted = 4,
                                               .unaccounted = 3};

static void a_book_balances_by_both_equations(void **state)
{
    (void)state;
    assert_true(iteration_book_balanced(&balanced));
    assert_true(iteration_book_balanced(&(struct iteration_book){0}));
}

static void any_number_off_by_one_unbalances_it(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 7; i++) {
        struct iteration_book b = balanced;
        uint64_t *numbers[] = {&b.planned,      &b.started,     &b.skipped,    &b.completed,
                               &b.script_error, &b.interrupted, &b.unaccounted};
        ++*numbers[i];
        assert_false(iteration_book_balanced(&b));
        *numbers[i] -= 2;
        assert_false(iteration_book_balanced(&b));
    }
}

static void books_add_up_number_by_number(void **state)
{
    (void)state;
    struct iteration_book sum = {1, 2, 3, 4, 5, 6, 7, 8, 900};
    struct iteration_book more = {10, 20, 30, 40, 50, 60, 70, 80, 90};
    iteration_book_add(&sum, &more);
    assert_int_equal(sum.planned, 11);
    assert_int_equal(sum.started, 22);
    assert_int_equal(sum.in_plan, 33);
    assert_int_equal(sum.skipped, 44);
    assert_int_equal(sum.completed, 55);
    assert_int_equal(sum.script_error, 66);
    assert_int_equal(sum.interrupted, 77);
    assert_int_equal(sum.unaccounted, 88);
    assert_int_equal(sum.last_done_ns, 900); /* the later of the two */
}

static void calls_balance_when_each_has_one_fate(void **state)
{
    (void)state;
    struct series_data d = {.started = 15, .fates = {1, 2, 3, 4, 5}};
    assert_true(call_book_balanced(&d));
    for (unsigned f = 0; f < FATES; f++) {
        d.fates[f]++;
        assert_false(call_book_balanced(&d));
        d.fates[f]--;
    }
    d.started++;
    assert_false(call_book_balanced(&d));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_book_balances_by_both_equations),
        cmocka_unit_test(any_number_off_by_one_unbalances_it),
        cmocka_unit_test(books_add_up_number_by_number),
        cmocka_unit_test(calls_balance_when_each_has_one_fate),
    };
    return UNIT_RUN(tests);
}
