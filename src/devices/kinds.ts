/** Every kind of device, by the name under which it is asked for, and remembered in checkpoints. */
export const deviceKinds = ["wasm", "native", "reference"] as const;
export type DeviceKind = (typeof deviceKinds)[number];

export const isDeviceKind = (text: unknown): text is DeviceKind =>
  (deviceKinds as readonly unknown[]).includes(text);
