/** What an entry costs a page: with all dependencies, minified, brotli. As measured, and about a sixth of slack. */
const limits = {
  ".": "38 kB",
  "./formulas": "10 kB",
  "./rules": "10 kB",
  "./tasks": "28 kB",
  "./training": "95 kB",
  "./experiments": "105 kB",
};

const {
  default: { exports },
} = await import("./package.json", { with: { type: "json" } });

export default Object.entries(limits).map(([name, limit]) => ({
  name: name.replace(".", "hebbian"),
  path: exports[name].default,
  limit,
  modifyEsbuildConfig: (config) => ({ ...config, format: "esm" }),
}));
