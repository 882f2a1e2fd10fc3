import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { thisProcess } from "./processIdentity.js";
import { RunFolder } from "./runFolder.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "run folder-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a process leaves that was killed while it wrote a file. */
const leftover = `.hebbian-${2 ** 31 - 2}-${"0".repeat(24)}.tmp`;
const lock = JSON.stringify({ ...thisProcess(), pid: 2 ** 31 - 2, since: "", token: "" });

describe("RunFolder", () => {
  test("a folder whose run was killed before its config.json was there begins anew", () => {
    writeFileSync(join(folder, "lock"), lock);
    writeFileSync(join(folder, leftover), "{");
    writeFileSync(join(folder, "lock.after-0123456789ab"), lock);
    const unlock = new RunFolder(folder).create();
    expect(readdirSync(folder)).toEqual(["lock"]);
    unlock();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("locking removes what killed runs have left, figures included, and nothing else", () => {
    const run = new RunFolder(folder);
    mkdirSync(run.file.figures);
    for (const name of ["config.json", leftover]) writeFileSync(join(folder, name), "");
    for (const name of ["matrices.svg", leftover]) writeFileSync(join(run.file.figures, name), "");
    const unlock = run.lock();
    expect(readdirSync(folder).sort()).toEqual(["config.json", "figures", "lock"]);
    expect(readdirSync(run.file.figures)).toEqual(["matrices.svg"]);
    unlock();
  });

  test("a folder that holds anything else is refused, left alone, and its run named as a shell takes it", () => {
    writeFileSync(join(folder, "config.json"), "{}");
    expect(() => new RunFolder(folder).create()).toThrow(
      `hebbian train --resume '${folder}'; or choose another --out`,
    );
    expect(readdirSync(folder)).toEqual(["config.json"]);
  });
});
