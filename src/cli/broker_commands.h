/* cli/broker_commands.h: what one can tell a running `weir broker`, by --fault or a line on its
 * standard input: "rtt 100ms", "down 2", "error PRODUCE NOT_LEADER_FOR_PARTITION 3". */
#ifndef WEIR_CLI_BROKER_COMMANDS_H
#define WEIR_CLI_BROKER_COMMANDS_H

#include "proto/kafka_embedded.h"

struct broker_control {
    struct kafka_embedded *broker;
    unsigned partitions; /* of a topic that is made without a number of them */
};

/* Does what the line says; *done says what that was, without an end of line. False with a sentence:
 * nothing was done. */
bool broker_command(const struct broker_control *c, str line, struct buf *done, struct err *e);

#endif
