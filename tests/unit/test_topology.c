/* SPDX-License-Identifier: MIT */
/* The --topology option and APIC IDs. */
#include <string.h>

#include "tests/support/suite.h"
#include "vmm/core/config/config.h"

static struct topology topology;

static void check_parse(const char *text, unsigned sockets, unsigned cores, unsigned threads)
{
    struct err err = {0};

    ck_assert_msg(!topology_parse(&topology, text, &err), "%s: %s", text, err.text);
    ck_assert_msg(topology.sockets == sockets && topology.cores == cores &&
                      topology.threads == threads,
                  "%s: %u, %u, %u", text, topology.sockets, topology.cores, topology.threads);
    ck_assert_uint_eq(topology_count(&topology), sockets * cores * threads);
}

START_TEST(a_missing_key_is_one)
{
    check_parse("sockets=2,cores=3,threads=4", 2, 3, 4);
    check_parse("threads=2,sockets=5", 5, 1, 2);
    check_parse("cores=4096", 1, 4096, 1);
    check_parse("sockets=1", 1, 1, 1);
}
END_TEST

START_TEST(invalid_topologies_are_refused)
{
    static const char example[] = "sockets=1,cores=4,threads=2";
    static const struct {
        const char *text, *why, *hint;
    } bad[] = {
        {"", "'': empty list item", example},
        {"cores=2,", "'cores=2,': empty list item", example},
        {",cores=2", "',cores=2': empty list item", example},
        {"2", "2: unknown key", "sockets, cores, threads"},
        {"dies=2", "dies=2: unknown key", "sockets, cores, threads"},
        {"=2", "=2: unknown key", "sockets, cores, threads"},
        {"Cores=2", "Cores=2: unknown key", "sockets, cores, threads"},
        {"sockets", "sockets: missing value", "sockets=1"},
        {"sockets=", "sockets: missing value", "sockets=1"},
        {"sockets=0", "sockets=0: must be a number from 1 to 4096", example},
        {"cores=2,threads=0", "threads=0: must be a number from 1 to 4096", example},
        {"cores=-1", "cores=-1: must be a number", example},
        {"cores=two", "cores=two: must be a number", example},
        {"cores=4097", "cores=4097: must be a number from 1 to 4096", example},
        {"cores=4294967297", "must be a number from 1 to 4096", example},
        {"cores=18446744073709551617", "must be a number from 1 to 4096", example},
        {"cores=2,cores=2", "cores=2: duplicate key", "give it once"},
        {"cores=64,threads=64,sockets=2", "more than 4096 vCPUs", example},
        {"cores=4096,threads=4096,sockets=4096", "more than 4096 vCPUs", example},
        {"cores=1,threads=1,sockets=0000000000000000000000000000000000000000000000000000000000001",
         "too long", example},
    };

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct err err = {0};

        ck_assert_msg(topology_parse(&topology, bad[i].text, &err) == -1, "%s", bad[i].text);
        ck_assert_int_eq(err.code, ERR_USAGE);
        ck_assert_msg(!strncmp(err.text, "--topology ", 11), "%s", err.text);
        ck_assert_msg(strstr(err.text, bad[i].why) != NULL, "%s", err.text);
        ck_assert_str_eq(err.hint, bad[i].hint);
    }
}
END_TEST

START_TEST(the_product_is_the_number_of_vcpus)
{
    static struct config config;
    struct err err = {0};

    config_init(&config);
    config.vcpus = 6;
    ck_assert_int_eq(config_validate(&config, &err), 0);
    topology = config_topology(&config);
    ck_assert(topology.sockets == 1 && topology.cores == 6 && topology.threads == 1);
    config.topology = (struct topology){1, 3, 2};
    ck_assert_int_eq(config_validate(&config, &err), 0);
    topology = config_topology(&config);
    ck_assert(topology.sockets == 1 && topology.cores == 3 && topology.threads == 2);
    config.vcpus = 4;
    ck_assert_int_eq(config_validate(&config, &err), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
    ck_assert_str_eq(err.text, "--topology sockets=1,cores=3,threads=2: 6 vCPUs, but "
                               "--vcpus is 4");
    ck_assert_str_eq(err.hint, "--vcpus 6");
    config.topology = (struct topology){1, 1, 1};
    ck_assert_int_eq(config_validate(&config, &err), -1);
    ck_assert_msg(strstr(err.text, "1 vCPU, but --vcpus is 4") != NULL, "%s", err.text);
}
END_TEST

START_TEST(ids_have_gaps_where_counts_are_no_powers_of_two)
{
    static const struct {
        struct topology topology;
        unsigned ids[8];
    } cases[] = {
        {{1, 8, 1}, {0, 1, 2, 3, 4, 5, 6, 7}}, {{2, 2, 2}, {0, 1, 2, 3, 4, 5, 6, 7}},
        {{8, 1, 1}, {0, 1, 2, 3, 4, 5, 6, 7}}, {{2, 3, 1}, {0, 1, 2, 4, 5, 6}},
        {{1, 2, 3}, {0, 1, 2, 4, 5, 6}},       {{3, 1, 2}, {0, 1, 2, 3, 4, 5}},
        {{1, 3, 2}, {0, 1, 2, 3, 4, 5}},
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (unsigned vcpu = 0; vcpu < topology_count(&cases[i].topology); vcpu++)
            ck_assert_uint_eq(topology_apic_id(&cases[i].topology, vcpu), cases[i].ids[vcpu]);
}
END_TEST

/* IDs are unique and ascending, with the fields that CPUID describes. */
START_TEST(ids_are_made_of_fields)
{
    for (unsigned sockets = 1; sockets <= 5; sockets++)
        for (unsigned cores = 1; cores <= 9; cores++)
            for (unsigned threads = 1; threads <= 4; threads++) {
                const struct topology t = {sockets, cores, threads};
                unsigned before = 0;

                for (unsigned vcpu = 0; vcpu < topology_count(&t); vcpu++) {
                    unsigned id = topology_apic_id(&t, vcpu), bits = topology_thread_bits(&t);
                    unsigned shift = topology_socket_shift(&t);

                    ck_assert(!vcpu || id > before);
                    ck_assert_uint_eq(id >> shift, vcpu / (cores * threads));
                    ck_assert_uint_eq((id & ((1u << shift) - 1)) >> bits, vcpu / threads % cores);
                    ck_assert_uint_eq(id & ((1u << bits) - 1), vcpu % threads);
                    before = id;
                }
            }
}
END_TEST

SUITE_MAIN("topology", a_missing_key_is_one, invalid_topologies_are_refused,
           the_product_is_the_number_of_vcpus, ids_have_gaps_where_counts_are_no_powers_of_two,
           ids_are_made_of_fields)
