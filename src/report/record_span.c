/* The rows of a span: what series counted, tallies, books, the generator. */
#include "report/record_span.h"

#include "stats/hist_v2.h"

static const char *const tally_status = "status", *const tally_cause = "cause",
                         *const tally_passed = "check_passed", *const tally_failed = "check_failed",
                         *const tally_error = "script_error";

enum { OF_RUN = 0 }; /* in the place of a series' number */

/* ---- histograms ---- */

static void put_hist(struct record_row *row, const struct hist *h)
{
    struct buf bytes = {0};
    if (h->count == 0) {
        for (int i = 0; i < 5; i++)
            record_put_null(row);
        return;
    }
    hist_v2_encode(h, &bytes);
    record_put_bytes(row, buf_view(&bytes));
    record_put_count(row, h->min);
    record_put_count(row, h->max);
    record_put_wide(row, h->sum);
    record_put_wide(row, h->sum_squares);
    buf_free(&bytes);
}

/* Both longer than the layout reaches, or in one bucket of it. */
static bool same_place(uint64_t a, uint64_t b)
{
    bool beyond = a > HIST_LONGEST_NS && b > HIST_LONGEST_NS;
    return beyond || hist_bucket(a) == hist_bucket(b);
}

/* What a histogram's samples and the figures beside them must satisfy. */
static bool is_sound(const struct hist *h, uint64_t min, uint64_t max, u128 sum)
{
    return min <= max && same_place(min, h->min) && same_place(max, h->max) &&
           sum >= (u128)h->count * min && sum <= (u128)h->count * max;
}

/* The encoding has the samples; what it does not carry stands beside it. */
static void take_hist(struct record_row *row, struct hist *into)
{
    struct hist h = {0};
    struct err e;
    str bytes = record_take_bytes(row);
    if (bytes.n && !hist_v2_decode(bytes, &h, &e))
        record_db_damaged(row->db, e.text);
    uint64_t min = record_take_count(row), max = record_take_count(row);
    u128 sum = record_take_wide(row), squares = record_take_wide(row);
    if (h.count && !is_sound(&h, min, max, sum))
        record_db_damaged(row->db, "the figures beside a histogram are not its own");
    else if (h.count) {
        h.min = min;
        h.max = max;
        h.sum = sum;
        h.sum_squares = squares;
        hist_merge(into, &h);
    }
    hist_free(&h);
}

/* ---- tallies ---- */

static void write_tally(struct record_db *db, uint64_t span, uint64_t series, const char *kind,
                        const struct tally *t)
{
    for (size_t i = 0; i < t->used; i++) {
        struct record_row row =
            record_row(db, "INSERT INTO tally (span, series, kind, place, what, count) "
                           "VALUES (?, ?, ?, ?, ?, ?)");
        record_put_count(&row, span);
        record_put_count(&row, series);
        record_put_z(&row, kind);
        record_put_count(&row, i);
        if (t->rows[i].key.text.n)
            record_put_text(&row, t->rows[i].key.text);
        else
            record_put_count(&row, t->rows[i].key.number);
        record_put_count(&row, t->rows[i].count);
        record_done(&row);
    }
}

static void read_tally(struct record_db *db, uint64_t span, uint64_t series, const char *kind,
                       struct arena *arena, struct tally *t)
{
    struct record_row row = record_row(db, "SELECT what, count FROM tally WHERE span = ? AND "
                                           "series = ? AND kind = ? ORDER BY place");
    record_put_count(&row, span);
    record_put_count(&row, series);
    record_put_z(&row, kind);
    while (record_next(&row)) {
        bool text = record_is_text(&row);
        str what = text ? record_take_text(&row, arena) : (str){0};
        struct tally_key key =
            what.n ? tally_text(what) : tally_number(text ? 0 : (uint32_t)record_take_count(&row));
        tally_add(t, key, record_take_count(&row));
    }
}

/* ---- series ---- */

static void write_measured(struct record_db *db, uint64_t span, uint64_t series,
                           const struct series_data *d)
{
    struct record_row row =
        record_row(db, "INSERT INTO measured VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                       "?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
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
    put_hist(&row, &d->response);
    put_hist(&row, &d->service);
    record_done(&row);
}

static void write_series_data(struct record_db *db, uint64_t span, uint64_t series,
                              const struct series_data *d)
{
    write_measured(db, span, series, d);
    write_tally(db, span, series, tally_status, &d->status);
    write_tally(db, span, series, tally_cause, &d->causes);
    write_tally(db, span, series, tally_passed, &d->checks_passed);
    write_tally(db, span, series, tally_failed, &d->checks_failed);
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
    take_hist(row, &d->response);
    take_hist(row, &d->service);
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
        read_tally(db, span, number, tally_status, arena, &d->status);
        read_tally(db, span, number, tally_cause, arena, &d->causes);
        read_tally(db, span, number, tally_passed, arena, &d->checks_passed);
        read_tally(db, span, number, tally_failed, arena, &d->checks_failed);
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

/* ---- the generator ---- */

static void write_generator(struct record_db *db, uint64_t span, const struct results *r,
                            struct record_process process)
{
    struct record_row row =
        record_row(db, "INSERT INTO generator VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                       "?, ?, ?, ?)");
    record_put_count(&row, span);
    put_hist(&row, &r->lateness);
    put_hist(&row, &r->wait);
    put_hist(&row, &r->turn);
    record_put_count(&row, r->log_lines_lost);
    record_put_count(&row, process.cpu_ns);
    record_put_count(&row, process.rss_bytes);
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
        take_hist(&row, &r->lateness);
        take_hist(&row, &r->wait);
        take_hist(&row, &r->turn);
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
    remove_rows(db, "DELETE FROM tally WHERE span = ?", span);
    remove_rows(db, "DELETE FROM iterations WHERE span = ?", span);
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
    for (size_t i = 0; i < r->n; i++)
        write_series_data(db, span, record_series_number(db, series, r->list[i]->series),
                          &r->list[i]->data);
    write_books(db, span, &r->books);
    write_generator(db, span, r, process);
    write_tally(db, span, OF_RUN, tally_error, &r->script_errors);
}

void record_span_read(struct record_db *db, const struct record_series *series, uint64_t span,
                      struct arena *arena, struct results *r, struct record_process *process)
{
    read_series_data(db, series, span, arena, r);
    read_books(db, span, &r->books);
    read_generator(db, span, r, process);
    read_tally(db, span, OF_RUN, tally_error, arena, &r->script_errors);
}
