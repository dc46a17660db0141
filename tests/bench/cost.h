/* What the C clients share: the mail, and what a piece of work cost. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define KEY "xkeysib-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef-0123456789abcdef"
#define AT_A_TIME 64
#define P5 "<p>Thank you for your order.</p><p>Thank you for your order.</p><p>Thank you for your order.</p>" \
    "<p>Thank you for your order.</p><p>Thank you for your order.</p>"
#define HTML "<html><body>" P5 P5 P5 P5 P5 "</body></html>"

struct cost {
    double cpu, wall;
};

static struct cost cost_now(void) {
    struct rusage used;
    struct timespec now;
    struct cost cost;
    getrusage(RUSAGE_SELF, &used);
    clock_gettime(CLOCK_MONOTONIC, &now);
    cost.cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec)
        + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    cost.wall = (double)now.tv_sec + (double)now.tv_nsec / 1e9;
    return cost;
}

/* Peak memory. ru_maxrss will not do: it begins with that of the process that started this one. */
static long peak_kb(void) {
    char line[256];
    long peak = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status)) {
        if (sscanf(line, "VmHWM: %ld", &peak) == 1) {
            break;
        }
    }
    if (status) {
        fclose(status);
    }
    return peak;
}

static void cost_print(struct cost start) {
    struct cost end = cost_now();
    printf("{\"cpu\": %f, \"wall\": %f, \"peak_kb\": %ld}\n", end.cpu - start.cpu, end.wall - start.wall, peak_kb());
}

static void fail(const char *why) {
    fprintf(stderr, "%s\n", why);
    exit(1);
}
