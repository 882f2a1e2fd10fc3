import { spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { withFailing } from "../../../test/support/failingCalls.js";
import { runs } from "../../../test/support/runs.js";
import { cacheFolder, openCache } from "./cache.js";
import { compile } from "./compile.js";
import { type Compiler, featuresOf, findCompiler, lanesOf } from "./compiler.js";
import { Objects } from "./objects.js";

let root: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hebbian-test-"));
  mkdirSync(join(root, "tmp"));
  env = { PATH: process.env.PATH, HOME: join(root, "home"), TMPDIR: join(root, "tmp") };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const macros = '#define __GNUC__ 12\\n#define __VERSION__ "12.2"\\n#define __AVX2__ 1\\n#define __FMA__ 1\\n';
/** What a well-behaved compiler does: the object of a text is the text. */
const copies = 'cp "$text" "$object"';

/** A program that says what GCC would say of itself, and otherwise does as told: `$text`, `$object`. */
function fakeCompiler(does: string, says = macros): Compiler {
  const program = join(root, "fakecc");
  writeFileSync(
    program,
    `#!/bin/sh
case "$*" in *-dM*) printf '${says}'; exit 0;; esac
for word; do text=$word; done
while [ "$1" != -o ]; do shift; done
object=$2
echo "$text" >> ${root}/log
${does}
`,
    { mode: 0o755 },
  );
  return findCompiler({ ...env, CC: program }, "linux");
}
const compiled = () =>
  (existsSync(join(root, "log")) ? readFileSync(join(root, "log"), "utf8") : "").split("\n").length - 1;

const text = (content: string) => ({ text: content, flags: ["-O2"] });
const objects = (compiler: Compiler) =>
  new Objects(compiler, { env, lanes: 2, limit: { first: 5000, each: 0 } });
/** Loads by reading. */
function loaded(compiler: Compiler, contents: readonly string[], load?: (path: string) => void) {
  const got: string[] = [];
  const made = objects(compiler);
  made.provide(contents.map(text), (path, i) => {
    load?.(path);
    got[i] = readFileSync(path, "utf8");
  });
  return { got, uncached: made.uncached };
}
const cached = () => {
  const folder = cacheFolder(env)!;
  return existsSync(folder) ? readdirSync(folder) : [];
};
const leftovers = () => readdirSync(join(root, "tmp"));

describe("the compiler", () => {
  test("is the one that CC names, with its arguments", () => {
    const { command } = fakeCompiler(copies);
    const found = findCompiler({ ...env, CC: `${command[0]} -m64` }, "linux");
    expect(found.command).toEqual([command[0], "-m64"]);
    expect(found.machineFlags).toEqual(["-march=native"]);
    expect(featuresOf(found)).toEqual(new Set(["avx2", "fma"]));
    expect(lanesOf(featuresOf(found))).toBe(8);
  });

  test("is the first of cc, gcc and clang that can be run", () => {
    fakeCompiler(copies);
    const bin = join(root, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "cc"), "#!/bin/sh\necho broken >&2; exit 1", { mode: 0o755 });
    writeFileSync(join(bin, "clang"), readFileSync(join(root, "fakecc")), { mode: 0o755 });
    expect(findCompiler({ PATH: `${bin}:/nowhere` }, "linux").command).toEqual(["clang"]);
  });

  test("that knows no -march=native is asked with -mcpu=native, then without", () => {
    fakeCompiler(copies);
    const program = join(root, "picky");
    writeFileSync(
      program,
      `#!/bin/sh\ncase "$*" in *native*) exit 1;; esac\nexec ${join(root, "fakecc")} "$@"`,
      {
        mode: 0o755,
      },
    );
    expect(findCompiler({ ...env, CC: program }, "linux").machineFlags).toEqual([]);
  });

  test.each([
    [
      "linux",
      /no C compiler was found \(cc: not there; gcc: not there; clang: not there\); install one \(`apt install gcc`/,
    ],
    ["darwin", /`xcode-select --install` brings one/],
    ["win32", /works on Linux and macOS, not on win32; take wasm/],
  ])("that is missing on %s is an error with the cure", (platform, message) => {
    expect(() => findCompiler({ PATH: "/nowhere" }, platform)).toThrow(message);
  });

  test("that CC names and that is none is an error that says so", () => {
    expect(() => findCompiler({ ...env, CC: "/nowhere/cc" }, "linux")).toThrow(
      /CC names .* \/nowhere\/cc: not there/,
    );
    expect(() => fakeCompiler(copies, "#define _MSC_VER 1\\n")).toThrow(/neither GCC nor clang/);
  });

  test("for wider vectors needs all of AVX-512 that the code uses", () => {
    const all = ["F", "DQ", "BW", "VL"].map((part) => `#define __AVX512${part}__ 1\\n`);
    expect(lanesOf(featuresOf(fakeCompiler(copies, macros + all.join(""))))).toBe(16);
    expect(lanesOf(featuresOf(fakeCompiler(copies, macros + all[0])))).toBe(8);
    expect(lanesOf(featuresOf(fakeCompiler(copies, "#define __GNUC__ 4\\n")))).toBe(4);
  });
});

describe("a compiler that", () => {
  test("fails is an error with what it said, and leaves nothing behind", () => {
    const compiler = fakeCompiler('echo "$text:3: error: no such thing" >&2; exit 1');
    expect(() => loaded(compiler, ["a", "b"])).toThrow(
      /the C compiler \(.*fakecc\) failed: 0\.c:3: error: no such thing; name another one in CC/,
    );
    expect(cached()).toEqual([]);
    expect(leftovers()).toEqual([]);
  });

  test("says that all is well and writes nothing is an error", () => {
    expect(() => loaded(fakeCompiler("exit 0"), ["a"])).toThrow(/failed: exit code 0, and no object/);
  });

  test("hangs is ended, with all that it started", async () => {
    const compiler = fakeCompiler(`sh -c 'sleep 60; :' & echo $! > ${root}/child; wait`);
    const folder = join(root, "work");
    mkdirSync(folder);
    const run = () =>
      compile(compiler, [text("a")], folder, { env, lanes: 2, limit: { first: 300, each: 0 } });
    expect(run).toThrow(/not done with 1 texts after 0.3 s; name another one in CC/);
    const child = Number(readFileSync(join(root, "child"), "utf8"));
    const alive = () => {
      try {
        // A process that has ended but that nobody has waited for is still listed, as Z.
        return !readFileSync(`/proc/${child}/stat`, "utf8").includes(") Z");
      } catch {
        return false;
      }
    };
    for (let tries = 0; alive() && tries < 100; tries++) await new Promise((done) => setTimeout(done, 10));
    expect(alive()).toBe(false);
  });

  test("writes what does not load is an error, and its object is not taken for a good one later", () => {
    const compiler = fakeCompiler(copies);
    const refuse = () => {
      throw new Error("invalid ELF header");
    };
    expect(() => loaded(compiler, ["a"], refuse)).toThrow(/wrote does not load \(invalid ELF header\)/);
    expect(loaded(compiler, ["a"]).got).toEqual(["a"]);
  });
});

describe("objects", () => {
  test("are compiled once, whoever asks, and each for its own text, flags and compiler", () => {
    const compiler = fakeCompiler(copies);
    expect(loaded(compiler, ["a", "b", "c"])).toEqual({ got: ["a", "b", "c"], uncached: null });
    expect(loaded(compiler, ["c", "a", "d"]).got).toEqual(["c", "a", "d"]);
    expect(compiled()).toBe(4);
    objects(compiler).provide([{ text: "a", flags: ["-O3"] }], () => {});
    expect(compiled()).toBe(5);
    loaded(fakeCompiler(copies, `${macros}#define __znver4__ 1\\n`), ["a"]);
    expect(compiled()).toBe(6);
    expect(cached()).toHaveLength(6);
    expect(statSync(cacheFolder(env)!).mode & 0o777).toBe(0o700);
    expect(leftovers()).toEqual([]);
  });

  test.each([
    ["cut short", (file: string) => writeFileSync(file, "")],
    ["exchanged", (file: string) => writeFileSync(file, "something else")],
    [
      "a folder",
      (file: string) => {
        rmSync(file);
        mkdirSync(file);
      },
    ],
  ])("that are %s are found by their checksum and made again", (_, damage) => {
    const compiler = fakeCompiler(copies);
    loaded(compiler, ["a"]);
    damage(join(cacheFolder(env)!, cached()[0]!));
    expect(loaded(compiler, ["a"]).got).toEqual(["a"]);
    expect(compiled()).toBe(2);
    expect(cached()).toHaveLength(1);
  });

  test("of many processes that begin at once are whole for each", async () => {
    // A compiler that writes in two goes, with a pause: whoever saw an object too early would see half of it.
    const { command } = fakeCompiler(
      `head -c 5 "$text" > "$object"; sleep 0.02; tail -c +6 "$text" >> "$object"`,
    );
    const entry = `
      import { readFileSync } from "node:fs";
      import { Objects } from "./objects.js";
      import { findCompiler } from "./compiler.js";
      const { env } = process;
      const objects = new Objects(findCompiler(env), { env, lanes: 2 });
      const texts = ["a", "b", "c"].map((name) => name.repeat(1000));
      const got = [];
      objects.provide(texts.map((text) => ({ text, flags: [] })), (path, i) => { got[i] = readFileSync(path, "utf8"); });
      if (objects.uncached !== null || got.join() !== texts.join()) process.exit(1);`;
    const script = join(root, "process.mjs");
    buildSync({
      stdin: { contents: entry, resolveDir: import.meta.dirname, loader: "ts" },
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: script,
    });
    const others = Array.from(
      { length: runs(12) },
      () =>
        new Promise<number | null>((done) => {
          const options = { env: { ...env, CC: command[0] }, stdio: "inherit" } as const;
          spawn(process.execPath, [script], options).on("close", done);
        }),
    );
    const codes = await Promise.all(others);
    expect(codes).toEqual(codes.map(() => 0));
    expect(cached()).toHaveLength(3);
  });

  test("that another process has made in the meantime are not replaced", () => {
    const folder = cacheFolder(env)!;
    const cache = openCache(folder);
    if (typeof cache === "string") throw new Error(cache);
    const made = (content: string) => {
      const file = join(cache.workFolder(), "0.so");
      writeFileSync(file, content);
      return file;
    };
    const first = cache.take("key", made("same"));
    const { ino } = statSync(first);
    expect(cache.take("key", made("same"))).toBe(first);
    expect(statSync(first).ino).toBe(ino);
    // A compiler that writes the time into its objects: either will do.
    cache.take("key", made("other"));
    expect(["same", "other"]).toContain(readFileSync(cache.find(["key"]).get("key")!, "utf8"));
  });

  test("that may not be executed where the cache is are loaded from the temporary folder, and stay in the cache", () => {
    const compiler = fakeCompiler(copies);
    const noexec = (path: string) => {
      if (path.startsWith(cacheFolder(env)!)) throw new Error("failed to map segment from shared object");
    };
    expect(loaded(compiler, ["a"], noexec).got).toEqual(["a"]);
    expect(loaded(compiler, ["a"], noexec).got).toEqual(["a"]);
    expect(compiled()).toBe(1);
    expect(leftovers()).toEqual([]);
  });

  test("of another system, which do not load here, are compiled anew", () => {
    const compiler = fakeCompiler(copies);
    loaded(compiler, ["a"]);
    let foreign = 2;
    const load = () => {
      if (foreign-- > 0) throw new Error("libc.musl: cannot open shared object file");
    };
    expect(loaded(compiler, ["a"], load).got).toEqual(["a"]);
    expect(compiled()).toBe(2);
  });
});

describe("the cache", () => {
  test("is where the system has caches, and nowhere without a home", () => {
    expect(cacheFolder({ HOME: "/home/a" }, "linux")).toBe("/home/a/.cache/hebbian/native");
    expect(cacheFolder({ HOME: "/home/a", XDG_CACHE_HOME: "/c" }, "linux")).toBe("/c/hebbian/native");
    expect(cacheFolder({ HOME: "/home/a", XDG_CACHE_HOME: "relative" }, "linux")).toBe(
      "/home/a/.cache/hebbian/native",
    );
    expect(cacheFolder({ HOME: "/Users/a" }, "darwin")).toBe("/Users/a/Library/Caches/hebbian/native");
    expect(cacheFolder({ HOME: "not/absolute" }, "linux")).toBeNull();
  });

  const anew = (why: RegExp) => {
    const compiler = fakeCompiler(copies);
    for (const _ of [1, 2]) {
      const { got, uncached } = loaded(compiler, ["a", "b"]);
      expect(got).toEqual(["a", "b"]);
      expect(uncached).toMatch(why);
    }
    expect(compiled()).toBe(4);
    expect(leftovers()).toEqual([]);
  };

  test("that others may write to is not used", () => {
    mkdirSync(cacheFolder(env)!, { recursive: true });
    chmodSync(cacheFolder(env)!, 0o777);
    anew(/others may write to .*native/);
    expect(cached()).toEqual([]);
  });

  test.skipIf(process.getuid?.() !== 0)("that belongs to somebody else is not used", () => {
    mkdirSync(cacheFolder(env)!, { recursive: true });
    chownSync(cacheFolder(env)!, 12345, 12345);
    anew(/native belongs to somebody else/);
  });

  test("that cannot be made, as below a file, is not used", () => {
    writeFileSync(join(root, "home"), "no folder");
    anew(/cannot be used \(ENOTDIR\)/);
  });

  test.each(["EPERM", "EXDEV", "ENOSYS"])(
    "on a share that refuses to rename (%s) is done without, and nothing is left there",
    (code) => {
      const compiler = fakeCompiler(copies);
      expect(withFailing("renameSync", code, () => loaded(compiler, ["a", "b"])).got).toEqual(["a", "b"]);
      expect([cached(), leftovers()]).toEqual([[], []]);
      // Two texts, each compiled for the cache, then for the temporary folder.
      expect(compiled()).toBe(4);
      expect(loaded(compiler, ["a"])).toEqual({ got: ["a"], uncached: null });
      expect(cached()).toHaveLength(1);
    },
  );

  test("on a share that knows no permissions, where all may write, is not used", () => {
    // What such a share answers whatever it is asked to set: mkdir succeeds, and the folder is everybody's.
    mkdirSync(cacheFolder(env)!, { recursive: true });
    chmodSync(cacheFolder(env)!, 0o777);
    const compiler = fakeCompiler(copies);
    const refused = withFailing("chmodSync", "ENOTSUP", () => loaded(compiler, ["a"]));
    expect(refused.got).toEqual(["a"]);
    expect(refused.uncached).toMatch(/^others may write to /);
    expect([cached(), leftovers()]).toEqual([[], []]);
  });

  test("that goes away in the middle is done without", () => {
    const compiler = fakeCompiler(copies);
    const made = objects(compiler);
    rmSync(cacheFolder(env)!, { recursive: true });
    const got: string[] = [];
    made.provide([text("a")], (path) => got.push(readFileSync(path, "utf8")));
    expect(got).toEqual(["a"]);
  });

  test("takes away what processes that were killed have left, after a day", () => {
    const cache = openCache(cacheFolder(env)!);
    if (typeof cache === "string") throw new Error(cache);
    const [old, young] = [cache.workFolder(), cache.workFolder()];
    const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 3600;
    utimesSync(old, twoDaysAgo, twoDaysAgo);
    cache.workFolder();
    expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
  });
});
