// TypeScript and JSX of the workspace, transpiled by esbuild and registered with the module hooks.
import fs from "node:fs";
import Module, { createRequire, register } from "node:module";
import { pathToFileURL } from "node:url";

const LOADERS = { ts: "ts", mts: "ts", cts: "ts", tsx: "tsx", jsx: "jsx" };

/**
 * Transpile `paths`; `texts` maps the address of each to its code and source map. Broken files fail when imported.
 * `names`: what modules are called besides their path. `plain`: paths of typed files that hold JavaScript already.
 * `texts`: further ones, as [address, path, text]. `hooks`: false where no module needs them.
 */
export async function transpile(paths, esbuildPath, { names = {}, plain = [], texts: more = [], hooks = true } = {}) {
  const texts = new Map();
  const broken = new Map();
  const transpiled = [];
  if (paths.length > 0) {
    const esbuild = createRequire(import.meta.url)(esbuildPath);
    const files = paths.map((path) => [pathToFileURL(path).href, path, fs.readFileSync(path, "utf8")]);
    for (const [url, path, source] of [...files, ...more]) {
      try {
        const { code, map } = await esbuild.transform(source, {
          loader: LOADERS[path.slice(path.lastIndexOf(".") + 1)], format: "esm", target: "node20", jsx: "automatic",
          sourcefile: path, sourcemap: "external", logLevel: "silent",
        });
        const inline = Buffer.from(map).toString("base64");
        transpiled.push([url, `${code}\n//# sourceMappingURL=data:application/json;base64,${inline}\n`]);
        texts.set(url, { code, map: JSON.parse(map) });
      } catch (error) {
        const last = source.trimEnd().split("\n").length;
        const line = Math.min(error.errors?.[0]?.location?.line ?? 1, last);
        broken.set(url, `${error.message}\n    at (${path}:${line}:1)`);
      }
    }
    await esbuild.stop();
  }
  for (const path of plain) transpiled.push([pathToFileURL(path).href, fs.readFileSync(path, "utf8")]);
  process.setSourceMapsEnabled(true);
  nameForRequire(names);
  if (hooks) register(new URL("./node_hooks.mjs", import.meta.url), { data: { transpiled, broken: [...broken], names } });
  return { texts, broken };
}

// Hooks of modules do not hear of `require`.
function nameForRequire(names) {
  const resolve = Module._resolveFilename;
  if (Object.keys(names).length > 0) {
    Module._resolveFilename = (request, ...rest) => (Object.hasOwn(names, request) ? names[request] : resolve(request, ...rest));
  }
}
