/* scenario/template.h: texts with ${…} in them, cut into pieces once so that rendering is a walk.
 * What a name stands for is the renderer's business; how its value is written here. Pure.
 *   ${name}       a variable, then a field of vu, then one of weir's own (uuid, now, …)
 *   ${vu.field}   a field of vu
 *   ${json:name}  as a JSON value, ${url:name} percent-encoded; else as the place demands
 *   $${           stands for ${ */
#ifndef WEIR_SCENARIO_TEMPLATE_H
#define WEIR_SCENARIO_TEMPLATE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "scenario/names.h"

/* How a value is written into its place. */
enum template_escape {
    ESCAPE_NONE,        /* as it is */
    ESCAPE_URL,         /* percent-encoded: a path segment, a query's or a form's value */
    ESCAPE_HEADER,      /* as it is; line breaks are errors */
    ESCAPE_JSON_STRING, /* inside a JSON string */
    ESCAPE_JSON,        /* as a whole JSON value */
};

enum template_source {
    SOURCE_LITERAL,
    SOURCE_VARIABLE, /* ${name} */
    SOURCE_VU,       /* ${vu.field} */
};

struct template_part {
    str text; /* SOURCE_LITERAL: the bytes; else the placeholder as written, for errors */
    const struct name *name; /* of what it stands for; NULL for a literal */
    uint8_t source, escape;
};

struct template
{
    struct template_part *parts;
    unsigned n;
};

/* A piece of a text before it is compiled: what stands before the next placeholder, and that. */
struct template_piece {
    str literal;     /* `$${` in it still as written */
    str placeholder; /* "${name}"; empty behind the last literal */
};

/* Takes the next piece; false at the end. An open brace without its end is an error (*e set). */
bool template_next(str *rest, struct template_piece *out, struct err *e);

/* Adds a piece's literal as it is meant: `$${` becomes `${`. */
void template_literal_add(str literal, struct buf *out);

/* Compiles: the text is copied into the arena, names are added to `names`. False with a sentence
 * (ERR_USAGE): an unclosed or empty placeholder, a name with a brace, a $ or a control
 * character; columns of data files may have any other. */
bool template_compile(str text, enum template_escape escape, struct names *names,
                      struct arena *arena, struct template *out, struct err *e);

/* One literal, or nothing: the same each time. */
bool template_is_constant(const struct template *t);
str template_constant(const struct template *t);

enum variable_kind { VARIABLE_ABSENT, VARIABLE_NULL, VARIABLE_THERE, VARIABLE_WRONG };

/* Where names mean something: the one call that is being made. */
struct template_scope {
    /* Where ${correlation_id} may stand: its places in `out` are noted here (size_t each), to be
     * written later. NULL: nowhere. */
    struct buf *ids;
    /* MUST. Writes what a placeholder stands for, escaped. */
    bool (*value)(struct template_scope *s, const struct template_part *part, struct buf *out,
                  struct err *e);
    /* MUST. A field that the definition left out: the call's variable of that name, as it is.
     * VARIABLE_WRONG: *e says why. */
    enum variable_kind (*variable)(struct template_scope *s, const char *name, struct buf *out,
                                   struct err *e);
    /* MUST. Does the call have a variable of that name? */
    bool (*has)(struct template_scope *s, const char *name);
    /* MUST. The call's variable `headers`, pair by pair; value.p is NULL for null. Nothing without
     * such a variable. */
    bool (*headers)(struct template_scope *s, void (*each)(void *to, str name, str value), void *to,
                    struct err *e);
};

/* Writes the parts one after the other. */
bool template_render(const struct template *t, struct template_scope *s, struct buf *out,
                     struct err *e);

/* Adds a text to `out` as its place demands. False: it cannot stand there. */
bool escape_add(enum template_escape escape, str text, struct buf *out, struct err *e);

#endif
