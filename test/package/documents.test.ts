import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { transformSync } from "esbuild";
import { describe, expect, inject, it } from "vitest";
import { commandsIn, hebbianWords, notPrinted, shownIn, shrunk } from "../support/commands.js";
import { type CodeBlock, codeBlocks } from "../support/documents.js";
import { packageNames } from "../support/packed.js";

/**
 * Every example in a document that can run is run, from the installed packages. Notes in comments before a block, which readers do
 * not see, say what it needs:
 *
 *     <!-- before: const picture = new Float32Array(1024); -->     code, or commands, that come before it
 *     <!-- shorter: i < 250; to i < 4; -->                         what is made small
 *     <!-- goes on -->                                             it goes on where the block before it ends
 *     <!-- text: my-notes.txt -->                                  a file of prose that the reader has
 *     <!-- not run: it needs CIFAR-10 -->                          why it is not run
 *
 * A block of code that begins with `// name.ts` is a module, which others of its page may import as "./name.js".
 */
const { folder, packed } = inject("installed");
const bin = join(folder, "node_modules/.bin");

interface Page {
  readonly name: string;
  readonly blocks: readonly CodeBlock[];
  /** Where its code runs. */
  readonly at: string;
}

const pages: readonly Page[] = packageNames.flatMap((name) =>
  packed[name].files
    .filter((file) => file.endsWith(".md"))
    .map((file) => ({
      name: `${name}/${file}`,
      blocks: codeBlocks(readFileSync(join(folder, "node_modules", name, file), "utf8")),
      at: join(folder, "pages", name, file.replace(/\W/g, "-")),
    })),
);

/** Pages of commands that are only checked for commands and flags that there are: running them takes days. */
const checkedOnly = /docs\/(reproduction|longer-runs|decisions\/.*)\.md$/;

const noteOf = ({ notes }: CodeBlock, name: string) => notes.find(([key]) => key === name)?.[1];
const isRun = (block: CodeBlock) => noteOf(block, "not run") === undefined;
const isScript = (block: CodeBlock) => /^(ts|js)$/.test(block.language) && isRun(block);
const isShell = (block: CodeBlock) => /^(sh|console)$/.test(block.language);

/** The files that a page's code becomes, by name; modules by the name that they say. */
function scriptsOf({ blocks }: Page): Map<string, string> {
  const files = new Map<string, string>();
  let before = "";
  for (const block of blocks.filter(isScript)) {
    let { code } = block;
    for (const [key, text] of block.notes) {
      if (key === "before") code = `${text}\n${code}`;
      if (key === "goes on") code = `${before}\n${code}`;
      if (key !== "shorter") continue;
      const [from, to] = text.split(" to ") as [string, string];
      expect(code, `what is to be shorter, line ${block.line}`).toContain(from);
      code = code.replaceAll(from, to);
    }
    before = code;
    const module = /^\/\/ ([\w-]+)\.[tj]s\n/.exec(block.code)?.[1];
    files.set(`${module ?? `block${block.line}`}.${block.language}`, `${code}\nexport {};\n`);
  }
  return files;
}

const withScripts = pages.filter((page) => page.blocks.some(isScript));

describe("the code in documents", () => {
  it("is found", () => {
    expect(withScripts.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["hebbian/README.md", "hebbian/docs/rules.md", "hebbian-lifetime/README.md"]),
    );
  });

  it("has the types of the installed packages", () => {
    const files: string[] = [];
    for (const page of withScripts) {
      mkdirSync(page.at, { recursive: true });
      for (const [name, code] of scriptsOf(page)) {
        if (!name.endsWith(".ts")) continue;
        writeFileSync(join(page.at, name), code);
        files.push(join(page.at, name));
      }
    }
    const options = { noEmit: true, strict: true, skipLibCheck: true, types: ["node"], target: "es2023" };
    const typeRoots = [join(import.meta.dirname, "../../node_modules/@types")];
    const config = join(folder, "tsconfig.pages.json");
    const compilerOptions = { ...options, typeRoots, module: "nodenext", lib: ["es2023", "dom"] };
    writeFileSync(config, JSON.stringify({ compilerOptions, files }));
    const tsc = join(import.meta.dirname, "../../node_modules/typescript/lib/tsc.js");
    expect(outputOf(process.execPath, [tsc, "-p", config], folder)).toBe("");
  });

  it.each(withScripts)("of $name runs", (page) => {
    const scripts = [...scriptsOf(page)].map(([name, code]) => {
      const script = name.replace(/ts$/, "js");
      mkdirSync(page.at, { recursive: true });
      writeFileSync(join(page.at, script), transformSync(code, { loader: "ts", target: "es2022" }).code);
      return script;
    });
    const all = scripts.map((script) => `await import("./${script}");`).join("\n");
    writeFileSync(join(page.at, "all.mjs"), all);
    expect(outputOf(process.execPath, ["all.mjs"], page.at)).toBe("");
  });
});

