/* SPDX-License-Identifier: MIT */
/* Entry of every vCPU into ring 3. */
#include "guest/kvm/start.h"
#include "kernels_sha256.h"

void user_start(const void *dtb, unsigned id, struct cpu_local *local) __attribute__((noreturn));

__attribute__((section(MINIVMM_INFO_SECTION), used)) static const struct minivmm_guest_info info = {
    .magic = MINIVMM_INFO_MAGIC,
    .abi_version = MINIVMM_ABI_VERSION,
    .vcpu_bytes = USER_BYTES,
    .kernels_sha256 = KERNELS_SHA256,
};

static struct guest_machine machine;
static struct team team;
static uint32_t machine_ready;

void user_start(const void *dtb, unsigned id, struct cpu_local *local)
{
    static const struct team_sleep sleep = {.wait = guest_wait, .wake = guest_wake};
    uint64_t now = __builtin_ia32_rdtsc();

    local->self = local;
    local->id = id;
    if (id) {
        while (!__atomic_load_n(&machine_ready, __ATOMIC_ACQUIRE))
            guest_wait(&machine_ready, 0);
        machine.boot_times[id] = now;
        team_worker(&team, id);
    }
    machine_read(&machine, dtb);
    machine.boot_times[0] = now;
    team_init(&team, &sleep, machine.vcpus, machine.host_cpus);
    __atomic_store_n(&machine_ready, 1, __ATOMIC_RELEASE);
    if (machine.vcpus > 1)
        guest_wake(&machine_ready);
    team_wait_ready(&team);
    guest_exit(guest_main(&machine, &team));
}
