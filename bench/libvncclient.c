/*
 * libvncclient as a decoder: how long it takes from a server's stream to pixels in memory.
 *
 *   libvncclient STREAM MESSAGES QUALITY BPP DEPTH BIG_ENDIAN RED_MAX GREEN_MAX BLUE_MAX RED_SHIFT GREEN_SHIFT BLUE_SHIFT
 *
 * STREAM is the file of all that a server says, from the first byte of its version on, in the format of the last nine
 * arguments; MESSAGES is the number of its messages behind ServerInit. QUALITY is what was asked for, 0 to 9, or -1.
 *
 * In each pass a thread writes the stream to a socket, in chunks of 64 KiB, from memory; libvncclient reads it at the other
 * end. The clock runs from behind ServerInit, once there is a framebuffer and its memory has been touched, to the last
 * message's end. A line on stdin is a task:
 *
 *   pass COUNT      answered by "NANOSECONDS PIXELS": all passes together, and what the rectangles of each have drawn
 *   rgba COUNT      the same, but each rectangle is also turned into R, G, B, A bytes as it comes: 8 and 16 bits a pixel only
 *   picture FILE    answered by "WIDTH HEIGHT", once FILE holds the last pass's pixels: R, G, B, A, or as libvncclient has them
 *
 * A failure ends the program with status 1 and a word on stderr.
 */

#define _GNU_SOURCE
#include <pthread.h>
#include <rfb/rfbclient.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const size_t CHUNK = 65536;
static const unsigned TIME_LIMIT = 120; /* seconds, for a task */

static uint8_t *stream;
static size_t streamLength;
static int messages, quality;
static rfbPixelFormat format;

static rfbClient *client; /* the last pass's */
static uint64_t drawn;    /* pixels, by it */
static uint32_t *rgba;    /* NULL unless it is wanted */
static uint32_t *table;   /* R, G, B, A by pixel, in memory's order */

static void fail(const char *reason) {
  fprintf(stderr, "libvncclient failed: %s\n", reason);
  exit(1);
}

static void *allocated(size_t count, size_t size) {
  void *memory = calloc(count > 0 ? count : 1, size);
  if (memory == NULL) fail("no memory");
  return memory;
}

static void readStream(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0) fail("no stream");
  streamLength = (size_t)ftell(file);
  rewind(file);
  stream = allocated(streamLength, 1);
  if (fread(stream, 1, streamLength, file) != streamLength) fail("no stream");
  fclose(file);
}

static uint32_t scaled(uint32_t value, uint32_t max) {
  return (value * 255 * 2 + max) / (2 * max);
}

static void makeTable(void) {
  size_t count = (size_t)1 << format.bitsPerPixel;
  table = allocated(count, sizeof *table);
  for (uint32_t i = 0; i < count; i++) {
    uint32_t pixel = format.bitsPerPixel == 16 && format.bigEndian ? (i >> 8) | ((i & 0xff) << 8) : i;
    uint32_t red = scaled((pixel >> format.redShift) & format.redMax, format.redMax);
    uint32_t green = scaled((pixel >> format.greenShift) & format.greenMax, format.greenMax);
    uint32_t blue = scaled((pixel >> format.blueShift) & format.blueMax, format.blueMax);
    table[i] = 0xff000000u | (blue << 16) | (green << 8) | red;
  }
}

static rfbBool makeFrameBuffer(rfbClient *of) {
  size_t pixels = (size_t)of->width * of->height;
  free(of->frameBuffer);
  of->frameBuffer = allocated(pixels, of->format.bitsPerPixel / 8);
  if (rgba != NULL) {
    free(rgba);
    rgba = allocated(pixels, sizeof *rgba);
  }
  return TRUE;
}

/* Memory costs most when a page of it is written to for the first time. */
static void touchFrameBuffer(rfbClient *of) {
  size_t pixels = (size_t)of->width * of->height;
  memset(of->frameBuffer, 0, pixels * of->format.bitsPerPixel / 8);
  if (rgba != NULL) memset(rgba, 0, pixels * sizeof *rgba);
}

static void gotRectangle(rfbClient *of, int x, int y, int w, int h) {
  drawn += (uint64_t)w * h;
  if (rgba == NULL) return;
  for (int row = y; row < y + h; row++) {
    size_t at = (size_t)row * of->width + x;
    uint32_t *to = rgba + at;
    if (of->format.bitsPerPixel == 16) {
      const uint16_t *from = (const uint16_t *)of->frameBuffer + at;
      for (int i = 0; i < w; i++) to[i] = table[from[i]];
    } else {
      const uint8_t *from = of->frameBuffer + at;
      for (int i = 0; i < w; i++) to[i] = table[from[i]];
    }
  }
}

