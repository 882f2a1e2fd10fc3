import { describe, expect, it } from "vitest";
import { FormulaError, print } from "../formulas/index.js";
import type { RuleDefinition } from "./definition.js";
import { defineRule, rateOfName, withRates } from "./rule.js";

const hebb: RuleDefinition = {
  name: "hebb",
  traces: { H: 0 },
  params: { eta: { per: "layer", init: 0.1 } },
  weight: "w + alpha * H",
  update: { H: "H + eta * pre * post" },
};

/** The error of the Hebbian rule with some fields replaced. */
function errorOf(change: Partial<RuleDefinition>): FormulaError {
  try {
    defineRule({ ...hebb, ...change });
  } catch (error) {
    if (error instanceof FormulaError) return error;
    throw error;
  }
  throw new Error("the rule was accepted");
}

/** The part of an error's formula from its column on. */
const culprit = (error: FormulaError) => error.formula.slice(error.column);

describe("defineRule", () => {
  it("parses the equations of retroactive neuromodulation", () => {
    const rule = defineRule({
      name: "retroactive",
      source: "Miconi et al. 2019, eq. 4-5",
      traces: { H: 0, E: 0.5 },
      params: { eta: { per: "layer", init: 0.1 } },
      signals: { m: "episode" },
      weight: "w + alpha * H",
      update: { E: "(1 - eta) * E + eta * pre * post", H: "clip(H + m * E, -1, 1)" },
    });
    expect(rule.traces).toEqual(["H", "E"]);
    expect(rule.initial).toEqual({ H: 0, E: 0.5 });
    expect(Object.keys(rule.params)).toEqual(["w", "alpha", "eta"]);
    expect(rule.params.w).toEqual({ per: "connection", init: 0 });
    expect(rule.signals).toEqual({ m: "episode" });
    expect(print(rule.weight)).toBe("w + alpha * H");
    expect(Object.keys(rule.update)).toEqual(["H", "E"]);
    expect(print(rule.update.H!)).toBe("clip(H + m * E, -1, 1)");
  });

  it("lists only the parameters that the equations use", () => {
    const rule = defineRule({ ...hebb, weight: "H", update: { H: "H + pre * post" } });
    expect(rule.params).toEqual({});
  });

  it("accepts a rule without traces", () => {
    const rule = defineRule({ name: "none", traces: {}, weight: "w", update: {} });
    expect(rule).toMatchObject({ traces: [], update: {}, initial: {}, signals: {}, source: "" });
    expect(Object.keys(rule.params)).toEqual(["w"]);
  });

  it("points at an unknown name and suggests a near one", () => {
    const error = errorOf({ update: { H: "H + etta * pre * post" } });
    expect(error.message).toBe(
      'rule "hebb", update of H: unknown name "etta", expected one of pre, post, w, alpha, eta, H; ' +
        'did you mean "eta"?\n  H + etta * pre * post\n      ^',
    );
  });

  it("says in which equation a syntax error or a wrong number of arguments stands", () => {
    const syntax = errorOf({ weight: "w + alpha *" });
    expect([syntax.problem, syntax.column]).toEqual([
      expect.stringContaining('rule "hebb", weight: expected a number'),
      11,
    ]);
    const arity = errorOf({ update: { H: "0 + clip(H, 1)" } });
    expect(arity.problem).toContain("update of H: expected clip(x, lo, hi), got 2 arguments");
    expect(arity.column).toBe(4);
  });

  it.each(["pre", "post", "m"])("does not let the weight see %s", (name) => {
    const error = errorOf({ signals: { m: "post" }, weight: `w + alpha * ${name}` });
    expect(error.problem).toContain(
      `unknown name "${name}", expected one of w, alpha, eta, H; only updates see it`,
    );
    expect(error.column).toBe(12);
  });

  it("points at a trace without an update", () => {
    const error = errorOf({ traces: { H: 0, E: 0 } });
    expect(error.message).toBe(
      'rule "hebb": trace "E" has no update; give it one\n  traces: H, E\n             ^',
    );
  });

  it("points at an update without a trace", () => {
    const error = errorOf({ update: { H: "H", E: "pre" } });
    expect(error.problem).toContain('an update of "E", which is no trace; declare it');
    expect(culprit(error)).toBe("E");
  });

  it.each(["pre", "post", "w", "alpha", "tanh", "toString", "constructor", "hasOwnProperty"])(
    "keeps the name %s from being declared",
    (name) => {
      const errors = [
        errorOf({ params: { eta: { per: "layer", init: 0 }, [name]: { per: "layer", init: 0 } } }),
        errorOf({ signals: { [name]: "episode" } }),
        errorOf({ traces: { H: 0, [name]: 0 }, update: { H: "H", [name]: "0" } }),
      ];
      for (const error of errors) {
        expect(error.problem).toContain(`the name "${name}" is taken`);
        expect(culprit(error)).toBe(name);
      }
    },
  );

  it("keeps __proto__ from being declared, which JSON can bring", () => {
    const params = JSON.parse('{ "__proto__": { "per": "layer", "init": 0 } }');
    expect(errorOf({ params }).problem).toContain('the name "__proto__" is taken');
  });

  it("refuses a name declared twice and a name that formulas cannot write", () => {
    expect(errorOf({ signals: { H: "post" } }).problem).toContain('"H" is declared twice');
    expect(errorOf({ signals: { "2m": "post" } }).problem).toContain("expected a name of letters");
    expect(errorOf({ signals: { "": "post" } }).problem).toContain("expected a name of letters");
  });

  it("refuses starting values and rates that are none", () => {
    expect(errorOf({ traces: { H: Number.NaN } }).problem).toContain(
      "expected a finite number to start from, got NaN",
    );
    const params = { eta: { per: "layer", init: Number.POSITIVE_INFINITY } } as const;
    expect(errorOf({ params }).problem).toContain("got Infinity");
    const badParams = { eta: { per: "episode", init: 0 } } as unknown as RuleDefinition["params"];
    expect(errorOf({ params: badParams }).problem).toContain(
      'expected a number per layer or pre or post or connection, got "episode"',
    );
    const badSignals = { m: "layer" } as unknown as RuleDefinition["signals"];
    expect(errorOf({ signals: badSignals }).problem).toContain('per episode or pre or post, got "layer"');
  });
});

