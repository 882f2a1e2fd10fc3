// A network that remembers. `node remember.js learn` shows it three pictures and keeps its life in a file;
// `node remember.js recall 2`, another process at another time, shows it the upper half of the second.
import { readFileSync, writeFileSync } from "node:fs";
import { loadModel } from "hebbian/lifetime";

const memory = new URL("memory.safetensors", import.meta.url);
const model = await loadModel(new URL("../../models/images.safetensors", import.meta.url));
const size = 32;

/** Greys of a formula over x and y from -1 to 1, with mean 0 and a largest value of 1, as in training. */
function picture(formula) {
  const greys = Float32Array.from({ length: size * size }, (_, k) =>
    formula(((k % size) / (size - 1)) * 2 - 1, (Math.floor(k / size) / (size - 1)) * 2 - 1),
  );
  const mean = greys.reduce((sum, grey) => sum + grey, 0) / greys.length;
  const largest = greys.reduce((most, grey) => Math.max(most, Math.abs(grey - mean)), 0);
  return greys.map((grey) => (grey - mean) / largest);
}

const pictures = [
  picture((x, y) => (x * x + y * y < 0.5 ? 1 : -0.6) + 0.2 * y),
  picture((x, y) => Math.sin(5 * x + 3 * y) + 0.3 * x),
  picture((x, y) => (Math.abs(x) + Math.abs(y) < 0.8 ? 1 : 0) - (y > 0.3 ? 0.9 : 0) + 0.3 * x),
];
const silence = new Float32Array(size * size);

function learn() {
  const life = model.begin();
  for (let cycle = 0; cycle < 3; cycle++) {
    for (const each of pictures) {
      for (let step = 0; step < 20; step++) life.step(each);
      for (let step = 0; step < 2; step++) life.step(silence);
    }
  }
  writeFileSync(memory, life.snapshot());
  console.log(
    `It was shown ${pictures.length} pictures, ${life.steps} steps in all. Ask it: node remember.js recall 1`,
  );
}

function recall(which) {
  const original = pictures[which - 1];
  // A grey of exactly 0 leaves its neuron to the network.
  const half = original.map((grey, k) => (k < original.length / 2 ? grey : 0));
  const restored = (life) => [1, 2, 3].map(() => life.step(half)).at(-1);
  const answers = {
    remembers: restored(model.resume(readFileSync(memory))),
    newborn: restored(model.begin()),
  };
  for (const [name, answer] of Object.entries(answers)) {
    const error = answer.reduce((sum, grey, k) => sum + (half[k] === 0 ? (grey - original[k]) ** 2 : 0), 0);
    console.log(
      `${name}: mean squared error of the lower half ${((2 * error) / original.length).toFixed(3)}`,
    );
  }
  const columns = [half, answers.remembers, original];
  console.log(`\n${["shown", "restored", "original"].map((title) => title.padEnd(size + 2)).join("")}`);
  for (let y = 0; y < size; y += 2) {
    const row = (greys) => Array.from(greys.slice(y * size, (y + 1) * size), block).join("");
    console.log(columns.map(row).join("  "));
  }
}

const block = (grey) => " ░▒▓█"[Math.min(4, Math.max(0, Math.floor((grey + 1) * 2.5)))];

const [command, which = "1"] = process.argv.slice(2);
if (command === "learn") learn();
else if (command === "recall" && pictures[which - 1]) recall(Number(which));
else console.error("node remember.js learn, or node remember.js recall 1 (2, 3)");
