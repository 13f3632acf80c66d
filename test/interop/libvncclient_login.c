/*
 * libvncclient logging in.
 *
 *   libvncclient_login PORT USER PASSWORD [CA]
 *
 * The status is 0 once the server has let it in and sent ServerInit, else 1. With CA, the PEM file of the authority to
 * trust, it waits for the picture too, and writes the first pixel: red, green and blue.
 */

#include <rfb/rfbclient.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char **credentials;
static const char *authority;
static int pictures;

static rfbCredential *giveCredential(rfbClient *client, int type) {
  (void)client;
  rfbCredential *credential = calloc(1, sizeof *credential);
  if (credential == NULL) return NULL;
  if (type == rfbCredentialTypeX509) {
    if (authority != NULL) credential->x509Credential.x509CACertFile = strdup(authority);
  } else {
    credential->userCredential.username = strdup(credentials[0]);
    credential->userCredential.password = strdup(credentials[1]);
  }
  return credential;
}

static char *givePassword(rfbClient *client) {
  (void)client;
  return strdup(credentials[1]);
}

static void countPicture(rfbClient *client) {
  (void)client;
  pictures++;
}

int main(int argc, char **argv) {
  if (argc != 4 && argc != 5) return 2;
  alarm(20);
  credentials = argv + 2;
  authority = argv[4];
  rfbClient *client = rfbGetClient(8, 3, 4);
  client->GetCredential = giveCredential;
  client->GetPassword = givePassword;
  client->FinishedFrameBufferUpdate = countPicture;
  free(client->serverHost);
  client->serverHost = strdup("127.0.0.1");
  client->serverPort = atoi(argv[1]);
  if (!rfbInitClient(client, NULL, NULL)) return 1;
  if (authority != NULL) {
    while (pictures == 0) {
      int ready = WaitForMessage(client, 100000);
      if (ready < 0 || (ready > 0 && !HandleRFBServerMessage(client))) return 3;
    }
    const uint8_t *pixel = client->frameBuffer;
    printf("%02x%02x%02x\n", pixel[0], pixel[1], pixel[2]);
  }
  rfbClientCleanup(client);
  return 0;
}
