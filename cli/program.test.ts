import {
  cpSync,
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
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSafetensors } from "../src/training/index.js";
import { call, TINY } from "../test/support/terminal.js";
import { identityOf } from "./processIdentity.js";

const folder = mkdtempSync(join(tmpdir(), "hebbian-"));
const at = (...names: string[]) => join(folder, ...names);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const finished = at("finished");
let first: Awaited<ReturnType<typeof call>>;
beforeAll(async () => {
  first = await call([
    "train",
    "patterns",
    ...TINY,
    "--episodes",
    "12",
    "--out",
    finished,
    "--checkpoint-every",
    "5",
  ]);
}, 60_000);

const metrics = (run: string) => readFileSync(join(run, "metrics.jsonl"), "utf8");

/** Exactly one line, and no stack trace. */
const expectOneLine = (text: string) => expect(text).toMatch(/^error: [^\n]+\n$/);

describe("hebbian train", () => {
  it("notes at each checkpoint how long the episodes took, by the clock and of the processors", () => {
    const lines = readFileSync(join(finished, "timing.jsonl"), "utf8").trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      [5, 10, 12].map((episode, k) => ({
        ...{ episode, episodes: [5, 5, 2][k] },
        ...{ seconds: expect.any(Number), processorSeconds: expect.any(Number) },
      })),
    );
  });

  it("fills a run folder and ends with a summary of what came out", () => {
    expect(first).toMatchObject({ code: 0, err: "" });
    expect(readdirSync(finished).sort()).toEqual([
      "checkpoint.previous.safetensors",
      "checkpoint.safetensors",
      "config.json",
      "environment.json",
      "figures",
      "metrics.csv",
      "metrics.jsonl",
      "model.safetensors",
      "result.json",
      "timing.jsonl",
    ]);
    expect(readdirSync(join(finished, "figures")).sort()).toEqual(
      ["learning-curve", "matrices", "restored"].flatMap((name) => [`${name}.png`, `${name}.svg`]),
    );
    expect(metrics(finished).split("\n")).toHaveLength(13);
    expect(first.out).toMatch(
      /In 50 fresh episodes, without any further training: share of wrong bits [\d.]+ %/,
    );
    expect(first.out).toMatch(/degraded +restored +original/);
  });

  it("writes no path, host or time into metrics and environment", () => {
    expect(Object.keys(JSON.parse(metrics(finished).split("\n")[0]!))).toEqual([
      "episode",
      "loss",
      "gradientNorm",
      "error",
    ]);
    expect(readFileSync(join(finished, "environment.json"), "utf8")).not.toContain(folder);
  });

  it("says in the model where it comes from", () => {
    const { metadata, tensors } = readSafetensors(readFileSync(join(finished, "model.safetensors")));
    expect([...tensors.keys()].sort()).toEqual(["recurrent.alpha", "recurrent.eta", "recurrent.w"]);
    expect(metadata).toMatchObject({ experiment: "patterns", seed: "0", episode: "12" });
    expect(metadata.command).toBe(
      "hebbian train patterns --seed 0 --episodes 12 --set bits=12 --set patterns=2 --set cycles=1 " +
        "--set stepsOn=2 --set stepsOff=1 --set testSteps=2 --set lr=0.01",
    );
    expect(JSON.parse(metadata.rules!).recurrent).toMatchObject({
      name: "decayingHebb",
      weight: "w + alpha * H",
    });
    expect(JSON.parse(metadata.metrics!)).toMatchObject({ episodes: 50 });
  });

  it("refuses a folder that holds a run, and leaves it alone", async () => {
    const before = metrics(finished);
    const again = await call(["train", "patterns", ...TINY, "--out", finished]);
    expect(again.code).toBe(5);
    expectOneLine(again.err);
    expect(again.err).toContain(`hebbian train --resume ${finished}`);
    expect(metrics(finished)).toBe(before);
  });

  it("refuses a folder in which another run works", async () => {
    const owner = { ...identityOf(process.ppid), since: "2026-01-02T03:04:05Z", token: "" };
    writeFileSync(join(finished, "lock"), JSON.stringify(owner));
    const second = await call(["train", "--resume", finished]);
    rmSync(join(finished, "lock"));
    expect(second.code).toBe(5);
    expect(second.err).toContain(`is in use: another run, process ${process.ppid}`);
  });

  it.each([["2147483646"], [""]])("takes over a lock that no process can have written (%j)", async (text) => {
    writeFileSync(join(finished, "lock"), text);
    expect(await call(["train", "--resume", finished])).toMatchObject({ code: 0, err: "" });
    expect(existsSync(join(finished, "lock"))).toBe(false);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "at %s writes a checkpoint and exits with %i; resumed, it leaves the same files",
    async (signal, code) => {
      const out = at(signal);
      const command = [
        "train",
        "patterns",
        ...TINY,
        "--episodes",
        "12",
        "--out",
        out,
        "--json",
        "--checkpoint-every",
        "5",
      ];
      const stopped = await call(command, {
        interrupt: (text) => (text.includes('"episode":7,') ? signal : null),
      });
      expect(stopped).toMatchObject({ code, err: "" });
      expect(metrics(out).split("\n")).toHaveLength(8);
      expect(existsSync(join(out, "result.json"))).toBe(false);
      expect(await call(["train", "--resume", out])).toMatchObject({ code: 0, err: "" });
      for (const file of [
        "metrics.jsonl",
        "metrics.csv",
        "result.json",
        "model.safetensors",
        "config.json",
      ]) {
        expect(readFileSync(join(out, file)).equals(readFileSync(join(finished, file)))).toBe(true);
      }
    },
  );

  it("that a signal reaches when everything is there is complete: exit code 0", async () => {
    const out = at("too late");
    const flags = [...TINY, "--episodes", "2", "--out", out];
    const { code, err } = await call(["train", "patterns", ...flags], {
      interrupt: (text) => (text.includes("Model    ") ? "SIGINT" : null),
    });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(existsSync(join(out, "result.json"))).toBe(true);
  });

  it("that a signal reaches while it is tested says what is still done, and is tested when resumed", async () => {
    const out = at("while testing");
    const flags = [...TINY, "--episodes", "2", "--out", out];
    const stopped = await call(["train", "patterns", ...flags], {
      interrupt: (text) => (text.includes("Now testing") ? "SIGHUP" : null),
    });
    expect(stopped.code).toBe(129);
    expect(stopped.out).toContain("SIGHUP: finishing this episode, then a checkpoint");
    expect(existsSync(join(out, "result.json"))).toBe(false);
    expect((await call(["train", "--resume", out, "--no-figures"])).code).toBe(0);
    expect(existsSync(join(out, "result.json"))).toBe(true);
  });

  it("goes on to more episodes as one longer run would have", async () => {
    const [short, long] = [at("short"), at("long")];
    await call(["train", "patterns", ...TINY, "--episodes", "3", "--out", short]);
    expect((await call(["train", "--resume", short, "--episodes", "6"])).code).toBe(0);
    await call(["train", "patterns", ...TINY, "--episodes", "6", "--out", long]);
    expect(metrics(short)).toBe(metrics(long));
  });

  it.each([
    [["--seed", "1"], /has --seed 0, got 1/],
    [["--set", "lr=1"], /has lr 0.01, got 1/],
    [["--threads", "4"], /has --threads 1, got 4/],
    [["--out", "elsewhere"], /leave --out out/],
  ])("does not go on with other settings: %j", async (flags, message) => {
    const other = await call(["train", "--resume", finished, ...flags]);
    expect(other.code).toBe(2);
    expectOneLine(other.err);
    expect(other.err).toMatch(message);
  });

  it("does not go on to fewer episodes than were lived, and leaves its config alone", async () => {
    const before = readFileSync(join(finished, "config.json"), "utf8");
    const fewer = await call(["train", "--resume", finished, "--episodes", "7"]);
    expect(fewer.code).toBe(2);
    expectOneLine(fewer.err);
    expect(fewer.err).toMatch(
      /has lived 12 episodes, --episodes 7 is fewer; leave --episodes out, or give more/,
    );
    expect(readFileSync(join(finished, "config.json"), "utf8")).toBe(before);
  });

  it.each([
    [
      "a million threads",
      { threads: 1e6 },
      5,
      /config.json: threads must be at most \d+ on this machine, got 1000000/,
    ],
    [
      "threads that are not the checkpoint's",
      { threads: 3 },
      5,
      /says reference with threads 3, but .* threads 1/,
    ],
    [
      "another device",
      { device: "wasm" },
      5,
      /says wasm with threads 1, but the run's checkpoint was made on/,
    ],
  ])("does not go on where config.json was given %s", async (name, change, code, message) => {
    const out = at(name);
    cpSync(finished, out, { recursive: true });
    const config = JSON.parse(readFileSync(join(out, "config.json"), "utf8"));
    writeFileSync(join(out, "config.json"), JSON.stringify({ ...config, ...change }));
    const resumed = await call(["train", "--resume", out]);
    expect(resumed.code).toBe(code);
    expectOneLine(resumed.err);
    expect(resumed.err).toMatch(message);
  });

  it("goes on on another device if that is allowed, says that bits differ, and notes it", async () => {
    const out = at("moved");
    cpSync(finished, out, { recursive: true });
    const config = () => JSON.parse(readFileSync(join(out, "config.json"), "utf8"));
    const flags = ["--device", "wasm", "--threads", "1", "--episodes", "16"];
    const refused = await call(["train", "--resume", out, ...flags]);
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(/has --device reference, got wasm; .*--allow-other-device lets it go on/);
    expect(config().device).toBe("reference");

    const moved = await call(["train", "--resume", out, ...flags, "--allow-other-device"]);
    expect(moved.code).toBe(0);
    expect(moved.err).toMatch(
      /^warning: .*was trained on reference with threads 1, and goes on on wasm with threads 1: from episode 12 on its bits [^\n]+\n$/,
    );
    const earlier = [{ untilEpisode: 12, device: "reference", threads: 1, lanes: null }];
    expect(config()).toMatchObject({ device: "wasm", threads: 1, episodes: 16, earlierDevices: earlier });
    expect(readFileSync(join(out, "metrics.jsonl"), "utf8").trim().split("\n")).toHaveLength(16);
    expect((await call(["inspect", out])).out).toMatch(
      /earlier device +reference, 1 thread, up to episode 12\n/,
    );

    // From here on that is its device, and it goes on as ever; and back again, should anybody want that.
    expect(await call(["train", "--resume", out, "--episodes", "17"])).toMatchObject({ code: 0, err: "" });
    expect(config().earlierDevices).toEqual(earlier);
    const back = await call([
      "train",
      "--resume",
      out,
      "--device",
      "reference",
      "--episodes",
      "18",
      "--allow-other-device",
    ]);
    expect(back.code).toBe(0);
    expect(config().earlierDevices).toEqual([
      ...earlier,
      { untilEpisode: 17, device: "wasm", threads: 1, lanes: null },
    ]);
    const same = await call(["train", "--resume", out, "--episodes", "19", "--allow-other-device"]);
    expect(same).toMatchObject({ code: 0, err: "" });
    expect(config().earlierDevices).toHaveLength(2);
  });

  it("takes --allow-other-device only with --resume", async () => {
    const fresh = await call(["train", "patterns", ...TINY, "--allow-other-device", "--out", at("fresh")]);
    expect(fresh.code).toBe(2);
    expect(fresh.err).toMatch(/--allow-other-device is for a run that goes on/);
  });

  it("counts whole batches, writes checkpoints at their ends, and goes on from the last one", async () => {
    const out = at("batches");
    const flags = [
      "--threads",
      "1",
      "--no-figures",
      "--neurons",
      "4",
      "--batch",
      "4",
      "--set",
      "steps=3",
      "--size",
      "5",
    ];
    const run = [
      "train",
      "maze",
      ...flags,
      "--episodes",
      "10",
      "--checkpoint-every",
      "5",
      "--out",
      out,
      "--json",
    ];
    const { out: lines, code, err } = await call(run);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const events = lines
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events[0]).toMatchObject({ type: "start", episodes: 12 });
    const checkpoints = events.filter(({ type }) => type === "checkpoint");
    expect(checkpoints.map(({ episode }) => episode)).toEqual([8, 12]);
    expect((await call(["train", "--resume", out])).code).toBe(0);
    expect((await call(["train", "--resume", out, "--episodes", "9"])).code).toBe(2);
  }, 60_000);

  it("that diverges exits with 4, names episode and checkpoint, and can still be looked at", async () => {
    const out = at("diverged");
    const flags = [...TINY, "--lr", "1e9", "--out", out, "--checkpoint-every", "5"];
    const diverged = await call(["train", "patterns", ...flags]);
    expect(diverged.code).toBe(4);
    expectOneLine(diverged.err);
    expect(diverged.err).toMatch(/diverged in episode \d+: .*lower lr.*checkpoint.safetensors/);
    expect((await call(["evaluate", out, "--device", "reference", "--episodes", "2"])).code).toBe(0);
  });

  it("prints every event as a line of JSON if asked, and nothing else", async () => {
    const { out, code } = await call([
      "train",
      "patterns",
      ...TINY,
      "--episodes",
      "2",
      "--out",
      at("json"),
      "--json",
    ]);
    expect(code).toBe(0);
    const events = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.map(({ type }) => type)).toEqual([
      "start",
      "episode",
      "episode",
      "checkpoint",
      "done",
      "result",
    ]);
    expect(events[1]).toMatchObject({ episode: 1, loss: expect.any(Number), error: expect.any(Number) });
  });

  it("leaves no folder behind if the options make no sense", async () => {
    const { code, err } = await call([
      "train",
      "patterns-small",
      ...TINY,
      "--bits",
      "11",
      "--out",
      at("odd"),
    ]);
    expect(code).toBe(2);
    expectOneLine(err);
    expect(existsSync(at("odd"))).toBe(false);
  });

  it("says so in one line if the folder cannot be made", async () => {
    writeFileSync(at("file"), "");
    const { code, err } = await call(["train", "patterns", ...TINY, "--out", at("file", "run")]);
    expect(code).toBe(5);
    expectOneLine(err);
    expect(err).toContain(at("file", "run"));
  });
});

