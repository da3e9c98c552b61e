import { words } from "@/lib/format";
import { visibleText } from "@/lib/text/visible";
import { Icon, type IconName } from "./Icon";

export type Tone = "good" | "bad" | "warn" | "info" | "muted";

/** How each state of the system looks: an icon and a word, so that colour is never the only sign. */
const LOOKS: Record<string, [Tone, IconName]> = {
  passed: ["good", "check"],
  completed: ["good", "check"],
  approved: ["good", "check"],
  failed: ["bad", "cross"],
  rejected: ["bad", "cross"],
  error: ["bad", "cross"],
  running: ["info", "play"],
  in_progress: ["info", "play"],
  ready: ["info", "dot"],
  in_review: ["info", "lock"],
  pending: ["muted", "clock"],
  draft: ["muted", "edit"],
  retry_wait: ["warn", "redo"],
  regenerated: ["info", "redo"],
  paused: ["warn", "pause"],
  parked: ["warn", "pause"],
  budget_stopped: ["warn", "stop"],
  cancelled: ["muted", "stop"],
  skipped: ["muted", "skip"],
  not_run: ["warn", "minus"],
  missing: ["warn", "minus"],
  not_applicable: ["muted", "minus"],
};

export const toneOf = (status: string): Tone => LOOKS[status]?.[0] ?? "muted";

export function Status({ value, label }: { value: string; label?: string }) {
  const [tone, icon] = LOOKS[value] ?? (["muted", "dot"] as const);
  return (
    <span className={`badge ${tone}`}>
      <Icon name={icon} size={12} />
      {visibleText(label ?? words(value))}
    </span>
  );
}

export function Tag({ children, tone = "muted" }: { children: React.ReactNode; tone?: Tone }) {
  return <span className={`badge ${tone}`}>{children}</span>;
}
