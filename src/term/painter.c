/* The thread that owns ncurses: it paints the newest canvas, nothing else. */
#include "term/painter.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/thread.h"
#include "term/rescue.h"

/* Where the view is, or shall be. */
enum where { OFF, ON, GONE };

enum { PATIENCE_S = 1 };

struct painter {
    pthread_t thread;
    pthread_mutex_t lock; /* for what follows */
    pthread_cond_t ask, answer;
    enum where wanted, is;
    bool failed;        /* the terminal could not be taken */
    bool fresh, anew;   /* there is something to paint; on a screen that nobody knows */
    struct canvas next; /* that */
    int messages;       /* for rescue_arm */
    /* The thread's own: */
    struct canvas canvas;
    FILE *out;
    SCREEN *screen;
    bool color;
    struct termios before;
};

/* ---- ncurses ---- */

static __thread struct buf *put_into;

static int put_byte(int c)
{
    buf_char(put_into, (char)c);
    return c;
}

/* What gives the terminal back when nobody can ask ncurses any more. */
static void compose_leave(struct buf *out)
{
    static const char *const names[] = {"sgr0", "op", "rmkx", "cnorm", "rmcup"};
    put_into = out;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *s = tigetstr((char *)names[i]);
        if (s && s != (char *)-1)
            tputs(s, 1, put_byte);
    }
}

static void arm(struct painter *p)
{
    struct buf leave = {0};
    compose_leave(&leave);
    pthread_mutex_lock(&p->lock);
    int messages = p->messages;
    pthread_mutex_unlock(&p->lock);
    rescue_arm(fileno(p->out), buf_view(&leave), &p->before, messages);
    buf_free(&leave);
}

/* Ctrl-C, Ctrl-Z and Ctrl-\ stay signals; Ctrl-S does not stop the terminal. */
static void set_up_keys(struct painter *p)
{
    struct termios t;
    cbreak();
    noecho();
    if (tcgetattr(fileno(p->out), &t) == 0) {
        t.c_iflag &= ~(tcflag_t)(IXON | IXOFF);
        tcsetattr(fileno(p->out), TCSANOW, &t);
        def_prog_mode();
    }
}

static void set_up_colors(struct painter *p)
{
    static const short colors[] = {COLOR_GREEN, COLOR_YELLOW, COLOR_RED};
    p->color = p->color && has_colors() && start_color() == OK && use_default_colors() == OK;
    for (short i = 0; i < 3 && p->color; i++)
        init_pair((short)(i + 1), colors[i], -1);
}

static bool take_first(struct painter *p)
{
    tcgetattr(fileno(p->out), &p->before);
    p->screen = newterm(NULL, p->out, stdin);
    if (!p->screen)
        return false;
    set_up_keys(p);
    set_up_colors(p);
    curs_set(0);
    arm(p);
    refresh();
    return true;
}

static bool take(struct painter *p)
{
    if (!p->screen)
        return take_first(p);
    arm(p);
    reset_prog_mode();
    clearok(stdscr, TRUE);
    refresh();
    curs_set(0);
    return true;
}

static void leave(struct painter *p)
{
    if (!p->screen || p->failed)
        return;
    endwin();
    rescue_disarm();
}

static void put_cell(const struct painter *p, unsigned row, unsigned column)
{
    static const struct {
        attr_t attributes;
        short pair;
    } inks[INKS] = {
        [PLAIN] = {A_NORMAL, 0},    [BOLD] = {A_BOLD, 0},        [DIM] = {A_DIM, 0},
        [GREEN] = {A_NORMAL, 1},    [YELLOW] = {A_NORMAL, 2},    [RED] = {A_NORMAL, 3},
        [BOLD_GREEN] = {A_BOLD, 1}, [BOLD_YELLOW] = {A_BOLD, 2}, [BOLD_RED] = {A_BOLD, 3},
    };
    const struct cell *cell = canvas_at(&p->canvas, row, column);
    cchar_t c;
    if (cell->text[0] == 0)
        return; /* the character before it is there already */
    setcchar(&c, cell->text, inks[cell->ink].attributes, p->color ? inks[cell->ink].pair : 0, NULL);
    mvadd_wch((int)row, (int)column, &c);
}

static void paint(struct painter *p, bool anew)
{
    const struct canvas *c = &p->canvas;
    if (c->width == 0 || c->height == 0)
        return;
    if ((int)c->height != LINES || (int)c->width != COLS) {
        resizeterm((int)c->height, (int)c->width);
        anew = true;
    }
    erase();
    if (anew)
        clearok(stdscr, TRUE);
    for (unsigned row = 0; row < c->height; row++)
        for (unsigned column = 0; column < c->width; column++)
            put_cell(p, row, column);
    refresh();
}

