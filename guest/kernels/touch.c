/* SPDX-License-Identifier: MIT */
#include "guest/kernels/touch.h"

#define MARK 0x5a

void touch_pages(uint8_t *base, size_t bytes, size_t stride)
{
    for (size_t i = 0; i < bytes; i += stride)
        *(volatile uint8_t *)(base + i) = MARK;
}

size_t touch_count(const uint8_t *base, size_t bytes, size_t stride)
{
    size_t count = 0;

    for (size_t i = 0; i < bytes; i += stride)
        count += *(const uint64_t *)(base + i) == MARK;
    return count;
}
