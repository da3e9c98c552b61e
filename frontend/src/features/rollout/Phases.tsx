import { useState } from "react";
import { sentence } from "@/lib/format";
import { type Flag, ROUTING } from "@/model/rollout";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Card } from "@/ui/Page";
import { Tag } from "@/ui/Status";
import { useChangeFlag } from "./api/changeFlag";
import { ReasonForm } from "./ReasonForm";

const title = (name: string): string => sentence(name.replace(/^ENABLE_/, "").toLowerCase());

/** The phases of V2, each with what happens without it and what it rests on. New runs follow at once. */
export function Phases({ flags, mayChange }: { flags: Flag[]; mayChange: boolean }) {
  const [asked, setAsked] = useState<string | null>(null);
  const change = useChangeFlag();
  const switches = flags.filter((flag) => flag.name !== ROUTING);
  const isOn = new Map(switches.map((flag) => [flag.name, flag.active]));
  return (
    <Card title="Phases">
      <ul className="phases">
        {switches.map((flag) => {
          const missing = flag.requires.filter((name) => !isOn.get(name));
          const variable = flag.pinned.active;
          const label = `Switch ${flag.active ? "off" : "on"} ${title(flag.name).toLowerCase()}`;
          const submit = (reason: string) =>
            change.mutate({ flag, fields: { active: !flag.active }, reason }, { onSuccess: () => setAsked(null) });
          return (
            <li key={flag.name}>
              <div className="phase-head">
                <div>
                  <strong>{title(flag.name)}</strong>{" "}
                  <Tag tone={flag.active ? "good" : "muted"}>{flag.active ? "on" : "off"}</Tag>
                  <p className="muted">Without it: {flag.whenOff}.</p>
                  {flag.requires.length > 0 && <p className="muted">Rests on {flag.requires.map(title).join(", ")}.</p>}
                  {flag.active && missing.length > 0 && (
                    <p className="field-error">
                      <Icon name="warn" size={13} /> {missing.map(title).join(", ")} is off.
                    </p>
                  )}
                  {variable && (
                    <p className="muted">
                      <Icon name="lock" size={13} /> Held by <code>{variable}</code>.
                    </p>
                  )}
                </div>
                {mayChange && (
                  <Button
                    disabled={variable !== undefined}
                    aria-expanded={asked === flag.name}
                    aria-label={label}
                    onClick={() => {
                      change.reset();
                      setAsked(asked === flag.name ? null : flag.name);
                    }}
                  >
                    {flag.active ? "Switch off" : "Switch on"}
                  </Button>
                )}
              </div>
              {asked === flag.name && (
                <ReasonForm label={label} busy={change.isPending} error={change.error} onSubmit={submit} />
              )}
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