/* ---- the thread ---- */

static void move_to(struct painter *p, enum where wanted)
{
    pthread_mutex_unlock(&p->lock);
    bool good = true;
    if (wanted == ON)
        good = take(p);
    else if (p->is == ON) /* one that is in the background must not touch the terminal */
        leave(p);
    pthread_mutex_lock(&p->lock);
    p->failed = p->failed || !good;
    p->is = wanted;
    pthread_cond_signal(&p->answer);
}

static void paint_next(struct painter *p)
{
    struct canvas c = p->canvas;
    bool anew = p->anew;
    p->canvas = p->next;
    p->next = c;
    p->fresh = p->anew = false;
    if (p->is != ON || p->failed)
        return;
    pthread_mutex_unlock(&p->lock);
    paint(p, anew);
    pthread_mutex_lock(&p->lock);
}

static void *run(void *arg)
{
    struct painter *p = arg;
    pthread_mutex_lock(&p->lock);
    while (p->is != GONE) {
        if (p->wanted != p->is)
            move_to(p, p->wanted);
        else if (p->fresh)
            paint_next(p);
        else
            pthread_cond_wait(&p->ask, &p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* Asks for it and waits a while. */
static bool be(struct painter *p, enum where wanted)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_S;
    pthread_mutex_lock(&p->lock);
    p->wanted = wanted;
    pthread_cond_signal(&p->ask);
    while (p->is != wanted && pthread_cond_timedwait(&p->answer, &p->lock, &until) == 0)
        ;
    bool there = p->is == wanted;
    pthread_mutex_unlock(&p->lock);
    return there;
}

/* ---- for the run's thread ---- */

bool painter_fits(int fd, struct err *e)
{
    const char *kind = getenv("TERM");
    int found;
    if (!kind || !*kind)
        return err_set(e, ERR_RUN, "TERM does not say what this terminal is");
    if (setupterm(NULL, fd, &found) != OK)
        return err_set(e, ERR_RUN, "nobody knows a terminal '%s' here (TERM)", kind);
    bool fits = cursor_address && clear_screen;
    del_curterm(cur_term);
    return fits || err_set(e, ERR_RUN, "the terminal '%s' cannot place a cursor", kind);
}

static void free_painter(struct painter *p)
{
    if (p->screen)
        delscreen(p->screen);
    if (p->out)
        fclose(p->out);
    canvas_free(&p->next);
    canvas_free(&p->canvas);
    pthread_cond_destroy(&p->ask);
    pthread_cond_destroy(&p->answer);
    pthread_mutex_destroy(&p->lock);
    mem_free(p);
}

struct painter *painter_open(int fd, bool color, int messages, struct err *e)
{
    struct painter *p = mem_zero(sizeof *p);
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    p->color = color;
    p->messages = messages;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->ask, NULL);
    pthread_cond_init(&p->answer, NULL);
    p->out = copy < 0 ? NULL : fdopen(copy, "w");
    int error = p->out ? thread_start(&p->thread, run, p, "weir painter") : errno;
    if (error) {
        err_set(e, ERR_RUN, "cannot take the terminal: %s", strerror(error));
        free_painter(p);
        return NULL;
    }
    be(p, ON);
    if (!p->failed)
        return p;
    err_set(e, ERR_RUN, "ncurses cannot take the terminal");
    painter_close(p);
    return NULL;
}

void painter_show(struct painter *p, struct canvas *c, bool anew)
{
    pthread_mutex_lock(&p->lock);
    struct canvas before = p->next;
    p->next = *c;
    *c = before;
    p->fresh = true;
    p->anew = p->anew || anew;
    pthread_cond_signal(&p->ask);
    pthread_mutex_unlock(&p->lock);
}

bool painter_leave(struct painter *p)
{
    return be(p, OFF);
}

bool painter_return(struct painter *p, int messages)
{
    pthread_mutex_lock(&p->lock);
    p->messages = messages;
    pthread_mutex_unlock(&p->lock);
    return be(p, ON);
}

/* One whose terminal takes nothing keeps its memory: its thread may still write. */
void painter_close(struct painter *p)
{
    if (!p)
        return;
    if (!be(p, OFF) || !be(p, GONE)) {
        pthread_detach(p->thread);
        return;
    }
    pthread_join(p->thread, NULL);
    free_painter(p);
}
