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
import { join } from "node:path";
import { createTar } from "nanotar";
import { afterAll, describe, expect, it } from "vitest";
import { packedRun, unpackRun } from "./packedRun.js";

const folder = mkdtempSync(join(tmpdir(), "hebbian-packed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = join(folder, "run");
mkdirSync(run);
const bytes = Uint8Array.from({ length: 1000 }, (_, k) => k % 256);
writeFileSync(join(run, "checkpoint.safetensors"), bytes);
writeFileSync(join(run, "config.json"), "{}\n");
writeFileSync(join(run, "lock"), "somebody's");

describe("a run on its way to another machine", () => {
  it("is its files to the last byte, without its lock", () => {
    const copy = join(folder, "elsewhere/copy");
    unpackRun(packedRun(run)!, copy);
    expect(readdirSync(copy).sort()).toEqual(["checkpoint.safetensors", "config.json"]);
    expect(new Uint8Array(readFileSync(join(copy, "checkpoint.safetensors")))).toEqual(bytes);
  });

  it("replaces what was there, and leaves nothing else behind", () => {
    const old = join(folder, "old/run");
    mkdirSync(old, { recursive: true });
    writeFileSync(join(old, "stale"), "");
    unpackRun(packedRun(run)!, old);
    expect(existsSync(join(old, "stale"))).toBe(false);
    expect(readdirSync(join(folder, "old"))).toEqual(["run"]);
  });

  it("is nothing before its first checkpoint", () => {
    const empty = join(folder, "empty");
    mkdirSync(empty);
    expect(packedRun(empty)).toBeNull();
  });

  it("writes nowhere else, whatever the server says its files are called", () => {
    for (const name of ["../escaped", "../../escaped", "a/../../escaped"]) {
      const tar = createTar([{ name, data: new Uint8Array(1) }]);
      try {
        unpackRun(tar, join(folder, "victim/run"));
      } catch (error) {
        expect((error as Error).message).toMatch(/which is no name of a file/);
      }
      expect(readdirSync(join(folder, "victim")).filter((each) => each !== "run")).toEqual([]);
    }
    expect(existsSync(join(folder, "escaped"))).toBe(false);
    const deep = createTar([{ name: "a/b", data: new Uint8Array(1) }]);
    expect(() => unpackRun(deep, join(folder, "victim/run"))).toThrow(
      /holds "a\/b", which is no name of a file/,
    );
  });
});
