import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build as viteBuild } from "vite";
import { describe, expect, inject, it } from "vitest";
import { startChromium, visit } from "../browser/chromium.js";
import { serve } from "../browser/serve.js";
import { installedRuntime, type Runtime } from "../support/runtimes.js";
import { warningsAsErrors } from "../support/viteWarnings.js";

/** What somebody does who has installed the packages: a task of their own, from the idea to a product. */
const { folder } = inject("installed");
const at = (...names: string[]) => join(folder, "journey", ...names);
mkdirSync(at("page"), { recursive: true });

/** Which of three signals came first? It is asked four steps later. */
const experiment = `import { classCrossEntropy, sequenceExperiment } from "hebbian/experiments";

export default sequenceExperiment({
  name: "first-signal",
  title: "Which of three signals came first?",
  episodes: 3200,
  testEpisodes: 64,
  usual: { neurons: 12, batch: 16, lr: 0.02 },
  loss: classCrossEntropy,
  task: () => ({
    steps: 6,
    inputs: 3,
    outputs: 3,
    asked: [5],
    episode(random) {
      const inputs = new Float32Array(6 * 3);
      const first = random.integer(3);
      inputs[first] = 1;
      for (let t = 1; t < 5; t++) inputs[3 * t + random.integer(3)] += 0.5;
      return { inputs, targets: [first] };
    },
  }),
});
`;

/** A product's code, the same for every runtime. */
const answers = `import { loadModel } from "hebbian-lifetime";

export async function answersOf(model) {
  const loaded = await loadModel(model);
  const { size } = loaded.inputs[0];
  const life = loaded.begin();
  const answers = [];
  for (let t = 0; t < 40; t++) {
    answers.push(...life.step(Float32Array.from({ length: size }, (_, i) => Math.sin(t + i))));
  }
  return answers;
}
`;
const script = `import { answersOf } from "./answers.js";
console.log(JSON.stringify(await answersOf("mine.safetensors")));
`;
const page = `import address from "../mine.safetensors?url";
import { answersOf } from "../answers.js";
globalThis.answers = answersOf(address);
`;

const bin = join(folder, "node_modules/.bin/hebbian");
const hebbian = (...args: string[]) =>
  execFileSync(bin, args, { cwd: at(), encoding: "utf8", stdio: "pipe" });
const train = (seed: number) => ["train", "./firstSignal.js", "--seed", String(seed), "--threads", "1"];
const metrics = (run: string) => readFileSync(at("runs", run, "metrics.jsonl"), "utf8");

describe("an experiment of one's own, from the installed packages", () => {
  it("is trained in twenty-odd lines, killed, and goes on as if it had not been", async () => {
    writeFileSync(at("firstSignal.js"), experiment);
    expect(experiment.split("\n").length).toBeLessThan(30);
    hebbian(...train(0), "--out", "runs/whole");
    const child = spawn(bin, [...train(0), "--out", "runs/killed", "--checkpoint-every", "16"], {
      cwd: at(),
      stdio: "ignore",
    });
    const gone = new Promise<NodeJS.Signals | null>((resolve) =>
      child.on("exit", (_, signal) => resolve(signal)),
    );
    const checkpoint = at("runs/killed/checkpoint.safetensors");
    const watch = setInterval(() => {
      if (existsSync(checkpoint)) child.kill("SIGKILL");
    }, 5);
    const signal = await gone;
    clearInterval(watch);
    expect(signal).toBe("SIGKILL");
    expect(existsSync(at("runs/killed/result.json"))).toBe(false);
    hebbian("train", "--resume", "runs/killed");
    expect(metrics("killed")).toBe(metrics("whole"));
  });

  it("is compared over three seeds", () => {
    for (const seed of [1, 2]) hebbian(...train(seed), "--out", `runs/seed${seed}`);
    const said = hebbian("compare", "runs/killed", "runs/seed1", "runs/seed2", "--out", "comparison");
    expect(said).toContain("first-signal");
    const { conditions } = JSON.parse(readFileSync(at("comparison/comparison.json"), "utf8"));
    expect(conditions).toHaveLength(1);
    const errors = conditions[0].runs.map((run: { evaluation: { error: number } }) => run.evaluation.error);
    expect(errors).toHaveLength(3);
    // Guessing is wrong in two of three cases.
    for (const error of errors) expect(error).toBeLessThan(0.1);
    expect(existsSync(at("comparison/comparison.svg"))).toBe(true);
  });

  it("is exported", () => {
    hebbian("export", "runs/killed", "mine.safetensors");
    expect(hebbian("inspect", "mine.safetensors")).toContain("first-signal");
    writeFileSync(at("answers.js"), answers);
    writeFileSync(at("live.js"), script);
  });
});

describe("the network lives", () => {
  const inNode = () => execFileSync(process.execPath, ["live.js"], { cwd: at(), encoding: "utf8" });

  it("in Node, and learns as it lives", () => {
    const all = JSON.parse(inNode()) as number[];
    expect(all.length).toBeGreaterThan(100);
    expect(all.every(Number.isFinite)).toBe(true);
  });

  it.for<Runtime>(["bun", "deno"])("in %s, with the same bits", (name, { skip }) => {
    const runtime = installedRuntime(name);
    if (typeof runtime === "string") return skip(runtime);
    expect(runtime.run(at(), "live.js")).toBe(inNode());
  });

  it("in a page that Vite has built, with the same bits", async () => {
    writeFileSync(at("page/index.html"), '<!doctype html><script type="module" src="./page.js"></script>\n');
    writeFileSync(at("page/page.js"), page);
    await viteBuild({ root: at("page"), configFile: false, customLogger: warningsAsErrors() });
    const browser = await startChromium();
    const server = await serve(at("page/dist"), false);
    try {
      expect(await visit<number[]>(browser.chromium, server.url, "answers")).toEqual(JSON.parse(inNode()));
      expect(browser.strayRequests).toEqual([]);
    } finally {
      server.stop();
      await browser.stop();
    }
  });
});
