/* An HTTP server without Node: it answers each request with its user, its folder, and whether it can write to / and to /tmp. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static int can_write(const char *path) {
  int file = open(path, O_CREAT | O_WRONLY, 0600);
  if (file >= 0) close(file);
  return file >= 0;
}

/* Returns 0 if a server of localhost answers. */
static int reach(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  int client = socket(AF_INET, SOCK_STREAM, 0);
  const char *request = "GET / HTTP/1.0\r\n\r\n";
  char response[4096];
  if (connect(client, (struct sockaddr *)&address, sizeof address) != 0) return 11;
  if (write(client, request, strlen(request)) < 0) return 12;
  ssize_t size = read(client, response, sizeof response - 1);
  if (size <= 0) return 13;
  response[size] = 0;
  puts(response);
  return 0;
}

/* Returns the error of a system call that a container may not make; 0 if it may. */
static int refused(const char *name) {
  errno = 0;
  if (strcmp(name, "unshare") == 0) syscall(SYS_unshare, CLONE_NEWUSER);
  if (strcmp(name, "mount") == 0) syscall(SYS_mount, "none", "/srv", "tmpfs", 0, "");
  if (strcmp(name, "clone") == 0) syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
  if (strcmp(name, "clone3") == 0) syscall(SYS_clone3, 0, 0);
  if (strcmp(name, "socket") == 0) socket(38, SOCK_SEQPACKET, 0);
  if (strcmp(name, "mknod") == 0) mknod("/device", S_IFCHR | 0600, makedev(1, 3));
  if (strcmp(name, "privileges") == 0) return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
  if (strcmp(name, "firmware") == 0) { struct stat at; stat("/sys/firmware", &at); return at.st_nlink == 2 ? 0 : 1; }
  if (strcmp(name, "getpid") == 0) syscall(SYS_getpid);
  return errno;
}

static void end(int number) { _exit(number == SIGTERM ? 7 : 8); }

/* Prints whether there is a terminal, and its size, which the runtime may set after the start. */
static int terminal(void) {
  struct winsize size = {0};
  int is_terminal = isatty(0);
  for (int tries = 0; is_terminal && size.ws_col == 0 && tries < 5000; tries++, usleep(1000)) ioctl(0, TIOCGWINSZ, &size);
  printf("terminal %d %dx%d TERM=%s PORT=%s\n", is_terminal, size.ws_col, size.ws_row, getenv("TERM"), getenv("PORT"));
  return 0;
}

int main(int count, char **arguments) {
  const char *host = count > 1 ? arguments[1] : "0.0.0.0";
  if (strcmp(host, "check") == 0) return atoi(arguments[2]);
  if (strcmp(host, "connect") == 0) return reach(atoi(arguments[2]));
  if (strcmp(host, "call") == 0) return refused(arguments[2]);
  if (strcmp(host, "terminal") == 0) return terminal();
  if (strcmp(host, "hang") == 0) for (;;) pause();
  if (getenv("HANDLES_SIGTERM")) signal(SIGTERM, end);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(getenv("PORT")))};
  inet_pton(AF_INET, host, &address.sin_addr);
  int server = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(server, (struct sockaddr *)&address, sizeof address) != 0 || listen(server, 16) != 0) return 3;
  printf("listening on %s\n", host);
  fflush(stdout);
  for (;;) {
    char request[4096], folder[256], body[512], response[1024];
    int client = accept(server, NULL, NULL);
    if (client < 0) return 4;
    if (read(client, request, sizeof request) > 0) {
      getcwd(folder, sizeof folder);
      snprintf(body, sizeof body, "user %d pid %d folder %s root %d tmp %d", getuid(), getpid(), folder,
               can_write("/file"), can_write("/tmp/file"));
      snprintf(response, sizeof response,
               "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s", strlen(body), body);
      write(client, response, strlen(response));
    }
    close(client);
  }
}
