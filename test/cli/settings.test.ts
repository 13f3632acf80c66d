import { describe, expect, test } from "vitest";
import {
  type ProxySettingsInput,
  parseProxySettings,
  parseSnapshotSettings,
  SettingsError,
} from "../../proxy/settings.ts";

const LEAST: ProxySettingsInput = { listen: ["tcp://127.0.0.1:0"], target: "vm.example:1" };

describe("settings of a proxy", () => {
  test("what is absent has its default", () => {
    expect(parseProxySettings(LEAST)).toEqual({
      listen: [{ type: "tcp", host: "127.0.0.1", port: 0, path: "" }],
      target: { type: "tcp", host: "vm.example", port: 5901 },
      auth: ["vencrypt"],
      verifyHostname: true,
      minTls: "1.2",
      clientAuth: ["none"],
      clientMaxTls: "1.3",
      failureDelay: 2000,
      maxHandshakes: 10,
      handshakeTimeout: 10_000,
      drainTimeout: 5000,
    });
  });

  test.each([
    ["tcp://[::1]:5901", { type: "tcp", host: "::1", port: 5901, path: "" }],
    ["tcp://vm.example:65535/", { type: "tcp", host: "vm.example", port: 65_535, path: "" }],
    ["ws://127.0.0.1:80/a/b", { type: "ws", host: "127.0.0.1", port: 80, path: "/a/b" }],
    ["ws://127.0.0.1:0", { type: "ws", host: "127.0.0.1", port: 0, path: "/" }],
  ])("%s is an address to listen on", (text, expected) => {
    expect(parseProxySettings({ ...LEAST, listen: [text] }).listen).toEqual([expected]);
  });

  test("names of SASL mechanisms may be written in small letters", () => {
    expect(parseProxySettings({ ...LEAST, sasl: ["plain", " scram-sha-1"] }).sasl).toEqual(["PLAIN", "SCRAM-SHA-1"]);
  });

  test("names of schemes may be written as VeNCrypt does", () => {
    expect(parseProxySettings({ ...LEAST, auth: ["X509None", " tlsvnc"] }).auth).toEqual(["x509none", "tlsvnc"]);
  });

  test.each([
    ["01:23:45:67:89:AB:CD:EF", "01-23-45-67-89-ab-cd-ef"],
    [` SHA256:${"A".repeat(43)}=`, `SHA256:${"A".repeat(43)}`],
  ])("%s is a fingerprint", (serverKey, expected) => {
    expect(parseProxySettings({ ...LEAST, serverKey }).serverKey).toBe(expected);
  });

  test("a site loses nothing but its final slash", () => {
    const listen = ["ws://127.0.0.1:0/vnc"];
    const { origins } = parseProxySettings({
      ...LEAST,
      listen,
      origins: ["https://vm.example:8443/", "http://a.example"],
    });
    expect(origins).toEqual(["https://vm.example:8443", "http://a.example"]);
  });

  const ws = "ws://127.0.0.1:0/vnc";
  test.each<[Record<string, unknown>, string, RegExp]>([
    [{ listen: [] }, "listen", /^it is missing: write tcp:/],
    [{ listen: ["http://127.0.0.1:1"] }, "listen", /is no address to listen on: write tcp:/],
    [{ listen: ["tcp://127.0.0.1"] }, "listen", /is no address/],
    [{ listen: ["tcp://127.0.0.1:1/path"] }, "listen", /is no address/],
    [{ listen: ["tcp:127.0.0.1:1"] }, "listen", /is no address/],
    [{ listen: ["ws://127.0.0.1:99999/"] }, "listen", /is no address/],
    [{ listen: ["ws://127.0.0.1:1/?query"] }, "listen", /is no address/],
    [{ listen: ["ws://user:secret@127.0.0.1:1/"] }, "listen", /has no user or password$/],
    [{ listen: ["wss://127.0.0.1:0/"] }, "listen", /give --listen-cert and --listen-key/],
    [{ target: undefined }, "target", /^it is missing/],
    [{ target: "user:secret@vm.example:1" }, "target", /^that is no VNC server/],
    [{ target: "vm.example" }, "target", /^"vm.example" is no VNC server: write HOST:PORT/],
    [{ auth: ["x509"] }, "auth", /"x509" is no scheme: the known ones are x509plain, .*vencrypt$/],
    [{ auth: [] }, "auth", /name one scheme or more/],
    [{ clientAuth: ["vencrypt"] }, "clientAuth", /"vencrypt" is no scheme: the known ones are x509plain, /],
    [{ clientAuth: [] }, "clientAuth", /name one scheme or more/],
    [{ clientKey: "pem" }, "clientKey", /its certificate is missing/],
    [{ failureDelay: -1 }, "failureDelay", /from 0 to/],
    [{ maxHandshakes: 0 }, "maxHandshakes", /from 1 to/],
    [{ serverKey: "0123456789abcdef" }, "serverKey", /no fingerprint: write SHA256:/],
    [{ serverKey: "SHA256:c2hvcnQ" }, "serverKey", /no fingerprint/],
    [{ cert: "pem" }, "cert", /its key is missing/],
    [{ key: "pem" }, "key", /its certificate is missing/],
    [{ listenCert: "pem" }, "listenCert", /its key is missing/],
    [{ ca: "" }, "ca", /it is empty/],
    [{ password: "" }, "password", /it is empty: give a password/],
    [
      { sasl: ["GSSAPI"] },
      "sasl",
      /"GSSAPI" is no SASL mechanism: the known ones are SCRAM-SHA-256, SCRAM-SHA-1, PLAIN/,
    ],
    [{ sasl: [] }, "sasl", /one mechanism or more/],
    [{ minTls: "1.1" }, "minTls", /1\.2 or 1\.3/],
    [{ clientMaxTls: "1.1" }, "clientMaxTls", /1\.2 or 1\.3/],
    [{ handshakeTimeout: 0 }, "handshakeTimeout", /^0 is not a whole number from 1 to /],
    [{ handshakeTimeout: 2 ** 31 }, "handshakeTimeout", /is not a whole number/],
    [{ maxConnections: "many" }, "maxConnections", /^"many" is not a whole number/],
    [{ maxConnections: 1.5 }, "maxConnections", /^1.5 is not/],
    [{ drainTimeout: -1 }, "drainTimeout", /from 0 to/],
    [{ web: "." }, "web", /add one$/],
    [{ web: ".", listen: ["ws://127.0.0.1:0/"] }, "listen", /a path of its own/],
    [{ origins: ["https://a.example"] }, "origins", /add one$/],
    [{ listen: [ws], origins: ["https://a.example/path"] }, "origins", /is no site: write https:/],
    [{ listen: [ws], origins: ["a.example"] }, "origins", /is no site/],
    [{ listen: [ws], origins: ["*"] }, "origins", /is no site/],
    [{ colour: 1 }, "colour", /no such setting/],
  ])("%j is refused for %s", (settings, setting, reason) => {
    const error = fault(() => parseProxySettings({ ...LEAST, ...settings } as never));
    expect(error.setting).toBe(setting);
    expect(error.reason).toMatch(reason);
    expect(error.message).not.toMatch(/secret|\n/);
  });
});

describe("settings of a snapshot", () => {
  test("the target may be a URL", () => {
    const { target, timeout } = parseSnapshotSettings({ target: "wss://vm.example/vnc?token=1#x" });
    expect(target).toEqual({ type: "wss", url: "wss://vm.example/vnc?token=1" });
    expect(timeout).toBe(15_000);
    expect(parseSnapshotSettings({ target: "unix:/run/vnc" }).target).toEqual({ type: "unix", path: "/run/vnc" });
  });

  test.each([
    ["vm.example", /or a ws:\/\/ or wss:\/\/ URL$/],
    ["ws://", /is no URL/],
    ["ws://user:secret@vm.example:99999", /^that is no URL/],
    ["ws://user:secret@vm.example/", /user or password is not supported/],
  ])("the target %s is refused", (target, reason) => {
    const error = fault(() => parseSnapshotSettings({ target }));
    expect(error.reason).toMatch(reason);
    expect(error.message).not.toContain("secret");
  });
});

function fault(work: () => unknown): SettingsError {
  try {
    work();
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  throw new Error("Nothing was thrown");
}
