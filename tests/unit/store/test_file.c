/* Requests with a journal: what a run that goes on finds, wherever it was killed; who may go on
 * with it; damage, a full disk, a machine that was started again. */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/rng.h"
#include "store/journal.h"
#include "store/opened.h"

static off_t size_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_size;
}

static void write_file(const char *path, str bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(write(fd, bytes.p, bytes.n), (ssize_t)bytes.n);
    close(fd);
}

static void assert_refused(const struct place *p, const struct requests_run *run, bool resume,
                           const char *want)
{
    struct err e;
    assert_null(requests_open(&p->store, run, 10, resume, &e));
    assert_int_equal(e.kind, ERR_RUN);
    if (!strstr(e.text, want))
        fail_msg("%s", e.text);
}

static void a_killed_run_goes_on(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    struct requests *r = open_file(&p, 10, false);
    struct request_id ok = issue(r, &(struct request_new){.due_ns = 1});
    struct request_id over = issue(r, &(struct request_new){.due_ns = 2});
    struct request_id open = issue(
        r,
        &(struct request_new){.due_ns = 3, .label = 8, .own_id = STR("mine"), .kept = STR("body")});
    requests_reply(r, ok);
    requests_end(r, ok, FATE_OK);
    requests_end(r, over, FATE_TIMEOUT);
    flush(r);
    requests_close(r, false);

    r = open_file(&p, 10, true);
    struct request_id id = {0}, more;
    struct request *q = requests_next(r, &id);
    assert_int_equal(requests_resumed(r)->waiting, 1);
    assert_false(requests_resumed(r)->restarted);
    assert_true(id.slot == open.slot && id.sequence == open.sequence);
    assert_true(q->due_ns == 3 && q->label == 8 && str_eq(requests_kept(q), STR("body")) &&
                !q->owner);
    assert_int_equal(verdict(r, ok), REPLY_DUPLICATE);
    struct reply_found late = requests_reply(r, over);
    assert_true(late.verdict == REPLY_LATE && late.due_ns == 2);
    assert_int_equal(requests_reply_own(r, STR("mine")).verdict, REPLY_MATCHED);
    requests_end(r, open, FATE_OK); /* is free at once: nobody reports on its delivery */
    more = issue(r, &(struct request_new){.due_ns = 4});
    assert_true(more.sequence > open.sequence);
    requests_end(r, more, FATE_ERROR);
    flush(r);
    assert_balanced(r);
    requests_close(r, false);

    r = open_file(&p, 10, true);
    const struct requests_counts *c = requests_counts(r);
    assert_true(c->issued == 4 && c->ended[FATE_OK] == 2 && c->ended[FATE_TIMEOUT] == 1 &&
                c->ended[FATE_ERROR] == 1 && c->matched == 2 && c->late == 1 && c->duplicate == 1);
    assert_int_equal(verdict(r, over), REPLY_DUPLICATE);
    requests_close(r, true);
    assert_int_equal(access(p.file, F_OK), -1); /* the run is finished */
    place_remove(&p);
}

/* What was reserved may be out there: its id means nothing else afterwards. */
static void ids_are_never_used_again(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    struct requests *r = open_file(&p, 3, false);
    struct request_id last, id;
    issue(r, &(struct request_new){.due_ns = 1});
    flush(r);
    assert_true(requests_reserve(r, &id));
    assert_true(requests_reserve(r, &last));
    requests_close(r, false);
    r = open_file(&p, 3, true);
    assert_int_equal(verdict(r, last), REPLY_UNKNOWN);
    id = issue(r, &(struct request_new){.due_ns = 1});
    assert_true(id.sequence > last.sequence);
    requests_close(r, false);
    place_remove(&p);
}

/* Nobody reports on its delivery any more. */
static void a_resumed_request_leaves_its_slot_when_it_ends(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    struct requests *r = open_file(&p, 1, false);
    struct request_id id = issue(r, &(struct request_new){.due_ns = 1}), more;
    flush(r);
    requests_close(r, false);
    r = open_file(&p, 1, true);
    assert_false(requests_reserve(r, &more));
    requests_end(r, id, FATE_TIMEOUT);
    assert_true(requests_reserve(r, &more));
    requests_close(r, false);
    place_remove(&p);
}

