import { expect, it } from "vitest";
import type { TracePlan } from "./plan.js";
import { type RecordedSweep, Versions } from "./versions.js";

/** Versions of one trace; places are numbers from 0 in the order in which they are taken. */
function lived(mode: TracePlan["mode"], segment: number, updates: number) {
  let taken = 0;
  const versions = new Versions({ mode, segment, bytes: 0 }, () => [taken++]);
  const at = [versions.initial];
  for (let v = 1; v <= updates; v++) at.push(versions.placeFor(v));
  const sweeps: RecordedSweep[] = at.slice(1).map((_, before) => ({ update: {}, before, after: before + 1 }));
  const replayed: string[] = [];
  const again = (version: number) =>
    versions.again(version, sweeps, ({ before }, from, to) => replayed.push(`${before}: ${from} to ${to}`));
  return { versions, at, again, replayed, taken: () => taken };
}

it("forgets all but the newest version where nothing goes back", () => {
  const { at, taken } = lived("forget", Number.POSITIVE_INFINITY, 5);
  expect(new Set(at.flat())).toEqual(new Set([0]));
  expect(taken()).toBe(1);
});

it("keeps every version in segments of one", () => {
  const { at, again, replayed } = lived("recompute", 1, 4);
  expect(at.flat()).toEqual([0, 1, 2, 3, 4]);
  expect([3, 2, 1, 0].map((version) => again(version)[0])).toEqual([3, 2, 1, 0]);
  expect(replayed).toEqual([]);
});

it("keeps a checkpoint for each segment, and all else in one place", () => {
  const { at } = lived("invert", 3, 7);
  expect(at.flat()).toEqual([0, 1, 1, 2, 1, 1, 3, 1]);
});

it("computes a segment again from its checkpoint, once for all of its versions", () => {
  const { again, replayed, taken } = lived("recompute", 3, 7);
  const before = taken();
  const [five, four] = [again(5)[0], again(4)[0]];
  // Checkpoint 3 lies in place 2.
  expect(replayed).toEqual([`3: 2 to ${four}`, `4: ${four} to ${five}`]);
  expect(taken() - before).toBe(2);
  again(2);
  again(1);
  // The next segment lies where this one was.
  expect(taken() - before).toBe(2);
  expect(replayed.slice(2).map((step) => step.slice(0, 4))).toEqual([
    "0: 0",
    `1: ${again(1)[0]}`.slice(0, 4),
  ]);
});
