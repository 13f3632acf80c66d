import * as node from "../../transports/node.ts";
import { describeSockets, describeWebSocketServer } from "./listening.ts";

describeSockets("Node's sockets", node);
describeWebSocketServer("Node's WebSocket server", node, ["maxConnections", "headTimeout", "maxMessage"]);
