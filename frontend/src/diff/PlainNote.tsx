import { useState } from "react";
import { visibleText } from "@/lib/text/visible";
import { isHuge, isKnown } from "./highlight";
import { splitLines } from "./rows";

/** Whether the reader asked for the colours of exactly this text. */
export function useForced(text: string): [boolean, () => void] {
  const [forced, setForced] = useState<string | null>(null);
  return [forced === text, () => setForced(text)];
}

interface PlainNoteProps {
  text: string;
  language: string;
  forced: boolean;
  onForce: () => void;
}

/** Why code stands there without colours, where it does. */
export function PlainNote({ text, language, forced, onForce }: PlainNoteProps) {
  if (!isKnown(language)) {
    return <p className="plain-note">Plain text: no grammar for {visibleText(language || "this language")}.</p>;
  }
  if (forced || !isHuge(text)) return null;
  return (
    <p className="plain-note">
      Plain text: {splitLines(text).length.toLocaleString("en")} lines, {Math.ceil(text.length / 1000)} kB.{" "}
      <button type="button" className="link-button" onClick={onForce}>
        Highlight
      </button>
    </p>
  );
}
