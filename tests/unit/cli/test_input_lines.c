/* Lines from a pipe, a file and from where nothing comes. */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/list.h"
#include "cli/input_lines.h"

struct reader {
    struct input_lines in;
    struct loop *loop;
    struct buf got; /* "[line][line]" */
    unsigned n;
};

static void keep(struct input_lines *in, str line)
{
    struct reader *r = CONTAINER_OF(in, struct reader, in);
    buf_printf(&r->got, "[" STR_FMT "]", STR_ARG(line));
    r->n++;
}

static void open_reader(struct reader *r, int fd)
{
    struct err e = {0};
    *r = (struct reader){.in.line = keep};
    r->loop = loop_open(&(struct loop_options){.backend = "epoll"}, &e);
    assert_non_null(r->loop);
    input_lines_open(&r->in, r->loop, fd);
}

static void close_reader(struct reader *r)
{
    input_lines_close(&r->in);
    loop_close(r->loop);
    buf_free(&r->got);
}

static void got(const struct reader *r, const char *lines)
{
    if (!str_eq(buf_view(&r->got), str_from(lines)))
        fail_msg("wanted %s, got %.*s", lines, (int)r->got.n, r->got.p);
}

static void turn(struct reader *r)
{
    loop_turn(r->loop, clock_now_ns() + 20 * NS_PER_MS);
}

static void type(int fd, const char *text)
{
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

static void a_pipe_gives_lines_as_they_end(void **state)
{
    (void)state;
    struct reader r;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    open_reader(&r, ends[0]);
    turn(&r);
    got(&r, "");
    type(ends[1], "one\n two  words \r\nthr");
    turn(&r);
    got(&r, "[one][two  words]");
    type(ends[1], "ee\n\nlast");
    turn(&r);
    got(&r, "[one][two  words][three][]");
    close(ends[1]);
    turn(&r);
    got(&r, "[one][two  words][three][][last]");
    turn(&r); /* and does not spin at the end */
    assert_true(loop_last_busy_ns(r.loop) < 10 * NS_PER_MS);
    assert_false(r.in.watched);
    close_reader(&r);
    close(ends[0]);
}

static void a_file_is_read_at_once(void **state)
{
    (void)state;
    struct reader r;
    FILE *f = tmpfile();
    for (unsigned i = 0; i < 5000; i++)
        fprintf(f, "line %u\n", i);
    fputs("no end", f);
    rewind(f);
    open_reader(&r, fileno(f));
    assert_int_equal(r.n, 5001);
    assert_true(str_ends(buf_view(&r.got), STR("[line 4999][no end]")));
    close_reader(&r);
    fclose(f);
}

static void nothing_comes_from_nowhere(void **state)
{
    (void)state;
    struct reader r;
    int nowhere = open("/dev/null", O_RDONLY);
    open_reader(&r, nowhere);
    turn(&r);
    got(&r, "");
    close_reader(&r);
    close(nowhere);
}

static void a_line_without_end_takes_no_memory_without_end(void **state)
{
    (void)state;
    struct reader r;
    char piece[1000];
    int ends[2];
    memset(piece, 'x', sizeof piece);
    assert_int_equal(pipe(ends), 0);
    open_reader(&r, ends[0]);
    for (unsigned i = 0; i < 100; i++) {
        assert_int_equal(write(ends[1], piece, sizeof piece), sizeof piece);
        turn(&r);
        assert_true(r.in.rest.n <= 8192);
    }
    assert_true(r.n > 10);
    close(ends[1]);
    close_reader(&r);
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pipe_gives_lines_as_they_end),
        cmocka_unit_test(a_file_is_read_at_once),
        cmocka_unit_test(nothing_comes_from_nowhere),
        cmocka_unit_test(a_line_without_end_takes_no_memory_without_end),
    };
    return UNIT_RUN(tests);
}
