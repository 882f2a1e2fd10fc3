// @ts-nocheck A user's plain JavaScript.
import { loadModel } from "hebbian/lifetime";

// As a user of the package would write it; the same file runs in Node, in a page and in a web worker.

/** Shows a network two pictures, asks for one of them, stores it away, wakes it, and goes on. Returns the bits of it all. */
export async function live(source) {
  const model = await loadModel(source);
  const picture = (seed) =>
    Float32Array.from(
      { length: model.inputs[0].size },
      (_, k) => (((k + 1) * (seed + 7) * 2654435761) % 401) / 200 - 1,
    );
  const silence = new Float32Array(model.inputs[0].size);
  const half = picture(1).fill(0, 512);
  let life = model.begin({ halfLife: 500 });
  let print = 0;
  const show = (input, steps) => {
    for (let step = 0; step < steps; step++) {
      for (const bits of new Uint32Array(life.step(input).buffer))
        print = Math.imul(print ^ bits, 0x01000193) >>> 0;
    }
  };
  for (let cycle = 0; cycle < 3; cycle++) {
    for (const seed of [1, 2]) {
      show(picture(seed), 20);
      show(silence, 2);
    }
  }
  const snapshot = life.snapshot();
  life.end();
  life = model.resume(snapshot);
  show(half, 63);
  return { print, steps: life.steps };
}
