import { type FormEvent, useState } from "react";
import { Button } from "@/ui/Button";

interface MoreBudgetProps {
  busy: boolean;
  onAdd: (usd: number, onAdded: () => void) => void;
}

/** Raises the cap of a run; one that stands still because its budget is spent goes on. */
export function MoreBudget({ busy, onAdd }: MoreBudgetProps) {
  const [usd, setUsd] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAdd(Number(usd), () => setUsd("")); // a second press must not add it again
  };
  return (
    <form className="inline-form" onSubmit={submit}>
      <label className="inline-field">
        Add USD
        <input
          type="number"
          min="0.01"
          step="0.01"
          required
          value={usd}
          onChange={(event) => setUsd(event.target.value)}
        />
      </label>
      <Button type="submit" busy={busy}>
        Add budget
      </Button>
    </form>
  );
}
