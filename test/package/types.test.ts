import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, it } from "vitest";

const { folder } = inject("installed");
const compilers = ["typescript-5.4", "typescript-5.6", "typescript-5.9", "typescript"];

/** Everything that a strict project may ask of a library's declarations; none of them is skipped. */
const strict = {
  ...{ noEmit: true, strict: true, skipLibCheck: false, types: [], target: "es2022" },
  ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noImplicitOverride: true },
};

const { exports } = JSON.parse(readFileSync(join(folder, "node_modules/hebbian/package.json"), "utf8"));
const entries = Object.keys(exports)
  .filter((entry) => !entry.endsWith(".json"))
  .map((entry) => `hebbian${entry.slice(1)}`);

const user = `${[...entries, "hebbian-lifetime"].map((name, i) => `export * as entry${i} from "${name}";`).join("\n")}
import { init } from "hebbian";
import { experiments } from "hebbian/experiments";
import { loadModel } from "hebbian-lifetime";
import { run, z } from "hebbian/training";

// @ts-expect-error It is a number.
init({ threads: "two" });
// @ts-expect-error It is no source.
loadModel(5);
const schema = z.object({ bits: z.int().min(1), lr: z.number().positive().default(0.001) });
export const options: z.input<typeof schema> = { bits: 3 };
export const rate: number = schema.parse(options).lr;
export const list: readonly string[] = Object.keys(experiments);
export const begin = async (bytes: Uint8Array): Promise<Float32Array> => {
  const life = (await loadModel(bytes, { onProgress: ({ loaded }) => console.log(loaded) })).begin({ batch: 2 });
  return life.step(new Float32Array(3));
};
export { run };
`;

/** What only a program with the DOM's types can say. */
const page = `import { loadModel } from "hebbian-lifetime";
import { loadModel as load } from "hebbian/lifetime";
const { signal } = new AbortController();
for (const start of [loadModel, load]) {
  start(new URL("https://example.org/images.safetensors"), { signal });
  start(new File([], "images.safetensors"));
  start(new Blob([]));
}
`;

beforeAll(() => {
  // console is not part of the language.
  writeFileSync(
    join(folder, "user.ts"),
    `declare const console: { log(...what: unknown[]): void };\n${user}`,
  );
  writeFileSync(join(folder, "page.ts"), page);
});

/** What a compiler says of a file of the user's. */
function compile(compiler: string, file: string, lib: readonly string[], more: object): string {
  const config = join(folder, `tsconfig.${compiler}.${file}.json`);
  writeFileSync(config, JSON.stringify({ compilerOptions: { ...strict, ...more, lib }, files: [file] }));
  const tsc = createRequire(import.meta.url).resolve(`${compiler}/lib/tsc.js`);
  try {
    return execFileSync(process.execPath, [tsc, "-p", config], {
      cwd: folder,
      encoding: "utf8",
      stdio: "pipe",
    });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

describe("the types of everything that is exported", () => {
  it.each(compilers)(
    "compile in a strict project without the DOM's types and without Node's, with %s",
    (compiler) => {
      expect(compile(compiler, "user.ts", ["es2022"], { module: "nodenext" })).toBe("");
    },
  );

  it.each([compilers[0]!, compilers.at(-1)!])(
    "compile with the DOM's, for a bundler, with %s",
    (compiler) => {
      const bundled = { module: "esnext", moduleResolution: "bundler" };
      expect(compile(compiler, "page.ts", ["es2022", "dom"], bundled)).toBe("");
    },
  );
});
