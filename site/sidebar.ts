import type { DefaultTheme } from "vitepress";
import { addressOf } from "./addresses.js";
import { decisionPages, documents, entries, pageTitle } from "./stage.js";

/** The order in which a reader meets the pages; what is in no group comes under "More". */
const groups = [
  [
    "Begin",
    [
      "README.md",
      "docs/rules.md",
      "docs/fast-weights.md",
      "docs/experiments.md",
      "docs/lifetime.md",
      "docs/models.md",
    ],
  ],
  [
    "Use",
    [
      "docs/cli.md",
      "docs/figures.md",
      "docs/reproduction.md",
      "docs/longer-runs.md",
      "docs/gpus.md",
      "bench/README.md",
      "models/README.md",
      "examples/server/README.md",
    ],
  ],
  [
    "Understand",
    [
      "docs/math.md",
      "docs/kernels.md",
      "docs/walk.md",
      "docs/design.md",
      "docs/glossary.md",
      "docs/decisions",
    ],
  ],
  ["Rely on", ["docs/reliability.md", "docs/versions.md", "SECURITY.md", "CHANGELOG.md", "CONTRIBUTING.md"]],
] as const;

const called: Readonly<Record<string, string>> = {
  "README.md": "Overview",
  "bench/README.md": "How speed is measured",
  "docs/decisions": "Decisions",
};

const item = (path: string): DefaultTheme.SidebarItem => ({
  text: called[path] ?? pageTitle(path),
  link: addressOf(path).url,
});

export function sidebar(): DefaultTheme.SidebarItem[] {
  const all = ["docs/decisions", ...documents().filter((path) => !decisionPages().includes(path))];
  const grouped = groups.map(([text, paths]) => ({
    text,
    items: paths.filter((path) => all.includes(path)).map(item),
  }));
  const known: readonly string[] = groups.flatMap(([, paths]) => [...paths]);
  const more = all.filter((path) => !known.includes(path));
  return [
    ...grouped,
    ...(more.length > 0 ? [{ text: "More", items: more.map(item) }] : []),
    { text: "Reference", items: entries.map(([file, text]) => ({ text, link: `/api/${file}` })) },
  ];
}
