/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "tests/unit/fixture.h"
#include "vmm/core/cli/options.h"

#define ARGS_MAX 6

static struct config config;

/* Parse a command line; the arguments end with NULL. */
static int parse(enum cli_program program, struct err *err, const char *const *words)
{
    char *argv[ARGS_MAX + 2] = {(char *)"minivmm"};
    int argc = 1;

    for (; words[argc - 1]; argc++)
        argv[argc] = (char *)words[argc - 1];
    return cli_parse(&config, argc, argv, program, err);
}

#define PARSE(program, err, ...) parse(program, err, (const char *const[]){__VA_ARGS__, NULL})

static bool guest_set(void)
{
    return !strcmp(config.guest, "my.elf");
}

static bool mem_set(void)
{
    return config.mem_bytes == 3ull << 30;
}

static bool vcpus_set(void)
{
    return config.vcpus == 16;
}

static bool cpu_set(void)
{
    return config.cpu.text && !strcmp(config.cpu.text, "host,-avx") &&
           config.cpu.removed.has[features_find("avx2", 4)];
}

static bool topology_set(void)
{
    return config.topology.sockets == 1 && config.topology.threads == 1 &&
           config.topology.cores == 1;
}

static bool numa_set(void)
{
    return config.numa.nodes == 1 && config.numa.unbound;
}

static bool hugepages_set(void)
{
    return config.hugepage_bytes == CONFIG_PAGE_1G;
}

static bool thp_set(void)
{
    return config.thp == CONFIG_OFF;
}

static bool prefault_set(void)
{
    return config.prefault;
}

static bool guest_page_set(void)
{
    return config.guest_page_bytes == CONFIG_PAGE_4K;
}

static bool pin_set(void)
{
    static const unsigned pin[] = {3, 0, 1};

    return config.pin_count == 3 && !memcmp(config.pin, pin, sizeof(pin));
}

static bool bench_set(void)
{
    return !strcmp(config.bench, "stream,gups");
}

static bool list_set(void)
{
    return config.list;
}

static bool quick_set(void)
{
    return config.quick;
}

static bool args_set(void)
{
    return !strcmp(config.args, "n=3 isa=sse2");
}

static bool timeout_set(void)
{
    return config.timeout_ns == 1500000000;
}

static bool report_set(void)
{
    return config.format == CONFIG_JSON;
}

static bool output_set(void)
{
    return !strcmp(config.output, "out.json");
}

static bool log_set(void)
{
    return !strcmp(config.log, "log.txt");
}

static bool kvm_trace_set(void)
{
    return config.kvm_trace;
}

static bool trace_set(void)
{
    return config.trace && !strcmp(config.trace, "exits.trace");
}

static bool dump_dtb_set(void)
{
    return !strcmp(config.dump_dtb, "tree.dtb");
}

static bool disk_set(void)
{
    return config.disks == 1 && config.disk[0].engine == CONFIG_ENGINE_NULL &&
           config.disk[0].bytes == 1 << 20;
}

static bool dry_run_set(void)
{
    return config.dry_run;
}

/* An option, its argument, and a check that fails for the defaults. */
static const struct {
    const char *name, *argument;
    bool (*is_set)(void);
    bool vm_only;
} option[] = {
    {"guest", "my.elf", guest_set, true},
    {"mem", "3G", mem_set, false},
    {"vcpus", "16", vcpus_set, false},
    {"cpu", "host,-avx", cpu_set, true},
    {"topology", "cores=1", topology_set, true},
    {"numa", "1,unbound", numa_set, true},
    {"hugepages", "1G", hugepages_set, false},
    {"thp", "off", thp_set, false},
    {"disk", "engine=null,size=1M", disk_set, false},
    {"prefault", NULL, prefault_set, false},
    {"guest-page", "4K", guest_page_set, true},
    {"pin", "3,0-1", pin_set, false},
    {"bench", "stream,gups", bench_set, false},
    {"list", NULL, list_set, false},
    {"quick", NULL, quick_set, false},
    {"args", "n=3 isa=sse2", args_set, false},
    {"timeout", "1.5", timeout_set, false},
    {"report", "json", report_set, false},
    {"output", "out.json", output_set, false},
    {"log", "log.txt", log_set, false},
    {"kvm-trace", NULL, kvm_trace_set, true},
    {"trace", "exits.trace", trace_set, true},
    {"dump-dtb", "tree.dtb", dump_dtb_set, true},
    {"dry-run", NULL, dry_run_set, true},
};

