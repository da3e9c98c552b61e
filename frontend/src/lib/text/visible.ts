export interface Piece {
  text: string;
  /** For a character that would not be seen, its name; the piece then holds that character alone. */
  hidden: string | null;
}

const NAMES: Record<number, string> = {
  173: "soft hyphen",
  1564: "Arabic letter mark",
  4447: "Hangul filler",
  4448: "Hangul filler",
  6158: "Mongolian vowel separator",
  8203: "zero width space",
  8204: "zero width non-joiner",
  8205: "zero width joiner",
  8206: "left-to-right mark",
  8207: "right-to-left mark",
  8232: "line separator",
  8233: "paragraph separator",
  8234: "left-to-right embedding",
  8235: "right-to-left embedding",
  8236: "pop directional formatting",
  8237: "left-to-right override",
  8238: "right-to-left override",
  8288: "word joiner",
  8294: "left-to-right isolate",
  8295: "right-to-left isolate",
  8296: "first strong isolate",
  8297: "pop directional isolate",
  12644: "Hangul filler",
  65279: "byte order mark",
  65440: "Hangul filler",
};

/** Controls (tab and line feed apart), bidirectional and zero-width characters, tags, supplementary variation selectors. */
// biome-ignore format: one pattern, one line
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e01ef}]/gu;

export function codePointLabel(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

function nameOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const known = NAMES[code] ?? (code < 0xa0 ? "control character" : "invisible character");
  return `${codePointLabel(character)} ${known}`;
}

/** Cuts a text so that every character that hides or reorders others stands alone and has a name. Loses nothing. */
export function visiblePieces(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(HIDDEN)) {
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), hidden: null });
    pieces.push({ text: match[0], hidden: nameOf(match[0]) });
    end = match.index + match[0].length;
  }
  if (end < text.length || pieces.length === 0) pieces.push({ text: text.slice(end), hidden: null });
  return pieces;
}

/** The same as plain text, for attributes and announcements. */
export function visibleText(text: string): string {
  return visiblePieces(text)
    .map((piece) => (piece.hidden ? `[${codePointLabel(piece.text)}]` : piece.text))
    .join("");
}
