import { describe, expect, test } from "vitest";
import { type Source, sourcesIn } from "./support/sources.js";

const declared =
  /^export (?:declare )?(?:async )?(?:abstract )?(?:type|interface|class|enum|function\*?|const|let) ([\w$]+)/gm;

/** One type's operations as expressions of a kernel's tree; always imported whole, so that the type is said: `i32.add`. */
const wholeOnly = ["bits", "f32", "f64", "i32", "vector"].map((type) => `src/devices/loops/${type}.ts`);

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

  test("operations whose names repeat from type to type are imported with their type", () => {
    for (const { path, text } of sources) {
      const bare = [...text.matchAll(/^import \{[^}]*\} from "([^"]+)"/gm)]
        .map(([, specifier]) => specifier!)
        .filter((specifier) =>
          /\/loops\/(bits|f32|f64|i32|vector)\.js$|^\.\/(bits|f32|f64|i32|vector)\.js$/.test(specifier),
        );
      expect(bare, path).toEqual([]);
    }
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
});