describe("the commands in documents", () => {
  const check = `import { Command } from "commander";
    const { action } = Command.prototype;
    Command.prototype.action = function () { return action.call(this, () => {}); };
    const { main } = await import("./node_modules/hebbian/dist/cli/program.js");
    const faults = [];
    for (const words of JSON.parse(process.argv[2])) {
      const said = [];
      const stream = { write: (text) => said.push(text), columns: 80 };
      const code = await main(words, { stdout: stream, stderr: stream, env: {} });
      if (code !== 0) faults.push(words.join(" ") + ": " + said.join(""));
    }
    console.log(JSON.stringify(faults));`;

  it("are ones that there are, with flags that there are", () => {
    const words = pages.flatMap(({ blocks }) =>
      blocks
        .filter(isShell)
        .flatMap(commandsIn)
        .flatMap((command) => {
          const words = hebbianWords(command);
          // A module must be there for its flags to be known: such commands are run, below.
          const needsModule = words?.some((word) => /\.[jt]s$/.test(word));
          return words && !needsModule ? [words.map((word) => word.replace(/[*]/g, "x"))] : [];
        }),
    );
    expect(words.length).toBeGreaterThan(40);
    writeFileSync(join(folder, "check.mjs"), check);
    const faults = execFileSync(process.execPath, ["check.mjs", JSON.stringify(words)], { cwd: folder });
    expect(JSON.parse(faults.toString())).toEqual([]);
  });

  it("of npm are scripts of package.json, or install packages of ours, or others at a version", () => {
    const { scripts } = JSON.parse(readFileSync(join(folder, "node_modules/hebbian/package.json"), "utf8"));
    for (const { name, blocks } of pages) {
      for (const command of blocks.filter(isShell).flatMap(commandsIn)) {
        for (const one of command.split("&&")) {
          const [npm, verb, ...rest] = one.trim().split(/\s+/);
          if (npm !== "npm") continue;
          const what = rest.filter((word) => !word.startsWith("-") && !/.@\d/.test(word));
          if (verb === "run") expect(Object.keys(scripts), `${name}: ${command}`).toContain(what[0]);
          if (verb === "install")
            expect(packageNames, `${name}: ${command}`).toEqual(expect.arrayContaining(what));
        }
      }
    }
  });

  it("are in blocks that say so, where a document has any", () => {
    for (const { name, blocks } of pages) {
      for (const { line, language, code } of blocks) {
        if (language !== "") continue;
        expect(code, `${name}, line ${line}: \`\`\`sh or \`\`\`console`).not.toMatch(
          /^(\$ |(npx )?hebbian \w+ |npm (run|install))/m,
        );
      }
    }
  });

  const withCommands = pages.filter(
    ({ name, blocks }) =>
      !checkedOnly.test(name) && blocks.some((block) => isShell(block) && runnable(block).length > 0),
  );
  it.each(withCommands)("of $name run, made small, and print what is shown of them", async (page) => {
    mkdirSync(page.at, { recursive: true });
    for (const block of page.blocks.filter(isShell)) {
      const text = noteOf(block, "text");
      if (text) copyFileSync(join(folder, "node_modules/hebbian/docs/cli.md"), join(page.at, text));
      for (const { words, shown } of runnable(block)) {
        const { code, said } = await ran(shrunk(words), page.at);
        const stopped = words[0] === "train" ? [0, 130] : [0];
        const where = `line ${block.line}: hebbian ${words.join(" ")}`;
        expect(stopped, `${where}: ${said.slice(-500)}`).toContain(code);
        expect(notPrinted(words, shown, said), where).toEqual([]);
      }
    }
  });
});

interface Runnable {
  readonly words: readonly string[];
  /** The lines of its output that the document has. */
  readonly shown: readonly string[];
}

/** What can be run here: not what needs a data set. */
function runnable(block: CodeBlock): Runnable[] {
  if (!isRun(block)) return [];
  const before = commandsIn({ ...block, language: "sh", code: noteOf(block, "before") ?? "" });
  const shown = [...before.map(() => []), ...shownIn(block)];
  return [...before, ...commandsIn(block)].flatMap((command, k) => {
    const words = hebbianWords(command);
    return words && words[0] !== "data" ? [{ words, shown: shown[k] ?? [] }] : [];
  });
}

/** Runs a command of hebbian; a training is stopped by Ctrl-C as soon as it has trained something. */
async function ran(words: readonly string[], at: string): Promise<{ code: number | null; said: string }> {
  // The shell would know which runs are meant.
  const known = words.flatMap((word) => (word.endsWith("*") ? matching(at, word.slice(0, -1)) : [word]));
  const child = spawn(join(bin, "hebbian"), known, { cwd: at, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += chunk;
  });
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const before = trainedIn(at);
  const watch = setInterval(() => {
    if (words[0] !== "train" || trainedIn(at) === before) return;
    child.kill("SIGINT");
    clearInterval(watch);
  }, 100);
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  clearInterval(watch);
  return { code, said };
}

const matching = (at: string, prefix: string): string[] =>
  readdirSync(join(at, dirname(prefix)))
    .map((entry) => join(dirname(prefix), entry))
    .filter((path) => path.startsWith(prefix));

/** Bytes of all runs' metrics in a folder. */
function trainedIn(at: string): number {
  return readdirSync(at, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("metrics.jsonl"))
    .reduce((sum, file) => sum + (statSync(join(at, file), { throwIfNoEntry: false })?.size ?? 0), 0);
}

/** What a program prints if it fails, and nothing if it does not. */
function outputOf(program: string, args: readonly string[], cwd: string): string {
  try {
    execFileSync(program, args, { cwd, stdio: "pipe", timeout: 100_000 });
    return "";
  } catch (error) {
    const { stdout, stderr } = error as { stdout: Buffer; stderr: Buffer };
    return `${stdout}${stderr}` || String(error);
  }
}
