export type { Buffer, Device, DeviceInfo } from "./devices/device.js";
export { init, type InitOptions } from "./devices/init.js";
export * from "./formulas/index.js";
export * from "./layers/index.js";
export * from "./rules/index.js";
export * from "./tape/index.js";
