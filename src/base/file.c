/* Reading files: where the size is known, straight into the place where they stay. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

enum { PIECE = 64 * 1024 };

/* Bytes read into p; fewer than n: the end was reached. -1: errno says why. */
static ssize_t read_full(int fd, char *p, size_t n)
{
    size_t done = 0;
    while (done < n) {
        ssize_t more = read(fd, p + done, n - done);
        if (more < 0 && errno == EINTR)
            continue;
        if (more <= 0)
            return more < 0 ? -1 : (ssize_t)done;
        done += (size_t)more;
    }
    return (ssize_t)done;
}

/* What is as long as it says it is. */
static bool read_sized(int fd, size_t size, struct arena *arena, str *out)
{
    char *p = arena_alloc(arena, size + 1); /* a zero behind, as arena_dup promises */
    ssize_t n = read_full(fd, p, size);
    *out = (str){p, n > 0 ? (size_t)n : 0};
    return n >= 0;
}

static bool read_stream(int fd, struct arena *arena, str *out)
{
    struct buf bytes = {0};
    ssize_t n;
    do {
        buf_reserve(&bytes, PIECE);
        n = read_full(fd, bytes.p + bytes.n, PIECE);
        bytes.n += n > 0 ? (size_t)n : 0;
    } while (n == PIECE);
    *out = arena_dup(arena, buf_view(&bytes));
    buf_free(&bytes);
    return n >= 0;
}

static bool read_open(int fd, struct arena *arena, str *out)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return false;
    /* What the kernel makes up (/proc) has no size. */
    bool sized = S_ISREG(st.st_mode) && st.st_size > 0;
    return sized ? read_sized(fd, (size_t)st.st_size, arena, out) : read_stream(fd, arena, out);
}

bool file_read(const char *path, struct arena *arena, str *out, struct err *e)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    bool good = fd >= 0 && read_open(fd, arena, out);
    if (!good)
        err_set(e, ERR_RUN, "cannot read %s: %s", standard ? "standard input" : path,
                strerror(errno));
    if (fd >= 0 && !standard)
        close(fd);
    return good;
}
