import { useEffect, useRef, useState } from "react";
import { conflictsOf, isRemapped, keysOf, lettersAreOff, resetKeys, setKey } from "@/lib/keys/bindings";
import { type CommandId, keyLabel, specOf } from "@/lib/keys/commands";
import { isCharacterKey } from "@/lib/keys/scope";
import { Button } from "@/ui/Button";
import { useRecorder } from "./useRecorder";

type Step = { name: "rest" } | { name: "recording" } | { name: "conflict"; key: string; others: CommandId[] };

/** A command and its keys, which can be changed in place. */
export function KeyRow({ id }: { id: CommandId }) {
  const [step, setStep] = useState<Step>({ name: "rest" });
  const { title } = specOf(id);
  const rest = () => setStep({ name: "rest" });
  const take = (key: string) => {
    setKey(id, key);
    rest();
  };
  const recorded = (key: string) => {
    const others = conflictsOf(id, key);
    if (others.length > 0) setStep({ name: "conflict", key, others });
    else take(key);
  };
  return (
    <li className="key-row">
      <span className="key-title">{title}</span>
      <Keys id={id} />
      <span className="key-acts">
        {step.name === "recording" ? (
          <Recording title={title} onKey={recorded} onCancel={rest} />
        ) : (
          <Button aria-label={`Change the key of ${title}`} onClick={() => setStep({ name: "recording" })}>
            Change
          </Button>
        )}
        <Button
          tone="quiet"
          disabled={!isRemapped(id)}
          aria-label={`Reset the key of ${title}`}
          onClick={() => resetKeys(id)}
        >
          Reset
        </Button>
      </span>
      {step.name === "conflict" && (
        <div className="note warn" role="alert">
          <p className="note-body">
            <kbd>{keyLabel(step.key)}</kbd> is taken by {step.others.map((other) => specOf(other).title).join(", ")}.
          </p>
          <Button onClick={() => take(step.key)}>Take it from there</Button>
          <Button tone="quiet" onClick={rest}>
            Keep as it is
          </Button>
        </div>
      )}
    </li>
  );
}

function Keys({ id }: { id: CommandId }) {
  const keys = keysOf(id);
  return (
    <span className="key-list">
      {keys.length === 0 && <span className="muted">no key</span>}
      {keys.map((key) =>
        lettersAreOff() && isCharacterKey(key) ? (
          <span key={key} className="key-off">
            <s>{keyLabel(key)}</s> <span className="muted small">off</span>
          </span>
        ) : (
          <kbd key={key}>{keyLabel(key)}</kbd>
        ),
      )}
    </span>
  );
}

interface RecordingProps {
  title: string;
  onKey: (key: string) => void;
  onCancel: () => void;
}

function Recording({ title, onKey, onCancel }: RecordingProps) {
  const { strokes, onKeyDown } = useRecorder(onKey, onCancel);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  return (
    <button
      type="button"
      ref={button}
      className="button primary recording"
      aria-label={`Press a key: the new one of ${title}. Escape cancels.`}
      onKeyDown={onKeyDown}
      onBlur={onCancel}
    >
      {strokes ? <span aria-hidden="true">{keyLabel(strokes)} then …</span> : "Press a key"}
    </button>
  );
}
