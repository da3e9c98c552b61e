import type { ReactNode } from "react";
import { plural } from "@/lib/format";
import type { ContextPack as Pack } from "@/model/atom";
import { Output } from "@/ui/Output";
import { Card } from "@/ui/Page";
import { Visible } from "@/ui/Visible";

/** What one would need to rewrite this atom alone, in the order in which room is given to it. */
export function ContextPack({ pack }: { pack: Pack }) {
  const empty = pack.uses.length + pack.callers.length + pack.tests.length + pack.place.length === 0;
  return (
    <Card
      title="Context pack"
      aside={
        <span className="muted small">
          about {pack.tokens} of {pack.limit} tokens
        </span>
      }
    >
      {empty && <p className="muted">Nothing of the plan is needed to rewrite it.</p>}
      <dl className="contract">
        <Part title="Contracts of what it uses" count={pack.uses.length}>
          {pack.uses.map((used) => (
            <Entry key={`${used.name}${used.place}`} code={used.contract || used.name} place={used.place} />
          ))}
        </Part>
        <Part title="How callers use it" count={pack.callers.length}>
          {pack.callers.map((caller) => (
            <Entry key={caller.place} code={caller.line} place={caller.place} />
          ))}
        </Part>
        <Part title="Tests" count={pack.tests.length}>
          {pack.tests.map((test) => (
            <Entry key={test} code={test} />
          ))}
        </Part>
        <Part title="Beside it in the file" count={pack.place.length}>
          {pack.place.map((near, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two neighbours may be alike; their order never changes
            <dd key={index}>
              <details>
                <summary>
                  <code>
                    <Visible text={near.symbol} />
                  </code>
                </summary>
                <Output>
                  <Visible text={near.code} />
                </Output>
              </details>
            </dd>
          ))}
        </Part>
      </dl>
      {pack.leftOut > 0 && (
        <p className="muted small">{plural(pack.leftOut, "more entry", "more entries")} had no room.</p>
      )}
    </Card>
  );
}

function Part({ title, count, children }: { title: string; count: number; children: ReactNode }) {
  if (count === 0) return null;
  return (
    <div>
      <dt>{title}</dt>
      {children}
    </div>
  );
}

function Entry({ code, place }: { code: string; place?: string }) {
  return (
    <dd>
      <code>
        <Visible text={code} />
      </code>{" "}
      {place && (
        <span className="muted small">
          <Visible text={place} />
        </span>
      )}
    </dd>
  );
}
