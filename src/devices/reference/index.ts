export { ReferenceDevice } from "./device.js";
