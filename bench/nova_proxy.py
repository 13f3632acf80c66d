"""Nova's proxy for consoles (novncproxy), before one server with VeNCrypt.

    nova_proxy.py PORT SERVER_PORT CA

It is put together as nova.cmd.novncproxy does it, but for three things, all in its favour: it does not log each frame, it needs
no database to look a token up in, for any token leads to the server at SERVER_PORT, and it asks nobody whether the token's
port is still the machine's.
"""

import sys

import nova.cmd  # noqa: F401: as in its own program, this has eventlet take the sockets' place before all else
import nova.conf
from nova import config
from nova.cmd import baseproxy  # noqa: F401: its options
from nova.cmd import novncproxy  # noqa: F401: its options
from nova.console import websocketproxy
from nova.console.securityproxy import rfb

HOST = "127.0.0.1"
port, server_port, ca = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]


class ConnectInfo:
    host = HOST
    port = server_port
    token = ""

    def __contains__(self, name):
        return False


class RequestHandler(websocketproxy.NovaProxyRequestHandler):
    def _get_connect_info(self, ctxt, token):
        return ConnectInfo()


config.parse_args(["novncproxy"], default_config_files=[], configure_db=False, init_rpc=False)
nova.conf.CONF.set_override("auth_schemes", ["vencrypt"], group="vnc")
nova.conf.CONF.set_override("vencrypt_ca_certs", ca, group="vnc")
websocketproxy.NovaWebSocketProxy(
    listen_host=HOST,
    listen_port=port,
    file_only=True,
    RequestHandlerClass=RequestHandler,
    security_proxy=rfb.RFBSecurityProxy(),
).start_server()
