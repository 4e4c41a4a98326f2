/* The per-call log: its lines to the byte, and a writer that loses nothing silently. */
#include "unit.h"

#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <unistd.h>

#include "report/fixture.h"
#include "report/log.h"
#include "report/log_line.h"

static const struct tag http = {{"protocol", 8}, {"http", 4}};
static const struct tag enqueue = {{"type", 4}, {"ENQUEUE", 7}};
static const struct series ping = {.name = {"GET /ping", 9}, .tags = &http, .n_tags = 1};

/* ---- lines ---- */

static void assert_styled(enum log_style style, const struct call_record *call, const char *want)
{
    struct log_lines l = {.style = style};
    log_line_add(&l, call);
    buf_char(&l.text, 0);
    assert_string_equal(l.text.p, want);
    log_lines_free(&l);
}

static void assert_line(const struct call_record *call, const char *want)
{
    assert_styled(LOG_WEIR, call, want);
}

static void a_good_call_is_a_line_with_its_times(void **state)
{
    (void)state;
    struct call_record call = {.series = &ping,
                               .due_ns = UINT64_C(3000125000),
                               .response_ns = 1230456,
                               .service_ns = 1100123,
                               .length = 2,
                               .status = 200,
                               .fate = FATE_OK};
    assert_line(&call, "{\"request_type\":\"GET\",\"name\":\"/ping\",\"result\":\"OK\","
                       "\"response_time\":0.001230456,\"service_time\":0.001100123,"
                       "\"response_length\":2,\"due\":3.000125000,\"other\":{}}\n");
}

static void a_failed_call_tells_why_in_place_of_the_length(void **state)
{
    (void)state;
    struct call_record call = {.series = &ping,
                               .cause = "connection \"refused\"",
                               .due_ns = 5000000,
                               .response_ns = 1000,
                               .fate = FATE_ERROR};
    assert_line(&call, "{\"request_type\":\"GET\",\"name\":\"/ping\",\"result\":\"ERR\","
                       "\"response_time\":0.000001000,\"service_time\":null,"
                       "\"exception\":\"connection \\\"refused\\\"\",\"due\":0.005000000,"
                       "\"other\":{}}\n");
    call = (struct call_record){.series = &ping, .fate = FATE_ABANDONED, .service_ns = 1};
    assert_line(&call, "{\"request_type\":\"GET\",\"name\":\"/ping\",\"result\":\"ERR\","
                       "\"response_time\":0.000000000,\"service_time\":0.000000001,"
                       "\"exception\":\"abandoned\",\"due\":0.000000000,\"other\":{}}\n");
}

static void lines_of_locusts_style_are_those_of_the_experiment(void **state)
{
    (void)state;
    struct series topic = {.name = STR("test-topic"), .tags = &enqueue, .n_tags = 1};
    struct call_record call = {.series = &topic,
                               .due_ns = 77,
                               .response_ns = 3000000,
                               .service_ns = 2000000,
                               .length = 74,
                               .fate = FATE_OK};
    assert_styled(LOG_LOCUST, &call,
                  "{\"request_type\":\"ENQUEUE\",\"name\":\"test-topic\",\"result\":\"OK\","
                  "\"response_time\":3,\"response_length\":74,\"other\":{}}\n");
    call = (struct call_record){.series = &topic,
                                .cause = "broker said \"no\"\n",
                                .response_ns = UINT64_C(30000000000),
                                .fate = FATE_TIMEOUT};
    assert_styled(LOG_LOCUST, &call,
                  "{\"request_type\":\"ENQUEUE\",\"name\":\"test-topic\",\"result\":\"ERR\","
                  "\"response_time\":30000,\"exception\":\"broker said \\\"no\\\"\\n\","
                  "\"other\":{}}\n");
    call = (struct call_record){.series = &ping, .response_ns = 1230456, .length = 2};
    assert_styled(LOG_LOCUST, &call,
                  "{\"request_type\":\"GET\",\"name\":\"/ping\",\"result\":\"OK\","
                  "\"response_time\":1.230456,\"response_length\":2,\"other\":{}}\n");
}

