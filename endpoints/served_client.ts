import { concat } from "@std/bytes";
import { type Area, intersectionOf, unionOf } from "../codec/areas.ts";
import { NO_COMPRESSION } from "../codec/compression.ts";
import { FenceFlag } from "../codec/fence.ts";
import type { ClientEvent } from "../codec/framer.ts";
import { Encoding } from "../codec/names.ts";
import { encodeServerMessage, type ServerMessage } from "../codec/server/mod.ts";
import type { Session } from "../codec/session.ts";
import { contentOf } from "../codec/text.ts";
import { createAlarm } from "./alarm.ts";
import { createChanges, type Move, type Taken } from "./changes.ts";
import { createClipboard } from "./clipboard.ts";
import type { Desktop } from "./desktop.ts";
import { turnAway } from "./link.ts";
import { createNews, isOfOtherSize, SizeReason, sizeTypeOf } from "./news.ts";
import type { ServerConnection } from "./server.ts";
import type { RfbServerEvent, ServedClient } from "./server_events.ts";
import { createUpdateSender } from "./update_sender.ts";

/** One client at work: what its server tells it to look at. */
export interface Service {
  readonly client: ServedClient;
  /** Serves it until it leaves. @throws {RfbError} its fault */
  run(): Promise<void>;
  /** Something of the desktop is new. */
  wake(): void;
  damage(area: Area): void;
  move(move: Move): void;
  /** There is another picture. @param reason see {@link SizeReason} */
  resized(reason: number): void;
  end(): void;
}

/**
 * Serves one client. A reader takes its messages one by one, and a writer alone sends: all that is new waits as state,
 * never as bytes, so that a client which takes nothing costs nothing.
 */
