import { type KeyboardEvent, useState } from "react";
import { workingKeys } from "@/lib/keys/bindings";
import { keyLabel, specOf } from "@/lib/keys/commands";
import { runCommand } from "@/lib/keys/registry";
import { useActiveCommands } from "@/lib/keys/useCommands";
import { Dialog } from "@/ui/Dialog";
import { Icon } from "@/ui/Icon";

/** Everything that can be done here, found by a word; each line teaches its key. */
export function Palette({ onClose }: { onClose: () => void }) {
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const active = useActiveCommands();
  const found = active.filter((id) => {
    const { title, group } = specOf(id);
    return id !== "console.palette" && `${group} ${title}`.toLowerCase().includes(words.trim().toLowerCase());
  });
  const current = Math.min(at, Math.max(0, found.length - 1));
  const run = (index: number) => {
    const id = found[index];
    onClose();
    // The dialog must be gone first: a command may move the focus or open another one.
    if (id) setTimeout(() => runCommand(id));
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setAt(Math.min(found.length - 1, current + 1));
    else if (event.key === "ArrowUp") setAt(Math.max(0, current - 1));
    else if (event.key === "Enter" && !event.nativeEvent.isComposing) run(current);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Command palette" onClose={onClose} className="palette" bare>
      <div className="palette-field">
        <Icon name="search" />
        <input
          autoFocus
          role="combobox"
          aria-label="Find a command"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={found.length > 0 ? `palette-${current}` : undefined}
          placeholder="What do you want to do?"
          value={words}
          onChange={(event) => {
            setWords(event.target.value);
            setAt(0);
          }}
          onKeyDown={keys}
        />
      </div>
      <div id="palette-list" role="listbox" aria-label="Commands" className="palette-list">
        {found.map((id, index) => {
          const spec = specOf(id);
          const key = workingKeys(id)[0];
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field above moves through the list and runs it
            <div
              key={id}
              id={`palette-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === current}
              className="palette-line"
              onClick={() => run(index)}
            >
              <span className="muted">{spec.group}</span>
              <span>{spec.title}</span>
              {key && <kbd>{keyLabel(key)}</kbd>}
            </div>
          );
        })}
      </div>
      {found.length === 0 && <p className="muted palette-none">No command matches.</p>}
    </Dialog>
  );
}
