/* cli/settings.h: from the words of a command line to settings that its command can run with. */
#ifndef WEIR_CLI_SETTINGS_H
#define WEIR_CLI_SETTINGS_H

#include "cli/command.h"

/* Where the words, the environment and, for a command that has --config, its file led to. */
enum settings_outcome {
    SETTINGS_READY, /* run the command */
    SETTINGS_HELP,  /* the user asked for help */
    SETTINGS_PRINT, /* the user asked to see the settings (args_print) */
    SETTINGS_WRONG, /* the sentence is in *e */
};

struct settings {
    struct args args;
    struct args_grammar grammar;
    char command[64]; /* "weir http" */
};

/* argv: the words behind the command's name. argv and environment live as long as *s. */
enum settings_outcome settings_read(struct settings *s, const struct command *c, int argc,
                                    char *const *argv, char *const *environment, struct err *e);
void settings_close(struct settings *s);

#endif
