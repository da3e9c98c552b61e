import { useEffect, useRef } from "react";
import { Skeleton } from "@/ui/states";
import type { EditorOptions } from "./codemirror";
import { useEditorModule } from "./load";

/** Holds the editor. The options of the first render count; handlers may change. */
export function EditorHost(options: EditorOptions) {
  const module = useEditorModule();
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  useEffect(() => {
    if (!module || !host.current) return;
    const editor = module.mountEditor(host.current, {
      ...latest.current,
      onChange: (text) => latest.current.onChange(text),
      onSave: () => latest.current.onSave(),
      onCheck: () => latest.current.onCheck(),
      onLeave: () => latest.current.onLeave(),
    });
    editor.focus();
    return () => editor.destroy();
  }, [module]);
  if (!module) return <Skeleton rows={4} label="Loading the editor" />;
  return <div ref={host} className="editor" />;
}
