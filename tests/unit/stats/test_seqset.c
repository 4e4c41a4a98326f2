/* Sets of sequence numbers, held against a plain array of booleans. */
#include "unit.h"

#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "stats/seqset.h"

enum { MOST = 40 * 1000 };

/* The plain truth. */
struct model {
    bool has[MOST];
    uint64_t count;
};

static void agree(const struct seqset *s, const struct model *m)
{
    uint64_t highest = 0, from = 0, first, last;
    assert_int_equal(s->count, m->count);
    for (uint64_t i = 0; i < MOST; i++) {
        assert_int_equal(seqset_has(s, i), m->has[i]);
        highest = m->has[i] ? i : highest;
    }
    assert_true(m->count == 0 || s->highest == highest);
    while (seqset_gap(s, from, &first, &last)) {
        for (; from < first; from++)
            assert_true(m->has[from]);
        for (; from <= last; from++)
            assert_false(m->has[from]);
        assert_true(from <= highest && m->has[from]);
    }
    for (; m->count && from <= highest; from++)
        assert_true(m->has[from]);
}

static void add(struct seqset *s, struct model *m, uint64_t number)
{
    assert_int_equal(seqset_add(s, number), !m->has[number]);
    m->count += !m->has[number];
    m->has[number] = true;
}

static void shuffle(uint64_t *list, size_t n, struct rng *r)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)rng_below(r, i);
        uint64_t t = list[i - 1];
        list[i - 1] = list[j];
        list[j] = t;
    }
}

static void nothing_is_there_at_first(void **state)
{
    (void)state;
    struct seqset s = {.n = 0};
    uint64_t first, last;
    assert_false(seqset_has(&s, 0) || seqset_has(&s, UINT64_MAX));
    assert_false(seqset_gap(&s, 0, &first, &last));
    assert_int_equal(seqset_bytes(&s), 0);
    seqset_free(&s);
}

static void in_order_it_is_one_part(void **state)
{
    (void)state;
    struct seqset s = {.n = 0};
    struct model *m = mem_zero(sizeof *m);
    for (uint64_t i = 0; i < MOST; i++)
        add(&s, m, i);
    agree(&s, m);
    assert_int_equal(s.n, 2); /* whole chunks, and the one that is begun */
    for (uint64_t i = 0; i < MOST; i++)
        add(&s, m, i);
    seqset_free(&s);
    mem_free(m);
}

static void in_any_order_it_comes_to_the_same(void **state)
{
    (void)state;
    uint64_t *order = mem_array(MOST, sizeof *order);
    for (uint64_t seed = 0; seed < 6; seed++) {
        struct rng r = rng_make(seed, 0);
        struct seqset s = {.n = 0};
        struct model *m = mem_zero(sizeof *m);
        for (uint64_t i = 0; i < MOST; i++)
            order[i] = i;
        shuffle(order, MOST, &r);
        size_t n = MOST - (size_t)rng_below(&r, MOST / 2);
        for (size_t i = 0; i < n; i++) {
            add(&s, m, order[i]);
            if (rng_below(&r, 10) == 0)
                add(&s, m, order[rng_below(&r, i + 1)]);
        }
        agree(&s, m);
        for (size_t i = n; i < MOST; i++)
            add(&s, m, order[i]);
        agree(&s, m);
        assert_int_equal(s.n, 2);
        seqset_free(&s);
        mem_free(m);
    }
    mem_free(order);
}

/* As partitions are read: each in order, one far ahead of the other. */
static void strides_fill_up(void **state)
{
    (void)state;
    for (unsigned lanes = 2; lanes < 8; lanes++) {
        struct seqset s = {.n = 0};
        struct model *m = mem_zero(sizeof *m);
        for (unsigned lane = 0; lane < lanes; lane++) {
            for (uint64_t i = lane; i < MOST; i += lanes)
                add(&s, m, i);
            agree(&s, m);
        }
        assert_int_equal(s.n, 2);
        seqset_free(&s);
        mem_free(m);
    }
}

static void gaps_may_be_as_wide_as_numbers_are(void **state)
{
    (void)state;
    struct seqset s = {.n = 0};
    const uint64_t far = (UINT64_C(1) << 63) - 1;
    uint64_t first, last;
    assert_true(seqset_add(&s, 5) && seqset_add(&s, far) && seqset_add(&s, 100 * SEQSET_CHUNK));
    assert_true(seqset_gap(&s, 0, &first, &last) && first == 0 && last == 4);
    assert_true(seqset_gap(&s, 5, &first, &last) && first == 6 && last == 100 * SEQSET_CHUNK - 1);
    assert_true(seqset_gap(&s, last + 1, &first, &last) && first == 100 * SEQSET_CHUNK + 1 &&
                last == far - 1);
    assert_false(seqset_gap(&s, far, &first, &last));
    assert_false(seqset_gap(&s, far + 1, &first, &last));
    assert_true(s.highest == far && s.count == 3);
    seqset_free(&s);
}

static void merging_counts_what_both_have(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct rng r = rng_make(seed, 1);
        struct seqset a = {.n = 0}, b = {.n = 0};
        struct model *ma = mem_zero(sizeof *ma), *mb = mem_zero(sizeof *mb);
        uint64_t share = rng_below(&r, 11), both = 0;
        for (uint64_t i = 0; i < MOST; i++) {
            if (rng_below(&r, 10) < share || i < 9000) /* whole chunks too */
                add(&a, ma, i);
            if (rng_below(&r, 10) >= share || (i > 5000 && i < 20000))
                add(&b, mb, i);
        }
        for (uint64_t i = 0; i < MOST; i++) {
            both += ma->has[i] && mb->has[i];
            ma->count += !ma->has[i] && mb->has[i];
            ma->has[i] = ma->has[i] || mb->has[i];
        }
        assert_int_equal(seqset_merge(&a, &b), both);
        agree(&a, ma);
        agree(&b, mb);
        seqset_free(&a);
        seqset_free(&b);
        mem_free(ma);
        mem_free(mb);
    }
}

static void a_million_in_order_cost_next_to_nothing(void **state)
{
    (void)state;
    struct seqset s = {.n = 0};
    size_t most = 0;
    for (uint64_t i = 0; i < 1000000; i++) {
        seqset_add(&s, i);
        most = seqset_bytes(&s) > most ? seqset_bytes(&s) : most;
    }
    assert_true(most < 2000);
    seqset_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_there_at_first),
        cmocka_unit_test(in_order_it_is_one_part),
        cmocka_unit_test(in_any_order_it_comes_to_the_same),
        cmocka_unit_test(strides_fill_up),
        cmocka_unit_test(gaps_may_be_as_wide_as_numbers_are),
        cmocka_unit_test(merging_counts_what_both_have),
        cmocka_unit_test(a_million_in_order_cost_next_to_nothing),
    };
    return UNIT_RUN(tests);
}