static void a_match_that_was_not_settled_waits_again(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    struct requests *r = open_file(&p, 3, false);
    struct request_id id = issue(r, &(struct request_new){.due_ns = 1});
    requests_reply(r, id);
    assert_int_equal(verdict(r, id), REPLY_DUPLICATE);
    flush(r);
    requests_close(r, false);
    r = open_file(&p, 3, true);
    assert_int_equal(requests_resumed(r)->waiting, 1);
    assert_int_equal(requests_counts(r)->duplicate, 1);
    assert_int_equal(verdict(r, id), REPLY_MATCHED);
    requests_close(r, false);
    place_remove(&p);
}

static int64_t next_of(const struct requests *r, const char *topic, int32_t partition)
{
    size_t n;
    const struct requests_place *p = requests_places(r, &n);
    for (size_t i = 0; i < n; i++)
        if (str_eq(p[i].topic, str_from(topic)) && p[i].partition == partition)
            return p[i].next;
    return -1;
}

static void read_to(struct requests *r, const char *topic, int32_t partition, int64_t next)
{
    requests_read_to(r, &(struct requests_place){str_from(topic), partition, next});
}

static void replies_are_read_from_where_it_stopped(void **state)
{
    (void)state;
    struct place p;
    size_t n;
    place_make(&p);
    struct requests *r = open_file(&p, 3, false);
    struct request_id id = issue(r, &(struct request_new){.due_ns = 1});
    for (int32_t i = 0; i < 3; i++)
        read_to(r, "r", i, 10 + i);
    read_to(r, "other", 1, 7);
    flush(r);
    off_t size = size_of(p.file);
    read_to(r, "r", 1, 11); /* as before: nothing to write */
    flush(r);
    assert_int_equal(size_of(p.file), size);
    read_to(r, "r", 1, 12);
    flush(r);
    requests_reply(r, id);
    requests_end(r, id, FATE_OK);
    read_to(r, "r", 2, 13); /* killed before the flush: the reply is read again */
    requests_close(r, false);

    for (int again = 0; again < 2; again++) {
        r = open_file(&p, 3, true);
        requests_places(r, &n);
        assert_int_equal(n, 4);
        assert_int_equal(next_of(r, "r", 0), 10);
        assert_int_equal(next_of(r, "r", 1), 12);
        assert_int_equal(next_of(r, "r", 2), 12);
        assert_int_equal(next_of(r, "other", 1), 7);
        assert_int_equal(next_of(r, "other", 0), -1);
        assert_int_equal(requests_waiting(r), 1);
        requests_close(r, false);
    }
    place_remove(&p);
}

/* ---- killed anywhere ---- */

enum { BATCHES = 60, ISSUED = 150 };

/* What the store knew when so much of its file was written. */
struct moment {
    off_t size;
    struct requests_counts counts;
    int64_t read; /* replies */
};

struct story {
    struct moment moments[BATCHES];
    struct request_id ids[ISSUED];
    size_t issued;
    int64_t read;
};

static void issue_some(struct requests *r, struct story *s, struct rng *rng)
{
    for (uint64_t n = rng_below(rng, 5); n > 0 && s->issued < ISSUED; n--) {
        char own[8];
        int own_n = snprintf(own, sizeof own, "o%zu", s->issued);
        struct request_id id;
        if (!requests_reserve(r, &id))
            return;
        struct request_new request = {.due_ns = 1000 + id.sequence, .kept = STR("kept")};
        if (n == 2)
            request.own_id = (str){own, (size_t)own_n};
        assert_true(requests_issue(r, id, &request));
        requests_acknowledge(r, id);
        s->ids[s->issued++] = id;
    }
}

static void end_some(struct requests *r, struct story *s, struct rng *rng)
{
    struct request_id at = {0};
    for (struct request *q; (q = requests_next(r, &at)); at.slot++)
        if (rng_below(rng, 4) == 0)
            requests_end(r, at, FATE_TIMEOUT);
    for (uint64_t n = rng_below(rng, 5); n > 0 && s->issued; n--) {
        struct request_id id = s->ids[rng_below(rng, s->issued)];
        if (requests_reply(r, id).verdict == REPLY_MATCHED)
            requests_end(r, id, n % 2 ? FATE_OK : FATE_FAILED_CHECK);
        s->read++;
    }
    read_to(r, "r", 0, s->read);
}

