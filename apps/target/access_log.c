/* The log of arrivals. */
#include "target/access_log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"

enum { BLOCK = 64 * 1024 };

static void write_pending(struct access_log *log)
{
    str rest = buf_view(&log->pending);
    while (rest.n && !log->broken) {
        ssize_t n = write(log->fd, rest.p, rest.n);
        if (n >= 0) {
            rest = str_skip(rest, (size_t)n);
        } else if (errno != EINTR) {
            log_warn("cannot write the log: %s; it is incomplete from here on", strerror(errno));
            log->broken = true;
        }
    }
    log->pending.n = 0;
}

static void each_second(struct timer *t)
{
    struct access_log *log = CONTAINER_OF(t, struct access_log, timer);
    write_pending(log);
    loop_timer_arm(log->loop, t, loop_now(log->loop) + NS_PER_S);
}

bool access_log_open(struct access_log *log, struct loop *l, str path, struct err *e)
{
    char name[4096];
    *log = (struct access_log){.loop = l, .fd = -1, .timer = {.fire = each_second}};
    if (path.n == 0)
        return true;
    snprintf(name, sizeof name, STR_FMT, STR_ARG(path));
    log->fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (log->fd < 0)
        return err_set(e, ERR_RUN, "cannot write the log '%s': %s", name, strerror(errno));
    loop_timer_arm(l, &log->timer, loop_now(l) + NS_PER_S);
    return true;
}

void access_log_add(struct access_log *log, uint64_t stamp_ns, str method, str target)
{
    if (log->fd < 0)
        return;
    if (stamp_ns == 0) {
        stamp_ns = clock_wall_ns();
        log->unstamped++;
    }
    buf_printf(&log->pending, "%" PRIu64 " " STR_FMT " " STR_FMT "\n", stamp_ns, STR_ARG(method),
               STR_ARG(target));
    if (log->pending.n >= BLOCK)
        write_pending(log);
}

void access_log_close(struct access_log *log)
{
    if (log->fd < 0)
        return;
    loop_timer_disarm(log->loop, &log->timer);
    write_pending(log);
    close(log->fd);
    buf_free(&log->pending);
    if (log->unstamped)
        log_warn("%" PRIu64 " times in the log are those of the reading, not the kernel's",
                 log->unstamped);
}
