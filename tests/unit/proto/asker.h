/* tests/unit/proto/asker.h: what the engine is to an HTTP client, as small as it can be: opens one
 * on a loop with servers, makes calls, and notes what came of them. */
#ifndef WEIR_UNIT_PROTO_ASKER_H
#define WEIR_UNIT_PROTO_ASKER_H

#include "proto/http_client.h"
#include "proto/origin.h"

enum { ORIGINS = 2 };

struct asker {
    struct loop *loop;
    struct offload *offload;
    struct arena arena;
    struct origin origins[ORIGINS];
    struct http_origin where[ORIGINS];
    struct http_config config; /* the test's to change before asker_start */
    struct client *client;
    bool ready, closed;
    struct err why; /* it is not ready */
};

/* A call and what belongs to it; the test's to change before ask_start. */
struct ask {
    struct asker *asker;
    struct http_definition definition;
    struct http_message message;
    struct reply reply;
    struct outcome outcome;
    bool done;
    struct call *call;
};

void asker_open(struct asker *a, struct loop *l); /* servers listen; the config names them */
void asker_start(struct asker *a);                /* until the client is ready, or says why not */
void asker_close(struct asker *a);                /* with the loop */

/* A request to the first origin: "GET /path", with header lines "Name: value\n..." (MAY be NULL).
 */
struct ask *ask_make(struct asker *a, const char *line, const char *headers);
void ask_start(struct ask *q, void *session); /* session: NULL or the user's */
void ask_wait(struct ask *q);                 /* until it is done */
void ask_free(struct ask *q);                 /* the engine is done with its outcome */

/* All of these for a call of whose outcome only the status is looked at. */
void ask(struct asker *a, void *session, const char *line, unsigned status);

#endif