static void *feed(void *socket) {
  int fd = *(int *)socket;
  for (size_t at = 0; at < streamLength;) {
    size_t length = streamLength - at < CHUNK ? streamLength - at : CHUNK;
    ssize_t written = send(fd, stream + at, length, MSG_NOSIGNAL);
    if (written <= 0) break; /* the other end says why */
    at += (size_t)written;
  }
  shutdown(fd, SHUT_WR);
  return NULL;
}

static void dropClient(void) {
  if (client == NULL) return;
  free(client->frameBuffer);
  rfbClientCleanup(client);
  client = NULL;
}

/* Nanoseconds. */
static uint64_t pass(void) {
  dropClient();
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) fail("no sockets");
  pthread_t feeder;
  if (pthread_create(&feeder, NULL, feed, &ends[1]) != 0) fail("no thread");

  client = rfbGetClient(8, 3, 4);
  if (client == NULL) fail("no client");
  client->MallocFrameBuffer = makeFrameBuffer;
  client->GotFrameBufferUpdate = gotRectangle;
  client->canHandleNewFBSize = TRUE;
  client->appData.useRemoteCursor = TRUE;
  client->appData.qualityLevel = quality;
  client->format = format;
  client->sock = ends[0];
  drawn = 0;
  if (!InitialiseRFBConnection(client)) fail("a handshake that it cannot take");
  /* It is not to ask for updates: nobody listens. */
  client->supportedMessages.client2server[rfbFramebufferUpdateRequest / 8] &= ~(1 << rfbFramebufferUpdateRequest % 8);
  client->width = client->si.framebufferWidth;
  client->height = client->si.framebufferHeight;

  client->MallocFrameBuffer(client);
  touchFrameBuffer(client);

  struct timespec began, ended;
  clock_gettime(CLOCK_MONOTONIC, &began);
  for (int i = 0; i < messages; i++)
    if (!HandleRFBServerMessage(client)) fail("a message that it cannot take");
  clock_gettime(CLOCK_MONOTONIC, &ended);

  uint8_t byte;
  if (client->buffered != 0 || read(client->sock, &byte, 1) != 0) fail("bytes behind the last message");
  pthread_join(feeder, NULL);
  close(ends[1]);
  return (uint64_t)(ended.tv_sec - began.tv_sec) * 1000000000u + (uint64_t)(ended.tv_nsec - began.tv_nsec);
}

static void passes(int count) {
  uint64_t nanoseconds = 0, before = 0;
  for (int i = 0; i < count; i++) {
    nanoseconds += pass();
    if (i > 0 && drawn != before) fail("passes that differ");
    before = drawn;
  }
  printf("%llu %llu\n", (unsigned long long)nanoseconds, (unsigned long long)drawn);
}

static void writePicture(const char *path) {
  if (client == NULL) fail("no pass yet");
  size_t size = rgba != NULL ? sizeof *rgba : format.bitsPerPixel / 8;
  size_t length = (size_t)client->width * client->height * size;
  FILE *file = fopen(path, "wb");
  if (file == NULL || fwrite(rgba != NULL ? (void *)rgba : client->frameBuffer, 1, length, file) != length || fclose(file) != 0)
    fail("no file");
  printf("%d %d\n", client->width, client->height);
}

int main(int argc, char **argv) {
  if (argc != 13) fail("12 arguments are needed");
  int number[13] = {0};
  for (int i = 2; i < 13; i++) number[i] = atoi(argv[i]);
  readStream(argv[1]);
  messages = number[2];
  quality = number[3];
  format = (rfbPixelFormat){
      .bitsPerPixel = number[4], .depth = number[5], .bigEndian = number[6], .trueColour = TRUE,
      .redMax = number[7], .greenMax = number[8], .blueMax = number[9],
      .redShift = number[10], .greenShift = number[11], .blueShift = number[12]};
  rfbEnableClientLogging = FALSE;

  char line[4096], task[8], argument[4080];
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (sscanf(line, "%7s %4079[^\n]", task, argument) != 2) fail("a line that is no task");
    alarm(TIME_LIMIT);
    if (strcmp(task, "picture") == 0) {
      writePicture(argument);
    } else {
      int wantsRgba = strcmp(task, "rgba") == 0;
      if (wantsRgba && format.bitsPerPixel > 16) fail("32 bits a pixel");
      if (wantsRgba && table == NULL) makeTable();
      free(rgba);
      rgba = wantsRgba ? allocated(1, sizeof *rgba) : NULL; /* a framebuffer makes it as large as itself */
      passes(atoi(argument));
    }
    fflush(stdout);
    alarm(0);
  }
  dropClient();
  return 0;
}
