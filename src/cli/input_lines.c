/* Reading lines. */
#include "cli/input_lines.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/list.h"

enum { LINE_MOST = 4096 };

static void stop_watching(struct input_lines *in)
{
    if (in->watched)
        loop_unwatch(in->loop, &in->watch);
    in->watched = false;
}

static void watch_on(struct input_lines *in)
{
    loop_watch(in->loop, &in->watch);
    in->watched = true;
}

static void try_again(struct timer *t)
{
    watch_on(CONTAINER_OF(t, struct input_lines, again));
}

static void give_lines(struct input_lines *in)
{
    const char *end;
    size_t from = 0;
    while ((end = memchr(in->rest.p + from, '\n', in->rest.n - from))) {
        size_t n = (size_t)(end - in->rest.p) - from;
        in->line(in, str_trim((str){in->rest.p + from, n}));
        from += n + 1;
    }
    buf_drop(&in->rest, from);
    if (in->rest.n > LINE_MOST) /* nobody types that; let it be refused in pieces */
        buf_char(&in->rest, '\n');
}

/* False: nothing more now. */
static bool read_some(struct input_lines *in)
{
    buf_reserve(&in->rest, LINE_MOST);
    ssize_t n = read(in->watch.fd, in->rest.p + in->rest.n, LINE_MOST);
    if (n > 0) {
        in->rest.n += (size_t)n;
        give_lines(in);
        return true;
    }
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return false;
    stop_watching(in);
    if (n < 0 && errno == EIO)
        loop_timer_arm(in->loop, &in->again, loop_now(in->loop) + NS_PER_S);
    else if (in->rest.n) { /* the last line of a file may lack its end */
        buf_char(&in->rest, '\n');
        give_lines(in);
    }
    return false;
}

static void readable(struct watch *w)
{
    read_some(CONTAINER_OF(w, struct input_lines, watch));
}

void input_lines_open(struct input_lines *in, struct loop *l, int fd)
{
    struct stat file = {0};
    in->loop = l;
    in->watch = (struct watch){.fd = fd, .readable = readable};
    in->again = (struct timer){.fire = try_again};
    signal(SIGTTIN, SIG_IGN); /* in the background a read of the terminal fails, and stops nobody */
    fstat(fd, &file);
    if (S_ISREG(file.st_mode))
        while (read_some(in))
            ;
    else if (S_ISFIFO(file.st_mode) || S_ISSOCK(file.st_mode) || isatty(fd))
        watch_on(in);
}

void input_lines_close(struct input_lines *in)
{
    stop_watching(in);
    loop_timer_disarm(in->loop, &in->again);
    buf_free(&in->rest);
}
