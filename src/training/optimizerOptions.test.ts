import { expect, it } from "vitest";
import { ReferenceDevice } from "../devices/reference/index.js";
import { Parameter } from "../tape/index.js";
import { Adam } from "./adam.js";
import { Sgd } from "./sgd.js";

const device = new ReferenceDevice();
const parameters = [new Parameter("p", device, 1, 2, [1, 2])];

it.each([
  [{}, RangeError, "adam: lr must be a finite number of at least 0, got undefined"],
  [{ lr: -1 }, RangeError, "adam: lr must be a finite number of at least 0, got -1"],
  [{ lr: Number.NaN }, RangeError, "adam: lr must be a finite number of at least 0, got NaN"],
  [{ lr: "0.1" }, RangeError, 'adam: lr must be a finite number of at least 0, got "0.1"'],
  [{ lr: 1, beta1: 1 }, RangeError, "adam: beta1 must be at least 0 and below 1, got 1"],
  [{ lr: 1, beta2: 2 }, RangeError, "adam: beta2 must be at least 0 and below 1, got 2"],
  [{ lr: 1, eps: -1 }, RangeError, "adam: eps must be a finite number of at least 0, got -1"],
  [{ lr: 1, clipNorm: 0 }, RangeError, "adam: clipNorm must be a number above 0, got 0"],
  [
    { lr: 1, clipNrom: 3 },
    TypeError,
    /^adam: there is no option "clipNrom"; there are lr, .*, schedule; did you mean "clipNorm"\?$/,
  ],
  [
    { lr: 1, schedule: { every: 0.5, factor: 0.1 } },
    RangeError,
    "adam: schedule.every must be a whole number of at least 1, got 0.5",
  ],
  [
    { lr: 1, schedule: { every: 3 } },
    RangeError,
    "adam: schedule.factor must be a finite number, got undefined",
  ],
  [undefined, TypeError, "adam: options must be an object such as { lr: 0.001 }, got undefined"],
])("Adam refuses %j", (options, kind, message) => {
  const make = () => new Adam(device, parameters, options as never);
  expect(make).toThrow(kind);
  expect(make).toThrow(message);
});

it("Sgd refuses what it has not, and takes what may be left out", () => {
  const make = (options: object) => () => new Sgd(device, parameters, options as never);
  expect(make({ lr: 0.1, beta1: 0.9 })).toThrow('sgd: there is no option "beta1"');
  expect(make({ lr: 0.1, weightDecay: Infinity })).toThrow("sgd: weightDecay must be a finite number");
  expect(make({ lr: 0, weightDecay: undefined, schedule: undefined })).not.toThrow();
  expect(make({ lr: 0.1, schedule: { every: 2, factor: 0.5, after: 0 } })).not.toThrow();
});
