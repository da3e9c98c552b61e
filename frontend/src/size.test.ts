import { describe, expect, it } from "vitest";
import { measure, overBudget } from "../scripts/size.mjs";

const manifest = {
  "index.html": {
    file: "index.js",
    isEntry: true,
    imports: ["_shared"],
    dynamicImports: ["src/features/review/editor/codemirror.ts", "grammar"],
    css: ["index.css"],
  },
  _shared: { file: "shared.js" },
  "src/features/review/editor/codemirror.ts": {
    file: "editor.js",
    imports: ["index.html"],
    dynamicImports: ["script"],
  },
  grammar: { file: "grammar.js", imports: ["_shared"] },
  script: { file: "script.js", imports: ["src/features/review/editor/codemirror.ts", "grammar"] },
};
const weights: Record<string, number> = {
  "index.js": 180,
  "shared.js": 20,
  "editor.js": 97,
  "grammar.js": 30,
  "script.js": 5,
};
const sizes = measure(manifest, (file) => weights[file] ?? 8);

describe("the size gate", () => {
  it("adds up what is loaded first, and each part that comes later without what is there already", () => {
    expect(sizes).toEqual({ "initial JS": 200, "initial CSS": 8, "editor chunk": 97, "any other chunk": 35 });
  });

  it("names what is over its budget", () => {
    expect(overBudget(sizes)).toEqual([]);
    expect(overBudget({ ...sizes, "initial JS": 261 })).toEqual(["initial JS"]);
  });
});
