import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "fast-png";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ImageSet, imagesEpisode, naturalImages, random } from "../src/tasks/index.js";
import { pngEnd, pngIhdr, pngOf, pngWith } from "../test/support/pngs.js";
import { loadImages } from "./data.js";
import { DataError, dataFolders, downloadFolder, folderWith } from "./dataFolders.js";
import { cifarTestFile, dataSet } from "./dataSets.js";
import { checkData } from "./fetchData.js";
import { skippedText } from "./pictureFolder.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hebbian-data-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const cifarFolder = folderWith(dataSet("cifar-10").files, dataFolders());
if (!cifarFolder) console.warn(`CIFAR-10 tests skipped: not found in ${dataFolders().join(" or ")}`);

describe("dataFolders", () => {
  test("are HEBBIAN_DATA alone where it is set, else beside the project and in the user's cache", () => {
    expect(dataFolders({ HEBBIAN_DATA: folder })).toEqual([folder]);
    expect(downloadFolder({ HEBBIAN_DATA: folder })).toBe(folder);
    const [beside, cache] = dataFolders({});
    expect(beside).toMatch(/shared.data$/);
    expect(cache).toContain("hebbian");
    expect(downloadFolder({})).toBe(cache);
  });
});

describe("loadImages from a folder of PNG files", () => {
  const pngOfNumber = (i: number) => {
    const rng = random(1, "png", i);
    const data = Uint8Array.from({ length: 1024 }, () => rng.integer(256));
    return { width: 32, height: 32, data, channels: 1 } as const;
  };
  const addPngs = (count: number) => {
    for (let i = 0; i < count; i++) writeFileSync(join(folder, `${i}.png`), encode(pngOfNumber(i)));
  };
  const picturesOf = (set: ImageSet) => Array.from({ length: set.count }, (_, i) => set.pixels(i).join());

  test("tests on about a fifth, trains on the others", () => {
    addPngs(100);
    writeFileSync(join(folder, "notes.txt"), "not a picture");
    const { train, test, skipped } = loadImages(folder);
    expect([train.count + test.count, skipped]).toEqual([100, []]);
    expect(test.count).toBeGreaterThan(10);
    expect(test.count).toBeLessThan(30);
    expect(new Set([...picturesOf(train), ...picturesOf(test)]).size).toBe(100);
  });

  test("neither names nor places change a picture's side, the order or the fingerprint", () => {
    addPngs(30);
    const before = loadImages(folder);
    for (let i = 0; i < 30; i++) {
      // As other bytes of the same picture, too.
      rmSync(join(folder, `${i}.png`));
      const { data } = pngOfNumber(i);
      const samples = Array.from(data, (grey) => [grey, grey, grey]).flat();
      const other = pngWith({ width: 32, height: 32, depth: 8, colourType: 2, samples, interlaced: true });
      writeFileSync(join(folder, `a${(i * 7) % 30}.PNG`), other);
    }
    const after = loadImages(folder);
    expect(after.fingerprint).toBe(before.fingerprint);
    for (const side of ["train", "test"] as const) {
      expect(after[side].count).toBe(before[side].count);
      for (let i = 0; i < before[side].count; i++) {
        const [a, b] = [before[side].pixels(i), after[side].pixels(i)];
        a.forEach((pixel, k) => {
          expect(Math.abs(pixel - b[k]!)).toBeLessThan(1e-6);
        });
      }
    }
  });

  test("pictures that come or go move no other one to the other side, and doubles are on the same", () => {
    addPngs(40);
    const before = loadImages(folder);
    const tested = picturesOf(before.test);
    for (const gone of [3, 17, 20]) rmSync(join(folder, `${gone}.png`));
    for (let i = 40; i < 60; i++) writeFileSync(join(folder, `new${i}.png`), encode(pngOfNumber(i)));
    for (let i = 0; i < 40; i += 3) writeFileSync(join(folder, `again${i}.png`), encode(pngOfNumber(i)));
    const after = loadImages(folder);
    const [trainedNow, testedNow] = [picturesOf(after.train), picturesOf(after.test)];
    expect(tested.filter((picture) => trainedNow.includes(picture))).toEqual([]);
    expect(picturesOf(before.train).filter((picture) => testedNow.includes(picture))).toEqual([]);
    expect(trainedNow.filter((picture) => testedNow.includes(picture))).toEqual([]);
    expect(after.fingerprint).not.toBe(before.fingerprint);
  });

  test("says when there are too few on a side", () => {
    addPngs(5);
    expect(() => loadImages(folder)).toThrow(DataError);
    expect(() => loadImages(folder)).toThrow(
      /of its 5 usable pictures [0-5] are to test and [0-5] to train; each needs at least 3 .*: add some$/,
    );
  });

  test("leaves out what is no picture, with the reason, and never waits for a pipe", () => {
    addPngs(40);
    const before = loadImages(folder);
    const put = (name: string, bytes: Uint8Array | string) => writeFileSync(join(folder, name), bytes);
    put("white.PNG", encode({ width: 9, height: 9, data: new Uint8Array(81).fill(255), channels: 1 }));
    put("broken.png", "no picture");
    put("._0.png", "what macOS leaves beside a file");
    put("Thumbs.db", "what Windows leaves in a folder");
    put("huge.png", pngOf(pngIhdr(20_000, 20_000, 8, 0), pngEnd));
    put("empty.png", "");
    mkdirSync(join(folder, "folder.png"));
    symlinkSync("nowhere", join(folder, "dead.png"));
    symlinkSync("loop.png", join(folder, "loop.png"));
    const hasPipe = spawnSync("mkfifo", [join(folder, "pipe.png")]).status === 0;
    const { skipped, ...loaded } = loadImages(folder);
    expect(loaded.fingerprint).toBe(before.fingerprint);
    expect(Object.fromEntries(skipped.map(({ name, reason }) => [name, reason]))).toEqual({
      "white.PNG": "the picture is of one single grey",
      "broken.png": "not a readable PNG: no PNG: its first bytes differ",
      "huge.png": expect.stringContaining("20000 x 20000 pixels"),
      "empty.png": "not a readable PNG: no PNG: its first bytes differ",
      "folder.png": "it is a folder",
      "dead.png": "it is a link to nothing",
      "loop.png": "it cannot be read (ELOOP)",
      ...(hasPipe && { "pipe.png": "it is no plain file" }),
    });
    expect(skippedText(skipped)).toMatch(
      /^[78] files were left out: dead\.png \(it is a link to nothing\), .+, and [23] more$/,
    );
  });

  test("a folder with nothing but unreadable files says why", () => {
    mkdirSync(join(folder, "folder.png"));
    writeFileSync(join(folder, "broken.png"), "no picture");
    expect(() => loadImages(folder)).toThrow(DataError);
    expect(() => loadImages(folder)).toThrow(
      /no picture in it can be used \(.+broken\.png, because not a readable PNG.+; 1 file was left out: folder\.png/,
    );
  });

  test("explains a folder that is missing, or has no PNG file", () => {
    expect(() => loadImages(join(folder, "none"))).toThrow(
      /none: cannot be opened as a folder of PNG files \(ENOENT/,
    );
    writeFileSync(join(folder, "notes.txt"), "not a picture");
    expect(() => loadImages(folder)).toThrow("has no .png file among its 1 entries; choose another folder");
  });
});

describe("loadImages", () => {
  test("procedural gives two sets without a picture in common", () => {
    const { train, test, fingerprint } = loadImages("procedural");
    expect(train.count).toBe(2 ** 31);
    expect(test.pixels(0)).not.toEqual(train.pixels(0));
    expect(loadImages("procedural").fingerprint).toBe(fingerprint);
    expect(imagesEpisode(train, naturalImages, random(0, "episode", 0)).indices).toHaveLength(3);
  });

  test("cifar says where it looked, and names a truncated file", () => {
    expect(() => loadImages("cifar", [folder])).toThrow(
      `CIFAR-10 not found in ${folder}; fetch it with: hebbian data fetch cifar-10, or use --data procedural`,
    );
    mkdirSync(join(folder, "cifar-10-batches-bin"));
    for (const file of dataSet("cifar-10").files) writeFileSync(join(folder, file), "short");
    expect(() => loadImages("cifar", [folder])).toThrow(DataError);
    expect(() => loadImages("cifar", [folder])).toThrow(
      /data_batch_1\.bin: a CIFAR-10 batch has 30730000 bytes/,
    );
  });
});

describe.skipIf(!cifarFolder)("CIFAR-10 itself", () => {
  test("has 40,000 pictures to train and 10,000 to test", () => {
    const { train, test } = loadImages("cifar");
    expect([train.count, test.count]).toEqual([40_000, 10_000]);
    // Computed from the files by separate arithmetic in float64: first picture, and last of batch 4.
    const first = train.pixels(0);
    const expected = [-0.29405186717276177, -0.4104234379616792, -0.7222992476759779, 0.692779053117258];
    for (const [n, i] of [0, 1, 33, 500].entries()) expect(first[i]).toBeCloseTo(expected[n]!, 6);
    expect(train.pixels(39_999)[700]).toBeCloseTo(0.26639037731002074, 6);
    for (let i = 0; i < 500; i++) {
      const pixels = test.pixels(i * 20);
      expect(Math.max(...pixels.map(Math.abs))).toBe(1);
      expect(Math.abs(pixels.reduce((sum, pixel) => sum + pixel, 0) / 1024)).toBeLessThan(1e-6);
    }
  });

  test("agrees with the checksums beside it, where there are any", () => {
    const { folder, files } = checkData(dataSet("cifar-10"), [cifarFolder!]);
    const listed = existsSync(join(folder, "SHA256SUMS"))
      ? readFileSync(join(folder, "SHA256SUMS"), "utf8").includes(cifarTestFile)
      : false;
    expect(files.map(({ verified }) => verified)).toEqual(files.map(() => listed));
  });
});
