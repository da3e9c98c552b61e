import { stored } from "./stored";

export type Theme = "system" | "light" | "dark";

const ORDER: Theme[] = ["system", "light", "dark"];
const theme = stored<Theme>("mge.theme", "system");

export function applyTheme(): void {
  const value = theme.get();
  if (value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = value;
}

export function nextTheme(): Theme {
  const next = ORDER[(ORDER.indexOf(theme.get()) + 1) % ORDER.length] ?? "system";
  theme.set(next);
  applyTheme();
  return next;
}

export const useTheme = theme.use;
