import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readEvents } from "../test/support/eventFile.js";
import { call, TINY } from "../test/support/terminal.js";
import { MetricsLogs } from "./metricsLogs.js";
import { RunFolder } from "./runFolder.js";

const folder = mkdtempSync(join(tmpdir(), "hebbian-logs-"));
afterAll(() => rmSync(folder, { recursive: true }));

const EVENTS = "events.out.tfevents.hebbian";
const train = (out: string, ...more: string[]) => [
  ...["train", "patterns", ...TINY, "--episodes", "9", "--checkpoint-every", "4", "--no-figures"],
  ...["--out", join(folder, out), ...more],
];
const linesOf = (out: string) =>
  readFileSync(join(folder, out, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
const eventsOf = (out: string) => readEvents(readFileSync(join(folder, out, EVENTS)));
const stopAt = (episode: number) => ({
  interrupt: (text: string) => (text.includes(`"episode":${episode},`) ? ("SIGINT" as const) : null),
});

describe("a run", () => {
  test("leaves its metrics as a table, and with --tensorboard as events, the test at their end", async () => {
    const { code, err } = await call(train("whole", "--tensorboard"));
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const lines = linesOf("whole");
    const [header, ...rows] = readFileSync(join(folder, "whole", "metrics.csv"), "utf8")
      .trim()
      .split("\n");
    expect(header).toBe("episode,loss,gradientNorm,error");
    expect(rows.map((row) => row.split(",").map(Number))).toEqual(lines.map(Object.values));
    const events = eventsOf("whole");
    expect(events.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9]);
    for (const [k, { loss, gradientNorm, error }] of lines.entries()) {
      const numbers = { "train/loss": loss, "train/gradientNorm": gradientNorm, "train/error": error };
      const rounded = Object.entries(numbers).map(([name, value]) => [name, Math.fround(value)]);
      expect(events[k + 1]!.scalars).toEqual(Object.fromEntries(rounded));
    }
    const { evaluation } = JSON.parse(readFileSync(join(folder, "whole", "result.json"), "utf8"));
    expect(events.at(-1)!.scalars).toEqual({ "test/error": Math.fround(evaluation.error) });
    const seconds = Date.now() / 1000;
    for (const { wallTime } of events) expect(Math.abs(wallTime - seconds)).toBeLessThan(60);
  });

  test("that was stopped, whose table was lost and whose events were cut off, leaves the same in the end", async () => {
    await call(train("stopped", "--tensorboard", "--json"), stopAt(6));
    const out = join(folder, "stopped");
    rmSync(join(out, "metrics.csv"));
    const events = readFileSync(join(out, EVENTS));
    expect(events.length).toBeGreaterThan(100);
    writeFileSync(join(out, EVENTS), events.subarray(0, 100));
    expect(await call(["train", "--resume", out, "--no-figures"])).toMatchObject({ code: 0, err: "" });
    const table = (name: string) => readFileSync(join(folder, name, "metrics.csv"), "utf8");
    expect(table("stopped")).toBe(table("whole"));
    const said = (name: string) => eventsOf(name).map(({ step, scalars }) => ({ step, scalars }));
    expect(said("stopped")).toEqual(said("whole"));
  });

  test("that began without events gets all of them from --resume --tensorboard on, for good", async () => {
    await call(train("later", "--json"), stopAt(3));
    const out = join(folder, "later");
    expect(existsSync(join(out, EVENTS))).toBe(false);
    await call(["train", "--resume", out, "--tensorboard", "--no-figures"]);
    expect(eventsOf("later")).toHaveLength(11);
    await call(["train", "--resume", out, "--episodes", "10", "--no-figures"]);
    expect(eventsOf("later").map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10]);
  });

  test("with --no-figures draws none and says nothing of them; without, the next --resume does", async () => {
    const { out, code } = await call(train("plain"));
    expect(code).toBe(0);
    expect(out).not.toContain("Figures");
    expect(readdirSync(join(folder, "plain"))).not.toContain("figures");
    const drawn = await call(["train", "--resume", join(folder, "plain")]);
    expect(drawn.out).toContain("Figures ");
    expect(readdirSync(join(folder, "plain"))).toContain("figures");
  });
});

describe("the logs of a run", () => {
  const clocks = { now: () => time, wallTime: () => 0 };
  let time = 0;

  test("can be looked at within seconds, long before the next checkpoint", async () => {
    const path = join(folder, "looked at");
    const run = new RunFolder(path);
    run.create()();
    const logs = MetricsLogs.open(run, 0, true, clocks);
    const lengths = () =>
      [run.file.metrics, run.file.table, run.file.events].map((file) => readFileSync(file).length);
    logs.append({ episode: 1, loss: 0.5 });
    const before = lengths();
    time += 4000;
    logs.append({ episode: 2, loss: 0.5 });
    expect(lengths()).toEqual(before);
    time += 1000;
    logs.append({ episode: 3, loss: 0.5 });
    for (const [k, length] of lengths().entries()) expect(length).toBeGreaterThan(before[k]!);
    logs.close();
  });

  test("take a metric that comes later, and give it a column", () => {
    const run = new RunFolder(join(folder, "new metric"));
    run.create()();
    const logs = MetricsLogs.open(run, 0, false, clocks);
    logs.append({ episode: 1, loss: 0.5 });
    logs.append({ episode: 2, loss: 0.25, reward: 1 });
    logs.append({ episode: 3, loss: 0.125 });
    logs.close();
    expect(readFileSync(run.file.table, "utf8")).toBe("episode,loss,reward\n1,0.5,\n2,0.25,1\n3,0.125,\n");
    expect(existsSync(run.file.events)).toBe(false);
  });
});
