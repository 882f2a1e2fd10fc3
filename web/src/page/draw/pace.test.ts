import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Pace } from "./pace.js";

/** Milliseconds in which the page was busy, and no timer came. */
let busy = 0;
beforeEach(() => {
  busy = 0;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  const began = Date.now();
  vi.spyOn(performance, "now").mockImplementation(() => Date.now() - began + busy);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** What is shown of so many parts in so many ms, with the times. */
function shown(pace: Pace, parts: number, ms: number) {
  const began = performance.now();
  const seen: [part: number, at: number][] = [];
  const done = pace.begin().shows(parts, ms, (part) => seen.push([part, performance.now() - began]));
  return { seen, done };
}

describe("a turn", () => {
  it("shows each part when it is due, and the last as long as the others", async () => {
    const { seen, done } = shown(new Pace(), 4, 400);
    await vi.advanceTimersByTimeAsync(399);
    expect(seen.map(([part]) => part)).toEqual([1, 2, 3, 4]);
    for (const [part, at] of seen) expect(Math.abs(at - 100 * (part - 1))).toBeLessThan(20);
    let over = false;
    void done.then(() => (over = true));
    await Promise.resolve();
    expect(over).toBe(false);
    await vi.advanceTimersByTimeAsync(20);
    expect(await done).toBe(true);
  });

  it("leaves out what nobody would see, but never the end", async () => {
    const { seen, done } = shown(new Pace(), 100, 160);
    await vi.advanceTimersByTimeAsync(200);
    expect(await done).toBe(true);
    expect(seen.length).toBeLessThan(12);
    expect(seen.at(-1)![0]).toBe(100);
  });

  it("is at its end at once where no time is given", async () => {
    const { seen, done } = shown(new Pace(), 18, 0);
    expect(await done).toBe(true);
    expect(seen).toEqual([[18, 0]]);
  });

  it("ends, and shows nothing more, when another begins", async () => {
    const pace = new Pace();
    const { seen, done } = shown(pace, 10, 1000);
    await vi.advanceTimersByTimeAsync(250);
    const before = seen.length;
    pace.begin();
    await vi.advanceTimersByTimeAsync(1000);
    expect(await done).toBe(false);
    expect(seen).toHaveLength(before);
  });

  it("stands still while it is stopped, and goes on where it was", async () => {
    let stopped = false;
    const { seen, done } = shown(new Pace(() => stopped), 10, 1000);
    await vi.advanceTimersByTimeAsync(450);
    expect(seen.at(-1)![0]).toBe(5);
    stopped = true;
    await vi.advanceTimersByTimeAsync(5000);
    expect(seen.at(-1)![0]).toBe(5);
    stopped = false;
    await vi.advanceTimersByTimeAsync(700);
    expect(await done).toBe(true);
    expect(seen.map(([part]) => part)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it("skips none of its story where the page was busy for long", async () => {
    const { seen, done } = shown(new Pace(), 10, 1000);
    await vi.advanceTimersByTimeAsync(150);
    busy = 2000;
    await vi.advanceTimersByTimeAsync(1000);
    expect(await done).toBe(true);
    expect(seen.length).toBeGreaterThan(7);
  });
});
