// Which lines a test executed: V8's precise block coverage, taken when the test ends, mapped back to the written file.
import { Session } from "node:inspector";
import { SourceMap } from "node:module";

export class Coverage {
  // traced: URL -> plan path; texts: URL -> {code, map | null}
  constructor(traced, texts) {
    this.traced = traced;
    this.texts = texts;
    this.starts = new Map();
    this.session = new Session();
    this.session.connect();
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
      if (path === undefined || !this.texts.has(script.url)) continue;
      const lines = this.linesOf(script);
      if (lines.length > 0) found[path] = ranges(lines);
    }
    return found;
  }

  linesOf(script) {
    const { code } = this.texts.get(script.url);
    const painted = new Uint8Array(code.length);
    const all = script.functions.flatMap((f) => f.ranges.map((r) => [r.startOffset, r.endOffset, r.count > 0 ? 1 : 0]));
    all.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
    for (const [start, end, value] of all) painted.fill(value, start, end);
    const lines = new Set();
    for (const [offset, line] of this.words(script.url)) if (painted[offset]) lines.add(line);
    return [...lines].sort((a, b) => a - b);
  }

  // [offset in the executed text, line in the written file] of every word.
  words(url) {
    const known = this.starts.get(url);
    if (known) return known;
    const { code, map } = this.texts.get(url);
    const mapping = map ? new SourceMap(map) : null;
    const found = [];
    let line = 0;
    let start = 0;
    for (const text of code.split("\n")) {
      for (const match of text.matchAll(/[\w$"'`]+/g)) {
        const entry = mapping ? mapping.findEntry(line, match.index) : { originalLine: line };
        if (entry.originalLine !== undefined) found.push([start + match.index, entry.originalLine + 1]);
      }
      start += text.length + 1;
      line += 1;
    }
    this.starts.set(url, found);
    return found;
  }
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
