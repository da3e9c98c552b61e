export interface Factory {
  // without a name
  <T extends Function | undefined | null>(fn: T): T

  /** With a name. */
  <
    T extends Function | undefined | null,
  >(name: string, fn: T): T
  (name: string): void
}

interface Box<in out T> {
  value: T
}

function made(first: any, second?: any): any {
  return checked(second ?? first)
}

export const make: Factory = made as Factory

export function checked<T>(box: Box<T>): T {
  return unwrap(box)
}

function unwrap<T>(box: Box<T>): T {
  return box.value
}

make(checked)
