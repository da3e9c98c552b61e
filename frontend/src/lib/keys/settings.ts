import { stored } from "../stored";

const letters = stored<"on" | "off">("mge.keys.letters", "on");

/** WCAG 2.1.4: keys of one character can be switched off. */
export const lettersAreOff = (): boolean => letters.get() === "off";
export const useSingleLetters = (): [boolean, (on: boolean) => void] => {
  const [value, set] = letters.use();
  return [value === "on", (on) => set(on ? "on" : "off")];
};
