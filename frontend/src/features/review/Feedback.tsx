import { useRef } from "react";
import { useCommands } from "@/lib/keys/useCommands";
import { CommandKey } from "@/ui/Button";

interface FeedbackProps {
  value: string;
  onChange: (text: string) => void;
}

const LONGEST = 20_000;

/** Words that go with the decision: to the audit, and to the model where it tries again. */
export function Feedback({ value, onChange }: FeedbackProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  useCommands({ "review.feedback": () => field.current?.focus() });
  return (
    <section>
      <header className="why-head">
        <h2 id="feedback-title">Feedback</h2>
        <CommandKey command="review.feedback" />
      </header>
      <textarea
        ref={field}
        rows={3}
        aria-labelledby="feedback-title"
        maxLength={LONGEST}
        placeholder="Kept with your decision; the model reads it when it tries again"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
    </section>
  );
}