describe("hebbian evaluate", () => {
  const flags = ["--device", "reference", "--episodes", "3", "--json"];

  it("prints one JSON object, the same for run folder and model file", async () => {
    const run = await call(["evaluate", finished, ...flags]);
    expect(run.code).toBe(0);
    expect(JSON.parse(run.out)).toEqual({
      experiment: "patterns",
      episodes: 3,
      seed: 0,
      error: expect.any(Number),
    });
    expect((await call(["evaluate", join(finished, "model.safetensors"), ...flags])).out).toBe(run.out);
  });

  it("takes the seed of its episodes", async () => {
    const { out } = await call(["evaluate", finished, ...flags, "--seed", "9"]);
    expect(JSON.parse(out).seed).toBe(9);
  });

  it("tests one-shot learning by either protocol, or by both in one table", async () => {
    const model = join(import.meta.dirname, "../models/omniglot.safetensors");
    const test = ["evaluate", model, "--data", "synthetic", "--threads", "1", "--episodes", "2"];
    const both = await call([...test, "--protocol", "disjoint,published"]);
    expect(both.err).toBe("");
    expect(both.out).toMatch(/^omniglot, after \d+ training .*\n +disjoint +published\n +accuracy /);
    const lines = (await call([...test, "--protocol", "disjoint,published", "--json"])).out
      .trim()
      .split("\n");
    expect(lines.map((line) => JSON.parse(line).protocol)).toEqual(["disjoint", "published"]);
    const one = JSON.parse((await call([...test, "--protocol", "published", "--json"])).out);
    expect({ ...one, protocol: "published" }).toEqual(JSON.parse(lines[1]!));
    const wrong = await call([...test, "--protocol", "disjoint,publishd"]);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toMatch(/error: .*publishd[^\n]*\n$/);
  });

  it("refuses what is no model, in one line", async () => {
    mkdirSync(at("empty"));
    for (const path of [at("empty"), at("nothing"), join(finished, "config.json")]) {
      const { code, err } = await call(["evaluate", path]);
      expect(code).toBe(5);
      expectOneLine(err);
      expect(err).toContain(path);
    }
  });
});

