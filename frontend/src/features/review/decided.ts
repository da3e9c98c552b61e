import { words } from "@/lib/format";
import { isOpen, type ReviewDetail } from "@/model/review";

/** What is said of an item after each decision. */
const DECIDED: Readonly<Record<string, string>> = {
  approve: "approved",
  edit: "edited",
  reject: "rejected",
  regenerate: "sent back",
};
export const decidedWord = (decision: string): string => DECIDED[decision] ?? words(decision);

/** Whether the newest decision on a closed item is this user's. The server knows whether it is too late to undo it. */
export function isMine({ status, decision, decisions }: ReviewDetail, me: string): boolean {
  const last = decisions.at(-1);
  return !isOpen({ status }) && decision !== null && last?.decision === decision && last.by === me;
}
