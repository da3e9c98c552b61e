import type { Token } from "./highlight";
import type { Range } from "./marks";

export interface Slice extends Token {
  marked: boolean;
}

/** Cuts tokens at the borders of the marks, so that each slice is either marked or not. */
export function sliceTokens(tokens: Token[], marks: Range[]): Slice[] {
  const slices: Slice[] = [];
  let position = 0;
  for (const token of tokens) {
    const end = position + token.text.length;
    const borders = marks.flatMap((mark) => [mark.from, mark.to]).filter((at) => at > position && at < end);
    const cuts = [position, ...new Set(borders), end].sort((a, b) => a - b);
    for (let index = 0; index + 1 < cuts.length; index += 1) {
      const from = cuts[index] ?? 0;
      const to = cuts[index + 1] ?? 0;
      const marked = marks.some((mark) => mark.from <= from && to <= mark.to);
      slices.push({ text: token.text.slice(from - position, to - position), classes: token.classes, marked });
    }
    position = end;
  }
  return slices;
}