static void names_are_split_only_behind_a_method(void **state)
{
    (void)state;
    struct {
        struct series series;
        const char *want;
    } cases[] = {
        {{.name = STR("POST /a b"), .tags = &http, .n_tags = 1},
         "{\"request_type\":\"POST\",\"name\":\"/a b\","},
        {{.name = STR("place order"), .tags = &http, .n_tags = 1},
         "{\"request_type\":\"HTTP\",\"name\":\"place order\","},
        {{.name = STR("login"), .tags = &http, .n_tags = 1},
         "{\"request_type\":\"HTTP\",\"name\":\"login\","},
        {{.name = STR("test-topic"), .tags = &enqueue, .n_tags = 1},
         "{\"request_type\":\"ENQUEUE\",\"name\":\"test-topic\","},
        {{.name = STR("GET me"), .tags = &enqueue, .n_tags = 1},
         "{\"request_type\":\"ENQUEUE\",\"name\":\"GET me\","},
        {{.name = STR("99 bottles"), .tags = &http, .n_tags = 1},
         "{\"request_type\":\"HTTP\",\"name\":\"99 bottles\","},
        {{.name = STR("GET ")}, "{\"request_type\":\"CALL\",\"name\":\"GET \","},
        {{.name = STR(" x")}, "{\"request_type\":\"CALL\",\"name\":\" x\","},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct log_lines l = {0};
        log_line_add(&l, &(struct call_record){.series = &cases[i].series});
        if (!str_starts(buf_view(&l.text), str_from(cases[i].want)))
            fail_msg(STR_FMT, STR_ARG(buf_view(&l.text)));
        log_lines_free(&l);
    }
}

static void lines_of_several_series_keep_their_own_names(void **state)
{
    (void)state;
    enum { SERIES = 40 };
    static char names[SERIES][8];
    static struct series list[SERIES];
    struct log_lines l = {0};
    for (int i = 0; i < SERIES; i++) {
        snprintf(names[i], sizeof names[i], "s%d", i);
        list[i].name = str_from(names[i]);
    }
    for (int i = 0; i < 3 * SERIES; i++) {
        char want[32];
        snprintf(want, sizeof want, "\"name\":\"s%d\"", i * 7 % SERIES);
        l.text.n = 0;
        log_line_add(&l, &(struct call_record){.series = &list[i * 7 % SERIES]});
        assert_true(str_contains(buf_view(&l.text), str_from(want)));
    }
    log_lines_free(&l);
}

static void hostile_names_and_causes_leave_valid_json(void **state)
{
    (void)state;
    struct series hostile = {.name = STR("GE\x1bT \"\\\n\xff\xed\xa0\x80")};
    struct call_record call = {.series = &hostile,
                               .cause = "\x07\"quote\" \xc0\xaf\n",
                               .due_ns = UINT64_MAX,
                               .response_ns = UINT64_MAX,
                               .service_ns = UINT64_MAX,
                               .fate = FATE_ERROR};
    struct log_lines l = {0};
    json_error_t error;
    log_line_add(&l, &call);
    json_t *line = json_loadb(l.text.p, l.text.n, 0, &error);
    assert_non_null(line);
    assert_int_equal(json_object_size(line), 8);
    json_decref(line);
    log_lines_free(&l);
}

/* ---- the writer ---- */

static _Atomic unsigned given_back;

static void give_back(struct call_batch *b)
{
    given_back++;
    mem_free(b);
}

/* n calls, due one µs after the other from `first` on. */
static struct call_batch *batch(uint64_t first, unsigned n)
{
    struct call_batch *b = mem_zero(sizeof *b);
    b->done = give_back;
    b->n = n;
    for (unsigned i = 0; i < n; i++)
        b->records[i] = (struct call_record){.series = &ping, .due_ns = (first + i) * 1000};
    return b;
}

