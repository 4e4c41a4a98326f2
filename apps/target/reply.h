/* target/reply.h: the bytes of an answer (RFC 9112). Pure. */
#ifndef WEIR_TARGET_REPLY_H
#define WEIR_TARGET_REPLY_H

#include "base/buf.h"
#include "target/answer.h"
#include "target/stream.h"

struct reply {
    const struct answer *answer;
    str text;           /* body of ANSWER_TEXT, ANSWER_ECHO, ANSWER_METRICS */
    str type;           /* Content-Type of an echo; empty: none */
    bool to_head;       /* the request was HEAD: no body, the same head */
    bool close;         /* says that the connection ends */
    bool keep_alive_10; /* says that it does not, to an HTTP/1.0 client that asked */
};

/* Adds head and text to *out; what is still to be sent then is *rest (left 0: nothing). */
void reply_write(const struct reply *r, struct buf *out, struct stream *rest);

#endif
