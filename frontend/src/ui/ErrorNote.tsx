import { asApiError } from "@/api/errors";
import { Icon } from "./Icon";
import { Output } from "./Output";
import { Visible } from "./Visible";

/** An error beside what caused it: the message, its code, and the details the server gave. */
export function ErrorNote({ error, title }: { error: unknown; title?: string }) {
  const { message, code, data, status } = asApiError(error);
  const hasData = data !== null && data !== undefined && !(typeof data === "object" && Object.keys(data).length === 0);
  return (
    <div className="note bad" role="alert">
      <Icon name="warn" />
      <div className="note-body">
        <strong>{title ?? (status === 403 ? "Your role does not allow this" : "That did not work")}</strong>
        <p>
          <Visible text={message} /> <code className="muted">{code}</code>
        </p>
        {hasData && (
          <details>
            <summary>Details</summary>
            <Output>
              <Visible text={JSON.stringify(data, null, 2)} />
            </Output>
          </details>
        )}
      </div>
    </div>
  );
}
