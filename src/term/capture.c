/* A file in memory in the place of the terminal: writing to it never blocks. */
#include "term/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

static const int streams[2] = {STDOUT_FILENO, STDERR_FILENO};

bool capture_begin(struct capture *c, struct err *e)
{
    fflush(stdout);
    c->saved[0] = c->saved[1] = -1;
    c->fd = memfd_create("weir-messages", MFD_CLOEXEC);
    if (c->fd < 0)
        return err_set(e, ERR_RUN, "cannot make a file in memory: %s", strerror(errno));
    fcntl(c->fd, F_SETFL, O_APPEND); /* two streams, one end */
    for (int i = 0; i < 2; i++)
        if (isatty(streams[i])) {
            c->saved[i] = fcntl(streams[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
            if (c->saved[i] >= 0)
                dup2(c->fd, streams[i]);
        }
    return true;
}

static void give_line(struct capture *c, void (*take)(void *owner, str line), void *owner,
                      str piece)
{
    buf_str(&c->line, piece);
    take(owner, buf_view(&c->line));
    c->line.n = 0;
}

static void split(struct capture *c, void (*take)(void *owner, str line), void *owner, str bytes)
{
    enum { LONGEST = 4096 }; /* a line without end is given out in parts */
    str piece, rest;
    while (str_cut(bytes, '\n', &piece, &rest)) {
        give_line(c, take, owner, piece);
        bytes = rest;
    }
    buf_str(&c->line, bytes);
    if (c->line.n > LONGEST)
        give_line(c, take, owner, STR(""));
}

/* The memory of what nobody will say again goes back. */
static void drop_oldest(struct capture *c)
{
    if (c->seen - c->dropped <= CAPTURE_KEPT)
        return;
    uint64_t until = c->seen - CAPTURE_KEPT / 2;
    fallocate(c->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, (off_t)until);
    c->dropped = until;
}

void capture_read(struct capture *c, void (*take)(void *owner, str line), void *owner)
{
    char bytes[16 * 1024];
    ssize_t n;
    if (c->fd < 0)
        return;
    fflush(stdout);
    while ((n = pread(c->fd, bytes, sizeof bytes, (off_t)c->seen)) > 0) {
        c->seen += (uint64_t)n;
        split(c, take, owner, (str){bytes, (size_t)n});
    }
    drop_oldest(c);
}

static void write_all(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t written = write(fd, p, n);
        if (written < 0 && errno != EINTR)
            return; /* nowhere left to say it */
        p += written > 0 ? written : 0;
        n -= written > 0 ? (size_t)written : 0;
    }
}

static void say_again(struct capture *c, int fd)
{
    char bytes[16 * 1024];
    ssize_t n;
    if (c->dropped)
        log_note("%" PRIu64 " bytes that were written while the view was on are left out: %s",
                 c->dropped, "only the last ones are kept");
    for (off_t at = (off_t)c->dropped; (n = pread(c->fd, bytes, sizeof bytes, at)) > 0; at += n)
        write_all(fd, bytes, (size_t)n);
}

void capture_end(struct capture *c)
{
    int to = -1;
    if (c->fd < 0)
        return;
    fflush(stdout);
    for (int i = 0; i < 2; i++)
        if (c->saved[i] >= 0) {
            dup2(c->saved[i], streams[i]);
            close(c->saved[i]);
            to = streams[i];
        }
    if (to >= 0)
        say_again(c, to);
    close(c->fd);
    c->fd = -1;
    buf_free(&c->line);
}
