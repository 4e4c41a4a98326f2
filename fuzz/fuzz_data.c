/* Data files: the first byte of an input says the format, the rest is the file. Any bytes are
 * either refused with a sentence, or all rows can be read; those of CSV are the same again when
 * they are written with every field in quotes. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/json_read.h"
#include "scenario/data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void add_quoted(struct buf *out, str text)
{
    buf_char(out, '"');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"')
            buf_char(out, '"');
        buf_char(out, text.p[i]);
    }
    buf_char(out, '"');
}

static void check_cell(const struct data_cell *cell)
{
    volatile double number = cell->kind == DATA_NUMBER ? json_number(cell->text) : 0;
    (void)number;
    must(cell->kind <= DATA_JSON);
    must(cell->kind != DATA_JSON || json_count(cell->text) <= cell->text.n);
}

/* All rows once; as CSV with every field in quotes. */
static void read_all(const struct data_rows *rows, struct buf *out)
{
    struct data_reader r = {0};
    struct data_cell cell;
    for (unsigned i = 0; i < rows->n_columns; i++) {
        buf_str(out, i ? STR(",") : STR(""));
        add_quoted(out, rows->columns[i]);
    }
    for (size_t i = 0; i < rows->n; i++) {
        unsigned n = 0;
        data_row(&r, rows, i);
        while (data_next(&r, &cell)) {
            buf_str(out, n++ ? STR(",") : STR("\n"));
            add_quoted(out, cell.text);
            check_cell(&cell);
        }
        must(rows->format == DATA_JSONL || n == rows->n_columns);
    }
    data_reader_free(&r);
}

static void check_again(const struct buf *written, struct arena *arena)
{
    struct data_rows again;
    struct buf other = {0};
    struct err e = {0};
    must(data_parse(buf_view(written), "f", DATA_CSV, arena, &again, &e));
    read_all(&again, &other);
    must(str_eq(buf_view(written), buf_view(&other)));
    buf_free(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    enum data_format format = data[0] % (DATA_LINES + 1);
    struct arena arena = {0};
    struct data_rows rows;
    struct buf written = {0};
    struct err e = {0};
    char *copy = mem_alloc(size); /* of the file's exact size, so that a read beyond it is seen */
    memcpy(copy, data + 1, size - 1);
    copy = mem_grow(copy, size > 1 ? size - 1 : 1);
    if (data_parse((str){copy, size - 1}, "f", format, &arena, &rows, &e)) {
        read_all(&rows, &written);
        if (format == DATA_CSV)
            check_again(&written, &arena);
    } else {
        must(e.kind == ERR_USAGE && e.text[0]);
    }
    mem_free(copy);
    buf_free(&written);
    arena_free(&arena);
    return 0;
}
