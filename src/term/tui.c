/* The view: what the run tells goes into the model, the model onto a canvas once a second, and keys
 * become orders. */
#include "term/tui.h"

#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "term/capture.h"
#include "term/keys.h"
#include "term/layout.h"
#include "term/model.h"
#include "term/orders.h"
#include "term/painter.h"
#include "term/rescue.h"

/* The newest second makes a drawing; without one it is made after this time. */
#define TICK_NS (5 * NS_PER_S / 4)

struct tui {
    struct sink sink;
    int terminal; /* to paint on; owned */
    int keyboard; /* to read keys from; owned; -1: none */
    bool color, utf8;
    struct control *control; /* the run's */
    bool on;                 /* from being held or started until the books are closed */
    struct model model;
    struct canvas canvas;
    struct painter *painter; /* NULL: not on the screen */
    bool away;               /* in the background, the screen is somebody else's */
    bool watching;           /* the keyboard */
    struct orders orders;
    struct capture capture;
    struct keys keys;
    struct watch keyboard_watch, signal_watch;
    struct timer tick;
};

/* ---- drawing ---- */

static void take_message(void *owner, str line)
{
    struct tui *t = owner;
    lines_add(&t->model.messages, 0, line);
}

/* A terminal that is not the process's own knows no jobs. */
static bool in_foreground(const struct tui *t)
{
    pid_t jobs = tcgetpgrp(t->terminal);
    return jobs < 0 || jobs == getpgrp();
}

static void next_tick(struct tui *t)
{
    loop_timer_disarm(t->control->loop, &t->tick);
    loop_timer_arm(t->control->loop, &t->tick, clock_now_ns() + TICK_NS);
}

static void draw(struct tui *t, bool anew)
{
    struct winsize size = {0};
    if (!t->painter || t->away)
        return;
    capture_read(&t->capture, take_message, t);
    ioctl(t->terminal, TIOCGWINSZ, &size);
    control_look(t->control, &t->model.now);
    canvas_clear(&t->canvas, size.ws_col, size.ws_row, t->utf8);
    if (size.ws_col && size.ws_row)
        layout_draw(&t->model, &t->canvas);
    painter_show(t->painter, &t->canvas, anew);
    next_tick(t);
}

/* ---- on the screen, and away from it ---- */

static void watch_keyboard(struct tui *t, bool watch)
{
    watch = watch && t->keyboard >= 0;
    if (watch && !t->watching)
        loop_watch(t->control->loop, &t->keyboard_watch);
    else if (!watch && t->watching)
        loop_unwatch(t->control->loop, &t->keyboard_watch);
    t->watching = watch;
}

static void no_view(struct tui *t, const struct err *why)
{
    capture_end(&t->capture);
    log_warn("%s: the run goes on without its view", why->text);
}

static void go_away(struct tui *t)
{
    watch_keyboard(t, false);
    if (t->painter && !t->away)
        painter_leave(t->painter);
    capture_end(&t->capture);
    t->away = true;
}

/* Where a job stands in the background, it runs on without its view. */
static void come_back(struct tui *t)
{
    struct err e;
    t->away = !in_foreground(t);
    if (t->away) {
        next_tick(t);
        return;
    }
    if (!capture_begin(&t->capture, &e))
        log_warn("%s: messages will disturb the view", e.text);
    if (t->painter)
        painter_return(t->painter, t->capture.fd);
    else if (!(t->painter = painter_open(t->terminal, t->color, t->capture.fd, &e)))
        no_view(t, &e);
    watch_keyboard(t, t->painter != NULL);
    draw(t, true);
}

static void suspend(struct tui *t)
{
    go_away(t);
    rescue_stop_self();
    come_back(t);
}

static void on_tick(struct timer *timer)
{
    struct tui *t = CONTAINER_OF(timer, struct tui, tick);
    if (t->away)
        come_back(t);
    else
        draw(t, false);
}

static void on_signal(struct watch *w)
{
    struct tui *t = CONTAINER_OF(w, struct tui, signal_watch);
    unsigned came = rescue_take();
    if (came & SIGNAL_SUSPEND)
        suspend(t);
    else if ((came & SIGNAL_CONTINUE) && t->away)
        come_back(t);
    else if (came)
        draw(t, (came & SIGNAL_CONTINUE) != 0);
}

/* ---- keys ---- */

static void scroll(struct tui *t, enum press press)
{
    enum { PAGE = 8 };
    unsigned *row = &t->model.scroll; /* too far down is set right by the drawing */
    unsigned by = press == PRESS_UP || press == PRESS_DOWN ? 1 : PAGE;
    if (press == PRESS_FIRST)
        *row = 0;
    else if (press == PRESS_LAST)
        *row = 1u << 30;
    else if (press == PRESS_UP || press == PRESS_PAGE_UP)
        *row -= *row < by ? *row : by;
    else
        *row += by;
}

static void order(struct tui *t, enum press press)
{
    struct err e;
    if (press == PRESS_HELP)
        t->model.help = true;
    else if (!orders_give(&t->orders, press, &e))
        log_warn("%s", e.text);
}

static void press(struct tui *t, enum press press)
{
    if (t->model.help)
        t->model.help = false;
    else if (press >= PRESS_UP && press <= PRESS_LAST)
        scroll(t, press);
    else
        order(t, press);
    draw(t, press == PRESS_REDRAW);
}

