/* SQLite behind a few words. */
#include "report/record_db.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "report/page.h"

extern const char record_schema[]; /* record.sql */

enum {
    APPLICATION = 0x77656972, /* "weir" in the file's header */
    WAIT_MS = 10000,          /* for another program that has it locked */
    WIDE = 16,                /* bytes of a number that is too large for SQLite's */
};

/* ---- failures ---- */

static const char *reason(const struct record_db *db)
{
    int error = db->handle ? sqlite3_system_errno(db->handle) : 0;
    int code = db->handle ? sqlite3_errcode(db->handle) : SQLITE_NOMEM;
    bool of_system = error && (code == SQLITE_IOERR || code == SQLITE_CANTOPEN);
    return of_system ? strerror(error) : db->handle ? sqlite3_errmsg(db->handle) : "out of memory";
}

struct reason {
    char text[200];
};

/* SQLite quotes what stands in the file, over several lines, and so do sentences about its texts:
 * nothing that a terminal would act on comes from there. */
static struct reason harmless(const char *why)
{
    struct reason r;
    struct buf clean = {0};
    str all = str_from(why), line = {NULL, 0};
    str_next(&all, '\n', &line);
    page_clean(&clean, line);
    snprintf(r.text, sizeof r.text, "%.*s", (int)clean.n, clean.n ? clean.p : "");
    buf_free(&clean);
    return r;
}

static bool failed(struct record_db *db, const char *what)
{
    if (db->failure.kind)
        return false;
    int code = db->handle ? sqlite3_errcode(db->handle) : SQLITE_NOMEM;
    if (code == SQLITE_NOTADB)
        return err_set(&db->failure, ERR_RUN, "'%s' is not a run record of weir's", db->path);
    if (code == SQLITE_CORRUPT)
        return record_db_damaged(db, sqlite3_errmsg(db->handle));
    if (code == SQLITE_BUSY)
        return err_set(&db->failure, ERR_RUN, "cannot %s the record '%s': another program uses it",
                       what, db->path);
    return err_set(&db->failure, ERR_RUN, "cannot %s the record '%s': %s", what, db->path,
                   harmless(reason(db)).text);
}

bool record_db_damaged(struct record_db *db, const char *what)
{
    if (db->failure.kind)
        return false;
    return err_set(&db->failure, ERR_RUN, "the record '%s' is damaged: %s", db->path,
                   harmless(what).text);
}

