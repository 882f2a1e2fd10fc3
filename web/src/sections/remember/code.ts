interface Shown {
  readonly presentations: number;
  readonly delay: number;
}

/** A program that does what the section Remember does, with the first of the page's pictures. */
export const rememberCode = ({
  presentations,
  delay,
}: Shown): string => `import { loadModel } from "hebbian/lifetime";
import { proceduralImages } from "hebbian/tasks";

const model = await loadModel(import.meta.resolve("hebbian-models/images.safetensors"));
const life = model.begin();
const painted = proceduralImages(5);
const pictures = [4, 8, 14].map((number) => painted.pixels(number));      // 32 x 32 greys each, -1 to 1
const silence = new Float32Array(1024);
for (let cycle = 0; cycle < ${presentations}; cycle++) {
  for (const picture of pictures) {
    for (let step = 0; step < 20; step++) life.step(picture);
    for (let step = 0; step < 2; step++) life.step(silence);
  }
}
${delay > 0 ? `for (let step = 0; step < ${delay}; step++) life.step(silence);\n` : ""}life.freeze();
const damaged = pictures[1].slice().fill(0, 512);                         // 0 where a pixel is missing
let restored = silence;
for (let step = 0; step < 3; step++) restored = life.step(damaged);
const error = restored.reduce((sum, grey, k) => sum + (grey - pictures[1][k]) ** 2, 0) / 1024;
console.log("mean squared error of the restored picture:", error.toFixed(4));
`;
