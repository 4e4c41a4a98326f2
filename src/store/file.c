/* Requests that outlive the process: what happens to them goes into a journal (journal.h), PATH.0
 * of the first worker, PATH.1 of the second, … There is no fsync: a killed process loses nothing
 * that was written, a machine that loses its power may. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/inside.h"
#include "store/journal.h"

struct file_store {
    char *path;
    int fd;
    off_t size;             /* of what was written whole */
    struct buf batch;       /* what happened since */
    uint64_t wall_ahead_ns; /* wall clock - monotonic clock, at the last write */
    struct err failure;     /* of writing; ERR_NONE: none */
};

static char *path_of(const char *path, unsigned worker)
{
    struct buf b = {0};
    buf_printf(&b, "%s.%u", path, worker);
    buf_char(&b, 0);
    return b.p;
}

/* ---- reading it back ---- */

/* The whole file; to be unmapped when n > 0. */
static bool map_file(int fd, str *out)
{
    struct stat st;
    *out = (str){"", 0};
    if (fstat(fd, &st) < 0)
        return false;
    if (st.st_size == 0)
        return true;
    void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED)
        return false;
    *out = (str){p, (size_t)st.st_size};
    return true;
}

static void unmap_file(str bytes)
{
    if (bytes.n)
        munmap((void *)bytes.p, bytes.n);
}

static bool not_readable(const char *path, struct err *e)
{
    return err_set(e, ERR_RUN, "cannot read the journal %s: %s", path, strerror(errno));
}

static bool damaged(const char *path, const struct journal_reader *reader, const char *why,
                    struct err *e)
{
    return err_set(e, ERR_RUN,
                   "the journal %s is damaged in its batch at byte %zu: %s; put back a copy, or "
                   "remove it and start a new run",
                   path, reader->batch, why);
}

/* Stands behind the first record, which says whose journal it is. */
static bool read_start(const char *path, str bytes, struct journal_reader *reader,
                       struct journal_session *out, struct err *e)
{
    struct journal_record record;
    str magic = JOURNAL_MAGIC;
    if (bytes.n < magic.n && str_starts(magic, bytes))
        return err_set(e, ERR_RUN, "the journal %s holds no run: there is nothing to resume", path);
    if (!journal_start(reader, bytes))
        return err_set(e, ERR_RUN, "%s is no journal of weir's requests", path);
    bool first = journal_next(reader, &record);
    if (reader->why)
        return damaged(path, reader, reader->why, e);
    if (!first)
        return err_set(e, ERR_RUN, "the journal %s holds no run: there is nothing to resume", path);
    if (record.kind != JOURNAL_SESSION)
        return damaged(path, reader, "it does not say whose it is", e);
    *out = record.session;
    return true;
}

static bool run_of(const char *path, struct requests_run *out, struct err *e)
{
    struct journal_reader reader;
    struct journal_session session;
    char *name = path_of(path, 0);
    str bytes;
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    bool good = fd >= 0 && map_file(fd, &bytes);
    if (!good) {
        not_readable(name, e);
    } else {
        good = read_start(name, bytes, &reader, &session, e);
        unmap_file(bytes);
    }
    if (good)
        *out = session.run;
    if (fd >= 0)
        close(fd);
    mem_free(name);
    return good;
}

static bool is_same(const struct requests_run *a, const struct requests_run *b)
{
    return a->run == b->run && a->driver == b->driver && a->worker == b->worker &&
           a->workers == b->workers;
}

static bool is_ours(const struct requests *r, const struct requests_run *there, struct err *e)
{
    const struct file_store *f = r->own;
    return is_same(&r->run, there) ||
           err_set(e, ERR_RUN,
                   "the journal %s is of run %llu, driver %u, worker %u of %u; this is run %llu, "
                   "driver %u, worker %u of %u",
                   f->path, (unsigned long long)there->run, there->driver, there->worker,
                   there->workers, (unsigned long long)r->run.run, r->run.driver, r->run.worker,
                   r->run.workers);
}

