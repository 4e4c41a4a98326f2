/* The per-call log. The aggregator mails batches to the writer's thread, which formats and writes
 * what is there and then waits for more. */
#include "report/log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/units.h"
#include "base/thread.h"
#include "report/output.h"

enum {
    MOST_BATCHES = (64 << 20) / sizeof(struct call_batch),
    PIECE = 128 << 10, /* bytes that are written at once */
    LOOK_MS = 100,
    PATIENCE_S = 10, /* for a reader that has stopped, once the run is over */
};

struct log_file {
    struct sink sink;
    struct mailbox box;
    pthread_t thread;
    struct mail last_mail;    /* tells the writer to end */
    _Atomic unsigned batches; /* under way to the writer */
    _Atomic bool run_over;    /* the writer may lose its patience */
    bool ended;               /* the thread is gone */
    uint64_t lost;            /* calls dropped; the aggregator's */

    /* the writer's, until it has ended */
    struct output output;
    struct log_lines lines;
    bool may_block; /* a pipe or the like: its reader may stop */
    bool end;
    struct err failure;
    uint64_t unwritten; /* calls whose lines may not be in the file */
};

static struct log_file *log_of(struct sink *s)
{
    return CONTAINER_OF(s, struct log_file, sink);
}

/* ---- the writer's thread ---- */

/* True: the descriptor takes PIPE_BUF bytes without blocking, or fails at once. */
static bool wait_for_reader(struct log_file *f)
{
    uint64_t since = clock_now_ns();
    struct pollfd p = {.fd = f->output.fd, .events = POLLOUT};
    while (poll(&p, 1, LOOK_MS) <= 0)
        if (f->run_over && clock_now_ns() - since > PATIENCE_S * NS_PER_S)
            return err_set(&f->failure, ERR_RUN, "the reader of the %s has stopped reading",
                           f->output.what);
    return true;
}

static void write_to_pipe(struct log_file *f, str text)
{
    while (text.n && wait_for_reader(f)) {
        str piece = {text.p, text.n < PIPE_BUF ? text.n : PIPE_BUF};
        if (!output_write(&f->output, piece, &f->failure))
            return;
        text = str_skip(text, piece.n);
    }
}

static void write_lines(struct log_file *f)
{
    str text = buf_view(&f->lines.text);
    if (f->failure.kind)
        return;
    if (f->may_block)
        write_to_pipe(f, text);
    else
        output_write(&f->output, text, &f->failure);
    f->lines.text.n = 0;
    if (!f->failure.kind)
        f->unwritten = 0;
}

static void take_batch(struct mail *m)
{
    struct call_batch *b = CONTAINER_OF(m, struct call_batch, mail);
    struct log_file *f = b->holder;
    for (unsigned i = 0; i < b->n && !f->failure.kind; i++)
        log_line_add(&f->lines, &b->records[i]);
    f->unwritten += b->n;
    b->done(b);
    f->batches--;
    if (f->lines.text.n >= PIECE)
        write_lines(f);
}

static void take_end(struct mail *m)
{
    CONTAINER_OF(m, struct log_file, last_mail)->end = true;
}

static void *write_all(void *log_file)
{
    struct log_file *f = log_file;
    while (!f->end) {
        struct pollfd p = {.fd = f->box.fd, .events = POLLIN};
        poll(&p, 1, -1);
        mailbox_deliver(&f->box);
        write_lines(f);
    }
    return NULL;
}

/* ---- the aggregator's thread ---- */

static void calls(struct sink *s, struct call_batch *batch)
{
    struct log_file *f = log_of(s);
    if (f->batches >= MOST_BATCHES) {
        f->lost += batch->n;
        batch->done(batch);
        return;
    }
    f->batches++;
    batch->holder = f;
    batch->mail.deliver = take_batch;
    mailbox_post(&f->box, &batch->mail);
}

static void doubt(struct sink *s, struct summary *summary)
{
    uint64_t lost = log_of(s)->lost + summary->results->log_lines_lost;
    if (lost)
        verdict_reason(summary->verdict, RUN_DEGRADED,
                       "%s lines of the log were lost: they came faster than they could be written",
                       human_count(lost).text);
}

static void end_thread(struct log_file *f)
{
    if (f->ended)
        return;
    f->run_over = true;
    f->last_mail.deliver = take_end;
    mailbox_post(&f->box, &f->last_mail);
    pthread_join(f->thread, NULL);
    f->ended = true;
}

static bool finish(struct sink *s, const struct summary *summary, struct err *e)
{
    struct log_file *f = log_of(s);
    (void)summary;
    end_thread(f);
    if (!f->failure.kind)
        return output_close(&f->output, e);
    *e = f->failure;
    size_t n = strlen(e->text);
    snprintf(e->text + n, sizeof e->text - n, "; up to %s lines are missing",
             human_count(f->unwritten).text);
    return false;
}

static void close_log(struct sink *s)
{
    struct log_file *f = log_of(s);
    struct err ignored;
    end_thread(f);
    output_close(&f->output, &ignored);
    mailbox_close(&f->box);
    log_lines_free(&f->lines);
    mem_free(f);
}

static const struct sink_table log_table = {
    .name = "log",
    .calls = calls,
    .doubt = doubt,
    .finish = finish,
    .close = close_log,
};

static bool start_thread(struct log_file *f, struct err *e)
{
    int error = thread_start(&f->thread, write_all, f, "weir log");
    return !error || err_set(e, ERR_RUN, "cannot start the log's thread: %s", strerror(error));
}

struct sink *log_sink(const char *path, enum log_style style, struct err *e)
{
    struct log_file *f = mem_zero(sizeof *f);
    struct stat st;
    struct err ignored;
    f->sink.table = &log_table;
    f->box.fd = -1;
    f->lines.style = style;
    if (output_open(&f->output, "log", path, e) && mailbox_open(&f->box, e)) {
        f->may_block = fstat(f->output.fd, &st) == 0 && !S_ISREG(st.st_mode);
        if (start_thread(f, e))
            return &f->sink;
    }
    mailbox_close(&f->box);
    output_close(&f->output, &ignored);
    mem_free(f);
    return NULL;
}
