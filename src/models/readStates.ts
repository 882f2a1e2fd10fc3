import type { Connection, Input, State } from "./architecture.js";
import { count, fieldsOf, finite, list, record, validName } from "./json.js";
import { wrong } from "./modelError.js";
import { MOST_NUMBERS } from "./readConnection.js";

const MOST_TAIL = 1 << 16;

/** An input, from the description. Throws a ModelError. */
export function inputFrom(value: unknown, where: string): Input {
  const field = fieldsOf(value, where);
  return {
    name: field("name", validName),
    size: field("size", count, MOST_NUMBERS),
    tail: field("tail", list<number>, MOST_TAIL, finite),
  };
}

/** A state likewise. */
export function stateFrom(value: unknown, where: string): State {
  const field = fieldsOf(value, where);
  const { trace } = record(value, where);
  return {
    name: field("name", validName),
    size: field("size", count, MOST_NUMBERS),
    start: field("start", finite),
    ...(trace !== undefined && { trace: readTraceOf(trace, `${where}.trace`) }),
  };
}

function readTraceOf(value: unknown, where: string): NonNullable<State["trace"]> {
  const field = fieldsOf(value, where);
  return { connection: field("connection", validName), name: field("name", validName) };
}

/** Every trace of neurons is one state, and of its neurons' number. */
export function expectTraceStates(states: readonly State[], connections: readonly Connection[]): void {
  const wanted = new Map(
    connections.flatMap((connection) =>
      Object.entries(connection.rule.neuronTraces).map(([trace, { per }]) => [
        `${connection.name} ${trace}`,
        connection[per],
      ]),
    ),
  );
  for (const { name, size, trace } of states) {
    if (!trace) continue;
    const key = `${trace.connection} ${trace.name}`;
    if (wanted.get(key) !== size) throw wrong(`states: ${name}`, "a trace of as many neurons", key);
    wanted.delete(key);
  }
  for (const key of wanted.keys()) throw wrong("states", `one that is the trace ${key}`, undefined);
}
