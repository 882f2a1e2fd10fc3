export {
  type Buffer,
  type Device,
  type DeviceInfo,
  DeviceMemoryError,
  DeviceUnavailableError,
} from "./devices/device.js";
export { type InitOptions, init, mostThreads } from "./devices/init.js";
export * from "./formulas/index.js";
export * from "./layers/index.js";
export * from "./rules/index.js";
export * from "./tape/index.js";
