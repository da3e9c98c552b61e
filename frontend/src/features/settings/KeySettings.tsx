import { useState } from "react";
import { keysOf, remappedCount, resetKeys, useKeyMap, useSingleLetters } from "@/lib/keys/bindings";
import { type CommandId, type CommandSpec, commandIds, keyLabel, specOf } from "@/lib/keys/commands";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Page";
import { KeyRow } from "./KeyRow";

const GROUPS: CommandSpec["group"][] = ["Decide", "Move", "Look", "Edit", "Run", "Go to", "Console"];

const fits = (id: CommandId, words: string): boolean => {
  const { title, group } = specOf(id);
  return `${group} ${title} ${keysOf(id).map(keyLabel).join(" ")}`.toLowerCase().includes(words.trim().toLowerCase());
};

/** Every key of the console: found by a word, changed in place, switched off or put back. */
export function KeySettings() {
  useKeyMap();
  const [letters, setLetters] = useSingleLetters();
  const [words, setWords] = useState("");
  const found = commandIds.filter((id) => fits(id, words));
  return (
    <Card
      title="Keys"
      aside={
        <Button disabled={remappedCount() === 0} onClick={() => resetKeys()}>
          Reset all keys
        </Button>
      }
    >
      <div className="setting">
        <label className="check-field">
          <input type="checkbox" checked={letters} onChange={(event) => setLetters(event.target.checked)} />
          Single-letter keys
        </label>
        <p className="muted small">
          Switch them off if speech input or a slip of the hand presses them. Keys with Ctrl or Alt, arrows and Enter
          stay; everything else can be done with the buttons and the palette.
        </p>
      </div>
      <label className="find">
        <span className="sr-only">Find a command or a key</span>
        <input
          type="search"
          placeholder="Find a command or a key"
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
      </label>
      {found.length === 0 && <p className="muted">No command matches.</p>}
      {GROUPS.map((group) => {
        const ids = found.filter((id) => specOf(id).group === group);
        if (ids.length === 0) return null;
        return (
          <section key={group} className="key-group" aria-label={group}>
            <h3>{group}</h3>
            <ul>
              {ids.map((id) => (
                <KeyRow key={id} id={id} />
              ))}
            </ul>
          </section>
        );
      })}
    </Card>
  );
}
