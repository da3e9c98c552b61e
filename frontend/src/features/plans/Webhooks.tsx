import { type FormEvent, useState } from "react";
import { plural } from "@/lib/format";
import type { Delivery as Sent, Webhook } from "@/model/webhook";
import { Ago } from "@/ui/Ago";
import { Button } from "@/ui/Button";
import { ErrorNote } from "@/ui/ErrorNote";
import { Card } from "@/ui/Page";
import { Tag } from "@/ui/Status";
import { ErrorState } from "@/ui/states";
import { Visible } from "@/ui/Visible";
import { useChangeWebhooks, useDeliveries, useWebhooks } from "./api/webhooks";

const EVENTS = ["run.status", "run.finished", "run.phase", "atoms.status", "review.added"];

/** Programs that are told of this plan's events. A new secret is shown once, here. */
export function Webhooks({ planId }: { planId: string }) {
  const hooks = useWebhooks(planId);
  const { add, remove, test } = useChangeWebhooks();
  const count = hooks.data?.length ?? 0;
  return (
    <Card
      title="Webhooks"
      aside={<span className="muted small">{count === 0 ? "none" : plural(count, "webhook")}</span>}
    >
      <details className="webhooks" open={count > 0 || undefined}>
        <summary>Tell another program what happens here</summary>
        {hooks.isError && <ErrorState error={hooks.error} onRetry={() => void hooks.refetch()} />}
        <ul>
          {(hooks.data ?? []).map((hook) => (
            <Hook
              key={hook.id}
              hook={hook}
              onTest={() => test.mutate(hook.id)}
              onRemove={() => remove.mutate(hook.id)}
            />
          ))}
        </ul>
        <NewHook busy={add.isPending} onAdd={(url, events) => add.mutate({ url, events, planId })} />
        {add.data && (
          <p className="note info" role="status">
            Its secret, shown this once: <code className="secret">{add.data.secret}</code>
          </p>
        )}
        {add.isError && <ErrorNote error={add.error} title="The webhook was not made" />}
        {remove.isError && <ErrorNote error={remove.error} />}
        {test.isError && <ErrorNote error={test.error} />}
      </details>
    </Card>
  );
}

function NewHook({ busy, onAdd }: { busy: boolean; onAdd: (url: string, events: string[]) => void }) {
  const [url, setUrl] = useState("");
  const [events, setEvents] = useState(["run.status", "run.finished"]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAdd(url, events);
  };
  const toggle = (name: string) =>
    setEvents(events.includes(name) ? events.filter((other) => other !== name) : [...events, name]);
  return (
    <form className="form" onSubmit={submit}>
      <div className="field-row">
        <label className="field">
          URL
          <input
            type="url"
            required
            value={url}
            placeholder="https://example.org/hook"
            onChange={(event) => setUrl(event.target.value)}
          />
        </label>
        <Button type="submit" busy={busy} disabled={events.length === 0}>
          Add webhook
        </Button>
      </div>
      <fieldset className="events-choice">
        <legend className="small muted">Events</legend>
        {EVENTS.map((name) => (
          <label key={name} className="check-field">
            <input type="checkbox" checked={events.includes(name)} onChange={() => toggle(name)} />
            {name}
          </label>
        ))}
      </fieldset>
    </form>
  );
}

function Hook({ hook, onTest, onRemove }: { hook: Webhook; onTest: () => void; onRemove: () => void }) {
  const [open, setOpen] = useState(false);
  const sent = useDeliveries(hook.id, open);
  return (
    <li>
      <div className="hook-head">
        <code>
          <Visible text={hook.url} />
        </code>
        {hook.active ? <Tag>{hook.events.join(", ")}</Tag> : <Tag tone="bad">off: {hook.stoppedBecause}</Tag>}
        <Button onClick={onTest}>Send a test</Button>
        <Button tone="bad" onClick={onRemove}>
          Delete
        </Button>
      </div>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>Deliveries</summary>
        {sent.data?.length === 0 && <p className="muted small">Nothing was sent yet.</p>}
        <ul>
          {(sent.data ?? []).map((delivery) => (
            <Delivery key={delivery.id} delivery={delivery} />
          ))}
        </ul>
      </details>
    </li>
  );
}

function Delivery({ delivery }: { delivery: Sent }) {
  const waits = delivery.status === "pending" && delivery.tries > 0;
  return (
    <li className="small">
      <strong>{delivery.type}</strong> {waits ? "is tried again" : delivery.status} <Ago at={delivery.createdAt} />
      {delivery.tries > 1 && <span className="muted"> · {plural(delivery.tries, "try", "tries")}</span>}
      {delivery.error && (
        <span className="muted">
          {" "}
          · <Visible text={delivery.error} />
        </span>
      )}
    </li>
  );
}
