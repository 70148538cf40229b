// The one route of the benchmark's apps: /bench/<contestant>/<work>.

/** @param contestants by name; each is made at its first request, as a store is. */
export function benchRoute(contestants) {
  const made = new Map();
  const contestant = (name) => {
    if (!made.has(name)) made.set(name, contestants[name]());
    return made.get(name);
  };

  async function GET(request, { params }) {
    const { contestant: name, work } = await params;
    // What it costs is read here, so that load on another process does not count.
    if (work === 'cpu') return Response.json(process.cpuUsage());
    const { works } = contestant(name);
    const key = request.nextUrl.searchParams.get('key') ?? undefined;
    const run = works[work.replaceAll('-', ' ')];
    try {
      return Response.json({ value: (await run(key)) ?? null });
    } catch (error) {
      return Response.json({ error: error.code ?? error.name }, { status: 503 });
    }
  }

  /** Makes a session of the data in the body; answers with its cookie. */
  async function POST(request, { params }) {
    const { contestant: name } = await params;
    return new Response(await contestant(name).seed(await request.json()));
  }

  return { GET, POST };
}
