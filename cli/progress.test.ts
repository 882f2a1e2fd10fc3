import { describe, expect, test } from "vitest";
import { quietIo } from "../test/support/terminal.js";
import { counted, duration, Progress } from "./progress.js";

test.each([
  [0.0421, "0.04 s"],
  [0.26, "0.3 s"],
  [1.2, "1 s"],
  [59.4, "59 s"],
  [59.6, "1 min 0 s"],
  [200, "3 min 20 s"],
  [7500, "2 h 5 min"],
])("%d seconds are %s", (seconds, words) => expect(duration(seconds)).toBe(words));

test("one is not several", () => {
  expect([0, 1, 2].map((count) => counted(count, "episode"))).toEqual([
    "0 episodes",
    "1 episode",
    "2 episodes",
  ]);
});

describe("the line that tells how a run is going", () => {
  const metric = { name: "error", label: "share of wrong bits", better: "lower", show: "percent" } as const;

  /** A log, and a run of ten episodes, each of which takes so many seconds. */
  function running(seconds: number) {
    const { io, written } = quietIo();
    let time = 0;
    const progress = new Progress({ stdout: io.stdout, now: () => time }, [metric], 0, 10);
    const live = (...episodes: number[]) => {
      for (const episode of episodes) {
        time += 1000 * seconds;
        progress.see(episode, { error: 0.25 });
      }
    };
    return { progress, live, lines: () => written.out.split("\n").filter(Boolean) };
  }

  test("is there every five seconds in a log, and at the end if that is not said yet", () => {
    const { progress, live, lines } = running(3);
    live(1, 2, 3);
    progress.finish();
    expect(lines().map((line) => line.slice(0, 12))).toEqual(["episode  2/1", "episode  3/1"]);
  });

  test("does not say twice where the run has got to, nor anything after its end", () => {
    const { progress, live, lines } = running(6);
    live(1, 2);
    progress.finish();
    // A signal while the network is tested ends it once more.
    progress.finish();
    live(3);
    expect(lines().map((line) => line.slice(0, 12))).toEqual(["episode  1/1", "episode  2/1"]);
  });
});
