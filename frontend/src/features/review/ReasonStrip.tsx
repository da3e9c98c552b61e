import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Button, Kbd } from "@/ui/Button";
import { REASONS, type ReasonCode } from "./reasons";

interface ReasonStripProps {
  kind: "reject" | "regenerate";
  /** Feedback that was written already. */
  words: string;
  onSend: (reason: ReasonCode, feedback: string) => void;
  onClose: () => void;
}

const TEXTS = {
  reject: { label: "Reject", hint: "The draft stays in the export.", field: "What is wrong (optional)" },
  regenerate: {
    label: "Regenerate",
    hint: "The model tries again with your words.",
    field: "What should change (optional)",
  },
} as const;

const isText = (target: EventTarget): boolean => target instanceof HTMLInputElement && target.type === "text";

/** A line, not a dialog: a digit picks the reason, Enter sends, Escape closes. */
export function ReasonStrip({ kind, words, onSend, onClose }: ReasonStripProps) {
  const strip = useRef<HTMLFieldSetElement>(null);
  const [reason, setReason] = useState<ReasonCode>("wrong_logic");
  const [feedback, setFeedback] = useState(words);
  const text = TEXTS[kind];
  const picks = kind === "reject";
  useEffect(() => strip.current?.querySelector("input")?.focus(), []);

  const keys = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const digit = picks && !isText(event.target) ? REASONS[Number(event.key) - 1] : undefined;
    const onButton = (event.target as Element).closest("button") !== null;
    if (digit) setReason(digit[0]);
    else if (event.key === "Enter" && !event.repeat && !onButton) onSend(reason, feedback);
    else if (event.key === "Escape") onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <fieldset ref={strip} className="strip" aria-label={text.label} onKeyDown={keys}>
      {picks &&
        REASONS.map(([code, label], index) => (
          <label key={code} className="strip-reason">
            <input
              type="radio"
              name="reason"
              className="sr-only"
              checked={code === reason}
              onChange={() => setReason(code)}
            />
            <Kbd>{index + 1}</Kbd> {label}
          </label>
        ))}
      <input
        type="text"
        aria-label={text.field}
        placeholder={text.field}
        value={feedback}
        onChange={(event) => setFeedback(event.target.value)}
      />
      <Button tone={picks ? "bad" : "primary"} onClick={() => onSend(reason, feedback)}>
        {text.label}
      </Button>
      <span className="small strip-hint">{text.hint}</span>
    </fieldset>
  );
}
