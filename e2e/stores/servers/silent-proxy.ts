import { connect, createServer, type Server, type Socket } from 'node:net';

/** Which connections: those on which a client has subscribed, the others, or all. */
export type Silenced = 'subscribers' | 'others' | 'all';

/**
 * Stands between clients and a server. On demand it forwards nothing any more, in either direction, and closes nothing: as a firewall
 * that forgets a connection. New connections work.
 */
export class SilentProxy {
  readonly #target: number;
  readonly #server: Server;
  readonly #paths = new Set<Path>();

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((client) => this.#accept(client));
  }

  static async start(target: number): Promise<SilentProxy> {
    const proxy = new SilentProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Returns how many connections it has silenced. */
  silence(which: Silenced): number {
    const silenced = [...this.#paths].filter(
      (path) => which === 'all' || path.isSubscriber === (which === 'subscribers'),
    );
    for (const path of silenced) path.isSilent = true;
    return silenced.length;
  }

  async stop(): Promise<void> {
    for (const { sockets } of this.#paths) for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client: Socket): void {
    const server = connect(this.#target, '127.0.0.1');
    const path: Path = { sockets: [client, server], isSubscriber: false, isSilent: false };
    this.#paths.add(path);
    client.on('data', (command) => {
      if (/\bsubscribe\b/i.test(command.toString('latin1'))) path.isSubscriber = true;
      if (!path.isSilent) server.write(command);
    });
    server.on('data', (reply) => {
      if (!path.isSilent) client.write(reply);
    });
    for (const socket of path.sockets) {
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#paths.delete(path);
        for (const end of path.sockets) end.destroy();
      });
    }
  }
}

interface Path {
  readonly sockets: readonly [Socket, Socket];
  isSubscriber: boolean;
  isSilent: boolean;
}
