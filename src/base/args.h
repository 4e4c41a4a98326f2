/* base/args.h: the settings of one command: declared in const tables, read from flags, environment
 * and a file, kept as text with their origin, checked in one place, then read by type. Knows no
 * particular option. One thread; a struct args never changes after args_check.
 *
 * Precedence: flag > environment > file > default. The strongest origin of an option holds whole:
 * repeated values of a weaker one are not added to it. The origins are read in that order. */
#ifndef WEIR_BASE_ARGS_H
#define WEIR_BASE_ARGS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum arg_origin {
    ARG_DEFAULT,     /* the table */
    ARG_FILE,        /* a configuration file */
    ARG_ENVIRONMENT, /* a variable */
    ARG_FLAG,        /* the command line */
};

/* Bits for option.from. */
enum {
    FROM_FILE = 1 << ARG_FILE,
    FROM_ENVIRONMENT = 1 << ARG_ENVIRONMENT,
    FROM_FLAG = 1 << ARG_FLAG,
};

enum option_type {
    OPTION_SWITCH,   /* true false yes no 1 0; on the command line its name alone is true */
    OPTION_TEXT,     /* anything */
    OPTION_CHOICE,   /* one of the words of `argument`: "uniform|poisson" */
    OPTION_DURATION, /* units_duration */
    OPTION_RATE,     /* units_rate */
    OPTION_COUNT,    /* units_count */
};

/* One line of a table. A table ends with an option without a name. */
struct option {
    const char *name; /* MUST: long name, "max-in-flight"; also the file's key and the variable's */
    const char *alias;   /* MAY: a second long name */
    const char *letters; /* MAY: short names, "mX" for -m and -X */
    enum option_type type;
    const char *argument;  /* MUST but for a switch: what stands for the value in the help, "N" */
    const char *help;      /* MUST: a line, ASCII, begins small, no full stop */
    const char *group;     /* MUST: its heading in the help */
    const char *fallback;  /* MAY: the default as a value; read like any other value */
    const char *otherwise; /* MAY: instead: the default in words, for people ("the timeout") */
    uint64_t least;        /* smallest count, or ns of a duration */
    unsigned from;         /* FROM_ bits of the origins it may have; 0: all */
    const char *implied;   /* MAY: what its name alone means; a value then hangs on it by = or
                            * begins like this one */
    bool repeats;          /* may be given again; in a variable, one value a line */
    const char *variable;  /* MAY: a variable of another convention, weaker than the command's own;
                            * for a switch any text in it means true (NO_COLOR) */
    bool (*check)(str value, struct err *e);  /* MAY: asked after the type was found right */
    void (*mask)(str value, struct buf *out); /* MAY: writes what may be shown of a secret */
};

/* What a program says about one of its commands. */
struct args_grammar {
    const char *command;                /* "weir http", for sentences */
    const char *prefix;                 /* of its environment variables: "WEIR_" */
    const char *operand;                /* MAY: what its operands are called: "URL" */
    unsigned family;                    /* a mark of the program's own, for `refuse` */
    const struct option *const *tables; /* ends with NULL */
    void (*mask_operand)(str value, struct buf *out); /* MAY: as option.mask */

    /* MAY: asked about each flag ("--vus", "-z", "-rate") with the text that follows it (perhaps
     * none): true refuses it with a sentence in *e. `known`: the tables have this flag. Unknown
     * keys and variables are asked about as "--key". */
    bool (*refuse)(const struct args_grammar *g, str flag, str value, bool known, struct err *e);
    /* MAY: is this long name, unknown here, a setting from there of another command? */
    bool (*elsewhere)(str name, enum arg_origin from);
};

/* An option with what it is set to. */
struct arg {
    const struct option *option;
    str *values; /* all of one origin */
    size_t n, capacity;
    enum arg_origin origin;
    str where; /* flag as typed, name of the variable or file; empty for a default */
};

