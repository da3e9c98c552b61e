interface Chunk {
  file: string;
  isEntry?: boolean;
  imports?: string[];
  dynamicImports?: string[];
  css?: string[];
}
type Sizes = Record<string, number>;
export function measure(manifest: Record<string, Chunk>, sizeOf: (file: string) => number): Sizes;
export function overBudget(sizes: Sizes, budgets?: Sizes): string[];