/* A statement without values. */
static void run_statement(struct record_db *db, const char *sql)
{
    if (!db->failure.kind && sqlite3_exec(db->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
        failed(db, "write");
}

void record_db_begin(struct record_db *db)
{
    run_statement(db, "BEGIN IMMEDIATE");
}

void record_db_commit(struct record_db *db)
{
    run_statement(db, "COMMIT");
}

/* ---- rows ---- */

static sqlite3_stmt *statement(struct record_db *db, const char *sql)
{
    sqlite3_stmt *s = NULL;
    if (db->failure.kind)
        return NULL;
    for (unsigned i = 0; i < db->n_statements; i++)
        if (db->statements[i].sql == sql)
            return db->statements[i].statement;
    if (db->n_statements == RECORD_STATEMENTS ||
        sqlite3_prepare_v2(db->handle, sql, -1, &s, NULL) != SQLITE_OK) {
        failed(db, "use");
        return NULL;
    }
    db->statements[db->n_statements++] = (struct record_statement){sql, s};
    return s;
}

struct record_row record_row(struct record_db *db, const char *sql)
{
    return (struct record_row){.db = db, .statement = statement(db, sql)};
}

void record_put_count(struct record_row *row, uint64_t n)
{
    sqlite3_bind_int64(row->statement, ++row->at, (sqlite3_int64)n);
}

void record_put_limit(struct record_row *row, uint64_t n)
{
    if (n == UINT64_MAX)
        record_put_null(row);
    else
        record_put_count(row, n);
}

void record_put_number(struct record_row *row, double v)
{
    sqlite3_bind_double(row->statement, ++row->at, v); /* SQLite makes NULL of NAN */
}

void record_put_wide(struct record_row *row, u128 n)
{
    unsigned char bytes[WIDE];
    if (n <= INT64_MAX) {
        record_put_count(row, (uint64_t)n);
        return;
    }
    for (int i = WIDE; i-- > 0; n >>= 8)
        bytes[i] = (unsigned char)n;
    sqlite3_bind_blob(row->statement, ++row->at, bytes, WIDE, SQLITE_TRANSIENT);
}

void record_put_text(struct record_row *row, str text)
{
    sqlite3_bind_text64(row->statement, ++row->at, text.n ? text.p : "", text.n, SQLITE_TRANSIENT,
                        SQLITE_UTF8);
}

void record_put_z(struct record_row *row, const char *text)
{
    sqlite3_bind_text(row->statement, ++row->at, text, -1, SQLITE_TRANSIENT);
}

void record_put_bytes(struct record_row *row, str bytes)
{
    sqlite3_bind_blob64(row->statement, ++row->at, bytes.n ? bytes.p : "", bytes.n,
                        SQLITE_TRANSIENT);
}

void record_put_null(struct record_row *row)
{
    sqlite3_bind_null(row->statement, ++row->at);
}

void record_stop(struct record_row *row)
{
    if (row->statement)
        sqlite3_reset(row->statement);
    row->at = 0;
}

void record_done(struct record_row *row)
{
    if (row->statement && sqlite3_step(row->statement) != SQLITE_DONE)
        failed(row->db, "write");
    record_stop(row);
}

bool record_next(struct record_row *row)
{
    int result = row->statement ? sqlite3_step(row->statement) : SQLITE_DONE;
    row->at = 0;
    if (result == SQLITE_ROW)
        return true;
    if (result != SQLITE_DONE)
        failed(row->db, "read");
    record_stop(row);
    return false;
}

static bool is_null(const struct record_row *row)
{
    return sqlite3_column_type(row->statement, row->at) == SQLITE_NULL;
}

bool record_is_text(const struct record_row *row)
{
    return sqlite3_column_type(row->statement, row->at) == SQLITE_TEXT;
}

uint64_t record_take_count(struct record_row *row)
{
    return (uint64_t)sqlite3_column_int64(row->statement, row->at++);
}

uint64_t record_take_limit(struct record_row *row)
{
    bool none = is_null(row);
    uint64_t n = record_take_count(row);
    return none ? UINT64_MAX : n;
}

double record_take_number(struct record_row *row)
{
    bool none = is_null(row);
    double v = sqlite3_column_double(row->statement, row->at++);
    return none ? (double)NAN : v;
}

u128 record_take_wide(struct record_row *row)
{
    u128 n = 0;
    if (sqlite3_column_type(row->statement, row->at) != SQLITE_BLOB)
        return record_take_count(row);
    str bytes = record_take_bytes(row);
    for (size_t i = 0; i < bytes.n && i < WIDE; i++)
        n = n << 8 | (unsigned char)bytes.p[i];
    return n;
}

str record_take_bytes(struct record_row *row)
{
    const char *p = sqlite3_column_blob(row->statement, row->at);
    size_t n = (size_t)sqlite3_column_bytes(row->statement, row->at++);
    return (str){p, p ? n : 0};
}

str record_take_text(struct record_row *row, struct arena *arena)
{
    return arena_dup(arena, record_take_bytes(row));
}

const char *record_take_z(struct record_row *row, struct arena *arena)
{
    return is_null(row) ? (row->at++, NULL) : arena_z(arena, record_take_bytes(row));
}

/* ---- the file ---- */

static uint64_t number_of(struct record_db *db, const char *sql)
{
    struct record_row row = record_row(db, sql);
    uint64_t n = record_next(&row) ? record_take_count(&row) : 0;
    record_stop(&row);
    return n;
}

static bool open_file(struct record_db *db, const char *path, int flags, struct err *e)
{
    *db = (struct record_db){.path = path};
    if (sqlite3_open_v2(path, &db->handle, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        failed(db, "open");
    else
        sqlite3_busy_timeout(db->handle, WAIT_MS);
    run_statement(db, "PRAGMA trusted_schema = off; PRAGMA cell_size_check = on");
    *e = db->failure;
    return !e->kind;
}

void record_db_remove(const char *path)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        unlink(arena_printf(&arena, "%s%s", path, endings[i]).p);
    arena_free(&arena);
}

/* An old record's companions must not be taken for the new one's. */
static bool remove_old(const char *path, struct err *e)
{
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return err_set(e, ERR_RUN, "a record is a file of its own, which '%s' cannot be", path);
    record_db_remove(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return err_set(e, ERR_RUN, "cannot open '%s' for the record: %s", path, strerror(errno));
    close(fd);
    return true;
}

bool record_db_create(struct record_db *db, const char *path, struct err *e)
{
    *db = (struct record_db){.path = path, .version = RECORD_VERSION};
    if (!remove_old(path, e))
        return false;
    if (open_file(db, path, SQLITE_OPEN_READWRITE, e)) {
        run_statement(db, "PRAGMA page_size = 8192; PRAGMA journal_mode = wal; PRAGMA synchronous "
                          "= normal; BEGIN");
        run_statement(db, record_schema);
        run_statement(db, "PRAGMA application_id = 0x77656972; PRAGMA user_version = 2; COMMIT");
        *e = db->failure;
    }
    return !e->kind;
}

/* SQLite's word for an unreadable file is one sentence for all causes, and it would wait for a
 * pipe.
 */
static bool is_readable(const char *path, struct err *e)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return err_set(e, ERR_RUN, "cannot open the record '%s': %s", path, strerror(errno));
    bool file = fstat(fd, &st) == 0 && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode));
    close(fd);
    return file || err_set(e, ERR_RUN, "'%s' is not a run record of weir's", path);
}

bool record_db_open(struct record_db *db, const char *path, struct err *e)
{
    *db = (struct record_db){.path = path};
    if (!is_readable(path, e) || !open_file(db, path, SQLITE_OPEN_READWRITE, e))
        return false;
    uint64_t application = number_of(db, "PRAGMA application_id");
    uint64_t version = number_of(db, "PRAGMA user_version");
    if (!db->failure.kind && application != APPLICATION)
        err_set(&db->failure, ERR_RUN, "'%s' is not a run record of weir's", path);
    else if (!db->failure.kind && version > RECORD_VERSION)
        err_set(&db->failure, ERR_RUN,
                "the record '%s' was written by a newer weir (version %u of the format, this one "
                "reads up to %u)",
                path, (unsigned)version, RECORD_VERSION);
    db->version = (unsigned)version;
    *e = db->failure;
    return !e->kind;
}

/* The first version had a table of tallies, with the names in each of its rows. */
void record_db_upgrade(struct record_db *db)
{
    if (db->version == RECORD_VERSION)
        return;
    run_statement(db, "ALTER TABLE tally RENAME TO tally_1;"
                      "ALTER TABLE series ADD COLUMN replies INTEGER NOT NULL DEFAULT 0;"
                      "ALTER TABLE measured RENAME TO measured_1;"
                      "ALTER TABLE generator ADD COLUMN tallied TEXT");
    run_statement(db, record_schema);
    run_statement(db, "INSERT INTO measured SELECT rowid + (1 << 30), *, NULL FROM measured_1;"
                      "DROP TABLE measured_1;"
                      "INSERT INTO word (kind, what) SELECT DISTINCT kind, what FROM tally_1;"
                      "UPDATE measured SET tallied = (SELECT json_group_object(id, count) FROM "
                      "(SELECT id, count FROM tally_1 JOIN word USING (kind, what) WHERE "
                      "span = measured.span AND series = measured.series ORDER BY kind, place) "
                      "HAVING count(*));"
                      "UPDATE generator SET tallied = (SELECT json_group_object(id, count) FROM "
                      "(SELECT id, count FROM tally_1 JOIN word USING (kind, what) WHERE "
                      "span = generator.span AND series = 0 ORDER BY place) HAVING count(*));"
                      "DROP TABLE tally_1; PRAGMA user_version = 2");
    db->version = RECORD_VERSION;
}

/* Not while another program reads it: then that one's end makes it so. */
static void make_one_file(struct record_db *db)
{
    sqlite3_busy_timeout(db->handle, 0);
    int result = sqlite3_exec(db->handle, "PRAGMA journal_mode = delete", NULL, NULL, NULL);
    if (result != SQLITE_OK && result != SQLITE_BUSY && result != SQLITE_READONLY)
        failed(db, "write");
}

bool record_db_close(struct record_db *db, struct err *e)
{
    for (unsigned i = 0; i < db->n_statements; i++)
        sqlite3_finalize(db->statements[i].statement);
    db->n_statements = 0;
    if (db->handle && !db->failure.kind)
        make_one_file(db);
    sqlite3_close(db->handle);
    db->handle = NULL;
    *e = db->failure;
    return !e->kind;
}
