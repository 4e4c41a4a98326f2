/* Words by number. A text that is there already costs a look-up under the lock. */
#include "scenario/names.h"

void names_init(struct names *names, unsigned most)
{
    *names = (struct names){.most = most};
    pthread_mutex_init(&names->lock, NULL);
}

static struct name *make(struct names *names, str text)
{
    struct name *name = arena_alloc(&names->arena, sizeof *name);
    name->text = arena_dup(&names->arena, text);
    name->number = names->n++;
    map_put(&names->by_text, name->text, name);
    return name;
}

const struct name *names_add(struct names *names, str text)
{
    pthread_mutex_lock(&names->lock);
    struct name *name = map_get(&names->by_text, text);
    if (!name && names->n < names->most)
        name = make(names, text);
    pthread_mutex_unlock(&names->lock);
    return name;
}

void names_free(struct names *names)
{
    map_free(&names->by_text);
    arena_free(&names->arena);
    pthread_mutex_destroy(&names->lock);
}
