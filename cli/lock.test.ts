import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { withFailing } from "../test/support/failingCalls.js";
import { hammerLock } from "../test/support/lockHammer.js";
import { FileError } from "./files.js";
import { lockFolder } from "./lock.js";
import { identityOf, type ProcessIdentity, stateOf, thisProcess } from "./processIdentity.js";

let folder = "";
let lock = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-"));
  lock = join(folder, "lock");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const SINCE = "2026-01-02T03:04:05.000Z";
const dead = { ...thisProcess(), pid: 2 ** 31 - 2 };
const claimOf = (owner: ProcessIdentity, token = "t") => JSON.stringify({ ...owner, since: SINCE, token });

describe("lockFolder", () => {
  test("leaves one file, which says who has the folder, and removes it", () => {
    const unlock = lockFolder(folder);
    expect(readdirSync(folder)).toEqual(["lock"]);
    expect(JSON.parse(readFileSync(lock, "utf8"))).toMatchObject(thisProcess());
    unlock();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("twice in the same process is refused, and the first goes on holding it", () => {
    const unlock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(`${folder} is in use: another run, process ${process.pid}`);
    expect(readdirSync(folder)).toEqual(["lock"]);
    unlock();
    lockFolder(folder)();
  });

  test("a run that is at work is named, with its process and since when", () => {
    writeFileSync(lock, claimOf(identityOf(process.ppid)));
    expect(() => lockFolder(folder)).toThrow(
      `${folder} is in use: another run, process ${process.ppid}, works in it since ${SINCE}; wait for it, or choose another --out`,
    );
  });

  test.each([
    ["whose number no process has", dead],
    ["whose number another process has by now", { ...thisProcess(), started: "1" }],
    ["of an earlier boot", { ...thisProcess(), boot: "b" }],
  ])("a lock of a dead process %s is taken over", (_, owner) => {
    // Not every system says when processes began, and when it was started itself.
    if (stateOf(owner) !== "gone") return;
    writeFileSync(lock, claimOf(owner));
    const unlock = lockFolder(folder);
    expect(readdirSync(folder)).toEqual(["lock"]);
    expect(JSON.parse(readFileSync(lock, "utf8")).pid).toBe(process.pid);
    unlock();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a lock of another machine is never taken over: host, process, time and cure are named", () => {
    writeFileSync(lock, claimOf({ ...dead, host: "node17", machine: "m", boot: "b" }));
    expect(() => lockFolder(folder)).toThrow(FileError);
    expect(() => lockFolder(folder)).toThrow(
      `process ${dead.pid} on node17 took it at ${SINCE}, and whether it still runs cannot be seen from here`,
    );
    expect(() => lockFolder(folder)).toThrow(`if it has ended, remove ${lock}`);
    expect(readdirSync(folder)).toEqual(["lock"]);
  });

  test("whoever dies while taking over is taken over in turn", () => {
    writeFileSync(lock, claimOf(dead, "0"));
    for (const token of ["1", "2", "3", "4"]) dieTakingOver(token);
    expect(readdirSync(folder)).toHaveLength(5);
    const unlock = lockFolder(folder);
    expect(readdirSync(folder)).toEqual(["lock"]);
    expect(JSON.parse(readFileSync(lock, "utf8")).pid).toBe(process.pid);
    unlock();
  });

  /** Leaves what a process does that is killed between winning the right to a dead lock and putting its own there. */
  function dieTakingOver(token: string): void {
    const before = readdirSync(folder);
    let claimed: string[] = [];
    const look = () => {
      claimed = readdirSync(folder).filter(
        (name) => name.startsWith("lock.after-") && !before.includes(name),
      );
      return true;
    };
    const takeOver = () => expect(() => lockFolder(folder)).toThrow("(EIO)");
    withFailing("renameSync", "EIO", takeOver, look);
    expect(claimed).toHaveLength(1);
    writeFileSync(join(folder, claimed[0]!), claimOf(dead, token));
  }

  test("what a slow process claims after a lock that is gone counts for nothing", () => {
    writeFileSync(lock, claimOf(identityOf(process.ppid)));
    writeFileSync(join(folder, "lock.after-0123456789ab"), claimOf(dead));
    expect(() => lockFolder(folder)).toThrow("is in use");
    rmSync(lock);
    lockFolder(folder)();
  });

  test("giving back leaves a lock alone that is somebody else's by now", () => {
    const unlock = lockFolder(folder);
    const other = claimOf(identityOf(process.ppid));
    writeFileSync(lock, other);
    unlock();
    expect(readFileSync(lock, "utf8")).toBe(other);
  });

  test("a lock that cannot be removed is said in one sentence, and what was written stands", () => {
    const unlock = lockFolder(folder);
    withFailing("rmSync", "EIO", () => {
      expect(unlock).toThrow(FileError);
      expect(unlock).toThrow(
        `cannot remove ${lock}: the disk has failed; look after it, or choose a folder on another disk (EIO); what the run has written stands`,
      );
    });
  });

  test.each(["EPERM", "ENOTSUP", "ENOSYS"])("a file system without hard links (%s) will do", (code) => {
    withFailing("linkSync", code, () => {
      const unlock = lockFolder(folder);
      expect(() => lockFolder(folder)).toThrow("is in use");
      unlock();
      writeFileSync(lock, claimOf(dead));
      lockFolder(folder)();
      expect(readdirSync(folder)).toEqual([]);
    });
  });

  test("a lock that is a folder, or a link to nowhere, is refused with a cure", () => {
    mkdirSync(lock);
    expect(() => lockFolder(folder)).toThrow(`cannot lock ${lock}: the path is a folder`);
    rmSync(lock, { recursive: true });
    symlinkSync("nowhere", lock);
    expect(() => lockFolder(folder)).toThrow("remove it if no run is at work");
    expect(readdirSync(folder)).toEqual(["lock"]);
  });

  test("of processes that find the same dead lock, over and over, never two have the folder", async () => {
    expect(await hammerLock(3, 80)).toEqual({ taken: 240, shared: 0 });
  });
});
