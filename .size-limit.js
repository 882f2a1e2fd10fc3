/** What an entry costs a page: with all dependencies, minified, brotli. As measured, and about a sixth of slack. */
const limits = {
  ".": { limit: "66 kB" },
  "./formulas": { limit: "10 kB" },
  "./rules": { limit: "10 kB" },
  "./tasks": { limit: "34 kB" },
  "./training": { limit: "38 kB" },
  "./experiments": { limit: "58 kB" },
  "./figures": { limit: "27 kB" },
  // What a page loads that only lets a trained network live: gzip, as most servers send it.
  "./lifetime": { limit: "29.5 kB", gzip: true },
  // Drawings for it.
  "./strokes": { limit: "1.3 kB", gzip: true },
};

const {
  default: { exports },
} = await import("./package.json", { with: { type: "json" } });

const entries = Object.entries(limits).map(([name, limit]) => ({
  name: name.replace(".", "hebbian"),
  path: exports[name].default,
  ...limit,
  modifyEsbuildConfig: (config) => ({ ...config, format: "esm" }),
}));

// What a product installs, as it is published: bundled already.
const product = {
  name: "hebbian-lifetime",
  path: "packages/lifetime/dist/index.js",
  limit: "28 kB",
  gzip: true,
  disablePlugins: ["@size-limit/esbuild"],
};

export default [...entries, product];
