/**
 * The keyboard map. It is data: the handler, the tooltips, the palette and the `?` sheet all read it.
 * Notation: `mod` is Ctrl or Cmd, a blank separates the strokes of a sequence, letters are written without Shift.
 */
export interface CommandSpec {
  title: string;
  group: "Decide" | "Move" | "Look" | "Edit" | "Run" | "Go to" | "Console";
  keys: readonly string[];
  /** Changes something for good: a held key must not repeat it. */
  decision?: true;
  /** The command whose place this one takes: never both are active, so that they may have the same key. */
  insteadOf?: string;
  /** Also works while the link of a row has the focus, which has no use for the space bar. */
  onRow?: true;
  /** Also works while a text field has the focus. */
  inFields?: true;
}

export const COMMANDS = {
  "review.approve": { title: "Approve", group: "Decide", keys: ["a"], decision: true },
  "review.edit": { title: "Edit", group: "Decide", keys: ["e"] },
  "review.reject": { title: "Reject", group: "Decide", keys: ["x"], decision: true },
  "review.regenerate": { title: "Regenerate", group: "Decide", keys: ["r"], decision: true },
  "review.skip": { title: "Skip for me", group: "Decide", keys: ["space"], decision: true },
  "review.undo": { title: "Undo the last decision", group: "Decide", keys: ["Backspace", "mod+z"], decision: true },
  "review.feedback": { title: "Write feedback", group: "Decide", keys: ["c"] },
  "review.next": { title: "Next item", group: "Move", keys: ["j", "ArrowDown"] },
  "review.previous": { title: "Previous item", group: "Move", keys: ["k", "ArrowUp"] },
  "review.nextFree": { title: "Next free item", group: "Move", keys: ["n"], insteadOf: "review.nextChange" },
  "review.nextChange": { title: "Next change in the diff", group: "Move", keys: ["n"] },
  "review.previousChange": { title: "Previous change in the diff", group: "Move", keys: ["p"] },
  "review.loadNew": { title: "Load new arrivals", group: "Move", keys: ["."] },
  "review.mode": { title: "Unified or split diff", group: "Look", keys: ["m"] },
  "review.base": { title: "Compare with the original or the attempt before", group: "Look", keys: ["b"] },
  "review.previousAttempt": { title: "Previous attempt", group: "Look", keys: ["["] },
  "review.nextAttempt": { title: "Next attempt", group: "Look", keys: ["]"] },
  "review.details": { title: "Next detail tab", group: "Look", keys: ["i"] },
  "review.dependents": { title: "Dependents", group: "Look", keys: ["d"] },
  "review.open": { title: "Open the atom's page", group: "Look", keys: ["o", "Enter"] },
  "review.suggestion1": { title: "Preview suggestion 1", group: "Look", keys: ["1"] },
  "review.suggestion2": { title: "Preview suggestion 2", group: "Look", keys: ["2"] },
  "review.suggestion3": { title: "Preview suggestion 3", group: "Look", keys: ["3"] },
  "review.suggestion4": { title: "Preview suggestion 4", group: "Look", keys: ["4"] },
  "review.suggestion5": { title: "Preview suggestion 5", group: "Look", keys: ["5"] },
  "review.suggestion6": { title: "Preview suggestion 6", group: "Look", keys: ["6"] },
  "review.suggestion7": { title: "Preview suggestion 7", group: "Look", keys: ["7"] },
  "review.suggestion8": { title: "Preview suggestion 8", group: "Look", keys: ["8"] },
  "review.suggestion9": { title: "Preview suggestion 9", group: "Look", keys: ["9"] },
  "review.help": { title: "Search for a fix", group: "Look", keys: ["f"] },
  "review.askModel": { title: "Ask the model for a fix", group: "Look", keys: ["shift+f"] },
  "review.take": {
    title: "Take the suggestion into the edit",
    group: "Look",
    keys: ["Enter"],
    insteadOf: "review.open",
  },
  "review.queuePane": { title: "Fold or open the queue", group: "Look", keys: ["shift+q"] },
  "review.whyPane": { title: "Fold or open the reasons", group: "Look", keys: ["shift+w"] },
  "review.focus": { title: "Focus mode: only the code", group: "Look", keys: ["z"] },
  "review.save": { title: "Save the edit", group: "Edit", keys: ["mod+Enter"], decision: true, inFields: true },
  "review.check": { title: "Check without saving", group: "Edit", keys: ["mod+shift+Enter"], inFields: true },
  "run.pause": { title: "Pause or resume the run", group: "Run", keys: ["shift+p"], decision: true },
  "graph.next": { title: "Next atom of the wave", group: "Move", keys: ["ArrowDown"] },
  "graph.previous": { title: "Previous atom of the wave", group: "Move", keys: ["ArrowUp"] },
  "graph.nextWave": { title: "Next wave", group: "Move", keys: ["]", "ArrowRight"] },
  "graph.previousWave": { title: "Previous wave", group: "Move", keys: ["[", "ArrowLeft"] },
  "graph.closer": { title: "Closer: bars, cells, names", group: "Look", keys: ["+", "="] },
  "graph.wider": { title: "Wider: names, cells, bars", group: "Look", keys: ["-"] },
  "graph.fit": { title: "Fit to screen: waves as bars", group: "Look", keys: ["z"] },
  "graph.critical": { title: "Critical path", group: "Look", keys: ["c"] },
  "graph.table": { title: "The graph as a table", group: "Look", keys: ["t"] },
  "graph.open": { title: "Open the chosen atom", group: "Look", keys: ["o", "Enter"] },
  "graph.clear": { title: "Choose no atom", group: "Look", keys: ["Escape"] },
  "run.hold": { title: "Hold or follow the events", group: "Run", keys: ["p"] },
  "run.retry": { title: "Try what failed again", group: "Run", keys: ["r"], decision: true },
  "list.find": { title: "Find in the list", group: "Move", keys: ["/"] },
  "rows.next": { title: "Next row", group: "Move", keys: ["j"] },
  "rows.previous": { title: "Previous row", group: "Move", keys: ["k"] },
  "rows.open": { title: "Open the row", group: "Move", keys: ["o"], insteadOf: "graph.open" },
  "rows.toggle": { title: "Choose the row, or not", group: "Move", keys: ["space"], onRow: true },
  "go.review": { title: "Go to the review queue", group: "Go to", keys: ["g q"] },
  "go.plans": { title: "Go to plans", group: "Go to", keys: ["g p"] },
  "go.graphs": { title: "Go to graphs", group: "Go to", keys: ["g g"] },
  "go.runs": { title: "Go to runs", group: "Go to", keys: ["g r"] },
  "go.rollout": { title: "Go to the rollout", group: "Go to", keys: ["g o"] },
  "go.metrics": { title: "Go to metrics", group: "Go to", keys: ["g m"] },
  "go.settings": { title: "Go to settings", group: "Go to", keys: ["g s"] },
  "page.details": { title: "Open or close all details", group: "Look", keys: ["i"] },
  "console.palette": { title: "Command palette", group: "Console", keys: ["mod+k"], inFields: true },
  "console.keys": { title: "Keys of this page", group: "Console", keys: ["?"] },
  "console.theme": { title: "Light, dark or system theme", group: "Console", keys: ["g t"] },
} as const satisfies Record<string, CommandSpec>;

export type CommandId = keyof typeof COMMANDS;

export const commandIds = Object.keys(COMMANDS) as CommandId[];
/** The previews, in the order of the suggestions. */
export const PREVIEWS = commandIds.filter((id) => id.startsWith("review.suggestion"));
export const specOf = (id: CommandId): CommandSpec => COMMANDS[id];

const NAMES: Record<string, string> = {
  mod: "Ctrl",
  shift: "Shift",
  space: "Space",
  Enter: "Enter",
  ArrowDown: "↓",
  ArrowUp: "↑",
  Backspace: "Backspace",
  alt: "Alt",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
};

/** The strokes of a key as people read them: `mod+Enter` -> `Ctrl+Enter`, `g q` -> `G then Q`. */
export function keyLabel(key: string): string {
  const stroke = (part: string) =>
    part
      .split("+")
      .map((name) => NAMES[name] ?? name.toUpperCase())
      .join("+");
  return key.split(" ").map(stroke).join(" then ");
}
