import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ptbText } from "../test/support/ptb.js";
import { DataError } from "./dataFolders.js";
import { loadText } from "./texts.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hebbian-texts-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const text = { train: "one two\nthree\n", valid: "two\n", test: "three two\n" };
const parts = Object.entries(text);

/** A new folder with these files. */
function folderOf(name: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  for (const [file, content] of Object.entries(files)) writeFileSync(join(path, file), content);
  return path;
}

describe("a text in a folder", () => {
  test("is its three parts, under either name, packed or not, with one fingerprint", () => {
    const plain = folderOf("plain", Object.fromEntries(parts.map(([part, words]) => [`${part}.txt`, words])));
    const packed = folderOf(
      "packed",
      Object.fromEntries(parts.map(([part, words]) => [`ptb.${part}.txt.gz`, gzipSync(words)])),
    );
    const [one, other] = [loadText(plain), loadText(packed)];
    expect(one).toMatchObject({ name: plain, text, skipped: [] });
    expect(other.text).toEqual(text);
    expect(other.fingerprint).toBe(one.fingerprint);
    const changed = folderOf("changed", {
      "train.txt": "one\n",
      "valid.txt": "two\n",
      "test.txt": "three two\n",
    });
    expect(loadText(changed).fingerprint).not.toBe(one.fingerprint);
  });

  test("must be whole, and text", () => {
    const half = folderOf("half", { "train.txt": "a\n", "valid.txt": "b\n" });
    expect(() => loadText(half)).toThrow(
      /half: has no test.txt; put train.txt, valid.txt and test.txt into it/,
    );
    const odd = folderOf("odd", {
      "train.txt": Uint8Array.of(0xff, 0xfe, 0x41),
      "valid.txt": "b",
      "test.txt": "c",
    });
    expect(() => loadText(odd)).toThrow(/train.txt: is no text in UTF-8/);
    const torn = folderOf("torn", {
      "train.txt.gz": gzipSync("abc").subarray(0, 12),
      "valid.txt": "b",
      "test.txt": "c",
    });
    expect(() => loadText(torn)).toThrow(DataError);
  });
});

describe("a text in one file", () => {
  test("is cut by lines: eight tenths, a tenth, a tenth", () => {
    const lines = Array.from({ length: 20 }, (_, k) => `line ${k}\n`);
    const path = join(folderOf("one", { "diary.txt": lines.join("") }), "diary.txt");
    const { text: cut } = loadText(path);
    expect(cut.train).toBe(lines.slice(0, 16).join(""));
    expect(cut.valid).toBe(lines.slice(16, 18).join(""));
    expect(cut.test).toBe(lines.slice(18).join(""));
  });

  test("needs ten lines", () => {
    const path = join(folderOf("short", { "note.txt": "a\nb\n" }), "note.txt");
    expect(() => loadText(path)).toThrow(
      /note.txt: has 2 lines, of which a tenth would be for testing; give at least 10, or a folder/,
    );
    for (const [text, lines] of Object.entries({ "": "0 lines", "one alone": "1 line" })) {
      const other = join(folderOf(lines, { "note.txt": text }), "note.txt");
      expect(() => loadText(other)).toThrow(`note.txt: has ${lines}, of which`);
    }
  });
});

test("a text that is not there says what may be given", () => {
  expect(() => loadText(join(folder, "nowhere"))).toThrow(
    /nowhere: there is no such folder or file; give a text file/,
  );
  expect(() => loadText("ptb", [folder])).toThrow(/Penn Treebank not found in .*hebbian data fetch ptb/);
});

test("the invented text is the same each time", () => {
  const { text: invented, fingerprint } = loadText("synthetic");
  expect(loadText("synthetic").fingerprint).toBe(fingerprint);
  expect(invented.train.split(/\s+/).length).toBeGreaterThan(10_000);
  expect(invented.test).not.toBe(invented.valid);
});

test.skipIf(!ptbText)("the Penn Treebank is found where data lies", () => {
  const { name, text: ptb } = loadText("ptb");
  expect(name).toBe("Penn Treebank");
  expect(ptb.valid).toBe(ptbText!("valid"));
});
