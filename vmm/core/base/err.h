/* SPDX-License-Identifier: MIT */
/*
 * Errors that a person can act on: what, why, and what to do about it.
 *
 * Library code returns -1 with a struct err filled in; only main() prints and exits.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/* Exit statuses of the program, and the kinds of error. */
enum err_code {
    ERR_NONE = 0,
    ERR_FAILED = 1,      /* the run failed */
    ERR_USAGE = 2,       /* what the user typed cannot be done */
    ERR_CANNOT_RUN = 77, /* this machine lacks what is needed: a test skips */
};

struct err {
    enum err_code code;
    char text[400]; /* "what: why" */
    char hint[200]; /* what to do; may be empty */
};

/*
 * err_set(): fill in *err; `format` gives "what: why". Clears the hint. Always returns -1, so that
 * a caller can write `return err_set(...)`.
 */
int err_set(struct err *err, enum err_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * err_sys(): the same, with ": " and the text of errno appended. With EMFILE the hint is to raise
 * ulimit -n, and only a hint that names it as well replaces that.
 */
int err_sys(struct err *err, enum err_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* err_hint(): add what to do about an error that has been set. Always returns -1. */
int err_hint(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* err_format(): "PROGRAM: what: why; try: hint" and a newline. Returns `text`. */
#define ERR_LINE_MAX 700
const char *err_format(char text[ERR_LINE_MAX], const struct err *err, const char *program);

/* err_print(): the same to standard error. */
void err_print(const struct err *err, const char *program);

#endif