describe("hebbian inspect, export and list", () => {
  it("inspect shows settings, result and matrices", async () => {
    const { out } = await call(["inspect", finished, "--json"]);
    const about = JSON.parse(out);
    expect(about).toMatchObject({ episode: 12, config: { options: { bits: 12 } } });
    expect(about.parameters.map(({ name }: { name: string }) => name)).toContain("recurrent.alpha");
    expect((await call(["inspect", finished])).out).toContain("12 of 12 episodes");
  });

  it("export halves the size with --float16 and keeps the provenance", async () => {
    for (const [file, flags] of [
      ["full.safetensors", []],
      ["half.safetensors", ["--float16"]],
    ] as const) {
      expect((await call(["export", finished, at(file), ...flags])).code).toBe(0);
    }
    const full = readSafetensors(readFileSync(at("full.safetensors")));
    const half = readSafetensors(readFileSync(at("half.safetensors")));
    expect(half.tensors.get("recurrent.w")!.dtype).toBe("F16");
    expect(half.metadata).toEqual(full.metadata);
  });

  it("export of an unfinished run writes the network that it has, and says how to finish it", async () => {
    const out = at("unfinished");
    const stop = {
      interrupt: (text: string) => (text.includes('"episode":2,') ? ("SIGINT" as const) : null),
    };
    await call(["train", "patterns", ...TINY, "--out", out, "--json"], stop);
    const { code, out: said } = await call(["export", out, at("x")]);
    expect(code).toBe(0);
    expect(said).toContain(`episode 2, which is not tested yet: go on with hebbian train --resume ${out}`);
    expect(readSafetensors(readFileSync(at("x"))).metadata.metrics).toBeUndefined();
  });

  it("list names every experiment with its source", async () => {
    const { out } = await call(["list"]);
    for (const name of ["patterns", "patterns-small", "images", "arXiv 1804.02464"])
      expect(out).toContain(name);
  });
});

