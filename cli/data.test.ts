import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "fast-png";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { imagesEpisode, naturalImages, random } from "../src/tasks/index.js";
import { loadImages } from "./data.js";
import { DataError, dataFolders, downloadFolder, folderWith } from "./dataFolders.js";
import { cifarTestFile, dataSet } from "./dataSets.js";
import { checkData } from "./fetchData.js";

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
  const addPngs = (count: number) => {
    for (let i = 0; i < count; i++) {
      const rng = random(1, "png", i);
      const data = Uint8Array.from({ length: 1024 }, () => rng.integer(256));
      writeFileSync(join(folder, `${i}.png`), encode({ width: 32, height: 32, data, channels: 1 }));
    }
  };

  test("tests on a tenth, trains on the others, and splits the same way each time", () => {
    addPngs(50);
    writeFileSync(join(folder, "notes.txt"), "not a picture");
    const { train, test, skipped } = loadImages(folder);
    expect([train.count, test.count, skipped]).toEqual([45, 5, []]);
    const all = [train, test].flatMap((set) =>
      Array.from({ length: set.count }, (_, i) => set.pixels(i).join()),
    );
    expect(new Set(all).size).toBe(50);
    expect(loadImages(folder).test.pixels(0)).toEqual(test.pixels(0));
  });

  test("leaves enough of a few pictures for a test episode, and says when there are too few", () => {
    addPngs(6);
    const { train, test } = loadImages(folder);
    expect([train.count, test.count]).toEqual([3, 3]);
    rmSync(join(folder, "0.png"));
    expect(() => loadImages(folder)).toThrow(
      "must have at least 6 usable pictures, to train and to test; got 5",
    );
  });

  test("reports what it skips, and names what it cannot read", () => {
    addPngs(6);
    const white = join(folder, "white.PNG");
    writeFileSync(white, encode({ width: 9, height: 9, data: new Uint8Array(81).fill(255), channels: 1 }));
    expect(loadImages(folder).skipped).toEqual([
      { name: white, reason: "the picture is of one single grey" },
    ]);
    writeFileSync(join(folder, "broken.png"), "no picture");
    expect(() => loadImages(folder)).toThrow(DataError);
    expect(() => loadImages(folder)).toThrow(/broken\.png: not a readable PNG/);
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
    const { train, test } = loadImages("procedural");
    expect(train.count).toBe(2 ** 31);
    expect(test.pixels(0)).not.toEqual(train.pixels(0));
    expect(imagesEpisode(train, naturalImages, random(0, "episode", 0)).indices).toHaveLength(3);
  });

  test("cifar says where it looked, and names a truncated file", () => {
    expect(() => loadImages("cifar", [folder])).toThrow(
      `CIFAR-10 not found in ${folder}; fetch it with: hebbian data fetch cifar-10, or use procedural images`,
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
