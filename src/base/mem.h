/* base/mem.h: allocation that cannot fail quietly. When memory is out, the program ends with a
 * sentence and exit code 1; where input sets the size, the caller checks the size first. */
#ifndef WEIR_BASE_MEM_H
#define WEIR_BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t bytes);               /* not cleared */
void *mem_zero(size_t bytes);                /* cleared */
void *mem_array(size_t count, size_t bytes); /* cleared; the product may not overflow */
void *mem_grow(void *old, size_t bytes);     /* as realloc */
void mem_free(void *p);                      /* as free; NULL is fine */

/* Makes room for one element more in a grown array: doubles *capacity when it is full.
 * Returns the (perhaps moved) array. */
void *mem_room(void *array, size_t used, size_t *capacity, size_t element);

/* Ends the program: "out of memory (N bytes)". */
_Noreturn void mem_out(size_t bytes);

#endif
