/* Audits of streams whose faults are known: a stream is made, spoiled, read in some order, and what
 * the audit says is held against what was done to it. */
#include "unit.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/rng.h"
#include "stats/audit.h"

static const struct audit_producer one = {.run = 7, .driver = 0, .worker = 0};

static const struct audit_reading whole = {.read = true, .from_zero = true, .to_end = true};

static void conclude(struct audit *a, unsigned partitions, struct audit_reading each)
{
    struct audit_reading list[64];
    for (unsigned i = 0; i < partitions; i++)
        list[i] = each;
    audit_conclude(a, list, partitions);
}

/* ---- one fault at a time ---- */

static void all_once_in_order_is_no_offence(void **state)
{
    (void)state;
    struct audit a = {.n = 0};
    for (uint64_t i = 0; i < 1000; i++)
        assert_int_equal(audit_record(&a, &one, i, 0, (int64_t)i), RECORD_FIRST);
    conclude(&a, 1, whole);
    assert_int_equal(a.classes[RECORD_FIRST], 1000);
    assert_int_equal(audit_received(&a), 1000);
    assert_int_equal(a.lost + a.gaps + a.unread + a.reordered, 0);
    for (int i = 0; i < OFFENCES; i++)
        assert_int_equal(a.offenders[i].n, 0);
    audit_free(&a);
}

static void what_is_missing_in_between_is_lost(void **state)
{
    (void)state;
    struct audit a = {.n = 0};
    for (uint64_t i = 0; i < 1000; i++)
        if (i != 0 && (i < 10 || i > 12) && i != 500)
            audit_record(&a, &one, i, 0, (int64_t)i);
    conclude(&a, 1, whole);
    const struct audit_source *s = a.sources[0];
    assert_true(a.lost == 5 && a.gaps == 3 && a.unread == 0);
    assert_true(s->first[0].first == 0 && s->first[0].last == 0);
    assert_true(s->first[1].first == 10 && s->first[1].last == 12);
    assert_true(s->first[2].first == 500 && s->first[2].last == 500);
    conclude(&a, 1, whole); /* it may be asked again */
    assert_int_equal(a.lost, 5);
    audit_free(&a);
}

static void what_comes_again_is_a_duplicate(void **state)
{
    (void)state;
    struct audit a = {.n = 0};
    for (int64_t i = 0; i < 100; i++)
        audit_record(&a, &one, (uint64_t)i, (unsigned)(i % 2), i);
    assert_int_equal(audit_record(&a, &one, 40, 1, 100), RECORD_DUPLICATE);
    assert_int_equal(audit_record(&a, &one, 40, 1, 101), RECORD_DUPLICATE);
    conclude(&a, 2, whole);
    assert_true(a.classes[RECORD_FIRST] == 100 && a.classes[RECORD_DUPLICATE] == 2);
    assert_true(a.reordered == 0 && a.lost == 0);
    const struct audit_offender *o = a.offenders[OFFENCE_DUPLICATE].list;
    assert_true(o[0].partition == 1 && o[0].offset == 100 && o[0].number == 40);
    assert_true(o[0].producer.run == 7 && o[1].offset == 101);
    assert_true(a.sources[0]->lanes[1].records[RECORD_DUPLICATE] == 2);
    audit_free(&a);
}

static void order_is_of_a_partition(void **state)
{
    (void)state;
    struct audit a = {.n = 0};
    audit_record(&a, &one, 5, 0, 0);
    audit_record(&a, &one, 3, 1, 0); /* another partition */
    assert_int_equal(a.reordered, 0);
    audit_record(&a, &one, 9, 0, 1);
    audit_record(&a, &one, 7, 0, 2);
    audit_record(&a, &one, 8, 0, 3);
    audit_record(&a, &one, 10, 0, 4);
    assert_int_equal(a.reordered, 2);
    assert_int_equal(a.sources[0]->lanes[0].reordered, 2);
    assert_int_equal(a.offenders[OFFENCE_REORDERED].list[0].offset, 2);
    audit_record(&a, &one, 5, 0, 5); /* a duplicate has no order */
    assert_int_equal(a.reordered, 2);
    audit_free(&a);
}

static void producers_are_told_apart(void **state)
{
    (void)state;
    struct audit a = {.n = 0};
    for (unsigned p = 0; p < 500; p++)
        for (uint64_t i = 0; i < 20; i++) {
            const struct audit_producer who = {
                .run = p / 50, .driver = (uint16_t)(p / 10 % 5), .worker = (uint16_t)(p % 10)};
            assert_int_equal(audit_record(&a, &who, i, 0, 0), RECORD_FIRST);
        }
    assert_int_equal(a.n, 500);
    audit_free(&a);
}

