/** A module of somebody's own cannot be used: it is not there, has a fault, or has changed. The message names file and cure. */
export class ModuleError extends Error {
  override readonly name = "ModuleError";
}
