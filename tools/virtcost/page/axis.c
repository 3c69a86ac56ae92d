/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "tools/virtcost/page/axis.h"

#define INTERVALS 6
#define DECADES   15

/* Tolerance, so that 3 steps of 0.1 end at 0.3. */
#define SLACK 1e-6

/* The smallest of 1, 2 or 5 times a power of ten that is not below `size`. */
static double round_up(double size)
{
    static const double round[] = {1, 2, 5};
    double power = pow(10, floor(log10(size)));

    for (unsigned i = 0; i < sizeof(round) / sizeof(round[0]); i++)
        if (round[i] * power >= size * (1 - SLACK))
            return round[i] * power;
    return 10 * power;
}

/* The largest of these that is not above `size`. */
static double round_down(double size)
{
    static const double round[] = {5, 2, 1};
    double power = pow(10, floor(log10(size) + SLACK));

    for (unsigned i = 0; i < sizeof(round) / sizeof(round[0]); i++)
        if (round[i] * power <= size * (1 + SLACK))
            return round[i] * power;
    return power;
}

static void fit_log(struct axis *axis, double low, double high)
{
    if (high <= 0)
        high = 1;
    if (low <= 0 || low > high)
        low = high / 10;
    if (low < high / pow(10, DECADES))
        low = high / pow(10, DECADES);
    axis->low = round_down(low);
    axis->high = round_up(high);
    if (axis->high <= axis->low * (1 + SLACK))
        axis->high = axis->low * 10;
}

void axis_fit(struct axis *axis, double low, double high)
{
    if (axis->log) {
        fit_log(axis, low, high);
        return;
    }
    if (high - low <= fabs(high) * SLACK)
        high = low + (low != 0 ? fabs(low) : 1);
    axis->step = round_up((high - low) / INTERVALS);
    axis->low = floor(low / axis->step + SLACK) * axis->step;
    axis->high = ceil(high / axis->step - SLACK) * axis->step;
}

double axis_at(const struct axis *axis, double value)
{
    double part;

    if (axis->log)
        part = value <= axis->low ? 0 : log(value / axis->low) / log(axis->high / axis->low);
    else
        part = (value - axis->low) / (axis->high - axis->low);
    part = part < 0 ? 0 : part > 1 ? 1 : part;
    return axis->from + part * (axis->to - axis->from);
}

static unsigned log_ticks(const struct axis *axis, double ticks[AXIS_TICKS_MAX])
{
    static const double few[] = {1, 2, 5}, one[] = {1};
    double decades = log10(axis->high / axis->low) * (1 - SLACK);
    const double *times = decades < 3 ? few : one;
    unsigned each = decades < 3 ? 3 : 1, count = 0;
    int skip = (int)ceil(decades / 7), from = (int)floor(log10(axis->low) + SLACK);

    for (int power = from; pow(10, power) <= axis->high * (1 + SLACK); power += skip < 1 ? 1 : skip)
        for (unsigned i = 0; i < each; i++) {
            double tick = times[i] * pow(10, power);

            if (tick >= axis->low * (1 - SLACK) && tick <= axis->high * (1 + SLACK) &&
                count < AXIS_TICKS_MAX)
                ticks[count++] = tick;
        }
    return count;
}

unsigned axis_ticks(const struct axis *axis, double ticks[AXIS_TICKS_MAX])
{
    unsigned count = 0;

    if (axis->log)
        return log_ticks(axis, ticks);
    for (int i = 0; i < AXIS_TICKS_MAX; i++) {
        double tick = axis->low + i * axis->step;

        if (tick <= axis->high + axis->step * SLACK)
            ticks[count++] = fabs(tick) < axis->step * SLACK ? 0 : tick;
    }
    return count;
}
