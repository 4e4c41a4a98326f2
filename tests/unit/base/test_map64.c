/* Numbers to numbers: held against an array, while they come and go. */
#include "unit.h"

#include "base/map64.h"
#include "base/rng.h"

static void an_empty_map_holds_nothing(void **state)
{
    (void)state;
    struct map64 m = {0};
    uint64_t value;
    assert_false(map64_get(&m, 0, &value));
    assert_false(map64_take(&m, 0, &value));
    map64_free(&m);
}

static void what_was_put_is_there_until_it_is_taken(void **state)
{
    (void)state;
    struct map64 m = {0};
    uint64_t value;
    map64_put(&m, 0, 7);
    map64_put(&m, UINT64_MAX - 1, 8);
    map64_put(&m, 0, 9);
    assert_true(map64_get(&m, 0, &value) && value == 9);
    assert_true(map64_take(&m, 0, &value) && value == 9);
    assert_false(map64_get(&m, 0, &value));
    assert_true(map64_get(&m, UINT64_MAX - 1, &value) && value == 8);
    map64_free(&m);
}

/* Few keys, so that each comes and goes often, and scattered ones beside ones in a row. */
static void it_agrees_with_an_array(void **state)
{
    (void)state;
    enum { KEYS = 3000, STEPS = 300000 };
    static uint64_t there[KEYS]; /* 0: not */
    struct map64 m = {0};
    struct rng r = rng_make(7, 0);
    for (uint64_t step = 1; step <= STEPS; step++) {
        uint64_t k = rng_below(&r, KEYS), value = 0;
        uint64_t key = k % 2 ? k : rng_at(1, k) >> 1;
        bool was = step % 3 ? map64_get(&m, key, &value) : map64_take(&m, key, &value);
        assert_int_equal(was, there[k] != 0);
        assert_true(!was || value == there[k]);
        if (step % 3 == 0)
            there[k] = 0;
        if (step % 3 == 1)
            map64_put(&m, key, there[k] = step);
    }
    map64_free(&m);
}

static void it_grows(void **state)
{
    (void)state;
    enum { MANY = 500000 };
    struct map64 m = {0};
    uint64_t value;
    for (uint64_t i = 0; i < MANY; i++)
        map64_put(&m, i, i * 3);
    for (uint64_t i = 0; i < MANY; i++)
        assert_true(map64_take(&m, i, &value) && value == i * 3);
    assert_false(map64_get(&m, 1, &value));
    map64_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_map_holds_nothing),
        cmocka_unit_test(what_was_put_is_there_until_it_is_taken),
        cmocka_unit_test(it_agrees_with_an_array),
        cmocka_unit_test(it_grows),
    };
    return UNIT_RUN(tests);
}
