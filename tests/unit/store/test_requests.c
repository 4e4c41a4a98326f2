/* Requests in memory: what an arriving id means at each moment of a life, bounds, memory; a life of
 * many held against a plain array. */
#include "unit.h"

#include <malloc.h>
#include <string.h>

#include "base/rng.h"
#include "store/opened.h"

static void a_reply_in_time_is_its_owners(void **state)
{
    (void)state;
    struct requests *r = open_memory(4);
    int owner;
    struct request_id id = issue(
        r, &(struct request_new){.due_ns = 5, .owner = &owner, .label = 9, .kept = STR("bytes")});
    struct reply_found found = requests_reply(r, id);
    assert_int_equal(found.verdict, REPLY_MATCHED);
    assert_int_equal(found.due_ns, 5);
    assert_ptr_equal(found.request->owner, &owner);
    assert_int_equal(found.request->label, 9);
    assert_true(str_eq(requests_kept(found.request), STR("bytes")));
    requests_acknowledge(r, id);
    assert_true(str_eq(requests_kept(found.request), STR("bytes")));
    requests_end(r, id, FATE_OK);
    assert_int_equal(requests_counts(r)->ended[FATE_OK], 1);
    assert_int_equal(requests_waiting(r), 0);
    assert_balanced(r);
    requests_close(r, true);
}

static void a_reply_after_the_end_is_late_with_its_due_time(void **state)
{
    (void)state;
    static const enum fate fates[] = {FATE_TIMEOUT, FATE_ERROR, FATE_ABANDONED};
    struct requests *r = open_memory(4);
    for (uint64_t i = 0; i < 3; i++) {
        struct request_id id = issue(r, &(struct request_new){.due_ns = 10 + i});
        requests_end(r, id, fates[i]);
        if (i == 0)
            requests_acknowledge(r, id); /* the slot is free; that of the others is not */
        struct reply_found found = requests_reply(r, id);
        assert_int_equal(found.verdict, REPLY_LATE);
        assert_int_equal(found.due_ns, 10 + i);
        assert_int_equal(verdict(r, id), REPLY_DUPLICATE);
    }
    assert_int_equal(requests_counts(r)->late, 3);
    assert_int_equal(requests_counts(r)->duplicate, 3);
    requests_close(r, true);
}

static void the_same_id_again_is_a_duplicate_for_ever(void **state)
{
    (void)state;
    struct requests *r = open_memory(1);
    struct request_id first = issue(r, &(struct request_new){.due_ns = 1}), other;
    assert_int_equal(verdict(r, first), REPLY_MATCHED);
    assert_int_equal(verdict(r, first), REPLY_DUPLICATE);
    requests_end(r, first, FATE_FAILED_CHECK);
    assert_int_equal(verdict(r, first), REPLY_DUPLICATE);
    requests_acknowledge(r, first);
    for (int i = 0; i < 100000; i++) {
        other = issue(r, &(struct request_new){.due_ns = 1});
        assert_int_equal(other.slot, first.slot);
        requests_end(r, other, FATE_ERROR);
        requests_acknowledge(r, other);
    }
    assert_int_equal(verdict(r, first), REPLY_DUPLICATE);
    assert_int_equal(verdict(r, other), REPLY_LATE);
    requests_close(r, true);
}

