import { afterAll, describe, expect, it } from "vitest";
import { bandit, echo, moduleFolder, outstar, pays } from "../../test/support/ownModules.js";
import { call } from "../../test/support/terminal.js";

const own = moduleFolder();
afterAll(own.remove);
own.write("pays.js", pays);

/** What `train` says of a module; it must be one line, with exit code 7 unless said otherwise. */
async function complaint(name: string, text: string, code = 7): Promise<string> {
  const path = own.write(name, text);
  const { err, ...said } = await call([
    "train",
    path,
    "--device",
    "reference",
    "--out",
    own.at(`${name}-run`),
  ]);
  expect({ ...said, err }).toMatchObject({ code, err: expect.stringMatching(/^error: [^\n]+\n$/) });
  return err;
}

describe("a module that is no experiment", () => {
  it("is not there", async () => {
    const { code, err } = await call(["train", own.at("none.js")]);
    expect([code, err]).toEqual([7, expect.stringContaining("none.js: there is no such file")]);
  });

  it("has no default export", async () => {
    expect(await complaint("named.js", "export const bandit = {};")).toContain(
      "named.js: there is no default export (it exports bandit); export default an experiment",
    );
    expect(await complaint("nothing.js", "1;")).toContain("it exports nothing");
  });

  it.each([
    ["export default 3;", "an experiment must be an object, got 3"],
    ["export default () => {};", "an experiment must be an object, got a function"],
    [
      "export default {};",
      'experiment: name: expected a name of letters, digits, ".", "-" and "_", such as "my-task", got undefined',
    ],
    ['export default { name: "a b" };', 'got "a b"'],
    [
      'export default { name: "x", metric: { name: "e", better: "more" }, episodes: 1, build() {} };',
      'experiment "x": metric.better: expected "lower" or "higher", got "more"',
    ],
    [
      'export default { name: "x", metric: { name: "e", better: "lower" }, episodes: 0, build() {} };',
      "episodes: expected a whole number of at least 1, got 0",
    ],
    [
      'export default { name: "x", metric: { name: "e", better: "lower" }, episodes: 1 };',
      "build: expected a function that makes a model, got undefined",
    ],
    [
      'export default { name: "x", metric: { name: "e", better: "lower" }, episodes: 1, build() {}, metrics: [] };',
      "metrics: there is no such field; there are name, title",
    ],
    [
      'export default { name: "x", metric: { name: "e", better: "lower" }, episodes: 1, testEpisode: 5, build() {} };',
      /testEpisode: there is no such field; there are name, .*; did you mean "testEpisodes"\?/,
    ],
    [
      'export default { name: "x", metric: { name: "e", better: "lower" }, episodes: 1, build: () => 3 };',
      "build: expected a model, got 3",
    ],
  ])("says which field of %s is wrong", async (text, message) => {
    expect(await complaint(`shape${own.next()}.js`, text)).toMatch(message);
  });

  const changes: readonly (readonly [string, string, string, string | RegExp])[] = [
    [
      echo,
      "task: ()",
      "taks: ()",
      /"echo": taks: there is no such field; there are .*task, loss.*; did you mean "task"\?/,
    ],
    [echo, "task: ()", "other: ()", /"echo": other: there is no such field; there are .*task/],
    [
      echo,
      echo.slice(echo.indexOf("task: (")),
      "});",
      /"echo": task: expected a function that makes a task of the options, got undefined/,
    ],
    [
      echo,
      "episodes: 20",
      "episodes: 20, loss: 3",
      /loss: expected a loss, such as meanSquaredError, .* got 3/,
    ],
    [
      bandit,
      "environment: (",
      "enviroment: (",
      /"bandit": enviroment: there is no such field; .*; did you mean "environment"\?/,
    ],
    [
      bandit,
      "neurons: 8",
      "neuron: 8",
      /"bandit": usual\.neuron: there is no such field; there are .*; did you mean "neurons"\?/,
    ],
    [
      bandit,
      "neurons: 8",
      "neurons: 0",
      /"bandit": usual\.neurons: expected a whole number from 1 to 2048, got 0/,
    ],
    [bandit, "lr: 0.01", 'network: "lsmt"', /"bandit": usual\.network: expected one of .*lstm.*, got "lsmt"/],
    [
      bandit,
      /options: .*/.exec(bandit)![0],
      "options: { levers: 3 },",
      /"bandit": option levers: expected integerOption\(\.\.\.\), .* got 3/,
    ],
  ];
  it.each(changes)(
    "finds a slip in what a builder is given, where it was made (%#)",
    async (text, part, instead, message) => {
      expect(text).toContain(part);
      expect(await complaint(`slip${own.next()}.js`, text.replace(part, instead))).toMatch(message);
    },
  );

  it("is a rule, which is for --rule", async () => {
    const message =
      /rule\d*\.js: expected an experiment, got a rule; train one of the experiments with it: hebbian train patterns --rule /;
    expect(await complaint("rule.js", outstar)).toMatch(message);
    expect(await complaint("rule2.js", outstar.replace("export default", "export const outstar ="))).toMatch(
      message,
    );
  });

  it("is TypeScript where Node does not run it", async () => {
    const runs = Boolean((process.features as { typescript?: unknown }).typescript);
    if (runs) return;
    expect(await complaint("typed.ts", "export default 3 as number;")).toMatch(
      /typed\.ts: Node [\d.]+ does not run TypeScript; use Node 22\.18 or newer, or compile it to JavaScript/,
    );
  });

  it("throws while it is loaded, or imports what is not there", async () => {
    expect(await complaint("throws.js", "\n\nthrow new Error('no such luck');")).toMatch(
      /throws\.js:3: no such luck/,
    );
    expect(await complaint("missing.js", 'import "no-such-package";')).toContain("no-such-package");
  });

  it("has an option that the command line has already", async () => {
    const text = echo.replace(
      "episodes: 20,",
      'episodes: 20,\n  options: { seed: integerOption(1, "seeds") },',
    );
    expect(
      await complaint(
        "taken.js",
        text.replace("sequenceExperiment }", "sequenceExperiment, integerOption }"),
      ),
    ).toContain("option seed: the command line has a flag --seed already; choose another name");
  });
});

