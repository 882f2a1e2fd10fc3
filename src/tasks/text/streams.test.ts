import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { textStreams } from "./streams.js";

const counted = (n: number): Uint16Array => Uint16Array.from({ length: n }, (_, i) => i);

describe("the streams of a text", () => {
  test("are its parts side by side, in segments one after the other", () => {
    const streams = textStreams(counted(14), { batch: 2, steps: 3 });
    expect([streams.segments, streams.dropped]).toEqual([2, 1]);
    // Stream 0 is 0 1 2 3 4 5 6, stream 1 begins at 6; row t * 2 + b.
    expect(streams.segment(0)).toEqual({
      inputs: Uint16Array.of(0, 6, 1, 7, 2, 8),
      targets: Uint16Array.of(1, 7, 2, 8, 3, 9),
    });
    expect(streams.segment(1)).toEqual({
      inputs: Uint16Array.of(3, 9, 4, 10, 5, 11),
      targets: Uint16Array.of(4, 10, 5, 11, 6, 12),
    });
  });

  test("take every token as a target once, but the first and those that are dropped", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 7 }),
        fc.nat(90),
        (batch, steps, more) => {
          const length = batch * steps + 1 + more;
          const streams = textStreams(counted(length), { batch, steps });
          const targets: number[] = [];
          for (let i = 0; i < streams.segments; i++) {
            const { inputs, targets: next } = streams.segment(i);
            inputs.forEach((token, row) => {
              expect(next[row]).toBe(token + 1);
            });
            targets.push(...next);
          }
          expect(new Set(targets).size).toBe(targets.length);
          expect(targets.length).toBe(length - 1 - streams.dropped);
          expect(streams.dropped).toBeLessThan(batch * (steps + 1));
        },
      ),
    );
  });

  test("go on in the next segment where each ended", () => {
    const streams = textStreams(counted(100), { batch: 3, steps: 4 });
    for (let i = 1; i < streams.segments; i++) {
      expect(streams.segment(i).inputs.slice(0, 3)).toEqual(streams.segment(i - 1).targets.slice(-3));
    }
  });

  test("need a token more than a segment has", () => {
    expect(textStreams(counted(7), { batch: 2, steps: 3 }).segments).toBe(1);
    expect(() => textStreams(counted(6), { batch: 2, steps: 3 }, "notes.txt")).toThrow(
      "notes.txt: 2 streams in segments of 3 need at least 7 tokens, got 6; give a longer text",
    );
  });

  test("refuse sizes that are none, and segments that are not there", () => {
    expect(() => textStreams(counted(9), { batch: 0, steps: 3 })).toThrow("batch must be a whole number");
    expect(() => textStreams(counted(9), { batch: 1, steps: 1.5 })).toThrow("steps must be a whole number");
    const streams = textStreams(counted(9), { batch: 1, steps: 4 });
    expect(() => streams.segment(2)).toThrow("a segment's number must be a whole number from 0 to 1, got 2");
  });
});
