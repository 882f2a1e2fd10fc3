import { join } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { early } from "./plugins/early.js";
import { library } from "./plugins/library.js";
import { models } from "./plugins/models.js";

const here = import.meta.dirname;

/** What gives a page shared memory, and so threads; without it everything works on one. */
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export default defineConfig({
  root: here,
  base: "./",
  plugins: [
    svelte(),
    early(join(here, "src/early.ts")),
    models([join(here, "../models"), join(here, "models")], join(here, ".models")),
  ],
  resolve: { alias: library },
  worker: { format: "es" },
  server: { headers },
  preview: { headers },
  build: {
    outDir: join(here, "../dist/web"),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
