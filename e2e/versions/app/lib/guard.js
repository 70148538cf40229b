import { NextResponse } from 'next/server';
import { runSteps } from './run-steps';

/**
 * Runs the steps of the header x-steps: with the response, with the request alone, with both one after the other, with nothing,
 * or with one response for all requests. With `answers` there is no page behind it, which would read the session as well. With
 * `other`, returns another response than the one that the session got.
 */
export async function guard(request) {
  const {
    as = 'pair',
    steps = [],
    answers = false,
    other = false,
  } = JSON.parse(request.headers.get('x-steps') ?? '{}');
  const response = as === 'shared' ? sharedResponse() : answers ? NextResponse.json({}) : NextResponse.next();
  const pair = [request, response];
  const how = { pair: [pair], shared: [pair], request: [[request]], both: [pair, [request]], nothing: [[]] };
  const results = [];
  for (const here of how[as]) results.push(...(await runSteps({ steps }, ...here)));
  response.headers.set('x-results', JSON.stringify(results.map((result) => result?.code ?? result)));
  return other ? NextResponse.next() : response;
}

function sharedResponse() {
  globalThis.sharedResponse ??= NextResponse.next();
  return globalThis.sharedResponse;
}
