import { type ReactNode, useEffect, useState } from "react";
import { asApiError } from "@/api/errors";
import { Button } from "./Button";
import { Icon, type IconName } from "./Icon";
import { Visible } from "./Visible";

interface EmptyProps {
  icon?: IconName;
  title: string;
  children?: ReactNode;
}

export function Empty({ icon = "check", title, children }: EmptyProps) {
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon name={icon} size={22} />
      </span>
      <h2>{title}</h2>
      {children && <div className="empty-body">{children}</div>}
    </div>
  );
}

const SKELETON_AFTER_MS = 150;

/** Rows in the final geometry, after a moment: a fast answer never flashes a placeholder. */
export function Skeleton({ rows = 6, label = "Loading" }: { rows?: number; label?: string }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), SKELETON_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="skeleton" aria-busy="true" data-shown={shown}>
      <span className="sr-only">{label}</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholder rows are all alike
        <div key={row} className="skeleton-row" style={{ width: `${92 - ((row * 17) % 38)}%` }} />
      ))}
    </div>
  );
}

const ROLE_HELP = "An administrator can grant it: your account needs the matching role (reviewer or operator).";

interface Explanation {
  icon: IconName;
  title: string;
  help: string;
  link?: { href: string; text: string };
}

function explain(error: unknown): Explanation {
  const { status, code, requestId } = asApiError(error);
  if (status === 0 && code === "offline") {
    return {
      icon: "warn",
      title: "You are offline",
      help: "Nothing is lost. This page continues when the server answers.",
    };
  }
  if (code === "v2_not_installed") {
    return {
      icon: "warn",
      title: "V2 is not installed",
      help: "This server runs in MVP mode: plans run as a whole, without atoms, waves or reviews.",
      link: { href: "/rollout", text: "Rollout" },
    };
  }
  if (status === 403) return { icon: "lock", title: "Your role does not allow this", help: ROLE_HELP };
  if (status === 404)
    return { icon: "search", title: "Not found", help: "It does not exist, or it is not visible to you." };
  const help = requestId ? `Request ${requestId}` : `Code ${code}`;
  return { icon: "warn", title: "The server could not answer", help };
}

/** What went wrong, in this part of the page only; the rest stays usable. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { icon, title, help, link } = explain(error);
  const { message } = asApiError(error);
  return (
    <div className="empty" role="alert">
      <span className="empty-icon bad">
        <Icon name={icon} size={22} />
      </span>
      <h2>{title}</h2>
      <div className="empty-body">
        <p>
          <Visible text={message} />
        </p>
        <p className="muted">{help}</p>
        {link && <a href={link.href}>{link.text}</a>}
        {onRetry && (
          <Button icon="redo" onClick={onRetry}>
            Try again
          </Button>
        )}
      </div>
    </div>
  );
}
