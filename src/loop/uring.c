/* The io_uring backend: multishot receives into a ring of provided buffers, submissions batched
 * into the call that waits. SINGLE_ISSUER and DEFER_TASKRUN make it cheaper than epoll; kernels
 * without them are refused, so that the loop falls back to epoll. A user_data is the pointer of a
 * socket or poll, with the operation in its low bits; the memory stays until the last completion of
 * it has come (kernel_holds), so that no completion can name another one's memory. */
#include <assert.h>
#include <errno.h>
#include <liburing.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "loop/backend.h"

enum {
    DEFAULT_ENTRIES = 1024,
    DEFAULT_BUFFERS = 256,
    BUFFER_SIZE = 8 * 1024,
    COMPLETIONS_PER_ENTRY = 8,
    GROUP = 0, /* the one group of provided buffers */
};

enum operation { OP_NONE, OP_CONNECT, OP_RECEIVE, OP_SEND, OP_POLL, OP_MASK = 7 };

struct uring_loop {
    struct loop loop; /* first */
    struct io_uring ring;
    struct io_uring_buf_ring *buffers;
    unsigned n_buffers; /* a power of two */
    char *bytes;        /* n_buffers * BUFFER_SIZE */
    struct list polls;  /* in the kernel */
};

/* A watch's poll in the kernel; outlives the watch until its completion has come. */
struct poll {
    struct list link;
    struct watch *watch; /* NULL: not watched any more */
};

static struct uring_loop *of(struct loop *l)
{
    return (struct uring_loop *)l;
}

/* A free submission entry; a full queue is submitted first. */
static struct io_uring_sqe *entry(struct loop *l, void *about, enum operation op)
{
    struct io_uring_sqe *sqe;
    while (!(sqe = io_uring_get_sqe(&of(l)->ring)))
        io_uring_submit(&of(l)->ring);
    io_uring_sqe_set_data64(sqe, (uintptr_t)about | op);
    return sqe;
}

static void give_back(struct uring_loop *u, unsigned id)
{
    io_uring_buf_ring_add(u->buffers, u->bytes + (size_t)id * BUFFER_SIZE, BUFFER_SIZE,
                          (unsigned short)id, io_uring_buf_ring_mask(u->n_buffers), 0);
    io_uring_buf_ring_advance(u->buffers, 1);
}

static void arm_receive(struct loop *l, int fd, void *about)
{
    struct io_uring_sqe *sqe = entry(l, about, OP_RECEIVE);
    io_uring_prep_recv_multishot(sqe, fd, NULL, 0, 0);
    sqe->flags |= IOSQE_BUFFER_SELECT;
    sqe->buf_group = GROUP;
}

/* ---- what sockets and watches ask for ---- */

/* False: a look into the kernel would change nothing. For loops that spin. */
static bool has_work(const struct io_uring *ring)
{
    unsigned flags = IO_URING_READ_ONCE(*ring->sq.kflags);
    return io_uring_sq_ready(ring) || flags & (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW);
}

static void uring_wait(struct loop *l, uint64_t before_ns, uint64_t wake_ns)
{
    struct uring_loop *u = of(l);
    struct io_uring_cqe *cqe;
    if (wake_ns <= before_ns) {
        if (has_work(&u->ring))
            io_uring_submit_and_get_events(&u->ring);
        return;
    }
    uint64_t ns = wake_ns - before_ns;
    struct __kernel_timespec t = {.tv_sec = (long long)(ns / NS_PER_S),
                                  .tv_nsec = (long long)(ns % NS_PER_S)};
    io_uring_submit_and_wait_timeout(&u->ring, &cqe, 1, wake_ns == UINT64_MAX ? NULL : &t, NULL);
}

static void uring_connect(struct sock *s)
{
    struct io_uring_sqe *sqe = entry(s->loop, s, OP_CONNECT);
    io_uring_prep_connect(sqe, s->fd, (const struct sockaddr *)&s->to->storage, s->to->length);
    s->kernel_holds |= 1 << OP_CONNECT;
}

static void uring_receive(struct sock *s)
{
    s->fed = false;
    arm_receive(s->loop, s->fd, s);
    s->kernel_holds |= 1 << OP_RECEIVE;
}

