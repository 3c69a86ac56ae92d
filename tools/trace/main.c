/* SPDX-License-Identifier: MIT */
/*
 * minivmm-trace: converts a file from minivmm --trace to the Trace Event Format of Chrome and
 * Perfetto (JSON; times in us), one track per vCPU and one for the benchmarks.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "minivmm/trace.h"
#include "vmm/core/base/clock.h"
#include "vmm/core/base/err.h"
#include "vmm/core/base/units.h"
#include "vmm/core/base/wrapped.h"
#include "vmm/core/host/file.h"
#include "vmm/core/host/inherit.h"
#include "vmm/core/host/terminal.h"

/* More reasons or devices than any valid file has; bounds an untrusted header. */
#define NAMES_MAX 256u

/* The magic number without the version. */
#define ANY_VERSION (TRACE_MAGIC & ~(0xffull << TRACE_VERSION_SHIFT))

struct trace {
    FILE *in, *out;
    struct trace_header header;
    char name[NAMES_MAX][TRACE_NAME_MAX], device[NAMES_MAX][TRACE_NAME_MAX];
    struct clock_rate rate;
};

static int bad_file(struct err *err, const char *path, const char *why)
{
    err_set(err, ERR_USAGE, "%s: %s", path, why);
    return err_hint(err, "a file from minivmm --trace");
}

/* Read names of reasons or devices, which are printed into JSON strings. */
static int read_names(struct trace *trace, char (*name)[TRACE_NAME_MAX], uint32_t count,
                      const char *path, struct err *err)
{
    if (fread(name, TRACE_NAME_MAX, count, trace->in) != count)
        return bad_file(err, path, "truncated before the first record");
    for (uint32_t i = 0; i < count; i++) {
        name[i][TRACE_NAME_MAX - 1] = '\0';
        if (strspn(name[i], "abcdefghijklmnopqrstuvwxyz0123456789_-") != strlen(name[i]))
            return bad_file(err, path, "invalid name of an exit reason or device");
    }
    return 0;
}

static int check_version(const struct trace_header *header, const char *path, struct err *err)
{
    if (header->magic == TRACE_MAGIC)
        return 0;
    if ((header->magic & ~(0xffull << TRACE_VERSION_SHIFT)) != ANY_VERSION)
        return bad_file(err, path, "not a trace");
    err_set(err, ERR_USAGE, "%s: trace format %c; this minivmm-trace reads format %c", path,
            isprint((int)(header->magic >> TRACE_VERSION_SHIFT))
                ? (int)(header->magic >> TRACE_VERSION_SHIFT)
                : '?',
            (int)(TRACE_MAGIC >> TRACE_VERSION_SHIFT));
    return err_hint(err, "minivmm and minivmm-trace of the same build");
}

static int read_header(struct trace *trace, const char *path, struct err *err)
{
    struct trace_header *header = &trace->header;
    size_t got = fread(header, 1, sizeof(*header), trace->in);

    if (got < sizeof(header->magic))
        return bad_file(err, path, "not a trace");
    if (check_version(header, path, err))
        return -1;
    if (got < sizeof(*header))
        return bad_file(err, path, "truncated before the first record");
    if (!header->tsc_hz)
        return bad_file(err, path, "invalid header: TSC frequency is 0");
    if (!header->reasons || header->reasons > NAMES_MAX)
        return bad_file(err, path, "invalid header: number of exit reasons out of range");
    if (header->devices > NAMES_MAX)
        return bad_file(err, path, "invalid header: number of devices out of range");
    if (read_names(trace, trace->name, header->reasons, path, err) ||
        read_names(trace, trace->device, header->devices, path, err))
        return -1;
    trace->rate = clock_rate_of(header->tsc_hz);
    return 0;
}

static uint64_t ns_of(const struct trace *trace, const struct trace_record *record)
{
    return record->ticks > trace->header.start
               ? clock_ns(&trace->rate, record->ticks - trace->header.start)
               : 0;
}

/* Rows have a separate track, below those of the vCPUs. */
static int print_row_begin(const struct trace *trace, const struct trace_record *record,
                           const char *path, struct err *err)
{
    char text[TRACE_TEXT_MAX];
    uint64_t ns = ns_of(trace, record);

    if (fread(text, sizeof(text), 1, trace->in) != 1)
        return bad_file(err, path,
                        "the last row is truncated; the records before it were converted");
    text[sizeof(text) - 1] = '\0';
    for (const char *at = text; *at; at++)
        if (*at < ' ' || *at > '~' || *at == '"' || *at == '\\')
            return bad_file(err, path, "invalid text of a row");
    fprintf(trace->out,
            ",\n{\"name\":\"%s\",\"cat\":\"benchmark\",\"ph\":\"B\",\"pid\":1,\"tid\":%u,"
            "\"ts\":%" PRIu64 ".%03u,\"args\":{\"row\":%" PRIu64 ",\"threads\":%u}}",
            text, trace->header.vcpus, ns / 1000, (unsigned)(ns % 1000), record->address,
            record->handler_ns);
    return 0;
}

