import fc from "fast-check";
import { expect, test } from "vitest";
import { slowCrc32c } from "../../test/support/eventFile.js";
import { crc32c } from "./crc32c.js";

const bytes = (length: number, of: (i: number) => number) => Uint8Array.from({ length }, (_, i) => of(i));

// RFC 3720, B.4, and the check value of the catalogues of CRCs.
test.each([
  ["nothing", new Uint8Array(), 0],
  ["123456789", new TextEncoder().encode("123456789"), 0xe3069283],
  ["32 zeros", bytes(32, () => 0), 0x8a9136aa],
  ["32 times 255", bytes(32, () => 255), 0x62a8ab43],
  ["0 to 31", bytes(32, (i) => i), 0x46dd794e],
  ["31 to 0", bytes(32, (i) => 31 - i), 0x113fdb5c],
])("the CRC-32C of %s is as published", (_, data, expected) => {
  expect(crc32c(data)).toBe(expected);
  expect(slowCrc32c(data)).toBe(expected);
});

test("the CRC-32C of any bytes is that of a second implementation, bit by bit", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (data) => crc32c(data) === slowCrc32c(data)));
});
