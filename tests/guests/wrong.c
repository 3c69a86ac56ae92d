/* SPDX-License-Identifier: MIT */
/* Reports a row whose check failed, and one whose check found a NaN. */
#include <math.h>

#include "guest/kvm/start.h"

uint32_t guest_main(const struct guest_machine *machine, struct team *team)
{
    static const double found[] = {2, NAN};

    (void)machine, (void)team;
    for (unsigned i = 0; i < 2; i++) {
        struct channel_record records[] = {
            {.type = CHANNEL_BEGIN, .begin = {.threads = 1, .name = "row", .unit = "u", .op = "o"}},
            {.type = CHANNEL_SAMPLES, .samples = {.count = 1, .value = {1}}},
            {.type = CHANNEL_END, .end = {.ops = 1}},
            {.type = CHANNEL_CHECK,
             .check = {.ok = i, .what = "error", .value = found[i], .limit = 1}},
        };

        records[0].begin.params[0] = (char)('a' + i);
        records[0].begin.params[1] = '=';
        records[0].begin.params[2] = '1';
        guest_send(records, 4);
    }
    return 0;
}
