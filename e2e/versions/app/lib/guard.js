import { NextResponse } from 'next/server';
import { runSteps } from './run-steps';
import { session } from './session';

/** Runs the steps of the header x-steps: with the response, with the request alone, or with nothing. */
export async function guard(request) {
  const response = NextResponse.next();
  const how = {
    pair: () => session(request, response),
    request: () => session(request),
    nothing: () => session(),
  };
  const { as = 'pair', steps = [] } = JSON.parse(request.headers.get('x-steps') ?? '{}');
  const results = await runSteps(how[as], { steps });
  response.headers.set('x-results', JSON.stringify(results.map((result) => result?.code ?? result)));
  return response;
}
