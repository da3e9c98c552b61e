import { moment } from "@/lib/format";
import type { FlagChange } from "@/model/rollout";
import { Ago } from "@/ui/Ago";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Page";
import { ErrorState, Skeleton } from "@/ui/states";
import { Visible } from "@/ui/Visible";
import { useHistory } from "./api/getHistory";

const SOURCES: Record<string, string> = {
  watcher: "the watcher",
  command: "the command line",
  outside: "past the services",
};
const who = (change: FlagChange): string => change.by ?? SOURCES[change.source] ?? change.source;
const shown = (value: unknown): string => (Array.isArray(value) ? value.join(", ") || "nobody" : String(value));

/** Who changed what, from what to what, and why. */
export function History() {
  const history = useHistory();
  const rows = history.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <Card title="History">
      {history.isPending && <Skeleton label="Loading the history" />}
      {history.isError && <ErrorState error={history.error} onRetry={() => void history.refetch()} />}
      {history.isSuccess && rows.length === 0 && <p className="muted">Nothing was changed yet.</p>}
      {rows.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling table must be reachable by keyboard
        <section className="table-scroll" aria-label="History of changes" tabIndex={0}>
          <table className="list dense">
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Who</th>
                <th scope="col">What</th>
                <th scope="col">Why</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((change) => (
                <tr key={change.id}>
                  <td title={moment(change.at)}>
                    <Ago at={change.at} />
                  </td>
                  <td>{who(change)}</td>
                  <td>
                    {Object.keys(change.after).map((field) => (
                      <div key={field}>
                        <code>{change.name === "ENABLE_V2" ? field : change.name}</code> {shown(change.before[field])} →{" "}
                        {shown(change.after[field])}
                      </div>
                    ))}
                  </td>
                  <td className="reason">
                    <Visible text={change.reason} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {history.hasNextPage && (
        <Button onClick={() => void history.fetchNextPage()} busy={history.isFetchingNextPage}>
          Show more
        </Button>
      )}
    </Card>
  );
}
