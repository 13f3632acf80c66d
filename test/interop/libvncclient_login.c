/*
 * libvncclient logging in.
 *
 *   libvncclient_login PORT USER PASSWORD
 *
 * The status is 0 once the server has let it in and sent ServerInit, else 1.
 */

#include <rfb/rfbclient.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char **credentials;

static rfbCredential *giveCredential(rfbClient *client, int type) {
  (void)client;
  if (type != rfbCredentialTypeUser) return NULL;
  rfbCredential *credential = calloc(1, sizeof *credential);
  credential->userCredential.username = strdup(credentials[0]);
  credential->userCredential.password = strdup(credentials[1]);
  return credential;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  alarm(20);
  credentials = argv + 2;
  rfbClient *client = rfbGetClient(8, 3, 4);
  client->GetCredential = giveCredential;
  free(client->serverHost);
  client->serverHost = strdup("127.0.0.1");
  client->serverPort = atoi(argv[1]);
  if (!rfbInitClient(client, NULL, NULL)) return 1;
  rfbClientCleanup(client);
  return 0;
}
