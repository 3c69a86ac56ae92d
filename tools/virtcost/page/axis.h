/* SPDX-License-Identifier: MIT */
/* An axis of a picture: the position of a value, and the values at which ticks are. */
#ifndef VIRTCOST_PAGE_AXIS_H
#define VIRTCOST_PAGE_AXIS_H

#include <stdbool.h>

#define AXIS_TICKS_MAX 16

struct axis {
    double low, high; /* values at the ends */
    double step;      /* between ticks, unless logarithmic */
    bool log;
    double from, to; /* positions of the ends in the picture */
};

/*
 * axis_fit(): set the ends to round values that enclose low to high. A logarithmic axis only holds
 * values above 0, over at most fifteen decades.
 */
void axis_fit(struct axis *axis, double low, double high);

/* axis_at(): the position of a value, limited to the ends. */
double axis_at(const struct axis *axis, double value);

/* axis_ticks(): set ticks[] to round values from end to end. Returns their number. */
unsigned axis_ticks(const struct axis *axis, double ticks[AXIS_TICKS_MAX]);

#endif