/** A rule with a trace of post neurons, a trace of pre neurons, a signal of each rate, and reads both ways. */
const wide: RuleDefinition = {
  name: "wide",
  traces: { H: 0, theta: { per: "post", init: 0.5 }, xbar: { per: "pre", init: 0 } },
  params: { eta: { per: "layer", init: 0.1 }, tau: { per: "post", init: 0.1 } },
  signals: { key: "pre", gate: "post", m: "episode" },
  reads: { recalled: { per: "post", sum: "key * H" }, back: { per: "pre", sum: "gate * H * theta" } },
  weight: "w + alpha * H",
  update: {
    H: "H + eta * key * (post - recalled) + next(xbar) * next(theta)",
    theta: "(1 - tau) * theta + tau * post",
    xbar: "m * xbar + pre",
  },
};
const errorOfWide = (change: Partial<RuleDefinition>) => errorOf({ ...wide, ...change });

describe("a rule with reads and traces of neurons", () => {
  it("tells what its updates and its reads take, and at which rate", () => {
    const rule = defineRule(wide);
    expect(rule.traces).toEqual(["H"]);
    expect(rule.initial).toEqual({ H: 0 });
    expect(Object.keys(rule.neuronTraces)).toEqual(["theta", "xbar"]);
    expect(rule.neuronTraces.theta).toMatchObject({ per: "post", init: 0.5 });
    expect(rule.updateReads).toEqual(["recalled"]);
    // The gate is for a read that no update takes, m for a trace of neurons alone.
    expect(rule.updateSignals).toEqual(["key", "m"]);
    expect(rule.vectors).toEqual({
      ...{ pre: "pre", post: "post", key: "pre", recalled: "post" },
      ...{ "next(xbar)": "pre", "next(theta)": "post" },
    });
    expect(rule.reads.back).toMatchObject({ per: "pre", vectors: { gate: "post", theta: "post" } });
  });

  it("puts the new value of a trace of connections where another names it", () => {
    const rule = defineRule({
      ...hebb,
      traces: { S: 0, H: 0, E: 0 },
      update: { S: "0.5 * S + pre", H: "H + next(S)", E: "next(H) * next(H)" },
    });
    expect(print(rule.update.H!)).toBe("H + (0.5 * S + pre)");
    expect(print(rule.update.E!)).toBe("(H + (0.5 * S + pre)) * (H + (0.5 * S + pre))");
  });

  it("points at next of what is no trace, with the traces that there are", () => {
    const error = errorOf({ update: { H: "H + next(eta)" } });
    expect(error.message).toBe(
      'rule "hebb", update of H: next takes the name of a trace (H), got "eta"\n  H + next(eta)\n      ^',
    );
    expect(errorOf({ update: { H: "H + next(pre * H)" } }).column).toBeGreaterThan(3);
  });

  it.each([
    ["the weight", { weight: "w + next(H)" }, "w + next(H)", 4],
    ["a read", { reads: { r: { per: "post", sum: "pre * next(H)" } } }, "pre * next(H)", 6],
  ] as const)("keeps next from %s", (_, change, formula, column) => {
    const error = errorOf(change);
    expect(error.problem).toContain("is known to updates only, which make it");
    expect([error.formula, error.column]).toEqual([formula, column]);
  });

  it("points at new values that need each other, and says in which circle", () => {
    const error = errorOf({
      traces: { H: 0, S: 0 },
      update: { H: "H + next(S)", S: "S * next(H)" },
    });
    expect(error.problem).toContain(
      'the next value of "H", which takes that of "S", which takes that of "H"; let one take the old value',
    );
    expect(culprit(error)).toBe("next(H)");
    const own = errorOf({ update: { H: "next(H) + pre" } });
    expect(own.problem).toContain('the next value of "H", which takes that of "H"');
    expect(own.column).toBe(0);
  });

  it.each([
    ["H * post", "H", '"H" differs by connection, the trace by post neuron'],
    ["theta + pre", "pre", '"pre" differs by pre neuron, the trace by post neuron'],
    ["theta + back", "back", '"back" differs by pre neuron'],
    ["theta + next(xbar)", "next(xbar)", '"next(xbar)" differs by pre neuron'],
  ])("points at what a trace of neurons cannot follow: %s", (update, wrong, problem) => {
    const error = errorOfWide({ update: { ...wide.update, theta: update } });
    expect(error.problem).toContain(`rule "wide", update of theta: ${problem}`);
    expect(error.problem).toContain("name a read that sums over the connections instead");
    expect(error.formula.slice(error.column, error.column + wrong.length)).toBe(wrong);
  });

  it("points at a read named in a read, and in the weight", () => {
    const reads = { ...wide.reads, more: { per: "post", sum: "pre * recalled" } } as const;
    const error = errorOfWide({ reads });
    expect(error.problem).toContain('read more: unknown name "recalled"');
    expect(error.problem).toContain("only updates see it");
    expect(culprit(error)).toBe("recalled");
    expect(errorOfWide({ weight: "w + recalled" }).problem).toContain('weight: unknown name "recalled"');
  });

  it("refuses rates that traces and reads cannot have", () => {
    const trace = { H: 0, theta: { per: "layer", init: 0 } } as unknown as RuleDefinition["traces"];
    const wrong = errorOfWide({ traces: trace });
    expect(wrong.problem).toContain('expected a number per pre or post or connection, got "layer"');
    expect(culprit(wrong)).toBe("theta");
    const reads = { r: { per: "connection", sum: "H" } } as unknown as RuleDefinition["reads"];
    expect(errorOf({ reads }).problem).toContain('expected a number per pre or post, got "connection"');
    const traces = { H: 0, theta: { per: "post", init: Number.NaN } } as const;
    expect(errorOfWide({ traces }).problem).toContain("expected a finite number to start from, got NaN");
  });

  it("keeps the names next and read for what they mean", () => {
    expect(errorOf({ signals: { next: "post" } }).problem).toContain('the name "next" is taken');
    const error = errorOf({ reads: { read: { per: "post", sum: "pre * H" } } });
    expect(error.problem).toContain('the name "read" is that of x @ W');
    expect(culprit(error)).toBe("read");
    // Only reads are called so.
    expect(defineRule({ ...hebb, signals: { read: "post" } }).signals).toEqual({ read: "post" });
  });

  it("lets no constant of a trace of neurons be shared by what these are not", () => {
    const rule = defineRule(wide);
    for (const per of ["pre", "connection"] as const) {
      expect(() => withRates(rule, { tau: per })).toThrow(
        `rule "wide" has a trace "theta" for each post neuron, whose update takes tau: it cannot be shared per ${per}`,
      );
    }
    expect(withRates(rule, { tau: "layer", eta: "pre" }).params.tau!.per).toBe("layer");
  });
});

