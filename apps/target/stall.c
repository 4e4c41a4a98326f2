/* Standing still. */
#include "target/stall.h"

#include <inttypes.h>
#include <poll.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/units.h"

bool stall_parse(str text, struct stall *s, struct err *e)
{
    str after, length;
    *s = (struct stall){0};
    if (!str_cut(text, ':', &after, &length))
        return err_set(e, ERR_USAGE,
                       "'" STR_FMT "' is no stall; write AT:FOR, 3s:2s stops 3 s after the first "
                       "request for 2 s",
                       STR_ARG(text));
    return units_duration(after, &s->after_ns, e) && units_duration(length, &s->for_ns, e);
}

static void sleep_until(uint64_t until_ns, int wake_fd)
{
    struct pollfd wake = {.fd = wake_fd, .events = POLLIN};
    for (uint64_t now; (now = clock_now_ns()) < until_ns;) {
        uint64_t ns = until_ns - now;
        struct timespec t = {.tv_sec = (time_t)(ns / NS_PER_S), .tv_nsec = (long)(ns % NS_PER_S)};
        if (ppoll(&wake, 1, &t, NULL) > 0)
            return;
    }
}

void stall_now(uint64_t for_ns, int wake_fd)
{
    uint64_t begin = clock_now_ns(), begin_wall = clock_wall_ns();
    sleep_until(begin + for_ns, wake_fd);
    uint64_t end = clock_now_ns(), end_wall = clock_wall_ns();
    log_note("stalled begin_ns=%" PRIu64 " end_ns=%" PRIu64 " begin_wall_ns=%" PRIu64
             " end_wall_ns=%" PRIu64,
             begin, end, begin_wall, end_wall);
}

static void begin(struct timer *t)
{
    struct stall *s = CONTAINER_OF(t, struct stall, timer);
    stall_now(s->for_ns, s->wake_fd);
}

void stall_arm(struct stall *s, struct loop *l, int wake_fd)
{
    s->wake_fd = wake_fd;
    s->timer = (struct timer){.fire = begin};
    loop_timer_arm(l, &s->timer, loop_now(l) + s->after_ns);
}
