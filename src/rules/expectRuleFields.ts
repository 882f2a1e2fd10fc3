import { noSuch, shownGiven } from "../formulas/errors.js";

type Kind = "text" | "object";

/** What a definition's fields are; `needed` ones must be there. */
const FIELDS: Readonly<
  Record<string, { readonly kind: Kind; readonly needed?: true; readonly such: string }>
> = {
  name: { kind: "text", needed: true, such: '"outstar"' },
  source: { kind: "text", such: '"Grossberg 1976"' },
  traces: { kind: "object", needed: true, such: "{ H: 0 }, or {} for none" },
  params: { kind: "object", such: '{ eta: { per: "layer", init: 0.1 } }' },
  signals: { kind: "object", such: '{ m: "episode" }' },
  reads: { kind: "object", such: '{ recalled: { per: "post", sum: "pre * H" } }' },
  weight: { kind: "text", needed: true, such: '"w + alpha * H"' },
  update: { kind: "object", needed: true, such: '{ H: "H + eta * pre * post" }, or {} for none' },
};

/**
 * Looks whether a definition has the fields of one, each of its kind, before its equations are read: JavaScript would not.
 *
 * @throws TypeError that names the first field that is unknown, missing or of another kind, and what it may look like
 */
export function expectRuleFields(definition: unknown): void {
  if (!isObject(definition)) {
    throw new TypeError(
      `defineRule: expected { name, traces, weight, update }, and what else the rule has, got ${shownGiven(definition)}`,
    );
  }
  const { name } = definition;
  const where = typeof name === "string" ? `rule ${JSON.stringify(name)}` : "defineRule";
  const names = Object.keys(FIELDS);
  const unknown = Object.keys(definition).find((field) => !names.includes(field));
  if (unknown !== undefined) throw new TypeError(`${where}: ${noSuch("field", unknown, names)}`);
  for (const [field, { kind, needed, such }] of Object.entries(FIELDS)) {
    const value = definition[field];
    if (value === undefined && !needed) continue;
    if (kind === "text" ? typeof value === "string" : isObject(value)) continue;
    throw new TypeError(
      `${where}: ${field} must be ${KINDS[kind]} such as ${such}, got ${shownGiven(value)}`,
    );
  }
  for (const [trace, formula] of Object.entries(definition.update as object)) {
    if (typeof formula === "string") continue;
    throw new TypeError(
      `${where}: update of ${trace} must be a formula such as "${trace} + eta * pre * post", got ${shownGiven(formula)}`,
    );
  }
}

const KINDS: Readonly<Record<Kind, string>> = { text: "a text", object: "an object" };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
