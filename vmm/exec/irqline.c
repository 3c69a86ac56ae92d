/* SPDX-License-Identifier: MIT */
#include <unistd.h>

#include "vmm/exec/irqline.h"

#define VCPU 0u

void irqline_init(struct irqline *line, struct delivery_routes *routes, unsigned interrupt,
                  unsigned vector)
{
    *line = (struct irqline){
        .routes = routes,
        .interrupt = interrupt,
        .vector = vector,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .fd = -1,
    };
}

static int create_irqfd(struct irqline *line, struct err *err)
{
    int fd = -1;

    pthread_mutex_lock(&line->lock);
    if (line->fd >= 0) {
        fd = line->fd;
    } else if (!delivery_route(line->routes, line->interrupt, VCPU, line->vector, err)) {
        fd = delivery_irqfd(line->routes, line->interrupt, err);
        __atomic_store_n(&line->fd, fd, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&line->lock);
    return fd;
}

int irqline_raise(void *ctx, struct err *err)
{
    struct irqline *line = ctx;
    int fd = __atomic_load_n(&line->fd, __ATOMIC_ACQUIRE);
    const uint64_t one = 1;

    if (fd < 0)
        fd = create_irqfd(line, err);
    if (fd < 0)
        return -1;
    if (write(fd, &one, sizeof(one)) != sizeof(one))
        return err_sys(err, ERR_FAILED, "write to an irqfd");
    return 0;
}

void irqline_close(struct irqline *line)
{
    if (line->fd >= 0)
        close(line->fd);
    line->fd = -1;
}
