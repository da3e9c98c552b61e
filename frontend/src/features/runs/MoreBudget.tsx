import { type FormEvent, useState } from "react";
import { Button } from "@/ui/Button";

/** The run stands still because its budget is spent; more of it lets it go on. */
export function MoreBudget({ onAdd }: { onAdd: (usd: number) => void }) {
  const [usd, setUsd] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAdd(Number(usd));
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
      <Button type="submit">Add budget</Button>
    </form>
  );
}
