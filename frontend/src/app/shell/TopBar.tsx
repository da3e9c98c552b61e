import { useSignOut } from "@/features/session/api/signOut";
import { runCommand } from "@/lib/keys/registry";
import type { User } from "@/model/session";
import { Button } from "@/ui/Button";
import { Visible } from "@/ui/Visible";
import { ConnectionDot } from "./ConnectionDot";
import { ModeBadge } from "./ModeBadge";
import { PlanSwitcher } from "./PlanSwitcher";
import { usePlanInView } from "./planInView";
import { Spend } from "./Spend";

interface TopBarProps {
  user: User | null;
  onPalette: () => void;
  onKeys: () => void;
}

export function TopBar({ user, onPalette, onKeys }: TopBarProps) {
  const signOut = useSignOut();
  const plan = usePlanInView();
  return (
    <header className="top-bar">
      <PlanSwitcher plan={plan} />
      <Button className="palette-button" tone="plain" icon="search" command="console.palette" onClick={onPalette}>
        Go to or do
      </Button>
      <span className="top-space" />
      <Spend plan={plan} />
      <ModeBadge />
      <ConnectionDot />
      <Button
        tone="quiet"
        icon="theme"
        className="for-room"
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
