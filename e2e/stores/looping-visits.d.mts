import type { Answer, Page } from './revocation-app.mjs';

export type Ask = (page: Page, cookie: string, device?: string) => Promise<Answer>;

export interface BrowserLoops {
  readonly page: Page;
  readonly cookie: string;
  readonly loops: number;
}

export interface LoopedBrowser {
  /** The last cookies that it had, the current one last. */
  readonly cookies: readonly string[];
  /** How often its visits ended how. */
  readonly codes: Readonly<Record<string, number>>;
}

export interface SignInLoops {
  readonly page: Page;
  readonly isFirstVisit: boolean;
  readonly loops: number;
}

export interface SignIn {
  readonly device: string;
  readonly code: string;
  /** The cookies that its browser had. */
  readonly cookies: readonly string[];
}

export interface Looping<Result> {
  /** Resolves when the loops are under way, or have ended. */
  readonly running: Promise<void>;
  stop(): Promise<Result>;
}

/** One browser that asks for a page in several loops with one cookie jar, until nobody is signed in any more. */
export declare function loopBrowser(ask: Ask, work: BrowserLoops): Looping<LoopedBrowser>;

/** New browsers, each of which signs in once: at its first visit, or in an anonymous session. */
export declare function loopSignIns(ask: Ask, work: SignInLoops): Looping<readonly SignIn[]>;
