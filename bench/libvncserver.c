/*
 * libvncserver as an encoder: how long it takes from a picture to the bytes of an update.
 *
 *   libvncserver PICTURE WIDTH HEIGHT CLIENT
 *
 * PICTURE is a file of R, G, B, X bytes; CLIENT one of all that a client says, in MESSAGES messages, the last of which asks for
 * an update. In each pass libvncserver takes them as a new connection, and a thread reads at the other end of its socket. The
 * clock runs while it sends the whole picture. A line on stdin is a task:
 *
 *   pass COUNT      answered by "NANOSECONDS BYTES": all passes together, and what each has sent, its handshake included
 *   stream FILE     answered by "0 BYTES", once FILE holds what the last pass has sent
 *
 * A failure ends the program with status 1 and a word on stderr.
 */

#define _GNU_SOURCE
#include <pthread.h>
#include <rfb/rfb.h>
#include <rfb/rfbregion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const int MESSAGES = 6; /* version, security type, ClientInit, SetPixelFormat, SetEncodings, the request */
static const unsigned TIME_LIMIT = 120; /* seconds, for a task */

static rfbScreenInfoPtr screen;
static uint8_t *said; /* by the client */
static size_t saidLength;

static uint8_t *sent;
static size_t sentLength, sentCapacity;

static void fail(const char *reason) {
  fprintf(stderr, "libvncserver failed: %s\n", reason);
  exit(1);
}

static uint8_t *contents(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0) fail("no file");
  *length = (size_t)ftell(file);
  rewind(file);
  uint8_t *bytes = malloc(*length);
  if (bytes == NULL || fread(bytes, 1, *length, file) != *length) fail("no file");
  fclose(file);
  return bytes;
}

static void *drain(void *socket) {
  int fd = *(int *)socket;
  sentLength = 0;
  for (;;) {
    if (sentCapacity - sentLength < 65536) {
      sentCapacity = 2 * sentCapacity + 65536;
      sent = realloc(sent, sentCapacity);
      if (sent == NULL) fail("no memory");
    }
    ssize_t length = read(fd, sent + sentLength, sentCapacity - sentLength);
    if (length <= 0) return NULL;
    sentLength += (size_t)length;
  }
}

/* Nanoseconds. */
static uint64_t pass(void) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) fail("no sockets");
  if (write(ends[1], said, saidLength) != (ssize_t)saidLength) fail("a client that says too much");
  pthread_t drainer;
  if (pthread_create(&drainer, NULL, drain, &ends[1]) != 0) fail("no thread");
  rfbClientPtr client = rfbNewClient(screen, ends[0]);
  if (client == NULL) fail("no client");
  for (int i = 0; i < MESSAGES; i++) rfbProcessClientMessage(client);
  if (client->state != RFB_NORMAL || sraRgnEmpty(client->requestedRegion)) fail("a client that it cannot take");

  struct timespec began, ended;
  sraRegionPtr whole = sraRgnCreateRect(0, 0, screen->width, screen->height);
  clock_gettime(CLOCK_MONOTONIC, &began);
  if (!rfbSendFramebufferUpdate(client, whole)) fail("an update that it cannot send");
  clock_gettime(CLOCK_MONOTONIC, &ended);

  sraRgnDestroy(whole);
  rfbCloseClient(client);
  rfbClientConnectionGone(client);
  pthread_join(drainer, NULL);
  close(ends[1]);
  return (uint64_t)(ended.tv_sec - began.tv_sec) * 1000000000u + (uint64_t)(ended.tv_nsec - began.tv_nsec);
}

static void passes(int count) {
  uint64_t nanoseconds = 0;
  size_t before = 0;
  for (int i = 0; i < count; i++) {
    nanoseconds += pass();
    if (i > 0 && sentLength != before) fail("passes that differ");
    before = sentLength;
  }
  printf("%llu %zu\n", (unsigned long long)nanoseconds, sentLength);
}

static void writeStream(const char *path) {
  FILE *file = fopen(path, "wb");
  if (file == NULL || fwrite(sent, 1, sentLength, file) != sentLength || fclose(file) != 0) fail("no file");
  printf("0 %zu\n", sentLength);
}

int main(int argc, char **argv) {
  if (argc != 5) fail("4 arguments are needed");
  int width = atoi(argv[2]), height = atoi(argv[3]);
  rfbLogEnable(FALSE);
  screen = rfbGetScreen(NULL, NULL, width, height, 8, 3, 4);
  if (screen == NULL) fail("no screen");
  size_t length;
  screen->frameBuffer = (char *)contents(argv[1], &length);
  if (length != (size_t)width * height * 4) fail("a picture of another size");
  screen->desktopName = "";
  screen->cursor = NULL; /* it would be drawn into the picture */
  screen->port = -1;     /* nobody calls */
  said = contents(argv[4], &saidLength);

  char line[4096], task[8], argument[4080];
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (sscanf(line, "%7s %4079[^\n]", task, argument) != 2) fail("a line that is no task");
    alarm(TIME_LIMIT);
    if (strcmp(task, "stream") == 0) writeStream(argument);
    else passes(atoi(argument));
    fflush(stdout);
    alarm(0);
  }
  return 0;
}