describe("wrong calls", () => {
  it.each([
    [["frobnicate"], /unknown command/],
    [["train"], /which experiment\? One of patterns, patterns-small, images/],
    [["train", "pattern"], /there is no experiment "pattern"/],
    [["train", "patterns", "--bit", "3"], /unknown option '--bit'/],
    [["train", "patterns", "--bits", "many"], /bits: expected a number, got "many"/],
    [["train", "patterns", "--bits", "0"], /bits: .* got 0/],
    [["train", "patterns", "--rule", "bcm"], /--rule .*decayingHebb/],
    [["train", "patterns", "--set", "bits"], /--set: expected key=value, got "bits"/],
    [["train", "patterns", "--set", "bitz=3"], /no option "bitz"; it has network, rule, bits/],
    [["train", "patterns", "--data", "cifar"], /makes its own data/],
    [["train", "patterns", "--seed", "1.5"], /whole number/],
    [["train", "patterns", "--threads", "1000000"], /--threads.*Expected a whole number from 1 to \d+/],
    [["train", "patterns", "--threads", "0"], /--threads.*Expected a whole number from 1/],
    [["train", "patterns", "--lr", ""], /lr: expected a number, got ""/],
    [["train", "patterns", "--checkpoint-every", "0.5"], /--checkpoint-every.*at least 1/],
    [["compare", "x", "--threshold", "1%"], /--threshold.*Expected a number; 1 % is 0.01/],
    [["compare", "x", "--threshold", "abc"], /--threshold.*Expected a number/],
    [["compare", "x", "--threshold="], /--threshold.*Expected a number/],
    [["compare", "x", "--threshold", "NaN"], /--threshold.*Expected a number/],
    [["compare", "x", "--window", "1e400"], /--window.*whole number/],
    [["evaluate", finished, "--ways", "many"], /--ways: patterns has no such option/],
    [["watch", "x", "--speed", "Infinity"], /--speed.*whole number/],
    [["evaluate"], /missing required argument 'run'/],
    [["inspect", ""], /inspect: run is empty/],
    [["compare", "x", " "], /compare: runs is empty/],
    [["export", "x", ""], /export: file is empty/],
    [["train", "--resume", ""], /--resume is empty/],
    [["train", "patterns", "--out", ""], /--out is empty; say which, or leave it out/],
    [["train", "images", "--data="], /--data is empty/],
    [["train", "patterns", "--bits", "4", "--set", "bits=6"], /bits: --bits says 4 and --set 6/],
    [["data", "fetch", "mnist"], /no data set is called "mnist"; choose one of cifar-10/],
    [["data", "check", ""], /set is empty/],
    [["train", "patters"], /there is no experiment "patters"; .*; did you mean "patterns"\?/],
    [["train", "patterns", "--rule", "ojaa"], /--rule ojaa: expected one of .*; did you mean "oja"\?/],
    [["train", "patterns", "--set", "bit=3"], /no option "bit"; .*; did you mean "bits"\?/],
    [["kernels", "ojja"], /no rule and no experiment "ojja"; .*; did you mean "oja"\?/],
    [["data", "fetch", "omniglott"], /no data set is called "omniglott"; .*; did you mean "omniglot"\?/],
  ])("%j is refused in one line with exit code 2", async (argv, message) => {
    const { code, err, out } = await call(argv);
    expect(code).toBe(2);
    expectOneLine(err);
    expect(err).toMatch(message);
    expect(out).toBe("");
  });

  it.runIf(existsSync("/dev/zero"))("a device is no model, however much can be read of it", async () => {
    for (const command of ["inspect", "evaluate", "watch"]) {
      const { code, err } = await call([command, "/dev/zero"]);
      expect(code).toBe(5);
      expect(err).toContain("cannot read /dev/zero: it is no plain file; pass a model file");
    }
  });

  it("unreadable data is refused with exit code 3", async () => {
    const { code, err } = await call(["train", "images", "--data", at("no such folder")]);
    expect(code).toBe(3);
    expectOneLine(err);
  });

  it("a network that does not fit is refused with exit code 6, the need and the cure, and leaves no folder", async () => {
    const flags = ["--bits", "4000", "--threads", "1", "--out", at("large")];
    const { code, err } = await call(["train", "patterns", ...flags, "--memory", "500MB"]);
    expect(code).toBe(6);
    expectOneLine(err);
    expect(err).toMatch(
      /training 4000 x 4000 plastic connections .* needs [\d.]+ [MG]B .* the limit is 500 MB; use/,
    );
    expect(existsSync(at("large"))).toBe(false);
  });

  it.each([["500"], ["lots"], ["0MB"], ["-1GB"]])("--memory %s is refused with exit code 2", async (size) => {
    const { code, err } = await call(["train", "patterns", `--memory=${size}`]);
    expect(code).toBe(2);
    expectOneLine(err);
    expect(err).toMatch(/--memory.*such as 400MB or 1.5GB/);
  });

  it("HEBBIAN_DEBUG shows where an error came from", async () => {
    const { err } = await call(["evaluate", at("nothing")], { env: { HEBBIAN_DEBUG: "1" } });
    expect(err).toMatch(/\n\s+at /);
  });

  it("--help lists the flags of an experiment, and the exit codes", async () => {
    const help = await call(["train", "patterns", "--help"]);
    expect(help).toMatchObject({ code: 0, err: "" });
    expect(help.out).toMatch(/--steps-on <number> +time steps/);
    expect((await call(["--help"])).out).toMatch(/130 +stopped by Ctrl-C/);
  });
});