describe("a task that gives what no network can be trained on", () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    [
      "a bandit whose reset returns nothing",
      bandit,
      "({ best: random.integer(levers), seen: new Array(levers + 1).fill(0), random })",
      "undefined",
    ],
    [
      "a bandit that observes too little",
      bandit,
      "observe: ({ seen }) => seen",
      "observe: ({ seen }) => seen.slice(1)",
    ],
    [
      "a bandit that observes NaN",
      bandit,
      "observe: ({ seen }) => seen",
      "observe: ({ seen }) => seen.map(() => NaN)",
    ],
    [
      "a bandit that writes too little",
      bandit,
      "observe: ({ seen }) => seen",
      "observe({ seen }, into, at) { into[at] = 1; }",
    ],
    ["a bandit without reward", bandit, "return reward;", ""],
    ["a bandit with one lever", bandit, "actions: levers", "actions: 1"],
    ["an echo with too few targets", echo, "targets: shown.slice(0, 2)", "targets: shown.slice(0, 1)"],
    ["an echo with too many inputs", echo, "inputs: shown,", "inputs: [...shown, 1],"],
    ["an echo of nothing finite", echo, "targets: shown.slice(0, 2)", "targets: [Infinity, 1]"],
    ["an echo that asks for a step that there is not", echo, "asked: [1, 2]", "asked: [1, 3]"],
    ["an echo that measures nothing", echo, "asked: [1, 2],", "asked: [1, 2], measure: () => ({}),"],
    [
      "an echo that measures a text",
      echo,
      "asked: [1, 2],",
      'asked: [1, 2], measure: () => ({ error: "1" }),',
    ],
    [
      "an echo that nobody counts",
      echo,
      "targets: shown.slice(0, 2)",
      "targets: shown.slice(0, 2), mask: [0, 0]",
    ],
    ["an echo with no episode", echo, "return { inputs", "({ inputs"],
  ];
  const messages: Readonly<Record<string, RegExp>> = {
    "a bandit whose reset returns nothing":
      /reset: expected an object, the state that step changes, got undefined/,
    "a bandit that observes too little": /observe, step 0: expected observations = 4 numbers, got 3/,
    "a bandit that observes NaN": /observe, step 0: number 0 \(from 0\) is NaN; all must be finite/,
    "a bandit that writes too little":
      /observe, step 0: observation 1 \(of 0 to 3\) is NaN; all 4 must be finite numbers/,
    "a bandit without reward": /step 0, action \d: expected a finite number, the reward, got undefined/,
    "a bandit with one lever": /environment: actions: expected a whole number from 2 to 256, got 1/,
    "an echo with too few targets": /episode, targets: expected asked x outputs = 2 x 1 = 2 numbers, got 1/,
    "an echo with too many inputs": /episode, inputs: expected steps x inputs = 3 x 1 = 3 numbers, got 4/,
    "an echo of nothing finite": /episode, targets: number 0 \(from 0\) is Infinity; all must be finite/,
    "an echo that asks for a step that there is not":
      /asked: expected steps from 0 to 2, ascending and at least one, got \[1, 3\]/,
    "an echo that measures nothing":
      /measure: error: expected a finite number, got undefined; it is the experiment's metric/,
    "an echo that measures a text": /measure: error: expected a finite number, got "1"/,
    "an echo that nobody counts": /episode, mask: no answer of the whole batch counts/,
    "an echo with no episode": /episode: expected \{ inputs, targets \}, got undefined/,
  };
  it.each(cases)("is %s", async (name, text, part, instead) => {
    expect(text).toContain(part);
    const changed = text.replace(part, instead).replace(/\(\{ inputs(.*?) \};/, "({ inputs$1 });");
    expect(await complaint(`task${own.next()}.js`, changed)).toMatch(messages[name]!);
  });

  it("throws in the middle: the run stays resumable, and the message says how", async () => {
    const text = echo.replace(
      "episode(random) {",
      "episode(random) {\n      if (++lived === 15) throw new Error('boom');",
    );
    const path = own.write("boom.js", text.replace("export default", "let lived = 0;\nexport default"));
    const out = own.at("boom");
    const flags = ["--device", "reference", "--checkpoint-every", "4", "--out", out];
    const { code, err } = await call(["train", path, ...flags]);
    expect(code).toBe(7);
    expect(err).toMatch(
      /boom\.js:\d+: boom; mend it, and go on with: hebbian train --resume .*boom --allow-changed-module\n$/,
    );
    // It throws only once.
    const resumed = await call(["train", "--resume", out, "--json", "--episodes", "16"], {
      interrupt: (said) => (said.includes('"type":"done"') ? "SIGTERM" : null),
    });
    expect(resumed.err).toBe("");
    expect(resumed.out).toContain('"type":"start","experiment":"echo"');
    expect(resumed.out).toContain('"episode":12,"episodes":16');
  });
});

describe("a module that is no rule", () => {
  it.each([
    ["export default 3;", "the default export must be a rule, made by defineRule({ ... }), got 3"],
    ["export const a = 1;", "there is no default export (it exports a)"],
    [
      outstar.replace("H + eta", "H + etta"),
      /rule\d+\.js:4: rule "outstar", update of H: unknown name "etta"/,
    ],
  ])("is %s", async (text, message) => {
    const path = own.write(`rule${own.next()}.js`, text);
    const { code, err } = await call(["train", "patterns-small", "--rule", path, "--out", own.at("none")]);
    expect(code).toBe(7);
    expect(err).toMatch(message);
  });

  it("is none of the names either", async () => {
    const { code, err } = await call(["train", "patterns-small", "--rule", "hebb", "--out", own.at("none")]);
    expect(code).toBe(2);
    expect(err).toContain(
      "--rule hebb: expected one of decayingHebb, oja, clippedHebb, or the path of a module, such as ./hebb.js",
    );
  });
});
