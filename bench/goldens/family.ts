import type { Device } from "../../src/devices/device.js";
import type { Golden } from "./golden.js";

/** A kind of network that goldens exist for, rebuilt from the public layers. */
export interface Family {
  /** Whether the family can rebuild this golden's network. */
  supports(golden: Golden): boolean;
  /** True if its episodes must also come out right one by one. */
  readonly splits?: boolean;
  /** Runs the network forward and backward with the golden's parameters and inputs. */
  run(device: Device, golden: Golden): Results;
}

/** What was computed, in the golden's own orientation and under its names. */
export interface Results {
  readonly loss: number;
  readonly outputs: Readonly<Record<string, ArrayLike<number>>>;
  readonly grads: Readonly<Record<string, ArrayLike<number>>>;
}
