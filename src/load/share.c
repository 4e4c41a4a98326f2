/* Part i of n by k mod n: nobody has to be asked, and no two parts differ by more than one. */
#include "load/share.h"

#include <assert.h>

uint64_t share_of(struct share s, uint64_t total)
{
    assert(s.index < s.of);
    return total > s.index ? (total - s.index - 1) / s.of + 1 : 0;
}

uint64_t share_element(struct share s, uint64_t j)
{
    return s.index + j * s.of;
}

struct share share_nest(struct share outer, struct share inner)
{
    return (struct share){outer.index + outer.of * inner.index, outer.of * inner.of};
}
