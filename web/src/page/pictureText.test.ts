import { random } from "hebbian/tasks";
import { describe, expect, it } from "vitest";
import { chosenFrom, listOf, OWN_IN_ADDRESS, pictureFromText, textOf } from "./pictureText.js";

const noise = (seed: number) => {
  const dice = random(seed, "picture", 0);
  return Float32Array.from({ length: 1024 }, () => 2.2 * dice.uniform() - 1.1);
};
const gallery = [noise(1), noise(2), noise(3)];

describe("a visitor's picture in an address", () => {
  it("comes back in sixteen greys, the darkest and the brightest as they were, and none of them missing", () => {
    const pixels = noise(7);
    const back = pictureFromText(textOf(pixels))!;
    pixels.forEach((grey, k) => {
      expect(Math.abs(back[k]! - Math.max(-1, Math.min(1, grey)))).toBeLessThanOrEqual(1 / 15 + 1e-6);
      expect(back[k]).not.toBe(0);
    });
    expect([Math.min(...back), Math.max(...back)]).toEqual([-1, 1]);
  });
  it("is the same text again, so that an address stays as it is", () => {
    const text = textOf(noise(8));
    expect(text).toMatch(/^[\w-]{683}$/);
    expect(textOf(pictureFromText(text)!)).toBe(text);
  });
  it.each(["", "abc", "!".repeat(683), "a".repeat(684)])("is none where the text is damaged", (text) => {
    expect(pictureFromText(text)).toBeNull();
  });
});

describe("the list of pictures", () => {
  it("keeps the page's own and a visitor's in their order, over a reload", () => {
    const chosen = [
      { pixels: gallery[2]!, own: 2 },
      { pixels: noise(9), own: -1 },
      { pixels: gallery[0]!, own: 0 },
    ];
    const back = chosenFrom(listOf(chosen), gallery, 14);
    expect(back.map(({ own }) => own)).toEqual([2, -1, 0]);
    expect(back[0]!.pixels).toBe(gallery[2]);
    expect(listOf(back)).toBe(listOf(chosen));
  });
  it("leaves out what is no picture, and what comes twice", () => {
    expect(chosenFrom("1,1,x,-1,99,1e1,,~abc, 2", gallery, 14).map(({ own }) => own)).toEqual([1, 2]);
    expect(chosenFrom("0,1,2", gallery, 2)).toHaveLength(2);
  });
  it("stays short enough for a server", () => {
    const many = Array.from({ length: 14 }, (_, k) => ({ pixels: noise(k), own: -1 }));
    expect(chosenFrom(listOf(many), gallery, 14)).toHaveLength(OWN_IN_ADDRESS);
    expect(listOf(many).length).toBeLessThan(6000);
  });
});
