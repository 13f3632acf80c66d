// noVNC as its package has it: it knows nothing of VeNCrypt, nor need it.
import RFB from "./novnc/core/rfb.js";

const name = document.getElementById("name");
const status = document.getElementById("status");
const clipboard = document.getElementById("clipboard");
const reconnect = document.getElementById("reconnect");

let rfb;

function connect() {
  const url = new URL("websockify", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  show("connecting", "connecting");
  reconnect.hidden = true;
  let refusal = "";

  rfb = new RFB(document.getElementById("screen"), url.href);
  rfb.scaleViewport = true;
  rfb.background = "#10161f";
  rfb.addEventListener("connect", () => show("connected", "connected"));
  rfb.addEventListener("desktopname", ({ detail }) => {
    name.textContent = detail.name;
  });
  rfb.addEventListener("clipboard", ({ detail }) => {
    clipboard.value = detail.text;
  });
  rfb.addEventListener("securityfailure", ({ detail }) => {
    refusal = detail.reason ?? "";
  });
  rfb.addEventListener("disconnect", ({ detail }) => {
    show(detail.clean ? "closed" : "failed", refusal || (detail.clean ? "disconnected" : "connection lost"));
    reconnect.hidden = false;
  });
}

// textContent and value, never HTML: names, reasons and clipboards are the server's words.
function show(state, text) {
  status.dataset.state = state;
  status.textContent = text;
}

clipboard.addEventListener("change", () => rfb.clipboardPasteFrom(clipboard.value));
reconnect.addEventListener("click", connect);
connect();
