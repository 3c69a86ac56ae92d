/* SPDX-License-Identifier: MIT */
/*
 * Errors that a user can act on: what failed, why, and what to do about it.
 *
 * Library code returns -1 with a struct err filled in; only main() prints and exits.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/* Kinds of error; also the exit statuses of the programs. */
enum err_code {
    ERR_NONE = 0,
    ERR_FAILED = 1,      /* the run failed */
    ERR_USAGE = 2,       /* invalid command line or environment */
    ERR_CANNOT_RUN = 77, /* unsupported on this machine; tests skip */
};

struct err {
    enum err_code code;
    char text[400]; /* "what: why" */
    char hint[200]; /* what to do instead; may be empty */
};

/*
 * err_set(): set the code and the text, "what: why", and clear the hint. Always returns -1, so that
 * a caller can write `return err_set(...)`.
 */
int err_set(struct err *err, enum err_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * err_sys(): like err_set(), with ": " and strerror(errno) appended. With EMFILE, also sets a hint
 * to raise ulimit -n, which err_hint() replaces only by one that also names ulimit -n.
 */
int err_sys(struct err *err, enum err_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* err_hint(): set the hint of an error that err_set() or err_sys() has set. Always returns -1. */
int err_hint(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* err_format(): format "PROGRAM: what: why; try: hint\n" in `text`. Returns `text`. */
#define ERR_LINE_MAX 700
const char *err_format(char text[ERR_LINE_MAX], const struct err *err, const char *program);

/* err_print(): print that line to standard error. */
void err_print(const struct err *err, const char *program);

#endif
