/** A session, as far as these tests look at it. */
export interface StudioSession {
  readonly handle: string;
  readonly name: string;
  readonly content: { readonly data: object; readonly version: string };
}

/** A request, as far as these tests look at it. */
export interface StudioRequest {
  readonly id: number;
  readonly path: string;
  readonly sessions: readonly string[];
  readonly calls: readonly {
    readonly operation: string;
    readonly store: string;
    readonly end: { readonly outcome: string } | null;
  }[];
  readonly state: { readonly is: string; readonly status?: number };
  readonly setCookies: readonly { readonly name: string; readonly is: string }[];
}

/** Reaches the studio of an app as its page does. */
export class StudioClient {
  readonly address: string;
  /** What the app has printed: the address with the token. */
  readonly link: string;
  readonly #token: string;

  /** @param log what the app has printed. */
  constructor(log: string) {
    const [, address = '', token = ''] =
      /Session Studio: (http:\/\/127\.0\.0\.1:\d+\/)#([\w-]+)/.exec(log) ?? [];
    this.address = address;
    this.link = `${address}#${token}`;
    this.#token = token;
  }

  async call<T>(path: string, call: object = {}): Promise<T> {
    const response = await this.#send(path, call);
    const { result, error } = (await response.json()) as { result: T; error?: { message: string } };
    if (error) throw new Error(error.message);
    return result;
  }

  /** Returns the batches of requests as they come: first all that there are, then those that change. */
  async *stream(): AsyncGenerator<readonly StudioRequest[]> {
    const { body } = await this.#send('events', {});
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        yield JSON.parse(text.slice(text.indexOf('data: ') + 6, end));
        text = text.slice(end + 2);
      }
    }
  }

  async requests(): Promise<readonly StudioRequest[]> {
    for await (const batch of this.stream()) return batch;
    return [];
  }

  #send(path: string, call: object): Promise<Response> {
    return fetch(`${this.address}api/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      body: JSON.stringify(call),
    });
  }
}
