import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { encode } from "fast-png";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { random } from "../src/tasks/index.js";
import { DataError } from "./dataFolders.js";
import { experimentNamed } from "./experimentNamed.js";
import { provenance } from "./provenance.js";
import { RunFolder } from "./runFolder.js";
import { readTrained } from "./trained.js";
import { picturesToTest } from "./trainedPictures.js";
import { freshPlan, resumedPlan } from "./trainingPlan.js";

const images = experimentNamed("images");
let home: string;
let pics: string;
let run: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "hebbian-pinned-"));
  [pics, run] = [join(home, "pics"), join(home, "run")];
  mkdirSync(pics);
  for (let i = 0; i < 30; i++) addPng(i);
});
afterEach(() => rmSync(home, { recursive: true }));

function addPng(i: number): void {
  const rng = random(1, "png", i);
  const data = Uint8Array.from({ length: 1024 }, () => rng.integer(256));
  writeFileSync(join(pics, `${i}.png`), encode({ width: 32, height: 32, data, channels: 1 }));
}

/** The config of a run with these pictures, in its folder. */
async function begun(data: string) {
  const plan = await freshPlan({ experiment: images, module: null }, { out: run, data });
  const config = { ...plan.config, device: "reference", threads: 1 } as const;
  mkdirSync(run, { recursive: true });
  plan.folder.writeConfig(config);
  return { plan, config };
}

const writtenConfig = () => JSON.parse(readFileSync(new RunFolder(run).file.config, "utf8"));
const rewrite = (change: object) =>
  writeFileSync(new RunFolder(run).file.config, JSON.stringify({ ...writtenConfig(), ...change }));

describe("a run on a folder of pictures", () => {
  test("keeps the folder's whole path and the pictures' fingerprint, and goes on with the same ones", async () => {
    const { plan } = await begun(relative(process.cwd(), pics));
    expect(plan.config.data).toBe(pics);
    expect(plan.config.dataFingerprint).toBe(plan.images!.fingerprint);
    const resumed = await resumedPlan(run, null, { data: relative(process.cwd(), pics) });
    expect(resumed.images!.fingerprint).toBe(plan.images!.fingerprint);
    await expect(resumedPlan(run, null, { data: home })).rejects.toThrow(`has --data ${pics}, got ${home}`);
  });

  test("does not go on with others, and says which it had", async () => {
    const { config } = await begun(pics);
    const was = config.dataFingerprint!.slice(0, 12);
    addPng(30);
    await expect(resumedPlan(run, null, {})).rejects.toThrow(DataError);
    await expect(resumedPlan(run, null, {})).rejects.toThrow(
      new RegExp(
        `pics: holds other pictures \\(fingerprint [0-9a-f]{12}\\) than the run in .+run was trained with: ` +
          `that had those of fingerprint ${was}; put the same ones back, or start a new run with --out$`,
      ),
    );
    rmSync(join(pics, "30.png"));
    expect((await resumedPlan(run, null, {})).config.dataFingerprint).toBe(config.dataFingerprint);
  });

  test("of before pictures were pinned is not trusted, unless its source is the same everywhere", async () => {
    await begun(pics);
    rewrite({ dataFingerprint: undefined });
    await expect(resumedPlan(run, null, {})).rejects.toThrow("it is not known which pictures that had");
    rewrite({ data: "procedural", dataFingerprint: undefined });
    expect((await resumedPlan(run, null, {})).config.dataFingerprint).toMatch(/^[0-9a-f]{64}$/);
  });

  test("pins invented pictures too", async () => {
    await begun("procedural");
    expect(writtenConfig().data).toBe("procedural");
    rewrite({ dataFingerprint: "0".repeat(64) });
    await expect(resumedPlan(run, null, {})).rejects.toThrow("procedural: holds other pictures");
  });
});

describe("picturesToTest", () => {
  const notes: string[] = [];
  const choose = (asked: string | undefined, trained: Parameters<typeof picturesToTest>[2]) => {
    notes.length = 0;
    return picturesToTest(images, asked, trained, "some.safetensors", (text) => notes.push(text));
  };

  test("are those of training while they are the same; others only where they are asked for, which is noted", async () => {
    const { images: read } = await freshPlan({ experiment: images, module: null }, { data: pics });
    const { fingerprint } = read!;
    const trained = { source: pics, folder: null, fingerprint };
    expect(choose(undefined, trained)!.fingerprint).toBe(fingerprint);
    expect(choose(pics, trained)!.fingerprint).toBe(fingerprint);
    expect(notes).toEqual([]);
    addPng(30);
    expect(() => choose(undefined, trained)).toThrow(DataError);
    expect(() => choose(undefined, trained)).toThrow("or say with --data that these are meant");
    expect(choose(pics, trained)!.fingerprint).not.toBe(fingerprint);
    expect(notes).toEqual([expect.stringContaining("holds other pictures than those of training")]);
    expect(notes[0]).toContain(fingerprint.slice(0, 12));
  });

  test("a model has the name of the folder and the fingerprint, no path, and must be told where it lies", async () => {
    const { config, plan } = await begun(pics);
    const { fingerprint } = plan.images!;
    const model = provenance(images, config, {} as never, {});
    expect(model).toMatchObject({ dataFolder: "pics", dataFingerprint: fingerprint });
    expect(JSON.stringify(model)).not.toContain(home);
    const trained = { source: null, folder: "pics", fingerprint };
    expect(() => choose(undefined, trained)).toThrow(
      `was trained with pictures of a folder called "pics" (fingerprint ${fingerprint.slice(0, 12)})`,
    );
    const moved = join(home, "elsewhere");
    cpSync(pics, moved, { recursive: true });
    expect(choose(moved, trained)!.fingerprint).toBe(fingerprint);
    expect(notes).toEqual([]);
    choose("procedural", trained);
    expect(notes).toEqual([expect.stringMatching(/^procedural .+ than those of training \(pics, /)]);
  });

  test("a model of before says where its pictures came from, and that is believed", async () => {
    const path = join(import.meta.dirname, "../models/omniglot.safetensors");
    const { pictures } = readTrained(path, { stderr: { write: () => {} } });
    expect(pictures).toEqual({ source: "omniglot", folder: null, fingerprint: null });
    expect(choose(undefined, { ...pictures, source: "procedural" })).not.toBeNull();
  });
});
