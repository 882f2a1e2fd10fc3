import { checkedRule, type Rule, withSharing } from "../rules/checkedRule.js";
import { PARAM_RATES, type ParamRate, type RuleDefinition } from "../rules/definition.js";
import { briefReader } from "../rules/faults.js";
import type { Connection } from "./architecture.js";
import { BUDGETS, overBudget } from "./budgets.js";
import { count, entries, fieldsOf, finite, record, text, validName } from "./json.js";
import { ModelError, wrong } from "./modelError.js";

/** The sizes of the file's tensors. */
export type Shapes = ReadonlyMap<string, { readonly rows: number; readonly cols: number }>;

/** Numbers in a value, and neurons of a layer. */
export const MOST_NUMBERS = 1 << 24;

/** Plastic connections and their rule, with tensors that fit. Throws a ModelError. */
export function readConnection(value: unknown, where: string, shapes: Shapes): Connection {
  const field = fieldsOf(value, where);
  const connection = {
    name: field("name", validName),
    rule: field("rule", readRule),
    pre: field("pre", count, MOST_NUMBERS),
    post: field("post", count, MOST_NUMBERS),
    parameters: field("parameters", entries<string>, BUDGETS.parameters, validName),
  };
  if (connection.pre * connection.post > BUDGETS.life / 4)
    throw overBudget(where, BUDGETS.life / 4, "connections from one layer to another");
  const { rule } = connection;
  const { pre, post } = connection;
  const size = { layer: [1, 1], pre: [1, pre], post: [1, post], connection: [pre, post] };
  for (const [key, { per }] of Object.entries(rule.params)) {
    const [rows, cols] = size[per] as [number, number];
    expectTensor(connection.parameters[key], `${where}.parameters.${key}`, shapes, rows, cols);
  }
  return connection;
}

function readRule(value: unknown, where: string): Rule {
  const written = record(value, where);
  const field = fieldsOf(value, where);
  const rate = (each: unknown, at: string) => text(each, at) as never;
  const declared = (each: unknown, at: string) => {
    const { per, init } = record(each, at);
    return { per: rate(per, at), init: finite(init, at) };
  };
  const definition: RuleDefinition = {
    name: field("name", text),
    source: text(written.source ?? "", `${where}.source`),
    traces: field("traces", entries<RuleDefinition["traces"][string]>, BUDGETS.traces, (each, at) =>
      typeof each === "number" ? finite(each, at) : declared(each, at),
    ),
    params: entries(written.params ?? {}, `${where}.params`, BUDGETS.parameters, declared),
    signals: entries(written.signals ?? {}, `${where}.signals`, BUDGETS.parameters, rate),
    ...(written.reads !== undefined && {
      reads: entries(written.reads, `${where}.reads`, BUDGETS.traces, (each, at) => {
        const { per, sum } = record(each, at);
        return { per: rate(per, at), sum: text(sum, at) };
      }),
    }),
    weight: field("weight", text),
    update: field("update", entries<string>, BUDGETS.traces, text),
  };
  const rates = entries(written.rates ?? {}, `${where}.rates`, BUDGETS.parameters, rate);
  for (const per of Object.values<string>(rates)) {
    if (!PARAM_RATES.includes(per as ParamRate)) throw wrong(where, "a rate", per);
  }
  try {
    const { rule, refused } = withSharing(checkedRule(definition, briefReader), rates);
    if (!refused) return rule;
    throw new Error(`rates: ${refused.param} cannot be shared so`);
  } catch (error) {
    throw new ModelError(`${where}: ${(error as Error).message}`, { cause: error });
  }
}

/** Throws a ModelError unless the file has such a tensor of this size. */
export function expectTensor(
  tensor: unknown,
  where: string,
  shapes: Shapes,
  rows: number,
  cols: number,
): void {
  const shape = shapes.get(tensor as string);
  if (!shape) throw wrong(where, "a tensor of this file", tensor);
  if (shape.rows === rows && shape.cols === cols) return;
  throw wrong(where, `a tensor [${rows}, ${cols}]`, `[${shape.rows}, ${shape.cols}]`);
}
