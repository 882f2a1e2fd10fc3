import { join } from "node:path";
import { defineConfig } from "vitepress";
import { library } from "../../web/plugins/library.js";
import { modules, pages, root } from "../paths.js";
import { sidebar } from "../sidebar.js";
import { clear, documents, stage } from "../stage.js";

clear();
stage();
// Endings of files that are offered as they are; of others VitePress knows.
process.env.VITE_EXTRA_EXTENSIONS = "jsonl,safetensors";

export default defineConfig({
  lang: "en-GB",
  title: "hebbian",
  titleTemplate: ":title - hebbian",
  description: "Neural networks whose connections keep learning after training",
  srcDir: pages,
  outDir: join(root, "dist/docs"),
  cacheDir: join(root, "site/.staged/cache"),
  cleanUrls: false,
  lastUpdated: false,
  // The playground is another page, built beside this one.
  ignoreDeadLinks: [/^\/playground\//],
  markdown: { theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" } },
  head: [
    ["link", { rel: "icon", href: "data:," }],
    ["meta", { name: "color-scheme", content: "light dark" }],
  ],
  themeConfig: {
    nav: [
      { text: "Guide", link: "/overview", activeMatch: "^/(overview|rules|math|lifetime|kernels)" },
      { text: "Reference", link: "/api/index", activeMatch: "^/api/" },
      { text: "Playground", link: "/playground/", target: "_self" },
    ],
    sidebar: sidebar(),
    outline: { level: [2, 3], label: "On this page" },
    search: {
      provider: "local",
      options: {
        // The text of programs is not searched, so neither is it rendered once more for that.
        _render: (text, env, md) => (env.relativePath.startsWith("source/") ? "" : md.render(text, env)),
      },
    },
    docFooter: { prev: "Before", next: "Next" },
    externalLinkIcon: false,
  },
  vite: {
    publicDir: join(pages, "public"),
    resolve: {
      alias: [...library, { find: /^page:(\w+)$/, replacement: `${modules}/$1.ts` }],
    },
    plugins: [
      {
        name: "hebbian:documents",
        configureServer({ watcher }) {
          const watched = [...documents(), "site/home.md"].map((path) => join(root, path));
          watcher.add(watched).on("change", (file) => {
            if (watched.includes(file)) stage();
          });
        },
      },
    ],
    worker: { format: "es" },
    build: { target: "es2022", chunkSizeWarningLimit: 2000 },
  },
});