/* A file's key that is a setting of another command. */
struct arg_unused {
    str name, where;
};

struct args {
    const struct args_grammar *grammar;
    struct arena arena; /* for texts that live as long as this */
    struct arg *list;   /* each option of the tables, in their order */
    size_t n;
    str *operands; /* what is no option, in order */
    size_t n_operands;
    struct arg_unused *unused;
    size_t n_unused, unused_capacity;
};

/* The grammar stays. All readers of settings give false with a sentence (ERR_USAGE). */
void args_open(struct args *a, const struct args_grammar *grammar);
void args_close(struct args *a);

/* Reads what follows the command's name. argv lives as long as *a. */
bool args_flags(struct args *a, int argc, char *const *argv, struct err *e);

/* Reads "NAME=value" strings that live as long as *a. Warns (base/log.h) of variables that have the
 * prefix and no meaning. */
bool args_environment(struct args *a, char *const *environment, struct err *e);

/* For readers of files. Finds an option by long name, if it may come from there; NULL. */
struct arg *args_find(const struct args *a, str name, enum arg_origin from);
/* Sets or adds a value; ignores it where a stronger origin has spoken. The texts are not copied. */
bool args_put(struct arg *arg, str value, enum arg_origin origin, str where, struct err *e);
/* Names the long option nearest to a wrong one, or gives an empty str. */
str args_nearest(const struct args *a, str wrong, enum arg_origin from);
void args_note_unused(struct args *a, str name, str where);

/* After all origins were read: each value against its type, `least` and `check`. The sentence names
 * the option as it was given and where it came from: "--rate: 'x' is not a rate; … (from
 * WEIR_RATE)". */
bool args_check(const struct args *a, struct err *e);

/* Readers, after args_check. `name` is in the tables with that type. Where there is neither a value
 * nor a fallback, the number readers give `otherwise`. */
bool args_given(const struct args *a, const char *name); /* not by default */
bool args_switch(const struct args *a, const char *name);
str args_text(const struct args *a, const char *name);        /* {NULL, 0} when unset */
unsigned args_choice(const struct args *a, const char *name); /* index of the word in `argument` */
uint64_t args_duration(const struct args *a, const char *name, uint64_t otherwise_ns);
double args_rate(const struct args *a, const char *name, double otherwise);
uint64_t args_count(const struct args *a, const char *name, uint64_t otherwise);
size_t args_times(const struct args *a, const char *name); /* values of a repeated option */
str args_item(const struct args *a, const char *name, size_t i);

/* The option as the user knows it, for sentences: "-d", "--duration (from WEIR_DURATION)". */
void args_name(const struct args *a, const char *name, struct buf *out);

/* Operands and options, one after the other: name ("--rate"), value on one line with secrets
 * masked, origin ("flag -r", "default"); a repeated option once for each value. Texts are valid
 * during the call. */
void args_walk(const struct args *a, void (*visit)(void *owner, str name, str value, str origin),
               void *owner);
/* The same as text, aligned. */
void args_print(const struct args *a, struct buf *out);

/* The tables for people. `options_at` gives the i-th option of all tables, then NULL. */
const struct option *options_at(const struct option *const *tables, size_t i);
bool options_opens_group(const struct option *const *tables, size_t i); /* first with its heading */
void option_spelling(const struct option *o, struct buf *out); /* "-m, -X, --method METHOD" */
void option_variable(const struct option *o, const char *prefix, struct buf *out); /* "WEIR_RATE" */
void option_words(const struct option *o, struct buf *out); /* its help, "(repeatable)", "[10s]" */
const char *option_default(const struct option *o);         /* value or words; NULL: none */
/* The help: groups, aligned and wrapped at 100 columns. */
void options_help(const struct option *const *tables, const char *prefix, struct buf *out);
/* "term" in the left column, words beside it, wrapped: one line of such a help. */
void options_item(const char *term, const char *words, struct buf *out);

#endif
