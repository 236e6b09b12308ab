/* An HTTP server without Node: it answers each request with its user, its folder, and whether it can write to / and to /tmp. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int can_write(const char *path) {
  int file = open(path, O_CREAT | O_WRONLY, 0600);
  if (file >= 0) close(file);
  return file >= 0;
}

static void end(int number) { _exit(number == SIGTERM ? 7 : 8); }

int main(int count, char **arguments) {
  const char *host = count > 1 ? arguments[1] : "0.0.0.0";
  if (strcmp(host, "check") == 0) return atoi(arguments[2]);
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
