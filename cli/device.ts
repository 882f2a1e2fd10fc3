import type { Device } from "../src/devices/device.js";
import type { InitOptions } from "../src/devices/init.js";

/** Starts a device, runs `action` with it, and stops it whatever happens. */
export async function withDevice<T>(
  options: InitOptions,
  action: (device: Device) => Promise<T>,
): Promise<T> {
  // Loaded only now: --help and the like need no engine.
  const { init } = await import("../src/devices/init.js");
  const device = await init(options);
  try {
    return await action(device);
  } finally {
    await device.dispose();
  }
}
