/* The order of rows: each once or again and again, the same for every number of workers, by many
 * threads at once. */
#include "unit.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "scenario/feed.h"

static const struct share alone = {0, 1};

static void assert_next(struct feed *f, unsigned worker, uint64_t want)
{
    uint64_t row;
    assert_true(feed_take(f, worker, NULL, &row));
    assert_int_equal(row, want);
}

static void assert_empty(struct feed *f, unsigned worker)
{
    uint64_t row;
    assert_false(feed_take(f, worker, NULL, &row));
}

static void modes_have_names(void **state)
{
    (void)state;
    enum feed_mode mode;
    struct err e;
    assert_true(feed_mode_parse(STR("shuffle"), &mode, &e) && mode == FEED_SHUFFLE);
    assert_true(feed_mode_parse(STR("circular"), &mode, &e) && mode == FEED_CIRCULAR);
    assert_true(feed_mode_parse(STR("random"), &mode, &e) && mode == FEED_RANDOM);
    assert_true(feed_mode_parse(STR("queue"), &mode, &e) && mode == FEED_QUEUE);
    assert_false(feed_mode_parse(STR("quue"), &mode, &e));
    assert_string_equal(e.text, "'quue' is no mode; did you mean 'queue'?");
    assert_false(feed_mode_parse(STR("sequential"), &mode, &e));
    assert_string_equal(e.text,
                        "'sequential' is no mode; there are queue, shuffle, circular, random");
    assert_int_equal(e.kind, ERR_USAGE);
}

static void a_queue_gives_each_worker_its_own_rows_then_those_of_others(void **state)
{
    (void)state;
    struct feed *f = feed_open(FEED_QUEUE, 7, alone, 3, 0);
    assert_next(f, 1, 1);
    assert_next(f, 1, 4);
    assert_next(f, 0, 0);
    assert_next(f, 1, 2); /* of worker 2, who has taken none yet */
    assert_next(f, 2, 5);
    assert_next(f, 2, 3); /* of worker 0 */
    assert_next(f, 2, 6);
    assert_empty(f, 0);
    assert_empty(f, 1);
    assert_empty(f, 2);
    assert_empty(f, 2);
    feed_close(f);
}

static void more_workers_than_rows_is_no_trouble(void **state)
{
    (void)state;
    struct feed *f = feed_open(FEED_QUEUE, 2, alone, 8, 0);
    assert_next(f, 7, 0);
    assert_next(f, 7, 1);
    assert_empty(f, 0);
    feed_close(f);
}

/* Rows in the order of iterations, iteration k being the worker k mod n. */
static void take_round_robin(struct feed *f, unsigned workers, uint64_t *rows, unsigned n)
{
    for (unsigned k = 0; k < n; k++)
        assert_true(feed_take(f, k % workers, NULL, &rows[k]));
}

static void a_shuffle_is_the_same_for_every_number_of_workers(void **state)
{
    (void)state;
    enum { ROWS = 100 };
    uint64_t want[ROWS], got[ROWS], other[ROWS];
    bool seen[ROWS] = {false};
    unsigned at_home = 0;
    for (unsigned workers = 1; workers <= 7; workers++) {
        struct feed *f = feed_open(FEED_SHUFFLE, ROWS, alone, workers, 42);
        take_round_robin(f, workers, workers == 1 ? want : got, ROWS);
        assert_empty(f, 0);
        assert_true(workers == 1 || memcmp(want, got, sizeof want) == 0);
        feed_close(f);
    }
    for (unsigned i = 0; i < ROWS; i++) {
        assert_true(want[i] < ROWS && !seen[want[i]]);
        seen[want[i]] = true;
        at_home += want[i] == i;
    }
    assert_true(at_home < 10);
    struct feed *f = feed_open(FEED_SHUFFLE, ROWS, alone, 1, 43);
    take_round_robin(f, 1, other, ROWS);
    assert_true(memcmp(want, other, sizeof want) != 0);
    feed_close(f);
}

static void every_order_of_a_shuffle_is_as_likely_as_the_others(void **state)
{
    (void)state;
    enum { SEEDS = 60000 };
    unsigned orders[27] = {0};
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        uint64_t rows[3];
        struct feed *f = feed_open(FEED_SHUFFLE, 3, alone, 1, seed);
        take_round_robin(f, 1, rows, 3);
        orders[rows[0] * 9 + rows[1] * 3 + rows[2]]++;
        feed_close(f);
    }
    const unsigned all[] = {5, 7, 11, 15, 19, 21}; /* 012 021 102 120 201 210 */
    for (size_t i = 0; i < 6; i++)                 /* 10 000 each, deviation 91 */
        assert_in_range(orders[all[i]], 9500, 10500);
}

