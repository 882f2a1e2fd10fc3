import { existsSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { bandit, echo, moduleFolder, outstar, pays } from "../support/ownModules.js";
import { call } from "../support/terminal.js";

const own = moduleFolder();
afterAll(own.remove);
const banditPath = own.write("bandit.js", bandit);
own.write("pays.js", pays);
const echoPath = own.write("echo.js", echo);
const rulePath = own.write("outstar.js", outstar);

const FAST = ["--device", "reference"];
const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const config = (run: string) => json(join(run, "config.json"));
const metrics = (run: string) => readFileSync(join(run, "metrics.jsonl"), "utf8");

/** Trains a module's experiment to the end; returns the run's folder. */
async function trained(name: string, module: string, ...flags: string[]): Promise<string> {
  const out = own.at(name);
  expect(await call(["train", module, ...FAST, "--out", out, ...flags])).toMatchObject({ code: 0, err: "" });
  return out;
}

describe("an experiment of one's own", () => {
  it("has flags and help of its own schema", async () => {
    const help = await call(["train", banditPath, "--help"], { columns: 100 });
    expect(help.code).toBe(0);
    expect(help.out).toContain("Which lever pays?");
    expect(help.out).toMatch(/--levers <number>\s+levers to choose from \(default: 3\)/);
    expect(help.out).toMatch(/--rule <name or module>/);
    const wrong = await call(["train", banditPath, ...FAST, "--levers", "1", "--out", own.at("wrong")]);
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.err).toContain("bandit: levers: expected a whole number from 2 to 10, got 1");
    expect(existsSync(own.at("wrong"))).toBe(false);
  });

  it("fills a run folder, with figures, and config.json has the hash of all that the module consists of", async () => {
    const run = await trained("bandit-run", banditPath, "--levers", "4");
    expect(readdirSync(join(run, "figures"))).toEqual(
      expect.arrayContaining(["learning-curve.svg", "matrices.svg", "reward-per-step.svg"]),
    );
    expect(json(join(run, "result.json")).evaluation).toMatchObject({
      episodes: 4,
      reward: expect.any(Number),
    });
    const { experiment, options, modules } = config(run);
    expect([experiment, options.levers]).toEqual(["bandit", 4]);
    expect(modules.experiment.path).toBe("../bandit.js");
    expect(Object.keys(modules.experiment.files)).toEqual(["bandit.js", "pays.js"]);
  });

  it("is evaluated, watched, inspected, compared and exported like one of ours", async () => {
    const run = own.at("bandit-run");
    const other = await trained("bandit-seed1", banditPath, "--levers", "4", "--seed", "1");
    expect((await call(["evaluate", run, "--json"])).out).toContain('"experiment":"bandit"');
    const seen = await call(["watch", run]);
    expect(seen.out).toMatch(/step 1 {3}action \d {3}reward/);
    expect((await call(["inspect", run])).out).toMatch(/experiment module +\.\.\/bandit\.js \(2 files\)/);
    const compared = await call(["compare", run, other]);
    expect(compared.out).toContain("bandit: reward of an episode in fresh episodes");
    const file = own.at("bandit.safetensors");
    expect(await call(["export", run, file])).toMatchObject({ code: 0 });
    const alone = await call(["evaluate", file]);
    expect(alone.code).toBe(2);
    expect(alone.err).toContain('an experiment of somebody\'s own, "bandit", of the module bandit.js');
    expect(await call(["evaluate", file, "--experiment", banditPath])).toMatchObject({ code: 0, err: "" });
    const wrong = await call(["evaluate", file, "--experiment", echoPath]);
    expect(wrong.err).toContain(`was trained by the experiment "bandit", and ${echoPath} is "echo"`);
  });

  it("stopped and resumed, leaves the same files as if it had not been", async () => {
    const whole = await trained("echo-whole", echoPath);
    const out = own.at("echo-stopped");
    const stopped = await call(["train", echoPath, ...FAST, "--out", out, "--json"], {
      interrupt: (text) => (text.includes('"episode":8,') ? "SIGINT" : null),
    });
    expect(stopped).toMatchObject({ code: 130, err: "" });
    expect(await call(["train", "--resume", out])).toMatchObject({ code: 0, err: "" });
    expect(metrics(out)).toBe(metrics(whole));
    expect(await call(["train", echoPath, "--resume", out])).toMatchObject({ code: 0 });
    const other = await call(["train", banditPath, "--resume", out]);
    expect(other.err).toContain("has experiment echo, got bandit");
  });

  it("whose module has moved says how to say so, and goes on when it is told", async () => {
    const out = own.at("echo-stopped");
    const moved = own.at("moved.js");
    renameSync(echoPath, moved);
    const lost = await call(["train", "--resume", out]);
    expect(lost.code).toBe(7);
    expect(lost.err).toMatch(
      /its module is not at .+echo\.js any more; say where it is: hebbian train <module> --resume /,
    );
    expect((await call(["evaluate", out])).err).toContain("say where it is with --experiment <module>");
    expect(await call(["evaluate", out, "--experiment", moved])).toMatchObject({
      code: 0,
      err: expect.stringContaining("note: "),
    });
    renameSync(moved, echoPath);
  });

  it("that has changed is not gone on with, and the file is named", async () => {
    own.write("pays.js", "export const PAYS = 0.9;\n");
    const run = own.at("bandit-run");
    const refused = await call(["train", "--resume", run]);
    expect(refused.code).toBe(7);
    expect(refused.err).toMatch(
      /began with other content of .*pays\.js; put it back as it was, .*--allow-changed-module/,
    );
    expect(refused.err).not.toContain("bandit.js");
    const went = await call(["train", "--resume", run, "--allow-changed-module", "--episodes", "24"]);
    expect(went).toMatchObject({ code: 0, err: "" });
    expect(config(run).moduleChanges).toEqual([{ episode: 20, module: "experiment", files: ["pays.js"] }]);
    expect((await call(["inspect", run])).out).toMatch(
      /experiment module +changed after episode 20: pays\.js/,
    );
    expect(await call(["train", "--resume", run])).toMatchObject({ code: 0 });
    own.write("pays.js", pays);
    expect((await call(["evaluate", run])).err).toMatch(/^note: .*pays\.js has changed since the run began/);
  });

  it("with --allow-changed-module must be resumed", async () => {
    const fresh = await call(["train", echoPath, "--allow-changed-module"]);
    expect(fresh).toMatchObject({
      code: 2,
      err: expect.stringContaining("--allow-changed-module is for a run that goes on"),
    });
  });
});

