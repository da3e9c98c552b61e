import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { chordOf } from "@/lib/keys/chord";

const SECOND_STROKE_MS = 900;
const MODIFIERS = new Set(["Control", "Shift", "Alt", "Meta", "AltGraph", "CapsLock"]);

interface Recorder {
  /** What was pressed so far, empty while nothing was. */
  strokes: string;
  onKeyDown: (event: KeyboardEvent) => void;
}

/** Records a key, or two strokes one after the other. Escape and Tab leave without one, so that nobody is trapped. */
export function useRecorder(onKey: (key: string) => void, onCancel: () => void): Recorder {
  const [strokes, setStrokes] = useState("");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (MODIFIERS.has(event.key) || event.nativeEvent.isComposing || event.repeat) return;
    clearTimeout(timer.current);
    if (event.key !== "Tab") event.preventDefault();
    const chord = chordOf(event.nativeEvent);
    if (event.key === "Tab" || event.key === "Escape") onCancel();
    else if (strokes) onKey(`${strokes} ${chord}`);
    else {
      setStrokes(chord);
      timer.current = setTimeout(() => onKey(chord), SECOND_STROKE_MS);
    }
  };
  return { strokes, onKeyDown };
}
