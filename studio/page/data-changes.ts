import { type DataPath, pathText } from './data-path.js';

/** A change of one value of a session. */
export interface DataChange {
  /** Where: `cart.items.0`. */
  readonly path: string;
  /** As JSON; null if the value was added. */
  readonly before: string | null;
  /** As JSON; null if the value was removed. */
  readonly after: string | null;
}

type Leaves = ReadonlyMap<string, string>;

/** Returns what is different between the data of two writes. */
export function changesBetween(before: object, after: object): readonly DataChange[] {
  const [from, to] = [leavesOf(before), leavesOf(after)];
  return [...new Set([...from.keys(), ...to.keys()])].flatMap((path) => {
    const change = { path, before: from.get(path) ?? null, after: to.get(path) ?? null };
    return change.before === change.after ? [] : [change];
  });
}

/** Returns every value that holds no others, by its path. */
function leavesOf(value: unknown, path: DataPath = []): Leaves {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  // The data itself is no value: a session without data has no leaves.
  if (entries.length === 0)
    return new Map(path.length === 0 ? [] : [[pathText(path), JSON.stringify(value)]]);
  return new Map(entries.flatMap(([key, inner]) => [...leavesOf(inner, [...path, key])]));
}
