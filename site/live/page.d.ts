/** The modules of docs/rules.md; .vitepress/config.ts says where they lie. */
declare module "page:train" {
  export function train(rule: import("../../src/rules/index.js").Rule, episodes: number): Promise<number[]>;
}
