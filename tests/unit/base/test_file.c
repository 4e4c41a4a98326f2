/* Reading whole files: sized ones, endless ones until they end, and what cannot be read. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"

static void assert_read(const char *path, str want)
{
    struct arena arena = {0};
    struct err e;
    str got;
    if (!file_read(path, &arena, &got, &e))
        fail_msg("%s", e.text);
    assert_true(str_eq(got, want));
    assert_int_equal(got.p[got.n], 0);
    arena_free(&arena);
}

static void make_file(char *path, str bytes)
{
    int fd = mkstemp(path);
    assert_int_equal(write(fd, bytes.p, bytes.n), (ssize_t)bytes.n);
    close(fd);
}

static void files_of_any_length_are_read(void **state)
{
    (void)state;
    struct buf big = {0};
    for (int i = 0; i < 100000; i++)
        buf_printf(&big, "%d\n", i);
    const str all[] = {STR(""), STR("x"), {"a\0b", 3}, buf_view(&big)};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char path[] = "/tmp/weir-file-XXXXXX";
        make_file(path, all[i]);
        assert_read(path, all[i]);
        unlink(path);
    }
    buf_free(&big);
}

static void what_has_no_size_is_read_to_its_end(void **state)
{
    (void)state;
    FILE *p = popen("head -c 300000 /dev/zero", "r");
    char path[40], *zeros = calloc(1, 300000);
    snprintf(path, sizeof path, "/dev/fd/%d", fileno(p));
    assert_read(path, (str){zeros, 300000});
    pclose(p);
    free(zeros);
    struct arena arena = {0};
    struct err e;
    str got;
    assert_true(file_read("/proc/self/stat", &arena, &got, &e));
    assert_true(got.n > 50);
    arena_free(&arena);
}

static void standard_input_is_a_dash(void **state)
{
    (void)state;
    char path[] = "/tmp/weir-file-XXXXXX";
    make_file(path, STR("from a pipe"));
    assert_non_null(freopen(path, "r", stdin));
    assert_read("-", STR("from a pipe"));
    unlink(path);
}

static void what_cannot_be_read_is_told_by_name(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct err e;
    str got;
    assert_false(file_read("/nowhere/users.csv", &arena, &got, &e));
    assert_int_equal(e.kind, ERR_RUN);
    assert_string_equal(e.text, "cannot read /nowhere/users.csv: No such file or directory");
    assert_false(file_read("/tmp", &arena, &got, &e));
    assert_string_equal(e.text, "cannot read /tmp: Is a directory");
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_any_length_are_read),
        cmocka_unit_test(what_has_no_size_is_read_to_its_end),
        cmocka_unit_test(standard_input_is_a_dash),
        cmocka_unit_test(what_cannot_be_read_is_told_by_name),
    };
    return UNIT_RUN(tests);
}
