import type { Finding } from "@/model/validation";
import { Icon } from "@/ui/Icon";
import { Visible } from "@/ui/Visible";

/** What a tool says about a line, in the tool's words. */
export function FindingNote({ finding, withPlace = false }: { finding: Finding; withPlace?: boolean }) {
  const tone = finding.severity === "error" ? "bad" : finding.severity === "info" ? "good" : "warn";
  return (
    <div className={`finding ${tone}`}>
      <Icon name={tone === "good" ? "check" : "warn"} size={14} />
      <span>
        <strong>
          <Visible text={finding.tool} />
          {finding.code && (
            <>
              {" "}
              <Visible text={finding.code} />
            </>
          )}
        </strong>{" "}
        {withPlace && finding.path !== "." && finding.line !== null && (
          <span className="muted">
            <Visible text={finding.path} /> line {finding.line}:{" "}
          </span>
        )}
        <Visible text={finding.message} />
      </span>
    </div>
  );
}
