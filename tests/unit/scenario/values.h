/* values.h: a scope for these tests: variables as pairs of texts. Those of vu are "vu.x"; a value
 * of NULL is null. */
#ifndef WEIR_UNIT_SCENARIO_VALUES_H
#define WEIR_UNIT_SCENARIO_VALUES_H

#include "unit.h"

#include "scenario/template.h"

struct value {
    const char *name, *value;
};

struct values {
    struct template_scope scope; /* first */
    const struct value *list;    /* ends with one without a name */
    const struct value *headers; /* the variable `headers`; NULL: there is none */
};

struct values values_of(const struct value *list, const struct value *headers);

#endif
