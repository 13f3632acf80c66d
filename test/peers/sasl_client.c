/*
 * libvncclient with SASL, by way of Cyrus SASL: passes security, says "in", and leaves.
 *
 *   sasl_client PORT CA MECHANISM USER PASSWORD
 *
 * CA is the PEM file of the authority to trust. It writes its log to stderr. Where it is not let in its status is 1.
 */

#include <rfb/rfbclient.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char **arguments;

static char *mechanism(rfbClient *client, char *offered) {
  (void)client, (void)offered;
  return strdup(arguments[3]);
}

static char *user(rfbClient *client) {
  (void)client;
  return arguments[4];
}

static char *password(rfbClient *client) {
  (void)client;
  return strdup(arguments[5]);
}

static rfbCredential *credential(rfbClient *client, int type) {
  (void)client;
  rfbCredential *given = calloc(1, sizeof *given);
  if (given == NULL) return NULL;
  if (type == rfbCredentialTypeX509) {
    given->x509Credential.x509CACertFile = strdup(arguments[2]);
  } else {
    given->userCredential.username = strdup(arguments[4]);
    given->userCredential.password = strdup(arguments[5]);
  }
  return given;
}

int main(int argc, char **argv) {
  if (argc != 6) return 2;
  alarm(30);
  arguments = argv;
  rfbClient *client = rfbGetClient(8, 3, 4);
  client->GetSASLMechanism = mechanism;
  client->GetUser = user;
  client->GetPassword = password;
  client->GetCredential = credential;
  free(client->serverHost);
  client->serverHost = strdup("127.0.0.1");
  client->serverPort = atoi(argv[1]);
  if (!rfbInitClient(client, NULL, NULL)) return 1;
  puts("in");
  rfbClientCleanup(client);
  return 0;
}