static void circular_rows_come_again_in_their_order(void **state)
{
    (void)state;
    for (unsigned workers = 1; workers <= 5; workers++) {
        uint64_t rows[40];
        struct feed *f = feed_open(FEED_CIRCULAR, 6, alone, workers, 0);
        take_round_robin(f, workers, rows, 40);
        for (unsigned k = 0; k < 40; k++)
            assert_int_equal(rows[k], k % 6);
        feed_close(f);
    }
    struct feed *f = feed_open(FEED_CIRCULAR, 4, alone, 2, 0);
    assert_next(f, 1, 1); /* whatever the others do */
    assert_next(f, 1, 3);
    assert_next(f, 1, 1);
    assert_next(f, 0, 0);
    feed_close(f);
}

static void random_rows_follow_the_generator_that_is_given(void **state)
{
    (void)state;
    unsigned counts[10] = {0};
    struct feed *f = feed_open(FEED_RANDOM, 10, alone, 2, 0);
    struct rng a = rng_make(1, 0), b = rng_make(1, 0);
    for (int i = 0; i < 100000; i++) {
        uint64_t row, again;
        assert_true(feed_take(f, 0, &a, &row));
        assert_true(feed_take(f, 1, &b, &again));
        assert_int_equal(row, again);
        counts[row]++;
    }
    for (int i = 0; i < 10; i++)
        assert_in_range(counts[i], 9500, 10500);
    feed_close(f);
}

static void drivers_share_rows_without_meeting(void **state)
{
    (void)state;
    enum { ROWS = 100 };
    bool seen[ROWS] = {false};
    for (unsigned driver = 0; driver < 3; driver++) {
        uint64_t row, taken = 0;
        struct feed *f = feed_open(FEED_QUEUE, ROWS, (struct share){driver, 3}, 2, 0);
        while (feed_take(f, driver % 2, NULL, &row)) {
            assert_int_equal(row % 3, driver);
            assert_false(seen[row]);
            seen[row] = true;
            taken++;
        }
        assert_int_equal(taken, driver == 0 ? 34 : 33);
        feed_close(f);
    }
}

/* ---- threads ---- */

enum { THREADS = 4, MANY = 200000 };

struct taker {
    struct feed *feed;
    unsigned worker;
    _Atomic unsigned char *times; /* each row was taken */
    uint64_t taken;
    bool in_order; /* its own rows came in their order */
};

static void *take_all(void *arg)
{
    struct taker *t = arg;
    uint64_t row, next = t->worker;
    t->in_order = true;
    for (; feed_take(t->feed, t->worker, NULL, &row); t->taken++) {
        t->times[row]++;
        if (row % THREADS == t->worker) {
            t->in_order = t->in_order && row >= next;
            next = row + THREADS;
        }
    }
    return NULL;
}

static void many_threads_take_each_row_exactly_once(void **state)
{
    (void)state;
    const enum feed_mode modes[] = {FEED_QUEUE, FEED_SHUFFLE};
    for (size_t m = 0; m < 2; m++) {
        _Atomic unsigned char *times = calloc(MANY, 1);
        struct feed *f = feed_open(modes[m], MANY, alone, THREADS, 7);
        struct taker takers[THREADS];
        pthread_t threads[THREADS];
        uint64_t taken = 0;
        for (unsigned i = 0; i < THREADS; i++) {
            takers[i] = (struct taker){.feed = f, .worker = i, .times = times};
            pthread_create(&threads[i], NULL, take_all, &takers[i]);
        }
        for (unsigned i = 0; i < THREADS; i++) {
            pthread_join(threads[i], NULL);
            taken += takers[i].taken;
            assert_true(takers[i].in_order || modes[m] != FEED_QUEUE);
        }
        assert_int_equal(taken, MANY);
        for (size_t i = 0; i < MANY; i++)
            assert_int_equal(times[i], 1);
        feed_close(f);
        free((void *)times);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modes_have_names),
        cmocka_unit_test(a_queue_gives_each_worker_its_own_rows_then_those_of_others),
        cmocka_unit_test(more_workers_than_rows_is_no_trouble),
        cmocka_unit_test(a_shuffle_is_the_same_for_every_number_of_workers),
        cmocka_unit_test(every_order_of_a_shuffle_is_as_likely_as_the_others),
        cmocka_unit_test(circular_rows_come_again_in_their_order),
        cmocka_unit_test(random_rows_follow_the_generator_that_is_given),
        cmocka_unit_test(drivers_share_rows_without_meeting),
        cmocka_unit_test(many_threads_take_each_row_exactly_once),
    };
    return UNIT_RUN(tests);
}
