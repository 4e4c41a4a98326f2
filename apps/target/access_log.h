/* target/access_log.h: a line for each counted request, "<ns> METHOD TARGET": when the kernel got
 * its first byte, wall clock. Written in blocks, at the latest each second and at the end. */
#ifndef WEIR_TARGET_ACCESS_LOG_H
#define WEIR_TARGET_ACCESS_LOG_H

#include "base/buf.h"
#include "base/err.h"
#include "loop/loop.h"

struct access_log {
    struct loop *loop;
    int fd;             /* -1: there is no log */
    struct buf pending; /* lines not written yet */
    struct timer timer; /* each second */
    uint64_t unstamped; /* lines without the kernel's time: they have that of the reading */
    bool broken;        /* writing failed, said so, lines are lost */
};

/* Starts the file anew; an empty path: no log. The file may be a pipe. */
bool access_log_open(struct access_log *log, struct loop *l, str path, struct err *e);
void access_log_add(struct access_log *log, uint64_t stamp_ns, str method, str target);
void access_log_close(struct access_log *log); /* writes what is pending */

#endif
