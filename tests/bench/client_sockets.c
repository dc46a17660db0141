/* What the system alone costs: client_sockets get|send URL COUNT.

   The requests are there from the start and go out by send(), replies come by recv() and are looked at only as far as
   their end must be known. Below this no client can be, whatever it is made of. */
#include "cost.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static char request[2048];
static size_t request_length;

static int connected(const char *host, const char *port) {
    struct addrinfo hints, *found;
    int one = 1, to;
    memset(&hints, 0, sizeof hints);
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(host, port, &hints, &found) != 0) {
        fail("no address");
    }
    to = socket(found->ai_family, found->ai_socktype, 0);
    if (to < 0 || connect(to, found->ai_addr, found->ai_addrlen) != 0) {
        fail("no connection");
    }
    freeaddrinfo(found);
    setsockopt(to, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return to;
}

static void ask(int to) {
    if (send(to, request, request_length, MSG_NOSIGNAL) != (ssize_t)request_length) {
        fail("not sent");
    }
}

/* Replies are small: each comes whole. */
static void take(int from) {
    char reply[4096];
    const char *body, *length;
    ssize_t got = recv(from, reply, sizeof reply - 1, 0);
    if (got <= 0) {
        fail("no reply");
    }
    reply[got] = 0;
    body = strstr(reply, "\r\n\r\n");
    length = strcasestr(reply, "content-length:");
    if (strncmp(reply, "HTTP/1.1 2", 10) != 0 || !body || !length || reply + got - body - 4 != atol(length + 15)) {
        fail("unexpected reply");
    }
}

static void send_many(int epoll, const int *sockets, long count) {
    struct epoll_event events[AT_A_TIME];
    long begun = 0, done = 0;
    for (; begun < AT_A_TIME && begun < count; ++begun) {
        ask(sockets[begun]);
    }
    while (done < count) {
        int i, ready = epoll_wait(epoll, events, AT_A_TIME, -1);
        for (i = 0; i < ready; ++i, ++done) {
            take(events[i].data.fd);
            if (begun < count) {
                ask(events[i].data.fd);
                ++begun;
            }
        }
    }
}

int main(int argc, char **argv) {
    int sockets[AT_A_TIME], i, epoll = epoll_create1(0), is_get;
    char host[128], port[16], path[64];
    struct cost start;
    long count, n;
    if (argc < 4 || sscanf(argv[2], "http://%127[^:]:%15[0-9]/%63s", host, port, path) != 3) {
        fail("client_sockets get|send URL COUNT");
    }
    is_get = strcmp(argv[1], "get") == 0;
    count = atol(argv[3]);
    if (is_get) {
        request_length = (size_t)snprintf(request, sizeof request, "GET /%s/account HTTP/1.1\r\nhost: %s:%s\r\n"
            "api-key: " KEY "\r\naccept: application/json\r\n\r\n", path, host, port);
    } else {
        static const char body[] = "{\"sender\":{\"email\":\"shop@example.com\",\"name\":\"Shop\"},\"to\":[{\"email\":"
            "\"ada@example.com\",\"name\":\"Ada King\"}],\"subject\":\"Your order 4711 is on its way\",\"htmlContent\":\""
            HTML "\",\"tags\":[\"orders\"]}";
        request_length = (size_t)snprintf(request, sizeof request, "POST /%s/smtp/email HTTP/1.1\r\nhost: %s:%s\r\n"
            "api-key: " KEY "\r\naccept: application/json\r\ncontent-type: application/json\r\n"
            "content-length: %lu\r\n\r\n%s", path, host, port, (unsigned long)(sizeof body - 1), body);
    }
    for (i = 0; i < AT_A_TIME; ++i) {
        struct epoll_event event;
        event.events = EPOLLIN;
        event.data.fd = sockets[i] = connected(host, port);
        epoll_ctl(epoll, EPOLL_CTL_ADD, sockets[i], &event);
    }
    if (is_get) {
        for (n = 0; n < 50; ++n) {
            ask(sockets[0]);
            take(sockets[0]);
        }
        start = cost_now();
        for (n = 0; n < count; ++n) {
            ask(sockets[0]);
            take(sockets[0]);
        }
    } else {
        send_many(epoll, sockets, AT_A_TIME);
        start = cost_now();
        send_many(epoll, sockets, count);
    }
    cost_print(start);
    return 0;
}
