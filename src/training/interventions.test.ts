import { expect, it } from "vitest";
import { ReferenceDevice } from "../devices/reference/index.js";
import { Lstm, PlasticRnn } from "../layers/index.js";
import { decayingHebb, nonplastic } from "../rules/index.js";
import { Tape, traceValue } from "../tape/index.js";
import { random } from "../tasks/index.js";
import { changeActivity, interventionOf, interventions, possibleInterventions } from "./interventions.js";

const device = new ReferenceDevice();

it("an episode's activity can be another's, while traces stay its own", () => {
  const cell = new PlasticRnn(device, { neurons: 2, rule: decayingHebb }, random(0, "weights", 0));
  const tape = new Tape(device, 3, false);
  const input = tape.constant(3, 2, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]);
  const { state } = cell.step(tape, cell.begin(tape), input);
  const before = [...device.read(state.y.value)];
  const swap = interventionOf.activitySwapped.activity!({ batch: 3, random: random(0, "test", 0) });
  const changed = changeActivity(tape, cell, state, swap);
  expect([...device.read(changed.y.value)]).toEqual([...before.slice(2), ...before.slice(0, 2)]);
  expect(changed.traces).toBe(state.traces);
});

it("all that an LSTM holds in mind is silenced, its cells too", () => {
  const cell = new Lstm(device, { inputs: 2, neurons: 2, rule: nonplastic }, random(0, "weights", 0));
  const tape = new Tape(device, 1, false);
  const { state } = cell.step(tape, cell.begin(tape), tape.constant(1, 2, [1, -1]));
  const zeroed = interventionOf.activityZeroed.activity!({ batch: 1, random: random(0, "test", 0) });
  const changed = changeActivity(tape, cell, state, zeroed);
  const numbers = (of: typeof state) => [of.y, of.c].flatMap(({ value }) => [...device.read(value)]);
  expect(numbers(state).every((value) => value !== 0)).toBe(true);
  expect(numbers(changed)).toEqual([0, 0, 0, 0]);
});

it("a transplanted trace is the next episode's, and learns nothing more", () => {
  const cell = new PlasticRnn(device, { neurons: 2, rule: decayingHebb }, random(0, "weights", 0));
  const tape = new Tape(device, 2, false);
  let { state } = cell.step(tape, cell.begin(tape), tape.constant(2, 2, [1, 2, 3, -4]));
  state = cell.step(tape, state, tape.constant(2, 2, [0.5, -0.5, 0.1, 1])).state;
  /** Carries out what is pending on the way. */
  const read = (): number[] => {
    const numbers: number[] = [];
    state = cell.mapTraces(state, (now) => {
      const { value, traces } = traceValue(now, "H");
      numbers.push(...device.read(value.value));
      return traces;
    });
    return numbers;
  };
  const before = read();
  const change = interventionOf.transplanted.traces!({ batch: 2, random: random(0, "test", 0) });
  state = cell.mapTraces(state, change);
  const given = [...before.slice(4), ...before.slice(0, 4)];
  expect(read()).toEqual(given);
  expect(before.slice(0, 4)).not.toEqual(before.slice(4));
  state = cell.step(tape, state, tape.constant(2, 2, [1, 1, 1, 1])).state;
  expect(read()).toEqual(given);
});

it("what cannot be made is left out", () => {
  expect(possibleInterventions({ traces: true, goals: true, batch: 2 })).toEqual([...interventions]);
  expect(possibleInterventions({ traces: false, goals: false, batch: 1 })).toEqual([
    "intact",
    "activityZeroed",
  ]);
});
