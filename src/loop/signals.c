/* signalfd(2): a signal that is blocked waits in a descriptor. */
#include "loop/signals.h"

#include <errno.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

static void readable(struct watch *w)
{
    struct signals *s = CONTAINER_OF(w, struct signals, watch);
    struct signalfd_siginfo info;
    while (read(w->fd, &info, sizeof info) == sizeof info)
        s->came(s);
}

bool signals_open(struct signals *s, struct loop *l, struct err *e)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (fd < 0)
        return err_set(e, ERR_RUN, "cannot make a signal descriptor: %s", strerror(errno));
    pthread_sigmask(SIG_BLOCK, &set, &s->before);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    s->loop = l;
    s->watch = (struct watch){.fd = fd, .readable = readable};
    loop_watch(l, &s->watch);
    return true;
}

void signals_close(struct signals *s)
{
    loop_unwatch(s->loop, &s->watch);
    close(s->watch.fd);
    pthread_sigmask(SIG_SETMASK, &s->before, NULL);
}