/* Has the machine been started since that session? Where that is not known, its clock is not
 * trusted either. */
static bool is_other_boot(const struct journal_session *a, const struct journal_session *b)
{
    return a->boot[0] == 0 || memcmp(a->boot, b->boot, JOURNAL_BOOT) != 0;
}

/* One record; of which boot it is says *then. */
static bool restore(struct requests *r, struct journal_record *record, struct journal_session *then,
                    const struct journal_session *now)
{
    switch (record->kind) {
    case JOURNAL_SESSION:
        *then = record->session;
        return is_same(&then->run, &r->run);
    case JOURNAL_ISSUE:
        if (is_other_boot(then, now)) {
            r->resumed.restarted = true;
            record->issue.due_ns = record->due_wall_ns - (now->wall_ns - now->monotonic_ns);
        }
        return restore_issued(r, record->id, &record->issue);
    case JOURNAL_END:
        return restore_ended(r, record->id, record->fate, record->replied);
    case JOURNAL_PLACE:
        return restore_place(r, &record->place);
    default:
        return restore_replied(r, record->id, record->verdict);
    }
}

static bool read_back(struct requests *r, str bytes, const struct journal_session *now,
                      struct err *e)
{
    struct file_store *f = r->own;
    struct journal_reader reader;
    struct journal_session then;
    struct journal_record record;
    if (!read_start(f->path, bytes, &reader, &then, e) || !is_ours(r, &then.run, e))
        return false;
    while (journal_next(&reader, &record))
        if (!restore(r, &record, &then, now))
            return damaged(f->path, &reader, "what it says cannot have happened", e);
    if (reader.why)
        return damaged(f->path, &reader, reader.why, e);
    f->size = (off_t)reader.at;
    r->resumed.cut = bytes.n - reader.at;
    restore_over(r);
    return true;
}

/* ---- writing ---- */

static bool not_writable(const char *path, struct err *e)
{
    return err_set(e, ERR_RUN, "cannot write the journal %s: %s", path, strerror(errno));
}

static bool write_at(int fd, str bytes, off_t at)
{
    while (bytes.n) {
        ssize_t n = pwrite(fd, bytes.p, bytes.n, at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        bytes = str_skip(bytes, (size_t)n);
        at += n;
    }
    return true;
}

/* The file ends with its last whole batch again, so that it can be resumed from there. */
static void give_up(struct file_store *f)
{
    not_writable(f->path, &f->failure);
    if (ftruncate(f->fd, f->size) < 0)
        err_wrap(&f->failure, "its last batch is not whole");
}

static bool flush(struct requests *r, struct err *e)
{
    struct file_store *f = r->own;
    if (f->failure.kind == ERR_NONE && !journal_is_empty(&f->batch)) {
        journal_seal(&f->batch);
        if (write_at(f->fd, buf_view(&f->batch), f->size))
            f->size += (off_t)f->batch.n;
        else
            give_up(f);
        journal_begin(&f->batch);
        f->wall_ahead_ns = clock_wall_ns() - clock_now_ns();
    }
    if (f->failure.kind != ERR_NONE)
        *e = f->failure;
    return f->failure.kind == ERR_NONE;
}

static void add(struct requests *r, const struct journal_record *record)
{
    struct file_store *f = r->own;
    if (f->failure.kind == ERR_NONE)
        journal_add(&f->batch, record);
}

static void issued(struct requests *r, struct request_id id, const struct request_new *n)
{
    const struct file_store *f = r->own;
    add(r, &(struct journal_record){.kind = JOURNAL_ISSUE,
                                    .id = id,
                                    .issue = *n,
                                    .due_wall_ns = n->due_ns + f->wall_ahead_ns});
}

static void ended(struct requests *r, struct request_id id, enum fate fate, bool replied)
{
    add(r,
        &(struct journal_record){.kind = JOURNAL_END, .id = id, .fate = fate, .replied = replied});
}

static void replied(struct requests *r, struct request_id id, enum reply_verdict verdict)
{
    add(r, &(struct journal_record){.kind = JOURNAL_REPLY, .id = id, .verdict = verdict});
}

static void read_to(struct requests *r, const struct requests_place *place)
{
    add(r, &(struct journal_record){.kind = JOURNAL_PLACE, .place = *place});
}

/* ---- opening and closing ---- */

static void read_boot(char *out)
{
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, out, JOURNAL_BOOT) != JOURNAL_BOOT)
        memset(out, 0, JOURNAL_BOOT);
    if (fd >= 0)
        close(fd);
}

