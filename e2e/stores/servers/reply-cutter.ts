import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * What happens to a reply: `cut` ends the connection before it, `split` after its first line, which is Redis's reply to the first
 * of two commands, or after some bytes of another protocol. `swallow` leaves the connection open, and mute.
 */
export type ReplyFault = 'cut' | 'split' | 'swallow';

/**
 * Stands between a client and a server. It forwards everything, and keeps one reply back on demand: the command has then
 * taken effect, and the client never learns that.
 */
export class ReplyCutter {
  readonly #target: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #fault: ReplyFault | undefined;
  /** How many replies are left until then. Replies that come in one packet count as one. */
  #left = 0;
  #isDone = true;

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((client) => this.#accept(client));
  }

  static async start(target: number): Promise<ReplyCutter> {
    const proxy = new ReplyCutter(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Whether the fault has happened. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Loses the `nth` reply from now on. */
  lose(nth: number, fault: ReplyFault): void {
    this.#fault = fault;
    this.#left = nth;
    this.#isDone = false;
  }

  /** Lets everything pass again. */
  calm(): void {
    this.#fault = undefined;
  }

  /** Ends all connections. */
  disconnect(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.disconnect();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client: Socket): void {
    const server = connect(this.#target, '127.0.0.1');
    const end = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', end).on('close', () => {
        this.#sockets.delete(socket);
        end();
      });
    }
    let isMute = false;
    client.on('data', (command) => server.write(command));
    server.on('data', (reply) => {
      if (isMute) return;
      if (this.#fault && !this.#isDone && --this.#left === 0) {
        this.#isDone = true;
        isMute = true;
        if (this.#fault === 'cut') end();
        if (this.#fault === 'split') client.end(reply.subarray(0, reply.indexOf('\n') + 1), end);
        return;
      }
      client.write(reply);
    });
  }
}
