/* A chat server without threads: select() over all clients. */

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENTS 64
#define SIZE 16384

struct client {
  int fd;
  char name[256]; /* empty until login */
  char in[SIZE];  /* what has come and is no whole request yet */
  int used;
} clients[CLIENTS];

static void say(struct client *to, const char *text) { send(to->fd, text, strlen(text), 0); }

/* Copies the string behind a key, as it is written between its quotes. */
static int field(const char *json, const char *key, char *out, size_t size) {
  char quoted[32];
  snprintf(quoted, sizeof quoted, "\"%s\"", key);
  const char *at = strstr(json, quoted);
  if (at == NULL || (at = strchr(at + strlen(quoted), '"')) == NULL) return 0;
  size_t n = 0;
  for (at++; *at != '\0' && *at != '"' && n + 2 < size; at++) {
    if (*at == '\\') out[n++] = *at++;
    out[n++] = *at;
  }
  out[n] = '\0';
  return 1;
}

static void login(struct client *who, const char *json) {
  char name[256];
  if (!field(json, "username", name, sizeof name)) return say(who, "{\"status\":\"error\"}\n");
  for (int i = 0; i < CLIENTS; i++)
    if (clients[i].fd > 0 && strcmp(clients[i].name, name) == 0)
      return say(who, "{\"status\":\"error\",\"message\":\"this name is taken\"}\n");
  strcpy(who->name, name);
  say(who, "{\"status\":\"success\",\"message\":\"welcome\"}\n");
}

static void message(struct client *who, const char *json) {
  static char content[SIZE], text[SIZE + 512];
  if (!field(json, "content", content, sizeof content)) return say(who, "{\"status\":\"error\"}\n");
  snprintf(text, sizeof text, "{\"type\":\"message\",\"username\":\"%s\",\"content\":\"%s\"}\n", who->name, content);
  for (int i = 0; i < CLIENTS; i++)
    if (clients[i].fd > 0 && &clients[i] != who && clients[i].name[0] != '\0') say(&clients[i], text);
  say(who, "{\"status\":\"success\",\"message\":\"sent\"}\n");
}

static void list(struct client *who) {
  static char text[CLIENTS * 300];
  strcpy(text, "{\"status\":\"success\",\"users\":[");
  const char *comma = "";
  for (int i = 0; i < CLIENTS; i++)
    if (clients[i].fd > 0 && clients[i].name[0] != '\0') {
      sprintf(text + strlen(text), "%s\"%s\"", comma, clients[i].name);
      comma = ",";
    }
  strcat(text, "]}\n");
  say(who, text);
}

static void answer(struct client *who, const char *json) {
  char type[32] = "";
  field(json, "type", type, sizeof type);
  if (strcmp(type, "login") == 0) login(who, json);
  else if (strcmp(type, "message") == 0) message(who, json);
  else if (strcmp(type, "list") == 0) list(who);
  else say(who, "{\"status\":\"error\",\"message\":\"what?\"}\n");
}

/* Answers every whole request that has come: it ends where all its braces are closed. */
static void requests(struct client *who) {
  int depth = 0, start = 0;
  for (int i = 0; i < who->used; i++) {
    if (who->in[i] == '{' && depth++ == 0) start = i;
    if (who->in[i] != '}' || --depth != 0) continue;
    char rest = who->in[i + 1];
    who->in[i + 1] = '\0';
    answer(who, who->in + start);
    who->in[i + 1] = rest;
    memmove(who->in, who->in + i + 1, who->used -= i + 1);
    i = -1;
  }
}

static void read_from(struct client *who) {
  int n = recv(who->fd, who->in + who->used, SIZE - 1 - who->used, 0);
  if (n <= 0) {
    close(who->fd);
    memset(who, 0, sizeof *who);
    return;
  }
  who->used += n;
  requests(who);
}

int main(void) {
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(12345)};
  int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  signal(SIGPIPE, SIG_IGN);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listener, (struct sockaddr *)&here, sizeof here) < 0 || listen(listener, 16) < 0) return 1;
  for (;;) {
    fd_set ready;
    FD_ZERO(&ready);
    FD_SET(listener, &ready);
    int highest = listener;
    for (int i = 0; i < CLIENTS; i++)
      if (clients[i].fd > 0) {
        FD_SET(clients[i].fd, &ready);
        if (clients[i].fd > highest) highest = clients[i].fd;
      }
    if (select(highest + 1, &ready, NULL, NULL, NULL) < 0) continue;
    for (int i = 0; i < CLIENTS; i++)
      if (clients[i].fd > 0 && FD_ISSET(clients[i].fd, &ready)) read_from(&clients[i]);
    if (FD_ISSET(listener, &ready)) {
      int fd = accept(listener, NULL, NULL), i = 0;
      while (i < CLIENTS && clients[i].fd > 0) i++;
      if (i == CLIENTS) close(fd);
      else clients[i].fd = fd;
    }
  }
}
