/** The target of Next's `redirect()`. */
export interface Redirect {
  /** The URL as it was passed to `redirect()`. */
  readonly url: string;
  /** Whether the browser's history gets a new entry, or its current one is replaced. */
  readonly type: 'push' | 'replace';
}

const REDIRECT = /^NEXT_REDIRECT;(push|replace);(.*);(?:(\d{3});|(true|false))$/;

/** What an error of `redirect()`, `notFound()` or the like means, by the digest that Next itself reads. */
export class NextControlFlow {
  readonly #digest: string;

  constructor(error: unknown) {
    const digest = typeof error === 'object' && error !== null ? Reflect.get(error, 'digest') : undefined;
    this.#digest = typeof digest === 'string' ? digest : '';
  }

  get redirect(): (Redirect & { readonly status: number }) | undefined {
    const [, type, url, status, isPermanent] = REDIRECT.exec(this.#digest) ?? [];
    if (url === undefined) return undefined;
    return {
      url,
      type: type as Redirect['type'],
      status: Number(status ?? (isPermanent === 'true' ? 308 : 307)),
    };
  }

  /** 404 for `notFound()`, 403 for `forbidden()`, 401 for `unauthorized()`. */
  get status(): number | undefined {
    if (this.#digest === 'NEXT_NOT_FOUND') return 404;
    const [, status] = /^NEXT_HTTP_ERROR_FALLBACK;(\d{3})$/.exec(this.#digest) ?? [];
    return status === undefined ? undefined : Number(status);
  }

  /** Whether Next renders this part in the browser only, as `next/dynamic` with `ssr: false` asks. */
  get isLeftToBrowser(): boolean {
    return this.#digest === 'BAILOUT_TO_CLIENT_SIDE_RENDERING';
  }
}
