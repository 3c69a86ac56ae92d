/* SPDX-License-Identifier: MIT */
/*
 * First touch: the first write to a page. The host has to allocate and clear the page, and in a VM
 * the hypervisor has to map it as well.
 */
#ifndef KERNELS_TOUCH_H
#define KERNELS_TOUCH_H

#include "guest/kernels/kernel.h"

/* touch_pages(): write one byte every `stride` bytes. */
void touch_pages(uint8_t *base, size_t bytes, size_t stride);

/* touch_count(): number of those bytes that read back, with the rest of their word zero. */
size_t touch_count(const uint8_t *base, size_t bytes, size_t stride);

#endif
