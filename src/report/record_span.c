/* The rows of a span: what series counted, tallies, books, the generator. */
#include "report/record_span.h"

#include "report/record_hist.h"
#include "report/record_tally.h"

enum {
    OF_RUN = 0, /* in the place of a series' number */
    SECONDS_FROM = 1 << 30,
};

/* ---- tallies ---- */

/* The last column of a row: NULL when there are none. */
static void put_tallies(struct record_row *row, struct buf *text)
{
    if (text->n)
        record_put_text(row, buf_view(text));
    else
        record_put_null(row);
    buf_free(text);
}

static struct buf tallies_of_series(struct record_db *db, const struct series_data *d)
{
    const struct record_tally list[] = {{"status", &d->status},
                                        {"cause", &d->causes},
                                        {"check_passed", &d->checks_passed},
                                        {"check_failed", &d->checks_failed}};
    struct buf text = {0};
    record_tallies_text(db, list, sizeof list / sizeof *list, &text);
    return text;
}

static struct tally *tally_of_series(void *series_data, str kind)
{
    struct series_data *d = series_data;
    if (str_eq(kind, STR("status")))
        return &d->status;
    if (str_eq(kind, STR("cause")))
        return &d->causes;
    if (str_eq(kind, STR("check_passed")))
        return &d->checks_passed;
    return str_eq(kind, STR("check_failed")) ? &d->checks_failed : NULL;
}

static struct tally *tally_of_run(void *results, str kind)
{
    struct results *r = results;
    return str_eq(kind, STR("script_error")) ? &r->script_errors : NULL;
}

/* ---- series ---- */

/* Rows of minutes stand together, not between those of seconds, which go when they are folded: that
 * would leave holes. The first place of the region that a span's rows stand in. */
static uint64_t region_of(struct record_db *db, uint64_t span)
{
    struct record_row row = record_row(db, "SELECT length_s FROM span WHERE id = ?");
    record_put_count(&row, span);
    bool minutes = record_next(&row) && record_take_count(&row) > 1;
    record_stop(&row);
    return minutes ? 0 : SECONDS_FROM;
}

static uint64_t next_place(struct record_db *db, uint64_t region)
{
    struct record_row row = record_row(
        db, "SELECT coalesce(max(place), ?1) + 1 FROM measured WHERE place >= ?1 AND place < ?2");
    record_put_count(&row, region);
    record_put_count(&row, region ? INT64_MAX : SECONDS_FROM);
    uint64_t place = record_next(&row) ? record_take_count(&row) : 0;
    record_stop(&row);
    return place;
}

