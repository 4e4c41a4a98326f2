/* base/thread.h: where threads begin. Each has a name, which top -H, gdb and
 * /proc/PID/task/TID/comm show, and leaves signals that come from outside to the threads that ask
 * for them. Any thread. */
#ifndef WEIR_BASE_THREAD_H
#define WEIR_BASE_THREAD_H

#include <pthread.h>
#include <signal.h>

/* Begins main(arg) on a thread of its own; the caller joins or detaches it. 0, or an errno: then
 * there is none. Of its name the first 15 bytes count (pthread_setname_np(3)). */
int thread_start(pthread_t *thread, void *(*main)(void *arg), void *arg, const char *name, ...)
    __attribute__((format(printf, 4, 5)));

/* From here to thread_signals_back, threads that a library makes on this thread leave signals to
 * others too. What a thread gets of its own doing stays: faults (rescue.h and sanitizers have
 * handlers), and what weir sends it (real-time signals, lua_watch.c). */
void thread_signals_off(sigset_t *before);
void thread_signals_back(const sigset_t *before);

#endif
