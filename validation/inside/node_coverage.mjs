// Which lines a test executed: V8's precise block coverage, taken when the test ends, mapped back to the written file.
import { Session } from "node:inspector";
import { SourceMap } from "node:module";

const INLINE_MAP = /\/\/# sourceMappingURL=data:application\/json;[^,\n]*base64,([\w+/=]+)/g;
const WRAPPER = /^[^\n]*?=>\s?\{\{/; // what vite puts before the first line of a module

export class Coverage {
  // traced: URL -> plan path; texts: URL -> {code, map | null}, or null: as V8 got them, with a map at their end
  constructor(traced, texts) {
    this.traced = traced;
    this.texts = texts;
    this.starts = new Map();
    this.session = new Session();
    this.session.connect();
    if (!texts) this.session.post("Debugger.enable");
    this.session.post("Profiler.enable");
    this.session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  // Lines by plan path as "1-4,7" since the last call.
  take() {
    let result = [];
    this.session.post("Profiler.takePreciseCoverage", (error, answer) => {
      if (!error) result = answer.result;
    });
    const found = {};
    for (const script of result) {
      const path = this.traced.get(script.url);
      if (path === undefined || (this.texts && !this.texts.has(script.url))) continue;
      const lines = this.linesOf(script);
      if (lines.length > 0) found[path] = ranges(lines);
    }
    return found;
  }

  linesOf(script) {
    const { length, words } = this.known(script);
    const painted = new Uint8Array(length);
    const all = script.functions.flatMap((f) => f.ranges.map((r) => [r.startOffset, r.endOffset, r.count > 0 ? 1 : 0]));
    all.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
    for (const [start, end, value] of all) painted.fill(value, start, end);
    const lines = new Set();
    for (const [offset, line] of words) if (painted[offset]) lines.add(line);
    return [...lines].sort((a, b) => a - b);
  }

  // Length of the executed text and [offset in it, line in the written file] of every word.
  known({ scriptId, url }) {
    if (!this.starts.has(scriptId)) {
      const { code, map, skip } = this.texts ? { ...this.texts.get(url), skip: 0 } : this.asRun(scriptId);
      this.starts.set(scriptId, { length: code.length, words: wordsOf(code, map, skip) });
    }
    return this.starts.get(scriptId);
  }

  asRun(scriptId) {
    let code = "";
    this.session.post("Debugger.getScriptSource", { scriptId }, (error, answer) => {
      if (!error) code = answer.scriptSource;
    });
    const text = [...code.matchAll(INLINE_MAP)].at(-1)?.[1];
    const map = text ? JSON.parse(Buffer.from(text, "base64").toString("utf8")) : null;
    return { code, map, skip: WRAPPER.exec(code)?.[0].length ?? 0 };
  }
}

function wordsOf(code, map, skip) {
  const mapping = map ? new SourceMap(map) : null;
  const found = [];
  let line = 0;
  let start = 0;
  for (const text of code.split("\n")) {
    if (text.startsWith("//# source")) break;
    for (const match of text.matchAll(/[\w$"'`]+/g)) {
      const column = line === 0 ? match.index - skip : match.index;
      const entry = mapping ? mapping.findEntry(line, column) : { originalLine: line };
      if (column >= 0 && entry.originalLine !== undefined) found.push([start + match.index, entry.originalLine + 1]);
    }
    start += text.length + 1;
    line += 1;
  }
  return found;
}

function ranges(lines) {
  const found = [];
  for (const line of lines) {
    const last = found.at(-1);
    if (last && line === last[1] + 1) last[1] = line;
    else found.push([line, line]);
  }
  return found.map(([a, b]) => (a === b ? `${a}` : `${a}-${b}`)).join(",");
}
