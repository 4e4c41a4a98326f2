/* report/record_db.h: the SQLite file of a run record: making and opening it, and rows whose values
 * go in and come out in the order of the statement's. The first failure stays in `failure`, a
 * sentence that names the file (ERR_RUN); from then on nothing is written and no rows come, so that
 * callers ask once, at the end. What was read may be hostile: numbers are numbers, no more. One
 * thread at a time. Schema: record.sql. */
#ifndef WEIR_REPORT_RECORD_DB_H
#define WEIR_REPORT_RECORD_DB_H

#include <sqlite3.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/u128.h"

enum { RECORD_VERSION = 2, RECORD_STATEMENTS = 48 };

struct record_db {
    sqlite3 *handle;
    const char *path; /* lives longer than this */
    unsigned version; /* of the format; 0: not opened by record_db_open */
    struct record_statement {
        const char *sql; /* static text: its address is the key */
        sqlite3_stmt *statement;
    } statements[RECORD_STATEMENTS];
    unsigned n_statements;
    struct err failure;
};

/* Makes the file anew, with its tables; an old one of that name goes. False: *e. */
bool record_db_create(struct record_db *db, const char *path, struct err *e);
/* With what SQLite keeps beside it. */
void record_db_remove(const char *path);

/* Opens a record that is there. False: it cannot be read, is no record, is damaged, or a newer
 * weir's; *e. */
bool record_db_open(struct record_db *db, const char *path, struct err *e);

/* Brings an opened one to this version, so that it can be written; in the caller's transaction. */
void record_db_upgrade(struct record_db *db);

/* Makes one file of it, without companions, and closes it; harmless when it is not open. False: the
 * failure, in *e. */
bool record_db_close(struct record_db *db, struct err *e);

void record_db_begin(struct record_db *db);
void record_db_commit(struct record_db *db);

/* Notes that what was read cannot be; false. */
bool record_db_damaged(struct record_db *db, const char *what);

/* A statement that is being given its values, or a row of its answer. */
struct record_row {
    struct record_db *db;
    sqlite3_stmt *statement; /* NULL: something failed before */
    int at;                  /* the next value or column */
};

/* `sql` is static text; prepared once and kept. One use at a time. */
struct record_row record_row(struct record_db *db, const char *sql);

void record_put_count(struct record_row *row, uint64_t n);
void record_put_limit(struct record_row *row, uint64_t n); /* UINT64_MAX: NULL */
void record_put_number(struct record_row *row, double v);  /* NAN: NULL */
void record_put_wide(struct record_row *row, u128 n);
void record_put_text(struct record_row *row, str text);
void record_put_z(struct record_row *row, const char *text); /* NULL: NULL */
void record_put_bytes(struct record_row *row, str bytes);
void record_put_null(struct record_row *row);

/* Runs a statement that answers nothing. */
void record_done(struct record_row *row);

/* The next row of the answer; false: there is none, and the statement may be used again. */
bool record_next(struct record_row *row);
/* No more rows are wanted. */
void record_stop(struct record_row *row);

bool record_is_text(const struct record_row *row); /* the next column */
uint64_t record_take_count(struct record_row *row);
uint64_t record_take_limit(struct record_row *row);
double record_take_number(struct record_row *row); /* NULL: NAN */
u128 record_take_wide(struct record_row *row);
str record_take_text(struct record_row *row, struct arena *arena);      /* NULL: empty */
const char *record_take_z(struct record_row *row, struct arena *arena); /* NULL: NULL */
str record_take_bytes(struct record_row *row); /* a view until the next row */

#endif
