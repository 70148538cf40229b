import type { ServerResponse } from 'node:http';
import type { RequestLog } from '../requests/request-log.js';
import type { SeenRequest } from '../seen/seen-request.js';

/** How long changes are collected before they are sent. A browser repaints more often than it can show more than that. */
const BATCH_MS = 100;
/** A client that does not read is cut off: it gets everything when it connects again. */
const MAX_UNREAD_BYTES = 1_000_000;

/** Sends the log of requests and then its changes as server-sent events, until the client leaves. */
export function streamRequests(log: RequestLog, response: ServerResponse): void {
  /** What has changed since the last batch: each request once, as it is by then. */
  const changed = new Map<number, SeenRequest>();
  let timer: NodeJS.Timeout | undefined;
  const send = () => {
    timer = undefined;
    if (response.writableLength > MAX_UNREAD_BYTES) return void response.destroy();
    write(response, [...changed.values()]);
    changed.clear();
  };
  const stop = log.listen((request) => {
    changed.set(request.id, request);
    // A process that has nothing else to do may end.
    timer ??= setTimeout(send, BATCH_MS).unref();
  });
  response.once('close', () => {
    stop();
    clearTimeout(timer);
  });
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  write(response, log.all);
}

function write(response: ServerResponse, requests: readonly SeenRequest[]): void {
  response.write(`event: requests\ndata: ${JSON.stringify(requests)}\n\n`);
}
