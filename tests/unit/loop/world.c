/* Kinds of loops, addresses and guests of the loop's tests. */
#include "world.h"

#include <dirent.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

/* ---- kinds of loops ---- */

static struct kind {
    const char *name;
    struct loop_options options;
    unsigned descriptors; /* open before the test */
} kinds[] = {
    {"epoll", {.backend = "epoll"}, 0},
    {"io_uring", {.backend = "io_uring"}, 0},
    {"small io_uring", {.backend = "io_uring", .queue_entries = 8, .receive_buffers = 4}, 0},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

static unsigned open_descriptors(void)
{
    unsigned n = 0;
    DIR *d = opendir("/proc/self/fd");
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

static int before_test(void **state)
{
    struct kind *k = *state;
    k->descriptors = open_descriptors();
    return 0;
}

void descriptors_needed(unsigned n)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max < n) {
        print_message("not tried: %lu descriptors, not %u\n", (unsigned long)limit.rlim_max, n);
        skip();
    }
}

static struct rlimit usual; /* rlim_max is 0: the limit is as it was */

void descriptors_left(unsigned n)
{
    getrlimit(RLIMIT_NOFILE, &usual);
    int next = dup(0);
    struct rlimit few = {(rlim_t)next + n, usual.rlim_max};
    close(next);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
}

void descriptors_back(void)
{
    if (usual.rlim_max)
        setrlimit(RLIMIT_NOFILE, &usual);
    usual.rlim_max = 0;
}

static int after_test(void **state)
{
    struct kind *k = *state;
    descriptors_back();
    assert_int_equal(open_descriptors(), k->descriptors);
    return 0;
}

int kinds_run(const char *group, const struct CMUnitTest *tests, size_t n)
{
    struct CMUnitTest *all = mem_array(n * KINDS, sizeof *all);
    for (size_t i = 0; i < n * KINDS; i++) {
        struct kind *k = &kinds[i / n];
        struct buf name = {0};
        buf_printf(&name, "%s: %s%c", k->name, tests[i % n].name, 0);
        all[i] = (struct CMUnitTest){.name = name.p,
                                     .test_func = tests[i % n].test_func,
                                     .setup_func = before_test,
                                     .teardown_func = after_test,
                                     .initial_state = k};
    }
    int failed = _cmocka_run_group_tests(group, all, n * KINDS, NULL, NULL);
    for (size_t i = 0; i < n * KINDS; i++)
        mem_free((void *)(uintptr_t)all[i].name);
    mem_free(all);
    return failed;
}

struct loop_options kind_options(void **state)
{
    struct kind *k = *state;
    return k->options;
}

struct loop *kind_loop(void **state)
{
    struct loop_options o = kind_options(state);
    struct err e = {0};
    struct loop *l = loop_open(&o, &e);
    if (!l) {
        print_message("not tried: %s\n", e.text);
        skip();
    }
    assert_string_equal(loop_backend(l), o.backend);
    return l;
}

void turn_before(struct loop *l, uint64_t deadline_ns, uint64_t ns)
{
    uint64_t now = clock_now_ns();
    if (now > deadline_ns)
        fail_msg("what was waited for did not come");
    loop_turn(l, now + ns);
}

void turn_for(struct loop *l, uint64_t ns)
{
    uint64_t end = clock_now_ns() + ns;
    while (clock_now_ns() < end)
        loop_turn(l, end);
}

/* ---- addresses ---- */

bool family_is_there(enum family f)
{
    if (f != IPV6)
        return true;
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    bool there = fd >= 0 && bind(fd, (struct sockaddr *)&six, sizeof six) == 0;
    if (fd >= 0)
        close(fd);
    return there;
}

void family_address(enum family f, struct addr *out)
{
    struct err e = {0};
    unsigned n;
    struct addr found[ADDR_MOST];
    if (f == UNIX) {
        static unsigned count;
        char path[100];
        snprintf(path, sizeof path, "/tmp/weir-test-%d-%u", getpid(), count++);
        assert_true(addr_unix(str_from(path), out, &e));
        return;
    }
    assert_true(addr_resolve(f == IPV4 ? STR("127.0.0.1") : STR("::1"), 0, found, &n, &e));
    *out = found[0];
}

void address_forget(const struct addr *a)
{
    if (a->storage.ss_family == AF_UNIX)
        unlink(a->text + strlen("unix:"));
}

/* ---- guests ---- */

static struct guest *guest_of(struct sock *s)
{
    return CONTAINER_OF(s, struct guest, sock);
}

static void note(struct sock *s, enum told what)
{
    struct guest *g = guest_of(s);
    assert_int_equal(g->told[CLOSED], 0);
    if (what != CLOSED) {
        assert_int_not_equal(s->state, SOCK_CLOSING); /* nothing comes behind sock_close */
        assert_int_equal(g->told[ENDED], 0);
    }
    g->told[what]++;
}

static void then(struct sock *s, enum told what)
{
    struct guest *g = guest_of(s);
    if (g->then)
        g->then(g, what);
}

static void on_connected(struct sock *s)
{
    note(s, CONNECTED);
    assert_int_equal(guest_of(s)->told[CONNECTED], 1);
    assert_int_equal(guest_of(s)->told[RECEIVED], 0);
    then(s, CONNECTED);
}

static void on_received(struct sock *s, str bytes)
{
    note(s, RECEIVED);
    assert_true(bytes.n > 0);
    buf_str(&guest_of(s)->got, bytes);
    then(s, RECEIVED);
}

static void on_ended(struct sock *s, const char *why)
{
    note(s, ENDED);
    guest_of(s)->why = why;
    then(s, ENDED);
}

static void on_sent(struct sock *s)
{
    note(s, SENT);
    assert_false(sock_sending(s)); /* else its memory would be free too early */
    then(s, SENT);
}

static void on_closed(struct sock *s)
{
    note(s, CLOSED);
    assert_int_equal(s->state, SOCK_CLOSING);
    then(s, CLOSED);
}

static const struct sock_events guest_events = {on_connected, on_received, on_ended, on_sent,
                                                on_closed};

void guest_connect(struct guest *g, struct loop *l, const struct addr *to)
{
    sock_connect(l, &g->sock, &guest_events, to, NULL, NULL);
}

void guest_connect_tls(struct guest *g, struct loop *l, const struct addr *to,
                       struct tls_context *tls, const char *server_name)
{
    sock_connect(l, &g->sock, &guest_events, to, tls, server_name);
}

void guest_take(struct guest *g, struct loop *l, int fd, struct tls_context *tls)
{
    sock_take(l, &g->sock, &guest_events, fd, tls);
}

void guest_forget(struct guest *g)
{
    buf_free(&g->got);
    *g = (struct guest){.then = g->then, .of = g->of};
}

void guest_leave(struct guest *g, struct loop *l)
{
    sock_close(&g->sock);
    TURN_UNTIL(l, g->told[CLOSED]);
    guest_forget(g);
}

void guest_ended_with(const struct guest *g, const char *why)
{
    assert_int_equal(g->told[ENDED], 1);
    assert_string_equal(g->why ? g->why : "properly", why ? why : "properly");
}

void guest_was_told(const struct guest *g, const char *want)
{
    static const char *words[TOLD_KINDS] = {"connected", "received", "ended", "sent", "closed"};
    struct buf told = {0};
    for (unsigned i = 0; i < TOLD_KINDS; i++)
        if (g->told[i])
            buf_printf(&told, "%s%s", told.n ? " " : "", words[i]);
    buf_char(&told, 0);
    assert_string_equal(told.p, want);
    buf_free(&told);
}
