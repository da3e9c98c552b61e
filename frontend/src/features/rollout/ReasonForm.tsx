import { type FormEvent, type ReactNode, useState } from "react";
import { Button } from "@/ui/Button";
import { ErrorNote } from "@/ui/ErrorNote";

interface ReasonFormProps {
  label: string;
  tone?: "primary" | "bad" | "plain";
  disabled?: boolean;
  busy: boolean;
  error: unknown;
  onSubmit: (reason: string) => void;
  children?: ReactNode;
}

/** What every change of the rollout asks for: why. It is kept in the history. */
export function ReasonForm({ label, tone = "primary", disabled, busy, error, onSubmit, children }: ReasonFormProps) {
  const [reason, setReason] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim()) onSubmit(reason.trim());
  };
  return (
    <form className="form" onSubmit={submit}>
      {children}
      <label className="field">
        Reason for: {label.toLowerCase()}
        <input value={reason} maxLength={500} autoComplete="off" onChange={(event) => setReason(event.target.value)} />
      </label>
      {error ? <ErrorNote error={error} /> : null}
      <div className="form-actions">
        <Button type="submit" tone={tone} busy={busy} disabled={disabled || !reason.trim()}>
          {label}
        </Button>
      </div>
    </form>
  );
}