static void odd_ones_are_counted_with_their_place(void **state)
{
    (void)state;
    struct audit a = {.n = 0};
    audit_odd_one(&a, RECORD_CORRUPT, 3, 33);
    for (int64_t i = 0; i < 20; i++)
        audit_odd_one(&a, RECORD_FOREIGN, 1, i);
    assert_int_equal(audit_record(&a, &one, UINT64_MAX, 2, 22), RECORD_CORRUPT);
    assert_true(a.classes[RECORD_CORRUPT] == 2 && a.classes[RECORD_FOREIGN] == 20);
    assert_int_equal(audit_received(&a), 22);
    assert_true(a.offenders[OFFENCE_CORRUPT].list[0].partition == 3 &&
                a.offenders[OFFENCE_CORRUPT].list[1].offset == 22);
    assert_int_equal(a.offenders[OFFENCE_FOREIGN].n, AUDIT_OFFENDERS);
    assert_int_equal(a.offenders[OFFENCE_FOREIGN].list[AUDIT_OFFENDERS - 1].offset,
                     AUDIT_OFFENDERS - 1);
    audit_free(&a);
}

/* ---- what can be known ---- */

/* Numbers 0 to 99, number i in partition i mod 2, of which 10, 11, 50, 51 never came; partition 0
 * is read from number `from` on up to before `to`. */
static void read_a_part(struct audit *a, uint64_t from, uint64_t to)
{
    for (uint64_t i = 0; i < 100; i++)
        if (i != 10 && i != 11 && i != 50 && i != 51 && (i % 2 || (i >= from && i < to)))
            audit_record(a, &one, i, (unsigned)(i % 2), (int64_t)i);
}

static void missing_beyond_where_a_partition_was_read_is_not_lost(void **state)
{
    (void)state;
    struct audit a = {.n = 0};
    const struct audit_reading list[] = {{.read = true, .from_zero = true, .to_end = false},
                                         {.read = true, .from_zero = true, .to_end = true}};
    read_a_part(&a, 0, 31);
    audit_conclude(&a, list, 2);
    assert_true(a.lost == 2 && a.gaps == 1); /* 10 and 11 */
    assert_int_equal(a.unread, 34 + 1);      /* 32, 34 … 98, and 51 */
    audit_free(&a);
}

static void nor_is_what_lies_before_the_beginning(void **state)
{
    (void)state;
    struct audit a = {.n = 0};
    const struct audit_reading list[] = {{.read = true, .from_zero = false, .to_end = true},
                                         {.read = true, .from_zero = true, .to_end = true}};
    read_a_part(&a, 40, 100);
    audit_conclude(&a, list, 2);
    assert_true(a.lost == 2 && a.unread == 0); /* 50 and 51 */
    assert_int_equal(a.sources[0]->first[0].first, 50);
    audit_free(&a);
}

static void where_a_partition_was_not_read_nothing_is_known(void **state)
{
    (void)state;
    struct audit a = {.n = 0};
    const struct audit_reading lists[][3] = {
        {{.read = false, .from_zero = false, .to_end = false},
         {.read = true, .from_zero = true, .to_end = true}},
        {{.read = true, .from_zero = true, .to_end = true},
         {.read = true, .from_zero = true, .to_end = true},
         {.read = true, .from_zero = true, .to_end = false}}, /* none of it came yet */
    };
    read_a_part(&a, 0, 0);
    audit_conclude(&a, lists[0], 2);
    assert_true(a.lost == 0 && a.unread == 50 + 2);
    audit_free(&a);
    read_a_part(&a, 0, 100);
    audit_conclude(&a, lists[1], 3);
    assert_true(a.lost == 0 && a.unread == 4);
    audit_free(&a);
}

/* ---- many at a time, against a naive count ---- */

enum { RECORDS = 30 * 1000, PARTITIONS = 7, PRODUCERS = 3 };

struct sent {
    struct audit_producer producer;
    uint64_t number;
    unsigned partition;
};

struct stream {
    struct sent *list; /* in the order in which they stand in their partitions */
    size_t n;
    uint64_t lost, gaps, duplicates, corrupt, reordered;
};

static void put(struct stream *s, struct sent one_sent)
{
    s->list[s->n++] = one_sent;
}

static struct stream make_stream(uint64_t seed)
{
    struct rng r = rng_make(seed, 0);
    struct stream s = {.list = mem_array(2 * RECORDS, sizeof(struct sent))};
    uint64_t next[PRODUCERS] = {0};
    bool gap[PRODUCERS] = {false};
    for (int i = 0; i < RECORDS; i++) {
        unsigned p = (unsigned)rng_below(&r, PRODUCERS);
        struct sent new = {
            {.run = 9, .worker = (uint16_t)p}, next[p]++, (unsigned)rng_below(&r, PARTITIONS)};
        bool lost = rng_below(&r, 50) == 0 && i < RECORDS - 100;
        s.lost += lost;
        s.gaps += lost && !gap[p];
        gap[p] = lost;
        if (!lost)
            put(&s, new);
        if (!lost && rng_below(&r, 40) == 0) {
            put(&s, new);
            s.duplicates++;
        }
    }
    return s;
}