static void what_was_not_issued_is_unknown(void **state)
{
    (void)state;
    struct requests *r = open_memory(4);
    struct request_id id = issue(r, &(struct request_new){.due_ns = 1}), reserved, released;
    assert_true(requests_reserve(r, &reserved));
    assert_true(requests_reserve(r, &released));
    requests_release(r, released);
    const struct request_id wrong[] = {
        {id.sequence, id.slot + 1},
        {id.sequence, UINT32_MAX},
        {id.sequence + 100, id.slot},
        {UINT64_MAX, id.slot},
        {(UINT64_C(1) << REQUESTS_SEQUENCE_BITS) - 1, 0},
        reserved,
        released,
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(verdict(r, wrong[i]), REPLY_UNKNOWN);
    assert_int_equal(verdict(r, id), REPLY_MATCHED);
    requests_close(r, false);
}

static void a_slot_is_free_after_both_ends(void **state)
{
    (void)state;
    struct requests *r = open_memory(2);
    struct request_id a = issue(r, &(struct request_new){.due_ns = 1}), more;
    struct request_id b = issue(r, &(struct request_new){.due_ns = 2});
    assert_false(requests_reserve(r, &more));
    requests_acknowledge(r, a);
    assert_false(requests_reserve(r, &more));
    requests_end(r, b, FATE_TIMEOUT);
    assert_false(requests_reserve(r, &more));
    requests_end(r, a, FATE_TIMEOUT);
    assert_true(requests_reserve(r, &more));
    assert_int_equal(more.slot, a.slot);
    assert_true(more.sequence > b.sequence);
    assert_false(requests_reserve(r, &more));
    requests_acknowledge(r, b);
    assert_true(requests_reserve(r, &more));
    requests_close(r, false);
}

static void ids_of_their_own_are_found(void **state)
{
    (void)state;
    struct requests *r = open_memory(4);
    struct request_id a = issue(r, &(struct request_new){.due_ns = 1, .own_id = STR("order-1")});
    struct request_id b = issue(r, &(struct request_new){.due_ns = 2, .own_id = STR("order-2")});
    struct request_id again;
    assert_true(requests_reserve(r, &again));
    assert_false(requests_issue(r, again, &(struct request_new){.own_id = STR("order-1")}));
    struct reply_found found = requests_reply_own(r, STR("order-2"));
    assert_int_equal(found.verdict, REPLY_MATCHED);
    assert_int_equal(found.id.sequence, b.sequence);
    assert_int_equal(found.id.slot, b.slot);
    requests_end(r, a, FATE_TIMEOUT);
    assert_int_equal(requests_reply_own(r, STR("order-1")).verdict, REPLY_LATE);
    assert_int_equal(requests_reply_own(r, STR("order-1")).verdict, REPLY_DUPLICATE);
    assert_int_equal(requests_reply_own(r, STR("order-2")).verdict, REPLY_DUPLICATE);
    assert_int_equal(requests_reply_own(r, STR("order-3")).verdict, REPLY_UNKNOWN);
    assert_int_equal(requests_reply_own(r, (str){NULL, 0}).verdict, REPLY_UNKNOWN);
    assert_int_equal(requests_counts(r)->issued, 2);
    requests_close(r, false);
}

static void null_and_empty_are_kept_apart(void **state)
{
    (void)state;
    struct requests *r = open_memory(4);
    struct request_id null = issue(r, &(struct request_new){.due_ns = 1});
    struct request_id empty = issue(r, &(struct request_new){.due_ns = 1, .kept = STR("")});
    assert_null(requests_kept(requests_reply(r, null).request).p);
    assert_non_null(requests_kept(requests_reply(r, empty).request).p);
    requests_close(r, false);
}

static void all_that_wait_can_be_ended(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    struct requests *r = open_memory(MANY);
    struct request *q;
    unsigned seen = 0;
    for (int i = 0; i < MANY; i++) {
        struct request_id id = issue(r, &(struct request_new){.due_ns = 1});
        requests_acknowledge(r, id);
        if (i % 3 == 0)
            requests_end(r, id, FATE_ERROR);
    }
    for (struct request_id id = {0}; (q = requests_next(r, &id)); id.slot++, seen++)
        requests_end(r, id, FATE_ABANDONED);
    assert_int_equal(seen, MANY - (MANY + 2) / 3);
    assert_int_equal(requests_counts(r)->ended[FATE_ABANDONED], seen);
    assert_int_equal(requests_waiting(r), 0);
    requests_close(r, true);
}

/* ---- against a plain array ---- */

enum { MODEL = 20000, FLIGHT = 300 };

struct life {
    struct request_id id;
    bool acknowledged, ended, replied;
};

static void live(struct requests *r, struct life *l, struct rng *rng)
{
    switch (rng_below(rng, 4)) {
    case 0:
        if (!l->acknowledged)
            requests_acknowledge(r, l->id);
        l->acknowledged = true;
        break;
    case 1:
        if (!l->ended)
            requests_end(r, l->id, l->replied ? FATE_OK : FATE_TIMEOUT);
        l->ended = true;
        break;
    default: {
        enum reply_verdict want = l->replied ? REPLY_DUPLICATE
                                  : l->ended ? REPLY_LATE
                                             : REPLY_MATCHED;
        struct reply_found found = requests_reply(r, l->id);
        assert_int_equal(found.verdict, want);
        assert_true(want == REPLY_DUPLICATE || found.due_ns == l->id.sequence * 7);
        l->replied = true;
    }
    }
}

static void verdicts_agree_with_an_array(void **state)
{
    (void)state;
    static struct life lives[MODEL];
    struct requests *r = open_memory(FLIGHT);
    struct rng rng = rng_make(11, 0);
    struct request_id id;
    size_t n = 0;
    while (n < MODEL) {
        if (requests_reserve(r, &id)) {
            requests_issue(r, id, &(struct request_new){.due_ns = id.sequence * 7});
            lives[n++] = (struct life){.id = id};
        }
        for (int i = 0; i < 6; i++)
            live(r, &lives[n - 1 - rng_below(&rng, n < 2 * FLIGHT ? n : 2 * FLIGHT)], &rng);
        for (size_t i = n > 2 * FLIGHT ? n - 2 * FLIGHT : n; i < n && i < n - FLIGHT; i++) {
            if (!lives[i].acknowledged)
                requests_acknowledge(r, lives[i].id);
            if (!lives[i].ended)
                requests_end(r, lives[i].id, lives[i].replied ? FATE_OK : FATE_ERROR);
            lives[i].acknowledged = lives[i].ended = true;
        }
        assert_balanced(r);
    }
    requests_close(r, false);
}

/* What malloc has given out, its own heads included (0 where a sanitizer is in its place). */
static size_t allocated(void)
{
    struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
}

static void a_request_in_flight_takes_at_most_64_bytes(void **state)
{
    (void)state;
    enum { MANY = 100000, MOST = 64 };
    size_t before = allocated();
    struct requests *r = open_memory(MANY);
    for (int i = 0; i < MANY; i++)
        issue(r, &(struct request_new){.due_ns = 1});
    size_t bytes = allocated() - before;
    assert_true(bytes <= (size_t)MOST * MANY);
    requests_close(r, false);
    assert_true(allocated() <= before + 4096);
}

static void memory_stays_where_requests_come_and_go(void **state)
{
    (void)state;
    struct requests *r = open_memory(1000);
    size_t before = allocated();
    for (int i = 0; i < 1000000; i++) {
        struct request_id id = issue(r, &(struct request_new){.due_ns = 1, .kept = STR("x")});
        requests_reply(r, id);
        requests_end(r, id, FATE_OK);
        requests_acknowledge(r, id);
    }
    assert_true(allocated() - before <= 1024 * sizeof(struct request) + 2 * 1000000 / 8 + 4096);
    requests_close(r, false);
}

static void stores_are_named(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "memory:", "file", "file:", "redis://x", "Memory"};
    struct arena arena = {0};
    struct requests_store store;
    struct err e;
    assert_true(requests_store_parse(STR("memory"), &arena, &store, &e) && !store.path);
    assert_true(requests_store_parse(STR("file:/x:y"), &arena, &store, &e));
    assert_string_equal(store.path, "/x:y");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(requests_store_parse(str_from(wrong[i]), &arena, &store, &e));
        assert_int_equal(e.kind, ERR_USAGE);
    }
    assert_string_equal(e.text, "'Memory' is no store for requests; there are memory, file:PATH");
    arena_free(&arena);
}

