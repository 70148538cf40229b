import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Pool } from 'pg';

/** What is used of `ws`. */
interface Sockets {
  WebSocketServer: new (
    options: object,
  ) => { on(event: 'connection', listener: (socket: Socket) => void): unknown };
}
interface Socket {
  send(bytes: Buffer): void;
  close(): void;
  on(event: 'message' | 'close', listener: (bytes: Buffer) => void): Socket;
}

/** Stands in front of a PostgreSQL as Neon does: a WebSocket carries the bytes of a connection, a POST one statement. */
export async function startNeonProxy(
  postgres: { host: string; port: number; user: string; database: string },
  { WebSocketServer }: Sockets,
) {
  // Neon answers with the texts of values, which its driver parses.
  const pool = new Pool({ ...postgres, types: { getTypeParser: () => String } });
  pool.on('error', () => {});
  const server = createServer(async (request, response) => {
    const { query, params } = JSON.parse(await bodyOf(request));
    try {
      const { rows, rowCount, fields, command } = await pool.query({
        text: query,
        values: params,
        rowMode: 'array',
      });
      response.end(JSON.stringify({ rows, rowCount, fields, command, rowAsArray: true }));
    } catch (error) {
      response.writeHead(400).end(JSON.stringify({ ...(error as object), message: String(error) }));
    }
  });
  new WebSocketServer({ server }).on('connection', (socket) => {
    const connection = connect(postgres.port, postgres.host);
    connection.on('data', (bytes) => socket.send(bytes)).on('close', () => socket.close());
    connection.on('error', () => socket.close());
    socket.on('message', (bytes: Buffer) => connection.write(bytes)).on('close', () => connection.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    stop: () => Promise.all([pool.end(), server.closeAllConnections(), server.close()]),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const part of request) body += part;
  return body;
}
