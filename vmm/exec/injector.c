/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <time.h>
#include <unistd.h>

#include "vmm/core/base/clock.h"
#include "vmm/core/host/cpus.h"
#include "vmm/exec/injector.h"

/* The interrupt's number in the routes. */
#define INTERRUPT 0u

#define DELAY_MAX_NS 999999999u

void injector_init(struct injector *injector, struct delivery_routes *routes)
{
    *injector = (struct injector){
        .routes = routes,
        .irqfd = -1,
        .vcpu = UINT_MAX, /* no route yet */
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .changed = PTHREAD_COND_INITIALIZER,
    };
}

static void send_interrupt(struct injector *injector, unsigned delay_ns)
{
    const struct timespec delay = {.tv_nsec = delay_ns};
    const uint64_t one = 1;
    uint64_t sent;

    nanosleep(&delay, NULL);
    sent = clock_ticks();
    /* The eventfd's counter cannot overflow: KVM resets it at once. */
    if (write(injector->irqfd, &one, sizeof(one)) != sizeof(one))
        sent = 0;
    __atomic_store_n(&injector->sent, sent, __ATOMIC_RELEASE);
}

static void *injector_thread(void *arg)
{
    struct injector *injector = arg;

    pthread_mutex_lock(&injector->lock);
    while (!injector->quit) {
        if (injector->wanted) {
            unsigned delay_ns = injector->delay_ns;

            injector->wanted = false;
            pthread_mutex_unlock(&injector->lock);
            send_interrupt(injector, delay_ns);
            pthread_mutex_lock(&injector->lock);
        } else {
            pthread_cond_wait(&injector->changed, &injector->lock);
        }
    }
    pthread_mutex_unlock(&injector->lock);
    return NULL;
}

static int start(struct injector *injector, struct err *err)
{
    if (injector->irqfd < 0)
        injector->irqfd = delivery_irqfd(injector->routes, INTERRUPT, err);
    if (injector->irqfd < 0)
        return -1;
    errno = cpus_thread(&injector->thread, CPUS_ANY, injector_thread, injector);
    if (errno)
        return err_sys(err, ERR_FAILED, "cannot create the injector thread");
    injector->started = true;
    return 0;
}

int injector_request(struct injector *injector, unsigned vcpu, unsigned vector, unsigned delay_ns,
                     struct err *err)
{
    int result = 0;

    if (delay_ns > DELAY_MAX_NS)
        return err_set(err, ERR_FAILED, "guest: interrupt delay of %u ns; the maximum is %u",
                       delay_ns, DELAY_MAX_NS);
    pthread_mutex_lock(&injector->lock);
    if (!injector->started)
        result = start(injector, err);
    /* Changing a route is slow. */
    if (!result && (vcpu != injector->vcpu || vector != injector->vector))
        result = delivery_route(injector->routes, INTERRUPT, vcpu, vector, err);
    if (!result) {
        injector->vcpu = vcpu;
        injector->vector = vector;
        injector->delay_ns = delay_ns;
        __atomic_store_n(&injector->sent, 0, __ATOMIC_RELAXED);
        injector->wanted = true;
        pthread_cond_signal(&injector->changed);
    }
    pthread_mutex_unlock(&injector->lock);
    return result;
}

uint64_t injector_sent(struct injector *injector)
{
    return __atomic_load_n(&injector->sent, __ATOMIC_ACQUIRE);
}

void injector_end(struct injector *injector)
{
    if (injector->started) {
        pthread_mutex_lock(&injector->lock);
        injector->quit = true;
        pthread_cond_signal(&injector->changed);
        pthread_mutex_unlock(&injector->lock);
        pthread_join(injector->thread, NULL);
        injector->started = false;
    }
    if (injector->irqfd >= 0)
        close(injector->irqfd);
    injector->irqfd = -1;
}
