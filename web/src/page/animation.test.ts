import { random } from "hebbian/tasks";
import { describe, expect, it } from "vitest";
import { Animation, type Picture } from "./animation.js";

const [WIDTH, HEIGHT] = [240, 120];
const dice = random(0, "speckles", 0);
const speckles = Uint8Array.from({ length: WIDTH * HEIGHT }, () => dice.integer(200));
/** Speckles, as photographs have them, and a white square that may be anywhere. */
function picture(left: number): Picture {
  const rgba = new Uint8ClampedArray(4 * WIDTH * HEIGHT).fill(255);
  for (let k = 0; k < WIDTH * HEIGHT; k++) {
    const inside = k % WIDTH >= left && k % WIDTH < left + 20 && k < 20 * WIDTH;
    rgba.fill(inside ? 255 : speckles[k]!, 4 * k, 4 * k + 3);
  }
  return { width: WIDTH, height: HEIGHT, rgba };
}
/** Milliseconds that each frame lasts, as the file says. */
function delaysOf(gif: Uint8Array): number[] {
  const delays = [];
  // A graphic control extension stands before each frame.
  for (let k = 0; k < gif.length - 8; k++) {
    if (gif[k] === 0x21 && gif[k + 1] === 0xf9 && gif[k + 2] === 4 && gif[k + 7] === 0)
      delays.push(10 * (gif[k + 4]! + 256 * gif[k + 5]!));
  }
  return delays;
}
const gifOf = (pictures: readonly Picture[]) => {
  const animation = new Animation(80);
  for (const each of pictures) animation.add(each);
  return animation.end();
};

describe("an animation", () => {
  it("of a picture that stands still has it once, and lasts as long", () => {
    const gif = gifOf(Array.from({ length: 40 }, () => picture(0)));
    expect(delaysOf(gif)).toEqual([3200]);
    expect(gif.length).toBeLessThan(WIDTH * HEIGHT);
  });

  it("keeps only what changes: a square that moves over a photograph costs little more than the photograph", () => {
    const [still, moving] = [
      gifOf([picture(0)]),
      gifOf(Array.from({ length: 20 }, (_, k) => picture(4 * k))),
    ];
    expect(delaysOf(moving)).toHaveLength(20);
    expect(moving.length).toBeLessThan(2 * still.length);
  });

  it("waits where nothing moves, and goes on", () => {
    expect(delaysOf(gifOf([picture(0), picture(0), picture(50), picture(90), picture(90)]))).toEqual([
      160, 80, 160,
    ]);
  });
});