describe("a rule of one's own", () => {
  const TINY = ["--bits", "12", "--patterns", "1", "--episodes", "4"];

  it("is a module in the place of a name, and its equations are in the run and in the model", async () => {
    const out = await trained("rule-run", "patterns-small", ...TINY, "--rule", rulePath);
    const { options, modules } = config(out);
    expect(options.rule).toMatchObject({
      name: "outstar",
      update: { H: "H + eta * pre * (post - pre * H)" },
    });
    expect(modules.rule).toMatchObject({
      path: "../outstar.js",
      files: { "outstar.js": expect.any(String) },
    });
    expect((await call(["inspect", out])).out).toMatch(/rule +outstar\n/);
    const model = join(out, "model.safetensors");
    expect(await call(["evaluate", model])).toMatchObject({ code: 0, err: "" });
    expect(readFileSync(model, "latin1")).toContain("--set rule=./outstar.js");
    expect(await call(["train", "patterns-small", "--resume", out, "--rule", rulePath])).toMatchObject({
      code: 0,
    });
    const other = await call(["train", "--resume", out, "--set", "rule=oja"]);
    expect(other.err).toContain("has rule outstar, got oja");
  });

  it("is taken by an agent, a probe and one's own experiments, and by --set", async () => {
    const small = ["--episodes", "4", "--neurons", "5", "--batch", "2"];
    const maze = ["maze-9", "--steps", "6", "--size", "5"];
    for (const [k, words] of [maze, ["associative-retrieval"], [echoPath]].entries()) {
      const out = own.at(`rule-${k}`);
      const command = ["train", ...words, ...small, ...FAST, "--out", out, "--set", `rule=${rulePath}`];
      const stopped = await call(command, {
        interrupt: (text) => (text.includes("Now testing") ? "SIGINT" : null),
      });
      expect(stopped).toMatchObject({ code: 130, err: "" });
      expect(config(out).options.rule.name).toBe("outstar");
    }
  });

  it("that has changed is not gone on with", async () => {
    own.write("outstar.js", outstar.replace("init: 0.1", "init: 0.2"));
    const refused = await call(["train", "--resume", own.at("rule-run")]);
    expect(refused).toMatchObject({ code: 7, err: expect.stringContaining("outstar.js") });
    own.write("outstar.js", outstar);
  });

  it("that needs a signal says which networks give it", async () => {
    const path = own.write(
      "modulated.js",
      outstar
        .replace("outstar", "mine")
        .replace("weight:", 'signals: { m: "episode" },\n  weight:')
        .replace("H + eta", "H + m * eta"),
    );
    const plain = await call(["train", "patterns-small", ...FAST, "--rule", path, "--out", own.at("no")]);
    expect(plain).toMatchObject({ code: 2, err: expect.stringContaining("needs the signals m per episode") });
    await trained("signal", "patterns-small", ...TINY, "--rule", path, "--network", "modulated");
    expect(readFileSync(join(own.at("signal"), "model.safetensors"), "latin1")).toContain("m * eta");
  });
});
