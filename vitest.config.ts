import { defineConfig } from "vitest/config";

const unit = ["src/**/*.test.ts", "cli/**/*.test.ts", "test/*.test.ts"];

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: unit, environment: "node", testTimeout: 20_000 } },
      { test: { name: "learning", include: ["test/learning/*.test.ts"], environment: "node", testTimeout: 600_000 } },
      { test: { name: "browser", include: ["test/browser/*.test.ts"], environment: "node", testTimeout: 120_000 } },
    ],
  },
});
