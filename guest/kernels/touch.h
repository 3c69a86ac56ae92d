/* SPDX-License-Identifier: MIT */
/*
 * First touch: what it costs to write to a page that nobody has written to yet. The host has to
 * find and clear a page, and in a VM the hypervisor has to map it as well.
 */
#ifndef KERNELS_TOUCH_H
#define KERNELS_TOUCH_H

#include "guest/kernels/kernel.h"

/* touch_pages(): write one byte every `stride` bytes. */
void touch_pages(uint8_t *base, size_t bytes, size_t stride);

/* touch_count(): how many of these bytes are there, and nothing but zeros in their words. */
size_t touch_count(const uint8_t *base, size_t bytes, size_t stride);

#endif
