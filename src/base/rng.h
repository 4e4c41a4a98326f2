/* base/rng.h: seeded random numbers, the same on every machine. xoshiro256** (Blackman, Vigna,
 * 2018, https://prng.di.unimi.it/), seeded through splitmix64. Not for secrets. */
#ifndef WEIR_BASE_RNG_H
#define WEIR_BASE_RNG_H

#include <stdint.h>

struct rng {
    uint64_t s[4];
};

struct rng rng_make(uint64_t seed, uint64_t stream); /* streams of one seed are independent */
uint64_t rng_u64(struct rng *r);
uint64_t rng_below(struct rng *r,
                   uint64_t limit); /* uniform in 0 .. limit-1, without bias; limit > 0 */
double rng_unit(struct rng *r);     /* uniform in [0, 1), 53 bits */
double rng_exp(struct rng *r);      /* Exp(1): mean 1, always > 0 */

/* The k-th number of a sequence, without those before it. The bias of rng_at_below is limit / 2^64.
 */
uint64_t rng_at(uint64_t seed, uint64_t k);
uint64_t rng_at_below(uint64_t seed, uint64_t k, uint64_t limit); /* 0 .. limit-1; limit > 0 */

uint64_t rng_draw_seed(void); /* from the kernel; at most 53 bits, so that JSON keeps it exact */

#endif
