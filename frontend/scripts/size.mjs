// Fails when the build is heavier than its budget: gzip of what the manifest says is loaded, and when.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const DIST = new URL("../dist/", import.meta.url);
const KB = 1000;
const BUDGETS = { "initial JS": 260, "initial CSS": 25, "editor chunk": 110, "any other chunk": 60 };

const gzipped = (file) => gzipSync(readFileSync(new URL(file, DIST)), { level: 9 }).length / KB;

/** Files that an entry needs before it can run. */
function staticFiles(manifest, key, seen = new Set()) {
  if (seen.has(key)) return [];
  seen.add(key);
  const chunk = manifest[key];
  return [chunk.file, ...(chunk.imports ?? []).flatMap((other) => staticFiles(manifest, other, seen))];
}

export function measure(manifest, sizeOf) {
  const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
  if (!entry) throw new Error("manifest.json has no entry");
  const initial = new Set(staticFiles(manifest, entry));
  const sum = (files) => [...files].reduce((total, file) => total + sizeOf(file), 0);
  const lazy = [...new Set(Object.values(manifest).flatMap((chunk) => chunk.dynamicImports ?? []))];
  const isEditor = (key) => key.endsWith("editor/codemirror.ts");
  const weigh = (key, loaded) => {
    const files = staticFiles(manifest, key).filter((file) => file.endsWith(".js"));
    return sum(files.filter((file) => !loaded.has(file)));
  };
  const withEditor = new Set([...initial, ...lazy.filter(isEditor).flatMap((key) => staticFiles(manifest, key))]);
  return {
    "initial JS": sum([...initial].filter((file) => file.endsWith(".js"))),
    "initial CSS": sum(manifest[entry].css ?? []),
    "editor chunk": Math.max(0, ...lazy.filter(isEditor).map((key) => weigh(key, initial))),
    "any other chunk": Math.max(0, ...lazy.filter((key) => !isEditor(key)).map((key) => weigh(key, withEditor))),
  };
}

export function overBudget(sizes, budgets = BUDGETS) {
  return Object.keys(budgets).filter((name) => sizes[name] > budgets[name]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const sizes = measure(JSON.parse(readFileSync(new URL("manifest.json", DIST), "utf8")), gzipped);
  for (const [name, budget] of Object.entries(BUDGETS)) {
    process.stdout.write(`${name.padEnd(16)} ${sizes[name].toFixed(1).padStart(7)} kB gz of ${budget}\n`);
  }
  const over = overBudget(sizes);
  if (over.length > 0) {
    process.stderr.write(`over budget: ${over.join(", ")}\n`);
    process.exit(1);
  }
}
