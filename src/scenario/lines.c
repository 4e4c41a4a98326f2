/* Blocks of whole lines come from an offload thread of their own as jobs; two are under way or
 * ready while a third is taken from. */
#include "scenario/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/list.h"
#include "base/mem.h"
#include "loop/offload.h"

enum {
    BLOCK = 256 * 1024,
    AHEAD = 2,                   /* blocks that are read before they are needed */
    LONGEST = 1000 * 1000 * 1000 /* as a record may be at most */
};

struct line_block {
    struct job job;
    struct lines *lines;
    struct list link; /* in reading, ready or spare */
    struct buf bytes; /* whole lines */
    size_t at;        /* what was taken */
    unsigned taken;   /* lines that are not released */
    bool end;         /* nothing follows */
};

struct lines {
    int fd;
    struct offload *reader;
    struct mailbox *box;
    void (*came)(void *owner);
    void *owner;
    struct line_block *now; /* from which lines are taken; NULL: none */
    struct list reading;    /* the reader's, in order */
    struct list ready, spare;
    unsigned ahead;    /* in the first two */
    bool waits;        /* somebody was told LINES_NOT_YET */
    bool ended;        /* the last block has come */
    char failure[256]; /* why, when it is not the end of the file; the reader's until ended */
    struct buf rest;   /* the reader's: the beginning of the next block's first line */
};

/* ---- on the reader's thread ---- */

static bool has_more_at_once(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, 0) > 0;
}

/* False: that was all, or it cannot be read. */
static bool read_some(struct line_block *b)
{
    struct lines *l = b->lines;
    ssize_t n;
    buf_reserve(&b->bytes, b->bytes.n < BLOCK ? BLOCK - b->bytes.n : b->bytes.n);
    do
        n = read(l->fd, b->bytes.p + b->bytes.n, b->bytes.capacity - b->bytes.n);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        snprintf(l->failure, sizeof l->failure, "the lines cannot be read on: %s", strerror(errno));
    if (n > 0)
        b->bytes.n += (size_t)n;
    return n > 0;
}

static size_t whole_lines(const struct buf *bytes)
{
    const char *last = bytes->n ? memrchr(bytes->p, '\n', bytes->n) : NULL;
    return last ? (size_t)(last - bytes->p) + 1 : 0;
}

/* What is there, up to a block; waits for one whole line. */
static void read_block(struct job *job)
{
    struct line_block *b = CONTAINER_OF(job, struct line_block, job);
    struct lines *l = b->lines;
    buf_add(&b->bytes, l->rest.p, l->rest.n);
    do
        b->end = !read_some(b);
    while (!b->end && b->bytes.n < LONGEST &&
           (whole_lines(&b->bytes) == 0 || (b->bytes.n < BLOCK && has_more_at_once(l->fd))));
    size_t n = b->end ? b->bytes.n : whole_lines(&b->bytes);
    if (n == 0 && !b->end) {
        snprintf(l->failure, sizeof l->failure, "a line is longer than 1 GB");
        b->end = true;
    }
    l->rest.n = 0;
    buf_add(&l->rest, b->bytes.p + n, b->bytes.n - n);
    b->bytes.n = n;
}

/* ---- on the taker's ---- */

static void read_ahead(struct lines *l);

static void block_came(struct job *job)
{
    struct line_block *b = CONTAINER_OF(job, struct line_block, job);
    struct lines *l = b->lines;
    list_remove(&b->link);
    list_push_back(&l->ready, &b->link);
    l->ended = l->ended || b->end;
    read_ahead(l);
    if (l->waits) {
        l->waits = false;
        l->came(l->owner);
    }
}

static struct line_block *spare_block(struct lines *l)
{
    struct list *node = list_pop_front(&l->spare);
    if (node)
        return CONTAINER_OF(node, struct line_block, link);
    struct line_block *b = mem_zero(sizeof *b);
    b->lines = l;
    list_init(&b->link);
    return b;
}

