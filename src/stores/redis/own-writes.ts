const REGISTRY = Symbol.for('next-app-session.near-caches');

/** What forgets a key. */
interface Cache {
  drop(name: string): void;
}

/** The writes of this process, of all copies of this module: Next loads several, and each may have a client. */
interface OwnWrites {
  /** How many writes of a key have not been answered, by its name in Redis. */
  readonly underWay: Map<string, number>;
  /** The near caches that keep something. */
  readonly caches: Set<Cache>;
}

function ownWrites(): OwnWrites {
  const registry = globalThis as { [REGISTRY]?: OwnWrites };
  registry[REGISTRY] ??= { underWay: new Map(), caches: new Set() };
  return registry[REGISTRY];
}

/** Tells a near cache of each write from now on. Returns what ends that. */
export function onOwnWrite(cache: Cache): () => void {
  const { caches } = ownWrites();
  caches.add(cache);
  return () => void caches.delete(cache);
}

/** Returns whether this process waits for the answer to a write of the key. */
export function isBeingWritten(name: string): boolean {
  return ownWrites().underWay.has(name);
}

/** Runs a write. No near cache of this process has the key when it is sent, and none reads it into itself before it is answered. */
export async function asOwnWrite<T>(name: string, write: () => Promise<T>): Promise<T> {
  const { underWay, caches } = ownWrites();
  underWay.set(name, (underWay.get(name) ?? 0) + 1);
  for (const cache of caches) cache.drop(name);
  try {
    return await write();
  } finally {
    const left = (underWay.get(name) ?? 0) - 1;
    if (left > 0) underWay.set(name, left);
    else underWay.delete(name);
  }
}
