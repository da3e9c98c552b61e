import { type ReactNode, useEffect, useRef } from "react";
import { Button } from "./Button";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  className?: string;
  /** Leaves the visible heading out; the title still names the dialog. */
  bare?: boolean;
}

/** A modal on the platform's own element: focus trap, Escape and inert background come with it. */
export function Dialog({ title, onClose, children, className = "", bare = false }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself; the click is for the backdrop
    <dialog
      ref={element}
      className={`dialog ${className}`}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div className="dialog-box">
        {!bare && (
          <header className="dialog-head">
            <h2>{title}</h2>
            <Button tone="quiet" icon="cross" aria-label="Close" onClick={onClose} />
          </header>
        )}
        {children}
      </div>
    </dialog>
  );
}
