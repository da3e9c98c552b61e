import { useState } from "react";

/** State that belongs to one item: it is fresh as soon as another item is shown, in the same render. */
export function usePerItem<T>(itemId: string | null, initial: T): [T, (value: T) => void] {
  const [state, setState] = useState({ itemId, value: initial });
  const value = state.itemId === itemId ? state.value : initial;
  return [value, (next) => setState({ itemId, value: next })];
}
