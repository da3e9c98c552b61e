import { useState } from "react";
import { ErrorNote } from "@/ui/ErrorNote";
import { Output } from "@/ui/Output";
import { Skeleton } from "@/ui/states";
import { Visible } from "@/ui/Visible";
import { usePrompt } from "./usePrompt";

interface AttemptPromptProps {
  atomId: string;
  runId: string;
  attempt: number;
}

/** The prompt of an attempt as it was sent, folded: it may be long. */
export function AttemptPrompt({ atomId, runId, attempt }: AttemptPromptProps) {
  const [open, setOpen] = useState(false);
  const prompt = usePrompt(atomId, runId, attempt, open);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Prompt that was sent</summary>
      {prompt.isLoading && <Skeleton rows={3} label="Loading the prompt" />}
      {prompt.isError && <ErrorNote error={prompt.error} title="The prompt could not be loaded" />}
      {prompt.data?.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of a stored prompt never change
        <Output key={index}>
          <Visible text={part} />
        </Output>
      ))}
    </details>
  );
}
