/* Seconds of several members: each is given out once, when all have gone past it. */
#include "unit.h"

#include "engine/seconds.h"

static const struct series ping = {.name = {"GET /ping", 9}};

/* What was given out, in order. */
struct seen {
    int64_t second[32];
    uint64_t started[32], ok[32];
    unsigned n;
};

static void note(void *owner, const struct second *row)
{
    struct seen *s = owner;
    struct series_data total = {0};
    results_total(row->delta, &total);
    s->second[s->n] = row->second;
    s->started[s->n] = total.started;
    s->ok[s->n++] = total.fates[FATE_OK];
    series_data_free(&total);
}

static void report(struct seconds *s, unsigned member, int64_t second, unsigned started,
                   unsigned ok)
{
    struct recorder r = {.second = second};
    for (unsigned i = 0; i < started; i++)
        recorder_started(&r, 0, &ping, (uint64_t)second * 1000000000, true);
    recorder_data(&r, 0, &ping)->fates[FATE_OK] += ok;
    seconds_add(s, member, &r);
    recorder_free(&r);
}

static void a_second_waits_for_every_member(void **state)
{
    (void)state;
    struct seen seen = {.n = 0};
    struct seconds s;
    seconds_init(&s, 2, note, &seen);
    report(&s, 0, 0, 3, 2);
    report(&s, 0, 1, 1, 1);
    assert_int_equal(seen.n, 0);
    report(&s, 1, 0, 4, 4);
    assert_int_equal(seen.n, 1);
    assert_int_equal(seen.second[0], 0);
    assert_int_equal(seen.started[0], 7);
    assert_int_equal(seen.ok[0], 6);
    report(&s, 1, 1, 1, 1);
    assert_int_equal(seen.n, 2);
    assert_int_equal(seen.started[1], 2);
    seconds_finish(&s);
    assert_int_equal(seen.n, 2);
}

static void a_member_that_stood_still_holds_back_and_then_releases_in_order(void **state)
{
    (void)state;
    struct seen seen = {.n = 0};
    struct seconds s;
    seconds_init(&s, 2, note, &seen);
    for (int64_t i = 0; i < 5; i++)
        report(&s, 0, i, 1, 1);
    assert_int_equal(seen.n, 0);
    report(&s, 1, 4, 1, 1);
    assert_int_equal(seen.n, 5);
    for (int64_t i = 0; i < 5; i++)
        assert_int_equal(seen.second[i], i);
    seconds_finish(&s);
}

static void a_late_start_adds_a_row_to_its_own_second(void **state)
{
    (void)state;
    struct seen seen = {.n = 0};
    struct seconds s;
    struct recorder late = {.second = 3};
    seconds_init(&s, 1, note, &seen);
    report(&s, 0, 0, 1, 1);
    report(&s, 0, 1, 1, 1);
    report(&s, 0, 2, 1, 1);
    recorder_data(&late, 0, &ping)->fates[FATE_OK] += 2;
    recorder_started(&late, 0, &ping, 1500000000, true);
    recorder_started(&late, 0, &ping, 1600000000, true);
    seconds_add(&s, 0, &late);
    seconds_finish(&s);
    uint64_t started = 0, ok = 0, in_second_1 = 0;
    for (unsigned i = 0; i < seen.n; i++) {
        started += seen.started[i];
        ok += seen.ok[i];
        in_second_1 += seen.second[i] == 1 ? seen.started[i] : 0;
    }
    assert_int_equal(started, 5);
    assert_int_equal(ok, 5);
    assert_int_equal(in_second_1, 3);
    recorder_free(&late);
}

static void what_is_left_is_given_out_at_the_end(void **state)
{
    (void)state;
    struct seen seen = {.n = 0};
    struct seconds s;
    seconds_init(&s, 2, note, &seen);
    report(&s, 0, 0, 1, 1);
    report(&s, 0, 1, 1, 1);
    seconds_finish(&s);
    assert_int_equal(seen.n, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_waits_for_every_member),
        cmocka_unit_test(a_member_that_stood_still_holds_back_and_then_releases_in_order),
        cmocka_unit_test(a_late_start_adds_a_row_to_its_own_second),
        cmocka_unit_test(what_is_left_is_given_out_at_the_end),
    };
    return UNIT_RUN(tests);
}
