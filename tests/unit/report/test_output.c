/* Files of results: opened and emptied at once, written whole, never silently short. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "report/fixture.h"
#include "report/output.h"

static void a_file_is_emptied_when_opened_and_holds_what_was_written(void **state)
{
    (void)state;
    struct fixture f;
    struct output o;
    struct err e;
    fixture_open(&f);
    const char *path = fixture_path(&f, "out");
    for (int round = 0; round < 2; round++) {
        assert_true(output_open(&o, "summary", path, &e));
        assert_int_equal(fixture_read(&f, path).n, 0);
        assert_true(output_write(&o, STR("one "), &e));
        assert_true(output_write(&o, STR(""), &e));
        assert_true(output_write(&o, STR("two"), &e));
        assert_true(output_close(&o, &e));
        assert_true(output_close(&o, &e));
        assert_true(str_eq(fixture_read(&f, path), STR("one two")));
    }
    fixture_remove(path);
    fixture_close(&f);
}

static void a_minus_is_standard_output_which_stays_open(void **state)
{
    (void)state;
    struct output o;
    struct err e;
    assert_true(output_open(&o, "summary", "-", &e));
    assert_int_equal(o.fd, STDOUT_FILENO);
    assert_true(output_close(&o, &e));
    assert_true(fcntl(STDOUT_FILENO, F_GETFD) >= 0);
}

static void errors_name_the_file_and_the_reason(void **state)
{
    (void)state;
    struct output o;
    struct err e;
    assert_false(output_open(&o, "summary", "/", &e));
    assert_int_equal(e.kind, ERR_RUN);
    assert_string_equal(e.text, "cannot open '/' for the summary: Is a directory");
    assert_true(output_open(&o, "log", "/dev/full", &e));
    assert_false(output_write(&o, STR("x"), &e));
    assert_string_equal(e.text, "cannot write the log to /dev/full: No space left on device");
    assert_true(output_close(&o, &e));
    o = (struct output){.what = "log", .path = "-", .fd = -1};
    assert_false(output_failed(&o, EPIPE, &e));
    assert_string_equal(e.text, "cannot write the log to standard output: Broken pipe");
}

static void a_write_that_ends_short_is_gone_on_with(void **state)
{
    (void)state;
    struct fixture f;
    struct output o;
    struct err e;
    struct rlimit before, small;
    fixture_open(&f);
    const char *path = fixture_path(&f, "out");
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){.rlim_cur = 5, .rlim_max = before.rlim_max};
    assert_true(output_open(&o, "summary", path, &e));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    bool written = output_write(&o, STR("0123456789"), &e); /* takes 5, then none */
    setrlimit(RLIMIT_FSIZE, &before);
    assert_false(written);
    assert_non_null(strstr(e.text, "File too large"));
    assert_true(str_eq(fixture_read(&f, path), STR("01234")));
    output_close(&o, &e);
    fixture_remove(path);
    fixture_close(&f);
}

static void *read_slowly(void *fd)
{
    static char bytes[1000];
    size_t all = 0;
    for (ssize_t n; (n = read(*(int *)fd, bytes, sizeof bytes)) > 0;)
        all += (size_t)n;
    return (void *)all;
}

static void a_slow_reader_gets_everything(void **state)
{
    (void)state;
    enum { BYTES = 300000 };
    static char bytes[BYTES];
    int ends[2];
    pthread_t thread;
    void *all;
    struct err e;
    assert_int_equal(pipe(ends), 0);
    struct output o = {.what = "log", .path = "pipe", .fd = ends[1]};
    pthread_create(&thread, NULL, read_slowly, &ends[0]);
    assert_true(output_write(&o, (str){bytes, BYTES}, &e));
    assert_true(output_close(&o, &e));
    pthread_join(thread, &all);
    assert_int_equal((size_t)all, BYTES);
    close(ends[0]);
}

static void a_closed_pipe_is_an_error(void **state)
{
    (void)state;
    int ends[2];
    struct err e;
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(ends), 0);
    struct output o = {.what = "log", .path = "pipe", .fd = ends[1]};
    close(ends[0]);
    assert_false(output_write(&o, STR("x"), &e));
    assert_string_equal(e.text, "cannot write the log to pipe: Broken pipe");
    output_close(&o, &e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_emptied_when_opened_and_holds_what_was_written),
        cmocka_unit_test(a_minus_is_standard_output_which_stays_open),
        cmocka_unit_test(errors_name_the_file_and_the_reason),
        cmocka_unit_test(a_write_that_ends_short_is_gone_on_with),
        cmocka_unit_test(a_slow_reader_gets_everything),
        cmocka_unit_test(a_closed_pipe_is_an_error),
    };
    return UNIT_RUN(tests);
}
