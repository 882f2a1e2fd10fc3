import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ReferenceDevice } from "../src/devices/reference/index.js";
import { createWasmDevice } from "../src/devices/wasm/index.js";
import { type FunctionName, functionDocs, type Signature, signatures } from "../src/formulas/index.js";
import { defineRule, nonplastic, type Rule } from "../src/rules/index.js";
import { gradientErrors } from "./finiteDifferences.js";
import { expectGraphParity } from "./parity.js";
import { moves, type PlasticEpisode, plasticEpisode, seeds } from "./plasticEpisode.js";
import { runs } from "./support/runs.js";

/** docs/rules.md promises code that works: its modules are taken out of the page and used here. */
const root = join(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs/rules.md"), "utf8");
/** Code blocks that begin with the name of a file, by that name. */
const modules = new Map(
  [...page.matchAll(/```ts\n(\/\/ (\w+\.ts)\n[\s\S]*?)```/g)].map((m) => [m[2]!, m[1]!]),
);

const folder = mkdtempSync(join(tmpdir(), "hebbian-rules-page-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the page's module exports, with the package's name replaced by the sources. */
async function load<T>(file: string): Promise<T> {
  for (const [name, code] of modules) {
    const fromSources = code.replace(
      /from "hebbian(\/\w+)?"/g,
      (_, part = "") => `from ${JSON.stringify(join(root, `src${part}/index.ts`))}`,
    );
    writeFileSync(join(folder, name), fromSources.replace(/from "(\.\/\w+)\.js"/g, 'from "$1.ts"'));
  }
  return import(/* @vite-ignore */ join(folder, file)) as Promise<T>;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("the rules on docs/rules.md", { timeout: 60_000 }, () => {
  let rules: Rule[];
  let outstar: Rule;
  beforeAll(async () => {
    ({ outstar } = await load<{ outstar: Rule }>("outstar.ts"));
    const { homogeneous } = await load<{ homogeneous: Rule }>("shared.ts");
    const { modulated } = await load<{ modulated: Rule }>("modulated.ts");
    const { gatedMemory } = await load<{ gatedMemory: Rule }>("gatedMemory.ts");
    const { sliding } = await load<{ sliding: Rule }>("sliding.ts");
    rules = [outstar, homogeneous, modulated, gatedMemory, sliding];
  });

  const episodes = (rule: Rule, size: number): fc.Arbitrary<PlasticEpisode> => {
    const extent = fc.integer({ min: 1, max: size });
    return fc
      .record({
        batch: fc.integer({ min: 1, max: 2 }),
        pre: extent,
        post: extent,
        moves: moves(6),
        seed: seeds,
      })
      .map((episode) => ({ ...episode, rule, announced: true }));
  };

  it("is a file of under 25 lines", () => {
    expect(modules.get("outstar.ts")!.split("\n").length).toBeLessThan(25);
  });

  it("have the gradients of finite differences", () => {
    const device = new ReferenceDevice();
    for (const rule of rules) {
      const property = fc.property(episodes(rule, 3), (episode) => {
        for (const [key, error] of Object.entries(gradientErrors(device, plasticEpisode(episode)))) {
          expect(error, `${rule.name}: gradient of ${key}`).toBeLessThan(1e-6);
        }
      });
      fc.assert(property, { seed: 1, numRuns: runs(12) });
    }
  });

  it("come out of the engine as they come out of the reference device", async () => {
    const [wasm, reference] = [await createWasmDevice({ threads: 1 }), new ReferenceDevice()];
    for (const rule of rules) {
      const property = fc.property(episodes(rule, 20), (episode) =>
        expectGraphParity(reference, wasm, plasticEpisode(episode)),
      );
      fc.assert(property, { seed: 1, numRuns: runs(30) });
    }
    await wasm.dispose();
  });

  it("pass the page's own check of gradients", async () => {
    const { gradientErrors } = await load<{ gradientErrors(rule: Rule): Promise<Record<string, number>> }>(
      "gradientErrors.ts",
    );
    const errors = await gradientErrors(outstar);
    expect(Object.keys(errors)).toEqual(["recurrent.w", "recurrent.alpha", "recurrent.eta"]);
    for (const error of Object.values(errors)) expect(error).toBeLessThan(1e-6);
  });

  it("learn the page's task, which a network without plasticity does not", async () => {
    const { train } = await load<{ train(rule: Rule, episodes: number): Promise<number[]> }>("train.ts");
    const plastic = await train(outstar, 400);
    const plain = await train(nonplastic, 400);
    expect(mean(plastic.slice(0, 20))).toBeGreaterThan(5);
    expect(mean(plastic.slice(350))).toBeLessThan(3);
    expect(mean(plain.slice(350))).toBeGreaterThan(5);
  });
});

describe("docs/rules.md", () => {
  it("shows an error as it is", () => {
    const definition = {
      name: "outstar",
      traces: { H: 0 },
      params: { eta: { per: "layer", init: 0.1 } },
    } as const;
    const update = { H: "H + etta * pre * (post - pre * H)" };
    let message = "";
    try {
      defineRule({ ...definition, weight: "w + alpha * H", update });
    } catch (error) {
      message = (error as Error).message;
    }
    expect(page).toContain(`\`\`\`\n${message}\n\`\`\``);
  });

  it("has the table of functions of src/formulas/signatures.ts", () => {
    const rows = Object.entries(signatures).map(([name, entry]) => {
      const { doc, domain = "" } = functionDocs[name as FunctionName];
      return `| \`${written(name, entry)}\` | ${doc} | ${domain} |`;
    });
    expect(page).toContain(["| written | value | defined for |", "|---|---|---|", ...rows].join("\n"));
  });
});

function written(name: string, { args, operator }: Signature): string {
  if (operator === undefined) return `${name}(${args.join(", ")})`;
  return args.length === 1 ? `${operator}${args[0]}` : args.join(` ${operator} `);
}
