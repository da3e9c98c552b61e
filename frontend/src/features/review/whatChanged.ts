import { plural, score, words } from "@/lib/format";
import type { ReviewDetail } from "@/model/review";

const failed = (detail: ReviewDetail) =>
  new Set(detail.tests.filter((row) => row.status === "failed").map((row) => row.id));

/** What is different in the newer version, in words; the code itself is shown as a diff beside them. */
export function whatChanged(before: ReviewDetail, now: ReviewDetail): string[] {
  const lines: string[] = [];
  const [was, is] = [failed(before), failed(now)];
  const broke = [...is].filter((id) => !was.has(id)).length;
  const mended = [...was].filter((id) => !is.has(id)).length;
  if (codeOf(before) !== codeOf(now)) lines.push("the code");
  if (broke > 0) lines.push(`${plural(broke, "test")} more fail`);
  if (mended > 0) lines.push(`${plural(mended, "test")} no longer fail`);
  if (before.attemptCount !== now.attemptCount) lines.push(`attempt ${now.attemptCount} was made`);
  if (before.atomStatus !== now.atomStatus) lines.push(`the atom is ${words(now.atomStatus)}`);
  if (before.confidence !== now.confidence)
    lines.push(`confidence ${score(before.confidence)} → ${score(now.confidence)}`);
  if (before.reasons.join() !== now.reasons.join()) lines.push("the reasons");
  if (before.findings.length !== now.findings.length) lines.push(`${plural(now.findings.length, "finding")} now`);
  return lines.length > 0 ? lines : ["what it rests on; the code and its results are the same"];
}

export const codeOf = (detail: ReviewDetail): string | null =>
  detail.modifiedCode ?? detail.proposal ?? detail.original;
