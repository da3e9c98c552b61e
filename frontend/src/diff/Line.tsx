import { memo, useState } from "react";
import { Visible } from "@/ui/Visible";
import type { Token } from "./highlight";
import type { Range } from "./marks";
import { sliceTokens } from "./slices";

const LONGEST = 2000;

function cut(tokens: Token[], limit: number): Token[] {
  const result: Token[] = [];
  let room = limit;
  for (const token of tokens) {
    if (room <= 0) break;
    result.push({ text: token.text.slice(0, room), classes: token.classes });
    room -= token.text.length;
  }
  return result;
}

/** One line of code. A line of more than 2,000 characters is cut, and says so. */
export const Line = memo(function Line({ tokens, marks }: { tokens: Token[]; marks: Range[] }) {
  const [whole, setWhole] = useState(false);
  const length = tokens.reduce((sum, token) => sum + token.text.length, 0);
  const shown = whole || length <= LONGEST ? tokens : cut(tokens, LONGEST);
  return (
    <code>
      {sliceTokens(shown, marks).map((slice, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: slices have no identity but their place
        <span key={index} className={`${slice.classes}${slice.marked ? " mark" : ""}` || undefined}>
          <Visible text={slice.text} />
        </span>
      ))}
      {shown !== tokens && (
        <button type="button" className="more" onClick={() => setWhole(true)}>
          {(length - LONGEST).toLocaleString("en")} more characters
        </button>
      )}
    </code>
  );
});
