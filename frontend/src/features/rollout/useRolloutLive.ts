import { useQueryClient } from "@tanstack/react-query";
import { urls } from "@/api/urls";
import { announce } from "@/lib/announce";
import { useLive } from "@/lib/live/useLive";
import { showToast } from "@/lib/toasts";
import { textOr } from "@/model/frame";
import { refreshRollout } from "./refresh";

/** Changes through any door (Django admin, a command, the watcher) show here as they happen. */
export function useRolloutLive(): void {
  const cache = useQueryClient();
  useLive({
    path: urls.flagsSocket,
    asOfId: null,
    onFrames: (frames) => {
      const rolledBack = frames.find((frame) => frame.type === "rollout.rolled_back");
      if (rolledBack) showToast({ tone: "bad", text: `V2 was taken back: ${textOr(rolledBack.data.reason, "")}` });
      announce(rolledBack ? "V2 was taken back by the watcher" : "The rollout was changed");
      void refreshRollout(cache);
    },
    onResync: () => void refreshRollout(cache),
  });
}
