import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";

const { folder: user } = inject("installed");
const folder = join(user, "new-project");
mkdirSync(folder);
const project = join(folder, "mine");

/** Runs the installed command line in a folder. */
const hebbian = (cwd: string, ...argv: string[]) => {
  const main = join(user, "node_modules/hebbian/dist/cli/main.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...argv], {
    cwd,
    encoding: "utf8",
  });
  return { code: status, out: stdout, err: stderr };
};

describe("a project that hebbian new writes, from the package", () => {
  it("is written once", () => {
    expect(hebbian(folder, "new", "mine")).toMatchObject({ code: 0, err: "" });
    expect(hebbian(folder, "new", "mine")).toMatchObject({ code: 5 });
  });

  it("passes its own test", () => {
    // npm finds the package in the folder above, as Node does.
    const said = execFileSync("npm", ["test"], {
      cwd: project,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    expect(said).toMatch(/pass 2\n/);
  });

  it("trains its experiment, with its rule, by its commands, and leaves figures", () => {
    const flags = ["--", "--episodes", "120", "--neurons", "10", "--seed", "3"];
    execFileSync("npm", ["run", "train:rule", ...flags], { cwd: project, stdio: ["ignore", "pipe", "pipe"] });
    const run = join(project, "runs/bandit-seed3");
    expect(existsSync(join(run, "figures/learning-curve.png"))).toBe(true);
    const { modules, options } = JSON.parse(readFileSync(join(run, "config.json"), "utf8"));
    expect(modules).toMatchObject({
      experiment: { path: "../../bandit.js" },
      rule: { path: "../../outstar.js" },
    });
    expect(options.rule.name).toBe("outstar");
    const again = hebbian(project, "evaluate", "runs/bandit-seed3", "--episodes", "20", "--json");
    expect(again).toMatchObject({ code: 0, err: "" });
    expect(JSON.parse(again.out)).toMatchObject({ experiment: "bandit", episodes: 20 });
  });

  it("goes on with a run whose module has changed only if it is told to, with the module as it is then", () => {
    const rule = join(project, "outstar.js");
    const text = readFileSync(rule, "utf8");
    writeFileSync(rule, text.replace("init: 0.1", "init: 0.3"));
    const resume = ["train", "--resume", "runs/bandit-seed3", "--episodes", "180", "--no-figures"];
    const refused = hebbian(project, ...resume);
    expect(refused).toMatchObject({ code: 7, err: expect.stringContaining("outstar.js") });
    expect(hebbian(project, ...resume, "--allow-changed-module")).toMatchObject({ code: 0, err: "" });
    const { options, moduleChanges } = JSON.parse(
      readFileSync(join(project, "runs/bandit-seed3/config.json"), "utf8"),
    );
    expect(options.rule.params.eta.init).toBe(0.3);
    expect(moduleChanges).toEqual([{ episode: 120, module: "rule", files: ["outstar.js"] }]);
    expect(hebbian(project, ...resume)).toMatchObject({ code: 0, err: "" });
  });
});

describe("a module that Node cannot read", () => {
  it.each([
    [
      "a syntax error",
      { "broken.js": "const a = 1;\nconst b = = 2;\nexport default a;\n" },
      /^error: broken\.js:2: syntax error: /,
    ],
    [
      "a syntax error in what it imports",
      { "outer.js": 'import "./inner.js";\nexport default 1;\n', "inner.js": "\n\nlet x = ;\n" },
      /^error: inner\.js:3: syntax error: /,
    ],
    [
      "an import of a name that is not exported",
      {
        "names.js": 'import { nothing } from "./some.js";\nexport default nothing;\n',
        "some.js": "export const some = 1;\n",
      },
      /^error: names\.js:1: syntax error: .*nothing/,
    ],
    [
      "an import of a file that is not there",
      { "gone.js": 'import "./nowhere.js";\n' },
      /^error: gone\.js: Cannot find module .*nowhere\.js/,
    ],
    [
      "an import of a package that is not there",
      { "far.js": 'import "no-such-package-here";\n' },
      /npm install no-such-package-here\n$/,
    ],
  ])("%s is said with file and line, in one line", (_, files, message) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const { code, err } = hebbian(folder, "train", `./${Object.keys(files)[0]}`);
    expect(err).toMatch(message);
    expect(err.split("\n")).toHaveLength(2);
    expect(code).toBe(7);
  });
});
