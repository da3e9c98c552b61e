import type { ButtonHTMLAttributes, ReactNode } from "react";
import { type CommandId, keyLabel, specOf } from "@/lib/keys/commands";
import { Icon, type IconName } from "./Icon";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  tone?: "plain" | "primary" | "good" | "bad" | "quiet";
  icon?: IconName;
  /** The command this button stands for: its key is shown and named in the tooltip. */
  command?: CommandId;
  busy?: boolean;
  children?: ReactNode;
}

export function Button({ tone = "plain", icon, command, busy = false, children, title, ...rest }: ButtonProps) {
  const spec = command ? specOf(command) : null;
  const key = spec?.keys[0] ? keyLabel(spec.keys[0]) : null;
  return (
    <button
      type="button"
      {...rest}
      className={`button ${tone} ${rest.className ?? ""}`}
      title={title ?? (spec && key ? `${spec.title} (${key})` : undefined)}
      aria-busy={busy || undefined}
      disabled={rest.disabled || busy}
    >
      {icon && <Icon name={icon} />}
      {children && <span>{children}</span>}
      {key && <Kbd>{key}</Kbd>}
    </button>
  );
}

export function Kbd({ children }: { children: ReactNode }) {
  return (
    <span className="kbd" aria-hidden="true">
      {children}
    </span>
  );
}
