/* A ring of messages and the viewers on their way through it. libmicrohttpd asks for bytes when a
 * viewer's socket has room, so that memory does not depend on how fast anybody reads. */
#include "web/stream.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"

struct viewer {
    struct stream *stream;
    struct viewer *next;
    struct MHD_Connection *connection;
    struct buf own; /* read first */
    size_t read;    /* of it, or of the message */
    uint64_t at;    /* the message that is read when its own is */
    bool asleep;    /* suspended */
};

void stream_open(struct stream *f)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&f->lock, NULL);
    pthread_cond_init(&f->left, &monotonic);
    pthread_condattr_destroy(&monotonic);
    f->first = 1;
}

void stream_close(struct stream *f)
{
    for (unsigned i = 0; i < STREAM_KEPT; i++)
        buf_free(&f->messages[i].text);
    pthread_cond_destroy(&f->left);
    pthread_mutex_destroy(&f->lock);
}

/* ---- the run's thread ---- */

void stream_name(struct stream *f, const char *run)
{
    pthread_mutex_lock(&f->lock);
    snprintf(f->run, sizeof f->run, "%s", run);
    pthread_mutex_unlock(&f->lock);
}

void stream_format(struct stream *f, const char *event, uint64_t number, str data, struct buf *out)
{
    buf_printf(out, "id: %s-%" PRIu64 "\nevent: %s\ndata: ", f->run, number, event);
    size_t start = out->n;
    buf_str(out, data);
    for (size_t i = start; i < out->n; i++)
        if (out->p[i] == '\n' || out->p[i] == '\r')
            out->p[i] = ' ';
    buf_str(out, STR("\n\n"));
}

static void forget_first(struct stream *f)
{
    struct stream_message *m = &f->messages[f->first++ % STREAM_KEPT];
    f->bytes -= m->text.n;
    buf_free(&m->text);
}

static void wake_all(struct stream *f)
{
    for (struct viewer *v = f->viewers; v; v = v->next) {
        if (v->asleep)
            MHD_resume_connection(v->connection);
        v->asleep = false;
    }
}

void stream_publish(struct stream *f, const char *event, str data)
{
    struct buf text = {0};
    stream_format(f, event, f->last + 1, data, &text); /* nobody else publishes */
    pthread_mutex_lock(&f->lock);
    if (f->last + 1 - f->first == STREAM_KEPT)
        forget_first(f);
    struct stream_message *m = &f->messages[++f->last % STREAM_KEPT];
    *m = (struct stream_message){f->last, text};
    f->bytes += text.n;
    while (f->bytes > STREAM_BYTES && f->first < f->last)
        forget_first(f);
    wake_all(f);
    pthread_mutex_unlock(&f->lock);
}

void stream_end(struct stream *f, uint64_t until_ns)
{
    const struct timespec until = {.tv_sec = (time_t)(until_ns / 1000000000),
                                   .tv_nsec = (long)(until_ns % 1000000000)};
    pthread_mutex_lock(&f->lock);
    f->ended = true;
    wake_all(f);
    while (f->viewers)
        if (pthread_cond_timedwait(&f->left, &f->lock, &until) == ETIMEDOUT)
            break;
    pthread_mutex_unlock(&f->lock);
}

bool stream_is_watched(struct stream *f)
{
    pthread_mutex_lock(&f->lock);
    bool watched = f->viewers != NULL;
    pthread_mutex_unlock(&f->lock);
    return watched;
}

/* ---- a server's thread ---- */

bool stream_find(struct stream *f, str id, uint64_t *number)
{
    str run, digits;
    pthread_mutex_lock(&f->lock);
    bool found = str_cut(id, '-', &run, &digits) && str_eq(run, str_from(f->run)) &&
                 str_u64(digits, number) && *number <= f->last && *number + 1 >= f->first;
    pthread_mutex_unlock(&f->lock);
    return found;
}

struct viewer *stream_watch(struct stream *f, struct MHD_Connection *connection, struct buf *own,
                            uint64_t after)
{
    struct viewer *v = NULL;
    pthread_mutex_lock(&f->lock);
    if (f->n_viewers < STREAM_VIEWERS) {
        v = mem_zero(sizeof *v);
        *v = (struct viewer){.stream = f,
                             .next = f->viewers,
                             .connection = connection,
                             .own = *own,
                             .at = after + 1};
        *own = (struct buf){0};
        f->viewers = v;
        f->n_viewers++;
    }
    pthread_mutex_unlock(&f->lock);
    return v;
}

void stream_leave(struct stream *f, struct viewer *v)
{
    pthread_mutex_lock(&f->lock);
    struct viewer **at = &f->viewers;
    while (*at != v)
        at = &(*at)->next;
    *at = v->next;
    f->n_viewers--;
    pthread_cond_signal(&f->left);
    pthread_mutex_unlock(&f->lock);
    buf_free(&v->own);
    mem_free(v);
}

static size_t take(struct viewer *v, str text, char *bytes, size_t n)
{
    str left = str_skip(text, v->read);
    size_t taken = left.n < n ? left.n : n;
    memcpy(bytes, left.p, taken);
    v->read += taken;
    return taken;
}

/* From its own text, then from the message that it is at. 0: there is none yet. */
static size_t read_on(struct viewer *v, char *bytes, size_t n)
{
    struct stream *f = v->stream;
    if (v->own.n) {
        size_t taken = take(v, buf_view(&v->own), bytes, n);
        if (v->read == v->own.n) {
            buf_free(&v->own);
            v->read = 0;
        }
        return taken;
    }
    if (v->at > f->last)
        return 0;
    const struct stream_message *m = &f->messages[v->at % STREAM_KEPT];
    size_t taken = take(v, buf_view(&m->text), bytes, n);
    if (v->read == m->text.n) {
        v->at++;
        v->read = 0;
    }
    return taken;
}

ssize_t stream_read(void *viewer, uint64_t position, char *bytes, size_t n)
{
    struct viewer *v = viewer;
    struct stream *f = v->stream;
    ssize_t result;
    (void)position;
    pthread_mutex_lock(&f->lock);
    bool lost = v->own.n == 0 && v->at < f->first;
    size_t taken = lost ? 0 : read_on(v, bytes, n);
    result = (ssize_t)taken;
    if (lost) {
        result = MHD_CONTENT_READER_END_WITH_ERROR;
    } else if (taken == 0 && f->ended) {
        result = MHD_CONTENT_READER_END_OF_STREAM;
    } else if (taken == 0) {
        v->asleep = true;
        MHD_suspend_connection(v->connection);
    }
    pthread_mutex_unlock(&f->lock);
    return result;
}