static void on_keyboard(struct watch *w)
{
    struct tui *t = CONTAINER_OF(w, struct tui, keyboard_watch);
    char bytes[32];
    ssize_t n = read(w->fd, bytes, sizeof bytes);
    if (n <= 0) { /* it went away */
        watch_keyboard(t, false);
        return;
    }
    keys_add(&t->keys, (str){bytes, (size_t)n});
    for (enum press p; (p = keys_next(&t->keys)) != PRESS_NONE && t->on;)
        press(t, p);
}

/* ---- the sink ---- */

static void prepared(struct sink *s, const struct run_info *info, struct control *control)
{
    struct tui *t = CONTAINER_OF(s, struct tui, sink);
    t->control = t->orders.control = control;
    model_open(&t->model, info);
    t->model.keys = t->keyboard >= 0;
}

static void go_on(struct tui *t)
{
    struct err e;
    if (t->on)
        return;
    if (!rescue_open(&e)) {
        no_view(t, &e);
        return;
    }
    t->on = true;
    t->signal_watch = (struct watch){.fd = rescue_fd(), .readable = on_signal};
    loop_watch(t->control->loop, &t->signal_watch);
    come_back(t);
}

static void begin(struct sink *s, const struct run_info *info)
{
    (void)info;
    go_on(CONTAINER_OF(s, struct tui, sink));
}

/* While it connects, errors stand on the usual screen. */
static void changed(struct sink *s)
{
    struct tui *t = CONTAINER_OF(s, struct tui, sink);
    struct control_state now;
    control_look(t->control, &now);
    if (now.phase == CONTROL_HELD)
        go_on(t);
    if (t->on)
        draw(t, false);
}

static void stand(struct tui *t)
{
    struct model *m = &t->model;
    standing_free(&m->standing);
    control_stand(t->control, &m->all, &m->standing);
}

static void second(struct sink *s, const struct second *row)
{
    struct tui *t = CONTAINER_OF(s, struct tui, sink);
    int64_t before = t->model.newest;
    if (!t->on)
        return;
    model_second(&t->model, row);
    if (t->model.newest == before)
        return;
    stand(t);
    draw(t, false);
}

static void event(struct sink *s, const struct run_event *happened)
{
    struct tui *t = CONTAINER_OF(s, struct tui, sink);
    if (!t->on)
        return;
    lines_add(&t->model.events, happened->at_ns, str_from(happened->text));
    draw(t, false);
}

static void leave(struct tui *t)
{
    if (!t->on)
        return;
    watch_keyboard(t, false);
    loop_unwatch(t->control->loop, &t->signal_watch);
    loop_timer_disarm(t->control->loop, &t->tick);
    painter_close(t->painter);
    t->painter = NULL;
    rescue_close();
    capture_end(&t->capture);
    t->on = false;
}

static void settle(struct sink *s, struct summary *summary)
{
    (void)summary;
    leave(CONTAINER_OF(s, struct tui, sink));
}

static void vanish(struct sink *s)
{
    (void)s;
    rescue_now();
}

static void close_tui(struct sink *s)
{
    struct tui *t = CONTAINER_OF(s, struct tui, sink);
    leave(t);
    model_close(&t->model);
    canvas_free(&t->canvas);
    close(t->terminal);
    if (t->keyboard >= 0)
        close(t->keyboard);
    mem_free(t);
}

static const struct sink_table tui_table = {
    .name = "tui",
    .prepared = prepared,
    .begin = begin,
    .second = second,
    .event = event,
    .changed = changed,
    .settle = settle,
    .vanish = vanish,
    .close = close_tui,
};

/* ---- making it ---- */

static int copy_of(int fd)
{
    return fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

static int find_keyboard(void)
{
    return isatty(STDIN_FILENO) ? copy_of(STDIN_FILENO)
                                : open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

/* wcwidth and ncurses go by the locale; one that is named and not installed is as good as C's
 * own. */
static bool set_locale(bool wanted)
{
    if (wanted && !(setlocale(LC_CTYPE, "") && strcmp(nl_langinfo(CODESET), "UTF-8") == 0))
        wanted = setlocale(LC_CTYPE, "C.UTF-8") != NULL;
    return wanted;
}

struct sink *tui_sink(bool no_color, struct err *e)
{
    FILE *out = isatty(STDOUT_FILENO) ? stdout : stderr;
    struct paper paper = paper_of(out, no_color);
    if (!paper.terminal) {
        err_set(e, ERR_USAGE,
                "--tui needs a terminal, and neither standard output nor standard "
                "error is one");
        return NULL;
    }
    if (!painter_fits(fileno(out), e))
        return NULL;
    struct tui *t = mem_zero(sizeof *t);
    t->sink.table = &tui_table;
    t->terminal = copy_of(fileno(out));
    t->keyboard = find_keyboard();
    t->color = paper.color;
    t->utf8 = set_locale(paper.utf8);
    t->capture.fd = -1;
    t->keyboard_watch = (struct watch){.fd = t->keyboard, .readable = on_keyboard};
    t->tick.fire = on_tick;
    return &t->sink;
}
