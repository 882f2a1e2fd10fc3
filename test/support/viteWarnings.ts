import { createLogger, type Logger } from "vite";

/** A logger of Vite's to which any warning is an error, but for one: how long plugins took, which is about this machine. */
export function warningsAsErrors(): Logger {
  const logger = createLogger("warn");
  logger.warn = (message) => {
    if (!message.includes("PLUGIN_TIMINGS")) throw new Error(`Vite warns: ${message}`);
  };
  return logger;
}
