/* SPDX-License-Identifier: MIT */
/* Causes a triple fault: an exception with an empty IDT. */
#include "minivmm/abi.h"

        .text
        .globl  _start
_start:
        push    $0
        push    $0
        lidt    (%rsp)
        ud2

        .section .minivmm.info, "a"
        .quad   0x6d76696e696d0001      /* MINIVMM_INFO_MAGIC */
        .long   MINIVMM_ABI_VERSION
        .long   0
        .fill   64, 1, 0

        .section .note.GNU-stack, "", @progbits
