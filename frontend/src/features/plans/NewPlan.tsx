import { useState } from "react";
import { Tabs } from "@/ui/Tabs";
import { BriefBox } from "./BriefBox";
import { ImportBox } from "./ImportBox";

const TABS = [
  { id: "file", label: "From a file" },
  { id: "brief", label: "From a brief" },
] as const;

/** The two ways to a plan: code or a plan that exists, or prose that the model plans from. */
export function NewPlan({ onMade }: { onMade: (planId: string) => void }) {
  const [tab, setTab] = useState<"file" | "brief">("file");
  return (
    <Tabs label="New plan" tabs={TABS} value={tab} onChange={setTab}>
      {tab === "file" ? <ImportBox onImported={onMade} /> : <BriefBox onPlanned={onMade} />}
    </Tabs>
  );
}
