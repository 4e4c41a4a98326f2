/* cli/script_clients.h: the clients of a scenario file, made ready for a plan: names looked up,
 * limits set, an embedded broker started where the file asks for one. */
#ifndef WEIR_CLI_SCRIPT_CLIENTS_H
#define WEIR_CLI_SCRIPT_CLIENTS_H

#include "cli/script_loads.h"
#include "proto/kafka_embedded.h"

struct script_clients {
    struct client_spec *list; /* the plan's: one for each instance; in the arena */
    unsigned n;
    unsigned connections;            /* of HTTP, at most to each server; 0: no such client */
    const char *target;              /* where they lead, for people */
    struct kafka_embedded *embedded; /* NULL: none */
};

/* Blocks. False with a sentence. To be closed in any case. `run`: the plan's id. */
bool script_clients_open(struct script_clients *c, struct program *p,
                         const struct script_loads *loads, uint64_t run, struct arena *arena,
                         struct err *e);
void script_clients_close(struct script_clients *c);

#endif
