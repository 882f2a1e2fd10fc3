import { describe, expect, test } from "vitest";
import { type ZippedFile, zipOf } from "../test/support/zips.js";
import { DataError } from "./dataFolders.js";
import { unzip } from "./zip.js";

const limits = { files: 100, bytes: 10_000 };
const text = (words: string) => new TextEncoder().encode(words);
const all = (bytes: Uint8Array, wanted = (_: string) => true) => [
  ...unzip({ name: "some.zip", bytes }, wanted, limits),
];
const file = (claims: ZippedFile["claims"]): ZippedFile => ({
  name: "a.txt",
  bytes: text("some text"),
  claims,
});

describe("unzip", () => {
  const files = [
    { name: "folder/a.txt", bytes: text("a text, a text, a text") },
    { name: "../../outside.txt", bytes: text("climbs") },
    { name: "empty", bytes: new Uint8Array() },
  ];

  test("gives every file back, whatever it is called", () => {
    expect(all(zipOf(files)).map(({ name, bytes }) => ({ name, bytes: Uint8Array.from(bytes) }))).toEqual(
      files,
    );
  });

  test("unpacks only what is wanted", () => {
    expect(all(zipOf([file({ crc: 1 }), ...files]), (name) => name === "empty")).toHaveLength(1);
  });

  test("accepts a comment at the end", () => {
    const zip = zipOf(files);
    const commented = new Uint8Array(zip.length + 5);
    commented.set(zip);
    commented[zip.length - 2] = 5;
    expect(all(commented)).toHaveLength(3);
  });

  test.each([
    ["an empty file", new Uint8Array(), "no list of files at its end, 0 bytes"],
    ["something else", text("<html>not found</html> and so on"), "no list of files at its end"],
    ["a wrong checksum", zipOf([file({ crc: 1 })]), "a.txt: wrong checksum"],
    ["a size that is too small", zipOf([file({ size: 3 })]), "a.txt: cannot be unpacked"],
    ["a size that is too large", zipOf([file({ size: 50 })]), "a.txt: 9 bytes instead of 50"],
    [
      "an absurd size",
      zipOf([file({ size: 4e9 })]),
      "4000000000 bytes, packed 11, at most 10000 were expected",
    ],
    ["packed bytes behind the end", zipOf([file({ packed: 5000 })]), "a.txt: breaks off"],
    ["an unknown method", zipOf([file({ method: 12 })]), "packed in an unknown way"],
    [
      "too many files",
      zipOf(Array.from({ length: 101 }, () => file({}))),
      "101 files, at most 100 were expected",
    ],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => all(bytes)).toThrow(DataError);
    expect(() => all(bytes)).toThrow(message);
  });

  test("refuses all of an archive before it unpacks any of it", () => {
    const files = unzip(
      { name: "some.zip", bytes: zipOf([file({}), file({ size: 4e9 })]) },
      () => true,
      limits,
    );
    expect(() => files.next()).toThrow("4000000000 bytes");
  });

  test("refuses files that share their bytes, and an archive of more than zip's own numbers", () => {
    const zip = zipOf([
      { name: "a", bytes: text("some text") },
      { name: "b", bytes: text("some text") },
    ]);
    const view = new DataView(zip.buffer);
    const end = zip.length - 22;
    const second = view.getUint32(end + 16, true) + 46 + 1;
    view.setUint32(second + 42, 0, true);
    expect(() => all(zip)).toThrow("a and b overlap");
    view.setUint32(end + 16, 0xffffffff, true);
    expect(() => all(zip)).toThrow("it is a Zip64 archive, which is not read");
  });

  test("a bomb is stopped at the size that it claims", () => {
    const bomb = zipOf([
      { name: "bomb", bytes: new Uint8Array(50_000_000), claims: { size: 9000, packed: 9000 } },
    ]);
    expect(() => all(bomb)).toThrow("bomb: cannot be unpacked");
  });
});
