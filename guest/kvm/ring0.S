/* SPDX-License-Identifier: MIT */
/* Entry, descriptor tables and trap stubs of the guest's ring 0. */
#include "guest/kvm/ring0.h"

/* Address of the stubs, set by guest.ld; the IDT entries are computed from it. */
#define STUBS_BASE  0x200000
#define STUB_BYTES  16

#define GDT_CODE0  0x00af9b000000ffff
#define GDT_DATA0  0x00cf93000000ffff
#define GDT_CODE3  0x00affb000000ffff
#define GDT_DATA3  0x00cff3000000ffff
/* An available 64-bit TSS; its base, below 4 GiB, is filled in at run time. */
#define GDT_TSS    (0x0000890000000000 + TSS_BYTES - 1)

#define GATE_INTERRUPT 0x8e00

#define RFLAGS_IF      0x202

#define MSR_FS_BASE    0xc0000100
#define MSR_X2APIC_SVR 0x80f
#define SVR_ENABLE     0x100

        .section .ring0.stubs, "ax"
        .globl  trap_stubs
trap_stubs:
        .set    vector, 0
        .rept   256
        .balign STUB_BYTES
        /* The CPU pushes an error code for exceptions 8, 10 to 14, 17, 21, 29 and 30 only. */
        .if !(vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30)
        pushq   $0
        .endif
        pushq   $vector
        jmp     trap_common
        .set    vector, vector + 1
        .endr

        .text
trap_common:
        push    %rax
        push    %rbx
        push    %rcx
        push    %rdx
        push    %rsi
        push    %rdi
        push    %rbp
        push    %r8
        push    %r9
        push    %r10
        push    %r11
        push    %r12
        push    %r13
        push    %r14
        push    %r15
        cld
        mov     %rsp, %rdi
        mov     %rsp, %rsi
        and     $-MINIVMM_STACK_BYTES, %rsi
        call    ring0_trap
        pop     %r15
        pop     %r14
        pop     %r13
        pop     %r12
        pop     %r11
        pop     %r10
        pop     %r9
        pop     %r8
        pop     %rbp
        pop     %rdi
        pop     %rsi
        pop     %rdx
        pop     %rcx
        pop     %rbx
        pop     %rax
        add     $16, %rsp
        iretq

/*
 * Halt until an interrupt. The interrupt shadow of STI covers HLT, but QEMU's emulated SVM loses it
 * if the vCPU exits in between, and takes the interrupt before HLT, which would then wait for
 * another one. ring0_trap() recognises this HLT by its address and resumes after it.
 */
        .globl  ring0_sleep
        .globl  ring0_sleep_instruction
ring0_sleep:
        sti
ring0_sleep_instruction:
        hlt
        cli
        ret

/* rdi: device tree; rsi: vCPU index; rsp: top of this vCPU's stack page. */
        .globl  _start
_start:
        lea     -MINIVMM_STACK_BYTES(%rsp), %rbx

        mov     $GDT_CODE0, %rax
        mov     %rax, PERCPU_GDT+RING0_CS(%rbx)
        mov     $GDT_DATA0, %rax
        mov     %rax, PERCPU_GDT+RING0_DS(%rbx)
        mov     $GDT_CODE3, %rax
        mov     %rax, PERCPU_GDT+(RING3_CS & ~7)(%rbx)
        mov     $GDT_DATA3, %rax
        mov     %rax, PERCPU_GDT+(RING3_DS & ~7)(%rbx)

        /* Base bits 0-23 belong at bit 16 of the descriptor, bits 24-31 at bit 56. */
        lea     PERCPU_TSS(%rbx), %rax
        mov     %rax, %rdx
        and     $0xffffff, %eax
        shl     $16, %rax
        shr     $24, %rdx
        shl     $56, %rdx
        or      %rdx, %rax
        mov     $GDT_TSS, %rdx
        or      %rdx, %rax
        mov     %rax, PERCPU_GDT+TSS(%rbx)

        /* RSP0, and an I/O permission bitmap that allows every port it covers (its bits are 0). */
        mov     %rsp, PERCPU_TSS+4(%rbx)
        movw    $TSS_IO_BITMAP, PERCPU_TSS+102(%rbx)
        movb    $0xff, PERCPU_TSS+TSS_BYTES-1(%rbx)

        push    %rbx
        pushw   $63
        lgdt    (%rsp)
        lidt    idt_pointer
        mov     $TSS, %eax
        ltr     %ax

        /* The ring-3 stack of this vCPU, with its struct cpu_local above it. */
        lea     1(%rsi), %rax
        imul    $USER_BYTES, %rax, %rax
        lea     user_end-CPU_LOCAL_BYTES(%rax), %rax
        mov     %rax, PERCPU_LOCAL(%rbx)
        mov     %rax, %r8
        mov     %rax, %rdx
        shr     $32, %rdx
        mov     $MSR_FS_BASE, %ecx
        wrmsr
        mov     $(SVR_ENABLE | VECTOR_SPURIOUS), %eax
        xor     %edx, %edx
        mov     $MSR_X2APIC_SVR, %ecx
        wrmsr

        lea     MINIVMM_STACK_BYTES(%rbx), %rsp
        pushq   $RING3_DS
        lea     -8(%r8), %rax   /* as if user_start had been called */
        push    %rax
        pushq   $RFLAGS_IF
        pushq   $RING3_CS
        pushq   $user_start
        mov     %r8, %rdx
        iretq

        .section .ring0.rodata, "a"
        .balign 8
idt:
        .set    vector, 0
        .rept   256
        .word   vector * STUB_BYTES     /* STUBS_BASE's low 16 bits are zero */
        .word   RING0_CS
        .word   GATE_INTERRUPT
        .word   STUBS_BASE >> 16
        .quad   0
        .set    vector, vector + 1
        .endr
idt_pointer:
        .word   256 * 16 - 1
        .quad   idt

/* The ring-3 side of a service: ring0_trap() recognises the privileged HLT by its address. */
        .section .user.text, "ax"
        .globl  ring0_call
        .globl  ring0_call_instruction
ring0_call:
        mov     %rdi, %rax
ring0_call_instruction:
        hlt
        ret

        .section .note.GNU-stack, "", @progbits
