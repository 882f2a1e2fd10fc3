import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { framesOf } from "../../test/support/gif.js";
import { type Called, call } from "../../test/support/terminal.js";

const folder = mkdtempSync(join(tmpdir(), "hebbian-agents-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Agents so small that the reference device trains and tests them in a moment. */
const small = ["--device", "reference", "--neurons", "3", "--batch", "10", "--episodes", "20"];
const inMaze = [...small, "--size", "5", "--steps", "12"];
const maze = join(folder, "maze");
const plain = join(folder, "plain");
const cues = join(folder, "cues");
const trained: Record<string, Called> = {};
beforeAll(async () => {
  const train = async (experiment: string, network: string, out: string, flags: readonly string[]) => {
    trained[out] = await call(["train", experiment, "--network", network, ...flags, "--out", out]);
  };
  await train("maze-9", "modulated", maze, inMaze);
  await train("maze-9", "rnn", plain, inMaze);
  await train("cue-reward", "plastic", cues, [...small, "--steps", "20"]);
}, 180_000);

const onTrace = ["intact", "frozen", "zeroed", "shuffled", "unwritten", "transplanted"];
const proof = [...onTrace, "activityZeroed", "activitySwapped", "goalMoved", "goalMovedZeroed"];

describe("hebbian train, of an agent", () => {
  it("says what came out: reward, steps to the first find and back, and the proof", () => {
    const { code, err, out } = trained[maze]!;
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/reward [\d.]+, firstFind [\d.]+, return [\d.]+ \(last 20\)/);
    expect(out).toMatch(/In 500 fresh episodes, .*: reward of an episode [\d.]+\.\n/);
    expect(out).toMatch(/firstFind +[\d.]+ {2}\(steps to the first find, median\)/);
    expect(out).toMatch(/return +[\d.]+ {2}\(steps back to it/);
    expect(out).toMatch(/ceilingShare +[\d.]+ % /);
    const words = ["left alone", "another's trace, frozen", "activity zeroed", "goal moved, trace zeroed"];
    for (const each of words)
      expect(out).toMatch(new RegExp(`${each} +[\\d.]+ \\+- [\\d.]+ +[\\d.]+ \\+- [\\d.]+`));
    expect(out).toMatch(/goal moved .*(given up after \d+ steps|never given up)\n/);
  });

  it("draws what it does, a maze's episode as an animation too", () => {
    const drawn = (run: string) => readdirSync(join(run, "figures")).sort();
    const figures = (...names: string[]) => names.flatMap((name) => [`${name}.png`, `${name}.svg`]);
    expect(drawn(maze)).toEqual([
      "episode.gif",
      ...figures("first-find-and-return", "goal-visits", "learning-curve", "matrices", "reward-per-step"),
    ]);
    expect(drawn(cues)).toEqual(figures("learning-curve", "matrices", "reward-per-step"));
    const { frames } = framesOf(readFileSync(join(maze, "figures", "episode.gif")));
    expect(frames).toHaveLength(12);
  });

  it("keeps the proof with the result", () => {
    const { evaluation } = JSON.parse(readFileSync(join(maze, "result.json"), "utf8"));
    expect(Object.keys(evaluation.secondHalf)).toEqual(proof);
    expect(evaluation).toMatchObject({ reward: expect.any(Number), ceilingShare: expect.any(Number) });
  });
});

describe("hebbian evaluate, of an agent", () => {
  const flags = ["--device", "reference", "--episodes", "25"];

  it("prints reward, share of the ceiling, steps to the first find and back, and the proof", async () => {
    const { code, out } = await call(["evaluate", maze, ...flags, "--json"]);
    expect(code).toBe(0);
    const printed = JSON.parse(out);
    expect(Object.keys(printed)).toEqual([
      ...["experiment", "episodes", "seed"],
      ...["reward", "ceilingShare", "explorerShare", "found", "firstFind", "return"],
      ...["secondHalf", "interventions"],
    ]);
    expect(Object.keys(printed.interventions)).toEqual(proof);
    expect(printed.interventions.transplanted).toEqual({
      secondHalf: {
        mean: printed.secondHalf.transplanted,
        low: expect.any(Number),
        high: expect.any(Number),
      },
      ownVisits: expect.objectContaining({ mean: printed.secondHalf.transplanted / 10 }),
      otherVisits: expect.objectContaining({ low: expect.any(Number) }),
    });
    expect(printed.interventions.goalMoved).toHaveProperty("givenUpAfter");
    expect(printed.episodes).toBe(25);
    expect(Object.keys(printed.secondHalf)).toEqual(proof);
    // A reward of 10 a find, and no more reward in half of an episode than in all of it.
    expect(printed.reward).toBeCloseTo(10 * printed.found);
    expect(printed.secondHalf.intact).toBeLessThanOrEqual(printed.reward);
  });

  it("proves nothing of networks without a trace", async () => {
    const { out } = await call(["evaluate", plain, ...flags, "--json"]);
    const made = ["intact", "activityZeroed", "activitySwapped", "goalMoved"];
    expect(Object.keys(JSON.parse(out).secondHalf)).toEqual(made);
    const text = await call(["evaluate", plain, ...flags]);
    expect(text.out).not.toContain("trace");
  });

  it("draws into another folder if asked, and nothing for a model file unless asked", async () => {
    const model = join(maze, "model.safetensors");
    const elsewhere = join(folder, "elsewhere");
    expect((await call(["evaluate", model, ...flags])).out).not.toContain("Figures");
    const { out } = await call(["evaluate", model, ...flags, "--figures", elsewhere]);
    expect(out).toContain(
      `Figures: ${elsewhere} (reward-per-step, goal-visits, first-find-and-return, episode)`,
    );
    expect(existsSync(join(elsewhere, "episode.gif"))).toBe(true);
  });
});

describe("hebbian watch", () => {
  it("draws no line that a narrow terminal would break, nor more of them than a low one has", async () => {
    const flags = ["--device", "reference", "--speed", "1000"];
    for (const [columns, rows] of [
      [22, 24],
      [40, 6],
      [16, 5],
    ] as const) {
      const { code, out } = await call(["watch", maze, ...flags], { isTTY: true, columns, rows });
      expect(code).toBe(0);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the codes of a terminal
      const frames = out.slice(out.indexOf("\u001b[1G")).split(/\u001b\[(\d+)A/);
      const drawn = frames.filter((_, k) => k % 2 === 0).map((frame) => frame.trimEnd().split("\n"));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the codes of a terminal
      const seen = (line: string) => [...line.replaceAll(/\u001b\[[0-9;]*[A-Za-z]/g, "")].length;
      for (const lines of drawn) {
        expect(lines.length).toBeLessThan(rows);
        expect(Math.max(...lines.map(seen))).toBeLessThan(columns);
      }
      const ups = frames.filter((_, k) => k % 2 === 1).map(Number);
      expect(ups).toEqual(drawn.slice(0, -1).map((lines) => lines.length));
    }
  });

  const flags = ["--device", "reference", "--speed", "1000"];

  it("without a terminal, draws the first visits and says what was found", async () => {
    const { code, out } = await call(["watch", maze, ...flags]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^maze-9, after 20 training episodes; test episode 0\n\nvisit 1: \d+ steps?, shortest way \d/,
    );
    expect(out).toContain("██████████\n");
    expect(out).toMatch(/reward \d+ in 12 steps\n$/);
    expect(out).not.toContain("\u001b");
  });

  it("on a terminal, shows every step in the place of the one before", async () => {
    const { code, out } = await call(["watch", maze, ...flags], { isTTY: true, env: { NO_COLOR: "1" } });
    expect(code).toBe(0);
    const times = [...out.matchAll(/step +(\d+)\/12/g)].map(([, time]) => Number(time));
    expect(times).toEqual(Array.from({ length: 12 }, (_, t) => t + 1));
    // A maze of 5 lines, and four lines about it.
    expect(out.split("\u001b[9A")).toHaveLength(12);
    expect(out).toMatch(/modulator -1 [─┼●]{21} 1 +-?[\d.]+\n/);
  });

  it("plays the episode that is asked for", async () => {
    const played = await Promise.all(
      ["0", "0", "1"].map(
        async (episode) => (await call(["watch", maze, ...flags, "--episode", episode])).out,
      ),
    );
    expect(played[0]).toBe(played[1]);
    expect(played[0]!.replace("episode 0", "episode 1")).not.toBe(played[2]);
  });

  it("says of a network without a modulator that it has none", async () => {
    const { out } = await call(["watch", plain, ...flags], { isTTY: true });
    expect(out).toContain("no modulator");
  });

  it("shows the trials of cue-reward association", async () => {
    const { code, out } = await call(["watch", cues, ...flags]);
    expect(code).toBe(0);
    expect(out).toMatch(/The target is [A-D]; nothing but the rewards tells\.\ntrial +1 {3}[A-D] [A-D]/);
  });

  it("stops at Ctrl-C", async () => {
    const stop = {
      isTTY: true,
      interrupt: (out: string) => (/step +3\//.test(out) ? ("SIGINT" as const) : null),
    };
    const { code, out } = await call(["watch", maze, ...flags], stop);
    expect(code).toBe(130);
    expect(out).not.toMatch(/step +4\//);
  });

  it("sends whoever has no agent to evaluate", async () => {
    const patterns = join(folder, "patterns");
    const tiny = ["--device", "reference", "--bits", "4", "--episodes", "1", "--out", patterns];
    await call(["train", "patterns", ...tiny]);
    // Pictures are not looked for where there is nobody to watch.
    const images = join(import.meta.dirname, "../../models/images.safetensors");
    for (const [name, path] of Object.entries({ patterns, images })) {
      const { code, err } = await call(["watch", path, ...flags]);
      expect(code).toBe(2);
      expect(err).toContain(`${name} has no agent to watch; hebbian evaluate `);
    }
  });
});
