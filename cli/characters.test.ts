import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../src/training/index.js";
import { alphabetFiles, drawingAs, drawingPng } from "../test/support/omniglotFiles.js";
import { runs } from "../test/support/runs.js";
import { type ZippedFile, zipOf } from "../test/support/zips.js";
import { loadCharacters, loadOmniglot } from "./characters.js";
import { DataError } from "./dataFolders.js";

const background = alphabetFiles("images_background", { Latin: 2, Arabic: 1 });
const evaluation = alphabetFiles("images_evaluation", { Elvish: 3 });
const trainZip = zipOf(background);
const testZip = zipOf(evaluation);

let home: string;
let cache: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "hebbian-characters-"));
  cache = join(home, "cache");
});
afterEach(() => rmSync(home, { recursive: true }));

const put = (name: string, bytes: Uint8Array) => writeFileSync(join(home, name), bytes);
const load = () => loadOmniglot([home], cache);

describe("loadOmniglot", () => {
  test("reads both zips: alphabets in order, and pictures of 31 x 31 with ink from 0 to 1", () => {
    put("images_background.zip", trainZip);
    put("images_evaluation.zip", testZip);
    const { train, test } = load();
    expect(train.alphabets).toEqual([
      { name: "Arabic", first: 0, characters: 1 },
      { name: "Latin", first: 1, characters: 2 },
    ]);
    expect([train.size, train.drawings, train.count, test.characters]).toEqual([31, 20, 60, 3]);
    const pixels = train.pixels(20);
    // A bar of 5 of 105 pixels at the left: one new pixel of 3.39 is all ink, the next half.
    expect([...pixels.slice(0, 3)]).toEqual([1, expect.closeTo(0.476, 2), 0]);
    // It begins lower in the last drawing.
    expect(train.pixels(39)[0]).toBe(0);
    expect(train.pixels(39)[30 * 31]).toBe(1);
  });

  test("the unpacked folders, and the cache, give the same", () => {
    put("images_background.zip", trainZip);
    put("images_evaluation.zip", testZip);
    const fresh = load();
    expect(readdirSync(cache)).toHaveLength(2);
    const cached = load();
    for (const { name, bytes } of [...background, ...evaluation]) {
      const path = join(home, "omniglot", name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
    }
    const unpacked = load();
    expect([cached.fingerprint, unpacked.fingerprint]).toEqual([fresh.fingerprint, fresh.fingerprint]);
    for (const part of ["train", "test"] as const) {
      for (let i = 0; i < fresh[part].count; i++) {
        expect(cached[part].pixels(i)).toEqual(fresh[part].pixels(i));
        expect(unpacked[part].pixels(i)).toEqual(fresh[part].pixels(i));
      }
    }
  });

  test("as other systems pack it, it is the same: slashes, cases, hidden files, a folder more, other kinds of PNG", () => {
    put("images_background.zip", trainZip);
    put("images_evaluation.zip", testZip);
    const plain = load();
    const kinds = [
      drawingAs("white first"),
      drawingAs("grey"),
      drawingAs("colours"),
      drawingAs("interlaced"),
    ];
    const packed = background.flatMap(({ name, bytes }, i) => [
      {
        name: `top/${name}`.replaceAll("/", "\\").replace(".png", ".PNG"),
        bytes: kinds[i]?.(bytes) ?? bytes,
      },
      { name: `__MACOSX/${name.replace("0001_", "._0001_")}`, bytes: new Uint8Array(9) },
      { name: name.replace("0001_", "._0001_"), bytes: new Uint8Array(9) },
      { name: name.replace(/[^/]+$/, "Thumbs.db"), bytes: new Uint8Array(9) },
    ]);
    put("images_background.zip", zipOf([...packed, { name: ".DS_Store", bytes: new Uint8Array(9) }]));
    const other = load();
    expect(other.fingerprint).toBe(plain.fingerprint);
    for (let i = 0; i < plain.train.count; i++) {
      expect(other.train.pixels(i)).toEqual(plain.train.pixels(i));
    }
  });

  test("a cache whose layout is not one is made again", () => {
    put("images_background.zip", trainZip);
    put("images_evaluation.zip", testZip);
    const { fingerprint } = load();
    const path = join(cache, readdirSync(cache)[0]!);
    const { tensors, metadata } = readSafetensors(readFileSync(path));
    const { data, shape } = tensors.get("ink")!;
    const whole = readFileSync(path);
    const layout = JSON.parse(metadata.layout!);
    const [first] = layout.alphabets;
    const changes: Record<string, string>[] = [
      { layout: "{}" },
      { layout: "null" },
      { layout: JSON.stringify({ ...layout, alphabets: null }) },
      { layout: JSON.stringify({ ...layout, alphabets: [null] }) },
      { layout: JSON.stringify({ ...layout, size: 30 }) },
      { layout: JSON.stringify({ ...layout, alphabets: [...layout.alphabets, first] }) },
      { sha256: "0".repeat(64) },
      { format: "hebbian characters 1" },
    ];
    for (const change of changes) {
      writeFileSync(path, writeSafetensors({ ink: { shape, data } }, { ...metadata, ...change }));
      expect(load().fingerprint).toBe(fingerprint);
      expect(readFileSync(path)).toEqual(whole);
    }
    writeFileSync(path, writeSafetensors({ ink: { shape: [3], data: data.slice(0, 3) } }, metadata));
    expect(load().fingerprint).toBe(fingerprint);
  });

  test("the small drawing whose palette begins with white has its ink where it is dark", ({ skip }) => {
    const path = join(import.meta.dirname, "../../shared/cases/omniglot-white-first-palette.png");
    if (!existsSync(path)) skip("the small cases are not here");
    const bytes = readFileSync(path);
    put("images_background.zip", zipOf(background.map((file) => ({ ...file, bytes }))));
    put("images_evaluation.zip", testZip);
    const pixels = load().train.pixels(0);
    // Its left half is black.
    expect([pixels[0], pixels[30]]).toEqual([1, 0]);
  });

  test.each<[string, (whole: Uint8Array) => Uint8Array]>([
    ["that was cut off", (whole) => whole.subarray(0, whole.length - 100)],
    ["whose ink was changed", (whole) => whole.with(whole.length - 100, whole.at(-100)! ^ 255)],
  ])("a cache %s is made again", (_, damage) => {
    put("images_background.zip", trainZip);
    put("images_evaluation.zip", testZip);
    const { fingerprint } = load();
    const [name] = readdirSync(cache);
    const whole = readFileSync(join(cache, name!));
    writeFileSync(join(cache, name!), damage(whole));
    expect(load().fingerprint).toBe(fingerprint);
    expect(readFileSync(join(cache, name!))).toEqual(whole);
  });

  test("a missing set says how to get it", () => {
    expect(load).toThrow(DataError);
    expect(load).toThrow("hebbian data fetch omniglot, or use --data synthetic");
  });

  const broken = (change: (files: ZippedFile[]) => ZippedFile[]) => () => {
    put("images_background.zip", zipOf(change([...background])));
    put("images_evaluation.zip", testZip);
    return load();
  };
  const replaced = (bytes: Uint8Array) => broken(([first, ...rest]) => [{ ...first!, bytes }, ...rest]);

  test("a missing, doubled, empty, wrong or wrongly sized drawing is named", () => {
    expect(broken((files) => files.filter((_, i) => i !== 3))).toThrow(
      "Latin character01 must have drawings 01 to 20, number 4 is missing",
    );
    expect(broken((files) => [...files, files[3]!])).toThrow("drawing 4 of Latin character01 is there twice");
    expect(replaced(new Uint8Array())).toThrow("ink dark on light paper, got no PNG");
    expect(replaced(drawingPng(() => true, 32))).toThrow("got 32 x 32");
    const cut = drawingPng((x, y) => x === y);
    expect(replaced(cut.subarray(0, cut.length - 30))).toThrow("0001_01.png: must be a PNG of 105 x 105");
    expect(broken(() => [])).toThrow("no drawing in it");
  });

  test("an alphabet in both halves is refused", () => {
    put("images_background.zip", trainZip);
    put("images_evaluation.zip", zipOf(alphabetFiles("images_evaluation", { Latin: 1 })));
    expect(load).toThrow("the alphabet Latin is in both halves");
  });

  test("names that climb out of the archive write nothing anywhere", () => {
    const climbing = { name: "../../../Latin/character03/0001_01.png", bytes: drawingPng(() => false) };
    expect(broken((files) => [...files, climbing])).toThrow("character03 must have drawings 01 to 20");
    expect(readdirSync(home).sort()).toEqual(["images_background.zip", "images_evaluation.zip"]);
  });

  test("whatever happens to an archive, it is read or refused, quickly, in little memory, and nothing else is written", () => {
    put("images_evaluation.zip", testZip);
    const small = zipOf(background.slice(0, 20));
    const change = fc.oneof(
      fc.record({ at: fc.nat(small.length - 1), byte: fc.nat(255) }),
      fc.record({ at: fc.integer({ min: small.length - 1700, max: small.length - 1 }), byte: fc.nat(255) }),
    );
    const before = process.memoryUsage();
    fc.assert(
      fc.property(fc.array(change, { maxLength: 6 }), fc.option(fc.nat(small.length)), (changes, cut) => {
        const bytes = small.slice(0, cut ?? small.length);
        for (const { at, byte } of changes) if (at < bytes.length) bytes[at] = byte;
        put("images_background.zip", bytes);
        try {
          expect(load().train.count).toBe(20);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
      }),
      { numRuns: runs(150), interruptAfterTimeLimit: 20_000, markInterruptAsFailure: true },
    );
    const after = process.memoryUsage();
    expect(after.rss - before.rss).toBeLessThan(200 * 1024 * 1024);
    const allowed = ["cache", "images_background.zip", "images_evaluation.zip"];
    for (const name of readdirSync(home)) expect(allowed).toContain(name);
  });
});

test("synthetic alphabets need no data, and train and test share none", () => {
  const { train, test } = loadCharacters("synthetic");
  const names = new Set(train.alphabets.map(({ name }) => name));
  expect(test.alphabets.every(({ name }) => !names.has(name))).toBe(true);
  expect(test.pixels(0)).not.toEqual(train.pixels(0));
});