static void memory_is_gone_with_its_run(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct requests_store store = store_of("memory", &arena);
    struct requests_run run;
    struct err e;
    const char *want = "nothing can be resumed from the store 'memory': it is gone with its run";
    assert_null(requests_open(&store, &the_run, 1, true, &e));
    assert_string_equal(e.text, want);
    assert_false(requests_run_of(&store, &run, &e));
    assert_string_equal(e.text, want);
    struct requests *r = open_memory(1);
    size_t n;
    requests_read_to(r, &(struct requests_place){STR("r"), 0, 1});
    requests_places(r, &n);
    assert_int_equal(n, 0);
    requests_close(r, true);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reply_in_time_is_its_owners),
        cmocka_unit_test(a_reply_after_the_end_is_late_with_its_due_time),
        cmocka_unit_test(the_same_id_again_is_a_duplicate_for_ever),
        cmocka_unit_test(what_was_not_issued_is_unknown),
        cmocka_unit_test(a_slot_is_free_after_both_ends),
        cmocka_unit_test(ids_of_their_own_are_found),
        cmocka_unit_test(null_and_empty_are_kept_apart),
        cmocka_unit_test(all_that_wait_can_be_ended),
        cmocka_unit_test(verdicts_agree_with_an_array),
        cmocka_unit_test(a_request_in_flight_takes_at_most_64_bytes),
        cmocka_unit_test(memory_stays_where_requests_come_and_go),
        cmocka_unit_test(stores_are_named),
        cmocka_unit_test(memory_is_gone_with_its_run),
    };
    return UNIT_RUN(tests);
}
