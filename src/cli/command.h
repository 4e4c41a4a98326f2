/* cli/command.h: a sub-command is one file cmd_*.c that opens with its own const table entry; the
 * entries are listed in commands.c. Help, man page and option reference are made from them. */
#ifndef WEIR_CLI_COMMAND_H
#define WEIR_CLI_COMMAND_H

#include "base/args.h"
#include "cli/foreign.h"

struct command {
    const char *name;     /* MUST: "http", or two words: "kafka produce" */
    const char *summary;  /* MUST: half a line for the list of commands */
    const char *operands; /* MAY: "URL"; in brackets when it may be left out */
    size_t least, most;   /* how many operands it takes */
    struct example {
        const char *words; /* what it does */
        const char *line;  /* to be typed as it stands */
    } examples[4];         /* ends with an empty one; the first is the one to try first */
    const struct option *const *tables; /* MUST: ends with NULL; its own first, then shared ones */
    enum family family;                 /* MAY: whose foreign flags are answered */
    void (*mask_operand)(str value,
                         struct buf *out); /* MAY: writes what may be shown of an operand */

    /* MUST: does the work with settings that were read and checked, and gives the exit code. A
     * sentence set in *e is printed by the caller, and its kind decides the exit code instead. */
    int (*run)(const struct args *settings, struct err *e);
};

/* All commands of this version; ends with NULL. */
extern const struct command *const commands[];

/* The command whose name these words begin with, and how many of them that name has; NULL: none. */
const struct command *command_find(const str *words, size_t n, size_t *used);
/* Is this the first word of commands with two: "kafka"? */
bool command_is_group(str word);
/* Sets the sentence for words that begin with no command, at least one; false. */
bool command_unknown(const str *words, size_t n, struct err *e);

#endif
