import type { Drawing } from "../../worker/strokes.js";
import { drawingFrom, textOf } from "../drawingText.js";
import { ENOUGH } from "./guess.js";
import type { Named } from "./named.js";

/** A program for Node that is taught what the visitor has taught, and names what lies on the sheet. */
export const nameItCode = (
  symbols: readonly Named[],
  asked: Drawing,
): string => `import { loadModel } from "hebbian/lifetime";
import { strokesToPicture } from "hebbian/strokes";

// Strokes of points [x, y], in any unit.
const symbols = {
${symbols.map(({ name, drawing }) => `  ${JSON.stringify(name)}: ${strokesOf(drawing)},`).join("\n")}
};
const asked = ${strokesOf(asked.length > 0 ? asked : (symbols.at(-1)?.drawing ?? []))};

const names = Object.keys(symbols);
const model = await loadModel(import.meta.resolve("hebbian-models/omniglot.safetensors"));
const life = model.begin();
names.forEach((name, k) => {
  const label = new Float32Array(model.outputs).fill(1, k, k + 1);
  life.step({ picture: strokesToPicture(symbols[name]), label });    // shown once, and learned
});
life.freeze();

life.step({ picture: strokesToPicture(asked) });
const evidence = [...life.value("readout.z").subarray(0, names.length)];
const most = Math.max(...evidence);
console.log(most >= ${ENOUGH} ? names[evidence.indexOf(most)] : "I don't know");
`;

/** Points in hundredths of the sheet, as few as show the drawing. */
export function strokesOf(drawing: Drawing): string {
  const thinned = drawingFrom(textOf(drawing)) ?? [];
  const whole = (share: number) => Math.round(100 * share);
  return JSON.stringify(thinned.map((stroke) => stroke.map(([x, y]) => [whole(x), whole(y)])));
}
