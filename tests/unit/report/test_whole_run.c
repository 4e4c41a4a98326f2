/* The book of a whole run, held against that of its last process: what contradicts it makes the run
 * invalid, and says so. */
#include "unit.h"

#include <string.h>

#include "report/whole_run.h"

/* 100 requests before, 10 of which waited and were answered here, as were 20 new ones. */
struct world {
    struct kafka_rpc_whole whole;
    struct results results;
    struct series_data total;
    struct verdict verdict;
    struct summary summary;
};

static void make(struct world *w)
{
    *w = (struct world){
        .whole = {.before = {.issued = 100, .matched = 85, .late = 2},
                  .after = {.issued = 120, .matched = 114, .late = 3, .duplicate = 4},
                  .closed = true},
        .total = {.started = 30},
    };
    w->whole.before.ended[FATE_OK] = 85;
    w->whole.before.ended[FATE_TIMEOUT] = 5;
    w->whole.after.ended[FATE_OK] = 114;
    w->whole.after.ended[FATE_TIMEOUT] = 6;
    w->total.fates[FATE_OK] = 29;
    w->total.fates[FATE_TIMEOUT] = 1;
    w->results.replies.classes[REPLY_IN_TIME] = 29;
    w->results.replies.classes[REPLY_TOO_LATE] = 1;
    w->results.replies.classes[REPLY_AGAIN] = 4;
    w->summary =
        (struct summary){.results = &w->results, .total = &w->total, .verdict = &w->verdict};
}

static void settle(struct world *w)
{
    struct sink *s = whole_run_sink(&w->whole);
    s->table->settle(s, &w->summary);
    s->table->close(s);
}

static void assert_contradicts(struct world *w)
{
    settle(w);
    assert_int_equal(w->verdict.validity, RUN_INVALID);
    assert_non_null(strstr(w->verdict.reasons[0], "contradicts the books"));
    assert_int_equal(w->verdict.n_audits_failed, 1);
}

static void it_is_told_by_fates_and_classes(void **state)
{
    (void)state;
    struct world w;
    make(&w);
    settle(&w);
    assert_int_equal(w.verdict.validity, RUN_VALID);
    assert_int_equal(w.verdict.n_audits, 1);
    assert_true(w.verdict.audits[0].passed);
    assert_string_equal(w.verdict.audits[0].text, "120 requests = 114 ok + 6 timeout; replies: 114 "
                                                  "matched + 3 late + 4 duplicate");
}

static void a_request_without_a_fate_is_a_contradiction(void **state)
{
    (void)state;
    struct world w;
    make(&w);
    w.whole.after.issued++;
    assert_contradicts(&w);
    assert_non_null(strstr(w.verdict.audits[0].text, "+ 1 waiting"));
    make(&w);
    w.whole.after.issued++;
    w.summary.interrupted = true; /* before it took that one over */
    settle(&w);
    assert_int_equal(w.verdict.validity, RUN_VALID);
}

static void what_the_process_did_not_book_is_a_contradiction(void **state)
{
    (void)state;
    struct world w;
    make(&w);
    w.total.fates[FATE_TIMEOUT]++;
    assert_contradicts(&w);
    for (enum reply_class c = REPLY_IN_TIME; c <= REPLY_AGAIN; c++) {
        make(&w);
        w.results.replies.classes[c]++;
        assert_contradicts(&w);
    }
}

/* It never was a request. */
static void an_error_may_come_before_the_store(void **state)
{
    (void)state;
    struct world w;
    make(&w);
    w.total.fates[FATE_ERROR] = 3;
    settle(&w);
    assert_int_equal(w.verdict.validity, RUN_VALID);
}

static void a_worker_that_did_not_answer_told_nothing(void **state)
{
    (void)state;
    struct world w;
    make(&w);
    w.whole.closed = false;
    settle(&w);
    assert_int_equal(w.verdict.n_audits + w.verdict.n_reasons, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_told_by_fates_and_classes),
        cmocka_unit_test(a_request_without_a_fate_is_a_contradiction),
        cmocka_unit_test(what_the_process_did_not_book_is_a_contradiction),
        cmocka_unit_test(an_error_may_come_before_the_store),
        cmocka_unit_test(a_worker_that_did_not_answer_told_nothing),
    };
    return UNIT_RUN(tests);
}
