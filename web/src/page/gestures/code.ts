import type { Stroke } from "../../worker/strokes.js";
import { strokesOf } from "../name-it/code.js";
import { ENOUGH } from "../name-it/guess.js";

/** What each gesture does in the program, where there are no sections and nothing to play. */
const does = [
  "scrollBy(0, 400)",
  "scrollBy(0, -400)",
  "scrollTo(0, document.body.scrollHeight)",
  "scrollTo(0, 0)",
  'document.body.classList.toggle("dark")',
];

/** A page of its own, with a pad that understands the visitor's gestures. */
export const gesturesCode = (gestures: readonly Stroke[]): string => `<!doctype html>
<title>Five gestures</title>
<!-- npm install hebbian hebbian-models, and any server of files for this folder: npx vite -->
<style>body { height: 5000px } .dark { background: #000 } svg { position: fixed; right: 9px; bottom: 9px; background: #ddd; touch-action: none }</style>
<svg width="260" height="260"></svg>
<script type="importmap">{ "imports": { "hebbian/": "./node_modules/hebbian/dist/src/" } }</script>
<script type="module">
import { loadModel } from "hebbian/lifetime/index.js";
import { strokesToPicture } from "hebbian/tasks/characters/strokes.js";

const gestures = [
${gestures.map((stroke, k) => `  { stroke: ${strokesOf([stroke]).slice(1, -1)}, does: () => ${does[k]} },`).join("\n")}
];
/** A ring around where the stroke begins: in a picture, left to right is right to left. */
const ring = ([[x, y], ...rest], r = 0.15 * Math.max(...rest.map(([u, v]) => Math.hypot(u - x, v - y)))) =>
  Array.from({ length: 13 }, (_, k) => [x + r * Math.cos(k * 0.5236), y + r * Math.sin(k * 0.5236)]);
const pictureOf = (stroke) => strokesToPicture([ring(stroke), stroke]);

const life = (await loadModel("./node_modules/hebbian-models/omniglot.safetensors")).begin();
gestures.forEach(({ stroke }, k) => life.step({ picture: pictureOf(stroke), label: gestures.map((_, i) => +(i === k)) }));
life.freeze();                                    // one example each: it has learned

const pad = document.querySelector("svg");
let drawn = [];
pad.onpointerdown = (event) => { pad.setPointerCapture(event.pointerId); drawn = []; };
pad.onpointermove = ({ buttons, offsetX, offsetY }) => buttons && drawn.push([offsetX, offsetY]);
pad.onpointerup = () => {
  if (drawn.length < 5) return;
  life.step({ picture: pictureOf(drawn) });
  const evidence = [...life.value("readout.z")], most = Math.max(...evidence);
  if (most >= ${ENOUGH}) gestures[evidence.indexOf(most)].does();
};
pad.dataset.ready = "";
</script>
`;