#define OPTIONS (sizeof(option) / sizeof(option[0]))

START_TEST(the_table_matches_the_test)
{
    unsigned count = 0;

    for (; cli_option[count].name; count++) {
        const struct cli_option *entry = &cli_option[count];

        ck_assert_uint_lt(count, OPTIONS);
        ck_assert_str_eq(entry->name, option[count].name);
        ck_assert_int_eq(entry->argument != NULL, option[count].argument != NULL);
        ck_assert_uint_eq(entry->programs, option[count].vm_only ? CLI_VM : CLI_VM | CLI_NATIVE);
        ck_assert(entry->help && *entry->help && entry->parse);
    }
    ck_assert_uint_eq(count, OPTIONS);
}
END_TEST

START_TEST(no_arguments_give_the_defaults)
{
    static struct config defaults;
    struct err err;

    config_init(&defaults);
    memset(&config, 0xff, sizeof(config));
    ck_assert_int_eq(PARSE(CLI_VM, &err, NULL), 0);
    ck_assert_uint_eq(config.mem_bytes, defaults.mem_bytes);
    ck_assert_uint_eq(config.vcpus, defaults.vcpus);
    ck_assert_uint_eq(config.guest_page_bytes, defaults.guest_page_bytes);
    ck_assert_uint_eq(config.timeout_ns, 0);
    ck_assert_uint_eq(config.pin_count, 0);
    ck_assert_ptr_null(config.bench);
    ck_assert_str_eq(config.args, "");
}
END_TEST

START_TEST(each_option_sets_its_field)
{
    for (unsigned i = 0; i < OPTIONS; i++) {
        char flag[64] = "--";
        struct err err = {0};
        int result;

        strcat(flag, option[i].name);
        result = PARSE(CLI_VM, &err, flag, option[i].argument);
        ck_assert_msg(!result, "%s: %s", flag, err.text);
        ck_assert_msg(option[i].is_set(), "%s", flag);
        config_free(&config);
        if (!option[i].argument)
            continue;
        strcat(strcat(flag, "="), option[i].argument);
        ck_assert_int_eq(PARSE(CLI_VM, &err, flag), 0);
        ck_assert_msg(option[i].is_set(), "%s", flag);
        config_free(&config);
    }
}
END_TEST

START_TEST(the_last_of_two_wins)
{
    struct err err;

    ck_assert_int_eq(PARSE(CLI_VM, &err, "--vcpus", "2", "--vcpus=16"), 0);
    ck_assert(vcpus_set());
    ck_assert_int_eq(PARSE(CLI_VM, &err, "--pin", "0,1,2,3", "--pin=3,0-1"), 0);
    ck_assert(pin_set());
}
END_TEST

START_TEST(all_keywords_are_accepted)
{
    struct err err;

    ck_assert_int_eq(PARSE(CLI_VM, &err, "--hugepages", "2M"), 0);
    ck_assert_uint_eq(config.hugepage_bytes, CONFIG_PAGE_2M);
    ck_assert_int_eq(PARSE(CLI_VM, &err, "--thp", "on"), 0);
    ck_assert_int_eq(config.thp, CONFIG_ON);
    ck_assert_int_eq(PARSE(CLI_VM, &err, "--guest-page", "2M"), 0);
    ck_assert_uint_eq(config.guest_page_bytes, CONFIG_PAGE_2M);
    ck_assert_int_eq(PARSE(CLI_VM, &err, "--guest-page", "1G"), 0);
    ck_assert_uint_eq(config.guest_page_bytes, CONFIG_PAGE_1G);
    ck_assert_int_eq(PARSE(CLI_VM, &err, "--report", "json", "--report", "text"), 0);
    ck_assert_int_eq(config.format, CONFIG_TEXT);
    ck_assert_int_eq(PARSE(CLI_VM, &err, "--vcpus", "4096"), 0);
    ck_assert_uint_eq(config.vcpus, CONFIG_VCPUS_MAX);
}
END_TEST

