/* Which records were taken, by whichever worker: each reads all of them, and one call gets each. A
 * lock for each partition, held for a moment; a worker that is alone needs none. */
#include <pthread.h>

#include "base/mem.h"
#include "proto/kafka_take_client.h"
#include "stats/seqset.h"

struct partition {
    pthread_mutex_t lock;
    struct seqset taken; /* offsets */
};

struct kafka_take_crew {
    unsigned workers;
    _Atomic unsigned resting;
    pthread_mutex_t lock; /* of the list, which grows */
    struct partition **partitions;
    size_t n, capacity;
};

struct kafka_take_crew *kafka_take_crew_make(unsigned workers)
{
    struct kafka_take_crew *crew = mem_zero(sizeof *crew);
    crew->workers = workers;
    pthread_mutex_init(&crew->lock, NULL);
    return crew;
}

void kafka_take_crew_free(struct kafka_take_crew *crew)
{
    if (!crew)
        return;
    for (size_t i = 0; i < crew->n; i++) {
        pthread_mutex_destroy(&crew->partitions[i]->lock);
        seqset_free(&crew->partitions[i]->taken);
        mem_free(crew->partitions[i]);
    }
    mem_free(crew->partitions);
    pthread_mutex_destroy(&crew->lock);
    mem_free(crew);
}

static void add_partition(struct kafka_take_crew *crew)
{
    struct partition *p = mem_zero(sizeof *p);
    pthread_mutex_init(&p->lock, NULL);
    crew->partitions =
        mem_room(crew->partitions, crew->n, &crew->capacity, sizeof(struct partition *));
    crew->partitions[crew->n++] = p;
}

static struct partition *find(struct kafka_take_crew *crew, size_t place)
{
    pthread_mutex_lock(&crew->lock);
    while (crew->n <= place)
        add_partition(crew);
    struct partition *p = crew->partitions[place];
    pthread_mutex_unlock(&crew->lock);
    return p;
}

size_t kafka_take_crew_places(struct kafka_take_crew *crew)
{
    pthread_mutex_lock(&crew->lock);
    size_t n = crew->n;
    pthread_mutex_unlock(&crew->lock);
    return n;
}

bool kafka_take_crew_claim(struct kafka_take_crew *crew, size_t place, int64_t offset)
{
    if (crew->workers == 1)
        return true;
    struct partition *p = find(crew, place);
    pthread_mutex_lock(&p->lock);
    bool first = seqset_add(&p->taken, (uint64_t)offset);
    pthread_mutex_unlock(&p->lock);
    return first;
}

void kafka_take_crew_rest(struct kafka_take_crew *crew)
{
    atomic_fetch_add(&crew->resting, 1);
}

bool kafka_take_crew_at_rest(const struct kafka_take_crew *crew)
{
    return atomic_load(&crew->resting) >= crew->workers;
}

int64_t kafka_take_crew_taken_to(struct kafka_take_crew *crew, size_t place)
{
    struct partition *p = find(crew, place);
    pthread_mutex_lock(&p->lock);
    int64_t to = p->taken.count ? (int64_t)p->taken.highest + 1 : 0;
    pthread_mutex_unlock(&p->lock);
    return to;
}
