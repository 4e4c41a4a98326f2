/* cli/completion.h: completion of weir's commands, options and their words in shells, made from the
 * tables and never by hand. */
#ifndef WEIR_CLI_COMPLETION_H
#define WEIR_CLI_COMPLETION_H

#include "base/args.h"
#include "cli/command.h"

void completion_bash(struct buf *out);
void completion_fish(struct buf *out);
void completion_zsh(struct buf *out);

/* What they find in the tables. */
enum completion_value { VALUE_NONE, VALUE_ANY, VALUE_FILE, VALUE_WORDS };
enum completion_value completion_value(const struct option *o);
/* Can it be written on a command line at all? */
bool completion_is_flag(const struct option *o);
/* The words of a choice, or those of a command's operands that are to be typed as they stand, with
 * blanks between them. */
void completion_words(const char *from, struct buf *out);
/* Words that follow this first word of commands with two; "": first words. Each once. */
void completion_commands(str group, struct buf *out);

#endif
