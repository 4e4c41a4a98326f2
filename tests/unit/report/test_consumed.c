/* What several workers have read, put together: which missing numbers are lost, and which may have
 * been read by others. */
#include "unit.h"

#include "fixture.h"
#include "report/consumed.h"

static const struct audit_producer producer = {.run = 1};

/* Workers that read one partition in turns. */
struct turns {
    struct fixture f;
    struct series series;
    struct kafka_consumed consumed[3];
    struct kafka_consume_config config;
    struct sink *sink;
};

static void open_turns(struct turns *t)
{
    *t = (struct turns){.sink = NULL};
    fixture_open(&t->f);
    t->series = (struct series){.name = STR("t"), .kind = SERIES_RECORDS};
    t->config =
        (struct kafka_consume_config){.audit = true, .series = &t->series, .consumed = t->consumed};
    for (int i = 0; i < 3; i++) {
        t->consumed[i].partitions = mem_array(1, sizeof *t->consumed[i].partitions);
        t->consumed[i].n = 1;
        t->consumed[i].closed = true;
    }
}

/* Worker w had the partition, whose offsets are the numbers, from `start` to before `next`. */
static struct kafka_consumed_partition *reads(struct turns *t, int w, int64_t start, int64_t next)
{
    struct kafka_consumed_partition *p = &t->consumed[w].partitions[0];
    *p = (struct kafka_consumed_partition){.ours = true, .start = start, .next = next, .end = 90};
    for (int64_t i = start; i < next; i++)
        audit_record(&t->consumed[w].audit, &producer, (uint64_t)i, 0, i);
    return p;
}

static const struct audit *conclude(struct turns *t)
{
    t->sink = consumed_sink(&t->config, 3);
    t->sink->table->conclude(t->sink, &t->f.summary, &t->f.results);
    return t->f.summary.audit;
}

static void close_turns(struct turns *t)
{
    t->sink->table->close(t->sink);
    for (int i = 0; i < 3; i++) {
        audit_free(&t->consumed[i].audit);
        mem_free(t->consumed[i].partitions);
    }
    fixture_close(&t->f);
}

/* `first` had it first. */
static void changes_hands(int first, int then)
{
    struct turns t;
    open_turns(&t);
    reads(&t, first, 0, 40);
    reads(&t, then, 40, 90);
    const struct audit *a = conclude(&t);
    assert_true(a->classes[RECORD_FIRST] == 90 && audit_is_clean(a) && a->unread == 0);
    assert_true(a->partitions[0].read && a->partitions[0].from_zero && a->partitions[0].to_end);
    assert_true(a->partitions[0].start == 0 && a->partitions[0].next == 90);
    close_turns(&t);
}

static void a_partition_that_changed_hands_is_read_as_by_one(void **state)
{
    (void)state;
    changes_hands(1, 0);
    changes_hands(0, 1);
}

static void what_somebody_else_read_in_between_is_not_lost(void **state)
{
    (void)state;
    struct turns t;
    open_turns(&t);
    reads(&t, 0, 0, 40);
    reads(&t, 2, 60, 90);
    const struct audit *a = conclude(&t);
    assert_true(a->classes[RECORD_FIRST] == 70 && a->lost == 0 && a->unread == 20);
    assert_false(a->partitions[0].read);
    close_turns(&t);
}

static void what_is_missing_in_one_hand_is_lost(void **state)
{
    (void)state;
    struct turns t;
    open_turns(&t);
    reads(&t, 0, 0, 40);
    reads(&t, 1, 60, 90)->start = 40; /* its offsets held none of these numbers */
    assert_int_equal(conclude(&t)->lost, 20);
    close_turns(&t);
}

static void nor_is_what_others_of_the_group_or_retention_took(void **state)
{
    (void)state;
    struct turns t;
    open_turns(&t);
    reads(&t, 0, 50, 90)->holes = true;
    assert_int_equal(conclude(&t)->lost, 0);
    close_turns(&t);
    open_turns(&t);
    reads(&t, 0, 50, 90)->dropped = 50;
    assert_int_equal(conclude(&t)->lost, 0);
    assert_non_null(strstr(t.f.verdict.notes[0], "retention took 50 offsets away"));
    close_turns(&t);
    open_turns(&t);
    reads(&t, 0, 50, 90)->compacted = 50;
    assert_int_equal(conclude(&t)->lost, 0);
    assert_non_null(
        strstr(t.f.verdict.notes[0], "is compacted, and 50 of the offsets that were passed hold"));
    close_turns(&t);
}

static void a_worker_that_did_not_answer_fails_the_audit(void **state)
{
    (void)state;
    struct turns t;
    open_turns(&t);
    reads(&t, 0, 0, 90);
    t.consumed[2].closed = false;
    assert_null(conclude(&t));
    assert_int_equal(t.f.verdict.n_audits_failed, 1);
    close_turns(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_partition_that_changed_hands_is_read_as_by_one),
        cmocka_unit_test(what_somebody_else_read_in_between_is_not_lost),
        cmocka_unit_test(what_is_missing_in_one_hand_is_lost),
        cmocka_unit_test(nor_is_what_others_of_the_group_or_retention_took),
        cmocka_unit_test(a_worker_that_did_not_answer_fails_the_audit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