static void read_ahead(struct lines *l)
{
    while (!l->ended && l->ahead < AHEAD) {
        struct line_block *b = spare_block(l);
        b->bytes.n = b->at = 0;
        b->end = false;
        b->job = (struct job){.reply = l->box, .work = read_block, .done = block_came};
        l->ahead++;
        list_push_back(&l->reading, &b->link);
        offload_submit(l->reader, &b->job);
    }
}

static void give_back_when_unused(struct lines *l, struct line_block *b)
{
    if (b != l->now && b->taken == 0)
        list_push_back(&l->spare, &b->link);
}

/* False: nothing is left of any block that has come. */
static bool find_block(struct lines *l)
{
    while (!l->now || l->now->at == l->now->bytes.n) {
        struct line_block *old = l->now;
        struct list *node = list_pop_front(&l->ready);
        if (!node)
            return false;
        l->now = CONTAINER_OF(node, struct line_block, link);
        l->ahead--;
        if (old)
            give_back_when_unused(l, old);
        read_ahead(l);
    }
    return true;
}

enum lines_answer lines_take(struct lines *l, struct line *line)
{
    if (!find_block(l)) {
        l->waits = !l->ended;
        return l->ended ? LINES_NO_MORE : LINES_NOT_YET;
    }
    struct line_block *b = l->now;
    const char *begin = b->bytes.p + b->at;
    const char *end = memchr(begin, '\n', b->bytes.n - b->at);
    size_t n = end ? (size_t)(end - begin) : b->bytes.n - b->at;
    b->at += n + (end != NULL);
    b->taken++;
    line->text = (str){begin, n};
    line->block = b;
    line->last = !find_block(l) && l->ended;
    return LINES_ONE;
}

void lines_release(struct lines *l, struct line *line)
{
    struct line_block *b = line->block;
    line->block = NULL;
    b->taken--;
    give_back_when_unused(l, b);
}

const char *lines_failure(const struct lines *l)
{
    return l->ended && l->failure[0] ? l->failure : NULL;
}

/* ---- opening and closing ---- */

bool lines_check(const char *path, struct err *e)
{
    struct stat about;
    if (strcmp(path, "-") == 0)
        return true;
    if (access(path, R_OK) != 0 || stat(path, &about) != 0)
        return err_set(e, ERR_RUN, "cannot read %s: %s", path, strerror(errno));
    return !S_ISDIR(about.st_mode) ||
           err_set(e, ERR_RUN, "cannot read %s: it is a directory", path);
}

struct lines *lines_open(const char *path, struct mailbox *box, void (*came)(void *owner),
                         void *owner, struct err *e)
{
    bool standard_input = strcmp(path, "-") == 0;
    int fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        err_set(e, ERR_RUN, "cannot read %s: %s", path, strerror(errno));
        return NULL;
    }
    struct lines *l = mem_zero(sizeof *l);
    *l = (struct lines){.fd = fd, .box = box, .came = came, .owner = owner};
    list_init(&l->reading);
    list_init(&l->ready);
    list_init(&l->spare);
    l->reader = offload_open("weir lines", e);
    if (l->reader) {
        read_ahead(l);
        return l;
    }
    if (!standard_input)
        close(fd);
    mem_free(l);
    return NULL;
}

static void free_block(struct line_block *b)
{
    if (b)
        buf_free(&b->bytes);
    mem_free(b);
}

static void free_all(struct list *blocks)
{
    struct list *node;
    while ((node = list_pop_front(blocks)))
        free_block(CONTAINER_OF(node, struct line_block, link));
}

void lines_close(struct lines *l)
{
    bool still_reading = offload_close(l->reader);
    if (still_reading) /* a pipe that nobody writes to: it keeps what it works with */
        list_pop_front(&l->reading);
    free_all(&l->reading);
    free_all(&l->ready);
    free_all(&l->spare);
    free_block(l->now);
    if (still_reading)
        return;
    if (l->fd != STDIN_FILENO)
        close(l->fd);
    buf_free(&l->rest);
    mem_free(l);
}
