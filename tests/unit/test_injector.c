/* SPDX-License-Identifier: MIT */
/* Interrupts for a VM without vCPUs: they are sent, but not delivered. */
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "vmm/core/base/clock.h"
#include "vmm/exec/injector.h"
#include "vmm/kvm/kvm.h"

static struct kvm kvm;
static struct delivery_routes routes;
static struct injector injector;
static const struct topology topology = {1, 3, 1};
static int vm;

static void set_up(void)
{
    struct err err = {0};

    ck_assert_msg(!kvm_open(&kvm, &err), "%s", err.text);
    vm = kvm_create_vm(&kvm, &err);
    ck_assert_msg(vm >= 0, "%s", err.text);
    delivery_routes_init(&routes, vm, &topology);
    injector_init(&injector, &routes);
}

static void tear_down(void)
{
    injector_end(&injector);
    close(vm);
    kvm_close(&kvm);
}

static void must_request(unsigned vcpu, unsigned vector, unsigned delay_ns)
{
    struct err err = {0};

    ck_assert_msg(!injector_request(&injector, vcpu, vector, delay_ns, &err), "%s", err.text);
}

static uint64_t await(void)
{
    uint64_t sent;

    while (!(sent = injector_sent(&injector)))
        sched_yield();
    return sent;
}

START_TEST(an_interrupt_is_sent_after_its_request)
{
    set_up();
    ck_assert_uint_eq(injector_sent(&injector), 0);
    for (unsigned i = 0; i < 20; i++) {
        uint64_t before = clock_ticks(), sent;

        must_request(i % 3, 32 + i % 2, i * 10000);
        sent = await();
        ck_assert_uint_ge(sent, before);
        ck_assert_uint_le(sent, clock_ticks());
    }
    tear_down();
}
END_TEST

START_TEST(every_vcpu_and_vector_is_accepted)
{
    static const unsigned vcpus[] = {0, 1, 254, 255, 256, 1023, 65535};

    set_up();
    for (unsigned i = 0; i < sizeof(vcpus) / sizeof(vcpus[0]); i++) {
        for (unsigned vector = 0; vector < 256; vector += 51) {
            must_request(vcpus[i], vector, 0);
            await();
        }
    }
    tear_down();
}
END_TEST

START_TEST(a_delay_of_a_second_is_refused)
{
    static const unsigned long_ns[] = {1000000000, 2147483648, UINT32_MAX};

    set_up();
    for (unsigned i = 0; i < 3; i++) {
        struct err err = {0};

        ck_assert_int_eq(injector_request(&injector, 0, 32, long_ns[i], &err), -1);
        ck_assert_msg(strstr(err.text, "the maximum is 999999999") != NULL, "%s", err.text);
    }
    ck_assert(!injector.started);
    tear_down();
}
END_TEST

/* The thread is joined although it sleeps. */
START_TEST(ending_waits_for_a_pending_request)
{
    set_up();
    must_request(0, 32, 10000000);
    injector_end(&injector);
    ck_assert(!injector.started && injector.irqfd < 0);
    injector_end(&injector);
    tear_down();
}
END_TEST

START_TEST(without_a_vm_a_request_fails)
{
    struct err err = {0};

    delivery_routes_init(&routes, -1, &topology);
    injector_init(&injector, &routes);
    ck_assert_int_eq(injector_request(&injector, 0, 32, 0, &err), -1);
    ck_assert_msg(strstr(err.text, "KVM_IRQFD") != NULL, "%s", err.text);
    injector_end(&injector);
}
END_TEST

SUITE_MAIN_KVM("injector", an_interrupt_is_sent_after_its_request,
               every_vcpu_and_vector_is_accepted, a_delay_of_a_second_is_refused,
               ending_waits_for_a_pending_request, without_a_vm_a_request_fails)
