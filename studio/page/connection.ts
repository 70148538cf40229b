import type { SeenRequest } from '../seen/seen-request.js';

const TOKEN = 'next-app-session-studio';
const RETRY_MS = 1000;

/** What to do about a page that the app does not know. */
export const REFUSAL = 'Open the address that the app printed at its last start.';

/** The server refuses the token: the page has none, or an earlier process of the app printed it. It refuses later calls too. */
class Refused extends Error {
  constructor() {
    super(REFUSAL);
  }
}

/** Returns the token of the address, which the app has printed, or that of an earlier visit of this tab. Leaves it out of the history. */
export function takeToken(): string {
  const token = location.hash.slice(1);
  if (token !== '') {
    sessionStorage.setItem(TOKEN, token);
    history.replaceState(null, '', location.pathname);
  }
  return sessionStorage.getItem(TOKEN) ?? '';
}

/** Whether the page gets what happens. */
export type ConnectionState = 'connecting' | 'open' | 'refused' | 'lost';

/** The way to the studio's server. */
export class Connection {
  readonly #token: string;
  #isRefused = false;

  constructor(token: string) {
    this.#token = token;
  }

  /** Makes a call. Throws the error of the server, in words for the user. */
  async call<T>(path: string, call: object = {}): Promise<T> {
    const response = await this.#send(path, call).catch((failure) => {
      throw failure instanceof Refused ? failure : new Error('The app does not answer.');
    });
    const { result, error } = await response.json();
    if (error) throw new Error(error.message);
    return result;
  }

  /** Follows the requests until `signal` aborts. Connects again when the app was restarted. */
  async follow(
    onRequests: (requests: readonly SeenRequest[], isFirst: boolean) => void,
    onState: (state: ConnectionState) => void,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      onState('connecting');
      const isRefused = await this.#read(onRequests, onState, signal).then(
        () => false,
        (failure) => failure instanceof Refused,
      );
      if (isRefused) return onState('refused');
      if (!signal.aborted) onState('lost');
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  /** Reads one stream to its end. */
  async #read(
    onRequests: (requests: readonly SeenRequest[], isFirst: boolean) => void,
    onState: (state: ConnectionState) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const response = await this.#send('events', {}, signal);
    if (!response.ok || !response.body) return;
    onState('open');
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    let isFirst = true;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      text += part.value;
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        onRequests(JSON.parse(event.slice(event.indexOf('data: ') + 6)), isFirst);
        isFirst = false;
      }
    }
  }

  async #send(path: string, call: object, signal?: AbortSignal): Promise<Response> {
    if (this.#isRefused) throw new Refused();
    const response = await fetch(`/api/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      body: JSON.stringify(call),
      ...(signal && { signal }),
    });
    if (response.status !== 401) return response;
    this.#isRefused = true;
    throw new Refused();
  }
}