static size_t lines_in(str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == '\n';
    return n;
}

static void every_call_becomes_a_line_in_its_order(void **state)
{
    (void)state;
    enum { BATCHES = 20 };
    struct fixture f;
    struct err e;
    fixture_open(&f);
    const char *path = fixture_path(&f, "calls.log");
    struct sink *s = log_sink(path, LOG_WEIR, &e);
    assert_non_null(s);
    given_back = 0;
    for (unsigned i = 0; i < BATCHES; i++)
        s->table->calls(s, batch(i * CALL_BATCH, CALL_BATCH));
    s->table->doubt(s, fixture_summary(&f));
    assert_true(s->table->finish(s, &f.summary, &e));
    s->table->close(s);
    assert_int_equal(given_back, BATCHES);
    assert_int_equal(f.verdict.n_reasons, 0);
    str all = fixture_read(&f, path), line;
    assert_int_equal(lines_in(all), BATCHES * CALL_BATCH);
    for (unsigned i = 0; i < BATCHES * CALL_BATCH; i++) {
        char due[40];
        snprintf(due, sizeof due, "\"due\":0.%06u000,", i);
        assert_true(str_next(&all, '\n', &line));
        assert_true(str_contains(line, str_from(due)));
    }
    fixture_remove(path);
    fixture_close(&f);
}

static void a_run_without_calls_leaves_an_empty_log(void **state)
{
    (void)state;
    struct fixture f;
    struct err e;
    fixture_open(&f);
    const char *path = fixture_path(&f, "calls.log");
    struct sink *s = log_sink(path, LOG_WEIR, &e);
    assert_true(s->table->finish(s, fixture_summary(&f), &e));
    s->table->close(s);
    assert_int_equal(fixture_read(&f, path).n, 0);
    fixture_remove(path);
    fixture_close(&f);
}

static void lines_that_workers_lost_are_told_too(void **state)
{
    (void)state;
    struct fixture f;
    struct err e;
    fixture_open(&f);
    f.results.log_lines_lost = 1234;
    struct sink *s = log_sink("/dev/null", LOG_WEIR, &e);
    s->table->doubt(s, fixture_summary(&f));
    assert_int_equal(f.verdict.validity, RUN_DEGRADED);
    assert_true(strstr(f.verdict.reasons[0], "1 234 lines of the log were lost") != NULL);
    s->table->close(s);
    fixture_close(&f);
}

static void a_full_disk_is_an_error_that_counts_the_lines(void **state)
{
    (void)state;
    struct fixture f;
    struct err e;
    fixture_open(&f);
    struct sink *s = log_sink("/dev/full", LOG_WEIR, &e);
    assert_non_null(s);
    for (unsigned i = 0; i < 10; i++)
        s->table->calls(s, batch(0, 100));
    assert_false(s->table->finish(s, fixture_summary(&f), &e));
    assert_int_equal(e.kind, ERR_RUN);
    assert_string_equal(e.text, "cannot write the log to /dev/full: No space left on device; "
                                "up to 1 000 lines are missing");
    s->table->close(s);
    fixture_close(&f);
}

static void a_bad_path_fails_at_once(void **state)
{
    (void)state;
    struct err e;
    assert_null(log_sink("/nowhere/at/all.log", LOG_WEIR, &e));
    assert_int_equal(e.kind, ERR_RUN);
}

/* ---- pipes ---- */

/* A log that goes into a pipe; *reader is its other end. */
static struct sink *log_into_pipe(int *reader)
{
    static char path[40];
    int ends[2];
    struct err e;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[1]);
    struct sink *s = log_sink(path, LOG_WEIR, &e);
    close(ends[1]);
    *reader = ends[0];
    return s;
}

