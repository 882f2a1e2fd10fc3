/** A program that does what the section Name it does. */
export const namingCode = `import { loadModel } from "hebbian/lifetime";

// Pictures: Float32Array of 31 x 31, row by row, 0 (paper) to 1 (ink), the centre of the ink's mass in the middle,
// lines about 1.5 wide.
const model = await loadModel("omniglot.safetensors");
const life = model.begin();
symbols.forEach((picture, k) => {
  const label = new Float32Array(5);
  label[k] = 1;
  life.step({ picture, label });                    // shown once, and learned
});
const shares = life.step({ picture: drawing });     // the probability of each
console.log("symbol", shares.indexOf(Math.max(...shares)) + 1);
`;
