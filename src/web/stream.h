/* web/stream.h: what all viewers of a run are sent (server-sent events, HTML standard 9.2): a list
 * of messages with numbers, of which the newest are kept, so that a browser that lost its
 * connection goes on where it was. One thread publishes; viewers read on the server's. */
#ifndef WEIR_WEB_STREAM_H
#define WEIR_WEB_STREAM_H

#include <microhttpd.h>
#include <pthread.h>

#include "base/buf.h"

enum { STREAM_KEPT = 256, STREAM_VIEWERS = 64 };
#define STREAM_BYTES ((size_t)16 << 20) /* kept at most */

struct stream_message {
    uint64_t number; /* from 1; 0: none yet */
    struct buf text; /* with its id, as it is sent */
};

struct viewer;

struct stream {
    char run[40]; /* its id stands before the numbers: those of another run mean nothing */
    pthread_mutex_t lock;
    pthread_cond_t left;                         /* a viewer has gone */
    struct stream_message messages[STREAM_KEPT]; /* by number modulo its size */
    uint64_t first, last;                        /* that are kept; last is 0 before the first one */
    size_t bytes;                                /* of all that are kept */
    bool ended;                                  /* viewers leave when they have read all */
    struct viewer *viewers;
    unsigned n_viewers;
};

void stream_open(struct stream *f);
void stream_close(struct stream *f); /* nobody is there any more */

/* ---- the run's thread ---- */

void stream_name(struct stream *f, const char *run); /* before anything is published */
/* `data` is JSON; line ends in it count for nothing. */
void stream_publish(struct stream *f, const char *event, str data);
/* The same as text for one viewer, whose next message is the one behind the last. */
void stream_format(struct stream *f, const char *event, uint64_t number, str data, struct buf *out);
/* No more comes: waits until viewers have read it, or until then (monotonic). */
void stream_end(struct stream *f, uint64_t until_ns);
bool stream_is_watched(struct stream *f);

/* ---- a server's thread ---- */

/* The message that an id names; false: it is not one of this run's, or what follows it is not all
 * kept. */
bool stream_find(struct stream *f, str id, uint64_t *number);

/* A viewer who reads `own`, which it takes, and then all messages behind `after`. NULL: there are
 * too many. */
struct viewer *stream_watch(struct stream *f, struct MHD_Connection *connection, struct buf *own,
                            uint64_t after);
void stream_leave(struct stream *f, struct viewer *v);
/* Fits MHD_ContentReaderCallback. Suspends the connection while there is nothing to read; a viewer
 * who is so slow that its next message is gone is sent away, and comes back for the whole. */
ssize_t stream_read(void *viewer, uint64_t position, char *bytes, size_t n);

#endif
