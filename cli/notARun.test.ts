import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { call } from "../test/support/terminal.js";

const folder = mkdtempSync(join(tmpdir(), "hebbian-no-run-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...names: string[]) => join(folder, ...names);
for (const name of ["some/a run", "some/b", "swept/runs/c"]) {
  mkdirSync(at(name, "figures"), { recursive: true });
  writeFileSync(at(name, "config.json"), "{}");
}
mkdirSync(at("empty"));
writeFileSync(at("table.csv"), "1\n");

const commands: readonly (readonly [string, (path: string) => string[]])[] = [
  ["inspect", (path) => ["inspect", path]],
  ["evaluate", (path) => ["evaluate", path]],
  ["watch", (path) => ["watch", path]],
  ["compare", (path) => ["compare", path]],
  ["export", (path) => ["export", path, at("x.safetensors")]],
  ["compile", (path) => ["compile", path, "--out", at("x.wasm")]],
  ["train --resume", (path) => ["train", "--resume", path]],
];

test.each(commands)(
  "%s says what a folder is that is no run, and which was probably meant",
  async (_, argv) => {
    const said = async (...names: string[]) => {
      const { code, err } = await call(argv(at(...names)));
      expect([code, err]).toEqual([5, expect.stringMatching(/^error: [^\n]+\n$/)]);
      return err;
    };
    expect(await said("some")).toContain(
      `${at("some")} is no run folder: it has no config.json, but holds 2 runs; pass one of them, such as '${at("some/a run")}'`,
    );
    expect(await said("swept")).toContain(`but holds 1 run; pass one of them, such as ${at("swept/runs/c")}`);
    expect(await said("some/b/figures")).toContain(
      `it has no config.json; pass the folder that it is in: ${at("some/b")}`,
    );
    expect(await said("empty")).toContain("it has no config.json; pass the folder that train wrote");
  },
);

test("what only runs can do is refused for a file, for nothing, and for a network without its run", async () => {
  for (const argv of [["compare"], ["train", "--resume"]]) {
    const said = async (path: string) => (await call([...argv, path])).err;
    expect(await said(at("table.csv"))).toContain("table.csv is no run folder but a file; pass the folder");
    expect(await said(at("none"))).toContain("none is no run folder: nothing has that name; pass the folder");
    expect(await said("hebbian/maze-9")).toContain(
      "hebbian/maze-9 is no run folder: the networks of hebbian-models come without their runs; hebbian evaluate hebbian/maze-9",
    );
  }
});
