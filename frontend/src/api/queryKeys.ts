/** Names of what the cache holds, in one place so that live patches and fetches agree. */
export const queryKeys = {
  session: ["session"] as const,
  health: ["health"] as const,
  masterplans: (filters: object = {}) => ["masterplans", filters] as const,
  brief: (id: string) => ["brief", id] as const,
  masterplan: (id: string) => ["masterplan", id] as const,
  runs: (filters: object = {}) => ["runs", filters] as const,
  run: (id: string) => ["run", id] as const,
  runAtoms: (id: string) => ["run-atoms", id] as const,
  runValidations: (id: string, level: number, status: string | null) => ["run-validations", id, level, status] as const,
  atom: (id: string, run?: string) => ["atom", id, run ?? null] as const,
  graphs: (plan?: string) => ["graphs", plan ?? null] as const,
  graph: (id: string, run?: string) => ["graph", id, run ?? null] as const,
  impact: (id: string) => ["impact", id] as const,
  queue: (filters: object) => ["queue", filters] as const,
  review: (id: string) => ["review", id] as const,
  reviewStats: ["review-stats"] as const,
};
