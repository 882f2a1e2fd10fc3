import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, expect, test } from "vitest";
import { type Source, sourcesIn } from "./support/sources.js";

const declared =
  /^export (?:declare )?(?:async )?(?:abstract )?(?:type|interface|class|enum|function\*?|const|let) ([\w$]+)/gm;

/**
 * Vocabularies whose words mean something with their prefix only, so that they are always imported whole: `i32.add`, the
 * operations of each type in a kernel's tree, and `z.number`, the schemas.
 */
const wholeOnly = [
  ...["bits", "f32", "f64", "i32", "vector"].map((type) => `src/devices/loops/${type}.ts`),
  "src/schema/index.ts",
];

/** Names that several files declare for export, with the files. */
function twice(sources: readonly Pick<Source, "path" | "text">[]): string[] {
  const files = new Map<string, Set<string>>();
  for (const { path, text } of sources) {
    for (const [, name] of text.matchAll(declared)) {
      files.set(name!, (files.get(name!) ?? new Set()).add(path));
    }
  }
  return [...files]
    .filter(([, paths]) => paths.size > 1)
    .map(([name, paths]) => `${name}: ${[...paths].join(", ")}`);
}

describe("names", () => {
  const sources = sourcesIn("src");

  test("no two files of src/ export different things by one name", () => {
    const compared = sources.filter(({ path }) => !wholeOnly.includes(path));
    expect(twice(compared)).toEqual([]);
  });

  test("words that mean something with their prefix only are imported with it", () => {
    let whole = 0;
    for (const { path, text } of sources) {
      for (const [, how, specifier] of text.matchAll(
        /^import (?:type )?(\{[^}]*\}|\* as \w+) from "([^"]+)"/gm,
      )) {
        const file = posix.join(posix.dirname(path), specifier!).replace(/\.js$/, ".ts");
        if (!wholeOnly.includes(file)) continue;
        expect(how, `${path} imports ${specifier}`).toMatch(/^\* as /);
        whole++;
      }
    }
    expect(whole).toBeGreaterThan(20);
  });

  test("a name is found twice whatever it declares", () => {
    const a = {
      path: "a.ts",
      text: "export interface One {}\nexport const two = 2;\nexport type Three = 3;\n",
    };
    const b = {
      path: "b.ts",
      text: "export class One {}\nexport async function two() {}\n  export type Three = 3;\n",
    };
    expect(twice([a, b])).toEqual(["One: a.ts, b.ts", "two: a.ts, b.ts"]);
    expect(
      twice([
        a,
        {
          path: "index.ts",
          text: 'export { One, two } from "./a.js";\nexport type { Three } from "./a.js";',
        },
      ]),
    ).toEqual([]);
  });

  test("what the glossary names from the code is there", () => {
    const glossary = readFileSync(join(import.meta.dirname, "../docs/glossary.md"), "utf8");
    const rows = [...glossary.matchAll(/^\|.*\|.*\|([^|]*)\|$/gm)].map(([, code]) => code!);
    const named = rows.flatMap((code) => [...code.matchAll(/`(\w+)`/g)].map(([, name]) => name!));
    const exported = new Set(
      sources.flatMap(({ text }) => [...text.matchAll(declared)].map(([, name]) => name)),
    );
    expect(named.length).toBeGreaterThan(25);
    expect(named.filter((name) => !exported.has(name))).toEqual([]);
  });

  test("no line of a docstring begins like the definition of a link, which the API reference would leave out", () => {
    for (const { path, text } of sources)
      expect(/^\s*(?:\/\*\*|\*) \[[^\]\n]*\]: .*/m.exec(text)?.[0], path).toBeUndefined();
  });
});