static void tell(struct requests *r, const char *file, struct story *s)
{
    struct rng rng = rng_make(3, 0);
    for (int b = 0; b < BATCHES; b++) {
        flush(r);
        s->moments[b] = (struct moment){size_of(file), *requests_counts(r), s->read};
        issue_some(r, s, &rng);
        end_some(r, s, &rng);
    }
}

static void assert_as_then(const struct requests *r, const struct story *s, off_t size)
{
    int b = BATCHES - 1;
    while (s->moments[b].size > size)
        b--;
    assert_memory_equal(requests_counts(r), &s->moments[b].counts, sizeof s->moments[b].counts);
    assert_int_equal(requests_resumed(r)->cut, size - s->moments[b].size);
    assert_int_equal(next_of(r, "r", 0), b > 0 ? s->moments[b].read : -1);
}

/* All replies come, twice: every request that is known has exactly one. */
static void let_all_reply(struct requests *r, const struct story *s)
{
    for (size_t i = 0; i < s->issued; i++) {
        struct reply_found found = requests_reply(r, s->ids[i]);
        if (found.verdict == REPLY_MATCHED)
            requests_end(r, s->ids[i], FATE_OK);
        assert_true(found.verdict >= REPLY_DUPLICATE || found.due_ns == 1000 + s->ids[i].sequence);
        assert_int_equal(verdict(r, s->ids[i]),
                         found.verdict == REPLY_UNKNOWN ? REPLY_UNKNOWN : REPLY_DUPLICATE);
    }
    assert_balanced(r);
    assert_int_equal(requests_waiting(r), 0);
    assert_int_equal(requests_counts(r)->matched + requests_counts(r)->late,
                     requests_counts(r)->issued);
}

static void the_books_balance_wherever_it_was_killed(void **state)
{
    (void)state;
    static struct story s;
    struct place p;
    struct arena arena = {0};
    struct err e;
    str all;
    place_make(&p);
    struct requests *r = open_file(&p, 30, false);
    tell(r, p.file, &s);
    requests_close(r, false);
    assert_int_equal(s.issued > 100, true);
    assert_true(file_read(p.file, &arena, &all, &e));
    for (size_t n = 0; n <= all.n; n++) {
        write_file(p.file, (str){all.p, n});
        if ((off_t)n < s.moments[0].size) {
            assert_refused(&p, &the_run, true, "holds no run: there is nothing to resume");
            continue;
        }
        r = open_file(&p, 30, true);
        assert_as_then(r, &s, (off_t)n);
        assert_balanced(r);
        let_all_reply(r, &s);
        flush(r);
        struct requests_counts then = *requests_counts(r);
        requests_close(r, false);
        r = open_file(&p, 30, true);
        assert_memory_equal(requests_counts(r), &then, sizeof then);
        requests_close(r, false);
    }
    arena_free(&arena);
    place_remove(&p);
}

/* Never ends by itself: issues, ends half of it, and says after each write how many were issued. */
static void run_for_ever(const struct place *p, int out)
{
    struct requests *r = open_file(p, 1000, false);
    for (uint64_t i = 0;; i++) {
        struct request_id id = issue(r, &(struct request_new){.due_ns = i});
        requests_acknowledge(r, id);
        if (i % 2 || requests_waiting(r) == 1000) {
            requests_reply(r, id);
            requests_end(r, id, FATE_OK);
        }
        flush(r);
        if (write(out, &requests_counts(r)->issued, 8) != 8)
            _exit(1);
    }
}

static void what_was_written_is_there_after_a_kill(void **state)
{
    (void)state;
    struct place p;
    uint64_t told = 0, more;
    int ends[2];
    place_make(&p);
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0)
        run_for_ever(&p, ends[1]);
    close(ends[1]);
    while (told < 500)
        assert_int_equal(read(ends[0], &told, 8), 8);
    kill(child, SIGKILL);
    while (read(ends[0], &more, 8) == 8)
        told = more;
    assert_int_equal(waitpid(child, NULL, 0), child);
    struct requests *r = open_file(&p, 1000, true);
    const struct requests_counts *c = requests_counts(r);
    assert_true(c->issued == told || c->issued == told + 1); /* killed before it could say so */
    assert_int_equal(c->ended[FATE_OK], c->matched);
    assert_balanced(r);
    requests_close(r, false);
    close(ends[0]);
    place_remove(&p);
}

