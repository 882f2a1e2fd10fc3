import { describe, expect, it } from "vitest";
import { element, figure } from "../../src/figures/svg.js";
import { framesOf } from "../../test/support/gif.js";
import { renderGif } from "./gif.js";

const frame = (x: number, fill: string, delay = 90) => ({
  svg: figure("", 320, 40, element("rect", { x, y: 0, width: 40, height: 40, fill })),
  delay,
});
const frames = [frame(0, "#ff0000", 90), frame(100, "#0000ff", 500), frame(0, "#ff0000", 20)];

describe("renderGif", () => {
  it("holds every frame, as long as it is to be seen", async () => {
    const gif = framesOf(await renderGif(frames, 1));
    expect([gif.width, gif.height]).toEqual([360, 114]);
    expect(gif.frames.map(({ delay }) => delay)).toEqual([90, 500, 20]);
  });

  it("shows in each frame what is drawn there, and nothing that was there before", async () => {
    // All the colours of an animation must be in its last frame.
    const both = (left: string, right: string) => ({
      svg: figure(
        "",
        320,
        40,
        [left, right]
          .map((fill, k) => element("rect", { x: 100 * k, y: 0, width: 40, height: 40, fill }))
          .join(""),
      ),
      delay: 50,
    });
    const [red, blue, white] = ["#ff0000", "#0000ff", "#ffffff"];
    const gif = framesOf(
      await renderGif([both(red, blue), both(blue, white), both(white, red), both(red, blue)], 1),
    );
    const seen = gif.frames.map((shown) => [shown.at(40, 60), shown.at(140, 60)]);
    const [r, b, w] = [
      [255, 0, 0],
      [0, 0, 255],
      [255, 255, 255],
    ];
    for (const [k, expected] of [
      [r, b],
      [b, w],
      [w, r],
      [r, b],
    ].entries()) {
      seen[k]!.forEach((colour, side) => {
        colour.forEach((value, channel) => {
          expect(Math.abs(value - expected[side]![channel]!), `frame ${k}`).toBeLessThan(10);
        });
      });
    }
  });

  it("takes little room for frames that are all alike", async () => {
    const one = await renderGif([frame(0, "#ff0000")], 2);
    const many = await renderGif(Array(20).fill(frame(0, "#ff0000")), 2);
    expect(many.length).toBeLessThan(0.8 * 20 * one.length);
  });

  it("refuses no frames, and frames of different sizes", async () => {
    await expect(renderGif([], 1)).rejects.toThrow(/at least one frame/);
    const wide = { svg: figure("", 400, 40, ""), delay: 90 };
    await expect(renderGif([wide, frame(0, "#ff0000")], 1)).rejects.toThrow(
      /every frame must be 360 x \d+, got 440/,
    );
  });
});
