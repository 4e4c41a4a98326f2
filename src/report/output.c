/* Files of results. */
#include "report/output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char *name_of(const struct output *o)
{
    return strcmp(o->path, "-") == 0 ? "standard output" : o->path;
}

bool output_open(struct output *o, const char *what, const char *path, struct err *e)
{
    *o = (struct output){.what = what, .path = path, .fd = STDOUT_FILENO};
    if (strcmp(path, "-") == 0)
        return true;
    o->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    return o->fd >= 0 ||
           err_set(e, ERR_RUN, "cannot open '%s' for the %s: %s", path, what, strerror(errno));
}

bool output_failed(const struct output *o, int error, struct err *e)
{
    return err_set(e, ERR_RUN, "cannot write the %s to %s: %s", o->what, name_of(o),
                   strerror(error));
}

bool output_write(struct output *o, str bytes, struct err *e)
{
    while (bytes.n) {
        ssize_t n = write(o->fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return output_failed(o, errno, e);
        bytes = str_skip(bytes, (size_t)n);
    }
    return true;
}

bool output_close(struct output *o, struct err *e)
{
    int fd = o->fd;
    o->fd = -1;
    if (fd < 0 || fd == STDOUT_FILENO || close(fd) == 0)
        return true;
    return output_failed(o, errno, e);
}
