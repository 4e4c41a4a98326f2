/* Linked into everything that is built for the thread sanitizer, and only there. librdkafka makes
 * its threads and locks by C11's functions, which that sanitizer (gcc 12, clang 14) does not know:
 * it dies in the first thread that it has not seen begin. Here they are made of POSIX's, which it
 * knows; in glibc the types are the same ones. What librdkafka does inside was not built for the
 * sanitizer and cannot be judged by it. */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <threads.h>

const char *__tsan_default_suppressions(void);

const char *__tsan_default_suppressions(void)
{
    return "called_from_lib:librdkafka.so\n"
           "race:^mtx_\n" /* made in one thread, handed over by an atomic of its own, used in
                             another */
           "race:^cnd_\n";
}

static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t), "glibc");
static_assert(sizeof(cnd_t) == sizeof(pthread_cond_t), "glibc");
static_assert(sizeof(once_flag) == sizeof(pthread_once_t), "glibc");

struct beginning {
    thrd_start_t run;
    void *argument;
};

static int result(int error)
{
    if (error == 0)
        return thrd_success;
    if (error == EBUSY)
        return thrd_busy;
    return error == ETIMEDOUT ? thrd_timedout : thrd_error;
}

static void *begin(void *of)
{
    struct beginning b = *(struct beginning *)of;
    free(of);
    return (void *)(intptr_t)b.run(b.argument);
}

int thrd_create(thrd_t *thread, thrd_start_t run, void *argument)
{
    struct beginning *b = malloc(sizeof *b);
    if (!b)
        return thrd_nomem;
    *b = (struct beginning){run, argument};
    return result(pthread_create(thread, NULL, begin, b));
}

int thrd_join(thrd_t thread, int *code)
{
    void *returned;
    int error = pthread_join(thread, &returned);
    if (error == 0 && code)
        *code = (int)(intptr_t)returned;
    return result(error);
}

int mtx_init(mtx_t *m, int type)
{
    pthread_mutexattr_t kind;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_settype(&kind, type & mtx_recursive ? PTHREAD_MUTEX_RECURSIVE
                                                          : PTHREAD_MUTEX_NORMAL);
    return result(pthread_mutex_init((pthread_mutex_t *)m, &kind));
}

int mtx_lock(mtx_t *m)
{
    return result(pthread_mutex_lock((pthread_mutex_t *)m));
}

int mtx_trylock(mtx_t *m)
{
    return result(pthread_mutex_trylock((pthread_mutex_t *)m));
}

int mtx_unlock(mtx_t *m)
{
    return result(pthread_mutex_unlock((pthread_mutex_t *)m));
}

void mtx_destroy(mtx_t *m)
{
    pthread_mutex_destroy((pthread_mutex_t *)m);
}

int cnd_init(cnd_t *c)
{
    return result(pthread_cond_init((pthread_cond_t *)c, NULL));
}

int cnd_signal(cnd_t *c)
{
    return result(pthread_cond_signal((pthread_cond_t *)c));
}

int cnd_broadcast(cnd_t *c)
{
    return result(pthread_cond_broadcast((pthread_cond_t *)c));
}

int cnd_wait(cnd_t *c, mtx_t *m)
{
    return result(pthread_cond_wait((pthread_cond_t *)c, (pthread_mutex_t *)m));
}

int cnd_timedwait(cnd_t *c, mtx_t *m, const struct timespec *until)
{
    return result(pthread_cond_timedwait((pthread_cond_t *)c, (pthread_mutex_t *)m, until));
}

void cnd_destroy(cnd_t *c)
{
    pthread_cond_destroy((pthread_cond_t *)c);
}

void call_once(once_flag *flag, void (*run)(void))
{
    pthread_once((pthread_once_t *)flag, run);
}
