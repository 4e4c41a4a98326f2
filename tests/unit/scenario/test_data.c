/* Data files: rows of each format, and sentences with file and line for all that can be wrong. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "codec/json_read.h"
#include "scenario/data.h"

/* Rows as text: "name=value," for each, with a letter for kinds that are no text; ";" behind a row.
 */
static void add_rows(const struct data_rows *rows, struct buf *told)
{
    static const char letters[] = {'t', 'n', 'T', 'F', '0', 'j'};
    struct data_reader r = {0};
    struct data_cell cell;
    for (size_t i = 0; i < rows->n; i++) {
        data_row(&r, rows, i);
        while (data_next(&r, &cell)) {
            buf_printf(told, STR_FMT "=", STR_ARG(cell.name));
            if (cell.kind != DATA_TEXT)
                buf_printf(told, "%c:", letters[cell.kind]);
            buf_printf(told, STR_FMT ",", STR_ARG(cell.text));
        }
        assert_false(data_next(&r, &cell));
        buf_char(told, ';');
    }
    data_reader_free(&r);
}

static void assert_rows(enum data_format format, str text, const char *want)
{
    struct arena arena = {0};
    struct data_rows rows;
    struct buf told = {0};
    struct err e;
    if (!data_parse(text, "f", format, &arena, &rows, &e))
        fail_msg("%s", e.text);
    add_rows(&rows, &told);
    buf_char(&told, 0);
    assert_string_equal(told.p, want);
    buf_free(&told);
    arena_free(&arena);
}

static void assert_wrong(enum data_format format, str text, const char *want)
{
    struct arena arena = {0};
    struct data_rows rows;
    struct err e;
    if (data_parse(text, "users.csv", format, &arena, &rows, &e))
        fail_msg("taken: " STR_FMT, STR_ARG(text));
    assert_int_equal(e.kind, ERR_USAGE);
    assert_string_equal(e.text, want);
    arena_free(&arena);
}

static void the_first_row_of_csv_names_the_columns(void **state)
{
    (void)state;
    assert_rows(DATA_CSV, STR("user,password\nann,x1\nbob,\n"),
                "user=ann,password=x1,;user=bob,password=,;");
    assert_rows(DATA_CSV, STR("user, \"pass\"\"word\"\r\n\"a,b\",\"c\r\n\"\"d\"\"\""),
                "user=a,b,\"pass\"\"word\"=c\r\n\"d\",;");
    assert_rows(DATA_CSV, STR("\xef\xbb\xbfid\n1\n\n2\n\n"), "id=1,;id=2,;");
    assert_rows(DATA_CSV, STR("\r\nid\r\n\r\n\"\"\r\n"), "id=,;");
}

static void rows_of_csv_that_do_not_fit_are_told_with_their_line(void **state)
{
    (void)state;
    assert_wrong(DATA_CSV, STR("a,b\n1,2\n\n\"x\ny\",2\n1\n"),
                 "users.csv:6: 1 value for 2 columns");
    assert_wrong(DATA_CSV, STR("a\n1\n2,3,4\n"), "users.csv:3: 3 values for 1 column");
    assert_wrong(DATA_CSV, STR("a,\"b\nc\"\n1\n"), "users.csv:3: 1 value for 2 columns");
    assert_wrong(DATA_CSV, STR("a,b\n1,2\n1,\"2\n3,4\n"),
                 "users.csv:3: a quote is opened and never closed");
    assert_wrong(DATA_CSV, STR("a,b\n\"1\"x,2\n"),
                 "users.csv:2: something stands behind a closing quote");
}

static void columns_need_names_of_their_own(void **state)
{
    (void)state;
    assert_wrong(DATA_CSV, STR("a,,b\n1,2,3\n"), "users.csv:1: column 2 has no name");
    assert_wrong(DATA_CSV, STR("a, \n1,2\n"), "users.csv:1: column 2 has no name");
    assert_wrong(DATA_CSV, STR("\na,b,\"a\"\n"), "users.csv:2: two columns are called 'a'");
    struct buf many = {0};
    for (int i = 0; i <= 1000; i++)
        buf_printf(&many, "%d,", i);
    assert_wrong(DATA_CSV, buf_view(&many), "users.csv:1: these are more than 1000 columns");
    buf_free(&many);
}

static void files_without_rows_are_told(void **state)
{
    (void)state;
    assert_wrong(DATA_CSV, STR(""), "users.csv is empty: its first line names the columns");
    assert_wrong(DATA_CSV, STR("\xef\xbb\xbf\n\n"),
                 "users.csv is empty: its first line names the columns");
    assert_wrong(DATA_CSV, STR("a,b\n\n"), "users.csv has no rows");
    assert_wrong(DATA_JSONL, STR("\n \n"), "users.csv has no rows");
    assert_wrong(DATA_LINES, STR(""), "users.csv has no rows");
}

