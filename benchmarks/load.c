#define _GNU_SOURCE
/* A small load client: keep-alive connections under poll(2), one request in flight on each.
   load ADDRESS HEADERS SECONDS CONNECTIONS STATUS  prints answers per second; exit 1 when an answer has another status. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 64
#define ROOM (1 << 20)

struct connection { char *buffer; size_t filled; };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fail(const char *what) { perror(what); exit(1); }

/* Length of a whole answer at the start of the buffer, 0 while it is not complete. */
static size_t whole(const char *text, size_t filled, int status) {
    const char *end = memmem(text, filled, "\r\n\r\n", 4);
    if (!end) return 0;
    if (atoi(text + 9) != status) { fprintf(stderr, "status %.3s\n", text + 9); exit(1); }
    size_t head = (size_t)(end - text) + 4, body = 0;
    for (const char *line = text; line < end; line = strstr(line, "\r\n") + 2)
        if (!strncasecmp(line, "content-length:", 15)) body = strtoul(line + 15, NULL, 10);
        else if (!strncasecmp(line, "transfer-encoding:", 18)) {
            const char *last = memmem(text + head, filled - head, "0\r\n\r\n", 5);
            return last ? (size_t)(last - text) + 5 : 0;
        }
    return filled >= head + body ? head + body : 0;
}

int main(int argc, char **argv) {
    if (argc != 6) { fprintf(stderr, "load ADDRESS HEADERS SECONDS CONNECTIONS STATUS\n"); return 2; }
    char host[64], path[2048] = "/";
    int port, count = atoi(argv[4]), status = atoi(argv[5]);
    if (sscanf(argv[1], "http://%63[^:/]:%d%2047s", host, &port, path) < 2 || count < 1 || count > MOST) return 2;
    static char request[16384];
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s:%d\r\n%s\r\n", path, host, port, argv[2]);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    if (inet_pton(AF_INET, host, &to.sin_addr) != 1) return 2;
    struct pollfd open[MOST];
    struct connection held[MOST];
    int yes = 1;
    for (int i = 0; i < count; i++) {
        open[i] = (struct pollfd){.fd = socket(AF_INET, SOCK_STREAM, 0), .events = POLLIN};
        held[i] = (struct connection){.buffer = malloc(ROOM)};
        if (connect(open[i].fd, (struct sockaddr *)&to, sizeof to)) fail("connect");
        setsockopt(open[i].fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        if (write(open[i].fd, request, (size_t)length) != length) fail("write");
    }
    double start = now(), end = start + atof(argv[3]);
    unsigned long answers = 0;
    while (now() < end) {
        if (poll(open, (nfds_t)count, 100) < 0 && errno != EINTR) fail("poll");
        for (int i = 0; i < count; i++) {
            if (!(open[i].revents & (POLLIN | POLLHUP))) continue;
            struct connection *c = &held[i];
            ssize_t got = read(open[i].fd, c->buffer + c->filled, ROOM - 1 - c->filled);
            if (got <= 0) { fprintf(stderr, "connection closed\n"); return 1; }
            c->filled += (size_t)got;
            c->buffer[c->filled] = 0;
            if (!whole(c->buffer, c->filled, status)) continue;
            c->filled = 0;
            answers++;
            if (write(open[i].fd, request, (size_t)length) != length) fail("write");
        }
    }
    printf("%.1f\n", (double)answers / (now() - start));
    return 0;
}
