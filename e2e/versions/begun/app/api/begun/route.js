import { pause, runLate, takeLateResults } from '../../../lib/late';

const bytes = (text) => new TextEncoder().encode(text);

/** The places in which a Route Handler can write when it has returned. Each runs the steps, and returns the response. */
const places = {
  /** The body, before its first part. */
  pull: (steps) =>
    new Response(
      new ReadableStream({
        async pull(body) {
          await pause(20);
          await runLate(steps);
          body.enqueue(bytes('ran'));
          body.close();
        },
      }),
    ),
  /** The body, after its first part. */
  start: (steps) =>
    new Response(
      new ReadableStream({
        async start(body) {
          body.enqueue(bytes('first'));
          await pause(50);
          await runLate(steps);
          body.close();
        },
      }),
    ),
  timer: (steps) => {
    setTimeout(() => runLate(steps), 50);
    return new Response('first');
  },
  unawaited: (steps) => {
    runLate(steps);
    return new Response('first');
  },
};

export async function POST(request) {
  const { place, steps } = await request.json();
  return places[place](steps);
}

export async function GET() {
  return Response.json(takeLateResults());
}
