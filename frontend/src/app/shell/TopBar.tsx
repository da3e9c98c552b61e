import { useParams } from "@tanstack/react-router";
import { useRun } from "@/features/runs/api/getRun";
import { useSignOut } from "@/features/session/api/signOut";
import { money } from "@/lib/format";
import { runCommand } from "@/lib/keys/registry";
import type { User } from "@/model/session";
import { Button } from "@/ui/Button";
import { Visible } from "@/ui/Visible";
import { ConnectionDot } from "./ConnectionDot";
import { ModeBadge } from "./ModeBadge";

interface TopBarProps {
  user: User | null;
  onPalette: () => void;
  onKeys: () => void;
}

export function TopBar({ user, onPalette, onKeys }: TopBarProps) {
  const signOut = useSignOut();
  return (
    <header className="top-bar">
      <Button className="palette-button" tone="plain" icon="search" command="console.palette" onClick={onPalette}>
        Go to or do
      </Button>
      <span className="top-space" />
      <Spend />
      <ModeBadge />
      <ConnectionDot />
      <Button
        tone="quiet"
        icon="theme"
        aria-label="Switch the theme"
        title="Light, dark or system theme (G then T)"
        onClick={() => runCommand("console.theme")}
      />
      <Button
        tone="quiet"
        icon="keys"
        className="for-keyboard"
        aria-label="Keys of this page"
        title="Keys of this page (?)"
        onClick={onKeys}
      />
      {user && (
        <span className="user">
          <span className="user-name">
            <Visible text={user.username} />
          </span>
          <Button tone="quiet" icon="out" aria-label="Sign out" title="Sign out" onClick={() => signOut.mutate()} />
        </span>
      )}
    </header>
  );
}

/** Spend and budget of the run in view; the page itself fetches the run, this only reads along. */
function Spend() {
  const { runId } = useParams({ strict: false });
  const run = useRun(runId ?? "", false);
  if (!runId || !run.data) return null;
  return (
    <span className="spend small" title="Spent in this run">
      <span className="muted">spent</span> {run.data.cost === null ? "unknown" : money(run.data.cost)}
      {run.data.budget !== null && <span className="muted"> of {money(run.data.budget)}</span>}
    </span>
  );
}
