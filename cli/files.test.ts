import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
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
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, type TestContext, test } from "vitest";
import { FileError, JsonlLog, writeAtomic } from "./files.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "files-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function skip(context: TestContext, reason: string): never {
  console.log(`skipped "${context.task.name}": ${reason}`);
  return context.skip(reason);
}

/** Runs `check` in a file system of 64 kB, or skips the test where none can be mounted. */
function onTinyDisk(context: TestContext, check: (disk: string) => void): void {
  const disk = join(folder, "tiny");
  mkdirSync(disk);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]);
  if (mounted.status !== 0) skip(context, "mounting a tiny tmpfs needs root on Linux");
  try {
    check(disk);
  } finally {
    execFileSync("umount", [disk]);
  }
}

describe("writeAtomic", () => {
  test("text and bytes arrive, replace the old content, and leave nothing else behind", () => {
    const path = join(folder, "a.json");
    writeAtomic(path, "é\n");
    expect(readFileSync(path)).toEqual(Buffer.from("é\n"));
    writeAtomic(path, Uint8Array.of(0, 255, 7));
    expect(readFileSync(path)).toEqual(Buffer.of(0, 255, 7));
    writeAtomic(path, "");
    expect(readFileSync(path).length).toBe(0);
    expect(readdirSync(folder)).toEqual(["a.json"]);
  });

  test("a full disk is reported with path and cure; the old file stays and no temporary one does", (context) => {
    onTinyDisk(context, (disk) => {
      const path = join(disk, "checkpoint");
      writeAtomic(path, "old");
      expect(() => writeAtomic(path, new Uint8Array(1_000_000))).toThrow(FileError);
      expect(() => writeAtomic(path, new Uint8Array(1_000_000))).toThrow(
        `cannot write ${path}: the disk is full; free some space or write to another disk (ENOSPC)`,
      );
      expect(readFileSync(path, "utf8")).toBe("old");
      expect(readdirSync(disk)).toEqual(["checkpoint"]);
    });
  });

  test("a rename that fails removes the temporary file", () => {
    const path = join(folder, "taken");
    mkdirSync(path);
    expect(() => writeAtomic(path, "text")).toThrow(`cannot write ${path}: the path is a folder`);
    expect(readdirSync(folder)).toEqual(["taken"]);
  });

  test("a folder without write permission is reported with path and cure", (context) => {
    const asRoot = process.getuid?.() === 0;
    if (process.platform === "win32") skip(context, "Windows has no such permission");
    const path = join(folder, "old");
    writeFileSync(path, "old");
    execFileSync("chmod", ["0555", folder]);
    // Root may write anywhere: become "nobody" meanwhile.
    if (asRoot) process.seteuid?.(65534);
    try {
      expect(() => writeAtomic(path, "new")).toThrow(
        `cannot write ${path}: permission denied; make the folder writable or choose another one (EACCES)`,
      );
    } finally {
      if (asRoot) process.seteuid?.(0);
      execFileSync("chmod", ["0755", folder]);
    }
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(folder)).toEqual(["old"]);
  });

  test("a missing folder is reported, not created", () => {
    const path = join(folder, "missing", "a");
    expect(() => writeAtomic(path, "")).toThrow(
      /no such file or folder; .*create the folder first \(ENOENT\)/,
    );
    expect(existsSync(join(folder, "missing"))).toBe(false);
  });
});

describe("JsonlLog", () => {
  const record = (episode: number) => ({ episode, loss: 1 / (1 + episode), note: "é" });
  const lines = (count: number) =>
    Array.from({ length: count }, (_, episode) => `${JSON.stringify(record(episode))}\n`).join("");

  test("a run killed after any checkpoint and resumed from it leaves the file of an uninterrupted run", () => {
    const path = join(folder, "metrics.jsonl");
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), fc.nat(300), fc.string(), (before, lost, after, torn) => {
        const first = JsonlLog.open(path);
        for (let episode = 0; episode < before; episode++) first.append(record(episode));
        const resumeAt = first.sync();
        for (let episode = before; episode < before + lost; episode++) first.append(record(episode));
        first.close();
        appendFileSync(path, torn);

        const second = JsonlLog.open(path, { resumeAt });
        for (let episode = before; episode < before + after; episode++) second.append(record(episode));
        expect(second.close()).toBe(Buffer.byteLength(lines(before + after)));
        expect(readFileSync(path, "utf8")).toBe(lines(before + after));
      }),
      { numRuns: 30 },
    );
  });

  test("lines reach the file in batches before any sync, and all of them at sync", () => {
    const path = join(folder, "metrics.jsonl");
    const log = JsonlLog.open(path);
    log.append(record(0));
    expect(readFileSync(path, "utf8")).toBe("");
    for (let episode = 1; episode < 5000; episode++) log.append(record(episode));
    expect(readFileSync(path).length).toBeGreaterThan(65536);
    expect(log.sync()).toBe(Buffer.byteLength(lines(5000)));
    expect(readFileSync(path, "utf8")).toBe(lines(5000));
    log.close();
  });

  test("a log shorter than the checkpoint recorded, or cut in a line, is refused and left as it is", () => {
    const path = join(folder, "metrics.jsonl");
    writeFileSync(path, lines(2));
    const length = Buffer.byteLength(lines(2));
    for (const resumeAt of [length + 1, length - 1, 1]) {
      expect(() => JsonlLog.open(path, { resumeAt })).toThrow(FileError);
      expect(() => JsonlLog.open(path, { resumeAt })).toThrow(`expected a line to end at byte ${resumeAt}`);
    }
    expect(readFileSync(path, "utf8")).toBe(lines(2));
    expect(() => JsonlLog.open(join(folder, "none"), { resumeAt: 5 })).toThrow(
      /cannot open .*none: no such file/,
    );
  });

  test("a number that is not finite is refused by name and leaves no line", () => {
    const path = join(folder, "metrics.jsonl");
    const log = JsonlLog.open(path);
    expect(() => log.append({ loss: Number.NaN })).toThrow('"loss" must be a finite number, got NaN');
    expect(log.close()).toBe(0);
  });

  test("a disk that fills up is reported, keeps whole lines, and the rest follows once there is space", (context) => {
    onTinyDisk(context, (disk) => {
      const path = join(disk, "metrics.jsonl");
      const log = JsonlLog.open(path);
      log.append(record(0));
      log.sync();
      writeFileSync(join(disk, "ballast"), new Uint8Array(56 * 1024));
      for (let episode = 1; episode < 300; episode++) log.append(record(episode));
      expect(() => log.sync()).toThrow(`cannot write ${path}: the disk is full`);
      expect(readFileSync(path, "utf8")).toBe(lines(1));
      rmSync(join(disk, "ballast"));
      log.close();
      expect(readFileSync(path, "utf8")).toBe(lines(300));
    });
  });

  test("a full device is reported with path and cure", (context) => {
    if (!existsSync("/dev/full")) skip(context, "there is no /dev/full here");
    const log = JsonlLog.open("/dev/full");
    log.append(record(0));
    expect(() => log.sync()).toThrow("cannot write /dev/full: the disk is full; free some space");
    expect(() => log.close()).toThrow(FileError);
  });
});
