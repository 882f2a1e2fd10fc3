import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, type TestContext, test } from "vitest";
import { withFailing } from "../test/support/failingCalls.js";
import { FileError, makeFolder, writeAtomic } from "./files.js";
import { JsonlLog } from "./jsonlLog.js";
import { isTemporary, removeLeftovers, temporaryName } from "./temporaryFiles.js";

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
        `cannot write ${path}: permission denied; make it and its folder writable, or choose another path (EACCES)`,
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

describe("writeAtomic, where the path is no plain file of ours", () => {
  const at = (name: string) => join(folder, name);
  const permissions = (path: string) => statSync(path).mode & 0o777;
  /** Pipes by name, owners and permissions are not Windows's. */
  const posix = test.skipIf(process.platform === "win32");
  const asRoot = test.skipIf(process.getuid?.() !== 0);

  posix("a new file gets what the umask leaves, and an old one keeps its mode", () => {
    const umask = process.umask(0o027);
    try {
      writeAtomic(at("new"), "a");
      expect(permissions(at("new"))).toBe(0o640);
      for (const mode of [0o600, 0o666, 0o751]) {
        chmodSync(at("new"), mode);
        writeAtomic(at("new"), "b");
        expect(permissions(at("new"))).toBe(mode);
      }
    } finally {
      process.umask(umask);
    }
  });

  asRoot("an old file keeps its owner", () => {
    writeFileSync(at("theirs"), "old");
    chownSync(at("theirs"), 65534, 12345);
    chmodSync(at("theirs"), 0o640);
    writeAtomic(at("theirs"), "new");
    expect(statSync(at("theirs"))).toMatchObject({ uid: 65534, gid: 12345 });
    expect(permissions(at("theirs"))).toBe(0o640);
  });

  asRoot("where the owner cannot be kept, another group may do no more than everybody", () => {
    writeFileSync(at("theirs"), "old");
    chownSync(at("theirs"), 65534, 12345);
    chmodSync(at("theirs"), 0o664);
    withFailing("fchownSync", "EPERM", () => writeAtomic(at("theirs"), "new"));
    expect(permissions(at("theirs"))).toBe(0o644);
  });

  posix("symbolic links are followed, and stay", () => {
    mkdirSync(at("far"));
    writeFileSync(at("far/target"), "old", { mode: 0o600 });
    symlinkSync("far/target", at("near"));
    symlinkSync(at("near"), at("nearer"));
    writeAtomic(at("nearer"), "new");
    expect(readFileSync(at("far/target"), "utf8")).toBe("new");
    expect(permissions(at("far/target"))).toBe(0o600);
    expect(lstatSync(at("nearer")).isSymbolicLink() && lstatSync(at("near")).isSymbolicLink()).toBe(true);
    expect(readdirSync(at("far"))).toEqual(["target"]);
    expect(readdirSync(folder).sort()).toEqual(["far", "near", "nearer"]);
  });

  posix("a link to nothing makes the file that it names; where its folder is missing, that is said", () => {
    mkdirSync(at("far"));
    symlinkSync("far/target", at("near"));
    writeAtomic(at("near"), "new");
    expect(readFileSync(at("far/target"), "utf8")).toBe("new");
    symlinkSync("nowhere/target", at("lost"));
    expect(() => writeAtomic(at("lost"), "new")).toThrow(
      `cannot write ${at("lost")}: no such file or folder`,
    );
  });

  posix("links in a circle are said", () => {
    symlinkSync("b", at("a"));
    symlinkSync("a", at("b"));
    expect(() => writeAtomic(at("a"), "")).toThrow(
      "its symbolic links lead in a circle; choose another path (ELOOP)",
    );
  });

  posix("other names of a file (hard links) keep the old content", () => {
    writeFileSync(at("a"), "old");
    linkSync(at("a"), at("b"));
    writeAtomic(at("a"), "new");
    expect(readFileSync(at("a"), "utf8")).toBe("new");
    expect(readFileSync(at("b"), "utf8")).toBe("old");
  });

  posix("a pipe's reader gets every byte, and the pipe stays", async () => {
    execFileSync("mkfifo", [at("pipe")]);
    const reader = spawn("cat", [at("pipe")], { stdio: ["ignore", "pipe", "inherit"] });
    const chunks: Buffer[] = [];
    reader.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    const bytes = Buffer.alloc(40_000, "pipe");
    writeAtomic(at("pipe"), bytes);
    await new Promise((resolve) => reader.on("close", resolve));
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
    expect(lstatSync(at("pipe")).isFIFO()).toBe(true);
  });

  posix("devices get the bytes and stay devices", (context) => {
    writeAtomic("/dev/null", "gone");
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
    if (!existsSync("/dev/full")) skip(context, "there is no /dev/full here");
    expect(() => writeAtomic("/dev/full", "x")).toThrow("cannot write /dev/full: the disk is full");
  });

  posix("a descriptor is written to where it stands, and not its file anew", (context) => {
    if (!existsSync("/dev/fd")) skip(context, "there is no /dev/fd here");
    const file = openSync(at("out"), "w");
    try {
      writeFileSync(file, "before ");
      writeAtomic(`/dev/fd/${file}`, "during ");
      writeFileSync(file, "after");
    } finally {
      closeSync(file);
    }
    expect(readFileSync(at("out"), "utf8")).toBe("before during after");
    expect(readdirSync(folder)).toEqual(["out"]);
  });

  asRoot("a file that may not be written is not replaced either", () => {
    writeFileSync(at("protected"), "old", { mode: 0o444 });
    chmodSync(folder, 0o777);
    process.seteuid!(65534);
    try {
      expect(() => writeAtomic(at("protected"), "new")).toThrow(
        "permission denied; make it and its folder writable",
      );
    } finally {
      process.seteuid!(0);
    }
    expect(readFileSync(at("protected"), "utf8")).toBe("old");
  });

  asRoot(
    "a file that may be written, in a folder that may not, is written in place; a checkpoint is not",
    () => {
      writeFileSync(at("shared"), "old, and longer");
      chmodSync(at("shared"), 0o666);
      chmodSync(folder, 0o755);
      process.seteuid!(65534);
      try {
        const checkpoint = () => writeAtomic(at("shared"), "new", { keepAs: at("previous") });
        expect(checkpoint).toThrow("permission denied");
        expect(readFileSync(at("shared"), "utf8")).toBe("old, and longer");
        writeAtomic(at("shared"), "new");
      } finally {
        process.seteuid!(0);
      }
      expect(readFileSync(at("shared"), "utf8")).toBe("new");
      expect(readdirSync(folder)).toEqual(["shared"]);
    },
  );

  test("a path that ends like a folder is refused", () => {
    expect(() => writeAtomic(`${at("new")}/`, "")).toThrow(
      "the path is a folder; choose another name (EISDIR)",
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a name as long as names may be is no trouble", () => {
    writeAtomic(at("n".repeat(255)), "new");
    expect(readdirSync(folder)).toEqual(["n".repeat(255)]);
  });
});

describe("writeAtomic on disks that do less, or fail", () => {
  /** The second call is for the folder: the first is for the file. */
  const ofFolder = () => {
    let calls = 0;
    return () => ++calls === 2;
  };

  test.each(["EINVAL", "ENOTSUP", "EOPNOTSUPP", "EACCES", "EPERM", "ENOSYS", "EBADF", "EISDIR"])(
    "a folder that cannot be synced (%s) is none of the file's trouble",
    (code) => {
      const path = join(folder, "a");
      withFailing("fsyncSync", code, () => writeAtomic(path, "new"), ofFolder());
      expect(readFileSync(path, "utf8")).toBe("new");
    },
  );

  test.each(["EINVAL", "ENOTSUP", "ENOSYS"])("nor is a file that cannot be synced (%s)", (code) => {
    withFailing("fsyncSync", code, () => writeAtomic(join(folder, "a"), "new"));
    expect(readFileSync(join(folder, "a"), "utf8")).toBe("new");
  });

  test("a disk that fails is said, be it the file's sync or the folder's", () => {
    const path = join(folder, "a");
    writeFileSync(path, "old");
    expect(() => withFailing("fsyncSync", "EIO", () => writeAtomic(path, "new"))).toThrow(
      `cannot write ${path}: the disk has failed; look after it, or choose a folder on another disk (EIO)`,
    );
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(() => withFailing("fsyncSync", "EIO", () => writeAtomic(path, "new"), ofFolder())).toThrow(
      "(EIO)",
    );
    expect(readdirSync(folder)).toEqual(["a"]);
  });

  test.each([null, "EPERM"])("the old content is kept under another name (hard links: %s)", (code) => {
    const [path, previous] = [join(folder, "a"), join(folder, "b")];
    const write = (text: string) => {
      const action = () => writeAtomic(path, text, { keepAs: previous });
      if (code) withFailing("linkSync", code, action);
      else action();
    };
    write("1");
    expect(readdirSync(folder)).toEqual(["a"]);
    write("2");
    write("3");
    expect([readFileSync(path, "utf8"), readFileSync(previous, "utf8")]).toEqual(["3", "2"]);
    // Killed between keeping and replacing: both names are one file's.
    rmSync(previous);
    linkSync(path, previous);
    write("4");
    expect([readFileSync(path, "utf8"), readFileSync(previous, "utf8")]).toEqual(["4", "3"]);
    expect(readdirSync(folder)).toEqual(["a", "b"]);
  });

  test("a replacing that fails leaves the new file's predecessor under its own name", () => {
    const [path, previous] = [join(folder, "a"), join(folder, "b")];
    for (const text of ["1", "2"]) writeAtomic(path, text, { keepAs: previous });
    const write = () => writeAtomic(path, "3", { keepAs: previous });
    const ofPath = (_: unknown, to: unknown) => to === realpathSync(path);
    expect(() => withFailing("renameSync", "EIO", write, ofPath)).toThrow("(EIO)");
    expect(readFileSync(path, "utf8")).toBe("2");
    expect(readdirSync(folder)).toEqual(["a", "b"]);
  });
});

describe("makeFolder", () => {
  test("makes the folders on the way, and syncs the one that each is in", () => {
    const path = join(folder, "a/b/c");
    const synced: unknown[] = [];
    withFailing(
      "fsyncSync",
      "EIO",
      () => makeFolder(path),
      (file) => {
        synced.push(fstatSync(file as number).ino);
        return false;
      },
    );
    const inodes = [folder, join(folder, "a"), join(folder, "a/b")].map((each) => statSync(each).ino);
    expect(synced).toEqual(inodes);
    makeFolder(path);
    makeFolder(join(path, "../.."));
  });

  test("what is in the way is named: a file, or a link to nowhere", () => {
    writeFileSync(join(folder, "file"), "");
    symlinkSync("nowhere", join(folder, "link"));
    expect(() => makeFolder(join(folder, "file/a"))).toThrow("a part of the path is a file, not a folder");
    expect(() => makeFolder(join(folder, "file"))).toThrow("there is something of that name already");
    expect(() => makeFolder(join(folder, "link"))).toThrow("there is something of that name already");
  });

  test("where no folder can be made, it says so instead of trying for ever", (context) => {
    if (!existsSync("/proc/self")) skip(context, "there is no /proc here");
    expect(() => makeFolder("/proc/x/y")).toThrow("cannot make the folder /proc/x/y: no such file or folder");
  });

  test("a disk that fails is not said to be a missing folder", () => {
    const make = () => withFailing("mkdirSync", "EIO", () => makeFolder(join(folder, "a/b")));
    expect(make).toThrow("the disk has failed; look after it, or choose a folder on another disk (EIO)");
  });
});

describe("temporary files", () => {
  const temporary = (pid: number) => `.hebbian-${pid}-${"0".repeat(24)}.tmp`;

  test("have names that nobody can guess, are made anew, and follow no planted link", () => {
    const names = new Set(Array.from({ length: 100 }, () => basename(temporaryName(folder))));
    expect(names.size).toBe(100);
    for (const name of names) expect(isTemporary(name)).toBe(true);
    const opened: unknown[][] = [];
    withFailing(
      "openSync",
      "EIO",
      () => writeAtomic(join(folder, "a"), ""),
      (...args) => {
        opened.push(args);
        return false;
      },
    );
    const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
    expect(opened[0]!.slice(1)).toEqual([O_CREAT | O_EXCL | (O_NOFOLLOW ?? 0) | O_WRONLY, 0o666]);
  });

  test("of processes that are gone are removed, others not, and nothing else", () => {
    const own = temporary(process.pid);
    const others = [temporary(process.ppid), "a.tmp", ".hebbian-1.tmp"];
    for (const name of [own, temporary(2 ** 31 - 2), ...others]) writeFileSync(join(folder, name), "");
    removeLeftovers(folder);
    expect(readdirSync(folder).sort()).toEqual([...others].sort());
    utimesSync(join(folder, others[0]!), new Date(), new Date(Date.now() - 7_200_000));
    removeLeftovers(folder);
    expect(readdirSync(folder).sort()).toEqual(others.slice(1).sort());
    removeLeftovers(join(folder, "missing"));
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
