// Module hooks: TypeScript and JSX come transpiled, and relative imports find their file without its ending.
import fs from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

const ENDINGS = [".ts", ".tsx", ".mts", ".js", ".jsx", ".mjs", ".cjs", "/index.ts", "/index.tsx", "/index.js"];
const SCRIPT_OF = { ".js": [".ts", ".tsx"], ".jsx": [".tsx"], ".mjs": [".mts"], ".cjs": [".cts"] };
const MODULE = /(?:^|[;}])\s*(?:import(?:\s+\w|\s*[{*"'])|export(?:\s+\w|\s*[{*]))|\bimport\.meta\b/m;
const ROOT = "/work";
const PHASE = /\?mge=\d+$/;
let transpiled = new Map();
let broken = new Map();
let names = {};

export function initialize(data) {
  transpiled = new Map(data.transpiled);
  broken = new Map(data.broken);
  names = data.names;
}

function candidates(path) {
  const ending = /\.[cm]?jsx?$/.exec(path)?.[0];
  const typed = ending ? SCRIPT_OF[ending].map((other) => path.slice(0, -ending.length) + other) : [];
  return [...typed, ...ENDINGS.map((other) => path + other)];
}

const isFile = (path) => fs.statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

const isOurs = (url) => url.startsWith(`file://${ROOT}/`) && !url.includes("/node_modules/");

// What a module of a phase imports is of that phase too, and made anew for it.
export async function resolve(specifier, context, next) {
  const found = await locate(specifier, context, next);
  const phase = PHASE.exec(context.parentURL ?? "")?.[0];
  return phase && isOurs(found.url) && !PHASE.test(found.url) ? { ...found, url: found.url + phase } : found;
}

async function locate(specifier, context, next) {
  if (Object.hasOwn(names, specifier)) return { url: pathToFileURL(names[specifier]).href, shortCircuit: true };
  try {
    return await next(specifier, context);
  } catch (error) {
    if (!/^(\.{1,2}\/|\/|file:)/.test(specifier) || !context.parentURL) throw error;
    const path = fileURLToPath(new URL(specifier, context.parentURL));
    const found = candidates(path).find(isFile);
    if (!found) throw error;
    return { url: pathToFileURL(found).href, shortCircuit: true };
  }
}

export async function load(url, context, next) {
  const plain = url.replace(PHASE, "");
  const ready = transpiled.get(url) ?? transpiled.get(plain);
  if (broken.has(url) || broken.has(plain)) throw new SyntaxError(broken.get(url) ?? broken.get(plain));
  if (ready !== undefined) return { format: "module", source: ready, shortCircuit: true };
  if (isOurs(url) && plain.endsWith(".js")) {
    const source = fs.readFileSync(fileURLToPath(url), "utf8");
    if (MODULE.test(source)) return { format: "module", source, shortCircuit: true };
  }
  return next(url, context);
}