static void print_row_end(const struct trace *trace, const struct trace_record *record)
{
    uint64_t ns = ns_of(trace, record);

    fprintf(trace->out,
            ",\n{\"cat\":\"benchmark\",\"ph\":\"E\",\"pid\":1,\"tid\":%u,\"ts\":%" PRIu64 ".%03u}",
            trace->header.vcpus, ns / 1000, (unsigned)(ns % 1000));
}

static void print_exit(const struct trace *trace, const struct trace_record *record)
{
    uint64_t ns = ns_of(trace, record);

    fprintf(trace->out,
            ",\n{\"name\":\"%s\",\"cat\":\"exit\",\"ph\":\"X\",\"pid\":1,\"tid\":%u,"
            "\"ts\":%" PRIu64 ".%03u,\"dur\":%u.%03u,\"args\":{\"address\":\"%#" PRIx64 "\"",
            trace->name[record->reason], record->vcpu, ns / 1000, (unsigned)(ns % 1000),
            record->handler_ns / 1000, record->handler_ns % 1000, record->address);
    if (record->device < trace->header.devices)
        fprintf(trace->out, ",\"device\":\"%s\"", trace->device[record->device]);
    fprintf(trace->out, "}}");
}

static void print_dropped(const struct trace *trace, const struct trace_record *record)
{
    fprintf(trace->out,
            ",\n{\"name\":\"%" PRIu64 " exit%s dropped\",\"ph\":\"i\",\"s\":\"t\",\"pid\":1,"
            "\"tid\":%u,\"ts\":0}",
            record->address, units_s(record->address), record->vcpu);
}

static int print_record(const struct trace *trace, const struct trace_record *record,
                        const char *path, struct err *err)
{
    if (record->reason == TRACE_ROW_BEGIN)
        return print_row_begin(trace, record, path, err);
    if (record->reason == TRACE_ROW_END)
        print_row_end(trace, record);
    else if (record->reason == TRACE_DROPPED)
        print_dropped(trace, record);
    else if (record->reason < trace->header.reasons)
        print_exit(trace, record);
    return 0;
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
    fprintf(trace->out,
            ",\n{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":1,\"tid\":%u,"
            "\"args\":{\"name\":\"benchmarks\"}}",
            trace->header.vcpus);
}

static int convert(struct trace *trace, const char *path, struct err *err)
{
    struct trace_record record;
    size_t bytes = 0;
    int result = 0;

    if (read_header(trace, path, err))
        return -1;
    print_names(trace);
    while (!result && !ferror(trace->out) &&
           (bytes = fread(&record, 1, sizeof(record), trace->in)) == sizeof(record))
        result = print_record(trace, &record, path, err);
    if (ferror(trace->out))
        return file_flush(trace->out, "standard output", err);
    fprintf(trace->out, "\n]}\n");
    if (ferror(trace->in))
        return err_sys(err, ERR_FAILED, "%s", path);
    if (!result && bytes)
        return bad_file(err, path, "the last record is truncated; the others were converted");
    return result;
}

static void print_usage(FILE *out)
{
    wrapped_fit(terminal_columns(fileno(out)));
    wrapped_note(out, "Usage: minivmm-trace FILE >trace.json\n");
    wrapped_note(out, "Convert what minivmm --trace FILE wrote for https://ui.perfetto.dev and "
                      "other viewers of Chrome's trace format.\n");
}

int main(int argc, char **argv)
{
    static struct trace trace;
    struct err err = {0};
    int result = 0;

    inherit_settle();
    if (argc == 2 && !strcmp(argv[1], "--help")) {
        print_usage(stdout);
        return ERR_NONE;
    }
    if (argc != 2 || argv[1][0] == '-') {
        print_usage(stderr);
        return ERR_USAGE;
    }
    trace.out = stdout;
    trace.in = fopen(argv[1], "re");
    if (!trace.in)
        result = err_sys(&err, ERR_USAGE, "%s", argv[1]);
    else
        result = convert(&trace, argv[1], &err);
    if (!result)
        result = file_flush(stdout, "standard output", &err);
    if (trace.in)
        fclose(trace.in);
    if (!result)
        return ERR_NONE;
    err_print(&err, program_invocation_short_name);
    return err.code;
}