START_TEST(invalid_arguments_are_usage_errors)
{
    static const struct {
        const char *flag, *argument, *text, *hint;
    } bad[] = {
        {"--mem", "lots", "--mem lots: invalid size", "such as 2G"},
        {"--mem", "16E", "--mem 16E: too large", "such as 2G"},
        {"--mem", "3M", "not a multiple of 2 MiB", "--mem 4M"},
        {"--vcpus", "-1", "--vcpus -1: invalid number", "such as 16"},
        {"--vcpus", "4097", "too many vCPUs", "or fewer"},
        {"--vcpus", "0", "--vcpus 0", "--vcpus 1"},
        {"--hugepages", "4K", "--hugepages 4K: invalid value", "2M or 1G"},
        {"--thp", "", "--thp : invalid value", "on or off"},
        {"--guest-page", "2m", "--guest-page 2m: invalid value", "4K or 2M or 1G"},
        {"--pin", "0,x", "--pin 0,x: invalid CPU list", "such as 0,2-3"},
        {"--pin", "0-4096", "--pin 0-4096: too many CPUs", "such as 0,2-3"},
        {"--timeout", "0", "--timeout 0: invalid duration", "500ms"},
        {"--timeout", "soon", "--timeout soon: invalid duration", "500ms"},
        {"--report", "xml", "--report xml: invalid value", "text or json"},
        {"here", NULL, "here: unexpected argument", "--help"},
    };

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct err err = {0};

        ck_assert_msg(PARSE(CLI_VM, &err, bad[i].flag, bad[i].argument) == -1, "%s %s", bad[i].flag,
                      bad[i].argument);
        ck_assert_int_eq(err.code, ERR_USAGE);
        ck_assert_msg(strstr(err.text, bad[i].text) != NULL, "%s", err.text);
        ck_assert_msg(strstr(err.hint, bad[i].hint) != NULL, "%s", err.hint);
    }
}
END_TEST

START_TEST(arguments_for_the_guest_have_a_limit)
{
    char text[2050];
    struct err err;

    memset(text, 'x', sizeof(text));
    text[2048] = '\0';
    ck_assert_int_eq(PARSE(CLI_VM, &err, "--args", text), 0);
    ck_assert_str_eq(config.args, text);
    text[2048] = 'x';
    text[2049] = '\0';
    ck_assert_int_eq(PARSE(CLI_VM, &err, "--args", text), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
}
END_TEST

/* Parse in a child process. Returns its exit status, or 100 if cli_parse() returned. */
static int exit_status(enum cli_program program, const char *const *words)
{
    pid_t pid = fork();
    struct err err;
    int status;

    ck_assert_int_ge(pid, 0);
    if (!pid) {
        ck_assert_ptr_nonnull(freopen("/dev/null", "w", stdout));
        ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
        parse(program, &err, words);
        _exit(100);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

#define EXIT_STATUS(program, ...) exit_status(program, (const char *const[]){__VA_ARGS__, NULL})

START_TEST(help_succeeds_an_unknown_option_fails)
{
    ck_assert_int_eq(EXIT_STATUS(CLI_VM, "--help"), 0);
    ck_assert_int_eq(EXIT_STATUS(CLI_VM, "--usage"), 0);
    ck_assert_int_eq(EXIT_STATUS(CLI_VM, "--version"), 0);
    ck_assert_int_eq(EXIT_STATUS(CLI_VM, "--frobnicate"), ERR_USAGE);
    ck_assert_int_eq(EXIT_STATUS(CLI_VM, "-m", "2G"), ERR_USAGE);
    ck_assert_int_eq(EXIT_STATUS(CLI_VM, "--mem"), ERR_USAGE);
    ck_assert_int_eq(EXIT_STATUS(CLI_VM, "--quick=1"), ERR_USAGE);
}
END_TEST

START_TEST(a_native_run_has_no_options_of_a_vm)
{
    for (unsigned i = 0; i < OPTIONS; i++) {
        char flag[64] = "--";
        int status;

        strcat(flag, option[i].name);
        status = EXIT_STATUS(CLI_NATIVE, flag, option[i].argument);
        ck_assert_msg(status == (option[i].vm_only ? ERR_USAGE : 100), "%s: %d", flag, status);
    }
}
END_TEST

SUITE_MAIN("options", the_table_matches_the_test, no_arguments_give_the_defaults,
           each_option_sets_its_field, the_last_of_two_wins, all_keywords_are_accepted,
           invalid_arguments_are_usage_errors, arguments_for_the_guest_have_a_limit,
           help_succeeds_an_unknown_option_fails, a_native_run_has_no_options_of_a_vm)
