import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const root = join(import.meta.dirname, "../..");

/** An import of a module, as it stands in the text. */
export interface Import {
  /** A file of the project, from its root and with the ending it has there; or null for a package. */
  readonly file: string | null;
  /** What the text says. */
  readonly specifier: string;
}

export interface Source {
  /** From the project's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

const importStatement = /^(?:import|export)\s+(?:[^"'`;]*?\sfrom\s+)?"([^"]+)"|\bimport\("([^"]+)"\)/gm;

/** The modules of a folder, without their tests. */
export function sourcesIn(folder: string): Source[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((file) => join(folder, file).replaceAll("\\", "/"))
    .filter((file) => /\.[jt]s$/.test(file) && !/\.test\.ts$/.test(file))
    .sort();
  const known = new Set(files);
  return files.map((path) => {
    const text = readFileSync(join(root, path), "utf8");
    return {
      path,
      text,
      imports: [...text.matchAll(importStatement)].map((match) => read(path, match, known)),
    };
  });
}

function read(path: string, match: RegExpMatchArray, known: ReadonlySet<string>): Import {
  const specifier = (match[1] ?? match[2])!;
  if (!specifier.startsWith(".")) return { file: null, specifier };
  const written = normalize(join(dirname(path), specifier)).replaceAll("\\", "/");
  const source = written.replace(/\.js$/, ".ts");
  return { file: known.has(source) ? source : written, specifier };
}

/** The first circle found in a graph: each node leads to the next, the last to the first; null if there is none. */
export function circle(edges: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (node: string): string[] | null => {
    const seen = path.indexOf(node);
    if (seen >= 0) return path.slice(seen);
    if (done.has(node)) return null;
    path.push(node);
    for (const next of edges.get(node) ?? []) {
      const found = visit(next);
      if (found) return found;
    }
    path.pop();
    done.add(node);
    return null;
  };
  for (const node of edges.keys()) {
    const found = visit(node);
    if (found) return found;
  }
  return null;
}
