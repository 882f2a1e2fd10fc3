import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandsIn, hebbianWords, shrunk } from "./support/commands.js";
import { anchorsIn, codeBlocks, deadLinks, linksIn } from "./support/documents.js";

const root = join(import.meta.dirname, "..");

describe("the documents of the repository", () => {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
  })
    .toString()
    .split("\0")
    .filter((file) => file !== "" && existsSync(join(root, file)));
  /** Files in it, and their folders: what a clone has. */
  const places = new Set(
    listed.flatMap((file) => file.split("/").map((_, k, all) => all.slice(0, k + 1).join("/"))),
  );
  // Those of site/ link to pages as the site has them, which its build checks.
  const documents = listed.filter((file) => file.endsWith(".md") && !file.startsWith("site/"));

  it("have no link that leads nowhere in a clone", () => {
    expect(documents.length).toBeGreaterThan(15);
    expect(
      deadLinks(
        documents,
        (path) => join(root, path),
        (path) => places.has(path),
      ),
    ).toEqual([]);
  });
});

describe("a document", () => {
  const text = [
    "# The title, with `code`",
    "## Damage",
    "## Damage",
    '[a link](other.md#damage) ![a picture](<p.png>) [web](https://example.org "there") `[no](link.md)`',
    "<!-- before: const x = 1;",
    "const y = 2; -->",
    "<!-- not run: it takes an hour -->",
    "",
    "```ts",
    "x + y; // [no](link.md)",
    "```",
    "prose",
    "```",
    "plain",
    "```",
  ].join("\n");

  it("has links and pictures where they are meant, and none in code", () => {
    expect(linksIn(text)).toEqual(["other.md#damage", "p.png", "https://example.org"]);
  });

  it("has an anchor for each heading, also for one of a name that there was before", () => {
    expect(anchorsIn(text)).toEqual(["the-title-with-code", "damage", "damage-1"]);
  });

  it("has blocks of code, with notes that belong to the block after them", () => {
    expect(codeBlocks(text)).toEqual([
      {
        line: 10,
        language: "ts",
        code: "x + y; // [no](link.md)",
        notes: [
          ["before", "const x = 1;\nconst y = 2;"],
          ["not run", "it takes an hour"],
        ],
      },
      { line: 14, language: "", code: "plain", notes: [] },
    ]);
  });
});

describe("the commands of a block", () => {
  const commands = (language: string, code: string) => commandsIn({ line: 1, language, code, notes: [] });

  it("are its lines without comments, or those after a prompt", () => {
    const code = "npx hebbian list      # the experiments\n\n# alone\nhebbian train patterns \\\n  --lr 1e-3";
    expect(commands("sh", code)).toEqual(["npx hebbian list", "hebbian train patterns --lr 1e-3"]);
    expect(commands("console", "$ hebbian list\npatterns\n$ ls")).toEqual(["hebbian list", "ls"]);
    expect(commands("", "hebbian list")).toEqual([]);
  });

  it("are hebbian's up to a pipe, and its words", () => {
    expect(hebbianWords("npx hebbian export runs/a 'my model.safetensors' | ssh elsewhere cat")).toEqual([
      ...["export", "runs/a", "my model.safetensors"],
    ]);
    expect(hebbianWords("npm test")).toBeNull();
  });

  it("are made small: invented pictures, few test episodes", () => {
    expect(shrunk(["train", "images", "--data", "cifar"])).toEqual([
      "train",
      "images",
      "--data",
      "procedural",
      "--checkpoint-every",
      "1",
    ]);
    expect(shrunk(["evaluate", "hebbian/omniglot", "--episodes", "500"])).toEqual([
      ...["evaluate", "hebbian/omniglot", "--episodes", "2", "--data", "synthetic"],
    ]);
  });
});