static void any_changed_byte_is_told(void **state)
{
    (void)state;
    static struct story s;
    struct place p;
    struct arena arena = {0};
    struct err e;
    str all;
    place_make(&p);
    struct requests *r = open_file(&p, 30, false);
    tell(r, p.file, &s);
    requests_close(r, false);
    assert_true(file_read(p.file, &arena, &all, &e));
    for (size_t i = 0; i < all.n; i++) {
        char *byte = (char *)all.p + i;
        *byte ^= 0x10;
        write_file(p.file, all);
        assert_refused(&p, &the_run, true,
                       i < 8 ? "is no journal of weir's requests" : "is damaged in its batch at");
        *byte ^= 0x10;
    }
    arena_free(&arena);
    place_remove(&p);
}

/* ---- who may go on ---- */

static void only_the_same_worker_goes_on(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    requests_close(open_file(&p, 3, false), false);
    const struct requests_run others[] = {{78, 2, 1, 4}, {77, 3, 1, 4}, {77, 2, 1, 5}};
    for (size_t i = 0; i < 3; i++)
        assert_refused(&p, &others[i], true, "is of run 77, driver 2, worker 1 of 4; this is run ");
    assert_refused(&p, &(struct requests_run){77, 2, 3, 4}, true, "cannot read the journal");
    assert_refused(&p, &the_run, false,
                   "is there already: go on with its run by weir kafka rr --resume");
    place_remove(&p);
}

static void the_first_worker_tells_whose_it_is(void **state)
{
    (void)state;
    struct place p;
    char file[60];
    struct err e;
    struct requests_run run = the_run, found;
    place_make(&p);
    snprintf(file, sizeof file, "%s/j.0", p.directory);
    assert_false(requests_run_of(&p.store, &found, &e));
    assert_non_null(strstr(e.text, "j.0: No such file"));
    run.worker = 0;
    struct requests *r = requests_open(&p.store, &run, 1, false, &e);
    assert_true(requests_run_of(&p.store, &found, &e));
    assert_true(found.run == 77 && found.driver == 2 && found.workers == 4);
    requests_close(r, true);
    write_file(file, STR(""));
    assert_false(requests_run_of(&p.store, &found, &e));
    assert_non_null(strstr(e.text, "holds no run"));
    write_file(file, STR("something else"));
    assert_false(requests_run_of(&p.store, &found, &e));
    assert_non_null(strstr(e.text, "is no journal of weir's requests"));
    unlink(file);
    place_remove(&p);
}

static void a_run_that_is_alive_is_left_alone(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    struct requests *r = open_file(&p, 3, false);
    assert_refused(&p, &the_run, true, "is in use: its run has not ended yet");
    requests_close(r, false);
    requests_close(open_file(&p, 3, true), false);
    place_remove(&p);
}

/* ---- a machine that was started again ---- */

/* A journal of another boot, with one record. */
static void write_journal(const struct place *p, const struct journal_record *record)
{
    struct buf b = {0}, batch = {0};
    buf_str(&b, JOURNAL_MAGIC);
    journal_begin(&batch);
    journal_add(&batch, &(struct journal_record){.kind = JOURNAL_SESSION,
                                                 .session = {.run = the_run, .boot = "another"}});
    journal_add(&batch, record);
    journal_seal(&batch);
    buf_str(&b, buf_view(&batch));
    write_file(p->file, buf_view(&b));
    buf_free(&b);
    buf_free(&batch);
}

/* Whose request was due then. */
static void write_other_boot(const struct place *p, uint64_t due_wall_ns)
{
    write_journal(p, &(struct journal_record){.kind = JOURNAL_ISSUE,
                                              .issue = {.due_ns = 5},
                                              .due_wall_ns = due_wall_ns});
}

static void a_place_that_cannot_be_is_damage(void **state)
{
    (void)state;
    static const struct requests_place wrong[] = {{{"r", 1}, -1, 0}, {{"r", 1}, 0, -1}};
    struct place p;
    place_make(&p);
    for (int i = 0; i < 2; i++) {
        write_journal(&p, &(struct journal_record){.kind = JOURNAL_PLACE, .place = wrong[i]});
        assert_refused(&p, &the_run, true, "what it says cannot have happened");
    }
    place_remove(&p);
}

