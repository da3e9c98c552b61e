import { Link } from "@tanstack/react-router";
import { useSingleLetters, workingKeys } from "@/lib/keys/bindings";
import { type CommandId, type CommandSpec, commandIds, keyLabel, specOf } from "@/lib/keys/commands";
import { useActiveCommands } from "@/lib/keys/useCommands";
import { Dialog } from "@/ui/Dialog";

const GROUPS: CommandSpec["group"][] = ["Decide", "Move", "Look", "Edit", "Run", "Go to", "Console"];

/** The keyboard map as the handler has it; what does not work on this page is dimmed. */
export function KeySheet({ onClose }: { onClose: () => void }) {
  const active = new Set(useActiveCommands());
  const [letters, setLetters] = useSingleLetters();
  return (
    <Dialog title="Keys" onClose={onClose} className="key-sheet">
      <div className="dialog-body">
        <p className="sheet-head">
          <label className="check-field">
            <input type="checkbox" checked={letters} onChange={(event) => setLetters(event.target.checked)} />
            Single-letter keys
          </label>
          <Link to="/settings" onClick={onClose}>
            Change keys
          </Link>
        </p>
        <div className="key-groups">
          {GROUPS.map((group) => (
            <section key={group}>
              <h3>{group}</h3>
              <dl>
                {commandIds
                  .filter((id) => specOf(id).group === group)
                  .map((id) => (
                    <KeyLine key={id} id={id} here={active.has(id)} />
                  ))}
              </dl>
            </section>
          ))}
        </div>
      </div>
    </Dialog>
  );
}

function KeyLine({ id, here }: { id: CommandId; here: boolean }) {
  const spec = specOf(id);
  return (
    <div className={here ? "key-line" : "key-line elsewhere"}>
      <dt>{spec.title}</dt>
      <dd>
        {workingKeys(id).map((key) => (
          <kbd key={key}>{keyLabel(key)}</kbd>
        ))}
      </dd>
    </div>
  );
}
