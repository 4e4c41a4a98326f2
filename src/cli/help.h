/* cli/help.h: the texts for people at a terminal, at most 100 columns wide, made from the tables.
 */
#ifndef WEIR_CLI_HELP_H
#define WEIR_CLI_HELP_H

#include "cli/command.h"

void help_overview(struct buf *out);        /* what weir is, its commands, what to type first */
void help_group(str word, struct buf *out); /* the same for commands that begin with this word */
void help_command(const struct command *c, struct buf *out);
void help_exit_codes(struct buf *out);
void help_usage(const struct command *c, struct buf *out); /* "weir http URL [options]" */

extern const char help_tagline[]; /* what weir is, one line without a full stop */

/* The exit codes with their meanings; ends with one without words. */
struct exit_code {
    int code;
    const char *words;
};
extern const struct exit_code exit_codes[];

#endif
