/* What a machine says of itself, from a root of files: this one's own say what they say. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/machine.h"

static char root[64];

static void put(const char *path, const char *text)
{
    char name[512];
    snprintf(name, sizeof name, "%s%s", root, path);
    for (char *p = name + strlen(root) + 1; (p = strchr(p, '/')); *p++ = '/') {
        *p = 0;
        mkdir(name, 0700);
    }
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static int new_root(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "/tmp/weir-machine-XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", root);
    return system(command);
}

static void put_container(const char *group, const char *cpu, const char *memory)
{
    char path[256];
    snprintf(path, sizeof path, "/sys/fs/cgroup%s/cpu.max", group);
    put(path, cpu);
    snprintf(path, sizeof path, "/sys/fs/cgroup%s/memory.max", group);
    put(path, memory);
}

static void processors_and_memory(void **state)
{
    (void)state;
    struct machine m;
    put("/proc/cpuinfo", "processor\t: 0\nvendor_id\t: X\nmodel name\t: Fast One @ 3 GHz\n\n"
                         "processor\t: 1\nmodel name\t: Fast One @ 3 GHz\n");
    put("/proc/meminfo", "MemTotal:        8000000 kB\nMemFree:          100 kB\n");
    machine_look(&m, root);
    assert_string_equal(m.cpu, "Fast One @ 3 GHz");
    assert_int_equal(m.memory_bytes, UINT64_C(8192000000));
    assert_true(m.cpus >= 1 && strncmp(m.kernel, "Linux ", 6) == 0);
    assert_true(m.cpu_limit == 0 && m.memory_limit == 0);
}

static void the_strictest_group_up_to_the_root_limits(void **state)
{
    (void)state;
    struct machine m;
    put("/proc/self/cgroup", "1:cpu:/old\n0::/a/b\n");
    put_container("/a/b", "max 100000", "900000");
    put_container("/a", "150000 100000", "500000");
    put_container("", "200000 100000", "max");
    machine_look(&m, root);
    assert_true(m.cpu_limit == 1.5);
    assert_int_equal(m.memory_limit, 500000);
}

/* As within a container, whose group is the root that it sees. */
static void a_container_sees_its_own_group_as_the_root(void **state)
{
    (void)state;
    struct machine m;
    put("/proc/self/cgroup", "0::/\n");
    put_container("", "25000 100000\n", "max\n");
    machine_look(&m, root);
    assert_true(m.cpu_limit == 0.25 && m.memory_limit == 0);
}

static void nonsense_is_no_limit(void **state)
{
    (void)state;
    struct machine m;
    char longest[400];
    memset(longest, 'x', sizeof longest - 1);
    memcpy(longest, "model name :", 12);
    longest[sizeof longest - 1] = 0;
    put("/proc/cpuinfo", longest);
    put("/proc/meminfo", "MemTotal: many\n");
    put("/proc/self/cgroup", "0::/a\n\n::\n");
    put_container("/a", "1 0\n", "");
    machine_look(&m, root);
    assert_true(m.cpu_limit == 0 && m.memory_limit == 0 && m.memory_bytes == 0);
    assert_int_equal(strlen(m.cpu), sizeof m.cpu - 1);
}

static void expect_words(const struct machine *m, const char *words)
{
    struct buf text = {0};
    machine_words(m, &text);
    buf_char(&text, 0);
    assert_string_equal(text.p, words);
    buf_free(&text);
}

static void in_words(void **state)
{
    (void)state;
    struct machine m = {
        .cpu = "Fast One", .kernel = "Linux 6.1", .cpus = 2, .memory_bytes = 8000000000};
    expect_words(&m, "Fast One, 2 processors, 8.00 GB, Linux 6.1");
    m.cpu_limit = 0.5;
    m.memory_limit = 256000000;
    m.cpus = 1;
    expect_words(&m, "Fast One, 1 processor (limit 0.5), 8.00 GB (limit 256 MB), Linux 6.1");
    expect_words(&(struct machine){.cpus = 3}, "3 processors");
    expect_words(&(struct machine){.cpus = 0}, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(processors_and_memory, new_root, remove_root),
        cmocka_unit_test_setup_teardown(the_strictest_group_up_to_the_root_limits, new_root,
                                        remove_root),
        cmocka_unit_test_setup_teardown(a_container_sees_its_own_group_as_the_root, new_root,
                                        remove_root),
        cmocka_unit_test_setup_teardown(nonsense_is_no_limit, new_root, remove_root),
        cmocka_unit_test(in_words),
    };
    return UNIT_RUN(tests);
}
