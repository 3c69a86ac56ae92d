/* SPDX-License-Identifier: MIT */
/* Reads an I/O port without a device. */
#include "guest/kvm/start.h"

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    uint8_t value;

    (void)machine, (void)team;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "d"((uint16_t)0x3f8));
    return value;
}
