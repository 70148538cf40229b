import type { IncomingMessage } from 'node:http';
import { isForLoopback } from '../../src/local-server/local-access.js';

/** The addresses from which this machine asks itself. */
const OWN_MACHINE = /^(::ffff:)?127\.|^::1$/;

/** Where the developer's browser has the app: at the address that the app gave, or where it was last seen on this machine. */
export class AppAddress {
  #given: string | undefined;
  #seen: string | undefined;

  /** Returns the address; undefined if the app was not opened yet, or under other names than this machine's alone. */
  get url(): string | undefined {
    return this.#given ?? this.#seen;
  }

  /** Sets the address for good. */
  give(url: string): void {
    this.#given = url;
  }

  /** Records where a request found the app. Others in the network may send any name as the host, and would get the links. */
  update({ headers, socket }: IncomingMessage): void {
    if (!isForLoopback(headers) || !OWN_MACHINE.test(socket.remoteAddress ?? '')) return;
    const isEncrypted = 'encrypted' in socket || headers['x-forwarded-proto'] === 'https';
    this.#seen = `${isEncrypted ? 'https' : 'http'}://${headers.host}/`;
  }
}
