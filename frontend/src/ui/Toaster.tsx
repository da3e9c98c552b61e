import { dismissToast, useToasts } from "@/lib/toasts";
import { Button } from "./Button";
import { Icon } from "./Icon";
import { Visible } from "./Visible";

const ICONS = { info: "dot", good: "check", bad: "warn" } as const;

export function Toaster() {
  const toasts = useToasts();
  return (
    <div className="toaster">
      {toasts.map((toast) => (
        <div key={toast.id} className={`toast ${toast.tone}`} role={toast.tone === "bad" ? "alert" : undefined}>
          <Icon name={ICONS[toast.tone]} />
          <p>
            <Visible text={toast.text} />
          </p>
          {toast.action && (
            <Button
              onClick={() => {
                dismissToast(toast.id);
                toast.action?.run();
              }}
            >
              {toast.action.label}
            </Button>
          )}
          <Button tone="quiet" icon="cross" aria-label="Dismiss" onClick={() => dismissToast(toast.id)} />
        </div>
      ))}
    </div>
  );
}
