/* Exact shares: how many requests are hit, where, and that a request is hit once. */
#include "unit.h"

#include "responder/faults.h"

enum { PERCENT = 10 * 1000 * 1000 };

static void count(const uint64_t *ppb, uint64_t seed, uint64_t requests, uint64_t *counts)
{
    struct faults f;
    faults_begin(&f, ppb, seed);
    for (int i = 0; i < FAULTS; i++)
        counts[i] = 0;
    for (uint64_t i = 0; i < requests; i++)
        counts[faults_next(&f)]++;
}

static void a_share_alone_is_exact(void **state)
{
    (void)state;
    static const uint64_t shares[] = {PERCENT,      5 * PERCENT,  PERCENT / 100, 33 * PERCENT,
                                      50 * PERCENT, 99 * PERCENT, 100 * PERCENT};
    uint64_t counts[FAULTS];
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
        for (uint64_t seed = 0; seed < 20; seed++) {
            const uint64_t ppb[FAULTS] = {[FAULT_DROP] = shares[i]};
            count(ppb, seed, 1000000, counts);
            assert_int_equal(counts[FAULT_DROP], shares[i] / 1000);
            assert_int_equal(counts[FAULT_NONE], 1000000 - shares[i] / 1000);
        }
}

static void each_stretch_has_its_one(void **state)
{
    (void)state;
    const uint64_t ppb[FAULTS] = {[FAULT_CORRUPT] = PERCENT};
    struct faults f;
    unsigned places[100] = {0};
    faults_begin(&f, ppb, 7);
    for (int stretch = 0; stretch < 2000; stretch++) {
        unsigned hits = 0;
        for (int i = 0; i < 100; i++)
            if (faults_next(&f) == FAULT_CORRUPT) {
                hits++;
                places[i]++;
            }
        assert_int_equal(hits, 1);
    }
    for (int i = 0; i < 100; i++) /* anywhere in it */
        assert_true(places[i] > 2 && places[i] < 60);
}

static void together_they_make_way_for_each_other(void **state)
{
    (void)state;
    uint64_t ppb[FAULTS] = {0}, counts[FAULTS];
    for (int i = FAULT_NONE + 1; i < FAULTS; i++)
        ppb[i] = 14 * PERCENT; /* 98 % of the requests */
    for (uint64_t seed = 0; seed < 20; seed++) {
        count(ppb, seed, 100000, counts);
        for (int i = FAULT_NONE + 1; i < FAULTS; i++)
            assert_in_range(counts[i], 14000 - 60, 14000); /* some are put off beyond the end */
    }
}

static void a_seed_chooses(void **state)
{
    (void)state;
    const uint64_t ppb[FAULTS] = {[FAULT_DROP] = PERCENT, [FAULT_DELAY] = 2 * PERCENT};
    struct faults a, b, c;
    unsigned same = 0;
    faults_begin(&a, ppb, 1);
    faults_begin(&b, ppb, 1);
    faults_begin(&c, ppb, 2);
    for (int i = 0; i < 10000; i++) {
        enum fault one = faults_next(&a);
        assert_int_equal(one, faults_next(&b));
        same += faults_next(&c) == one;
    }
    assert_true(same < 9900);
}

static void without_shares_nothing_is_wrong(void **state)
{
    (void)state;
    const uint64_t ppb[FAULTS] = {0};
    uint64_t counts[FAULTS];
    count(ppb, 1, 1000, counts);
    assert_int_equal(counts[FAULT_NONE], 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_share_alone_is_exact),
        cmocka_unit_test(each_stretch_has_its_one),
        cmocka_unit_test(together_they_make_way_for_each_other),
        cmocka_unit_test(a_seed_chooses),
        cmocka_unit_test(without_shares_nothing_is_wrong),
    };
    return UNIT_RUN(tests);
}
