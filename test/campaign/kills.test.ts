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
import { encode } from "fast-png";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { proceduralImages, random } from "../../src/tasks/index.js";
import { readEvents } from "../support/eventFile.js";
import { runs } from "../support/runs.js";
import { seed } from "../support/seed.js";
import { goOn, type Kill, plainCli, runProcess } from "./runs.js";

/** Runs at work at once. */
const LANES = 2;

const folder = mkdtempSync(join(tmpdir(), "hebbian-campaign-"));
const pictures = join(folder, "pictures");

/** Four kinds of run, each with several checkpoints and over in a second or two. */
const kinds: readonly {
  readonly name: string;
  readonly kills: number;
  readonly command: readonly string[];
}[] = [
  {
    name: "patterns-small",
    kills: runs(70),
    command: [
      "patterns-small",
      "--bits",
      "10",
      "--episodes",
      "300",
      "--checkpoint-every",
      "30",
      "--threads",
      "2",
      "--tensorboard",
    ],
  },
  {
    name: "maze",
    kills: runs(60),
    command: [
      ...["maze", "--size", "5", "--steps", "20", "--batch", "2", "--neurons", "10", "--episodes", "40"],
      ...["--checkpoint-every", "8", "--threads", "1"],
    ],
  },
  {
    name: "omniglot",
    kills: runs(50),
    command: [
      ...[
        "omniglot",
        "--data",
        "synthetic",
        "--filters",
        "4",
        "--batch",
        "2",
        "--ways",
        "2",
        "--queries",
        "2",
      ],
      ...["--episodes", "20", "--checkpoint-every", "4", "--threads", "1"],
    ],
  },
  {
    name: "images",
    kills: runs(20),
    command: [
      ...[
        "images",
        "--data",
        pictures,
        "--images",
        "1",
        "--cycles",
        "1",
        "--steps-on",
        "2",
        "--steps-off",
        "1",
      ],
      ...["--episodes", "4", "--checkpoint-every", "2", "--threads", "1"],
    ],
  },
];

let cli: Awaited<ReturnType<typeof plainCli>>;
beforeAll(async () => {
  console.log(`kills: HEBBIAN_SEED=${seed}`);
  cli = await plainCli();
  mkdirSync(pictures);
  const painted = proceduralImages(seed);
  for (let k = 0; k < 60; k++) {
    const data = Uint8Array.from(painted.pixels(k), (grey) => Math.round(127.5 * (1 + grey)));
    writeFileSync(join(pictures, `${k}.png`), encode({ width: 32, height: 32, data, channels: 1, depth: 8 }));
  }
}, 60_000);
afterAll(() => {
  cli?.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** What TensorBoard would see of a run, but for when it was written; null where that was not asked for. */
function eventsIn(out: string) {
  const path = join(out, "events.out.tfevents.hebbian");
  if (!existsSync(path)) return null;
  return readEvents(readFileSync(path)).map(({ step, scalars }) => ({ step, scalars }));
}

/** What a run must leave, however often it was killed. */
const contentOf = (out: string) => ({
  "metrics.jsonl": readFileSync(join(out, "metrics.jsonl"), "utf8"),
  "metrics.csv": readFileSync(join(out, "metrics.csv"), "utf8"),
  events: JSON.stringify(eventsIn(out)),
  "model.safetensors": readFileSync(join(out, "model.safetensors")).toString("base64"),
  "result.json": readFileSync(join(out, "result.json"), "utf8"),
  files: readdirSync(out).sort().join(" "),
});

describe.each(kinds)("$name", ({ name, kills, command }) => {
  it(`killed ${kills} times, at random moments and at calls of the file system, and gone on with, leaves what it leaves unbroken`, async () => {
    const [whole, calls] = [join(folder, `${name}-whole`), join(folder, `${name}-calls.json`)];
    const unbroken = await runProcess(cli.main, ["train", ...command, "--out", whole], { calls });
    expect(unbroken.err).toBe("");
    const expected = contentOf(whole);
    const counts = Object.entries(JSON.parse(readFileSync(calls, "utf8")) as Record<string, number>);

    const faults: string[] = [];
    let done = 0;
    /** A run that is killed once or twice, then goes on to its end. */
    const sequence = async (index: number): Promise<void> => {
      const rng = random(seed, `kills of ${name}`, index);
      const draw = (): Kill => {
        const [call, count] = counts[rng.integer(counts.length)]!;
        const after = rng.uniform() * unbroken.milliseconds;
        // Some calls, such as those that make the folder, are few: each kind of call is as likely as any other.
        return rng.uniform() < 0.5 ? { after } : { at: `${call}:${1 + rng.integer(count)}` };
      };
      const out = join(folder, `${name}-${index}`);
      const plan = Array.from({ length: 1 + rng.integer(2) }, draw);
      try {
        let killed = 0;
        // One that ended before its time is whole.
        for (const kill of plan) if (await goOn(cli.main, command, out, kill)) killed++;
        done += killed;
        await goOn(cli.main, command, out, null);
        for (const [file, content] of Object.entries(contentOf(out))) {
          if (content === expected[file as keyof typeof expected]) continue;
          faults.push(
            `${JSON.stringify(plan)}: ${file} differs${file === "files" ? `: ${content}, not ${expected.files}` : ""}`,
          );
        }
      } catch (error) {
        faults.push(`${JSON.stringify(plan)}: ${(error as Error).message}`);
      }
      rmSync(out, { recursive: true, force: true });
    };
    let next = 0;
    const lane = async () => {
      while (done < kills && next < 3 * kills) await sequence(next++);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    console.log(`${name}: ${done} kills in ${next} runs, ${faults.length} faults`);
    expect(faults).toEqual([]);
    expect(done).toBeGreaterThanOrEqual(kills);
  });
});
