import { expect, test } from "vitest";
import { countByNetwork, networkOf } from "../../proxy/network.ts";

test.each([
  ["192.0.2.7:40312", "192.0.2.7"],
  ["[2001:db8:1:2:3:4:5:6]:40312", "2001:db8:1:2::/64"],
  ["[2001:db8:1:2::]:1", "2001:db8:1:2::/64"],
  ["[2001:DB8:1:0002:ffff::9]:1", "2001:db8:1:2::/64"],
  ["2001:db8:1:2::9:40312", "2001:db8:1:2::/64"],
  ["[2001:db8::9]:1", "2001:db8:0:0::/64"],
  ["[::1]:5900", "0:0:0:0::/64"],
  ["[fe80::1%eth0]:5900", "fe80:0:0:0::/64"],
  ["[::ffff:192.0.2.7]:40312", "192.0.2.7"],
  ["unix:/run/vnc", "unix:/run/vnc"],
  [undefined, ""],
])("%s is of the network %s", (peer, network) => {
  expect(networkOf(peer)).toBe(network);
});

test("peers of one network are counted together, and each ends once", () => {
  const count = countByNetwork();
  const [first, second] = [count.begin("[2001:db8::1]:1"), count.begin("[2001:db8::2]:2")];
  expect(count.of("[2001:db8::3]:3")).toBe(2);
  expect(count.of("192.0.2.7:1")).toBe(0);
  first();
  first();
  expect(count.of("[2001:db8::3]:3")).toBe(1);
  second();
  first();
  expect(count.of("[2001:db8::3]:3")).toBe(0);
});
