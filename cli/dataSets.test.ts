import { gzipSync } from "node:zlib";
import { createTar } from "nanotar";
import { describe, expect, test } from "vitest";
import { dataSet, dataSets, untar } from "./dataSets.js";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const cifar = dataSet("cifar-10");

describe("dataSets", () => {
  test("every set keeps exactly the files that it promises", () => {
    const tar = gzipSync(createTar(cifar.files.map((name) => ({ name, data: `contents of ${name}` }))));
    for (const set of dataSets) {
      const kept = set.downloads.flatMap(({ unpack }) => unpack(set === cifar ? tar : new Uint8Array([1])));
      expect(kept.map(({ path }) => path)).toEqual(set.files);
    }
  });

  test("checksums are MD5s, addresses are https", () => {
    for (const { url, md5 } of dataSets.flatMap((set) => set.downloads)) {
      expect(md5).toMatch(/^[0-9a-f]{32}$/);
      expect(url).toMatch(/^https:\/\//);
    }
  });

  test("an unknown name is refused with the names there are", () => {
    expect(() => dataSet("cifar")).toThrow(
      'no data set is called "cifar"; choose one of cifar-10, omniglot, ptb',
    );
  });
});

describe("untar", () => {
  test("takes only the named plain files, in the order of the names", () => {
    const tar = createTar([
      { name: "../../evil.txt", data: "evil" },
      { name: "d/", attrs: {} },
      { name: "d/b.bin", data: "b" },
      { name: "d/extra.bin", data: "extra" },
      { name: "d/a.bin", data: "a".repeat(1000) },
    ]);
    const files = untar(gzipSync(tar), ["d/a.bin", "d/b.bin"]);
    expect(files.map(({ path, bytes }) => [path, text(bytes)])).toEqual([
      ["d/a.bin", "a".repeat(1000)],
      ["d/b.bin", "b"],
    ]);
  });

  test("does not take a link for a file", () => {
    const tar = createTar([{ name: "a.bin", data: "/etc/passwd" }]);
    tar[156] = "2".charCodeAt(0);
    expect(() => untar(gzipSync(tar), ["a.bin"])).toThrow("the archive has no file a.bin");
  });

  test("says what is wrong with an archive that is none, cut short, or another one", () => {
    const tar = createTar([{ name: "a.bin", data: "a".repeat(5000) }]);
    expect(() => untar(new Uint8Array(100), ["a.bin"])).toThrow(
      /^the archive cannot be unpacked \(.+\); fetch it/,
    );
    expect(() => untar(gzipSync(tar).subarray(0, 40), ["a.bin"])).toThrow("the archive cannot be unpacked");
    expect(() => untar(gzipSync(tar.subarray(0, 2048)), ["a.bin"])).toThrow("the archive cannot be unpacked");
    expect(() => untar(gzipSync(tar), ["b.bin"])).toThrow("the archive has no file b.bin");
  });
});
