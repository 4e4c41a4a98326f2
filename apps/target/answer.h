/* target/answer.h: what one request will be answered with. Decided when its head was read
 * (routes.c, faults.c), written when its body has come and its delay is over (reply.c). */
#ifndef WEIR_TARGET_ANSWER_H
#define WEIR_TARGET_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

enum answer_body {
    ANSWER_TEXT,    /* JSON in the connection's `body` */
    ANSWER_PING,    /* {"message":"pong"}, then spaces up to `size` */
    ANSWER_FILLER,  /* `size` letters */
    ANSWER_ECHO,    /* the request's body and its Content-Type */
    ANSWER_METRICS, /* the counters of that moment */
    ANSWER_NONE,    /* no body at all (204, 304) */
};

struct answer {
    uint16_t status;
    uint8_t body;       /* enum answer_body */
    bool counted;       /* is part of the load: counted, logged, subject to faults */
    bool chunked;       /* the filler is sent in chunks */
    bool wants_json;    /* the metrics as JSON */
    uint32_t redirect;  /* 302: redirects still to come behind this one */
    uint64_t size;      /* bytes of a ping's or filler's body */
    uint64_t spread_ns; /* the filler is sent piece by piece over that time */
    uint64_t delay_ns;  /* after the request has come */
    uint64_t freeze_ns; /* the process stands still for that when this answer has gone out */
};

#endif
