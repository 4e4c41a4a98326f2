/* target/connection.h: one client's connection, from accept to close. Requests are answered one
 * after the other, in order; what is pipelined behind a delayed answer waits. */
#ifndef WEIR_TARGET_CONNECTION_H
#define WEIR_TARGET_CONNECTION_H

#include "target/server.h"

void connection_open(struct server *sv, int fd); /* owns itself from here on */
void connections_close(struct server *sv);       /* all of them, within the next turns */

#endif