static struct journal_session session_now(const struct requests *r)
{
    struct journal_session s = {
        .run = r->run, .wall_ns = clock_wall_ns(), .monotonic_ns = clock_now_ns()};
    read_boot(s.boot);
    return s;
}

/* Until it is closed, or its process is gone. */
static bool lock(const struct file_store *f, struct err *e)
{
    return flock(f->fd, LOCK_EX | LOCK_NB) == 0 ||
           err_set(e, ERR_RUN, "the journal %s is in use: its run has not ended yet", f->path);
}

static bool begin_session(struct requests *r, const struct journal_session *now, struct err *e)
{
    struct file_store *f = r->own;
    journal_begin(&f->batch);
    add(r, &(struct journal_record){.kind = JOURNAL_SESSION, .session = *now});
    return flush(r, e);
}

static bool begin_file(struct requests *r, const struct journal_session *now, struct err *e)
{
    struct file_store *f = r->own;
    f->size = (off_t)JOURNAL_MAGIC.n;
    if (!lock(f, e))
        return false;
    if (!write_at(f->fd, JOURNAL_MAGIC, 0))
        return not_writable(f->path, e);
    return begin_session(r, now, e);
}

static bool open_new(struct requests *r, const struct journal_session *now, struct err *e)
{
    struct file_store *f = r->own;
    f->fd = open(f->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (f->fd < 0 && errno == EEXIST)
        return err_set(e, ERR_RUN,
                       "the journal %s is there already: go on with its run by weir kafka rr "
                       "--resume, or remove it",
                       f->path);
    if (f->fd < 0)
        return not_writable(f->path, e);
    bool good = begin_file(r, now, e);
    if (!good)
        unlink(f->path);
    return good;
}

static bool open_old(struct requests *r, const struct journal_session *now, struct err *e)
{
    struct file_store *f = r->own;
    str bytes;
    f->fd = open(f->path, O_RDWR | O_CLOEXEC);
    if (f->fd < 0)
        return not_readable(f->path, e);
    if (!lock(f, e))
        return false;
    if (!map_file(f->fd, &bytes))
        return not_readable(f->path, e);
    bool good = read_back(r, bytes, now, e);
    unmap_file(bytes);
    if (good && ftruncate(f->fd, f->size) < 0)
        return not_writable(f->path, e);
    return good && begin_session(r, now, e);
}

static bool open_file(struct requests *r, const char *path, bool resume, struct err *e)
{
    struct file_store *f = mem_zero(sizeof *f);
    struct journal_session now = session_now(r);
    r->own = f;
    f->path = path_of(path, r->run.worker);
    f->fd = -1;
    f->wall_ahead_ns = now.wall_ns - now.monotonic_ns;
    return resume ? open_old(r, &now, e) : open_new(r, &now, e);
}

static void close_file(struct requests *r, bool finished)
{
    struct file_store *f = r->own;
    if (finished)
        unlink(f->path);
    if (f->fd >= 0)
        close(f->fd);
    buf_free(&f->batch);
    mem_free(f->path);
    mem_free(f);
}

const struct requests_kind requests_file = {
    .name = "file",
    .form = "file:PATH",
    .has_path = true,
    .run_of = run_of,
    .open = open_file,
    .issued = issued,
    .ended = ended,
    .replied = replied,
    .read_to = read_to,
    .flush = flush,
    .close = close_file,
};
