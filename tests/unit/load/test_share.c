/* Shares: every element belongs to exactly one part, and the parts add up. */
#include "unit.h"

#include <string.h>

#include "load/share.h"

enum { TOTAL = 1000 };

/* Marks what part `s` says it owns; each element may be marked once only. */
static void mark(unsigned char *owned, struct share s, uint64_t total)
{
    uint64_t n = share_of(s, total);
    for (uint64_t j = 0; j < n; j++) {
        uint64_t k = share_element(s, j);
        assert_true(k < total);
        assert_int_equal(owned[k], 0);
        owned[k] = 1;
    }
}

static void parts_of_one_to_eight_cover_everything_once(void **state)
{
    (void)state;
    unsigned char owned[TOTAL], all[TOTAL];
    memset(all, 1, sizeof all);
    for (unsigned n = 1; n <= 8; n++)
        for (uint64_t total = TOTAL - 20; total <= TOTAL; total++) {
            memset(owned, 0, sizeof owned);
            for (unsigned i = 0; i < n; i++)
                mark(owned, (struct share){i, n}, total);
            assert_memory_equal(owned, all, total);
        }
}

static void an_element_belongs_to_the_part_k_mod_n(void **state)
{
    (void)state;
    assert_int_equal(share_element((struct share){2, 5}, 0), 2);
    assert_int_equal(share_element((struct share){2, 5}, 3), 17);
    assert_int_equal(share_of((struct share){2, 5}, 17), 3);
    assert_int_equal(share_of((struct share){2, 5}, 18), 4);
}

static void less_than_one_each_leaves_the_last_parts_empty(void **state)
{
    (void)state;
    assert_int_equal(share_of((struct share){0, 8}, 0), 0);
    assert_int_equal(share_of((struct share){2, 8}, 3), 1);
    assert_int_equal(share_of((struct share){3, 8}, 3), 0);
}

static void the_largest_total_does_not_overflow(void **state)
{
    (void)state;
    assert_true(share_of((struct share){0, 1}, UINT64_MAX) == UINT64_MAX);
    assert_true(share_of((struct share){0, 2}, UINT64_MAX) == UINT64_C(1) << 63);
    assert_true(share_of((struct share){1, 2}, UINT64_MAX) == INT64_MAX);
}

static void workers_of_drivers_cover_everything_once(void **state)
{
    (void)state;
    unsigned char owned[TOTAL] = {0}, all[TOTAL];
    memset(all, 1, sizeof all);
    for (unsigned driver = 0; driver < 3; driver++)
        for (unsigned worker = 0; worker < 4; worker++)
            mark(owned, share_nest((struct share){driver, 3}, (struct share){worker, 4}), TOTAL);
    assert_memory_equal(owned, all, TOTAL);
}

static void a_nested_part_takes_its_elements_from_the_outer_part(void **state)
{
    (void)state;
    struct share outer = {1, 3}, inner = {2, 4}, both = share_nest(outer, inner);
    for (uint64_t j = 0; j < 50; j++)
        assert_int_equal(share_element(both, j), share_element(outer, share_element(inner, j)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_one_to_eight_cover_everything_once),
        cmocka_unit_test(an_element_belongs_to_the_part_k_mod_n),
        cmocka_unit_test(less_than_one_each_leaves_the_last_parts_empty),
        cmocka_unit_test(the_largest_total_does_not_overflow),
        cmocka_unit_test(workers_of_drivers_cover_everything_once),
        cmocka_unit_test(a_nested_part_takes_its_elements_from_the_outer_part),
    };
    return UNIT_RUN(tests);
}
