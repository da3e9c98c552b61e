import { announce } from "@/lib/announce";
import { resetKeys, setSingleLetters } from "@/lib/keys/bindings";
import { autoAdvance, diffMode } from "@/lib/preferences";
import { storageWorks } from "@/lib/stored";
import { MOTIONS, resetLooks, TAB_SIZES, THEMES, useMotion, useTabSize, useTheme } from "@/lib/theme";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Card, Page } from "@/ui/Page";
import { KeySettings } from "./KeySettings";
import { Pick } from "./Pick";

const LABELS: Record<string, string> = {
  system: "As the system",
  light: "Light",
  dark: "Dark",
  reduced: "Reduced",
  full: "Full",
  unified: "Unified",
  split: "Split",
  on: "Go to the next item",
  off: "Stay on the item",
};

function resetAll(): void {
  diffMode.reset();
  autoAdvance.reset();
  resetLooks();
  resetKeys();
  setSingleLetters(true);
  announce("All settings are as they came.");
}

/** How the console behaves for this person. Everything acts at once; there is nothing to save. */
export function SettingsPage() {
  const [theme, setTheme] = useTheme();
  const [motion, setMotion] = useMotion();
  const [tabSize, setTabSize] = useTabSize();
  const [mode, setMode] = diffMode.use();
  const [advance, setAdvance] = autoAdvance.use();
  const label = (value: string) => LABELS[value] ?? value;
  return (
    <Page title="Settings" actions={<Button onClick={resetAll}>Reset all settings</Button>}>
      <StorageNote />
      <div className="settings">
        <Card title="Review">
          <Pick
            label="After a decision"
            value={advance}
            options={["on", "off"] as const}
            labelOf={label}
            onPick={setAdvance}
          />
          <Pick label="Diff" value={mode} options={["unified", "split"] as const} labelOf={label} onPick={setMode} />
          <Pick
            label="Tab width"
            value={tabSize}
            options={TAB_SIZES}
            labelOf={(n) => `${n} columns`}
            onPick={setTabSize}
          />
        </Card>
        <Card title="Looks">
          <Pick label="Theme" value={theme} options={THEMES} labelOf={label} onPick={setTheme} />
          <Pick label="Motion" value={motion} options={MOTIONS} labelOf={label} onPick={setMotion} />
        </Card>
      </div>
      <KeySettings />
    </Page>
  );
}

function StorageNote() {
  const kept = storageWorks();
  return (
    <p className={kept ? "muted" : "note warn"} role={kept ? undefined : "status"}>
      {!kept && <Icon name="warn" />}
      {kept
        ? "Settings are kept in this browser, and act at once in all its tabs. Another browser has its own."
        : "This browser refuses storage: settings last until the page is closed."}
    </p>
  );
}
