/* SPDX-License-Identifier: MIT */
/*
 * minivmm-trace: converts a file from minivmm --trace to the Trace Event Format of Chrome and
 * Perfetto (JSON; complete events, times in us), one track per vCPU.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "minivmm/trace.h"
#include "vmm/base/clock.h"
#include "vmm/base/err.h"

/* More than any valid file has; bounds an untrusted header. */
#define REASONS_MAX 256u

struct trace {
    FILE *in, *out;
    struct trace_header header;
    char name[REASONS_MAX][TRACE_NAME_MAX];
    struct clock_rate rate;
};

static int bad_file(struct err *err, const char *path, const char *why)
{
    err_set(err, ERR_USAGE, "%s: %s", path, why);
    return err_hint(err, "a file from minivmm --trace");
}

static int read_header(struct trace *trace, const char *path, struct err *err)
{
    struct trace_header *header = &trace->header;

    if (fread(header, sizeof(*header), 1, trace->in) != 1 || header->magic != TRACE_MAGIC)
        return bad_file(err, path, "not a trace");
    if (!header->tsc_hz)
        return bad_file(err, path, "invalid header: TSC frequency is 0");
    if (!header->reasons || header->reasons > REASONS_MAX)
        return bad_file(err, path, "invalid header: number of exit reasons out of range");
    if (fread(trace->name, TRACE_NAME_MAX, header->reasons, trace->in) != header->reasons)
        return bad_file(err, path, "truncated in the names of the exit reasons");
    /* The names are printed into JSON strings. */
    for (uint32_t i = 0; i < header->reasons; i++) {
        trace->name[i][TRACE_NAME_MAX - 1] = '\0';
        if (strspn(trace->name[i], "abcdefghijklmnopqrstuvwxyz_") != strlen(trace->name[i]))
            return bad_file(err, path, "invalid name of an exit reason");
    }
    trace->rate = clock_rate_of(header->tsc_hz);
    return 0;
}

static void print_record(const struct trace *trace, const struct trace_record *record)
{
    uint64_t ns = record->ticks > trace->header.start
                      ? clock_ns(&trace->rate, record->ticks - trace->header.start)
                      : 0;

    if (record->reason == TRACE_DROPPED)
        fprintf(trace->out,
                ",\n{\"name\":\"%" PRIu64 " exits dropped\",\"ph\":\"i\",\"s\":\"t\",\"pid\":1,"
                "\"tid\":%u,\"ts\":0}",
                record->address, record->vcpu);
    else if (record->reason < trace->header.reasons)
        fprintf(trace->out,
                ",\n{\"name\":\"%s\",\"ph\":\"X\",\"pid\":1,\"tid\":%u,\"ts\":%" PRIu64 ".%03u,"
                "\"dur\":%u.%03u,\"args\":{\"address\":\"%#" PRIx64 "\"}}",
                trace->name[record->reason], record->vcpu, ns / 1000, (unsigned)(ns % 1000),
                record->handler_ns / 1000, record->handler_ns % 1000, record->address);
}

static void print_names(const struct trace *trace)
{
    fprintf(trace->out, "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n"
                        "{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":1,"
                        "\"args\":{\"name\":\"minivmm: exits to user space\"}}");
    for (uint32_t i = 0; i < trace->header.vcpus && i <= UINT16_MAX; i++)
        fprintf(trace->out,
                ",\n{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":1,\"tid\":%u,"
                "\"args\":{\"name\":\"vCPU %u\"}}",
                i, i);
}

static int convert(struct trace *trace, const char *path, struct err *err)
{
    struct trace_record record;
    size_t bytes;

    if (read_header(trace, path, err))
        return -1;
    print_names(trace);
    while ((bytes = fread(&record, 1, sizeof(record), trace->in)) == sizeof(record))
        print_record(trace, &record);
    fprintf(trace->out, "\n]}\n");
    if (ferror(trace->in))
        return err_sys(err, ERR_FAILED, "%s", path);
    if (bytes)
        return bad_file(err, path, "the last record is truncated; the others were converted");
    return 0;
}

int main(int argc, char **argv)
{
    static struct trace trace;
    struct err err = {0};
    int result = 0;

    if (argc != 2 || argv[1][0] == '-') {
        fprintf(stderr, "Usage: minivmm-trace FILE >trace.json\n"
                        "Converts FILE, written by minivmm --trace FILE, to the JSON trace format "
                        "of Chrome\nand https://ui.perfetto.dev.\n");
        return argc == 2 && !strcmp(argv[1], "--help") ? ERR_NONE : ERR_USAGE;
    }
    trace.out = stdout;
    trace.in = fopen(argv[1], "re");
    if (!trace.in)
        result = err_sys(&err, ERR_USAGE, "%s", argv[1]);
    else
        result = convert(&trace, argv[1], &err);
    if (!result && (fflush(stdout) || ferror(stdout)))
        result = err_sys(&err, ERR_FAILED, "standard output");
    if (trace.in)
        fclose(trace.in);
    if (!result)
        return ERR_NONE;
    err_print(&err, program_invocation_short_name);
    return err.code;
}
