import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

// What a process of the soak writes down, line by line and at once: so a `kill -9` loses nothing of it.

/** What the session of a visit held: a name that no other write has, and how often it was updated. */
export interface Value {
  readonly tag: string;
  readonly n: number;
}

export type Kind = 'create' | 'read' | 'update' | 'set' | 'touch' | 'regenerate' | 'destroy' | 'revoke';

/** How an operation ended, as the library told it. */
export type Outcome = 'ok' | 'refused' | 'unknown';

/** An operation begins. */
export interface Call {
  readonly is: 'call';
  readonly op: number;
  /** Who calls: one client does one thing after another. */
  readonly client: string;
  readonly kind: Kind;
  /** The session, by the name that its creator gave to it; null for `create` and `revoke`. */
  readonly session: string | null;
  /** Whose sessions are revoked. */
  readonly user?: string;
  /** What `create` and `set` write. */
  readonly tag: string;
  readonly at: number;
}

/** The function given to `update` or `regenerate` was called. It may be called again. */
export interface Attempt {
  readonly is: 'attempt';
  readonly op: number;
  readonly from: Value | null;
  readonly to: Value | null;
}

/** An operation has ended. Without such a line, its process was killed. */
export interface Return {
  readonly is: 'return';
  readonly op: number;
  readonly outcome: Outcome;
  /** What a read found. */
  readonly saw?: Value | null;
  /** The session that began: by `create`, by `regenerate`, and by `set` where the session was gone. */
  readonly began?: Began;
  /** The code and the message of what was thrown. */
  readonly error?: string;
  readonly at: number;
}

export interface Began {
  readonly session: string;
  readonly user: string | null;
  readonly value: Value;
  /** Whether it ends when it was not used for a second. */
  readonly isBrief: boolean;
}

export type Line = Call | Attempt | Return;

/**
 * Returns the time, in milliseconds. All processes of a machine share this clock, and nobody sets it.
 */
export function clock(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

export class Journal {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'a');
  }

  write(line: Line): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Returns the lines. The last one of a killed process may be cut off. */
export function readJournal(path: string): Line[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.slice(0, -1).map((line) => JSON.parse(line) as Line);
}
