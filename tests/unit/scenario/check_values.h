/* Values to compare with. */
#ifndef WEIR_UNIT_SCENARIO_CHECK_VALUES_H
#define WEIR_UNIT_SCENARIO_CHECK_VALUES_H

#include "scenario/checks.h"

static inline struct check_value text(const char *z)
{
    return (struct check_value){.kind = VALUE_TEXT, .text = str_from(z)};
}

static inline struct check_value number(double v)
{
    return (struct check_value){.kind = VALUE_NUMBER, .number = v};
}

static inline struct check_value word(enum check_value_kind kind)
{
    return (struct check_value){.kind = kind};
}

#endif
