import type { settings } from "../../page/settings.svelte.js";

/** A program that does what the section Remember does. */
export const rememberCode = ({
  presentations,
  delay,
}: typeof settings): string => `import { loadModel } from "hebbian/lifetime";

const model = await loadModel("images.safetensors");
const life = model.begin();
for (let cycle = 0; cycle < ${presentations}; cycle++) {
  for (const picture of pictures) {                 // Float32Array of 32 x 32 greys, -1 to 1
    for (let step = 0; step < 20; step++) life.step(picture);
    for (let step = 0; step < 2; step++) life.step(new Float32Array(1024));
  }
}
${delay > 0 ? `for (let step = 0; step < ${delay}; step++) life.step(new Float32Array(1024));\n` : ""}life.freeze();
let restored;
for (let step = 0; step < 3; step++) restored = life.step(damaged);   // 0 where a pixel is missing
`;
