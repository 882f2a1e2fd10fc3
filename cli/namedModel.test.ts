import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { namedModel } from "./namedModel.js";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "hebbian-named-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const models = join(folder, "with/node_modules/hebbian-models");
mkdirSync(models, { recursive: true });
for (const file of ["package.json", "images.safetensors", "maze-9.safetensors"]) {
  writeFileSync(join(models, file), "{}");
}
const without = join(folder, "without/any.js");
const beside = join(folder, "with/any.js");

describe("hebbian/NAME", () => {
  test("is a file of the package hebbian-models, wherever that is found first", () => {
    expect(namedModel("hebbian/images", [without, beside])).toBe(join(models, "images.safetensors"));
  });

  test("says how to install the package where there is none", () => {
    expect(() => namedModel("hebbian/images", [without])).toThrow(
      /not installed here; npm install hebbian-models$/,
    );
  });

  test("lists the networks where there is none of that name", () => {
    for (const name of ["pictures", "", "../images", "images.safetensors"]) {
      expect(() => namedModel(`hebbian/${name}`, [beside])).toThrow(
        `hebbian/${name}: hebbian-models has no such network; it has images, maze-9`,
      );
    }
  });
});

test("a path stays what it is, whether there is something or not", () => {
  for (const path of [
    "runs/maze-9-seed0",
    "images.safetensors",
    "./hebbian/images",
    join(folder, "hebbian/images"),
  ]) {
    expect(namedModel(path, [beside])).toBe(path);
  }
});
