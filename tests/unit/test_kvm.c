/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "tests/support/suite.h"
#include "vmm/kvm/kvm.h"

START_TEST(another_hypervisor_is_named)
{
    struct err err;

    errno = EBUSY;
    ck_assert_int_eq(kvm_vm_failed(&err), -1);
    ck_assert_int_eq(err.code, ERR_CANNOT_RUN);
    ck_assert_msg(strstr(err.text, "KVM_CREATE_VM: another hypervisor") != NULL, "%s", err.text);
    ck_assert_msg(strstr(err.hint, "shut down its VMs") != NULL, "%s", err.hint);
}
END_TEST

START_TEST(other_failures_have_their_own_reason)
{
    struct err err;

    errno = ENOMEM;
    ck_assert_int_eq(kvm_vm_failed(&err), -1);
    ck_assert_int_eq(err.code, ERR_FAILED);
    ck_assert_str_eq(err.text, "KVM_CREATE_VM: Cannot allocate memory");
    ck_assert_str_eq(err.hint, "");
}
END_TEST

SUITE_MAIN("kvm", another_hypervisor_is_named, other_failures_have_their_own_reason)
