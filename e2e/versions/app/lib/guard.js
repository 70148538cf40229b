import { NextResponse } from 'next/server';
import { runSteps } from './run-steps';

/**
 * Runs the steps of the header x-steps: with the response, with the request alone, or with nothing. With `other`, returns
 * another response than the one that the session got.
 */
export async function guard(request) {
  const response = NextResponse.next();
  const how = { pair: [request, response], request: [request], nothing: [] };
  const { as = 'pair', steps = [], other = false } = JSON.parse(request.headers.get('x-steps') ?? '{}');
  const results = await runSteps({ steps }, ...how[as]);
  response.headers.set('x-results', JSON.stringify(results.map((result) => result?.code ?? result)));
  return other ? NextResponse.next() : response;
}
