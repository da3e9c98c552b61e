import { Outlet, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useSession } from "@/features/session/api/getSession";
import { useAnnouncement } from "@/lib/announce";
import { useCommands, useKeyboard } from "@/lib/keys/useCommands";
import { nextTheme } from "@/lib/theme";
import { showToast } from "@/lib/toasts";
import { ErrorState, Skeleton } from "@/ui/states";
import { Toaster } from "@/ui/Toaster";
import { KeySheet } from "./KeySheet";
import { Palette } from "./Palette";
import { Rail } from "./Rail";
import { ToLogin } from "./ToLogin";
import { TopBar } from "./TopBar";

/** The frame of every page behind sign-in: rail, top bar, palette, keys, and the one live region. */
export function Shell() {
  const session = useSession();
  const navigate = useNavigate();
  const [overlay, setOverlay] = useState<"palette" | "keys" | null>(null);
  const announcement = useAnnouncement();
  useKeyboard();
  useCommands({
    "console.palette": () => setOverlay("palette"),
    "console.keys": () => setOverlay("keys"),
    "console.theme": () => showToast({ tone: "info", text: `Theme: ${nextTheme()}` }),
    "go.review": () => void navigate({ to: "/review" }),
    "go.plans": () => void navigate({ to: "/masterplans" }),
    "go.graphs": () => void navigate({ to: "/graph" }),
    "go.runs": () => void navigate({ to: "/runs" }),
    "go.rollout": () => void navigate({ to: "/rollout" }),
    "go.metrics": () => void navigate({ to: "/metrics" }),
    "go.settings": () => void navigate({ to: "/settings" }),
  });
  if (session.isSuccess && session.data === null) return <ToLogin />;
  return (
    <div className="shell" data-ready={session.isSuccess}>
      <a className="skip-link" href="#main">
        Skip to the page
      </a>
      <Rail user={session.data ?? null} />
      <div className="shell-body">
        <TopBar user={session.data ?? null} onPalette={() => setOverlay("palette")} onKeys={() => setOverlay("keys")} />
        <main id="main" tabIndex={-1}>
          {session.isSuccess && <Outlet />}
          {session.isPending && <Skeleton rows={8} />}
          {session.isError && <ErrorState error={session.error} onRetry={() => void session.refetch()} />}
        </main>
      </div>
      {overlay === "palette" && <Palette onClose={() => setOverlay(null)} />}
      {overlay === "keys" && <KeySheet onClose={() => setOverlay(null)} />}
      <Toaster />
      <div className="sr-only" aria-live="polite" data-testid="announcer">
        {announcement}
      </div>
    </div>
  );
}
