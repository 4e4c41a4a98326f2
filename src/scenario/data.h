/* scenario/data.h: data files for feeders: rows with named values. A file is read and checked once;
 * what is kept is its bytes and where its rows begin. It never changes then and is shared by all
 * workers; each reads rows with a reader of its own. */
#ifndef WEIR_SCENARIO_DATA_H
#define WEIR_SCENARIO_DATA_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "codec/json_walk.h"

enum data_format {
    DATA_CSV,   /* RFC 4180; the first row names the columns; all values are texts. Empty lines are
                 * passed over */
    DATA_JSONL, /* an object a line, with values of its own; empty lines are passed over */
    DATA_LINES, /* a text a line, empty ones too, in the column "value" */
};

enum data_kind {
    DATA_TEXT,
    DATA_NUMBER, /* as JSON writes it: json_number reads it */
    DATA_TRUE,
    DATA_FALSE,
    DATA_NULL,
    DATA_JSON, /* an array or object, as it stands in the file */
};

struct data_cell {
    str name; /* of its column or member */
    enum data_kind kind;
    str text; /* what it says */
};

struct data_rows {
    enum data_format format;
    const str *columns; /* of CSV and lines; JSON lines have none of their own */
    unsigned n_columns;
    str bytes;            /* of the file; everything else points into it */
    const size_t *starts; /* of the rows */
    size_t n;             /* rows; never 0 */
};

/* Reads a file ("-": standard input). False with a sentence: ERR_RUN when it cannot be read,
 * ERR_USAGE with file and line when it is not what it should be, or has no rows. */
bool data_load(const char *path, enum data_format format, struct arena *arena,
               struct data_rows *out, struct err *e);

/* The same with bytes that are there, which live as long as the rows. `file`: for sentences. */
bool data_parse(str bytes, const char *file, enum data_format format, struct arena *arena,
                struct data_rows *out, struct err *e);

/* Starts as {0}; may read rows of different files. One thread. */
struct data_reader {
    const struct data_rows *rows;
    str rest;              /* of the row; CSV and lines */
    unsigned column;       /* the next; CSV and lines */
    struct json_walk walk; /* JSON lines */
    struct buf name, text; /* what had escapes */
};

/* Begins row i < rows->n. */
void data_row(struct data_reader *r, const struct data_rows *rows, size_t i);

/* The next value of the row; its strings stay until the next call. False: there are no more. A
 * member that is there twice comes twice. */
bool data_next(struct data_reader *r, struct data_cell *cell);

void data_reader_free(struct data_reader *r);

#endif
