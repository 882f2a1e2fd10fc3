import type { Command } from "commander";
import { UsageError } from "./exitCodes.js";

/** Options that are paths or places. */
const PATHS = ["out", "resume", "figures", "data", "experiment"];

/** A variable of a script that was never set leaves an empty text where a path should be. Throws a UsageError. */
export function expectNoEmptyPath(command: Command): void {
  const given = [
    ...command.registeredArguments.map((argument, k) => [argument.name(), command.processedArgs[k]] as const),
    ...PATHS.map((name) => [`--${name}`, command.opts()[name]] as const),
  ];
  for (const [name, value] of given) {
    if ([value].flat().some((text) => typeof text === "string" && text.trim() === "")) {
      throw new UsageError(`${command.name()}: ${name} is empty; say which, or leave it out`);
    }
  }
}