export function createService(
  connection: ServerConnection,
  desktop: Desktop,
  emit: (event: RfbServerEvent) => Promise<void>,
): Service {
  const { compression, limits } = desktop;
  const { transport } = connection;
  const canCompress = compression !== NO_COMPRESSION;
  const sender = createUpdateSender(connection, desktop, send);
  const changes = createChanges();
  changes.damage(screenOf(connection.session)); // a client may begin with an increment: it has nothing yet
  const news = createNews(desktop, connection.session);
  const clipboard = createClipboard(
    {
      plain: async (text) => post({ type: "serverCutText", text }),
      extended: async (message) => post({ type: "extendedServerCutText", ...message }),
    },
    compression,
    limits,
  );
  const told = { bells: desktop.bells, clipboard: desktop.clipboard };
  const client: ServedClient = {
    get session() {
      return connection.session;
    },
    ...(transport.peer !== undefined && { peer: transport.peer }),
    close,
  };

  let posted: Uint8Array[] = []; // answers that the writer is to send
  let postedLength = 0;
  let asked: Area | undefined; // by requests that no update has answered yet
  let mustAnswer = false; // even if there is nothing to send
  let continuous: Area | undefined;
  let hasContinuous = false; // it has been told that we know them
  let hasFence = false;
  let fenceIsOut = false; // behind a continuous update: the client has not got through that yet
  let heldReply: ServerMessage | undefined; // to a fence that the next message goes with
  let isUpdating = false;
  let hasUnansweredSize = false;
  let isOver = false;
  let isClosed = false; // by the owner
  let closing: Promise<void> | undefined;
  let failure: unknown;
  const doze = createAlarm(); // the writer's
  const room = createAlarm(); // the reader's

  return {
    client,
    async run() {
      const writing = write().catch((error: unknown) => {
        failure = error;
        end();
      });
      try {
        await emit({ type: "joined", client });
        await read();
      } catch (error) {
        failure ??= error;
      }
      end();
      await closing;
      await writing;
      sender.close();
      await emit({ type: "left", client, ...(failure !== undefined && { error: failure }) });
      if (failure !== undefined) throw failure;
    },
    wake: doze.ring,
    damage(area) {
      changes.damage(area);
      doze.ring();
    },
    move(move) {
      const { session } = connection;
      // In the middle of an update nobody knows which pixels the client has.
      const canMove =
        !isUpdating && session.encodingTypes.includes(Encoding.CopyRect) && !isOfOtherSize(desktop, session);
      if (canMove) changes.move(move);
      else changes.damage(move.to);
      doze.ring();
    },
    resized(reason) {
      changes.damage(screenOf(connection.session));
      answerSize(reason, 0);
    },
    end: close,
  };

  function close(): void {
    if (isOver) return;
    isClosed = true;
    end();
  }

  function end(): void {
    if (isOver) return;
    isOver = true;
    closing = turnAway(transport, new Uint8Array(0)); // wakes the reader
    doze.ring();
    room.ring();
  }

  async function read(): Promise<void> {
    while (!isOver) {
      const message = await connection.next().catch((error: unknown) => {
        if (!isClosed) throw error; // otherwise it is our own doing
      });
      if (message === undefined) return;
      const reply = heldReply;
      await take(message);
      if (reply !== undefined) {
        if (heldReply === reply) heldReply = undefined;
        post(reply);
      }
      while (postedLength > MAXIMUM_POSTED && !isOver) await room.wait();
    }
  }

  async function take(message: ClientEvent): Promise<void> {
    switch (message.type) {
      case "setEncodings":
        takeEncodings(message.encodingTypes);
        return;
      case "framebufferUpdateRequest":
        request(message, message.incremental !== 0);
        return;
      case "enableContinuousUpdates":
        enable(message, message.enableFlag !== 0);
        return;
      case "clientFence":
        takeFence(message.flags, message.payload.slice());
        return;
      case "setDesktopSize": {
        const { width, height, screens } = message;
        hasUnansweredSize = true;
        const refuse = (status: number = PROHIBITED): void => answerSize(SizeReason.ThisClient, status);
        await emit({ type: "resizeAsked", client, width, height, screens, refuse });
        if (hasUnansweredSize) refuse();
        return;
      }
      case "keyEvent":
        await emit({ type: "key", client, keysym: message.key, isDown: message.downFlag !== 0, keycode: 0 });
        return;
      case "qemuExtendedKeyEvent": {
        const { keysym, keycode, downFlag } = message;
        await emit({ type: "key", client, keysym, isDown: downFlag !== 0, keycode });
        return;
      }
      case "pointerEvent": {
        const { framebufferWidth, framebufferHeight } = connection.session;
        const x = Math.max(0, Math.min(message.x, framebufferWidth - 1));
        const y = Math.max(0, Math.min(message.y, framebufferHeight - 1));
        const { buttonMask, extendedButtonMask } = message;
        const buttons = extendedButtonMask === undefined ? buttonMask : (buttonMask & 0x7f) | (extendedButtonMask << 7);
        await emit({ type: "pointer", client, x, y, buttonMask: buttons });
        return;
      }
      case "skippedMessage":
        await emit({ type: "clipboardSkipped", client, length: message.length });
        return;
      case "clientCutText":
        await emit({ type: "clipboard", client, text: contentOf(message.text) });
        return;
      case "extendedClientCutText": {
        if (!canCompress) return; // it was not offered
        const text = clipboard.take(message);
        if (text !== undefined) await emit({ type: "clipboard", client, text });
        return;
      }
      default:
        return; // SetPixelFormat too: the session has it
    }
  }

  function takeEncodings(types: readonly number[]): void {
    if (types.includes(Encoding.Fence) && !hasFence) {
      hasFence = true;
      post({ type: "serverFence", flags: FenceFlag.Request, payload: new Uint8Array(0) });
    }
    if (types.includes(Encoding.ContinuousUpdates) && !hasContinuous) {
      hasContinuous = true;
      post({ type: "endOfContinuousUpdates" });
    }
    if (types.includes(Encoding.ExtendedClipboard) && canCompress) void clipboard.sendCapabilities();
    doze.ring();
  }

  function request(area: Area, isIncremental: boolean): void {
    if (isIncremental && continuous !== undefined) return;
    const within = clipped(area, connection.session);
    if (!isIncremental) {
      changes.damage(within);
      mustAnswer = true;
      news.tellSize(SizeReason.Server);
    }
    if (asked === undefined || asked.width * asked.height === 0) asked = within;
    else if (within.width * within.height > 0) asked = unionOf(asked, within);
    doze.ring();
  }

  function enable({ x, y, width, height }: Area, isEnabled: boolean): void {
    continuous = isEnabled ? { x, y, width, height } : undefined;
    if (!isEnabled) post({ type: "endOfContinuousUpdates" });
    doze.ring();
  }

  function takeFence(flags: number, payload: Uint8Array): void {
    if (flags < FenceFlag.Request) {
      if (payload.length === UPDATE_FENCE.length && payload[0] === UPDATE_FENCE[0]) fenceIsOut = false;
      doze.ring();
      return;
    }
    const known = flags & (FenceFlag.BlockBefore | FenceFlag.BlockAfter | FenceFlag.SyncNext);
    const reply: ServerMessage = { type: "serverFence", flags: known, payload };
    // Whatever comes before the reply must not know of the next message, and whatever comes after it must.
    if ((known & FenceFlag.SyncNext) !== 0) heldReply = reply;
    else post(reply);
  }

  function answerSize(reason: number, status: number): void {
    if (reason === SizeReason.ThisClient) hasUnansweredSize = false;
    news.tellSize(reason, status);
    doze.ring();
  }

  function post(message: ServerMessage): void {
    const bytes = encodeServerMessage(message);
    posted.push(bytes);
    postedLength += bytes.length;
    doze.ring();
  }

  async function write(): Promise<void> {
    while (!isOver) {
      if (told.bells !== desktop.bells) {
        told.bells = desktop.bells;
        post({ type: "bell" });
      }
      if (told.clipboard !== desktop.clipboard) {
        told.clipboard = desktop.clipboard;
        if (desktop.clipboard !== undefined) await clipboard.set(desktop.clipboard.text);
      }
      if (posted.length > 0) await sendPosted();
      else if (!(await update())) await doze.wait();
    }
  }

  async function sendPosted(): Promise<void> {
    const bytes = concat(posted);
    posted = [];
    await send(bytes);
    postedLength -= bytes.length;
    room.ring();
  }

  /** Sends one update, if the client waits for one and there is anything in it. */
  async function update(): Promise<boolean> {
    const isUnasked = asked === undefined;
    const due = fenceIsOut ? undefined : continuous;
    const wanted = asked !== undefined && due !== undefined ? unionOf(asked, due) : (asked ?? due);
    if (wanted === undefined || heldReply !== undefined) return false;
    const { session } = connection;
    const within = clipped(wanted, session);
    const isResize = sizeTypeOf(session) !== undefined && isOfOtherSize(desktop, session);
    const rectangles = news.take(session);
    if (rectangles.length === 0 && !mustAnswer && !changes.hasAny(within)) return false;
    asked = undefined;
    mustAnswer = false;
    isUpdating = true;
    // Before it is sent: the answer can be here before we know that it was.
    if (isUnasked && hasFence) fenceIsOut = true;
    // Clients throw away what comes together with another size: the pixels are for the next update.
    const taken = isResize ? NOTHING : changes.take(within, screenOf(session));
    for (const area of await sender.send(rectangles, taken)) changes.damage(area);
    if (isResize) changes.damage(screenOf(connection.session));
    if (isUnasked && hasFence) post({ type: "serverFence", flags: FenceFlag.Request, payload: UPDATE_FENCE });
    isUpdating = false;
    return true;
  }

  async function send(bytes: Uint8Array): Promise<boolean> {
    try {
      await connection.sendBytes(bytes);
    } catch {
      end(); // the reader tells
    }
    return !isOver;
  }
}

/** SetDesktopSize's answer where the owner has none. */
const PROHIBITED = 1;

/** Tells the fence behind an update from the first one, which only says that we know fences. */
const UPDATE_FENCE = Uint8Array.of(1);

/** Bytes of answers that may wait; a client that does not take them is not read any further. */
const MAXIMUM_POSTED = 64 * 1024;

const NOTHING: Taken = { moves: [], areas: [] };
const NO_AREA: Area = { x: 0, y: 0, width: 0, height: 0 };

function screenOf({ framebufferWidth: width, framebufferHeight: height }: Session): Area {
  return { x: 0, y: 0, width, height };
}

function clipped(area: Area, session: Session): Area {
  return intersectionOf(area, screenOf(session)) ?? NO_AREA;
}
