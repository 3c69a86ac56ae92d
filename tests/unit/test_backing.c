/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "vmm/core/host/backing.h"
#include "vmm/core/host/file.h"
#include "vmm/core/host/memory.h"

#define BYTES (8 * CONFIG_PAGE_2M)

static struct config config;

static void set_up(void)
{
    config_init(&config);
    config.mem_bytes = BYTES;
}

START_TEST(memory_is_aligned_and_zero)
{
    struct backing backing;
    struct err err = {0};

    set_up();
    ck_assert_msg(!backing_alloc(&backing, &config, NULL, &err), "%s", err.text);
    ck_assert_uint_eq((uintptr_t)backing.base % CONFIG_PAGE_1G, 0);
    ck_assert_uint_eq(backing.bytes, BYTES);
    ck_assert_int_eq(backing.fd, -1);
    for (size_t i = 0; i < BYTES; i += 509)
        ck_assert_int_eq(backing.base[i], 0);
    backing_free(&backing);
    ck_assert_ptr_null(backing.base);
    backing_free(&backing);
}
END_TEST

/* Whether reading a byte raises SIGSEGV. */
static bool kills(const volatile uint8_t *byte)
{
    pid_t pid = fork();
    int status;

    ck_assert_int_ge(pid, 0);
    if (!pid) {
        signal(SIGSEGV, SIG_DFL); /* instead of the sanitizer's handler */
        (void)*byte;
        _exit(0);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;
}

START_TEST(guard_pages_are_inaccessible)
{
    struct backing backing;
    struct err err;

    set_up();
    ck_assert_int_eq(backing_alloc(&backing, &config, NULL, &err), 0);
    ck_assert(kills(backing.base - 1));
    ck_assert(!kills(backing.base));
    ck_assert(!kills(backing.base + BYTES - 1));
    ck_assert(kills(backing.base + BYTES));
    backing_free(&backing);
}
END_TEST

START_TEST(prefaulted_memory_is_resident)
{
    struct memory_usage usage;
    struct backing backing;
    struct err err;

    set_up();
    ck_assert_int_eq(backing_alloc(&backing, &config, NULL, &err), 0);
    ck_assert_int_eq(memory_usage(backing.base, BYTES, &usage), 0);
    ck_assert_uint_eq(usage.resident_bytes, 0);
    backing_free(&backing);
    config.prefault = true;
    ck_assert_int_eq(backing_alloc(&backing, &config, NULL, &err), 0);
    ck_assert_int_eq(memory_usage(backing.base, BYTES, &usage), 0);
    ck_assert_uint_eq(usage.resident_bytes, BYTES);
    backing_free(&backing);
}
END_TEST

START_TEST(populating_can_be_stopped)
{
    struct watch watch = {.stop_fd = -1, .deadline_ns = 1};
    struct backing backing;
    struct err err = {0};

    set_up();
    ck_assert_int_eq(backing_alloc(&backing, &config, &watch, &err), 0);
    backing_free(&backing);
    config.prefault = true;
    ck_assert_int_eq(backing_alloc(&backing, &config, &watch, &err), -1);
    ck_assert_str_eq(err.text, "--timeout: expired before the run began");
    ck_assert_ptr_null(backing.base);
}
END_TEST

/* More than one POPULATE_BYTES, and not a multiple. */
START_TEST(all_of_it_is_populated)
{
    struct memory_usage usage;
    struct backing backing;
    struct err err;

    set_up();
    config.mem_bytes = (64 << 20) + CONFIG_PAGE_2M;
    config.prefault = true;
    ck_assert_int_eq(backing_alloc(&backing, &config, NULL, &err), 0);
    ck_assert_int_eq(memory_usage(backing.base, backing.bytes, &usage), 0);
    ck_assert_uint_eq(usage.resident_bytes, backing.bytes);
    backing_free(&backing);
}
END_TEST

START_TEST(thp_off_uses_no_huge_pages)
{
    struct memory_usage usage;
    struct backing backing;
    struct err err;

    set_up();
    config.prefault = true;
    config.thp = CONFIG_OFF;
    ck_assert_int_eq(backing_alloc(&backing, &config, NULL, &err), 0);
    ck_assert_int_eq(memory_usage(backing.base, BYTES, &usage), 0);
    ck_assert_uint_eq(usage.huge_bytes, 0);
    backing_free(&backing);
}
END_TEST

START_TEST(thp_on_needs_host_support)
{
    char mode[64] = "[never]";
    struct backing backing;
    struct err err = {0};
    bool has;

    file_read("/sys/kernel/mm/transparent_hugepage/enabled", mode, sizeof(mode));
    has = !strstr(mode, "[never]");
    set_up();
    config.thp = CONFIG_ON;
    ck_assert_int_eq(backing_alloc(&backing, &config, NULL, &err), has ? 0 : -1);
    if (has)
        backing_free(&backing);
    else
        ck_assert(strstr(err.hint, "transparent_hugepage/enabled") != NULL);
}
END_TEST

START_TEST(more_than_the_memory_limit_is_refused)
{
    struct backing backing;
    struct err err = {0};

    set_up();
    config.mem_bytes = (memory_limit().bytes | (CONFIG_PAGE_2M - 1)) + 1;
    ck_assert_int_eq(backing_alloc(&backing, &config, NULL, &err), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
    ck_assert_msg(strstr(err.text, "more than the ") != NULL, "%s", err.text);
    ck_assert(strstr(err.hint, "or less") != NULL);
    ck_assert_ptr_null(backing.base);
}
END_TEST

/* RLIMIT_AS leaves too little address space. */
START_TEST(a_failed_mapping_is_an_error)
{
    struct rlimit limit;
    struct backing backing;
    struct err err = {0};
    uint64_t used = 0;

    set_up();
    ck_assert_int_eq(file_status_kb("/proc/self/status", "VmSize:", &used), 0);
    ck_assert_int_eq(getrlimit(RLIMIT_AS, &limit), 0);
    limit.rlim_cur = used + (256 << 20);
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
    ck_assert_int_eq(backing_alloc(&backing, &config, NULL, &err), -1);
    ck_assert_str_eq(err.text, "cannot map guest memory: Cannot allocate memory");
    ck_assert_str_ne(err.hint, "");
}
END_TEST

START_TEST(missing_hugetlb_pages_are_an_error)
{
    struct backing backing;
    struct err err = {0};

    set_up();
    /* No host reserves all of its memory in 1 GiB pages. */
    config.mem_bytes = memory_limit().bytes & ~(CONFIG_PAGE_1G - 1);
    config.hugepage_bytes = CONFIG_PAGE_1G;
    if (!config.mem_bytes) {
        suite_skip_part("needs a host with 1 GiB of memory");
        return;
    }
    ck_assert_int_eq(backing_alloc(&backing, &config, NULL, &err), -1);
    ck_assert_int_eq(err.code, ERR_FAILED);
    ck_assert_msg(strstr(err.text, "--hugepages: ") != NULL, "%s", err.text);
    ck_assert_ptr_null(backing.base);
}
END_TEST

SUITE_MAIN("backing", memory_is_aligned_and_zero, guard_pages_are_inaccessible,
           prefaulted_memory_is_resident, populating_can_be_stopped, all_of_it_is_populated,
           thp_off_uses_no_huge_pages, thp_on_needs_host_support,
           more_than_the_memory_limit_is_refused, a_failed_mapping_is_an_error,
           missing_hugetlb_pages_are_an_error)
