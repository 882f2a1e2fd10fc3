import { join } from "node:path";
import { expect, inject, it } from "vitest";
import { deadLinks } from "../support/documents.js";
import { packageNames } from "../support/packed.js";

const { folder, packed } = inject("installed");

it.each(packageNames)("the documents of %s have no link that leads nowhere where it is installed", (name) => {
  const { files } = packed[name];
  const places = new Set(
    files.flatMap((file) => file.split("/").map((_, k, all) => all.slice(0, k + 1).join("/"))),
  );
  const documents = files.filter((file) => file.endsWith(".md"));
  expect(documents.length).toBeGreaterThan(0);
  const at = (path: string) => join(folder, "node_modules", name, path);
  expect(deadLinks(documents, at, (path) => places.has(path))).toEqual([]);
});
