import { stored } from "./stored";

export const THEMES = ["system", "light", "dark"] as const;
export const MOTIONS = ["system", "reduced", "full"] as const;
export const TAB_SIZES = ["2", "4", "8"] as const;
export type Theme = (typeof THEMES)[number];

const theme = stored<Theme>("mge.theme", "system", THEMES);
const motion = stored<(typeof MOTIONS)[number]>("mge.motion", "system", MOTIONS);
const tabSize = stored<(typeof TAB_SIZES)[number]>("mge.tab.size", "4", TAB_SIZES);

/** Writes the looks that a person chose on the root of the page, now and whenever they change. */
export function followLooks(root: HTMLElement): void {
  const apply = () => {
    for (const [name, value] of [
      ["theme", theme.get()],
      ["motion", motion.get()],
    ] as const) {
      if (value === "system") delete root.dataset[name];
      else root.dataset[name] = value;
    }
    root.style.setProperty("--tab-size", tabSize.get());
  };
  for (const setting of [theme, motion, tabSize]) setting.subscribe(apply);
  apply();
}

export function nextTheme(): Theme {
  const next = THEMES[(THEMES.indexOf(theme.get()) + 1) % THEMES.length] ?? "system";
  theme.set(next);
  return next;
}

export function resetLooks(): void {
  for (const setting of [theme, motion, tabSize]) setting.reset();
}

export const useTheme = theme.use;
export const useMotion = motion.use;
export const useTabSize = tabSize.use;
export const tabSizeNow = (): number => Number(tabSize.get());