describe("a terminal", () => {
  const train = ["train", "patterns", ...TINY, "--episodes", "3"];

  it("that cannot move its cursor (TERM=dumb) gets plain lines and no colours", async () => {
    const { out } = await call([...train, "--out", at("dumb")], { isTTY: true, env: { TERM: "dumb" } });
    expect(out).toContain("episode 3/3");
    expect(out).not.toContain("\u001b");
  });

  it("that says it has no columns is taken for one of 80", async () => {
    const { out } = await call([...train, "--out", at("narrow")], { isTTY: true, columns: 0 });
    expect(out).toContain("\u001b[1G\u001b[2Kepisode 3/3");
    const help = await call(["train", "patterns", "--help"], { isTTY: true, columns: 0 });
    expect(Math.max(...help.out.split("\n").map((line) => line.length))).toBeLessThan(200);
    expect(help.out).toContain("--steps-on <number>");
  });

  it.each([true, false])("sees escape sequences of names and files as text (terminal: %s)", async (isTTY) => {
    const hostile = at(`terminal ${isTTY}`, "a\u001b[2J\u202eb");
    const { err } = await call(["inspect", hostile], { isTTY });
    expect(err).toContain("a\\u001b[2J\\u202eb: no such file or folder");
    mkdirSync(hostile, { recursive: true });
    const config = JSON.parse(readFileSync(join(finished, "config.json"), "utf8"));
    config.experiment = "\u001b]0;title\u0007\nerror: all is lost";
    writeFileSync(join(hostile, "config.json"), JSON.stringify(config));
    const { out } = await call(["inspect", hostile], { isTTY });
    expect(out).toContain("\\u001b]0;title\\u0007 error: all is lost, 0 of 12 episodes");
    expect(out).not.toContain("\u001b");
  });
});

describe("colour", () => {
  it("comes on a terminal, unless NO_COLOR is set, and never elsewhere", async () => {
    const bold = "\u001b[1m";
    expect((await call(["list"], { isTTY: true })).out).toContain(bold);
    expect((await call(["list"], { isTTY: true, env: { NO_COLOR: "1" } })).out).not.toContain(bold);
    expect((await call(["list"])).out).not.toContain(bold);
  });
});
