import type { Synapse } from "../../page/inside/looking.js";

/** A program that looks at the numbers that the section Look inside shows. */
export const insideCode = (synapse: Synapse | null): string => `import { loadModel } from "hebbian/lifetime";
import { proceduralImages } from "hebbian/tasks";

const model = await loadModel(import.meta.resolve("hebbian-models/images.safetensors"));
const life = model.begin();
const picture = proceduralImages(5).pixels(4);                  // 32 x 32 greys, -1 to 1
for (let step = 0; step < 20; step++) life.step(picture);

const w = model.parameter("recurrent", "w");                    // { rows, cols, values }, row: sender, column: receiver
const H = life.trace("recurrent", "H");
const effective = life.effective("recurrent");                  // w + alpha * H
console.log(w.rows, "x", w.cols, "connections; the largest trace is", H.values.reduce((a, b) => Math.max(a, Math.abs(b)), 0));
console.log(life.synapse("recurrent", ${synapse?.pre ?? 0}, ${synapse?.post ?? 0}), effective.values.length);
`;