static void after_a_restart_due_times_go_by_the_wall_clock(void **state)
{
    (void)state;
    static const uint64_t ages_s[] = {2, 1000000000}; /* the second: before any boot */
    struct place p;
    place_make(&p);
    for (int i = 0; i < 2; i++) {
        write_other_boot(&p, clock_wall_ns() - ages_s[i] * NS_PER_S);
        for (int again = 0; again < 2; again++) {
            struct requests *r = open_file(&p, 3, true);
            struct request_id id = {0};
            assert_true(requests_resumed(r)->restarted);
            uint64_t age = clock_now_ns() - requests_next(r, &id)->due_ns;
            assert_true(age >= ages_s[i] * NS_PER_S - NS_PER_S &&
                        age < (ages_s[i] + 60) * NS_PER_S);
            requests_close(r, false);
        }
    }
    place_remove(&p);
}

/* ---- a disk that is full ---- */

static void set_largest_file(rlim_t bytes)
{
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_write_that_fails_is_told_and_leaves_whole_batches(void **state)
{
    (void)state;
    struct place p;
    struct err e;
    place_make(&p);
    struct requests *r = open_file(&p, 1000, false);
    struct request_id first = issue(r, &(struct request_new){.due_ns = 1});
    flush(r);
    off_t whole = size_of(p.file);
    for (int i = 0; i < 100; i++)
        issue(r, &(struct request_new){.due_ns = 1, .kept = STR("some bytes to keep")});
    signal(SIGXFSZ, SIG_IGN);
    set_largest_file((rlim_t)whole + 1000);
    assert_false(requests_flush(r, &e));
    set_largest_file(RLIM_INFINITY);
    assert_non_null(strstr(e.text, "j.1: File too large"));
    assert_int_equal(size_of(p.file), whole);
    issue(r, &(struct request_new){.due_ns = 1});
    assert_int_equal(verdict(r, first), REPLY_MATCHED); /* in memory it goes on */
    assert_false(requests_flush(r, &e));
    assert_non_null(strstr(e.text, "j.1: File too large"));
    requests_close(r, false);
    r = open_file(&p, 1000, true);
    assert_int_equal(requests_counts(r)->issued, 1);
    requests_close(r, false);
    place_remove(&p);
}

static void what_cannot_be_made_is_told(void **state)
{
    (void)state;
    struct place p;
    struct err e;
    place_make(&p);
    signal(SIGXFSZ, SIG_IGN);
    set_largest_file(4);
    assert_null(requests_open(&p.store, &the_run, 1, false, &e));
    set_largest_file(RLIM_INFINITY);
    assert_non_null(strstr(e.text, "cannot write the journal"));
    assert_int_equal(access(p.file, F_OK), -1); /* so that it can be tried again */
    assert_int_equal(symlink("/dev/full", p.file), 0);
    assert_refused(&p, &the_run, true, "nothing to resume");
    unlink(p.file);
    struct requests_store nowhere = store_of("file:/nowhere/j", &p.arena);
    assert_null(requests_open(&nowhere, &the_run, 1, false, &e));
    assert_string_equal(e.text, "cannot write the journal /nowhere/j.1: No such file or directory");
    place_remove(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_killed_run_goes_on),
        cmocka_unit_test(ids_are_never_used_again),
        cmocka_unit_test(a_resumed_request_leaves_its_slot_when_it_ends),
        cmocka_unit_test(a_match_that_was_not_settled_waits_again),
        cmocka_unit_test(replies_are_read_from_where_it_stopped),
        cmocka_unit_test(a_place_that_cannot_be_is_damage),
        cmocka_unit_test(the_books_balance_wherever_it_was_killed),
        cmocka_unit_test(what_was_written_is_there_after_a_kill),
        cmocka_unit_test(any_changed_byte_is_told),
        cmocka_unit_test(only_the_same_worker_goes_on),
        cmocka_unit_test(the_first_worker_tells_whose_it_is),
        cmocka_unit_test(a_run_that_is_alive_is_left_alone),
        cmocka_unit_test(after_a_restart_due_times_go_by_the_wall_clock),
        cmocka_unit_test(a_write_that_fails_is_told_and_leaves_whole_batches),
        cmocka_unit_test(what_cannot_be_made_is_told),
    };
    return UNIT_RUN(tests);
}
