#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/command.h"

/*
 * A line on the terminal while something takes long. A thread of its own waits, so that
 * nothing of what is being done knows about it or is interrupted by it.
 */
static struct {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t stopped;
    const char *what; /* NULL: not running */
    bool stop, shown;
} progress = { .mutex = PTHREAD_MUTEX_INITIALIZER,
               .stopped = PTHREAD_COND_INITIALIZER };

static void *wait_and_show(void *nothing)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    pthread_mutex_lock(&progress.mutex);
    for (int seconds = 1; !progress.stop; seconds++) {
        until.tv_sec++;
        while (!progress.stop &&
               pthread_cond_timedwait(&progress.stopped, &progress.mutex, &until) == 0)
            continue;
        if (progress.stop)
            break;
        fprintf(stderr, "\r%s, %d s ...", progress.what, seconds);
        fflush(stderr);
        progress.shown = true;
    }
    pthread_mutex_unlock(&progress.mutex);
    return nothing;
}

void invocation_progress(const struct invocation *invocation, const char *what)
{
    const char *terminal = getenv("TERM");
    if (invocation->quiet || invocation->json || !isatty(STDERR_FILENO) || !terminal ||
        strcmp(terminal, "dumb") == 0)
        return;
    progress.what = what;
    progress.stop = progress.shown = false;
    if (pthread_create(&progress.thread, NULL, wait_and_show, NULL) != 0)
        progress.what = NULL;
}

void progress_stop(void)
{
    if (!progress.what)
        return;
    pthread_mutex_lock(&progress.mutex);
    progress.stop = true;
    pthread_cond_signal(&progress.stopped);
    pthread_mutex_unlock(&progress.mutex);
    pthread_join(progress.thread, NULL);
    if (progress.shown)
        fputs("\r\033[K", stderr);
    progress.what = NULL;
}