static void uring_send(struct sock *s)
{
    struct io_uring_sqe *sqe = entry(s->loop, s, OP_SEND);
    io_uring_prep_send(sqe, s->fd, s->out, s->out_n, MSG_NOSIGNAL | MSG_WAITALL);
    s->kernel_holds |= 1 << OP_SEND;
}

/* One by one: by descriptor, the kernel would look through everything that it holds for the ring.
 */
static void uring_let_go(struct sock *s)
{
    if (s->kernel_holds == 0) {
        sock_let_go(s);
        return;
    }
    for (unsigned op = OP_CONNECT; op <= OP_SEND; op++)
        if (s->kernel_holds & 1 << op)
            io_uring_prep_cancel64(entry(s->loop, NULL, OP_NONE), (uintptr_t)s | op, 0);
}

static void arm_poll(struct loop *l, struct poll *p)
{
    struct io_uring_sqe *sqe = entry(l, p, OP_POLL);
    io_uring_prep_poll_add(sqe, p->watch->fd, POLLIN);
}

static void uring_watch(struct watch *w, struct loop *l)
{
    struct poll *p = mem_zero(sizeof *p);
    list_push_back(&of(l)->polls, &p->link);
    p->watch = w;
    w->poll = p;
    arm_poll(l, p);
}

static void uring_unwatch(struct watch *w, struct loop *l)
{
    struct poll *p = w->poll;
    p->watch = NULL;
    w->poll = NULL;
    io_uring_prep_cancel64(entry(l, NULL, OP_NONE), (uintptr_t)p | OP_POLL, 0);
}

/* ---- completions ---- */

static void received(struct uring_loop *u, struct sock *s, int res, unsigned flags)
{
    if (flags & IORING_CQE_F_BUFFER) {
        unsigned id = flags >> IORING_CQE_BUFFER_SHIFT;
        s->fed = true;
        if (res > 0)
            sock_did_receive(s, u->bytes + (size_t)id * BUFFER_SIZE, (size_t)res);
        give_back(u, id);
    }
    if (flags & IORING_CQE_F_MORE)
        return;
    s->kernel_holds &= ~(1 << OP_RECEIVE);
    if (s->state == SOCK_CLOSING)
        return;
    if (res <= 0 && res != -ENOBUFS)
        sock_did_end(s, -res);
    else if (s->fed) /* the buffers ran out, or the completion queue did: ... */
        sock_todo(s, TODO_READ);
    else
        uring_receive(s); /* ... those who got nothing go first */
}

static void sent(struct sock *s, int res)
{
    s->kernel_holds &= ~(1 << OP_SEND);
    if (s->state == SOCK_CLOSING)
        return;
    if (res < 0 && res != -EINTR && res != -EAGAIN)
        sock_send_failed(s, -res);
    else if (sock_did_send(s, res > 0 ? (size_t)res : 0))
        uring_send(s);
}

static void connected(struct sock *s, int res)
{
    s->kernel_holds &= ~(1 << OP_CONNECT);
    if (s->state != SOCK_CLOSING)
        sock_did_connect(s, -res);
}

static void free_poll(struct poll *p)
{
    list_remove(&p->link);
    mem_free(p);
}

static void polled(struct loop *l, struct poll *p, int res)
{
    if (p->watch && res >= 0)
        p->watch->readable(p->watch);
    if (p->watch)
        arm_poll(l, p);
    else
        free_poll(p);
}

static void dispatch(struct uring_loop *u, uint64_t data, int res, unsigned flags)
{
    void *about = (void *)(uintptr_t)(data & ~(uint64_t)OP_MASK);
    struct sock *s = about;
    switch ((enum operation)(data & OP_MASK)) {
    case OP_RECEIVE:
        received(u, s, res, flags);
        break;
    case OP_SEND:
        sent(s, res);
        break;
    case OP_CONNECT:
        connected(s, res);
        break;
    case OP_POLL:
        polled(&u->loop, about, res);
        return;
    default:
        return;
    }
    if (s->state == SOCK_CLOSING && s->kernel_holds == 0 && !s->todo)
        sock_let_go(s);
}

static void uring_deliver(struct loop *l)
{
    struct uring_loop *u = of(l);
    unsigned head, seen = 0, there = io_uring_cq_ready(&u->ring);
    struct io_uring_cqe *cqe;
    io_uring_for_each_cqe(&u->ring, head, cqe)
    {
        if (seen++ == there)
            break;
        uint64_t data = cqe->user_data;
        int res = cqe->res;
        unsigned flags = cqe->flags;
        dispatch(u, data, res, flags);
    }
    io_uring_cq_advance(&u->ring, there);
}

