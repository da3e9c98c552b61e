import type { ReactNode } from "react";
import type { MasterplanDetail } from "@/model/masterplan";
import { Card } from "@/ui/Page";
import { Visible } from "@/ui/Visible";

type Found = NonNullable<MasterplanDetail["discovery"]>;

/** What the model read into the brief. Assumptions and risks first: they are what a person has to agree with. */
export function Discovery({ found }: { found: Found }) {
  return (
    <Card title="What was found in the brief">
      <div className="discovery">
        <p className="prose">
          <Visible text={found.domain} />
        </p>
        <Lines title="Assumptions" lines={found.assumptions} none="None were made." />
        <Lines title="Risks" lines={found.risks} none="None were named." />
        <Terms title="Contexts">
          {found.contexts.map((context) => (
            <Term key={context.name} name={context.name} words={context.purpose} />
          ))}
        </Terms>
        <Terms title="Entities">
          {found.entities.map((entity) => (
            <Term
              key={`${entity.context}.${entity.name}`}
              name={entity.name}
              words={[...entity.attributes, ...entity.rules].join("; ")}
            />
          ))}
        </Terms>
      </div>
    </Card>
  );
}

function Lines({ title, lines, none }: { title: string; lines: string[]; none: string }) {
  return (
    <section>
      <h3>{title}</h3>
      {lines.length === 0 && <p className="muted small">{none}</p>}
      <ul>
        {lines.map((line) => (
          <li key={line}>
            <Visible text={line} />
          </li>
        ))}
      </ul>
    </section>
  );
}

const Terms = ({ title, children }: { title: string; children: ReactNode }) => (
  <section>
    <h3>{title}</h3>
    <dl>{children}</dl>
  </section>
);

const Term = ({ name, words }: { name: string; words: string }) => (
  <>
    <dt>
      <Visible text={name} />
    </dt>
    <dd className="muted">
      <Visible text={words} />
    </dd>
  </>
);
