import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { follow } from "./follow.js";

const folder = mkdtempSync(join(tmpdir(), "hebbian-follow-"));
afterAll(() => rmSync(folder, { recursive: true }));

const metric = { name: "error", label: "", better: "lower", show: "number" } as const;
const path = join(folder, "metrics.jsonl");
const write = (batch: number, values: readonly number[]) =>
  writeFileSync(
    path,
    values.map((error, k) => `${JSON.stringify({ episode: batch * (k + 1), error })}\n`).join(""),
  );
const ask = (length: number, stretch: number, window: number, threshold?: number) =>
  follow(path, metric, { length, stretch, window, threshold });

describe("follow", () => {
  it("gives means over stretches, a shorter one at the end, and nothing of what lies past the length", () => {
    write(1, [1, 3, 5, 7, 8, 100]);
    expect(ask(5, 2, 1)).toEqual({
      trainedEpisodes: 6,
      reached: null,
      means: [
        { episode: 2, mean: 2 },
        { episode: 4, mean: 6 },
        { episode: 5, mean: 8 },
      ],
    });
  });

  it("says when the mean over a window was as good as the threshold", () => {
    write(1, [9, 1, 9, 2, 3, 1, 9]);
    expect(ask(7, 7, 1, 1).reached).toBe(2);
    expect(ask(7, 7, 2, 2.5).reached).toBe(5);
    expect(ask(7, 7, 3, 2).reached).toBe(6);
    expect(ask(7, 7, 3, 1).reached).toBeNull();
    expect(ask(7, 7, 100, 9).reached).toBeNull();
  });

  it("counts the window in episodes, however many a batch has", () => {
    write(30, [9, 1, 1, 1]);
    expect(ask(4, 4, 30, 1).reached).toBe(60);
    expect(ask(4, 4, 31, 1).reached).toBe(90);
    expect(ask(4, 4, 90, 1).reached).toBe(120);
  });

  it("finds the same far into a long run", () => {
    write(
      1,
      Array.from({ length: 2000 }, (_, k) => 2000 - k),
    );
    expect(ask(2000, 2000, 10, 100).reached).toBe(1906);
  });
});