/* ---- open and close ---- */

static size_t ring_bytes(const struct uring_loop *u)
{
    return u->n_buffers * sizeof(struct io_uring_buf);
}

static bool make_buffers(struct uring_loop *u)
{
    void *p = mmap(NULL, ring_bytes(u), PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
    if (p == MAP_FAILED)
        return false;
    u->buffers = p;
    u->bytes = mem_alloc((size_t)u->n_buffers * BUFFER_SIZE);
    struct io_uring_buf_reg reg = {
        .ring_addr = (uintptr_t)p, .ring_entries = u->n_buffers, .bgid = GROUP};
    if (io_uring_register_buf_ring(&u->ring, &reg, 0) != 0)
        return false;
    io_uring_buf_ring_init(u->buffers);
    for (unsigned i = 0; i < u->n_buffers; i++)
        give_back(u, i);
    return true;
}

static void uring_close(struct loop *l)
{
    struct uring_loop *u = of(l);
    io_uring_queue_exit(&u->ring);
    while (!list_empty(&u->polls)) /* nothing can complete any more */
        free_poll(CONTAINER_OF(u->polls.next, struct poll, link));
    if (u->buffers)
        munmap(u->buffers, ring_bytes(u));
    mem_free(u->bytes);
    mem_free(u);
}

/* One byte over a socketpair, received as the loop will receive. */
static bool works(struct uring_loop *u)
{
    int pair[2];
    struct io_uring_cqe *cqe;
    struct __kernel_timespec t = {.tv_sec = 1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return false;
    arm_receive(&u->loop, pair[0], NULL);
    bool good = write(pair[1], "w", 1) == 1 &&
                io_uring_submit_and_wait_timeout(&u->ring, &cqe, 1, &t, NULL) >= 0 &&
                cqe->res == 1 && cqe->flags & IORING_CQE_F_BUFFER && cqe->flags & IORING_CQE_F_MORE;
    if (good)
        give_back(u, cqe->flags >> IORING_CQE_BUFFER_SHIFT);
    if (good)
        io_uring_cqe_seen(&u->ring, cqe);
    close(pair[1]); /* ends the multishot: one completion more */
    if (good && io_uring_submit_and_wait_timeout(&u->ring, &cqe, 1, &t, NULL) >= 0)
        io_uring_cqe_seen(&u->ring, cqe);
    close(pair[0]);
    return good;
}

static struct loop *uring_open(const struct loop_options *o, struct err *e)
{
    struct uring_loop *u = mem_zero(sizeof *u);
    unsigned entries = o->queue_entries ? o->queue_entries : DEFAULT_ENTRIES;
    struct io_uring_params p = {.cq_entries = entries * COMPLETIONS_PER_ENTRY,
                                .flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
                                         IORING_SETUP_TASKRUN_FLAG | IORING_SETUP_CQSIZE |
                                         IORING_SETUP_SUBMIT_ALL};
    u->n_buffers = o->receive_buffers ? o->receive_buffers : DEFAULT_BUFFERS;
    list_init(&u->polls);
    int code = io_uring_queue_init_params(entries, &u->ring, &p);
    if (code < 0) {
        err_set(e, ERR_RUN, "this kernel has no io_uring for us: %s", strerror(-code));
        mem_free(u);
        return NULL;
    }
    if (!make_buffers(u) || !works(u)) {
        err_set(e, ERR_RUN,
                "this kernel's io_uring lacks multishot receive; 6.1 and later have it");
        uring_close(&u->loop);
        return NULL;
    }
    io_uring_register_ring_fd(&u->ring); /* cheaper calls; works without */
    return &u->loop;
}

const struct backend uring_backend = {
    .name = "io_uring",
    .open = uring_open,
    .close = uring_close,
    .wait = uring_wait,
    .deliver = uring_deliver,
    .connect = uring_connect,
    .receive = uring_receive,
    .send = uring_send,
    .let_go = uring_let_go,
    .read_on = uring_receive,
    .watch = uring_watch,
    .unwatch = uring_unwatch,
};