static void a_closed_pipe_is_an_error_and_kills_nobody(void **state)
{
    (void)state;
    struct fixture f;
    struct err e;
    int reader;
    fixture_open(&f);
    struct sink *s = log_into_pipe(&reader);
    assert_non_null(s);
    close(reader);
    s->table->calls(s, batch(0, 10));
    assert_false(s->table->finish(s, fixture_summary(&f), &e));
    assert_true(strstr(e.text, "Broken pipe; up to 10 lines are missing") != NULL);
    s->table->close(s);
    fixture_close(&f);
}

static void *read_to_the_end(void *fd)
{
    static char bytes[1 << 16];
    size_t lines = 0;
    for (ssize_t n; (n = read(*(int *)fd, bytes, sizeof bytes)) > 0;)
        lines += lines_in((str){bytes, (size_t)n});
    return (void *)lines;
}

static void batches_beyond_the_cap_are_dropped_counted_and_told(void **state)
{
    (void)state;
    enum { BATCHES = (64 << 20) / sizeof(struct call_batch) + 100 };
    struct fixture f;
    struct err e;
    pthread_t thread;
    void *lines;
    int reader;
    uint64_t sent = 0, lost;
    fixture_open(&f);
    struct sink *s = log_into_pipe(&reader);
    given_back = 0;
    for (unsigned i = 0; i < BATCHES; i++) { /* the first ones fill the pipe: nobody reads yet */
        unsigned n = i < 4 ? CALL_BATCH : 1;
        s->table->calls(s, batch(sent, n));
        sent += n;
    }
    pthread_create(&thread, NULL, read_to_the_end, &reader);
    s->table->doubt(s, fixture_summary(&f));
    assert_int_equal(f.verdict.validity, RUN_DEGRADED);
    assert_int_equal(sscanf(f.verdict.reasons[0], "%lu lines of the log were lost", &lost), 1);
    assert_true(lost > 0 && lost <= 100);
    assert_true(s->table->finish(s, &f.summary, &e));
    s->table->close(s);
    pthread_join(thread, &lines);
    assert_int_equal((size_t)lines + lost, sent);
    assert_int_equal(given_back, BATCHES);
    close(reader);
    fixture_close(&f);
}

static void a_reader_that_has_stopped_does_not_hold_the_end_for_ever(void **state)
{
    (void)state;
    struct fixture f;
    struct err e;
    int reader;
    fixture_open(&f);
    struct sink *s = log_into_pipe(&reader);
    for (unsigned i = 0; i < 4; i++)
        s->table->calls(s, batch(0, CALL_BATCH));
    assert_false(s->table->finish(s, fixture_summary(&f), &e));
    assert_true(strstr(e.text, "the reader of the log has stopped reading; up to") != NULL);
    s->table->close(s);
    close(reader);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_call_is_a_line_with_its_times),
        cmocka_unit_test(a_failed_call_tells_why_in_place_of_the_length),
        cmocka_unit_test(lines_of_locusts_style_are_those_of_the_experiment),
        cmocka_unit_test(names_are_split_only_behind_a_method),
        cmocka_unit_test(lines_of_several_series_keep_their_own_names),
        cmocka_unit_test(hostile_names_and_causes_leave_valid_json),
        cmocka_unit_test(every_call_becomes_a_line_in_its_order),
        cmocka_unit_test(a_run_without_calls_leaves_an_empty_log),
        cmocka_unit_test(lines_that_workers_lost_are_told_too),
        cmocka_unit_test(a_full_disk_is_an_error_that_counts_the_lines),
        cmocka_unit_test(a_bad_path_fails_at_once),
        cmocka_unit_test(a_closed_pipe_is_an_error_and_kills_nobody),
        cmocka_unit_test(batches_beyond_the_cap_are_dropped_counted_and_told),
        cmocka_unit_test(a_reader_that_has_stopped_does_not_hold_the_end_for_ever),
    };
    return UNIT_RUN(tests);
}
