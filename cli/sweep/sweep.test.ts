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
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { call, quietIo } from "../../test/support/terminal.js";
import { main } from "../program.js";
import { runLocally, type Start } from "./local.js";
import { sweep } from "./sweep.js";
import { runPath, sweepRun } from "./sweepRun.js";

const folder = mkdtempSync(join(tmpdir(), "hebbian-sweep-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
let out = "";
beforeEach(() => {
  out = join(folder, `sweep-${count++}`);
});

const tiny = { bits: "4", patterns: "1" };
const request = (over: object = {}) =>
  sweepRun({
    experiment: "patterns-small",
    options: tiny,
    seed: 0,
    episodes: 2,
    device: "reference",
    ...over,
  });

describe("the identity of a run", () => {
  it("is the same for the same configuration, however it is said", async () => {
    const { id } = await request();
    expect((await request({ options: { patterns: 1, bits: 4, cycles: "1" } })).id).toBe(id);
  });

  it("is another for another option, seed, length, device or experiment", async () => {
    const ids = [
      await request(),
      await request({ options: { ...tiny, lr: "0.1" } }),
      await request({ seed: 1 }),
      await request({ episodes: 3 }),
      await request({ device: "wasm" }),
      await request({ experiment: "patterns" }),
    ].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("is another once a module of one's own is another, in the part that is code", async () => {
    const rule = join(folder, "rule.js");
    const own = (k: number) =>
      `import { decayingHebb } from ${JSON.stringify(join(import.meta.dirname, "../../src/rules/index.ts"))};\n// ${k}\nexport default decayingHebb;\n`;
    writeFileSync(rule, own(1));
    const first = await request({ options: { ...tiny, rule } });
    writeFileSync(rule, own(2));
    const second = await request({ options: { ...tiny, rule } });
    expect(second.configuration).toBe(first.configuration);
    expect(second.id).not.toBe(first.id);
  });

  it("is refused for options that the experiment has not", async () => {
    await expect(request({ options: { lrr: "1" } })).rejects.toThrow(/no option "lrr"/);
    await expect(request({ options: { lr: "-1" } })).rejects.toThrow(/lr/);
    await expect(request({ experiment: "mase" })).rejects.toThrow(/no experiment "mase"/);
  });
});

/** Processes that leave a result at once, or end as they are told to; `log` has what was started. */
function actors(ends: readonly (number | null | "busy")[] = []) {
  const log: string[][] = [];
  const left = [...ends];
  let [now, most] = [0, 0];
  const start: Start = (argv) => {
    log.push([...argv]);
    now++;
    most = Math.max(most, now);
    const end = left.length > 0 ? left.shift()! : 0;
    const path = argv[argv.indexOf(argv.includes("--out") ? "--out" : "--resume") + 1]!;
    const ended = new Promise<{ code: number | null; err: string }>((resolve) => {
      setTimeout(() => {
        now--;
        if (end === "busy") return resolve({ code: 5, err: "error: x is in use: another run works in it\n" });
        mkdirSync(path, { recursive: true });
        writeFileSync(join(path, "config.json"), "{}");
        if (end === 0) writeFileSync(join(path, "result.json"), '{"trainedEpisodes":2,"evaluation":{}}');
        resolve({ code: end, err: end ? `note: one\nerror: diverged\n` : "" });
      }, 1);
    });
    return { onLine: () => {}, ended, stop: () => {} };
  };
  return { log, start, most: () => most };
}

const runs = async (seeds: number) =>
  Promise.all(Array.from({ length: seeds }, (_, seed) => request({ seed })));
const settings = (start: Start, workers = 2) => ({
  workers,
  watch: () => {},
  signal: new AbortController().signal,
  start,
});

describe("the local engine", () => {
  it("runs each run once, so many at a time, and none that is done", async () => {
    const all = await runs(7);
    const { log, start, most } = actors();
    await runLocally(out, all, settings(start, 3));
    expect(log).toHaveLength(7);
    expect(most()).toBe(3);
    await runLocally(out, all, settings(start));
    expect(log).toHaveLength(7);
  });

  it("goes on with a run whose process was killed, from where it was", async () => {
    const [run] = await runs(1);
    const { log, start } = actors([null, 137]);
    await runLocally(out, [run!], settings(start));
    const path = runPath(out, run!);
    expect(log.map(([, word]) => word)).toEqual(["patterns-small", "--resume", "--resume"]);
    expect(log[1]).toEqual(["train", "--resume", path, "--no-figures"]);
  });

  it("gives up on what kills its process again and again", async () => {
    const [run] = await runs(1);
    const { log, start } = actors(Array.from({ length: 50 }, () => null));
    const seen: string[] = [];
    await runLocally(out, [run!], { ...settings(start), watch: (_, { state }) => seen.push(state) });
    expect(log).toHaveLength(10);
    expect(seen.at(-1)).toBe("failed");
  });

  it("waits for another process that is at work in a run", async () => {
    const [run] = await runs(1);
    const { log, start } = actors(["busy"]);
    await runLocally(out, [run!], settings(start));
    expect(log).toHaveLength(2);
    expect(existsSync(join(runPath(out, run!), "result.json"))).toBe(true);
  });
});

describe("hebbian sweep", () => {
  const set = ["bits=4", "patterns=1", "cycles=1", "stepsOn=1", "stepsOff=0", "testSteps=1"];
  const flags = [...set.flatMap((each) => ["--set", each]), "--episodes", "2", "--device", "reference"];

  /** Runs are carried out within this process. */
  const start: Start = (argv) => {
    const { io, written } = quietIo();
    return {
      onLine: () => {},
      ended: main(argv, io).then((code) => ({ code, err: written.err })),
      stop: () => {},
    };
  };

  it("trains all of it, byte for byte what each run is alone, and compare takes it", async () => {
    const { io, written } = quietIo();
    const asked = { over: ["network=plastic,rnn"], set, seeds: "2", episodes: 2, workers: 1, out };
    const code = await sweep("patterns", { ...asked, device: "reference" }, io, start);
    const printed = written.out;
    expect([code, printed]).toEqual([0, expect.stringMatching(/plastic +2 of 2 done +100 %\n/)]);
    expect(printed).toContain("4 of 4 runs done\n");
    const names = readdirSync(join(out, "runs"));
    expect(names).toHaveLength(4);
    const [name] = names.filter((each) => each.includes("seed1"));
    const config = JSON.parse(readFileSync(join(out, "runs", name!, "config.json"), "utf8"));
    const alone = join(folder, `alone-${count}`);
    await call([
      ...["train", "patterns", ...flags, "--network", config.options.network, "--seed", "1"],
      ...["--threads", "1", "--no-figures", "--out", alone],
    ]);
    for (const file of ["metrics.jsonl", "model.safetensors", "result.json", "config.json"]) {
      expect(readFileSync(join(out, "runs", name!, file))).toEqual(readFileSync(join(alone, file)));
    }
    const compared = await call(["compare", out, "--json"]);
    expect(JSON.parse(compared.out).conditions.map(({ runs }: { runs: unknown[] }) => runs.length)).toEqual([
      2, 2,
    ]);
  });

  it("says before anything runs what is wrong with it", async () => {
    const { code, err } = await call(["sweep", "maze", "--over", "lr=x", "--out", out]);
    expect([code, err]).toEqual([2, expect.stringContaining('lr: expected a number, got "x"')]);
    expect(existsSync(out)).toBe(false);
    expect((await call(["sweep", "maze", "--seeds", "0", "--out", out])).err).toContain(
      "seeds: expected how many",
    );
  });

  it("that has not begun is nothing to compare", async () => {
    mkdirSync(out);
    writeFileSync(join(out, "sweep.json"), '{"format":"hebbian sweep 1","runs":["a"]}');
    expect((await call(["compare", out])).err).toContain("none of its 1 run has begun");
    writeFileSync(join(out, "sweep.json"), "{");
    expect((await call(["compare", out])).err).toContain("sweep.json is damaged");
  });
});
