import type { ClientMetadata } from 'oidc-provider';

export interface IdentityProviderOptions {
  /** A free one by default. */
  readonly port?: number;
  /** By the names of OpenID Connect's client metadata. They send their secret in the form, and may refresh. */
  readonly clients: readonly ClientMetadata[];
  /** How long an access token lives: 60 by default. */
  readonly accessTokenSeconds?: number;
}

/**
 * What came of the calls for a grant type, counted when the token is consumed: the answer may be under way. Those asked that are in
 * no other count wait.
 */
export interface CallCounts {
  readonly asked: number;
  readonly granted: number;
  readonly refused: number;
  /** Failed by `failures`. */
  readonly unavailable: number;
  /** The caller had gone before the token was consumed. */
  readonly dropped: number;
}

export type TokenCalls = Readonly<Record<'authorization_code' | 'refresh_token', CallCounts>>;

/** What is wrong with refreshes. Sign-ins are never touched. */
export interface RefreshFaults {
  /** Milliseconds that pass before the refresh token is consumed. */
  readonly before?: number;
  /** Milliseconds that pass after it was consumed, before the answer. */
  readonly after?: number;
  /** How many of the next refreshes fail with status 503, before the refresh token is consumed. */
  readonly failures?: number;
}

export interface IdentityProvider {
  readonly issuer: string;
  tokenCalls(): TokenCalls;
  /** Replaces all faults that were set. */
  setFaults(faults: RefreshFaults): void;
  /** Stops refreshes before the token is consumed, or after it, until what is returned is called. */
  hold(when: 'before' | 'after'): () => void;
  /** Goes on with all that is held. Forgets the counts and the faults. Who signed in stays signed in. */
  reset(): void;
  close(): Promise<void>;
}

export declare function startIdentityProvider(options: IdentityProviderOptions): Promise<IdentityProvider>;
