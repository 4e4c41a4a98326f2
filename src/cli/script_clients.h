/* cli/script_clients.h: the clients of a scenario file, made ready for a plan: names looked up,
 * limits set, an embedded broker started where the file asks for one. */
#ifndef WEIR_CLI_SCRIPT_CLIENTS_H
#define WEIR_CLI_SCRIPT_CLIENTS_H

#include "cli/script_loads.h"
#include "proto/kafka_embedded.h"
#include "proto/kafka_rpc.h"
#include "proto/kafka_take.h"

/* Those of one client of the file that waits for replies. */
struct script_rpc {
    struct kafka_rpc_config *configs; /* one for each of a worker's */
    unsigned n;
};

struct script_clients {
    struct client_spec *list; /* the plan's: one for each instance; in the arena */
    unsigned n;
    unsigned connections;            /* of HTTP, at most to each server, for people; 0: no such
                                      * client, or the number of users says more */
    const char *target;              /* where they lead, for people */
    struct kafka_embedded *embedded; /* NULL: none */
    struct script_rpc *rpcs;         /* in the arena */
    unsigned n_rpcs;
    struct kafka_take_config **takes; /* of those that await records; in the arena */
    unsigned n_takes;
};

/* Blocks. False with a sentence. To be closed in any case. `run`: the plan's id. */
bool script_clients_open(struct script_clients *c, struct program *p,
                         const struct script_loads *loads, uint64_t run, struct arena *arena,
                         struct err *e);
/* Before each run with them: by so many workers. */
void script_clients_crew(struct script_clients *c, unsigned workers);
void script_clients_close(struct script_clients *c);

#endif
