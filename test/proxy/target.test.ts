import { describe, expect, test } from "vitest";
import { parseTarget } from "../../proxy/mod.ts";

describe("A target", () => {
  test.each([
    ["vm.example:5901", "vm.example", 5901],
    ["vm.example:0", "vm.example", 5900],
    ["vm.example:1", "vm.example", 5901],
    ["vm.example:99", "vm.example", 5999],
    ["vm.example:100", "vm.example", 100],
    ["vm.example::99", "vm.example", 99],
    ["vm.example::5900", "vm.example", 5900],
    ["127.0.0.1:65535", "127.0.0.1", 65535],
    ["[::1]:5900", "::1", 5900],
    ["[fe80::1%eth0]::1", "fe80::1%eth0", 1],
    ["[2001:db8::7]:3", "2001:db8::7", 5903],
  ])("%s is TCP to %s, port %i", (text, host, port) => {
    expect(parseTarget(text)).toStrictEqual({ type: "tcp", host, port });
  });

  test.each([
    ["unix:/run/vm.sock", "/run/vm.sock"],
    ["unix:vm:5900", "vm:5900"],
  ])("%s is a Unix socket", (text, path) => {
    expect(parseTarget(text)).toStrictEqual({ type: "unix", path });
  });

  test.each([
    "",
    "vm",
    "vm:",
    ":5900",
    "vm::0",
    "vm:65536",
    "vm:99999",
    "vm:100000",
    "vm:-1",
    "vm:5900 ",
    "vm:59a",
    "vm:::1",
    "::1:5900",
    "[::1]",
    "[]:1",
    "[::1:5900",
    "unix:",
    "vm:1\n",
  ])("%j is none", (text) => {
    expect(() => parseTarget(text)).toThrow(RangeError);
  });
});
