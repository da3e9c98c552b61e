import { useState } from "react";
import { plural } from "@/lib/format";
import type { Flag } from "@/model/rollout";
import { Card } from "@/ui/Page";
import { useChangeFlag } from "./api/changeFlag";
import { usePreview } from "./api/getPreview";
import { ReasonForm } from "./ReasonForm";

/** Any percentage, past the gates: whom it moves is shown before it is set. */
export function Percentage({ flag }: { flag: Flag }) {
  const here = flag.enabled ? flag.percentage : 0;
  const [text, setText] = useState(String(here));
  const change = useChangeFlag();
  const wanted = /^\d{1,3}$/.test(text) && Number(text) <= 100 ? Number(text) : null;
  const preview = usePreview(wanted ?? 0, wanted !== null && wanted !== here);
  const pinned = flag.pinned.percentage ?? flag.pinned.enabled;
  const submit = (reason: string) => {
    if (wanted !== null) change.mutate({ flag, fields: { enabled: wanted > 0, percentage: wanted }, reason });
  };
  return (
    <Card title="Share of users">
      <ReasonForm
        label={`Set to ${wanted ?? "…"} %`}
        disabled={wanted === null || wanted === here || pinned !== undefined}
        busy={change.isPending}
        error={change.error}
        onSubmit={submit}
      >
        <label className="field">
          Percentage of users on V2, from 0 to 100
          <input
            inputMode="numeric"
            value={text}
            disabled={pinned !== undefined}
            aria-invalid={wanted === null}
            onChange={(event) => setText(event.target.value.trim())}
          />
        </label>
        <p className="preview" aria-live="polite">
          {wanted === null && <span className="field-error">Give a whole number from 0 to 100.</span>}
          {wanted === here && <span className="muted">That is the share now.</span>}
          {wanted !== null && wanted !== here && preview.data && (
            <>
              <strong>{plural(preview.data.toV2, "user moves", "users move")} to V2</strong>,{" "}
              <strong>{preview.data.toMvp} to the MVP</strong>; then {preview.data.onV2Then} of {preview.data.users} are
              on V2. This passes by the gates.
            </>
          )}
        </p>
      </ReasonForm>
    </Card>
  );
}
