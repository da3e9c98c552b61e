import type { ButtonHTMLAttributes, ReactNode } from "react";
import { commandTitle, useKeyMap, workingKeys } from "@/lib/keys/bindings";
import { type CommandId, keyLabel } from "@/lib/keys/commands";
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
  useKeyMap();
  const first = command ? workingKeys(command)[0] : undefined;
  const key = first ? keyLabel(first) : null;
  return (
    <button
      type="button"
      {...rest}
      className={`button ${tone} ${rest.className ?? ""}`}
      title={title ?? (command ? commandTitle(command) : undefined)}
      aria-busy={busy || undefined}
      disabled={rest.disabled || busy}
    >
      {icon && <Icon name={icon} />}
      {children && <span>{children}</span>}
      {key && <Kbd>{key}</Kbd>}
    </button>
  );
}

/** The key of a command as it is now; nothing where it has none. */
export function CommandKey({ command }: { command: CommandId }) {
  useKeyMap();
  const first = workingKeys(command)[0];
  return first ? <Kbd>{keyLabel(first)}</Kbd> : null;
}

export function Kbd({ children }: { children: ReactNode }) {
  return (
    <span className="kbd" aria-hidden="true">
      {children}
    </span>
  );
}
