import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundledTypes } from "./types.js";

/** Bundles src/lifetime to one file, and its declarations to another. `npm run build` at the root comes first. */
const at = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  entryPoints: [at("../../src/lifetime/index.ts")],
  outfile: at("dist/index.js"),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  // Neither Node nor a browser is assumed.
  platform: "neutral",
  legalComments: "none",
});
bundledTypes(at("../../dist/src/lifetime/index.d.ts"), at("dist/index.d.ts"));
