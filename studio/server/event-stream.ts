import type { ServerResponse } from 'node:http';
import type { RequestLog } from '../requests/request-log.js';

/** How long changes are collected before they are sent. Nobody reads faster. */
const BATCH_MS = 100;

/** Sends the log of requests and then its changes as server-sent events, until the client leaves. */
export function streamRequests(log: RequestLog, response: ServerResponse): void {
  /** The last change that was sent. */
  let sent = 0;
  let timer: NodeJS.Timeout | undefined;
  const send = () => {
    timer = undefined;
    // A client that reads slowly gets each request once, as it is by then.
    if (response.writableNeedDrain) return;
    const changed = log.changedSince(sent);
    sent = log.lastChange;
    response.write(`event: requests\ndata: ${JSON.stringify(changed)}\n\n`);
  };
  const sendSoon = () => {
    // A process that has nothing else to do may end.
    if (sent < log.lastChange) timer ??= setTimeout(send, BATCH_MS).unref();
  };
  const stop = log.listen(sendSoon);
  response.on('drain', sendSoon);
  response.once('close', () => {
    stop();
    clearTimeout(timer);
  });
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  send();
}
