/* Opening, serving, ending. */
#include "target/server.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "loop/tls.h"
#include "target/connection.h"
#include "target/reply.h"
#include "target/stamps.h"

enum { PING_PREBUILT_MOST = 16 * 1024 };

static void accepted(struct listener *li, int fd)
{
    connection_open(CONTAINER_OF(li, struct server, listener), fd);
}

static void signalled(struct signals *s)
{
    CONTAINER_OF(s, struct server, signals)->ending = true;
}

/* The kernel's time stamps exist with the epoll loop only. */
static struct loop *open_loop(const struct target_options *o, struct err *e)
{
    struct loop_options options = {.backend = o->log_path.n ? "epoll" : NULL};
    const char *wanted = getenv("WEIR_LOOP");
    if (options.backend && wanted && *wanted && strcmp(wanted, options.backend) != 0)
        log_note("--log needs the epoll loop for its time stamps; WEIR_LOOP=%s is not obeyed",
                 wanted);
    return loop_open(&options, e);
}

/* A socket file that a killed server left behind is no reason to refuse. */
static void remove_stale(const struct addr *at)
{
    const struct sockaddr_un *un = (const struct sockaddr_un *)&at->storage;
    struct stat file;
    if (stat(un->sun_path, &file) != 0 || !S_ISSOCK(file.st_mode))
        return;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    if (connect(fd, (const struct sockaddr *)un, at->length) != 0 && errno == ECONNREFUSED)
        unlink(un->sun_path);
    close(fd);
}

static bool find_address(const struct target_options *o, struct addr *at, struct err *e)
{
    struct addr found[ADDR_MOST];
    unsigned n;
    if (o->unix_path.n) {
        if (!addr_unix(o->unix_path, at, e))
            return false;
        remove_stale(at);
        return true;
    }
    if (!addr_resolve(o->host, o->port, found, &n, e))
        return false;
    *at = found[0];
    return true;
}

static void begin_log(struct server *sv)
{
    if (sv->options->unix_path.n)
        log_note("unix sockets carry no time stamps; the log has the times of the reading");
    else if (!stamps_begin(sv->listener.watch.fd))
        log_warn("this kernel gives no time stamps; the log has the times of the reading");
}

static void say_ready(const struct target_options *o, uint16_t port)
{
    const char *scheme = o->certificate ? "https" : "http";
    bool six = str_contains(o->host, STR(":"));
    if (o->unix_path.n)
        printf("listening on %s://unix:" STR_FMT "\n", scheme, STR_ARG(o->unix_path));
    else
        printf(six ? "listening on %s://[" STR_FMT "]:%u\n" : "listening on %s://" STR_FMT ":%u\n",
               scheme, STR_ARG(o->host), port);
    fflush(stdout);
}

static void prebuild_ping(struct server *sv)
{
    struct answer a = {.status = 200, .body = ANSWER_PING, .size = sv->options->faults.body_bytes};
    struct stream rest;
    if (a.size > PING_PREBUILT_MOST)
        return;
    reply_write(&(struct reply){.answer = &a}, &sv->ping, &rest);
    while (rest.left)
        stream_next(&rest, &sv->ping);
}

static void serve_until_signal(struct server *sv)
{
    loop_run(sv->loop, &sv->ending);
    listener_close(&sv->listener);
    connections_close(sv);
    while (!list_empty(&sv->connections))
        loop_turn(sv->loop, UINT64_MAX);
    log_note("%" PRIu64 " requests, %" PRIu64 " responses, %" PRIu64 " connections",
             sv->metrics.requests, sv->metrics.responses, sv->metrics.connections);
}

static bool listen_and_serve(struct server *sv, struct err *e)
{
    const struct target_options *o = sv->options;
    struct addr at;
    uint16_t port;
    sv->listener.accepted = accepted;
    if (!find_address(o, &at, e) || !listener_open(sv->loop, &sv->listener, &at, &port, e))
        return false;
    if (o->log_path.n)
        begin_log(sv);
    prebuild_ping(sv);
    say_ready(o, port);
    serve_until_signal(sv);
    if (o->unix_path.n)
        unlink(o->unix_path.p);
    buf_free(&sv->ping);
    return true;
}

static void close_loop(struct server *sv)
{
    for (size_t i = 0; i < sv->options->n_stalls; i++)
        loop_timer_disarm(sv->loop, &sv->options->stalls[i].timer);
    loop_close(sv->loop);
}

static bool log_and_serve(struct server *sv, struct err *e)
{
    bool good =
        access_log_open(&sv->log, sv->loop, sv->options->log_path, e) && listen_and_serve(sv, e);
    access_log_close(&sv->log);
    return good;
}

static void raise_file_limit(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

bool server_run(struct target_options *o, struct err *e)
{
    struct server sv = {.signals.came = signalled,
                        .options = o,
                        .faults = {.flags = o->faults, .rng = rng_make(o->seed, 0)}};
    list_init(&sv.connections);
    raise_file_limit();
    if (o->certificate && !(sv.tls = tls_server_context(o->certificate, o->key, e)))
        return false;
    bool good = false;
    sv.loop = open_loop(o, e);
    if (sv.loop) {
        good = signals_open(&sv.signals, sv.loop, e);
        if (good) {
            good = log_and_serve(&sv, e);
            signals_close(&sv.signals);
        }
        close_loop(&sv);
    }
    tls_context_free(sv.tls);
    return good;
}
