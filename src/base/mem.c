/* Allocation that ends the program when memory is out. */
#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

_Noreturn void mem_out(size_t bytes)
{
    fprintf(stderr,
            "weir: out of memory (%zu bytes more were needed); "
            "fewer users, connections or requests in flight need less\n",
            bytes);
    _Exit(1);
}

static void *checked(void *p, size_t bytes)
{
    if (!p && bytes)
        mem_out(bytes);
    return p;
}

void *mem_alloc(size_t bytes)
{
    return checked(malloc(bytes), bytes);
}

void *mem_zero(size_t bytes)
{
    return checked(calloc(1, bytes), bytes);
}

void *mem_array(size_t count, size_t bytes)
{
    size_t total;
    if (__builtin_mul_overflow(count, bytes, &total))
        mem_out(SIZE_MAX);
    return checked(calloc(count, bytes), total);
}

void *mem_grow(void *old, size_t bytes)
{
    return checked(realloc(old, bytes), bytes);
}

void mem_free(void *p)
{
    free(p);
}

void *mem_room(void *array, size_t used, size_t *capacity, size_t element)
{
    if (used < *capacity)
        return array;
    *capacity = *capacity ? *capacity * 2 : 8;
    size_t total;
    if (__builtin_mul_overflow(*capacity, element, &total))
        mem_out(SIZE_MAX);
    return mem_grow(array, total);
}
