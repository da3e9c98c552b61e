import { useEffect, useState } from "react";

type EditorModule = typeof import("./codemirror");

let loaded: EditorModule | null = null;
let loading: Promise<EditorModule> | null = null;

/** Fetches the editor's chunk ahead of its first use. A failed fetch may be tried again. */
export function preloadEditor(): Promise<EditorModule> {
  loading ??= import("./codemirror").then(
    (module) => {
      loaded = module;
      return module;
    },
    (error) => {
      loading = null;
      throw error;
    },
  );
  return loading;
}

/** The editor, at once when it is already here. Not `React.lazy`: a Suspense reveal costs 300 ms. */
export function useEditorModule(): EditorModule | null {
  const [module, setModule] = useState(loaded);
  useEffect(() => {
    let alive = true;
    preloadEditor().then(
      (ready) => {
        if (alive) setModule(ready);
      },
      () => undefined, // the pane keeps saying that it loads; pressing E again tries again
    );
    return () => {
      alive = false;
    };
  }, []);
  return module;
}
