# The Worker without Cloudflare: workerd serve workerd.capnp, with worker.js and ca.pem beside it.

using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "proxy", worker = .proxy),
    (name = "network", network = (
      # Where the VNC servers are: see Network.allow in workerd.capnp.
      allow = ["public", "private"],
      tlsOptions = (
        # Who signs the servers' certificates.
        trustedCertificates = [embed "ca.pem"],
        minVersion = tls1Dot2,
        # What servers are shown that ask for a certificate of ours:
        # keypair = (privateKey = embed "client.key", certificateChain = embed "client.pem"),
      ),
    )),
  ],
  sockets = [(name = "http", address = "127.0.0.1:8787", http = (), service = "proxy")],
);

const proxy :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-11-01",
  # What VNC servers send is compressed already.
  compatibilityFlags = ["no_web_socket_compression"],
  globalOutbound = "network",
  durableObjectNamespaces = [(className = "Sessions", uniqueKey = "rfb-sessions")],
  durableObjectStorage = (inMemory = void),
  bindings = [
    (name = "SESSIONS", durableObjectNamespace = "Sessions"),
    (name = "TOKEN_KEY", fromEnvironment = "TOKEN_KEY"),
    (name = "TOKEN_AUDIENCE", fromEnvironment = "TOKEN_AUDIENCE"),
    (name = "TARGETS", fromEnvironment = "TARGETS"),
    (name = "MAX_SESSIONS", fromEnvironment = "MAX_SESSIONS"),
    (name = "VNC_USERNAME", fromEnvironment = "VNC_USERNAME"),
    (name = "VNC_PASSWORD", fromEnvironment = "VNC_PASSWORD"),
  ],
);
