import { type KeyboardEvent, useId, useState } from "react";
import { Button } from "@/ui/Button";
import { Visible } from "@/ui/Visible";

interface TagsInputProps {
  label: string;
  values: string[];
  /** Null where the list can only be looked at. */
  onChange: ((values: string[]) => void) | null;
  /** The variable of the environment that holds the list, if any. */
  note?: string | undefined;
}

/** Names as tags: Enter or comma adds what was typed, each tag has its own way out. */
export function TagsInput({ label, values, onChange, note }: TagsInputProps) {
  const [text, setText] = useState("");
  const id = useId();
  const add = () => {
    const names = text.split(",").map((name) => name.trim());
    const fresh = names.filter((name, index) => name && !values.includes(name) && names.indexOf(name) === index);
    if (fresh.length > 0) onChange?.([...values, ...fresh]);
    setText("");
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== ",") return;
    event.preventDefault();
    add();
  };
  return (
    <div className="field">
      <label htmlFor={onChange ? id : undefined}>
        {label} {note && <span className="muted">(held by {note})</span>}
      </label>
      <ul className="tags" aria-label={label}>
        {values.map((name) => (
          <li key={name} className="badge muted">
            <Visible text={name} />
            {onChange && (
              <Button
                tone="quiet"
                icon="cross"
                aria-label={`Remove ${name} from ${label}`}
                onClick={() => onChange(values.filter((other) => other !== name))}
              />
            )}
          </li>
        ))}
        {values.length === 0 && <li className="muted">nobody</li>}
      </ul>
      {onChange && (
        <input
          id={id}
          value={text}
          placeholder="User name, then Enter"
          autoComplete="off"
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKey}
          onBlur={add}
        />
      )}
    </div>
  );
}
