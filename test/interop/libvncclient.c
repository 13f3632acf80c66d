/*
 * libvncclient at work: what it makes of a server's updates, for others to compare.
 *
 *   libvncclient PORT ENCODINGS COMPRESS QUALITY BPP DEPTH BIG_ENDIAN RED_MAX GREEN_MAX BLUE_MAX RED_SHIFT GREEN_SHIFT BLUE_SHIFT
 *
 * COMPRESS and QUALITY are 0 to 9, or -1 for none. The framebuffer begins black. Each line on stdin is a task, answered by a line
 * "WIDTH HEIGHT RECTANGLES" on stdout, once FILE holds the framebuffer as libvncclient keeps it:
 *
 *   all FILE      until every pixel has come; all but the first time they are asked for
 *   next FILE     until one more update has come that draws something
 *   cursor FILE   until a cursor has come: FILE holds its pixels, and then a byte for each that is 1 where it is opaque; the line is
 *                 WIDTH HEIGHT HOTSPOT_X HOTSPOT_Y
 *
 * A failure ends the program with status 1 and a word on stderr.
 */

#include <rfb/rfbclient.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const unsigned TIME_LIMIT = 60; /* seconds, for everything */
static const unsigned PATIENCE = 10;   /* seconds, for a message */

static uint8_t *seen; /* a flag a pixel */
static size_t missing;
static unsigned rectangles; /* of the present task */

static void fail(const char *reason) {
  fprintf(stderr, "libvncclient failed: %s\n", reason);
  exit(1);
}

static void forget(const rfbClient *client) {
  missing = (size_t)client->width * client->height;
  seen = realloc(seen, missing);
  if (seen == NULL) fail("no memory");
  memset(seen, 0, missing);
}

static rfbBool makeFrameBuffer(rfbClient *client) {
  free(client->frameBuffer);
  client->frameBuffer = calloc((size_t)client->width * client->height, client->format.bitsPerPixel / 8);
  forget(client);
  return client->frameBuffer != NULL;
}

static void gotRectangle(rfbClient *client, int x, int y, int w, int h) {
  rectangles++;
  for (int row = y; row < y + h; row++)
    for (int column = x; column < x + w; column++) {
      uint8_t *flag = &seen[(size_t)row * client->width + column];
      if (!*flag) missing--;
      *flag = 1;
    }
}

static int cursorX, cursorY, cursorWidth, cursorHeight;
static rfbBool hasCursor;

static void gotCursor(rfbClient *client, int xhot, int yhot, int width, int height, int bytesPerPixel) {
  (void)client, (void)bytesPerPixel;
  cursorX = xhot, cursorY = yhot, cursorWidth = width, cursorHeight = height;
  hasCursor = TRUE;
}

static void takeMessage(rfbClient *client) {
  int ready = WaitForMessage(client, PATIENCE * 1000000);
  if (ready < 0) fail("select");
  if (ready == 0) fail("no message came in time");
  if (!HandleRFBServerMessage(client)) fail("a message that it cannot take");
}

static void writeFile(const char *path, const uint8_t *one, size_t oneSize, const uint8_t *other, size_t otherSize) {
  FILE *file = fopen(path, "wb");
  if (file == NULL || fwrite(one, 1, oneSize, file) != oneSize || fwrite(other, 1, otherSize, file) != otherSize ||
      fclose(file) != 0)
    fail("no file");
}

int main(int argc, char **argv) {
  if (argc != 14) fail("13 arguments are needed");
  alarm(TIME_LIMIT);
  int number[14] = {0};
  for (int i = 1; i < 14; i++) number[i] = atoi(argv[i]);

  rfbClient *client = rfbGetClient(8, 3, 4);
  client->MallocFrameBuffer = makeFrameBuffer;
  client->GotFrameBufferUpdate = gotRectangle;
  client->GotCursorShape = gotCursor;
  client->canHandleNewFBSize = TRUE;
  client->appData.useRemoteCursor = TRUE;
  client->appData.encodingsString = argv[2];
  client->appData.compressLevel = number[3];
  client->appData.enableJPEG = number[4] >= 0;
  client->appData.qualityLevel = number[4];
  client->format = (rfbPixelFormat){
      .bitsPerPixel = number[5], .depth = number[6], .bigEndian = number[7], .trueColour = TRUE,
      .redMax = number[8], .greenMax = number[9], .blueMax = number[10],
      .redShift = number[11], .greenShift = number[12], .blueShift = number[13]};
  free(client->serverHost);
  client->serverHost = strdup("127.0.0.1");
  client->serverPort = number[1];
  if (!rfbInitClient(client, NULL, NULL)) fail("it cannot join"); /* it has asked for all pixels */

  char line[4096], task[8], path[4080];
  int isFirst = 1;
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (sscanf(line, "%7s %4079[^\n]", task, path) != 2) fail("a line that is no task");
    rectangles = 0;
    if (strcmp(task, "all") == 0) {
      if (!isFirst) {
        forget(client);
        if (!SendFramebufferUpdateRequest(client, 0, 0, client->width, client->height, FALSE)) fail("it cannot ask");
      }
      while (missing > 0) takeMessage(client);
      isFirst = 0;
    } else if (strcmp(task, "next") == 0) {
      while (rectangles == 0) takeMessage(client);
    }
    if (strcmp(task, "cursor") == 0) {
      while (!hasCursor) takeMessage(client);
      size_t count = (size_t)cursorWidth * cursorHeight;
      writeFile(path, client->rcSource, count * client->format.bitsPerPixel / 8, client->rcMask, count);
      printf("%d %d %d %d\n", cursorWidth, cursorHeight, cursorX, cursorY);
    } else {
      writeFile(path, client->frameBuffer, (size_t)client->width * client->height * client->format.bitsPerPixel / 8, NULL, 0);
      printf("%d %d %u\n", client->width, client->height, rectangles);
    }
    fflush(stdout);
  }
  rfbClientCleanup(client);
  return 0;
}
