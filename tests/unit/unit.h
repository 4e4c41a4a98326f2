/* unit.h: what each unit test includes: cmocka with the headers it wants before it. */
#ifndef WEIR_UNIT_H
#define WEIR_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define UNIT_RUN(tests) cmocka_run_group_tests((tests), NULL, NULL)

#endif