describe("withRates", () => {
  const rule = defineRule(hebb);

  it("shares parameters otherwise and leaves the rest of the rule, and the rule given, as they are", () => {
    const shared = withRates(rule, { alpha: "layer", eta: "post" });
    expect(shared.params).toEqual({
      w: { per: "connection", init: 0 },
      alpha: { per: "layer", init: 0 },
      eta: { per: "post", init: 0.1 },
    });
    expect({ ...shared, params: rule.params }).toEqual(rule);
    expect(rule.params.alpha!.per).toBe("connection");
  });

  it("refuses a parameter that the rule lacks", () => {
    expect(() => withRates(rule, { etta: "post" })).toThrow(
      'rule "hebb" has no parameter "etta", expected one of w, alpha, eta; did you mean "eta"?',
    );
  });
});

describe("rateOfName", () => {
  const rule = defineRule({
    ...hebb,
    signals: { m: "episode", g: "post" },
    update: { H: "H + m * g * eta * pre * post" },
  });

  it.each([
    ["pre", "pre"],
    ["post", "post"],
    ["H", "connection"],
    ["w", "connection"],
    ["eta", "layer"],
    ["m", "episode"],
    ["g", "post"],
  ])("finds for %s the rate %s", (name, rate) => {
    expect(rateOfName(rule, name)).toBe(rate);
  });

  it("follows withRates, and refuses names that the rule does not use", () => {
    expect(rateOfName(withRates(rule, { alpha: "post" }), "alpha")).toBe("post");
    expect(() => rateOfName(rule, "toString")).toThrow('uses no name "toString"');
  });
});
