import { appendFileSync } from "node:fs";
import type { Reporter, TestCase } from "vitest/node";

/** Writes down, in the file that HEBBIAN_RETRIED names, each test that passed only when it was tried again. */
export default class Retried implements Reporter {
  onTestCaseResult(test: TestCase) {
    const file = process.env.HEBBIAN_RETRIED;
    const diagnostic = test.diagnostic();
    if (!file || !diagnostic?.flaky) return;
    const errors = test.result().errors?.map(({ message }) => message.split("\n")[0]) ?? [];
    appendFileSync(file, `${test.module.relativeModuleId} > ${test.fullName}: ${errors.join("; ")}\n`);
  }
}