static void write_measured(struct record_db *db, uint64_t place, uint64_t span, uint64_t series,
                           const struct series_data *d)
{
    struct buf tallies = tallies_of_series(db, d);
    struct record_row row = record_row(
        db, "INSERT INTO measured VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
            "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    record_put_count(&row, place);
    record_put_count(&row, span);
    record_put_count(&row, series);
    record_put_count(&row, d->started);
    record_put_count(&row, d->started_in_plan);
    for (unsigned f = 0; f < FATES; f++)
        record_put_count(&row, d->fates[f]);
    record_put_count(&row, d->bytes_sent);
    record_put_count(&row, d->bytes_received);
    record_put_count(&row, d->body_bytes);
    record_put_count(&row, d->possibly_stored);
    record_put_count(&row, d->reconnects);
    record_put_number(&row, d->sum);
    record_put_hist(&row, span, &d->response);
    record_put_hist(&row, span, &d->service);
    put_tallies(&row, &tallies);
    record_done(&row);
}

static void take_measured(struct record_row *row, struct series_data *d)
{
    d->started += record_take_count(row);
    d->started_in_plan += record_take_count(row);
    for (unsigned f = 0; f < FATES; f++)
        d->fates[f] += record_take_count(row);
    d->bytes_sent += record_take_count(row);
    d->bytes_received += record_take_count(row);
    d->body_bytes += record_take_count(row);
    d->possibly_stored += record_take_count(row);
    d->reconnects += record_take_count(row);
    d->sum += record_take_number(row);
    record_take_hist(row, &d->response);
    record_take_hist(row, &d->service);
}

static void read_series_data(struct record_db *db, const struct record_series *series,
                             uint64_t span, struct arena *arena, struct results *r)
{
    struct record_row row = record_row(
        db, "SELECT series, started, started_in_plan, ok, failed_check, error, timeout, abandoned, "
            "bytes_sent, bytes_received, body_bytes, possibly_stored, reconnects, sum, "
            "response, response_min, response_max, response_sum, response_squares, "
            "service, service_min, service_max, service_sum, service_squares "
            "FROM measured WHERE span = ? ORDER BY rowid");
    record_put_count(&row, span);
    while (record_next(&row)) {
        uint64_t number = record_take_count(&row);
        const struct series *s = record_series_at(db, series, number);
        if (!s)
            continue;
        struct series_data *d = &results_get(r, s)->data;
        take_measured(&row, d);
        record_tallies_read(db, span, number, arena, tally_of_series, d);
    }
}

/* ---- books ---- */

static void write_books(struct record_db *db, uint64_t span, const struct iteration_books *books)
{
    for (unsigned i = 0; i < books->n; i++) {
        const struct iteration_book *b = &books->list[i];
        struct record_row row =
            record_row(db, "INSERT INTO iterations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        record_put_count(&row, span);
        record_put_count(&row, i);
        record_put_count(&row, b->planned);
        record_put_count(&row, b->started);
        record_put_count(&row, b->in_plan);
        record_put_count(&row, b->skipped);
        record_put_count(&row, b->completed);
        record_put_count(&row, b->script_error);
        record_put_count(&row, b->interrupted);
        record_put_count(&row, b->unaccounted);
        record_put_count(&row, b->last_done_ns);
        record_done(&row);
    }
}

static struct iteration_book take_book(struct record_row *row)
{
    struct iteration_book b = {.planned = record_take_count(row)};
    b.started = record_take_count(row);
    b.in_plan = record_take_count(row);
    b.skipped = record_take_count(row);
    b.completed = record_take_count(row);
    b.script_error = record_take_count(row);
    b.interrupted = record_take_count(row);
    b.unaccounted = record_take_count(row);
    b.last_done_ns = record_take_count(row);
    return b;
}

static void read_books(struct record_db *db, uint64_t span, struct iteration_books *books)
{
    enum { MOST_LOADS = 65536 };
    struct record_row row =
        record_row(db, "SELECT load, planned, started, in_plan, skipped, completed, script_error, "
                       "interrupted, unaccounted, last_done_ns FROM iterations WHERE span = ? "
                       "ORDER BY load");
    record_put_count(&row, span);
    while (record_next(&row)) {
        uint64_t load = record_take_count(&row);
        if (load >= MOST_LOADS) {
            record_db_damaged(db, "a book is of no load");
            continue;
        }
        struct iteration_book b = take_book(&row);
        iteration_book_add(iteration_books_at(books, (unsigned)load), &b);
    }
}

/* ---- replies ---- */

static void write_replies(struct record_db *db, uint64_t span, const struct reply_book *b)
{
    if (reply_book_received(b) == 0)
        return;
    struct record_row row =
        record_row(db, "INSERT INTO replies VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    record_put_count(&row, span);
    for (unsigned i = 0; i < REPLY_CLASSES; i++)
        record_put_count(&row, b->classes[i]);
    record_put_hist(&row, span, &b->late);
    record_done(&row);
}

static void read_replies(struct record_db *db, uint64_t span, struct reply_book *b)
{
    if (db->version < 2)
        return; /* there were none */
    struct record_row row = record_row(
        db, "SELECT matched, late, duplicate, orphan, malformed, late_time, late_time_min, "
            "late_time_max, late_time_sum, late_time_squares FROM replies WHERE span = ?");
    record_put_count(&row, span);
    while (record_next(&row)) {
        for (unsigned i = 0; i < REPLY_CLASSES; i++)
            b->classes[i] += record_take_count(&row);
        record_take_hist(&row, &b->late);
    }
}

/* ---- awaited records ---- */

static void write_awaited(struct record_db *db, uint64_t span, const struct awaited_book *b)
{
    if (b->seen == 0 && b->taken == 0)
        return;
    struct record_row row = record_row(db, "INSERT INTO awaited VALUES (?, ?, ?)");
    record_put_count(&row, span);
    record_put_count(&row, b->seen);
    record_put_count(&row, b->taken);
    record_done(&row);
}

static void read_awaited(struct record_db *db, uint64_t span, struct awaited_book *b)
{
    if (db->version < 2)
        return; /* there were none */
    struct record_row row = record_row(db, "SELECT seen, taken FROM awaited WHERE span = ?");
    record_put_count(&row, span);
    while (record_next(&row)) {
        b->seen += record_take_count(&row);
        b->taken += record_take_count(&row);
    }
}

/* ---- the generator ---- */

static void write_generator(struct record_db *db, uint64_t span, const struct results *r,
                            struct record_process process)
{
    const struct record_tally errors = {"script_error", &r->script_errors};
    struct buf tallies = {0};
    record_tallies_text(db, &errors, 1, &tallies);
    struct record_row row =
        record_row(db, "INSERT INTO generator VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                       "?, ?, ?, ?, ?)");
    record_put_count(&row, span);
    record_put_coarse_hist(&row, span, &r->lateness);
    record_put_coarse_hist(&row, span, &r->wait);
    record_put_coarse_hist(&row, span, &r->turn);
    record_put_count(&row, r->log_lines_lost);
    record_put_count(&row, process.cpu_ns);
    record_put_count(&row, process.rss_bytes);
    put_tallies(&row, &tallies);
    record_done(&row);
}

static void read_generator(struct record_db *db, uint64_t span, struct results *r,
                           struct record_process *process)
{
    struct record_row row = record_row(
        db, "SELECT lateness, lateness_min, lateness_max, lateness_sum, lateness_squares, "
            "wait, wait_min, wait_max, wait_sum, wait_squares, "
            "turn, turn_min, turn_max, turn_sum, turn_squares, "
            "log_lines_lost, cpu_ns, rss_bytes FROM generator WHERE span = ?");
    record_put_count(&row, span);
    while (record_next(&row)) {
        record_take_hist(&row, &r->lateness);
        record_take_hist(&row, &r->wait);
        record_take_hist(&row, &r->turn);
        r->log_lines_lost += record_take_count(&row);
        uint64_t cpu_ns = record_take_count(&row), rss_bytes = record_take_count(&row);
        if (cpu_ns >= process->cpu_ns)
            *process = (struct record_process){cpu_ns, rss_bytes};
    }
}

/* ---- spans ---- */

static uint64_t make(struct record_db *db, bool whole, int64_t start_s, uint64_t length_s)
{
    struct record_row row =
        record_row(db, "INSERT INTO span (id, start_s, length_s) VALUES (?, ?, ?)");
    if (whole)
        record_put_count(&row, RECORD_WHOLE);
    else
        record_put_null(&row);
    record_put_count(&row, (uint64_t)start_s);
    record_put_count(&row, length_s);
    record_done(&row);
    return db->failure.kind ? RECORD_WHOLE : (uint64_t)sqlite3_last_insert_rowid(db->handle);
}

uint64_t record_span_make(struct record_db *db, int64_t start_s, uint64_t length_s)
{
    return make(db, false, start_s, length_s);
}

void record_span_make_whole(struct record_db *db)
{
    make(db, true, 0, 0);
}

static void remove_rows(struct record_db *db, const char *sql, uint64_t span)
{
    struct record_row row = record_row(db, sql);
    record_put_count(&row, span);
    record_done(&row);
}

static void remove_all_rows(struct record_db *db, uint64_t span)
{
    remove_rows(db, "DELETE FROM measured WHERE span = ?", span);
    remove_rows(db, "DELETE FROM iterations WHERE span = ?", span);
    remove_rows(db, "DELETE FROM replies WHERE span = ?", span);
    remove_rows(db, "DELETE FROM awaited WHERE span = ?", span);
    remove_rows(db, "DELETE FROM generator WHERE span = ?", span);
}

void record_span_remove(struct record_db *db, uint64_t span)
{
    remove_all_rows(db, span);
    remove_rows(db, "DELETE FROM span WHERE id = ?", span);
}

void record_span_write(struct record_db *db, struct record_series *series, uint64_t span,
                       const struct results *r, struct record_process process)
{
    remove_all_rows(db, span);
    uint64_t place = next_place(db, region_of(db, span));
    for (size_t i = 0; i < r->n; i++)
        write_measured(db, place + i, span, record_series_number(db, series, r->list[i]->series),
                       &r->list[i]->data);
    write_books(db, span, &r->books);
    write_replies(db, span, &r->replies);
    write_awaited(db, span, &r->awaited);
    write_generator(db, span, r, process);
}

void record_span_read(struct record_db *db, const struct record_series *series, uint64_t span,
                      struct arena *arena, struct results *r, struct record_process *process)
{
    read_series_data(db, series, span, arena, r);
    read_books(db, span, &r->books);
    read_replies(db, span, &r->replies);
    read_awaited(db, span, &r->awaited);
    read_generator(db, span, r, process);
    record_tallies_read(db, span, OF_RUN, arena, tally_of_run, r);
}
