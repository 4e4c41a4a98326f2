/* xoshiro256**, seeded through splitmix64. */
#include "base/rng.h"

#include <math.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/u128.h"

static uint64_t splitmix64(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint64_t rotate(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

struct rng rng_make(uint64_t seed, uint64_t stream)
{
    uint64_t a = seed, b = stream ^ UINT64_C(0x6a09e667f3bcc909);
    uint64_t state = splitmix64(&a) ^ rotate(splitmix64(&b), 32);
    struct rng r;
    for (int i = 0; i < 4; i++)
        r.s[i] = splitmix64(&state);
    return r;
}

uint64_t rng_u64(struct rng *r)
{
    uint64_t *s = r->s, result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

uint64_t rng_below(struct rng *r, uint64_t limit)
{
    /* Lemire, "Fast random integer generation in an interval", 2019. */
    u128 m = (u128)rng_u64(r) * limit;
    if ((uint64_t)m < limit) {
        uint64_t reject = -limit % limit;
        while ((uint64_t)m < reject)
            m = (u128)rng_u64(r) * limit;
    }
    return (uint64_t)(m >> 64);
}

uint64_t rng_at(uint64_t seed, uint64_t k)
{
    uint64_t state = seed + k * UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 steps by this */
    return splitmix64(&state);
}

uint64_t rng_at_below(uint64_t seed, uint64_t k, uint64_t limit)
{
    return (uint64_t)(((u128)rng_at(seed, k) * limit) >> 64);
}

double rng_unit(struct rng *r)
{
    return (double)(rng_u64(r) >> 11) * 0x1.0p-53;
}

double rng_exp(struct rng *r)
{
    return -log1p(-((double)(rng_u64(r) >> 11) + 0.5) * 0x1.0p-53);
}

uint64_t rng_draw_seed(void)
{
    uint64_t v;
    if (getrandom(&v, sizeof v, 0) != sizeof v)
        v = clock_wall_ns();
    return v >> 11;
}
