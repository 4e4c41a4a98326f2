/* target/stream.h: a body of letters or spaces that is made while it is sent, whatever its size.
 * Pure. The letters run on through the alphabet, so that a lost or doubled byte shows. */
#ifndef WEIR_TARGET_STREAM_H
#define WEIR_TARGET_STREAM_H

#include "base/buf.h"

struct stream {
    uint64_t left;     /* bytes to come, without framing */
    uint64_t at;       /* bytes that went before them */
    uint64_t piece;    /* bytes of one piece, at most STREAM_PIECE */
    bool spaces;       /* instead of letters */
    bool chunked;      /* each piece is a chunk; the last one brings the end */
    uint64_t pause_ns; /* before each piece; 0: as fast as they go */
};

enum { STREAM_PIECE = 32 * 1024 };

/* Adds the next piece with its framing. False: that was the last one. Not without bytes left. */
bool stream_next(struct stream *s, struct buf *out);

#endif