static void json_lines_keep_the_kind_of_each_value(void **state)
{
    (void)state;
    assert_rows(DATA_JSONL,
                STR("{\"a\":\"x\\ny\",\"n\":-1.50,\"t\":true,\"f\":false,\"z\":null}\r\n\n"
                    "{\"\\u0061 b\": {\"c\": [1, 2]} , \"l\":[]}\n{}"),
                "a=x\ny,n=n:-1.50,t=T:true,f=F:false,z=0:null,;"
                "a b=j:{\"c\": [1, 2]},l=j:[],;;");
    assert_rows(DATA_JSONL, STR("\xef\xbb\xbf{\"a\":1}\n"), "a=n:1,;");
}

static void json_lines_that_are_none_are_told_with_their_line(void **state)
{
    (void)state;
    assert_wrong(DATA_JSONL, STR("{\"a\":1}\n\n[1]\n"),
                 "users.csv:3: each line holds an object, this is an array");
    assert_wrong(DATA_JSONL, STR("{\"a\":1}\n{\"a\":tru}\n"),
                 "users.csv:2: no JSON object of one line: byte 6: a word is none of true, false, "
                 "null");
    assert_wrong(DATA_JSONL, STR("{\n\"a\":1}\n"),
                 "users.csv:1: no JSON object of one line: byte 2: a key in double quotes is "
                 "missing");
    assert_wrong(DATA_JSONL, STR("{} {}\n"),
                 "users.csv:1: no JSON object of one line: byte 4: something stands behind the "
                 "value");
}

static void each_line_is_a_value(void **state)
{
    (void)state;
    assert_rows(DATA_LINES, STR("a,b\r\n\n\"c\"\n"), "value=a,b,;value=,;value=\"c\",;");
    assert_rows(DATA_LINES, STR("\xef\xbb\xbfx"), "value=x,;");
}

static void rows_can_be_read_in_any_order_by_one_reader(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct data_rows csv, json;
    struct data_reader r = {0};
    struct data_cell cell;
    struct err e;
    assert_true(data_parse(STR("a,b\n1,2\n3,4\n"), "f", DATA_CSV, &arena, &csv, &e));
    assert_true(data_parse(STR("{\"x\":\"\\\"\"}\n"), "f", DATA_JSONL, &arena, &json, &e));
    data_row(&r, &csv, 1);
    assert_true(data_next(&r, &cell) && str_eq(cell.text, STR("3")));
    data_row(&r, &json, 0);
    assert_true(data_next(&r, &cell) && str_eq(cell.text, STR("\"")));
    data_row(&r, &csv, 0);
    assert_true(data_next(&r, &cell) && str_eq(cell.text, STR("1")));
    assert_true(data_next(&r, &cell) && str_eq(cell.name, STR("b")));
    data_reader_free(&r);
    arena_free(&arena);
}

static void a_file_is_read_once_and_its_name_is_in_errors(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct data_rows rows;
    struct buf told = {0};
    struct err e;
    char path[] = "/tmp/weir-data-XXXXXX", want[80];
    int fd = mkstemp(path);
    assert_int_equal(write(fd, "a,b\n1,2\n3\n", 8), 8);
    assert_true(data_load(path, DATA_CSV, &arena, &rows, &e));
    add_rows(&rows, &told);
    assert_true(str_eq(buf_view(&told), STR("a=1,b=2,;")));
    assert_int_equal(write(fd, "3\n", 2), 2);
    close(fd);
    assert_false(data_load(path, DATA_CSV, &arena, &rows, &e));
    snprintf(want, sizeof want, "%s:3: 1 value for 2 columns", path);
    assert_string_equal(e.text, want);
    unlink(path);
    assert_false(data_load(path, DATA_CSV, &arena, &rows, &e));
    assert_int_equal(e.kind, ERR_RUN);
    buf_free(&told);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_row_of_csv_names_the_columns),
        cmocka_unit_test(rows_of_csv_that_do_not_fit_are_told_with_their_line),
        cmocka_unit_test(columns_need_names_of_their_own),
        cmocka_unit_test(files_without_rows_are_told),
        cmocka_unit_test(json_lines_keep_the_kind_of_each_value),
        cmocka_unit_test(json_lines_that_are_none_are_told_with_their_line),
        cmocka_unit_test(each_line_is_a_value),
        cmocka_unit_test(rows_can_be_read_in_any_order_by_one_reader),
        cmocka_unit_test(a_file_is_read_once_and_its_name_is_in_errors),
    };
    return UNIT_RUN(tests);
}
