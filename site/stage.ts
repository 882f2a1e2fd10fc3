import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { type Address, addressOf, otherPages } from "./addresses.js";
import { inPages, referenceUrl, titleOf, withReferenceLinks, withSiteLinks } from "./links.js";
import { modulesOf, withLiveRules } from "./live.js";
import { modules, pages, reference, root } from "./paths.js";

const read = (path: string): string => readFileSync(join(root, path), "utf8");
/** Writes only what is another text, so that a page under development is shown anew only where it changed. */
const write = (file: string, text: string): void => {
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};
const has = (path: string): boolean => existsSync(join(root, path));

/** Removes what earlier builds staged; the reference stays. */
export function clear(): void {
  for (const folder of [pages, modules]) rmSync(folder, { recursive: true, force: true });
}

/** Writes the site's pages from the repository's documents: prose, the programs that it links to, the reference. */
export function stage(): void {
  const linked = new Map<string, Address>();
  const prose = new Set(documents());
  // Grows while it is walked: what a page links to is a page too.
  for (const path of prose) {
    const text = path === "docs/rules.md" ? withLiveRules(read(path)) : read(path);
    write(
      inPages(pages, addressOf(path).url),
      withSiteLinks(text, path, (file, address) => {
        linked.set(file, address);
        if (file.endsWith(".md")) prose.add(file);
      }),
    );
  }
  write(inPages(pages, "/decisions/"), decisions());
  for (const [file, address] of linked) {
    if (address.kind === "source") stageSource(file);
    if (address.kind === "file") copy(file, address);
  }
  stageReference();
  for (const [name, code] of modulesOf(read("docs/rules.md"))) write(join(modules, name), code);
  write(inPages(pages, "/"), read("site/home.md"));
}

/** The documents that become pages, from the repository's root. */
export function documents(): string[] {
  const inDocs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .map((file) => `docs/${file.replaceAll("\\", "/")}`)
    .filter((file) => file.endsWith(".md"))
    .sort();
  return [...inDocs, ...Object.keys(otherPages).filter(has)];
}

export const decisionPages = (): string[] => documents().filter((path) => path.startsWith("docs/decisions/"));

export const pageTitle = (path: string): string => titleOf(read(path));

const decisions = (): string =>
  [
    "# Decisions\n\nWhy things are as they are, and what was tried in vain.\n",
    ...decisionPages().map((path) => `- [${pageTitle(path)}](${addressOf(path).url})`),
    "",
  ].join("\n");

/** A program's text is there for links to lead to: neither searched, outlined nor coloured, which would take as long as all else. */
const quiet = "---\nsearch: false\noutline: false\npageClass: source\n---\n\n";

function stageSource(path: string): void {
  const { url } = addressOf(path);
  const title = `# ${path}\n\n`;
  if (statSync(join(root, path)).isDirectory()) {
    const items = readdirSync(join(root, path), { withFileTypes: true })
      .map((entry) => `- ${entry.name}${entry.isDirectory() ? "/" : ""}`)
      .sort();
    write(inPages(pages, url), `${quiet}${title}${items.join("\n")}\n`);
    return;
  }
  const text = read(path);
  const fence = text.includes("```") ? "````" : "```";
  write(inPages(pages, url), `${quiet}${title}${fence}txt\n${text.trimEnd()}\n${fence}\n`);
}

function copy(path: string, { url }: Address): void {
  const file = join(pages, "public", url);
  mkdirSync(dirname(file), { recursive: true });
  cpSync(join(root, path), file);
}

/** What is said above the reference of each entry; `index` is the package's own name. */
export const entries = [
  ["index", "hebbian", "devices, the tape, layers"],
  ["rules", "hebbian/rules", "rules of the literature, and your own"],
  ["formulas", "hebbian/formulas", "equations as values: parse, derive, print"],
  ["tasks", "hebbian/tasks", "episodes to learn from"],
  ["training", "hebbian/training", "optimizers, runs, checkpoints"],
  ["experiments", "hebbian/experiments", "the experiments of the command line"],
  ["lifetime", "hebbian/lifetime", "trained networks that go on learning"],
  ["lifetime/compile", "hebbian/lifetime/compile", "a model's code, written ahead"],
  ["tasks/characters/strokes", "hebbian/strokes", "drawings as the networks know them"],
  ["figures", "hebbian/figures", "learning curves, matrices and galleries"],
] as const;

function stageReference(): void {
  const files = readdirSync(reference, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".md") && file !== "README.md");
  for (const file of files) {
    const url = referenceUrl(file);
    const entry = entries.find(([name]) => url === `/api/${name}`);
    const heading = entry
      ? `# ${entry[1]}\n\n${entry[2][0]!.toUpperCase()}${entry[2].slice(1)}.`
      : `# ${url.replace("/api/", "hebbian/").replace("-", ", ")}`;
    const text = withReferenceLinks(readFileSync(join(reference, file), "utf8"), file);
    write(inPages(pages, url), `---\noutline: [2, 3]\npageClass: reference\n---\n\n${heading}\n\n${text}`);
  }
  for (const [name, module] of entries) {
    if (!existsSync(inPages(pages, `/api/${name}`))) throw new Error(`typedoc wrote nothing for ${module}`);
  }
}
