/* Strings: cutting and reading numbers, with the edges. */
#include "unit.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/list.h"
#include "base/map.h"
#include "base/nearest.h"
#include "base/rng.h"
#include "base/str.h"

static void cuts_at_the_first_separator(void **state)
{
    (void)state;
    str a, b;
    assert_true(str_cut(STR("k=v=w"), '=', &a, &b));
    assert_true(str_eq(a, STR("k")));
    assert_true(str_eq(b, STR("v=w")));
    assert_false(str_cut(STR("k"), '=', &a, &b));
    assert_true(str_eq(a, STR("k")));
    assert_int_equal(b.n, 0);
    assert_true(str_cut_at(STR("5k for 10s"), STR(" for "), &a, &b));
    assert_true(str_eq(b, STR("10s")));
}

static void next_gives_each_piece_once(void **state)
{
    (void)state;
    str rest = STR("a,,b"), piece;
    assert_true(str_next(&rest, ',', &piece));
    assert_true(str_eq(piece, STR("a")));
    assert_true(str_next(&rest, ',', &piece));
    assert_int_equal(piece.n, 0);
    assert_true(str_next(&rest, ',', &piece));
    assert_true(str_eq(piece, STR("b")));
    assert_false(str_next(&rest, ',', &piece));
}

static void reads_whole_numbers_only(void **state)
{
    (void)state;
    uint64_t v;
    double d;
    assert_true(str_u64(STR("18446744073709551615"), &v));
    assert_true(v == UINT64_MAX);
    assert_false(str_u64(STR("18446744073709551616"), &v));
    assert_false(str_u64(STR(""), &v));
    assert_false(str_u64(STR("1 "), &v));
    assert_false(str_u64(STR("-1"), &v));
    assert_true(str_double(STR("1.5e3"), &d));
    assert_true(d == 1500.0);
    assert_false(str_double(STR("nan"), &d));
    assert_false(str_double(STR("0x10"), &d));
    assert_false(str_double(STR("1e999"), &d));
}

static void trims_and_compares(void **state)
{
    (void)state;
    assert_true(str_eq(str_trim(STR(" \t a b\r\n")), STR("a b")));
    assert_int_equal(str_trim(STR(" ")).n, 0);
    assert_true(str_eq_nocase(STR("Content-Length"), STR("content-length")));
    assert_true(str_starts(STR("http://x"), STR("http://")));
    assert_false(str_starts(STR("ht"), STR("http://")));
    assert_true(str_ends(STR("a.lua"), STR(".lua")));
    assert_true(str_contains(STR("abc"), STR("bc")));
    assert_false(str_contains(STR("abc"), STR("cb")));
}

static void arena_memory_stays_where_it_is(void **state)
{
    (void)state;
    struct arena a = {0};
    str first = arena_dup(&a, STR("first"));
    for (int i = 0; i < 1000; i++)
        arena_printf(&a, "%d", i);
    char *big = arena_alloc(&a, 100000);
    big[99999] = 1;
    assert_true(str_eq(first, STR("first")));
    assert_int_equal(first.p[5], 0);
    arena_free(&a);
}

static void buf_grows_and_drops(void **state)
{
    (void)state;
    struct buf b = {0};
    for (int i = 0; i < 100; i++)
        buf_printf(&b, "%02d,", i);
    assert_int_equal(b.n, 300);
    buf_drop(&b, 297);
    assert_true(str_eq(buf_view(&b), STR("99,")));
    buf_drop(&b, 400);
    assert_int_equal(b.n, 0);
    buf_free(&b);
}

static void map_finds_what_was_put(void **state)
{
    (void)state;
    struct map m = {0};
    struct arena a = {0};
    static int values[1000];
    assert_null(map_get(&m, STR("x")));
    for (int i = 0; i < 1000; i++)
        map_put(&m, arena_printf(&a, "key %d", i), &values[i]);
    for (int i = 0; i < 1000; i++)
        assert_ptr_equal(map_get(&m, arena_printf(&a, "key %d", i)), &values[i]);
    assert_null(map_get(&m, STR("key 1000")));
    assert_int_equal(m.used, 1000);
    map_free(&m);
    arena_free(&a);
}

static void nearest_names_what_was_meant(void **state)
{
    (void)state;
    static const char *known[] = {"duration", "rate", "drain", "threshold", "threads"};
    struct {
        const char *typed, *meant;
    } cases[] = {{"duratoin", "duration"}, {"rates", "rate"},        {"thresold", "threshold"},
                 {"dur", "duration"},      {"something-else", NULL}, {"xx", NULL}};
    assert_int_equal(nearest_distance(STR("ab"), STR("ba")), 1);
    assert_int_equal(nearest_distance(STR(""), STR("abc")), 3);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct nearest n = {0};
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            nearest_try(&n, str_from(cases[i].typed), str_from(known[k]));
        if (cases[i].meant)
            assert_true(str_eq(n.best, str_from(cases[i].meant)));
        else
            assert_null(n.best.p);
    }
}

static void list_moves_nodes(void **state)
{
    (void)state;
    struct list a, b, n[3];
    list_init(&a);
    for (int i = 0; i < 3; i++)
        list_push_back(&a, &n[i]);
    list_take(&b, &a);
    assert_true(list_empty(&a));
    list_remove(&n[1]);
    assert_ptr_equal(list_pop_front(&b), &n[0]);
    assert_ptr_equal(list_pop_front(&b), &n[2]);
    assert_null(list_pop_front(&b));
}

static void rng_repeats_and_is_uniform(void **state)
{
    (void)state;
    struct rng a = rng_make(1, 0), b = rng_make(1, 0), c = rng_make(1, 1);
    assert_true(rng_u64(&a) == rng_u64(&b));
    assert_true(rng_u64(&a) != rng_u64(&c));
    unsigned counts[10] = {0};
    double sum = 0;
    for (int i = 0; i < 100000; i++) {
        counts[rng_below(&a, 10)]++;
        sum += rng_exp(&a);
    }
    for (int i = 0; i < 10; i++)
        assert_in_range(counts[i], 9500, 10500);
    assert_in_range((uintmax_t)(sum / 100), 980, 1020);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_at_the_first_separator),
        cmocka_unit_test(next_gives_each_piece_once),
        cmocka_unit_test(reads_whole_numbers_only),
        cmocka_unit_test(trims_and_compares),
        cmocka_unit_test(arena_memory_stays_where_it_is),
        cmocka_unit_test(buf_grows_and_drops),
        cmocka_unit_test(map_finds_what_was_put),
        cmocka_unit_test(nearest_names_what_was_meant),
        cmocka_unit_test(list_moves_nodes),
        cmocka_unit_test(rng_repeats_and_is_uniform),
    };
    return UNIT_RUN(tests);
}
