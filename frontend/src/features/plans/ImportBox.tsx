import { type DragEvent, useRef, useState } from "react";
import { Meter } from "@/ui/Bars";
import { Button } from "@/ui/Button";
import { ErrorNote } from "@/ui/ErrorNote";
import { Icon } from "@/ui/Icon";
import { Visible } from "@/ui/Visible";
import { useImportMasterplan } from "./api/importMasterplan";

const ACCEPTED = ".json,.yaml,.yml,.zip";

/** Drop a plan file or the zip of a source tree; what the server has against it is shown in its own words. */
export function ImportBox({ onImported }: { onImported: (planId: string) => void }) {
  const picker = useRef<HTMLInputElement>(null);
  const imported = useImportMasterplan();
  const [over, setOver] = useState(false);
  const [share, setShare] = useState(0);
  const [fileName, setFileName] = useState("");
  const [name, setName] = useState("");
  const [rootPackage, setRootPackage] = useState("");
  const [team, setTeam] = useState("");

  const send = (file: File | undefined) => {
    if (!file || imported.isPending) return;
    setShare(0);
    setFileName(file.name);
    imported.mutate(
      { file, name, rootPackage, team, onProgress: setShare },
      { onSuccess: (plan) => onImported(plan.id) },
    );
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    send(event.dataTransfer.files[0]);
  };
  return (
    <section
      className={`import-box${over ? " over" : ""}`}
      aria-label="Import a plan"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <div className="import-main">
        <Icon name="upload" size={20} />
        <div>
          <strong>Import a plan</strong>
          <p className="muted small">Drop a plan file (.json, .yaml) or a .zip of a source tree here.</p>
        </div>
        <input
          ref={picker}
          type="file"
          accept={ACCEPTED}
          className="sr-only"
          tabIndex={-1}
          aria-label="Plan file"
          onChange={(event) => {
            send(event.target.files?.[0]);
            event.target.value = "";
          }}
        />
        <Button tone="primary" busy={imported.isPending} onClick={() => picker.current?.click()}>
          Choose a file
        </Button>
      </div>
      <details>
        <summary>Options</summary>
        <div className="field-row">
          <label className="field">
            Name
            <input value={name} placeholder="taken from the file" onChange={(event) => setName(event.target.value)} />
          </label>
          <label className="field">
            Root package
            <input
              value={rootPackage}
              placeholder="for example networkx.algorithms"
              onChange={(event) => setRootPackage(event.target.value)}
            />
          </label>
          <label className="field">
            Team
            <input
              value={team}
              placeholder="one of yours, whose members see it too"
              onChange={(event) => setTeam(event.target.value)}
            />
          </label>
        </div>
      </details>
      {imported.isPending && (
        <div className="import-progress" role="status">
          <Visible text={fileName} />: {share < 1 ? `${Math.round(share * 100)} % sent` : "reading the files"}
          <Meter value={share} label="Upload" />
        </div>
      )}
      {imported.isError && <ErrorNote error={imported.error} title={`${fileName} was not imported`} />}
    </section>
  );
}
