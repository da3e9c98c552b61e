import { stored } from "../stored";

const letters = stored<"on" | "off">("mge.keys.letters", "on");

/** WCAG 2.1.4: keys of one character can be switched off. */
export const lettersAreOff = (): boolean => letters.get() === "off";
export const setSingleLetters = (on: boolean): void => letters.set(on ? "on" : "off");
export const useSingleLetters = (): [boolean, (on: boolean) => void] => [letters.use()[0] === "on", setSingleLetters];
