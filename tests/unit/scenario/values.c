/* A scope that looks texts up in a list. */
#include "values.h"

#include <string.h>

#include "scenario/kafka_record.h"

static const struct value *find(const struct values *v, const char *before, str name)
{
    for (const struct value *at = v->list; at->name; at++) {
        str there = str_from(at->name);
        if (str_starts(there, str_from(before)) && str_eq(str_skip(there, strlen(before)), name))
            return at;
    }
    return NULL;
}

static bool value(struct template_scope *scope, const struct template_part *part, struct buf *out,
                  struct err *e)
{
    const struct values *v = (const struct values *)scope;
    const struct value *found = find(v, part->source == SOURCE_VU ? "vu." : "", part->name->text);
    if (!found && scope->ids && part->name->number == OWN_CORRELATION_ID) {
        record_add_id(out, scope->ids);
        return true;
    }
    if (!found)
        return err_set(e, ERR_USAGE, STR_FMT " is not set", STR_ARG(part->text));
    return escape_add((enum template_escape)part->escape, str_from(found->value), out, e);
}

static enum variable_kind variable(struct template_scope *scope, const char *name, struct buf *out,
                                   struct err *e)
{
    const struct value *found = find((const struct values *)scope, "", str_from(name));
    (void)e;
    if (!found)
        return VARIABLE_ABSENT;
    if (!found->value)
        return VARIABLE_NULL;
    buf_str(out, str_from(found->value));
    return VARIABLE_THERE;
}

static bool has(struct template_scope *scope, const char *name)
{
    const struct values *v = (const struct values *)scope;
    return strcmp(name, "headers") == 0 ? v->headers != NULL : find(v, "", str_from(name)) != NULL;
}

static bool headers(struct template_scope *scope, void (*each)(void *to, str name, str text),
                    void *to, struct err *e)
{
    const struct values *v = (const struct values *)scope;
    (void)e;
    for (const struct value *at = v->headers; at && at->name; at++)
        each(to, str_from(at->name), at->value ? str_from(at->value) : (str){NULL, 0});
    return true;
}

struct values values_of(const struct value *list, const struct value *pairs)
{
    static const struct value none[] = {{NULL, NULL}};
    return (struct values){
        {.value = value, .variable = variable, .has = has, .headers = headers},
        list ? list : none,
        pairs,
    };
}
