/* A thread inherits its signal mask, so that is set before it is made; its name is given by its
 * maker, so that it has one from when it is known. */
#include "base/thread.h"

#include <stdarg.h>
#include <stdio.h>

void thread_signals_off(sigset_t *before)
{
    static const int own[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTRAP};
    sigset_t others;
    sigfillset(&others);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        sigdelset(&others, own[i]);
    for (int number = SIGRTMIN; number <= SIGRTMAX; number++)
        sigdelset(&others, number);
    pthread_sigmask(SIG_BLOCK, &others, before);
}

void thread_signals_back(const sigset_t *before)
{
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

int thread_start(pthread_t *thread, void *(*main)(void *arg), void *arg, const char *name, ...)
{
    char cut[16];
    va_list words;
    sigset_t before;
    va_start(words, name);
    vsnprintf(cut, sizeof cut, name, words);
    va_end(words);
    thread_signals_off(&before);
    int code = pthread_create(thread, NULL, main, arg);
    thread_signals_back(&before);
    if (code == 0)
        pthread_setname_np(*thread, cut);
    return code;
}