/* Reads the partitions in turns of random length, as a consumer does. `audits`: partition p goes to
 * number p mod n. */
static void read_stream(const struct stream *s, uint64_t seed, struct audit *audits, unsigned n)
{
    struct rng r = rng_make(seed, 1);
    size_t at[PARTITIONS] = {0};
    for (size_t left = s->n; left;) {
        unsigned p = (unsigned)rng_below(&r, PARTITIONS);
        for (uint64_t turn = rng_below(&r, 3000); turn && at[p] < s->n; at[p]++) {
            const struct sent *m = &s->list[at[p]];
            if (m->partition != p)
                continue;
            audit_record(&audits[p % n], &m->producer, m->number, p, (int64_t)at[p]);
            left--;
            turn--;
        }
    }
}

static void agree(struct audit *a, const struct stream *s)
{
    conclude(a, PARTITIONS, whole);
    assert_int_equal(a->classes[RECORD_FIRST], s->n - s->duplicates);
    assert_int_equal(a->classes[RECORD_DUPLICATE], s->duplicates);
    assert_int_equal(a->lost, s->lost);
    assert_int_equal(a->gaps, s->gaps);
    assert_int_equal(a->unread, 0);
    assert_int_equal(a->reordered, 0);
    uint64_t firsts = 0, duplicates = 0;
    for (size_t i = 0; i < a->n; i++)
        for (unsigned p = 0; p < a->sources[i]->n_lanes; p++) {
            firsts += a->sources[i]->lanes[p].records[RECORD_FIRST];
            duplicates += a->sources[i]->lanes[p].records[RECORD_DUPLICATE];
        }
    assert_int_equal(firsts, a->classes[RECORD_FIRST]);
    assert_int_equal(duplicates, a->classes[RECORD_DUPLICATE]);
}

static void in_any_order_of_partitions_the_counts_are_true(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        struct stream s = make_stream(seed);
        struct audit a = {.n = 0};
        read_stream(&s, seed, &a, 1);
        agree(&a, &s);
        audit_free(&a);
        mem_free(s.list);
    }
}

static void several_audits_merge_to_the_same(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        struct stream s = make_stream(seed);
        struct audit audits[3] = {{.n = 0}}, all = {.n = 0};
        read_stream(&s, seed, audits, 3);
        for (int i = 0; i < 3; i++) {
            audit_merge(&all, &audits[i]);
            audit_free(&audits[i]);
        }
        agree(&all, &s);
        audit_free(&all);
        mem_free(s.list);
    }
}

static void the_same_number_on_two_workers_is_a_duplicate(void **state)
{
    (void)state;
    struct audit a = {.n = 0}, b = {.n = 0};
    for (uint64_t i = 0; i < 10000; i++)
        audit_record(&a, &one, i, 0, (int64_t)i);
    for (uint64_t i = 9990; i < 20000; i++)
        audit_record(&b, &one, i, 1, (int64_t)i);
    audit_merge(&a, &b);
    conclude(&a, 2, whole);
    assert_true(a.classes[RECORD_FIRST] == 20000 && a.classes[RECORD_DUPLICATE] == 10);
    assert_int_equal(audit_received(&a), 20010);
    assert_int_equal(a.lost, 0);
    audit_free(&a);
    audit_free(&b);
}

/* ---- memory ---- */

static void memory_is_by_holes_not_by_records(void **state)
{
    (void)state;
    struct audit a = {.n = 0};
    size_t most = 0;
    for (uint64_t i = 0; i < 2000000; i++) {
        audit_record(&a, &one, i, (unsigned)(i % 6), (int64_t)i);
        if (i % 1000 == 0)
            most = audit_bytes(&a) > most ? audit_bytes(&a) : most;
    }
    assert_true(most < 4000);
    audit_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_once_in_order_is_no_offence),
        cmocka_unit_test(what_is_missing_in_between_is_lost),
        cmocka_unit_test(what_comes_again_is_a_duplicate),
        cmocka_unit_test(order_is_of_a_partition),
        cmocka_unit_test(producers_are_told_apart),
        cmocka_unit_test(odd_ones_are_counted_with_their_place),
        cmocka_unit_test(missing_beyond_where_a_partition_was_read_is_not_lost),
        cmocka_unit_test(nor_is_what_lies_before_the_beginning),
        cmocka_unit_test(where_a_partition_was_not_read_nothing_is_known),
        cmocka_unit_test(in_any_order_of_partitions_the_counts_are_true),
        cmocka_unit_test(several_audits_merge_to_the_same),
        cmocka_unit_test(the_same_number_on_two_workers_is_a_duplicate),
        cmocka_unit_test(memory_is_by_holes_not_by_records),
    };
    return UNIT_RUN(tests);
}
