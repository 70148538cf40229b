import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NextApiHandler } from 'next';
import { nextInternal } from '../next/next-internals.js';
import type { NodeExchange } from './node-exchange.js';

type ApiResolver = (
  request: IncomingMessage,
  response: ServerResponse,
  query: object,
  handler: NextApiHandler,
  context: object,
  propagateError: boolean,
  dev: boolean,
  page: string,
) => Promise<void>;

/** Runs an API route as Next does. Errors are thrown. */
export async function runApiRoute(
  handler: NextApiHandler,
  { request, response }: NodeExchange,
  pathname: string,
  query: object,
): Promise<void> {
  const resolver: ApiResolver = await nextInternal('server/api-utils/node/api-resolver.js', 'apiResolver');
  const secrets = { previewModeId: '', previewModeEncryptionKey: '', previewModeSigningKey: '' };
  // With propagateError and dev, an error is thrown, not logged.
  await resolver(request, response, query, handler, secrets, true, true, pathname);
}
