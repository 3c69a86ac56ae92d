/* SPDX-License-Identifier: MIT */
/*
 * An axis of a picture: where a value is, and which values are written at it.
 */
#ifndef VIRTCOST_PAGE_AXIS_H
#define VIRTCOST_PAGE_AXIS_H

#include <stdbool.h>

#define AXIS_TICKS_MAX 16

struct axis {
    double low, high; /* the values at the ends */
    double step;      /* between ticks, unless logarithmic */
    bool log;
    double from, to; /* the ends in the picture */
};

/*
 * axis_fit(): make `axis` hold low to high and end at round values. A logarithmic axis holds what
 * is above 0, at most fifteen decades of it.
 */
void axis_fit(struct axis *axis, double low, double high);

/* axis_at(): where a value is; one beyond the ends is at the end. */
double axis_at(const struct axis *axis, double value);

/* axis_ticks(): round values from end to end. Returns how many. */
unsigned axis_ticks(const struct axis *axis, double ticks[AXIS_TICKS_MAX]);

#endif
